//! In which fields two states of an object differ, each as a path with what was there and what is.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use orrery_apimachinery::Value;
use orrery_manifest::Positions;

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

/// Goes on to a field of a map. Keys of labels and annotations have dots of their own.
fn push_key(path: &mut String, name: &str) {
    let _ = match (path.len(), name.contains(['.', '/'])) {
        (0, _) => write!(path, "{name}"),
        (_, true) => write!(path, "[{name}]"),
        _ => write!(path, ".{name}"),
    };
}

/// Goes on to an item of a list.
fn push_item(path: &mut String, item: &Value, index: usize) {
    let _ = match NAMES.iter().find_map(|name| item.get(name)) {
        Some(Value::String(name)) => write!(path, "[{name}]"),
        Some(name) => write!(path, "[{name}]"),
        None => write!(path, "[{index}]"),
    };
}

/// The field that stands on each line of a text in YAML; none where there is none that is told of.
pub fn fields_of_lines(yaml: &str) -> Vec<Option<Text>> {
    let mut lines = vec![None; yaml.lines().count()];
    let reading = orrery_manifest::read(yaml, &orrery_manifest::Limits::default());
    if let Some(document) = reading.documents.first() {
        place(&document.value, &document.positions, (&mut String::new(), &mut String::new()), &mut lines);
    }
    lines
}

/// Notes where the fields of a value stand: `path` as fields are told, `at` as places are found.
fn place(
    value: &Value,
    positions: &Positions,
    (path, at): (&mut String, &mut String),
    lines: &mut [Option<Text>],
) {
    let (was, stood) = (path.len(), at.len());
    let mut note = |path: &mut String, at: &mut String, inner: &Value| {
        let span = positions.of(at);
        let line = span.key.unwrap_or(span.value).line as usize;
        if let Some(there) = lines.get_mut(line.wrapping_sub(1)) {
            *there = Some(path.as_str().into());
        }
        place(inner, positions, (&mut *path, &mut *at), lines);
        path.truncate(was);
        at.truncate(stood);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, inner)| {
            push_key(path, name);
            let _ = write!(at, "[{name}]");
            note(path, at, inner);
        }),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, inner)| {
            push_item(path, inner, index);
            let _ = write!(at, "[{index}]");
            note(path, at, inner);
        }),
        _ => {}
    }
}

/// An object without a field and what is in it.
pub(crate) fn without(value: &Value, path: &mut String, field: &str) -> Value {
    let length = path.len();
    let step = |path: &mut String, inner: &Value| {
        let kept = (!is_within(path, field)).then(|| without(inner, path, field));
        path.truncate(length);
        kept
    };
    match value {
        Value::Object(fields) => {
            let kept = fields.iter().filter_map(|(name, inner)| {
                push_key(path, name);
                Some((name.clone(), step(path, inner)?))
            });
            Value::Object(kept.collect())
        }
        Value::Array(items) => {
            let kept = items.iter().enumerate().filter_map(|(index, inner)| {
                push_item(path, inner, index);
                step(path, inner)
            });
            Value::Array(kept.collect())
        }
        other => other.clone(),
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
                push_key(path, name);
                gather(inner, path, found);
                path.truncate(length);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                push_item(path, item, index);
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
    fn a_line_of_yaml_is_a_field() {
        let yaml = "metadata:\n  labels:\n    a.b/c: x\nspec:\n  containers:\n  - image: nginx\n    name: web\n    args:\n    - a\n";
        let told: Vec<String> =
            fields_of_lines(yaml).iter().map(|field| field.as_deref().unwrap_or("–").to_owned()).collect();
        let want = [
            "metadata",
            "metadata.labels",
            "metadata.labels[a.b/c]",
            "spec",
            "spec.containers",
            "spec.containers[web].image",
            "spec.containers[web].name",
            "spec.containers[web].args",
            "spec.containers[web].args[0]",
        ];
        assert_eq!(told, want);
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
