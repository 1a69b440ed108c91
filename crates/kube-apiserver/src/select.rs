//! Selecting by fields: the few of each kind that the server selects by (upstream: `AddFieldLabelConversionFunc` in
//! each group's `conversion.go`, `k8s.io/apimachinery/pkg/fields`).

use orrery_api::{Kind, Object};
use orrery_apimachinery::Order;
use orrery_apimachinery::Value;

/// One requirement: the field has the value, or has it not.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Requirement {
    path: String,
    value: String,
    equal: bool,
}

/// A selector by fields; the empty one selects everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldSelector(Vec<Requirement>);

impl FieldSelector {
    /// Reads the text form for objects of `kind`; the error is the server's.
    pub fn parse(kind: Kind, text: &str) -> Result<FieldSelector, String> {
        let mut terms = split_terms(text);
        terms.order();
        let read = |term: &&str| {
            let Requirement { path, value, equal } = requirement(term)
                .unwrap_or_else(|| Err(format!("invalid selector: '{text}'; can't understand '{term}'")))?;
            Ok(Requirement { path: label(kind, &path)?, value, equal })
        };
        terms.iter().map(read).collect::<Result<_, _>>().map(FieldSelector)
    }

    /// Whether it selects everything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the object has what is required.
    pub fn matches(&self, object: &Object) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let tree = object.to_value();
        self.0.iter().all(|r| (value(object.kind(), &tree, &r.path) == r.value) == r.equal)
    }
}

/// The parts between commas; an escaped comma is part of its part.
fn split_terms(text: &str) -> Vec<&str> {
    let (mut terms, mut start, mut escaped) = (Vec::new(), 0, false);
    for (i, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ',' => {
                terms.push(&text[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    terms.push(&text[start..]);
    terms.retain(|term| !term.is_empty());
    terms
}

/// Reads one part; none when there is no operator in it.
fn requirement(term: &str) -> Option<Result<Requirement, String>> {
    let at = term.find('=')?;
    let (path, equal) = match term[..at].strip_suffix('!') {
        Some(path) => (path, false),
        None => (&term[..at], true),
    };
    let value = &term[at + 1..];
    let value = if equal { value.strip_prefix('=').unwrap_or(value) } else { value };
    Some(unescape(value).map(|value| Requirement { path: path.into(), value, equal }))
}

fn unescape(text: &str) -> Result<String, String> {
    let (mut value, mut characters) = (String::new(), text.chars());
    while let Some(c) = characters.next() {
        match (c, c == '\\') {
            (_, true) => match characters.next() {
                Some(escaped @ ('\\' | ',' | '=')) => value.push(escaped),
                other => {
                    let sequence: String = ['\\'].into_iter().chain(other).collect();
                    return Err(format!("invalid field selector: invalid escape sequence: {sequence}"));
                }
            },
            (',' | '=', _) => {
                let code = u32::from(c);
                return Err(format!("invalid field selector: unescaped character in value: {code}"));
            }
            _ => value.push(c),
        }
    }
    Ok(value)
}

/// The path that a requirement is about, if objects of that kind can be selected by it.
fn label(kind: Kind, path: &str) -> Result<String, String> {
    let special = special(kind);
    let named = path == "metadata.name" || path == "metadata.namespace" && !named_only(kind);
    if named || special.contains(&path) {
        return Ok(path.into());
    }
    Err(match kind {
        // Old clients write the node so.
        Kind::Pod if path == "spec.host" => return Ok("spec.nodeName".into()),
        Kind::Job => format!("field label {path:?} not supported for Job"),
        _ if special.is_empty() && Kind::ALL.contains(&kind) => {
            format!("{path:?} is not a known field selector: only \"metadata.name\", \"metadata.namespace\"")
        }
        _ => format!("field label not supported: {path}"),
    })
}

/// Whether the kind cannot even be selected by namespace.
fn named_only(kind: Kind) -> bool {
    matches!(kind, Kind::Node | Kind::Namespace) || !Kind::ALL.contains(&kind) && !kind.namespaced()
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
            "status.podIPs",
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
        Kind::Job => &["status.successful"],
        Kind::Namespace => &["status.phase"],
        Kind::Node => &["spec.unschedulable"],
        Kind::ReplicationController => &["status.replicas"],
        Kind::Secret => &["type"],
        Kind::Service => &["spec.clusterIP", "spec.type"],
        _ => &[],
    }
}

/// A field's value as a text; fields that are left out have Go's zero value.
fn value(kind: Kind, tree: &Value, path: &str) -> String {
    let field = match (kind, path) {
        (Kind::Event, "source") => "source.component",
        (Kind::Job, "status.successful") => "status.succeeded",
        // It is known, and no pod has it.
        (Kind::Pod, "status.podIPs") => return String::new(),
        _ => path,
    };
    match field.split('.').try_fold(tree, |node, key| node.get(key)) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => match path {
            "spec.unschedulable" | "spec.hostNetwork" => "false".into(),
            "status.replicas" | "status.successful" => "0".into(),
            "source" => tree["reportingComponent"].as_str().unwrap_or_default().into(),
            _ => String::new(),
        },
    }
}
