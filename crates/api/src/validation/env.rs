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
/// Fields of a pod that upstream knows, shown or not (upstream: `ConvertDownwardAPIFieldLabel`).
const KNOWN_FIELDS: [&str; 5] =
    ["metadata.annotations", "metadata.labels", "spec.restartPolicy", "spec.schedulerName", "status.phase"];
/// Amounts of a container that can be shown.
const AMOUNTS: [&str; 6] = [
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
];

/// What an amount of bytes can be divided by.
const BYTES: [&str; 13] = ["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"];

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
    let at = path.field("fieldPath");
    if field.api_version.is_none() {
        return errors.required(&path.field("apiVersion"), "");
    }
    if field.field_path.is_empty() {
        return errors.required(&at, "");
    }
    let unconverted = |detail: String, errors: &mut Errors| {
        errors.invalid(&at, &field.field_path, format!("error converting fieldPath: {detail}"));
    };
    let version = field.api_version.as_deref().unwrap_or_default();
    if version != "v1" {
        return unconverted(format!("unsupported pod version: {version}"), errors);
    }
    // One label or annotation can be shown as well as all: `metadata.labels['app']`.
    match subscripted(&field.field_path) {
        Some(("metadata.labels", key)) => errors.each_invalid(path, key, names::qualified_name(key)),
        Some(("metadata.annotations", key)) => {
            let key = key.to_lowercase();
            errors.each_invalid(path, key.as_str(), names::qualified_name(&key));
        }
        Some(_) => {
            unconverted(format!("field label does not support subscript: {}", field.field_path), errors);
        }
        None => {
            // The name that old clients use.
            let name = if &*field.field_path == "spec.host" { "spec.nodeName" } else { &field.field_path };
            let known = FIELDS.contains(&name) || FILE_FIELDS.contains(&name) || KNOWN_FIELDS.contains(&name);
            if !known {
                unconverted(format!("field label not supported: {name}"), errors);
            } else if !supported.contains(&name) {
                errors.not_supported(&at, name, supported);
            }
        }
    }
}

/// The two parts of a path such as `metadata.labels['app']`.
fn subscripted(path: &str) -> Option<(&str, &str)> {
    path.strip_suffix("']")?.split_once("['").filter(|(field, _)| !field.is_empty())
}

/// An amount of a container; files must say of which.
pub(super) fn resource_field_ref(
    amount: &ResourceFieldSelector,
    in_volume: bool,
    path: &Path,
    errors: &mut Errors,
) {
    let resource = &*amount.resource;
    let huge_pages = resource.starts_with("limits.hugepages-") || resource.starts_with("requests.hugepages-");
    if in_volume && amount.container_name.is_none() {
        errors.required(&path.field("containerName"), "");
    } else if resource.is_empty() {
        errors.required(&path.field("resource"), "");
    } else if !AMOUNTS.contains(&resource) && !huge_pages {
        errors.not_supported(&path.field("resource"), resource, &AMOUNTS);
    }
    let (divisors, of) = match resource {
        "limits.cpu" | "requests.cpu" => (&["1m", "1"][..], "cpu"),
        "limits.memory" | "requests.memory" => (&BYTES[..], "memory"),
        "limits.ephemeral-storage" | "requests.ephemeral-storage" => (&BYTES[..], "local ephemeral storage"),
        _ if huge_pages => (&BYTES[..], "hugepages"),
        _ => return,
    };
    if !amount.divisor.is_zero() && !divisors.contains(&&*amount.divisor.to_string()) {
        let listed = if of == "cpu" { "1m and 1".into() } else { divisors.join(", ") };
        let detail = format!("only divisor's values {listed} are supported with the {of} resource");
        errors.invalid(&path.field("divisor"), resource, detail);
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
