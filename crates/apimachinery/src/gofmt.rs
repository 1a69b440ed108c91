//! Trees as Go prints them: with `%v`, `map[a:1 b:[x y]]`, and as JSON.

use crate::Value;
use serde_json::Map;

/// Any value.
pub fn value(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".into(),
        Value::String(text) => text.clone(),
        Value::Array(items) => list(items),
        Value::Object(fields) => map(fields),
        scalar => scalar.to_string(),
    }
}

/// A list.
pub fn list(items: &[Value]) -> String {
    let items: Vec<String> = items.iter().map(value).collect();
    format!("[{}]", items.join(" "))
}

/// A map.
pub fn map(fields: &Map<String, Value>) -> String {
    let fields: Vec<String> = fields.iter().map(|(key, v)| format!("{key}:{}", value(v))).collect();
    format!("map[{}]", fields.join(" "))
}

/// A value as Go's `%#v` prints it: `map[string]interface {}{"a":1}`.
pub fn syntax(value: &Value) -> String {
    let joined = |parts: Vec<String>| parts.join(", ");
    match value {
        Value::Null => "interface {}(nil)".into(),
        Value::Array(items) => format!("[]interface {{}}{{{}}}", joined(items.iter().map(syntax).collect())),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(key, value)| format!("{key:?}:{}", syntax(value)));
            format!("map[string]interface {{}}{{{}}}", joined(fields.collect()))
        }
        scalar => scalar.to_string(),
    }
}

/// A tree on one line, without spaces (Go: `json.Marshal`).
pub fn json(value: &Value) -> String {
    escape_html(value.to_string())
}

/// JSON with the signs that would mean something to HTML or JavaScript escaped, as Go's `encoding/json` does. Outside
/// of texts these signs do not occur.
pub fn escape_html(json: String) -> String {
    let signs = [
        ('<', "\\u003c"),
        ('>', "\\u003e"),
        ('&', "\\u0026"),
        ('\u{2028}', "\\u2028"),
        ('\u{2029}', "\\u2029"),
    ];
    signs.iter().fold(
        json,
        |text, (sign, escape)| {
            if text.contains(*sign) { text.replace(*sign, escape) } else { text }
        },
    )
}
