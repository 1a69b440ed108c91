//! A tree as Go prints a struct: its fields in the order in which they are declared. A tree of which nothing is known is
//! a map, whose keys are sorted.

use super::GoType;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

/// What the JSON of any object of the API begins with (upstream: `metav1.TypeMeta`).
const TYPE_META: [&str; 2] = ["kind", "apiVersion"];

/// The tree of something of a type.
pub struct Declared<'t> {
    /// The tree.
    pub tree: &'t Value,
    /// The type.
    pub ty: GoType,
}

impl Serialize for Declared<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let of = |tree, ty: &GoType| Declared { tree, ty: *ty };
        match (self.ty, self.tree) {
            (GoType::Struct(shape), Value::Object(entries)) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                let head =
                    TYPE_META.iter().filter(|name| shape.fields.iter().all(|field| field.name != **name));
                for (name, value) in head.filter_map(|name| entries.get_key_value(*name)) {
                    map.serialize_entry(name, value)?;
                }
                for field in shape.fields {
                    if let Some(value) = entries.get(field.name) {
                        map.serialize_entry(field.name, &of(value, field.ty))?;
                    }
                }
                map.end()
            }
            (GoType::Map(ty), Value::Object(entries)) => {
                serializer.collect_map(entries.iter().map(|(key, value)| (key, of(value, ty))))
            }
            (GoType::List(ty), Value::Array(items)) => {
                serializer.collect_seq(items.iter().map(|item| of(item, ty)))
            }
            (_, tree) => tree.serialize(serializer),
        }
    }
}
