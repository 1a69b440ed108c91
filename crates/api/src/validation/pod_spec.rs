//! Rules for what a pod is to be (upstream: `ValidatePodSpec`).

use super::{Errors, Path, affinity, container, intstr, metadata, names, scheduling, security, volume};
use crate::{PodDNSConfig, PodSpec};
use orrery_apimachinery::Str;
use std::collections::BTreeSet;

/// Whether a spec is that of a pod, which has a name, or that of a template.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of<'a> {
    Pod(&'a str),
    Template,
}

/// The rules that pods and templates share.
pub(super) fn spec(spec: &PodSpec, of: Of, path: &Path, errors: &mut Errors) {
    let volumes = volume::volumes(&spec.volumes, of, &path.field("volumes"), errors);
    container::all(spec, &volumes, path, errors);
    host_network(spec, of, &path.field("containers"), errors);
    let restart = spec.restart_policy.as_deref();
    errors.one_of(&path.field("restartPolicy"), restart, &["Always", "OnFailure", "Never"]);
    let dns = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
    errors.one_of(&path.field("dnsPolicy"), spec.dns_policy.as_deref(), &dns);
    metadata::labels(&spec.node_selector, &path.field("nodeSelector"), errors);
    security::pod(spec, &path.field("securityContext"), errors);
    if let Some(wishes) = &spec.affinity {
        affinity::affinity(wishes, &path.field("affinity"), errors);
    }
    dns_config(spec, &path.field("dnsConfig"), errors);
    gates(spec, path, errors);
    scheduling::spread(&spec.topology_spread_constraints, &path.field("topologySpreadConstraints"), errors);
    names_within(spec, path, errors);
    if let Some(seconds) = spec.active_deadline_seconds {
        errors.in_range(&path.field("activeDeadlineSeconds"), seconds, 1, i64::from(i32::MAX));
    }
    scheduling::tolerations(&spec.tolerations, &path.field("tolerations"), errors);
    for (i, alias) in spec.host_aliases.iter().enumerate() {
        let at = path.field("hostAliases");
        let at = at.index(i);
        intstr::ip(&alias.ip, &at.field("ip"), errors);
        for (j, name) in alias.hostnames.iter().enumerate() {
            errors.each_invalid(&at.field("hostnames").index(j), name, names::dns_subdomain(name, false));
        }
    }
    if let Some(policy) = &spec.preemption_policy {
        let field = path.field("preemptionPolicy");
        errors.one_of(&field, Some(policy), &["PreemptLowerPriority", "Never"]);
    }
}

/// On the node's network a container's ports are the node's.
fn host_network(spec: &PodSpec, of: Of, path: &Path, errors: &mut Errors) {
    for (i, c) in spec.containers.iter().enumerate().filter(|_| spec.host_network) {
        for (j, port) in c.ports.iter().enumerate() {
            if (of != Of::Template || port.host_port != 0) && port.host_port != port.container_port {
                let detail = "must match `containerPort` when `hostNetwork` is true";
                errors.invalid(
                    &path.index(i).field("ports").index(j).field("hostPort"),
                    &port.host_port,
                    detail,
                );
            }
        }
    }
}

fn dns_config(spec: &PodSpec, path: &Path, errors: &mut Errors) {
    let none = spec.dns_policy.as_deref() == Some("None");
    let Some(config) = &spec.dns_config else {
        if none {
            errors.required(path, "must provide `dnsConfig` when `dnsPolicy` is None");
        }
        return;
    };
    if none && config.nameservers.is_empty() {
        let detail = "must provide at least one DNS nameserver when `dnsPolicy` is None";
        return errors.required(&path.field("nameservers"), detail);
    }
    resolver(config, path, errors);
}

fn resolver(config: &PodDNSConfig, path: &Path, errors: &mut Errors) {
    for (i, server) in config.nameservers.iter().enumerate() {
        intstr::ip(server, &path.field("nameservers").index(i), errors);
    }
    for (i, search) in config.searches.iter().enumerate() {
        let search = search.strip_suffix('.').unwrap_or(search);
        errors.each_invalid(&path.field("searches").index(i), search, names::dns_subdomain(search, false));
    }
    for (i, option) in config.options.iter().enumerate() {
        if option.name.is_none() {
            errors.required(&path.field("options").index(i), "must not be empty");
        }
    }
}

fn gates(spec: &PodSpec, path: &Path, errors: &mut Errors) {
    for (i, gate) in spec.readiness_gates.iter().enumerate() {
        let field = path.field("readinessGates");
        let reasons = names::qualified_name(&gate.condition_type);
        errors.each_invalid(&field.index(i).field("conditionType"), &gate.condition_type, reasons);
    }
    let mut seen = BTreeSet::new();
    for (i, gate) in spec.scheduling_gates.iter().enumerate() {
        let at = path.field("schedulingGates");
        let at = at.index(i);
        errors.each_invalid(&at, &gate.name, names::qualified_name(&gate.name));
        if !seen.insert(&gate.name) {
            errors.duplicate(&at, &gate.name);
        }
    }
}

/// The names that a spec gives or refers to.
fn names_within(spec: &PodSpec, path: &Path, errors: &mut Errors) {
    let mut name = |field: &str, value: Option<&Str>, rule: names::NameRule| {
        if let Some(value) = value {
            errors.each_invalid(&path.field(field), value, rule(value, false));
        }
    };
    name("serviceAccountName", spec.service_account_name.as_ref(), names::dns_subdomain);
    name("nodeName", spec.node_name.as_ref(), names::dns_subdomain);
    name("hostname", spec.hostname.as_ref(), names::dns_label);
    name("subdomain", spec.subdomain.as_ref(), names::dns_label);
    name("priorityClassName", spec.priority_class_name.as_ref(), names::dns_subdomain);
    name("runtimeClassName", spec.runtime_class_name.as_ref(), names::dns_subdomain);
}
