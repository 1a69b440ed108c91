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

/// What is found at a column's path; nothing where nothing is.
fn cell(object: &CustomObject, column: &CustomColumn, now: Time) -> String {
    if column.json_path == ".metadata.creationTimestamp" {
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
    match steps.try_fold(start, step) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) if column.is_date => {
            Time::parse(text).map_or_else(|| "<invalid>".into(), |date| age(Some(date), now))
        }
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
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

/// One step further: a field, a number in brackets, or the first element with a field of that value.
fn step<'a>(value: &'a Value, step: &str) -> Option<&'a Value> {
    let Some(inner) = step.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else {
        return value.get(step);
    };
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
            ("nothing", ".conditions[?(@.type=='None')].status", None),
            ("past the end", ".names[7]", None),
        ] {
            let found = steps(path).into_iter().try_fold(&tree, step);
            assert_eq!(found, expected.as_ref(), "{row}");
        }
    }
}
