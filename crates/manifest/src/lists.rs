//! `kind: List`: several objects in one document.

use crate::Document;
use serde_json::{Map, Value};

/// The objects of a document: the elements of `items` when it is a list, else the document itself.
///
/// As upstream (`unstructured.IsList`), any object with a list under `items` is a list, and an element that says
/// neither its kind nor its version has those that the list says: `PodList` holds Pods. A list within a list is left
/// as it is, for kubectl refuses it.
pub fn expand_lists(document: Document) -> Vec<Document> {
    let Value::Object(list) = &document.value else { return vec![document] };
    let named = list.get("kind").and_then(Value::as_str).is_some_and(|kind| !kind.is_empty());
    match list.get("items").filter(|_| named) {
        Some(Value::Array(items)) => {
            let element = |(index, value): (usize, &Value)| {
                let positions = document.positions.element("items", index)?;
                let line = positions.root.value.line;
                Some(Document { value: of_list(value, list), line, positions })
            };
            items.iter().enumerate().filter_map(element).collect()
        }
        Some(Value::Null) => Vec::new(),
        _ => vec![document],
    }
}

/// An element with the kind and the version of its list, if it says neither.
fn of_list(element: &Value, list: &Map<String, Value>) -> Value {
    let mut element = element.clone();
    let kind = list.get("kind").and_then(Value::as_str).unwrap_or_default();
    let item = kind.strip_suffix("List").unwrap_or(kind);
    if let Some(fields) = element.as_object_mut()
        && !item.is_empty()
        && !fields.contains_key("kind")
        && !fields.contains_key("apiVersion")
    {
        fields.insert("kind".into(), item.into());
        fields.extend(list.get("apiVersion").map(|version| ("apiVersion".into(), version.clone())));
    }
    element
}
