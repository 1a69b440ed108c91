//! The strict way from JSON trees to typed objects, and back.
//!
//! Upstream's strict decoder (`sigs.k8s.io/json`) stops at the first value of a wrong type. This one tells
//! everything that is wrong with an object at once: a value that cannot be read is noted, taken as absent,
//! and the object is read again without it.

mod access;
mod fault;
mod gotype;
mod path;
mod suggest;

use access::{Decoder, Pass};
use path::Path;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;

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
pub fn decode<'de, T: Deserialize<'de> + Default>(value: &'de Value) -> (T, Vec<Problem>) {
    let mut faults: Vec<Problem> = Vec::new();
    let mut skip = BTreeSet::new();
    loop {
        let pass = Pass::new(&skip);
        let outcome = T::deserialize(Decoder::new(value, &Path::Root, &pass));
        let unknown = pass.into_unknown();
        let (object, done) = match outcome {
            Ok(object) => (object, true),
            Err(fault) => {
                let problem = fault.into_problem();
                // The object itself cannot be left out, nor can a value be left out twice.
                let hopeless = problem.path.is_empty() || !skip.insert(problem.path.clone());
                faults.push(problem);
                (T::default(), hopeless || faults.len() == MAX_FAULTS)
            }
        };
        if done {
            faults.extend(unknown);
            return (object, faults);
        }
    }
}

/// The JSON tree of a typed object.
pub fn encode<T: Serialize>(object: &T) -> Value {
    serde_json::to_value(object).expect("typed objects have string keys and finite numbers")
}

#[cfg(test)]
mod tests;
