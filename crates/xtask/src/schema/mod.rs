//! `cargo xtask schema`: the table of `crates/schema`, generated from the sources of `k8s-openapi` and a list of the
//! values that some fields are confined to.

mod source;
mod values;

use crate::shell::{Result, root, say};
use serde_json::Value;
use source::{Definition, definitions};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use values::Values;

/// The kinds whose fields are told, and what their fields are made of.
const KINDS: [(&str, &str); 14] = [
    (
        "v1",
        "ConfigMap Endpoints Event LimitRange Namespace Node PersistentVolume PersistentVolumeClaim Pod PodTemplate \
         ReplicationController ResourceQuota Secret Service ServiceAccount",
    ),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
    ("apps/v1", "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet"),
    ("autoscaling/v1", "HorizontalPodAutoscaler"),
    ("autoscaling/v2", "HorizontalPodAutoscaler"),
    ("batch/v1", "CronJob Job"),
    ("coordination.k8s.io/v1", "Lease"),
    ("discovery.k8s.io/v1", "EndpointSlice"),
    ("networking.k8s.io/v1", "Ingress IngressClass NetworkPolicy"),
    ("node.k8s.io/v1", "RuntimeClass"),
    ("policy/v1", "PodDisruptionBudget"),
    ("rbac.authorization.k8s.io/v1", "ClusterRole ClusterRoleBinding Role RoleBinding"),
    ("scheduling.k8s.io/v1", "PriorityClass"),
    ("storage.k8s.io/v1", "CSIDriver CSINode StorageClass VolumeAttachment"),
];

/// Fields that the API publishes as required and the library makes optional.
const REQUIRED: [&str; 3] =
    ["Event.metadata", "NetworkPolicySpec.podSelector", "StatefulSetSpec.serviceName"];

/// Fields that the library always has and the API publishes as optional. So is the metadata of every kind.
const OPTIONAL: [&str; 8] = [
    "ConfigMapEnvSource.name",
    "ConfigMapKeySelector.name",
    "ConfigMapProjection.name",
    "ConfigMapVolumeSource.name",
    "LocalObjectReference.name",
    "SecretEnvSource.name",
    "SecretKeySelector.name",
    "SecretProjection.name",
];

/// Lists whose elements are told apart by more keys than the one that the library merges by.
const KEYS: [(&str, &str); 4] = [
    ("Container.ports", "containerPort,protocol"),
    ("EphemeralContainer.ports", "containerPort,protocol"),
    ("PodSpec.topologySpreadConstraints", "topologyKey,whenUnsatisfiable"),
    ("ServiceSpec.ports", "port,protocol"),
];

/// Writes the table.
pub fn write() -> Result<()> {
    let table = generate()?;
    let path = file();
    fs::write(&path, &table).map_err(|why| format!("{}: {why}", path.display()))?;
    say(&format!("{}: {} lines, {} bytes", path.display(), table.lines().count(), table.len()));
    Ok(())
}

fn file() -> PathBuf {
    root().join("crates/schema/schema.txt")
}

fn generate() -> Result<String> {
    let definitions = definitions()?;
    let reached = reached(&definitions)?;
    let words = words(&reached);
    let mut values = Values::read()?;
    let mut table = String::new();
    for path in &reached {
        Writer { definitions: &definitions, words: &words, values: &mut values }.definition(path, &mut table);
    }
    values.all_used()?;
    Ok(table)
}

/// The paths of the kinds and of all that they are made of.
fn reached(definitions: &BTreeMap<String, Definition>) -> Result<BTreeSet<&str>> {
    let mut open = Vec::new();
    for (api_version, names) in KINDS {
        for name in names.split_whitespace() {
            let kind = definitions
                .iter()
                .find(|(_, found)| found.name == name && found.api_version.as_deref() == Some(api_version));
            open.push(kind.ok_or_else(|| format!("k8s-openapi has no {name} in {api_version}"))?.0.as_str());
        }
    }
    let mut reached = BTreeSet::new();
    while let Some(path) = open.pop() {
        if reached.insert(path) {
            let definition = definitions.get(path).ok_or_else(|| format!("k8s-openapi has no {path}"))?;
            references(&definition.schema, &mut open);
        }
    }
    Ok(reached)
}

fn references<'d>(schema: &'d Value, into: &mut Vec<&'d str>) {
    match schema {
        Value::Object(entries) => {
            into.extend(entries.get("ref").and_then(Value::as_str));
            entries.values().for_each(|value| references(value, into));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, into)),
        _ => {}
    }
}

