//! Rules for the environment of containers.

use super::{Errors, Path, names};
use crate::{EnvFromSource, EnvVar, EnvVarSource, ObjectFieldSelector, ResourceFieldSelector};

/// Fields of a pod that a variable can show.
const FIELDS: [&str; 9] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];
/// Fields of a pod that a file can show.
const FILE_FIELDS: [&str; 5] =
    ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];
/// Fields of a pod that exist, but that neither can show (upstream: `AddFieldLabelConversionsForPod`).
const KNOWN_FIELDS: [&str; 8] = [
    "metadata.annotations",
    "metadata.labels",
    "spec.hostNetwork",
    "spec.restartPolicy",
    "spec.schedulerName",
    "status.nominatedNodeName",
    "status.phase",
    "spec.host",
];
/// Amounts of a container that can be shown.
const AMOUNTS: [&str; 6] = [
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
];

/// The variables of a container.
pub(super) fn variables(vars: &[EnvVar], path: &Path, errors: &mut Errors) {
    for (i, var) in vars.iter().enumerate() {
        let at = path.index(i);
        if var.name.is_empty() {
            errors.required(&at.field("name"), "");
        } else {
            errors.each_invalid(&at.field("name"), &var.name, names::env_name(&var.name));
        }
        if let Some(source) = &var.value_from {
            value_from(source, var.value.is_some(), &at.field("valueFrom"), errors);
        }
    }
}

fn value_from(source: &EnvVarSource, has_value: bool, path: &Path, errors: &mut Errors) {
    if let Some(field) = &source.field_ref {
        field_ref(field, &FIELDS, &path.field("fieldRef"), errors);
    }
    if let Some(amount) = &source.resource_field_ref {
        resource_field_ref(amount, false, &path.field("resourceFieldRef"), errors);
    }
    let keys = [
        ("configMapKeyRef", source.config_map_key_ref.as_ref().map(|s| (&s.name, &s.key))),
        ("secretKeyRef", source.secret_key_ref.as_ref().map(|s| (&s.name, &s.key))),
    ];
    for (field, name, key) in keys.iter().filter_map(|(field, s)| s.map(|(name, key)| (*field, name, key))) {
        let (at, name) = (path.field(field), name.as_deref().unwrap_or_default());
        errors.each_invalid(&at.field("name"), name, names::dns_subdomain(name, false));
        if key.is_empty() {
            errors.required(&at.field("key"), "");
        } else {
            errors.each_invalid(&at.field("key"), key, names::config_key(key));
        }
    }
    let count = usize::from(source.field_ref.is_some())
        + usize::from(source.resource_field_ref.is_some())
        + keys.iter().filter(|(_, s)| s.is_some()).count();
    let detail = match count {
        0 => "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`",
        _ if has_value => "may not be specified when `value` is not empty",
        1 => return,
        _ => "may not have more than one field specified at a time",
    };
    errors.invalid(path, "", detail);
}

/// A field of the pod that a file shows.
pub(super) fn file_field_ref(field: &ObjectFieldSelector, path: &Path, errors: &mut Errors) {
    field_ref(field, &FILE_FIELDS, path, errors);
}

fn field_ref(field: &ObjectFieldSelector, supported: &[&str], path: &Path, errors: &mut Errors) {
    if field.field_path.is_empty() {
        return errors.required(&path.field("fieldPath"), "");
    }
    // One label or annotation can be shown as well as all: `metadata.labels['app']`.
    let subscript = |s: &str| field.field_path.starts_with(s) && field.field_path.ends_with("']");
    if subscript("metadata.labels['") || subscript("metadata.annotations['") {
        return;
    }
    if !supported.contains(&&*field.field_path)
        && !FIELDS.contains(&&*field.field_path)
        && !KNOWN_FIELDS.contains(&&*field.field_path)
    {
        let detail = format!("error converting fieldPath: field label not supported: {}", field.field_path);
        errors.invalid(&path.field("fieldPath"), &field.field_path, detail);
    } else if !supported.contains(&&*field.field_path) {
        errors.not_supported(&path.field("fieldPath"), &field.field_path, supported);
    }
}

/// An amount of a container; files must say of which.
pub(super) fn resource_field_ref(
    amount: &ResourceFieldSelector,
    in_volume: bool,
    path: &Path,
    errors: &mut Errors,
) {
    if in_volume && amount.container_name.is_none() {
        errors.required(&path.field("containerName"), "");
    } else if amount.resource.is_empty() {
        errors.required(&path.field("resource"), "");
    } else if !AMOUNTS.contains(&&*amount.resource) && !amount.resource.contains(".hugepages-") {
        errors.not_supported(&path.field("resource"), &amount.resource, &AMOUNTS);
    }
}

/// The objects whose keys become variables.
pub(super) fn sources(sources: &[EnvFromSource], path: &Path, errors: &mut Errors) {
    for (i, source) in sources.iter().enumerate() {
        let at = path.index(i);
        if let Some(prefix) = &source.prefix {
            errors.each_invalid(&at.field("prefix"), prefix, names::env_name(prefix));
        }
        let named = [
            ("configMapRef", source.config_map_ref.as_ref().map(|s| &s.name)),
            ("secretRef", source.secret_ref.as_ref().map(|s| &s.name)),
        ];
        for (field, name) in named.iter().filter_map(|(field, name)| name.map(|n| (*field, n))) {
            let reference = at.field(field);
            match name {
                None => errors.required(&reference.field("name"), ""),
                Some(name) => {
                    errors.each_invalid(&reference.field("name"), name, names::dns_subdomain(name, true));
                }
            }
        }
        match named.iter().filter(|(_, name)| name.is_some()).count() {
            0 => errors.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`"),
            1 => {}
            _ => errors.invalid(path, "", "may not have more than one field specified at a time"),
        }
    }
}
