//! Rules for what a pod is to be (upstream: `ValidatePodSpec`).

use super::{Bare, Errors, Path, affinity, container, intstr, metadata, names, resources, scheduling};
use super::{security, strings, volume, windows};
use crate::{HostAlias, Pod, PodDNSConfig, PodSpec, ResourceRequirements};
use orrery_apimachinery::Str;

/// How many DNS servers there can be.
const MAX_NAMESERVERS: usize = 3;
/// How many domains can be searched.
const MAX_SEARCHES: usize = 32;
/// How long their list can be.
const MAX_SEARCH_BYTES: usize = 2048;

/// Whether a spec is that of a pod, or that of a template.
#[derive(Clone, Copy)]
pub(super) enum Of<'a> {
    Pod(&'a Pod),
    Template,
}

/// The rules that pods and templates share, in upstream's order.
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
    windows::host_processes(spec, path, errors);
    name(path, "serviceAccountName", spec.service_account_name.as_ref(), names::dns_subdomain, errors);
    let node = match of {
        Of::Pod(pod) => pod.node_name.as_ref(),
        Of::Template => spec.node_name.as_ref(),
    };
    name(path, "nodeName", node, names::dns_subdomain, errors);
    if let Some(seconds) = spec.active_deadline_seconds {
        errors.in_range(&path.field("activeDeadlineSeconds"), seconds, 1, i64::from(i32::MAX));
    }
    name(path, "hostname", spec.hostname.as_ref(), names::dns_label, errors);
    name(path, "subdomain", spec.subdomain.as_ref(), names::dns_label, errors);
    scheduling::tolerations(&spec.tolerations, &path.field("tolerations"), errors);
    host_aliases(&spec.host_aliases, &path.field("hostAliases"), errors);
    name(path, "priorityClassName", spec.priority_class_name.as_ref(), names::dns_subdomain, errors);
    name(path, "runtimeClassName", spec.runtime_class_name.as_ref(), names::dns_subdomain, errors);
    if let Some(policy) = &spec.preemption_policy {
        scheduling::preemption_policy(policy, &path.field("preemptionPolicy"), errors);
    }
    if !spec.overhead.is_empty() {
        let overhead = ResourceRequirements { limits: spec.overhead.clone(), ..Default::default() };
        resources::requirements(&overhead, &path.field("overhead"), errors);
    }
    windows::os(spec, path, errors);
}

/// A name that a spec gives or refers to.
fn name(path: &Path, field: &str, value: Option<&Str>, rule: names::NameRule, errors: &mut Errors) {
    if let Some(value) = value {
        errors.each_invalid(&path.field(field), value, rule(value, false));
    }
}

/// On the node's network a container's ports are the node's.
fn host_network(spec: &PodSpec, of: Of, path: &Path, errors: &mut Errors) {
    for (i, c) in spec.containers.iter().enumerate().filter(|_| spec.host_network) {
        for (j, port) in c.ports.iter().enumerate() {
            if (matches!(of, Of::Pod(_)) || port.host_port != 0) && port.host_port != port.container_port {
                let at = path.index(i);
                let at = at.field("ports");
                let detail = "must match `containerPort` when `hostNetwork` is true";
                errors.invalid(&at.index(j).field("hostPort"), &port.host_port, detail);
            }
        }
    }
}

fn host_aliases(aliases: &[HostAlias], path: &Path, errors: &mut Errors) {
    for (i, alias) in aliases.iter().enumerate() {
        let at = path.index(i);
        intstr::ip(&alias.ip, &at.field("ip"), errors);
        for (j, name) in alias.hostnames.iter().enumerate() {
            errors.each_invalid(&at.field("hostnames").index(j), name, names::dns_subdomain(name, false));
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
    let (servers, searches) = (path.field("nameservers"), path.field("searches"));
    if config.nameservers.len() > MAX_NAMESERVERS {
        let shown = strings("string", &config.nameservers);
        let detail = format!("must not have more than {MAX_NAMESERVERS} nameservers");
        errors.invalid(&servers, &Bare(&shown), detail);
    }
    for (i, server) in config.nameservers.iter().enumerate() {
        intstr::ip(server, &servers.index(i), errors);
    }
    let shown = || strings("string", &config.searches);
    if config.searches.len() > MAX_SEARCHES {
        let detail = format!("must not have more than {MAX_SEARCHES} search paths");
        errors.invalid(&searches, &Bare(&shown()), detail);
    }
    if config.searches.join(" ").len() > MAX_SEARCH_BYTES {
        let detail = format!(
            "must not have more than {MAX_SEARCH_BYTES} characters (including spaces) in the search list"
        );
        errors.invalid(&searches, &Bare(&shown()), detail);
    }
    for (i, search) in config.searches.iter().enumerate() {
        let search = search.strip_suffix('.').unwrap_or(search);
        errors.each_invalid(&searches.index(i), search, names::dns_subdomain(search, false));
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
    for (i, gate) in spec.scheduling_gates.iter().enumerate() {
        let at = path.field("schedulingGates");
        let at = at.index(i);
        errors.each_invalid(&at, &gate.name, names::qualified_name(&gate.name));
        if spec.scheduling_gates[..i].contains(gate) {
            errors.duplicate(&at, &gate.name);
        }
    }
}