/// What each type is called in the table: its name, with its module in front where two types share one.
fn words<'d>(reached: &BTreeSet<&'d str>) -> BTreeMap<&'d str, String> {
    let name = |path: &'d str| path.rsplit("::").next().unwrap_or(path);
    let word = |path: &'d str| {
        let alone = reached.iter().filter(|other| name(other) == name(path)).count() == 1;
        let mut parts = path.rsplit("::").skip(1);
        match (alone, parts.next(), parts.next()) {
            (false, Some(version), Some(group)) => format!("{group}/{version}.{}", name(path)),
            _ => name(path).to_owned(),
        }
    };
    reached.iter().map(|path| (*path, word(path))).collect()
}

struct Writer<'d> {
    definitions: &'d BTreeMap<String, Definition>,
    words: &'d BTreeMap<&'d str, String>,
    values: &'d mut Values,
}

impl Writer<'_> {
    fn definition(&mut self, path: &str, table: &mut String) {
        let (definition, word) = (&self.definitions[path], &self.words[path]);
        let schema = &definition.schema;
        table.push('@');
        table.push_str(word);
        if let Some(api_version) = &definition.api_version {
            let _ = write!(table, " {api_version}");
        } else if let Some(plain) = schema["type"].as_str().filter(|plain| *plain != "object") {
            let _ = write!(table, " ={plain}");
        }
        table.push('\n');
        prose(schema, "", table);
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            self.field(definition, name, field, table);
        }
    }

    fn field(&mut self, definition: &Definition, name: &str, field: &Value, table: &mut String) {
        let full_name = format!("{}.{name}", definition.name);
        let mark = if required(definition, name, &full_name) { "!" } else { "" };
        let _ = write!(table, "{name}{mark} {}", self.ty(field));
        if let Some(keys) = self.keys(definition, name, &full_name, field) {
            let _ = write!(table, " *{keys}");
        }
        let values = self.values.of(&full_name);
        if let Some(values) = values {
            let _ =
                write!(table, " {}{}", if values.published { '=' } else { '~' }, values.names().join(","));
        }
        table.push('\n');
        let plain = field["type"] == "string";
        prose(field, &values.filter(|_| plain).map(|values| values.prose()).unwrap_or_default(), table);
    }

    /// The type of a field as a word.
    fn ty(&self, field: &Value) -> String {
        if let Some(path) = field["ref"].as_str() {
            return self.words[path].clone();
        }
        match (field["type"].as_str().unwrap_or("object"), field["format"].as_str()) {
            ("array", _) => format!("[]{}", self.ty(&field["items"])),
            ("object", _) if field["additionalProperties"].is_object() => {
                format!("{{}}{}", self.ty(&field["additionalProperties"]))
            }
            ("integer" | "number", Some(format)) => format.to_owned(),
            ("string", Some("byte")) => "bytes".to_owned(),
            (plain, _) => plain.to_owned(),
        }
    }

    /// The keys by which a list is merged, named as in JSON.
    fn keys(&self, definition: &Definition, name: &str, full_name: &str, field: &Value) -> Option<String> {
        if let Some((_, keys)) = KEYS.iter().find(|(list, _)| *list == full_name) {
            return Some((*keys).to_owned());
        }
        let element = &self.definitions[field["items"]["ref"].as_str()?];
        let (rust, _) = definition.names.iter().find(|(_, json)| *json == name)?;
        let keys = definition.keys.get(rust)?.iter().map(|key| element.names[key].as_str());
        Some(keys.collect::<Vec<_>>().join(","))
    }
}

/// Whether the API publishes a field as required.
fn required(definition: &Definition, name: &str, full_name: &str) -> bool {
    let optional = OPTIONAL.contains(&full_name) || (name == "metadata" && definition.api_version.is_some());
    let listed = definition.schema["required"].as_array().is_some_and(|list| list.iter().any(|n| n == name));
    REQUIRED.contains(&full_name) || (listed && !optional)
}

/// The description as lines of their own.
fn prose(schema: &Value, more: &str, table: &mut String) {
    let said = format!("{}{more}", schema["description"].as_str().unwrap_or_default());
    for line in said.lines() {
        let _ = writeln!(table, "|{line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_table_is_the_one_that_is_generated() {
        let committed = fs::read_to_string(file()).expect("the table is there");
        let generated = generate().expect("it can be generated");
        let first = generated.lines().zip(committed.lines()).find(|(new, old)| new != old);
        assert!(generated == committed, "run `cargo xtask schema`; the first line that differs: {first:?}");
    }
}
