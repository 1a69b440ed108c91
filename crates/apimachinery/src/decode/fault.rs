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

    /// Says a number out of range in Go's words.
    pub(super) fn number_of(mut self, say: impl FnOnce() -> String) -> Self {
        if let (None, ProblemKind::OutOfRange { message }) = (&self.path, &mut self.kind) {
            *message = say();
        }
        self
    }

    /// Says that an untagged choice between a number and a text found neither in Go's words.
    pub(super) fn neither_int_nor_string(mut self, say: impl FnOnce() -> ProblemKind) -> Self {
        if matches!(&self.kind, ProblemKind::Custom(text) if text.ends_with("untagged enum IntOrString")) {
            self.kind = say();
        }
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
