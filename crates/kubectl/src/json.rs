//! JSON as Go prints it: the signs of HTML are escaped.

use orrery_apimachinery::{Value, gofmt};
use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};

/// On one line, without spaces (Go: `json.Marshal`).
pub(crate) fn compact(tree: &Value) -> String {
    gofmt::json(tree)
}

/// On many lines, four spaces deep (Go: `json.MarshalIndent`).
pub(crate) fn pretty(tree: &Value) -> String {
    let mut bytes = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(b"    "));
    tree.serialize(&mut serializer).expect("a tree of JSON can be written to memory");
    gofmt::escape_html(String::from_utf8(bytes).expect("JSON is UTF-8"))
}
