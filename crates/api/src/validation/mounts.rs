//! Rules for how containers mount volumes.

use super::{Errors, Path};
use crate::{Container, Volume, VolumeMount};
use std::collections::BTreeSet;

/// The volumes that a container sees as directories.
pub(super) fn mounts(c: &Container, volumes: &[&Volume], path: &Path, errors: &mut Errors) {
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
        if c.volume_devices.iter().any(|device| device.name == mount.name) {
            errors.invalid(&at.field("name"), &mount.name, "must not already exist in volumeDevices");
        }
        if c.volume_devices.iter().any(|device| device.device_path == mount.mount_path) {
            let detail = "must not already exist as a path in volumeDevices";
            errors.invalid(&at.field("mountPath"), &mount.mount_path, detail);
        }
        sub_paths(mount, &at, path, errors);
        propagation(mount, c, &path.field("mountPropagation"), errors);
        recursive_read_only(mount, &path.field("recursiveReadOnly"), errors);
    }
}

/// Upstream does not say of which mount it speaks here.
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

fn propagation(mount: &VolumeMount, c: &Container, path: &Path, errors: &mut Errors) {
    let Some(propagation) = &mount.mount_propagation else { return };
    errors.one_of(path, Some(propagation), &["Bidirectional", "HostToContainer", "None"]);
    let privileged = c.security_context.as_ref().and_then(|s| s.privileged) == Some(true);
    if &**propagation == "Bidirectional" && !privileged {
        let detail = "Bidirectional mount propagation is available only to privileged containers";
        errors.forbidden(path, detail);
    }
}

fn recursive_read_only(mount: &VolumeMount, path: &Path, errors: &mut Errors) {
    match mount.recursive_read_only.as_deref() {
        None | Some("Disabled") => {}
        Some("Enabled" | "IfPossible") => {
            if !mount.read_only {
                errors.forbidden(path, "may only be specified when readOnly is true");
            }
            if mount.mount_propagation.as_deref().is_some_and(|p| p != "None") {
                errors
                    .forbidden(path, "may only be specified when mountPropagation is None or not specified");
            }
        }
        Some(unknown) => errors.not_supported(path, unknown, &["Disabled", "Enabled", "IfPossible"]),
    }
}

/// The volumes that a container sees as disks.
pub(super) fn devices(c: &Container, volumes: &[&Volume], path: &Path, errors: &mut Errors) {
    for (i, device) in c.volume_devices.iter().enumerate() {
        let (at, earlier) = (path.index(i), &c.volume_devices[..i]);
        let (name, target) = (at.field("name"), at.field("devicePath"));
        if device.name.is_empty() {
            errors.required(&name, "");
        } else if earlier.iter().any(|e| e.name == device.name) {
            errors.invalid(&name, &device.name, "must be unique");
        }
        match volumes.iter().find(|v| v.name == device.name) {
            None => errors.not_found(&name, &device.name),
            Some(v) if v.persistent_volume_claim.is_none() && v.ephemeral.is_none() => {
                let detail =
                    "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode";
                errors.invalid(&name, &device.name, detail);
            }
            Some(_) => {}
        }
        if device.device_path.is_empty() {
            errors.required(&target, "");
        }
        let steps_back = has_backsteps(&device.device_path);
        if !steps_back && earlier.iter().any(|e| e.device_path == device.device_path) {
            errors.invalid(&target, &device.device_path, "must be unique");
        }
        if steps_back {
            errors.invalid(&target, &device.device_path, "can not contain backsteps ('..')");
        }
        if c.volume_mounts.iter().any(|mount| mount.name == device.name) {
            errors.invalid(&name, &device.name, "must not already exist in volumeMounts");
        }
        if c.volume_mounts.iter().any(|mount| mount.mount_path == device.device_path) {
            let detail = "must not already exist as a path in volumeMounts";
            errors.invalid(&target, &device.device_path, detail);
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
    if has_backsteps(target) {
        errors.invalid(path, target, "must not contain '..'");
    }
}

fn has_backsteps(target: &str) -> bool {
    target.split('/').any(|part| part == "..")
}
