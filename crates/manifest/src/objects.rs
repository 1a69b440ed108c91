//! From text to typed objects: each document's kind is looked up, its fields are read strictly, and whatever is
//! wrong is told at its line.

use crate::{Diagnostic, Document, Limits, Range, Severity, expand_lists, read};
use crate::{advice, gofmt};
use orrery_api::{Kind, Object, POD_LIMIT};
use orrery_apimachinery::Order;
use orrery_apimachinery::decode::{Problem, ProblemKind};
use serde_json::{Map, Value};

/// An object and the document that it was read from.
#[derive(Clone, Debug, PartialEq)]
pub struct Located {
    /// The typed object.
    pub object: Object,
    /// What the text says, and where.
    pub document: Document,
}

/// What was found in a text of manifests.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Objects {
    /// The objects without errors, in the order of the text.
    pub objects: Vec<Located>,
    /// What is wrong, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads all objects of a text, of the kinds that every cluster serves. The elements of a `List` are objects
/// of their own.
pub fn objects(text: &str) -> Objects {
    objects_of(text, &Kind::by_gvk)
}

/// As [`objects`]; `served` tells the kind for an `apiVersion` and a `kind`, as a cluster serves them that
/// has learned kinds of its own.
pub fn objects_of(text: &str, served: &dyn Fn(&str, &str) -> Option<Kind>) -> Objects {
    let limits = Limits::default();
    let reading = read(text, &limits);
    let mut found = Objects { objects: Vec::new(), diagnostics: reading.diagnostics };
    for document in reading.documents.into_iter().flat_map(expand_lists) {
        let (object, diagnostics) = match kind_of(&document, served) {
            Ok(kind) => decode(kind, &document, text),
            Err(diagnostic) => (None, vec![*diagnostic]),
        };
        found.diagnostics.extend(diagnostics);
        // A number that could not be read at all was told already.
        found.diagnostics.extend(object.as_ref().and_then(|_| beyond_limit(&document)));
        found.objects.extend(object.map(|object| Located { object, document }));
    }
    found.diagnostics.order_by_key(|d| (d.line, d.column));
    found.diagnostics.truncate(limits.diagnostics);
    found
}

/// A warning where more replicas are asked for than a cluster holds: upstream accepts them, and so do we.
fn beyond_limit(document: &Document) -> Option<Diagnostic> {
    let asked = document.value.pointer("/spec/replicas")?.as_u64()?;
    if asked <= POD_LIMIT as u64 {
        return None;
    }
    let message = format!("{asked} replicas are asked for; this cluster holds at most {POD_LIMIT} pods");
    let range = document.positions.of("spec.replicas").value;
    Some(Diagnostic::warning(range, message).at_path("spec.replicas"))
}

/// The kind that a document states.
fn kind_of(
    document: &Document,
    served: &dyn Fn(&str, &str) -> Option<Kind>,
) -> Result<Kind, Box<Diagnostic>> {
    let Value::Object(fields) = &document.value else {
        let found = json_type(&document.value);
        let message = format!("json: cannot unmarshal {found} into Go value of type unstructured.detector");
        let hint = "an object is a map with `apiVersion`, `kind` and `metadata`";
        return Err(Box::new(Diagnostic::error(start(document), message).with_hint(hint)));
    };
    let text = |field: &str| fields.get(field).and_then(Value::as_str).filter(|text| !text.is_empty());
    let missing = |field: &str, name: &str| {
        let message = format!("Object '{name}' is missing in '{}'", gofmt::json(&document.value));
        let hint = advice::missing(field, text("kind"));
        Box::new(Diagnostic::error(start(document), message).at_path(field).with_hint(hint))
    };
    let kind = text("kind").ok_or_else(|| missing("kind", "Kind"))?;
    if let Some(diagnostic) = not_a_list(fields, document).or_else(|| unreadable(fields, document)) {
        return Err(Box::new(diagnostic));
    }
    let api_version = text("apiVersion").ok_or_else(|| missing("apiVersion", "apiVersion"))?;
    served(api_version, kind).ok_or_else(|| {
        let message = format!("no matches for kind \"{kind}\" in version \"{api_version}\"");
        let (field, hint) = advice::no_match(api_version, kind);
        let range = document.positions.of(field).value;
        Box::new(Diagnostic { hint, ..Diagnostic::error(range, message).at_path(field) })
    })
}

