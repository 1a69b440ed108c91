//! `--sort-by`: objects by a field (upstream: `kubectl/pkg/cmd/get/sorter.go`).

use crate::jsonpath::{Template, relaxed};
use crate::order::order;
use orrery_apimachinery::{Quantity, Value};
use std::cmp::Ordering;

/// The places of objects in the order of the field at `path`, such as `.metadata.name` or
/// `{.status.containerStatuses[0].restartCount}`. Objects without the field come first; the error is kubectl's.
pub(crate) fn sort_by(objects: &[Value], path: &str) -> Result<Vec<usize>, String> {
    let path = relaxed(path).unwrap_or_else(|_| path.into());
    let template = Template::bare(&path).map_err(|error| format!("sorting error: {error}"))?;
    let mut fields: Vec<Option<&Value>> = Vec::new();
    for object in objects {
        let found = template.find(object)?;
        fields.push(found.first().and_then(|values| values.first()).copied());
    }
    if !objects.is_empty() && fields.iter().all(Option::is_none) {
        return Err(format!("couldn't find any field with path {path:?} in the list of objects"));
    }
    Ok(order(fields.len(), &|a, b| match (fields[a], fields[b]) {
        (None, _) => true,
        (_, None) => false,
        (Some(a), Some(b)) => compare(a, b) == Ordering::Less,
    }))
}

/// Texts that are both quantities are compared as such.
fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::String(a), Value::String(b)) => match (Quantity::parse(a), Quantity::parse(b)) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => a.cmp(b),
        },
        (Value::Number(a), Value::Number(b)) => a.as_i64().cmp(&b.as_i64()),
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Less,
        _ => Ordering::Equal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_sort_as_numbers_texts_as_texts_and_absent_fields_come_first() {
        let pod = |name: &str, restarts: i64, memory: &str| match restarts {
            0 => json!({"name": name, "memory": memory}),
            restarts => json!({"name": name, "restarts": [restarts], "memory": memory}),
        };
        let pods = [pod("web-10", 0, "1Gi"), pod("web-2", 12, "100Mi"), pod("db", 7, "1k")];
        for (path, order) in [
            (".name", [2, 0, 1]),
            ("{.restarts[0]}", [0, 2, 1]),
            ("restarts[0]", [0, 2, 1]),
            ("memory", [2, 1, 0]),
        ] {
            assert_eq!(sort_by(&pods, path).as_deref(), Ok(&order[..]), "{path}");
        }
        let missing = "couldn't find any field with path \"{.none}\" in the list of objects";
        assert_eq!(sort_by(&pods, ".none"), Err(missing.into()));
    }
}
