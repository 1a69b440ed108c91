//! JSON as Go prints it: the signs of HTML are escaped.

use orrery_apimachinery::Value;
use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};

/// On one line, without spaces (Go: `json.Marshal`).
pub(crate) fn compact(tree: &Value) -> String {
    escaped(tree.to_string())
}

/// On many lines, four spaces deep (Go: `json.MarshalIndent`).
pub(crate) fn pretty(tree: &Value) -> String {
    let mut bytes = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(b"    "));
    tree.serialize(&mut serializer).expect("a tree of JSON can be written to memory");
    escaped(String::from_utf8(bytes).expect("JSON is UTF-8"))
}

/// Outside of texts these signs do not occur.
fn escaped(text: String) -> String {
    let signs = [
        ('<', "\\u003c"),
        ('>', "\\u003e"),
        ('&', "\\u0026"),
        ('\u{2028}', "\\u2028"),
        ('\u{2029}', "\\u2029"),
    ];
    signs.iter().fold(text, |text, (sign, escape)| text.replace(*sign, escape))
}
