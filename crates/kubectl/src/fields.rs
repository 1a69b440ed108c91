//! `--field-selector`: the few fields of each kind that the server selects by
//! (upstream: `AddFieldLabelConversionFunc` in each group's `conversion.go`).

use orrery_api::{Kind, Object};
use orrery_apimachinery::Value;

/// One requirement of a selector.
struct Requirement<'a> {
    path: &'a str,
    value: &'a str,
    /// Whether the field is to have the value, or not to have it.
    equal: bool,
}

/// A selector by fields.
#[derive(Default)]
pub(crate) struct Fields<'a>(Vec<Requirement<'a>>);

impl<'a> Fields<'a> {
    /// Reads the text form for objects of `kind`; the error is the server's.
    pub(crate) fn parse(kind: Kind, text: &'a str) -> Result<Fields<'a>, String> {
        let parts = text.split(',').filter(|part| !part.is_empty());
        parts.map(|part| requirement(kind, text, part)).collect::<Result<_, _>>().map(Fields)
    }

    /// Whether the object has what is required.
    pub(crate) fn matches(&self, object: &Object) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let tree = object.to_value();
        self.0.iter().all(|r| (value(&tree, r.path) == r.value) == r.equal)
    }
}

fn requirement<'a>(kind: Kind, text: &str, part: &'a str) -> Result<Requirement<'a>, String> {
    let (path, value, equal) = [("!=", false), ("==", true), ("=", true)]
        .iter()
        .find_map(|(sign, equal)| part.split_once(sign).map(|(path, value)| (path, value, *equal)))
        .ok_or_else(|| format!("invalid selector: '{text}'; can't understand '{part}'"))?;
    let special = special(kind);
    if ["metadata.name", "metadata.namespace"].contains(&path) || special.contains(&path) {
        return Ok(Requirement { path, value, equal });
    }
    Err(match special {
        [] => format!(
            "\"{path}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
        ),
        _ => format!("field label not supported: {path}"),
    })
}

/// What can be selected by beside name and namespace.
fn special(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Pod => &[
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.nominatedNodeName",
        ],
        Kind::Event => &[
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ],
        Kind::Namespace => &["status.phase"],
        Kind::Node => &["spec.unschedulable"],
        Kind::ReplicaSet => &["status.replicas"],
        Kind::Secret => &["type"],
        Kind::Service => &["spec.clusterIP", "spec.type"],
        _ => &[],
    }
}

/// A field's value as a text; fields that are left out have Go's zero value.
fn value(tree: &Value, path: &str) -> String {
    let path = if path == "source" { "source.component" } else { path };
    match path.split('.').try_fold(tree, |node, key| node.get(key)) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None if matches!(path, "spec.unschedulable" | "spec.hostNetwork") => "false".into(),
        None if path == "status.replicas" => "0".into(),
        None => String::new(),
    }
}
