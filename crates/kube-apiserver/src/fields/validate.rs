//! What is wrong with a configuration before it is applied (upstream: `typed/validate.go` of structured-merge-diff).

use super::compare::identity;
use super::element::Element;
use orrery_api::merge_schema::MergeType;
use orrery_api::{Kind, Object};
use orrery_apimachinery::decode::{Problem, ProblemKind};
use orrery_apimachinery::{Reason, Status, StatusResult, Value};

/// Checks that `config` is a configuration of an object of `kind`.
///
/// Errors: a refusal without a reason, with upstream's words.
pub(crate) fn validate(kind: Kind, config: &Value) -> StatusResult<()> {
    let mut errors = Vec::new();
    check_lists(config, MergeType::of(kind), "", &mut errors);
    let problems = Object::decode(kind, config).1;
    errors.extend(problems.iter().map(|problem| explain(problem, config, MergeType::of(kind))));
    let text = match errors.as_slice() {
        [] => return Ok(()),
        [one] => one.clone(),
        many => many.iter().fold("errors:".to_string(), |text, error| text + "\n  " + error),
    };
    let meta = |field: &str| config["metadata"][field].as_str().unwrap_or_default();
    Err(Status::new(
        Reason::Unknown,
        format!(
            "failed to create typed patch object ({}/{}; {}, Kind={}): {text}",
            meta("namespace"),
            meta("name"),
            kind.api_version(),
            kind.name()
        ),
    ))
}

/// Items must have what they are known by, and each once.
fn check_lists(value: &Value, ty: MergeType, path: &str, errors: &mut Vec<String>) {
    match value {
        Value::Object(fields) if ty != MergeType::Atomic => {
            for (name, inner) in fields {
                check_lists(inner, ty.field(name), &format!("{path}.{name}"), errors);
            }
        }
        Value::Array(items) if matches!(ty, MergeType::Keyed(_) | MergeType::Set) => {
            let mut seen = Vec::new();
            for (index, item) in items.iter().enumerate() {
                let Some(step) = identity(item, ty) else {
                    errors.push(format!("{path}: element {index}: {}", unidentified(item, ty)));
                    return;
                };
                if seen.contains(&step) {
                    errors.push(format!("{path}: duplicate entries for key {step}"));
                }
                check_lists(item, ty.item(), &format!("{path}{step}"), errors);
                seen.push(step);
            }
        }
        _ => {}
    }
}

/// Why an item is not known by anything.
fn unidentified(item: &Value, ty: MergeType) -> String {
    let kind = match item {
        Value::Null => "null",
        Value::Object(_) => "object",
        _ => "value",
    };
    match (ty, kind) {
        (MergeType::Set, "null") => {
            "associative list without keys has an element that's an explicit null".into()
        }
        (MergeType::Set, "object") => "associative list without keys has an element that's a map type".into(),
        (MergeType::Set, _) => "not supported: associative list with lists as elements".into(),
        (_, "null") => "associative list with keys may not have a null element".into(),
        (_, "value") => "associative list with keys may not have non-map elements".into(),
        _ => {
            let missing = ty.keys().find(|key| key.default.is_none() && item.get(key.name).is_none());
            let name = missing.map_or("", |key| key.name);
            format!(
                "associative list with keys has an element that omits key field {name:?} (and doesn't have default value)"
            )
        }
    }
}

/// A problem of the decoder in the words of the merge.
fn explain(problem: &Problem, config: &Value, ty: MergeType) -> String {
    let path = path_of(&problem.path, config, ty);
    let value = || at(&problem.path, config);
    match &problem.kind {
        ProblemKind::UnknownField { .. } => format!("{path}: field not declared in schema"),
        ProblemKind::WrongType { expected, .. } => {
            let expected = match expected.as_str() {
                "int32" | "int64" => "numeric (int or float)",
                "bool" => "boolean",
                "string" => "string",
                list if list.starts_with("[]") => "list",
                _ => "map",
            };
            format!("{path}: expected {expected}, got {}", go_value(expected, value()))
        }
        ProblemKind::OutOfRange { message } | ProblemKind::Custom(message) => format!("{path}: {message}"),
    }
}

/// A value as upstream's messages show it: of numbers the type is told, of all else the value.
fn go_value(expected: &str, value: &Value) -> String {
    if expected.starts_with("numeric") {
        return match value {
            Value::String(_) => "string",
            Value::Bool(_) => "bool",
            Value::Array(_) => "[]interface {}",
            _ => "map[string]interface {}",
        }
        .into();
    }
    format!("&value.valueUnstructured{{Value:{value}}}")
}

/// The steps of a decoder's path: names, and positions in lists.
fn steps(path: &str) -> impl Iterator<Item = (&str, Option<usize>)> {
    path.split('.').flat_map(|part| {
        let (name, positions) = part.split_once('[').unwrap_or((part, ""));
        let positions = positions.split('[').filter_map(|text| text.trim_end_matches(']').parse().ok());
        std::iter::once((name, None)).chain(positions.map(|position| ("", Some(position))))
    })
}

fn at<'v>(path: &str, config: &'v Value) -> &'v Value {
    steps(path).fold(config, |value, step| match step {
        (_, Some(position)) => &value[position],
        (name, None) => &value[name],
    })
}

/// The path as the merge writes it: items of lists with keys by their keys.
fn path_of(path: &str, config: &Value, ty: MergeType) -> String {
    let (mut text, mut value, mut ty) = (String::new(), config, ty);
    for step in steps(path) {
        match step {
            (name, None) => {
                text += &Element::field(name).to_string();
                (value, ty) = (&value[name], ty.field(name));
            }
            (_, Some(position)) => {
                let item = &value[position];
                let step =
                    identity(item, ty).map_or_else(|| format!("[{position}]"), |step| step.to_string());
                text += &step;
                (value, ty) = (item, ty.item());
            }
        }
    }
    text
}
