//! Structs as the decoder and the encoder see them: a table of fields, and the field at an index.

use super::{Cx, GoType, Member};
use serde_json::{Map, Value};

/// A struct of the API. `#[derive(Fields)]` implements it.
pub trait Structure {
    /// The struct's name and its fields.
    fn shape(&self) -> &'static Shape;

    /// The field at that index of the table.
    fn member(&self, index: usize) -> &dyn Member;

    /// The field at that index of the table, to be written.
    fn member_mut(&mut self, index: usize) -> &mut dyn Member;
}

/// What is known of a struct.
#[derive(Debug)]
pub struct Shape {
    /// Its name in Go, which is ours too.
    pub name: &'static str,
    /// Its fields, as upstream declares them one after the other.
    pub fields: &'static [Field],
}

/// What is known of a field.
#[derive(Debug)]
pub struct Field {
    /// Its name in JSON.
    pub name: &'static str,
    /// What is made of it when it is empty.
    pub rule: Rule,
    /// What it holds.
    pub ty: &'static GoType,
}

/// What is made of an empty field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// It is printed.
    Always,
    /// It is not printed, as with Go's `omitempty`.
    OmitEmpty,
    /// It is not printed, and an empty text is read as none: upstream cannot tell them apart.
    Text,
    /// It is printed as null: a required list after a round through upstream's store.
    NullIfEmpty,
}

/// Reads a struct. Unknown fields are noted; null is the same as absent.
pub fn read_structure<'v>(this: &mut dyn Structure, value: &'v Value, cx: &mut Cx<'v>) -> bool {
    let shape = this.shape();
    let entries = match value {
        Value::Object(entries) => entries,
        Value::Null => return true,
        _ => return cx.wrong_type(value, &GoType::Struct(shape)),
    };
    for (key, value) in entries {
        let Some(index) = shape.fields.iter().position(|field| field.name == key) else {
            cx.unknown(shape.name, key, shape.fields);
            continue;
        };
        let absent =
            value.is_null() || (shape.fields[index].rule == Rule::Text && value.as_str() == Some(""));
        if !absent {
            cx.field(shape.name, key, value, this.member_mut(index));
        }
    }
    true
}

/// The JSON tree of a struct.
pub fn write_structure(this: &dyn Structure) -> Value {
    let mut entries = Map::new();
    for (index, field) in this.shape().fields.iter().enumerate() {
        let member = this.member(index);
        let value = match field.rule {
            Rule::Always => member.write(),
            _ if !member.is_empty() => member.write(),
            Rule::NullIfEmpty => Value::Null,
            Rule::OmitEmpty | Rule::Text => continue,
        };
        entries.insert(field.name.into(), value);
    }
    Value::Object(entries)
}
