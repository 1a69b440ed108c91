//! The serde deserializer itself.

use super::fault::Fault;
use super::gotype::go_type;
use super::path::Path;
use super::suggest::closest;
use super::{Problem, ProblemKind};
use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, IntoDeserializer, Visitor};
use serde_json::{Map, Value};
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
#[derive(Clone, Copy, PartialEq, Eq)]
enum Want {
    Bool,
    Number,
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
        Some(field) => {
            format!("json: cannot unmarshal {found} into Go struct field {field} of type {expected}")
        }
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
        match (want, self.value) {
            (Want::Bool, Value::Bool(b)) => visitor.visit_bool(*b),
            (Want::Bool, Value::Null) => visitor.visit_bool(false),
            (Want::Number, Value::Number(_)) => self.number(visitor),
            (Want::Number, Value::Null) => visitor.visit_u8(0),
            (Want::Text, Value::String(s)) => visitor.visit_borrowed_str(s),
            (Want::Text, Value::Null) => visitor.visit_str(""),
            (Want::List, Value::Array(items)) => visitor.visit_seq(self.elements(items)),
            (Want::List, Value::Null) => visitor.visit_seq(self.elements(&[])),
            (Want::Map, Value::Object(entries)) => visitor.visit_map(self.entries(Some(entries), None)),
            (Want::Map, Value::Null) => visitor.visit_map(self.entries(None, None)),
            _ => Err(self.mismatch::<V>()),
        }
    }

    /// A number. `1.0` is the integer 1, as it is after upstream's way from YAML to JSON.
    fn number<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Value::Number(number) = self.value else { return Err(self.mismatch::<V>()) };
        let rust_type = type_name::<V::Value>();
        let float = number.as_f64().expect("numbers here fit a double");
        let outcome = match (number.as_i64(), number.as_u64()) {
            _ if matches!(rust_type, "f32" | "f64") => visitor.visit_f64(float),
            (Some(integer), _) => visitor.visit_i64(integer),
            (None, Some(integer)) => visitor.visit_u64(integer),
            // Beyond 2^53 a double is not known to be the integer that was meant.
            _ if float.fract() == 0.0 && float.abs() < 9.0e15 => visitor.visit_i64(float as i64),
            _ => Err(self.mismatch::<V>()),
        };
        let say = || cannot_unmarshal(&format!("number {number}"), self.path, rust_type);
        outcome.map_err(|fault| fault.number_of(say))
    }

    fn mismatch<V: Visitor<'de>>(&self) -> Fault {
        Fault::new(wrong_type(self.value, self.path, type_name::<V::Value>()))
    }

    fn elements(&self, items: &'de [Value]) -> Elements<'de, 'p> {
        Elements { items: items.iter().enumerate(), path: self.path, pass: self.pass }
    }

    fn entries(&self, entries: Option<&'de Map<String, Value>>, of: Option<Struct>) -> Entries<'de, 'p> {
        Entries { left: entries.into_iter().flatten(), of, value: None, path: self.path, pass: self.pass }
    }
}

macro_rules! want {
    ($want:expr => $($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            self.typed($want, visitor)
        })*
    };
}

impl<'de> de::Deserializer<'de> for Decoder<'de, '_> {
    type Error = Fault;

    want!(Want::Bool => deserialize_bool);
    want!(Want::Number => deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64);
    want!(Want::Number => deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64);
    want!(Want::Number => deserialize_f32 deserialize_f64);
    want!(Want::Text => deserialize_char deserialize_str deserialize_string);
    want!(Want::Text => deserialize_bytes deserialize_byte_buf deserialize_identifier);
    want!(Want::List => deserialize_seq);
    want!(Want::Map => deserialize_map);

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let want = match self.value {
            Value::Null => return visitor.visit_unit(),
            Value::Bool(_) => Want::Bool,
            Value::Number(n) if n.is_f64() => {
                return visitor.visit_f64(n.as_f64().expect("just asked"));
            }
            Value::Number(_) => Want::Number,
            Value::String(_) => Want::Text,
            Value::Array(_) => Want::List,
            Value::Object(_) => Want::Map,
        };
        self.typed(want, visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.value.is_null() { visitor.visit_unit() } else { Err(self.mismatch::<V>()) }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.typed(Want::List, visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.typed(Want::List, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.value {
            Value::Object(entries) => {
                visitor.visit_map(self.entries(Some(entries), Some(Struct { name, fields })))
            }
            Value::Null => visitor.visit_map(self.entries(None, None)),
            _ => Err(self.mismatch::<V>()),
        }
    }

    /// Our enums are the closed sets of words that some fields take.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.value {
            Value::String(word) => visitor.visit_enum(word.as_str().into_deserializer()),
            _ => Err(Fault::new(wrong_type(self.value, self.path, "str"))),
        }
    }
}

/// Reads `value` at `path` for the container around it, and places what goes wrong.
fn read<'de, S: DeserializeSeed<'de>>(
    seed: S,
    value: &'de Value,
    path: &Path<'_>,
    pass: &Pass<'_>,
) -> Result<S::Value, Fault> {
    if path.depth() > MAX_DEPTH {
        return Err(Fault::new(ProblemKind::Custom("exceeded max depth".into())).at(path));
    }
    seed.deserialize(Decoder::new(value, path, pass))
        .map_err(|fault| fault.neither_int_nor_string(|| wrong_type(value, path, "i32")).at(path))
}

/// The elements of a list.
struct Elements<'de, 'p> {
    items: std::iter::Enumerate<std::slice::Iter<'de, Value>>,
    path: &'p Path<'p>,
    pass: &'p Pass<'p>,
}

impl<'de> de::SeqAccess<'de> for Elements<'de, '_> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        for (index, item) in self.items.by_ref() {
            let path = Path::Index { parent: self.path, index };
            if !self.pass.skips(&path) {
                return read(seed, item, &path, self.pass).map(Some);
            }
        }
        Ok(None)
    }
}

/// A struct's name and the names of its fields.
#[derive(Clone, Copy)]
struct Struct {
    name: &'static str,
    fields: &'static [&'static str],
}

/// The entries of a map, or the fields of a struct.
struct Entries<'de, 'p> {
    left: std::iter::Flatten<std::option::IntoIter<&'de Map<String, Value>>>,
    of: Option<Struct>,
    value: Option<(&'de str, &'de Value)>,
    path: &'p Path<'p>,
    pass: &'p Pass<'p>,
}

impl<'p> Entries<'_, 'p> {
    fn step<'k>(&self, key: &'k str) -> Path<'k>
    where
        'p: 'k,
    {
        match self.of {
            Some(of) => Path::Field { parent: self.path, of: of.name, name: key },
            None => Path::Entry { parent: self.path, key },
        }
    }

    /// Whether the type is to see this entry. An unknown field is noted; null is the same as absent.
    fn shows(&self, key: &str, value: &Value) -> bool {
        let path = self.step(key);
        match self.of {
            Some(of) if !of.fields.contains(&key) => {
                self.pass.note_unknown(&path, key, of.fields);
                false
            }
            Some(_) if value.is_null() => false,
            _ => !self.pass.skips(&path),
        }
    }
}

impl<'de> de::MapAccess<'de> for Entries<'de, '_> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        while let Some((key, value)) = self.left.next() {
            if self.shows(key, value) {
                self.value = Some((key, value));
                let key: StrDeserializer<'_, Fault> = key.as_str().into_deserializer();
                return seed.deserialize(key).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let (key, value) = self.value.take().expect("serde asks for a value after its key");
        read(seed, value, &self.step(key), self.pass)
    }
}
