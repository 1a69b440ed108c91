//! Rules for containers.

use super::{Errors, Path, env, names, probe, resources, security};
use crate::{Container, ContainerPort, PodSpec, Volume, VolumeDevice, VolumeMount};
use orrery_apimachinery::Str;
use std::collections::BTreeSet;

const PROTOCOLS: [&str; 3] = ["SCTP", "TCP", "UDP"];

/// All containers of a pod.
pub(super) fn all(spec: &PodSpec, volumes: &[&Volume], path: &Path, errors: &mut Errors) {
    let list = path.field("containers");
    if spec.containers.is_empty() {
        errors.required(&list, "");
    }
    let mut seen = BTreeSet::new();
    for (i, c) in spec.containers.iter().enumerate() {
        let at = list.index(i);
        common(c, volumes, &at, errors);
        if !seen.insert(&c.name) {
            errors.duplicate(&at.field("name"), &c.name);
        }
        hooks(c, spec.termination_grace_period_seconds, &at, errors);
        if c.restart_policy.is_some() {
            errors.forbidden(&at.field("restartPolicy"), "may not be set for non-init containers");
        }
    }
    host_ports(&spec.containers, &list, errors);
    let list = path.field("initContainers");
    for (i, c) in spec.init_containers.iter().enumerate() {
        let at = list.index(i);
        init(c, spec, volumes, &at, errors);
        if !seen.insert(&c.name) {
            errors.duplicate(&at.field("name"), &c.name);
        }
    }
}

fn init(c: &Container, spec: &PodSpec, volumes: &[&Volume], path: &Path, errors: &mut Errors) {
    common(c, volumes, path, errors);
    if let Some(policy) = c.restart_policy.as_deref() {
        errors.one_of(&path.field("restartPolicy"), Some(policy), &["Always"]);
    }
    if c.restart_policy.as_deref() == Some("Always") {
        return hooks(c, spec.termination_grace_period_seconds, path, errors);
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
    mounts(c, volumes, &path.field("volumeMounts"), errors);
    devices(&c.volume_devices, volumes, &path.field("volumeDevices"), errors);
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

fn mounts(c: &Container, volumes: &[&Volume], path: &Path, errors: &mut Errors) {
    let mut seen = BTreeSet::new();
    for (i, mount) in c.volume_mounts.iter().enumerate() {
        let at = path.index(i);
        if mount.name.is_empty() {
            errors.required(&at.field("name"), "");
        }
        if !volumes.iter().any(|v| v.name == mount.name) {
            errors.not_found(&at.field("name"), &mount.name);
        }
        if mount.mount_path.is_empty() {
            errors.required(&at.field("mountPath"), "");
        }
        if !seen.insert(&mount.mount_path) {
            errors.invalid(&at.field("mountPath"), &mount.mount_path, "must be unique");
        }
        for device in &c.volume_devices {
            if device.name == mount.name {
                errors.invalid(&at.field("name"), &mount.name, "must not already exist in volumeDevices");
            }
            if device.device_path == mount.mount_path {
                let detail = "must not already exist as a path in volumeDevices";
                errors.invalid(&at.field("mountPath"), &mount.mount_path, detail);
            }
        }
        sub_paths(mount, &at, path, errors);
        propagation(mount.mount_propagation.as_ref(), c, &path.field("mountPropagation"), errors);
    }
}

fn sub_paths(mount: &VolumeMount, at: &Path, list: &Path, errors: &mut Errors) {
    if let Some(sub) = &mount.sub_path {
        descending(sub, &list.field("subPath"), errors);
    }
    if let Some(expression) = &mount.sub_path_expr {
        if mount.sub_path.is_some() {
            let detail = "subPathExpr and subPath are mutually exclusive";
            errors.invalid(&at.field("subPathExpr"), expression, detail);
        }
        descending(expression, &list.field("subPathExpr"), errors);
    }
}

fn propagation(propagation: Option<&Str>, c: &Container, path: &Path, errors: &mut Errors) {
    let Some(propagation) = propagation else { return };
    errors.one_of(path, Some(propagation), &["Bidirectional", "HostToContainer", "None"]);
    let privileged = c.security_context.as_ref().and_then(|s| s.privileged) == Some(true);
    if &**propagation == "Bidirectional" && !privileged {
        let detail = "Bidirectional mount propagation is available only to privileged containers";
        errors.forbidden(path, detail);
    }
}

fn devices(devices: &[VolumeDevice], volumes: &[&Volume], path: &Path, errors: &mut Errors) {
    for (i, device) in devices.iter().enumerate() {
        let at = path.index(i);
        if device.name.is_empty() {
            errors.required(&at.field("name"), "");
        }
        match volumes.iter().find(|v| v.name == device.name) {
            None => errors.not_found(&at.field("name"), &device.name),
            Some(v) if v.persistent_volume_claim.is_none() && v.ephemeral.is_none() => {
                let detail =
                    "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode";
                errors.invalid(&at.field("name"), &device.name, detail);
            }
            Some(_) => {}
        }
        if device.device_path.is_empty() {
            errors.required(&at.field("devicePath"), "");
        }
    }
}

/// A path that stays below where it starts.
pub(super) fn descending(target: &str, path: &Path, errors: &mut Errors) {
    if target.starts_with('/') {
        errors.invalid(path, target, "must be a relative path");
    }
    no_backsteps(target, path, errors);
}

/// A path without `..`.
pub(super) fn no_backsteps(target: &str, path: &Path, errors: &mut Errors) {
    if target.split('/').any(|part| part == "..") {
        errors.invalid(path, target, "must not contain '..'");
    }
}
