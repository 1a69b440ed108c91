//! The error that ends one pass of the decoder.

use super::path::Path;
use super::{Problem, ProblemKind};
use serde::de;
use std::fmt;

/// A value that could not be read. The place is filled in on the way up, by the decoder that knows it.
#[derive(Debug)]
pub(super) struct Fault {
    path: Option<String>,
    kind: ProblemKind,
}

impl Fault {
    /// A fault whose place is not known yet.
    pub(super) fn new(kind: ProblemKind) -> Self {
        Fault { path: None, kind }
    }

    /// The fault, placed at `path` unless a deeper place is known.
    pub(super) fn at(mut self, path: &Path<'_>) -> Self {
        self.path.get_or_insert_with(|| path.render());
        self
    }

    /// What the caller is told.
    pub(super) fn into_problem(self) -> Problem {
        Problem { path: self.path.unwrap_or_default(), kind: self.kind }
    }
}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Fault::new(ProblemKind::Custom(message.to_string()))
    }

    fn invalid_value(unexpected: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        let message = format!("invalid value: {unexpected}, expected {expected}");
        match unexpected {
            de::Unexpected::Signed(_) | de::Unexpected::Unsigned(_) => {
                Fault::new(ProblemKind::OutOfRange { message })
            }
            _ => Fault::new(ProblemKind::Custom(message)),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.kind)
    }
}

impl std::error::Error for Fault {}

impl Fault {
    /// The fault in Go's words, where ours differ: numbers out of range, and the untagged choice of a number or a text.
    pub(super) fn in_go_words(mut self, value: &serde_json::Value, path: &Path<'_>, rust_type: &str) -> Self {
        if self.path.is_some() {
            return self;
        }
        match &mut self.kind {
            ProblemKind::OutOfRange { message } => {
                *message = super::access::cannot_unmarshal(&format!("number {value}"), path, rust_type);
            }
            ProblemKind::Custom(text) if text.ends_with("untagged enum IntOrString") => {
                self.kind = super::access::wrong_type(value, path, "i32");
            }
            _ => {}
        }
        self
    }
}
