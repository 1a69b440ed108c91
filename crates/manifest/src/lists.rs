//! `kind: List`: several objects in one document.

use crate::Document;
use serde_json::Value;

/// The objects of a document: the elements of `items` when it is a list, else the document itself.
///
/// As upstream (`unstructured.IsList`), any object with a list under `items` is a list.
pub fn expand_lists(document: Document) -> Vec<Document> {
    let Some(Value::Array(items)) = document.value.get("items") else { return vec![document] };
    let element = |(index, value): (usize, &Value)| {
        let positions = document.positions.element("items", index)?;
        Some(Document { value: value.clone(), line: positions.root.value.line, positions })
    };
    items.iter().enumerate().filter_map(element).flat_map(expand_lists).collect()
}
