//! JSON as Go prints it: the signs of HTML are escaped, and what is of a type of Go's has its fields as they are
//! declared there. What is kept as a map has them by name.

use crate::go_types;
use orrery_apimachinery::{Value, gofmt};
use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};

/// On one line, without spaces (Go: `json.Marshal`).
pub(crate) fn compact(tree: &Value) -> String {
    gofmt::json(tree)
}

/// On one line, an object of Go's.
pub(crate) fn compact_typed(tree: &Value) -> String {
    let json = serde_json::to_string(&go_types::declared(tree));
    gofmt::escape_html(json.expect("a tree of JSON can be written to memory"))
}

/// On many lines, four spaces deep (Go: `json.MarshalIndent`).
pub(crate) fn pretty(tree: &Value) -> String {
    indented(tree, b"    ")
}

/// On many lines, four spaces deep, an object of Go's.
pub(crate) fn pretty_typed(tree: &Value) -> String {
    indented(&go_types::declared(tree), b"    ")
}

/// On many lines, each step as deep as `indent`.
pub(crate) fn indented(tree: &impl Serialize, indent: &[u8]) -> String {
    let mut bytes = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(indent));
    tree.serialize(&mut serializer).expect("a tree of JSON can be written to memory");
    gofmt::escape_html(String::from_utf8(bytes).expect("JSON is UTF-8"))
}
