//! `kubectl get` of kinds that a CustomResourceDefinition declares, with the columns that it asks for
//! (upstream: `tableconvertor` of `apiextensions-apiserver`).

use super::{Column, age, narrow};
use crate::{CustomColumn, CustomKind, CustomObject};
use orrery_apimachinery::{Time, Value};

const COLUMNS: [Column; 2] = [narrow("NAME"), narrow("AGE")];

/// The heads of a kind's columns.
pub(super) fn columns(kind: &CustomKind, wide: bool) -> Vec<&'static str> {
    if kind.columns.is_empty() {
        return COLUMNS.iter().map(|column| column.name).collect();
    }
    let mut heads = vec![COLUMNS[0].name];
    heads.extend(kind.columns.iter().filter(|column| wide || !column.wide).map(|column| column.name));
    heads
}

/// The cells of an object, one for each column.
pub(super) fn cells(object: &CustomObject, wide: bool, now: Time) -> Vec<String> {
    let mut cells = vec![object.metadata.name.to_string()];
    if object.kind.columns.is_empty() {
        cells.push(age(object.metadata.creation_timestamp, now));
    }
    for column in object.kind.columns.iter().filter(|column| wide || !column.wide) {
        cells.push(cell(object, column, now));
    }
    cells
}

/// What is found at a column's path; nothing where nothing of its type is.
fn cell(object: &CustomObject, column: &CustomColumn, now: Time) -> String {
    if column.json_path == ".metadata.creationTimestamp" && column.type_ == "date" {
        return age(object.metadata.creation_timestamp, now);
    }
    let tree;
    let mut steps = steps(column.json_path).into_iter();
    let first = steps.next().unwrap_or_default();
    let start = match object.fields.get(first) {
        Some(value) => value,
        None => {
            tree = object.encode();
            match tree.get(first) {
                Some(value) => value,
                None => return String::new(),
            }
        }
    };
    of_type(column.type_, steps.try_fold(start, step), now)
}

/// What was found, if it is of that type.
fn of_type(type_: &str, found: Option<&Value>, now: Time) -> String {
    let Some(found) = found else { return String::new() };
    match (type_, found) {
        ("string", Value::Null) => "<no value>".into(),
        ("string", Value::String(text)) => text.clone(),
        ("string", value) | ("number", value @ Value::Number(_)) | ("boolean", value @ Value::Bool(_)) => {
            value.to_string()
        }
        ("integer", Value::Number(number)) => number.to_string().split('.').next().unwrap_or_default().into(),
        ("date", Value::String(text)) => {
            Time::parse(text).map_or_else(|| "<invalid>".into(), |date| age(Some(date), now))
        }
        _ => String::new(),
    }
}

/// The steps of a path such as `.status.conditions[?(@.type=='Ready')].status`, brackets as steps of their own.
fn steps(path: &str) -> Vec<&str> {
    let (mut steps, mut start, mut depth) = (Vec::new(), 0, 0);
    for (at, c) in path.char_indices() {
        let ends = matches!(c, '.' | '[') && depth == 0;
        if ends {
            steps.push(&path[start..at]);
            start = at + usize::from(c == '.');
        }
        depth += match c {
            '[' => 1,
            ']' => -1,
            _ => 0,
        };
    }
    steps.push(&path[start..]);
    steps.retain(|step| !step.is_empty());
    steps
}

/// One step further: a field, a number in brackets, the first element of all, or that with a field of that value.
fn step<'a>(value: &'a Value, step: &str) -> Option<&'a Value> {
    let Some(inner) = step.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else {
        return value.get(step);
    };
    if inner == "*" {
        return value.as_array()?.first();
    }
    let Some(filter) = inner.strip_prefix("?(@.").and_then(|rest| rest.strip_suffix(')')) else {
        let name = inner.trim_matches(['\'', '"']);
        return inner.parse::<usize>().map_or_else(|_| value.get(name), |nth| value.get(nth));
    };
    let (field, wanted) = filter.split_once("==")?;
    let wanted = wanted.trim().trim_matches(['\'', '"']);
    value.as_array()?.iter().find(|element| element[field.trim()].as_str() == Some(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_cell_holds_what_is_of_its_columns_type() {
        let fields = json!({"spec": {
            "text": "a", "whole": 3, "part": 2.5, "flag": true, "none": null, "map": {"b": 1, "a": "x"},
            "since": "2025-01-01T00:00:00Z", "never": "soon",
        }});
        let now = Time::parse("2025-01-01T00:02:03Z").expect("it is a date");
        for (type_, path, expected) in [
            ("string", ".spec.text", "a"),
            ("string", ".spec.whole", "3"),
            ("string", ".spec.flag", "true"),
            ("string", ".spec.map", "{\"a\":\"x\",\"b\":1}"),
            ("string", ".spec.none", "<no value>"),
            ("string", ".spec.missing", ""),
            ("integer", ".spec.whole", "3"),
            ("integer", ".spec.part", "2"),
            ("integer", ".spec.text", ""),
            ("number", ".spec.part", "2.5"),
            ("boolean", ".spec.flag", "true"),
            ("boolean", ".spec.text", ""),
            ("date", ".spec.since", "2m3s"),
            ("date", ".spec.never", "<invalid>"),
            ("date", ".spec.whole", ""),
        ] {
            let found = of_type(type_, steps(path).into_iter().try_fold(&fields, step), now);
            assert_eq!(found, expected, "{path} as {type_}");
        }
    }

    #[test]
    fn a_column_finds_its_value() {
        let tree = json!({
            "names": ["a", "b"], "size": 3,
            "conditions": [{"type": "Ready", "status": "True"}, {"type": "Other", "status": "False"}],
        });
        for (row, path, expected) in [
            ("a field", ".size", Some(json!(3))),
            ("an element", ".names[1]", Some(json!("b"))),
            (
                "a field of the element that fits",
                ".conditions[?(@.type=='Other')].status",
                Some(json!("False")),
            ),
            ("with the other quotes", ".conditions[?(@.type==\"Ready\")].status", Some(json!("True"))),
            ("a name in brackets", "['size']", Some(json!(3))),
            ("the first of all", ".names[*]", Some(json!("a"))),
            ("nothing", ".conditions[?(@.type=='None')].status", None),
            ("past the end", ".names[7]", None),
        ] {
            let found = steps(path).into_iter().try_fold(&tree, step);
            assert_eq!(found, expected.as_ref(), "{row}");
        }
    }
}
