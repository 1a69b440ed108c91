//! What upstream calls our types: messages name Go's.

use super::Shape;
use std::fmt;

/// The Go name of a type.
#[derive(Clone, Copy, Debug)]
pub enum GoType {
    /// A type of the language, such as `int32`.
    Plain(&'static str),
    /// A type of the API that has its own JSON, such as `v1.Time`.
    Named(&'static str),
    /// A struct of the API, such as `v1.Container`.
    Struct(&'static Shape),
    /// A list of such elements.
    List(&'static GoType),
    /// A map from texts to such values.
    Map(&'static GoType),
}

impl fmt::Display for GoType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GoType::Plain(name) => f.write_str(name),
            GoType::Named(name) | GoType::Struct(Shape { name, .. }) => write!(f, "v1.{name}"),
            GoType::List(element) => write!(f, "[]{element}"),
            GoType::Map(value) => write!(f, "map[string]{value}"),
        }
    }
}
