//! The rules of every kind, dispatched: defaults and validation.

use crate::Object;
use std::fmt;

/// One broken rule, in upstream's words (upstream: `field.Error`).
#[derive(Clone, Debug, PartialEq)]
pub struct FieldError {
    /// Where: `spec.template.spec.containers[0].image`.
    pub path: String,
    /// What: `Required value`, `Invalid value: -1: must be greater than or equal to 0` …
    pub detail: String,
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.detail)
    }
}

impl Object {
    /// Fills what was left out, as the API server does when it decodes.
    pub fn apply_defaults(&mut self) {}

    /// The rules that a new object breaks.
    pub fn validate(&self) -> Vec<FieldError> {
        Vec::new()
    }

    /// The rules that a replacement of `old` breaks.
    pub fn validate_update(&self, _old: &Object) -> Vec<FieldError> {
        self.validate()
    }
}