/// Why kubectl cannot take `items` for the elements of a list.
fn not_a_list(fields: &Map<String, Value>, document: &Document) -> Option<Diagnostic> {
    let (message, hint) = match fields.get("items")? {
        Value::Array(_) => (
            "*unstructured.Unstructured is not a list: no Items field in this object".into(),
            "put the elements of the inner list into the outer one",
        ),
        other => {
            let field = "Go struct field decodeList.items of type []json.RawMessage";
            let message = format!("json: cannot unmarshal {} into {field}", json_type(other));
            (message, "a list is expected: start each element with `- `")
        }
    };
    let range = document.positions.of("items").value;
    Some(Diagnostic::error(range, message).at_path("items").with_hint(hint))
}

/// What kubectl reads before it asks who serves the kind (upstream: `cli-runtime/pkg/resource/metadata_decoder.go`).
fn unreadable(fields: &Map<String, Value>, document: &Document) -> Option<Diagnostic> {
    let rows = [
        ("apiVersion", "string", "string", "a text is expected, such as `v1`"),
        ("metadata", "object", "v1.ObjectMeta", "a map is expected: lines of `key: value`, indented"),
    ];
    rows.into_iter().find_map(|(field, json, go, hint)| {
        let found = fields.get(field).filter(|value| !value.is_null()).map(json_type)?;
        let field_of = format!("Go struct field metadataOnlyObject.{field} of type {go}");
        let message = format!("json: cannot unmarshal {found} into {field_of}");
        let range = document.positions.of(field).value;
        (found != json).then(|| Diagnostic::error(range, message).at_path(field).with_hint(hint))
    })
}

fn json_type(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "string",
        Value::Number(_) => "number",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
        Value::Bool(_) | Value::Null => "bool",
    }
}

/// Where a document starts: what is missing has no place of its own.
fn start(document: &Document) -> Range {
    let whole = document.positions.of("").value;
    if whole.end_line == whole.line {
        return whole;
    }
    Range { end_line: whole.line, end_column: whole.column + 1, ..whole }
}

/// The object, unless something is wrong with it.
fn decode(kind: Kind, document: &Document, text: &str) -> (Option<Object>, Vec<Diagnostic>) {
    let (object, problems) = Object::decode(kind, &document.value);
    let diagnostics: Vec<Diagnostic> =
        problems.iter().map(|problem| diagnostic(problem, document, text)).collect();
    let sound = diagnostics.iter().all(|d| d.severity == Severity::Warning);
    (sound.then_some(object), diagnostics)
}

fn diagnostic(problem: &Problem, document: &Document, text: &str) -> Diagnostic {
    let span = document.positions.of(&problem.path);
    let unknown = matches!(problem.kind, ProblemKind::UnknownField { .. });
    let range = span.key.filter(|_| unknown).unwrap_or(span.value);
    let hint = advice::problem(&problem.kind, excerpt(text, range));
    Diagnostic { hint, ..Diagnostic::error(range, problem.to_string()).at_path(problem.path.clone()) }
}

/// What the text says at `range`, or the rest of its first line.
fn excerpt(text: &str, range: Range) -> &str {
    let line = text.lines().nth(range.line as usize - 1).unwrap_or("");
    let byte = |column: u32| line.char_indices().nth(column as usize - 1).map_or(line.len(), |(i, _)| i);
    let end = if range.end_line == range.line { byte(range.end_column) } else { line.len() };
    &line[byte(range.column).min(end)..end]
}
