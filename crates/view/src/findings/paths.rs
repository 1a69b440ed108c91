//! Values of a tree by a pattern such as `containers[].env[].name`, each with the path where it is.

use orrery_apimachinery::Value;

/// Every value that the pattern reaches from `value`, which is at `path`.
pub(super) fn each<'v>(value: &'v Value, path: &str, pattern: &str) -> Vec<(String, &'v Value)> {
    let mut reached = vec![(path.to_owned(), value)];
    for step in pattern.split('.').filter(|step| !step.is_empty()) {
        let (name, list) = step.strip_suffix("[]").map_or((step, false), |name| (name, true));
        let down = |(path, value): (String, &'v Value)| {
            let dot = if path.is_empty() { "" } else { "." };
            Some((format!("{path}{dot}{name}"), value.get(name)?))
        };
        reached = reached.into_iter().filter_map(down).collect();
        if list {
            let elements = |(path, value): (String, &'v Value)| {
                let items = value.as_array().map_or(&[][..], Vec::as_slice);
                items.iter().enumerate().map(move |(i, item)| (format!("{path}[{i}]"), item))
            };
            reached = reached.into_iter().flat_map(elements).collect();
        }
    }
    reached
}

/// The text of a field; an empty one is none.
pub(super) fn text<'v>(value: &'v Value, field: &str) -> Option<&'v str> {
    value.get(field)?.as_str().filter(|text| !text.is_empty())
}
