//! Rules for containers.

use super::{Errors, Path, env, mounts, names, probe, resources, security};
use crate::{Container, ContainerPort, EphemeralContainer, PodSpec, Volume};
use std::collections::BTreeSet;

const PROTOCOLS: [&str; 3] = ["SCTP", "TCP", "UDP"];

/// All containers of a pod. `volumes` are those that there is nothing wrong with.
pub(super) fn all(spec: &PodSpec, volumes: &[&Volume], path: &Path, errors: &mut Errors) {
    let list = path.field("containers");
    if spec.containers.is_empty() {
        errors.required(&list, "");
    }
    let grace = spec.termination_grace_period_seconds;
    let mut seen = BTreeSet::new();
    for (i, c) in spec.containers.iter().enumerate() {
        let at = list.index(i);
        common(c, volumes, &at, errors);
        if !seen.insert(&c.name) {
            errors.duplicate(&at.field("name"), &c.name);
        }
        hooks(c, grace, &at, errors);
        if c.restart_policy.is_some() {
            errors.forbidden(&at.field("restartPolicy"), "may not be set for non-init containers");
        }
    }
    host_ports(&spec.containers, &list, errors);
    let list = path.field("initContainers");
    for (i, c) in spec.init_containers.iter().enumerate() {
        let at = list.index(i);
        common(c, volumes, &at, errors);
        if let Some(policy) = &c.restart_policy {
            errors.one_of(&at.field("restartPolicy"), Some(policy), &["Always"]);
        }
        if !seen.insert(&c.name) {
            errors.duplicate(&at.field("name"), &c.name);
        }
        // Upstream looks at each as if it were the only one.
        host_ports(std::slice::from_ref(c), &list, errors);
        init(c, grace, &at, errors);
    }
    ephemeral(spec, volumes, &path.field("ephemeralContainers"), errors);
}

/// An init container stops by itself, unless it is a sidecar.
fn init(c: &Container, grace: Option<i64>, path: &Path, errors: &mut Errors) {
    if c.restart_policy.as_deref() == Some("Always") {
        return hooks(c, grace, path, errors);
    }
    for (name, there) in [
        ("lifecycle", c.lifecycle.is_some()),
        ("livenessProbe", c.liveness_probe.is_some()),
        ("readinessProbe", c.readiness_probe.is_some()),
        ("startupProbe", c.startup_probe.is_some()),
    ] {
        if there {
            let detail = "may not be set for init containers without restartPolicy=Always";
            errors.forbidden(&path.field(name), detail);
        }
    }
}

fn hooks(c: &Container, grace: Option<i64>, path: &Path, errors: &mut Errors) {
    probe::lifecycle(c.lifecycle.as_deref(), grace, &path.field("lifecycle"), errors);
    probe::once(c.liveness_probe.as_deref(), grace, &path.field("livenessProbe"), errors);
    probe::readiness(c.readiness_probe.as_deref(), grace, &path.field("readinessProbe"), errors);
    probe::once(c.startup_probe.as_deref(), grace, &path.field("startupProbe"), errors);
}

/// (upstream: `validateContainerCommon`)
fn common(c: &Container, volumes: &[&Volume], path: &Path, errors: &mut Errors) {
    if c.name.is_empty() {
        errors.required(&path.field("name"), "");
    } else {
        errors.each_invalid(&path.field("name"), &c.name, names::dns_label(&c.name, false));
    }
    if c.image.is_none() {
        errors.required(&path.field("image"), "");
    }
    let policy = c.termination_message_policy.as_deref();
    errors.one_of(&path.field("terminationMessagePolicy"), policy, &["File", "FallbackToLogsOnError"]);
    ports(&c.ports, &path.field("ports"), errors);
    env::variables(&c.env, &path.field("env"), errors);
    env::sources(&c.env_from, &path.field("envFrom"), errors);
    mounts::mounts(c, volumes, &path.field("volumeMounts"), errors);
    mounts::devices(c, volumes, &path.field("volumeDevices"), errors);
    let pull = c.image_pull_policy.as_deref();
    errors.one_of(&path.field("imagePullPolicy"), pull, &["Always", "IfNotPresent", "Never"]);
    resources::requirements(&c.resources, &path.field("resources"), errors);
    security::container(c.security_context.as_deref(), &path.field("securityContext"), errors);
}

