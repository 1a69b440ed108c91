//! The serde deserializer itself.

use super::fault::Fault;
use super::gotype::go_type;
use super::path::Path;
use super::suggest::closest;
use super::{Problem, ProblemKind};
use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, IntoDeserializer, Visitor};
use serde_json::{Map, Value, map};
use std::any::type_name;
use std::cell::RefCell;
use std::collections::BTreeSet;

/// How deep an object may nest. No kind comes near; a generated tree must not exhaust the stack.
const MAX_DEPTH: usize = 500;

/// What is shared by all decoders of one pass over the object.
pub(super) struct Pass<'s> {
    skip: &'s BTreeSet<String>,
    unknown: RefCell<Vec<Problem>>,
}

impl<'s> Pass<'s> {
    /// A pass that takes the values at the paths in `skip` as absent.
    pub(super) fn new(skip: &'s BTreeSet<String>) -> Self {
        Pass { skip, unknown: RefCell::default() }
    }

    /// The unknown fields that were met.
    pub(super) fn into_unknown(self) -> Vec<Problem> {
        self.unknown.into_inner()
    }

    fn skips(&self, path: &Path<'_>) -> bool {
        !self.skip.is_empty() && self.skip.contains(&path.render())
    }

    fn note_unknown(&self, path: &Path<'_>, name: &str, fields: &'static [&'static str]) {
        let did_you_mean = closest(name, fields.iter().copied()).map(String::from);
        let kind = ProblemKind::UnknownField { did_you_mean };
        self.unknown.borrow_mut().push(Problem { path: path.render(), kind });
    }
}

/// Reads one value of the tree.
pub(super) struct Decoder<'de, 'p> {
    value: &'de Value,
    path: &'p Path<'p>,
    pass: &'p Pass<'p>,
}

/// What a type asked for.
#[derive(Clone, Copy, PartialEq)]
enum Want {
    Bool,
    Integer,
    Float,
    Text,
    List,
    Map,
}

/// What Go calls the type of a JSON value.
fn found(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(_) => "bool".into(),
        Value::Number(_) => "number".into(),
        Value::String(_) => "string".into(),
        Value::Array(_) => "array".into(),
        Value::Object(_) => "object".into(),
    }
}

/// Go's sentence about a value that does not fit its field.
pub(super) fn cannot_unmarshal(found: &str, path: &Path<'_>, rust_type: &str) -> String {
    let expected = go_type(rust_type);
    match path.go_field() {
        Some(field) => format!("json: cannot unmarshal {found} into Go struct field {field} of type {expected}"),
        None => format!("json: cannot unmarshal {found} into Go value of type {expected}"),
    }
}

/// The problem of a value of another type than its field.
pub(super) fn wrong_type(value: &Value, path: &Path<'_>, rust_type: &str) -> ProblemKind {
    let found = match value {
        Value::Number(n) if n.is_f64() => format!("number {n}"),
        other => found(other),
    };
    let message = cannot_unmarshal(&found, path, rust_type);
    ProblemKind::WrongType { expected: go_type(rust_type), found, message }
}

impl<'de, 'p> Decoder<'de, 'p> {
    /// A decoder of `value`, which is at `path`.
    pub(super) fn new(value: &'de Value, path: &'p Path<'p>, pass: &'p Pass<'p>) -> Self {
        Decoder { value, path, pass }
    }

    /// Gives the value to `visitor` if it is what the type wants. As in Go, null is the type's zero.
    fn typed<V: Visitor<'de>>(self, want: Want, visitor: V) -> Result<V::Value, Fault> {
        let (value, path) = (self.value, self.path);
        let outcome = match (want, value) {
            (Want::Bool, Value::Bool(b)) => visitor.visit_bool(*b),
            (Want::Bool, Value::Null) => visitor.visit_bool(false),
            (Want::Integer, Value::Number(n)) => match integral(n) {
                Some(n) => visitor.visit_i64(n),
                None if n.is_u64() => visitor.visit_u64(n.as_u64().expect("just asked")),
                None => Err(Fault::new(wrong_type(value, path, type_name::<V::Value>()))),
            },
            (Want::Float, Value::Number(n)) => visitor.visit_f64(n.as_f64().expect("numbers here fit a double")),
            (Want::Integer | Want::Float, Value::Null) => visitor.visit_i64(0),
            (Want::Text, Value::String(s)) => visitor.visit_borrowed_str(s),
            (Want::Text, Value::Null) => visitor.visit_str(""),
            (Want::List, Value::Array(items)) => visitor.visit_seq(self.elements(items)),
            (Want::List, Value::Null) => visitor.visit_seq(self.elements(&[])),
            (Want::Map, Value::Object(entries)) => self.entries(entries, visitor),
            (Want::Map, Value::Null) => self.entries(&Map::new(), visitor),
            _ => Err(Fault::new(wrong_type(value, path, type_name::<V::Value>()))),
        };
        outcome.map_err(|fault| fault.in_go_words(value, path, type_name::<V::Value>()).at(path))
    }

    fn elements(&self, items: &'de [Value]) -> Elements<'de, 'p> {
        Elements { items: items.iter().enumerate(), path: self.path, pass: self.pass }
    }
}
