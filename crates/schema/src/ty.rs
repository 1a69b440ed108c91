//! The type of a field: a word of the table, such as `string`, `Probe`, `[]Container` or `{}Quantity`.

use crate::Type;

/// A type as the table writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ty(pub(crate) &'static str);

impl Ty {
    /// The type as the type of a field.
    pub fn of(ty: &Type) -> Ty {
        Ty(ty.name)
    }

    /// The type of the elements, if it is a list.
    pub fn element(self) -> Option<Ty> {
        self.0.strip_prefix("[]").map(Ty)
    }

    /// The type of the values, if it is a map from texts.
    pub fn value(self) -> Option<Ty> {
        self.0.strip_prefix("{}").map(Ty)
    }

    /// What is inside all lists and maps.
    pub fn innermost(self) -> Ty {
        self.element().or(self.value()).map_or(self, Ty::innermost)
    }

    /// The word in the table: the name of a type, or of a plain one.
    pub fn word(self) -> &'static str {
        self.0
    }

    /// The plain type in the words of JSON Schema, if the table does not describe it further.
    pub fn plain(self) -> Option<&'static str> {
        Some(match self.0 {
            "string" | "bytes" => "string",
            "int32" | "int64" => "integer",
            "double" => "number",
            "boolean" => "boolean",
            _ => return None,
        })
    }

    /// The name without the group that tells it from another of the same name.
    pub fn name(self) -> &'static str {
        self.0.rsplit('.').next().unwrap_or(self.0)
    }
}