fn ports(ports: &[ContainerPort], path: &Path, errors: &mut Errors) {
    let mut seen = BTreeSet::new();
    for (i, port) in ports.iter().enumerate() {
        let at = path.index(i);
        if let Some(name) = &port.name {
            let reasons = names::port_name(name);
            if reasons.is_empty() && !seen.insert(name) {
                errors.duplicate(&at.field("name"), name);
            }
            errors.each_invalid(&at.field("name"), name, reasons);
        }
        let number = port.container_port;
        if number == 0 {
            errors.required(&at.field("containerPort"), "");
        } else {
            errors.each_invalid(&at.field("containerPort"), &number, names::port_number(number));
        }
        if port.host_port != 0 {
            errors.each_invalid(&at.field("hostPort"), &port.host_port, names::port_number(port.host_port));
        }
        errors.one_of(&at.field("protocol"), port.protocol.as_deref(), &PROTOCOLS);
    }
}

/// Two containers cannot have one port of the node.
fn host_ports(containers: &[Container], path: &Path, errors: &mut Errors) {
    let mut seen = BTreeSet::new();
    for (i, c) in containers.iter().enumerate() {
        for (j, port) in c.ports.iter().enumerate().filter(|(_, p)| p.host_port != 0) {
            let protocol = port.protocol.as_deref().unwrap_or_default();
            let ip = port.host_ip.as_deref().unwrap_or_default();
            let key = format!("{protocol}/{ip}/{}", port.host_port);
            if !seen.insert(key.clone()) {
                errors.duplicate(&path.index(i).field("ports").index(j).field("hostPort"), key.as_str());
            }
        }
    }
}

/// An image's name in a pod; in a template it may have blanks around it.
pub(super) fn trimmed(c: &Container, path: &Path, errors: &mut Errors) {
    let image = c.image.as_deref().unwrap_or_default();
    if image.trim() != image {
        errors.invalid(&path.field("image"), image, "must not have leading or trailing whitespace");
    }
}

/// Containers that were added to a running pod.
fn ephemeral(spec: &PodSpec, volumes: &[&Volume], path: &Path, errors: &mut Errors) {
    let others = || spec.containers.iter().chain(&spec.init_containers);
    for (i, c) in spec.ephemeral_containers.iter().enumerate() {
        let (at, as_any) = (path.index(i), Container::from(c));
        common(&as_any, volumes, &at, errors);
        trimmed(&as_any, &at, errors);
        let earlier = spec.ephemeral_containers[..i].iter();
        if others().any(|o| o.name == c.name) || earlier.clone().any(|o| o.name == c.name) {
            errors.duplicate(&at.field("name"), &c.name);
        }
        if let Some(target) = &c.target_container_name
            && !others().any(|o| o.name == *target)
        {
            errors.not_found(&at.field("targetContainerName"), target);
        }
        only_ephemeral(c, &at, errors);
    }
}

/// What a container that was added for a look cannot have.
fn only_ephemeral(c: &EphemeralContainer, path: &Path, errors: &mut Errors) {
    let detail = "cannot be set for an Ephemeral Container";
    for (field, set) in [
        ("ports", !c.ports.is_empty()),
        ("resources", c.resources != Default::default()),
        ("resizePolicy", !c.resize_policy.is_empty()),
        ("restartPolicy", c.restart_policy.is_some()),
        ("livenessProbe", c.liveness_probe.is_some()),
        ("readinessProbe", c.readiness_probe.is_some()),
        ("startupProbe", c.startup_probe.is_some()),
        ("lifecycle", c.lifecycle.is_some()),
    ] {
        if set {
            errors.forbidden(&path.field(field), detail);
        }
    }
    for (i, mount) in c.volume_mounts.iter().enumerate() {
        let at = path.field("volumeMounts");
        for (field, value) in [("subPath", &mount.sub_path), ("subPathExpr", &mount.sub_path_expr)] {
            if value.is_some() {
                errors.forbidden(&at.index(i).field(field), detail);
            }
        }
    }
}
