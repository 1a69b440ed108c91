//! In which fields two states of an object differ, each as a path with what was there and what is.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use orrery_apimachinery::Value;

use crate::scene::Text;

/// What changes with every write and says nothing.
const SILENT: [&str; 3] = ["metadata.resourceVersion", "metadata.managedFields", "metadata.generation"];
/// By these fields the items of a list are told apart.
const NAMES: [&str; 5] = ["name", "type", "containerPort", "port", "uid"];
/// No value is told at greater length.
const LONGEST: usize = 120;

/// A field that changed.
#[derive(Clone, PartialEq, Debug)]
pub struct FieldChange {
    /// `spec.template.spec.containers[web].image`.
    pub path: Text,
    /// What was there; empty when nothing was.
    pub old: Text,
    /// What is there now; empty when nothing is.
    pub new: Text,
}

/// The fields in which two states differ, by their paths.
pub(crate) fn diff(old: &Value, new: &Value) -> Vec<FieldChange> {
    let (old, mut new) = (leaves(old), leaves(new));
    let mut changes = Vec::new();
    let mut note = |path: &str, old: &str, new: &str| {
        changes.push(FieldChange { path: path.into(), old: short(old), new: short(new) });
    };
    for (path, was) in &old {
        match new.remove(path) {
            Some(is) if is == *was => {}
            Some(is) => note(path, was, &is),
            None => note(path, was, ""),
        }
    }
    new.iter().for_each(|(path, is)| note(path, "", is));
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    changes
}

/// Whether `path` is the field asked for, or part of it.
pub(crate) fn is_within(path: &str, field: &str) -> bool {
    path.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// All fields that hold no others, with their values as text.
pub(crate) fn leaves(value: &Value) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    gather(value, &mut String::new(), &mut found);
    found
}

/// A value, cut when it is long.
fn short(value: &str) -> Text {
    match value.char_indices().nth(LONGEST) {
        Some((end, _)) => [&value[..end], "…"].concat().into(),
        None => value.into(),
    }
}

fn gather(value: &Value, path: &mut String, found: &mut BTreeMap<String, String>) {
    if SILENT.contains(&path.as_str()) {
        return;
    }
    let length = path.len();
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                match (length, name.contains(['.', '/'])) {
                    (0, _) => path.push_str(name),
                    // Keys of labels and annotations have dots of their own.
                    (_, true) => {
                        let _ = write!(path, "[{name}]");
                    }
                    _ => {
                        let _ = write!(path, ".{name}");
                    }
                }
                gather(inner, path, found);
                path.truncate(length);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let _ = match NAMES.iter().find_map(|name| item.get(name)) {
                    Some(Value::String(name)) => write!(path, "[{name}]"),
                    Some(name) => write!(path, "[{name}]"),
                    None => write!(path, "[{index}]"),
                };
                gather(item, path, found);
                path.truncate(length);
            }
        }
        Value::Null => {}
        Value::String(text) => drop(found.insert(path.clone(), text.clone())),
        other => drop(found.insert(path.clone(), other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_are_told_by_their_paths() {
        let rows = [
            (
                "a number changes",
                json!({"spec": {"replicas": 1}}),
                json!({"spec": {"replicas": 3}}),
                "spec.replicas: 1 → 3",
            ),
            (
                "an item of a list is known by its name, wherever it stands",
                json!({"c": [{"name": "a", "image": "x"}, {"name": "b", "image": "y"}]}),
                json!({"c": [{"name": "b", "image": "z"}, {"name": "a", "image": "x"}]}),
                "c[b].image: y → z",
            ),
            (
                "a condition is known by its type",
                json!({"c": []}),
                json!({"c": [{"type": "Ready", "status": "True"}]}),
                "c[Ready].status:  → True, c[Ready].type:  → Ready",
            ),
            (
                "a label keeps its dots",
                json!({"labels": {"a.b/c": "1"}}),
                json!({"labels": {}}),
                "labels[a.b/c]: 1 → ",
            ),
            (
                "what changes with every write says nothing",
                json!({"metadata": {"resourceVersion": "1"}}),
                json!({"metadata": {"resourceVersion": "2"}}),
                "",
            ),
        ];
        for (row, old, new, want) in rows {
            let told: Vec<String> =
                diff(&old, &new).iter().map(|c| format!("{}: {} → {}", c.path, c.old, c.new)).collect();
            assert_eq!(told.join(", "), want, "{row}");
        }
    }

    #[test]
    fn a_field_covers_what_is_in_it() {
        for (path, field, want) in [
            ("spec.replicas", "spec.replicas", true),
            ("spec.replicas", "spec", true),
            ("status.conditions[Ready].status", "status.conditions", true),
            ("spec.replicasMax", "spec.replicas", false),
        ] {
            assert_eq!(is_within(path, field), want, "{path} in {field}");
        }
    }
}
