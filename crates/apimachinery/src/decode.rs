//! The strict way from JSON trees to typed objects, and back.
//!
//! Upstream's strict decoder (`sigs.k8s.io/json`) stops at the first value of a wrong type. This one tells
//! everything that is wrong with an object at once: a value that cannot be read is noted and taken as absent.
//!
//! There are hundreds of structs, so what is done with them is code once and data per struct: [`Structure`]
//! gives the table of the fields, and each field behind the one trait [`Member`].

mod context;
mod declared;
mod gotype;
mod member;
mod path;
mod structure;
mod suggest;

use serde_json::Value;
use std::fmt;

pub use context::Cx;
pub use declared::Declared;
pub use gotype::GoType;
pub use member::{Member, Typed};
pub use orrery_derive::Fields;
pub use structure::{Field, Rule, Shape, Structure, read_structure, write_structure};
pub use suggest::closest;

/// How many unreadable values are noted before the rest of an object is given up.
const MAX_FAULTS: usize = 64;

/// One thing that is wrong with an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where, such as `spec.template.spec.containers[0].imagePullPolcy`; empty for the object itself.
    pub path: String,
    /// What.
    pub kind: ProblemKind,
}

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// The type has no such field.
    UnknownField {
        /// The field of that type whose name is closest, when one is close.
        did_you_mean: Option<String>,
    },
    /// The value has another type than the field.
    WrongType {
        /// The field's type in Go's words, such as `int32`.
        expected: String,
        /// The value's type in JSON's words, such as `string`.
        found: String,
        /// The sentence that upstream prints.
        message: String,
    },
    /// A number that the field's type cannot hold.
    OutOfRange {
        /// The sentence that upstream prints.
        message: String,
    },
    /// The type's own reader refused the value, with these words.
    Custom(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ProblemKind::UnknownField { .. } => write!(f, "unknown field \"{}\"", self.path),
            ProblemKind::WrongType { message, .. }
            | ProblemKind::OutOfRange { message }
            | ProblemKind::Custom(message) => f.write_str(message),
        }
    }
}

/// Reads `value` as a `T` and tells everything that is wrong with it. What is wrong is left out of the result.
pub fn decode<T: Typed>(value: &Value) -> (T, Vec<Problem>) {
    let mut object = T::default();
    let (given_up, problems) = decode_into(&mut object, value);
    (if given_up { T::default() } else { object }, problems)
}

fn decode_into(object: &mut dyn Member, value: &Value) -> (bool, Vec<Problem>) {
    let mut cx = Cx::default();
    object.read(value, &mut cx);
    (cx.full(), cx.into_problems())
}

/// The JSON tree of a typed object.
pub fn encode(object: &dyn Member) -> Value {
    object.write()
}

#[cfg(test)]
mod tests;
