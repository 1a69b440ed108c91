//! The broken rules of one object (upstream: `k8s.io/apimachinery/pkg/util/validation/field`).

use super::path::Path;
use super::shown::{Shown, quoted};
use std::fmt;

/// One broken rule, in upstream's words (upstream: `field.Error`).
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// Collects broken rules.
#[derive(Default)]
pub(crate) struct Errors(Vec<FieldError>);

const NEGATIVE: &str = "must be greater than or equal to 0";

impl Errors {
    /// What was collected.
    pub(crate) fn into_list(self) -> Vec<FieldError> {
        self.0
    }

    /// How many there are so far.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// Upstream tells nothing twice (`ErrorList.ToAggregate`).
    fn push(&mut self, path: &Path, what: &str, detail: &str) {
        let colon = if detail.is_empty() { "" } else { ": " };
        let error = FieldError { path: path.to_string(), detail: format!("{what}{colon}{detail}") };
        if !self.0.contains(&error) {
            self.0.push(error);
        }
    }

    /// A field must be there.
    pub(crate) fn required(&mut self, path: &Path, detail: &str) {
        self.push(path, "Required value", detail);
    }

    /// A value is not right.
    pub(crate) fn invalid(&mut self, path: &Path, value: &(impl Shown + ?Sized), detail: impl AsRef<str>) {
        self.push(path, &format!("Invalid value: {}", value.shown()), detail.as_ref());
    }

    /// A value is not right, and too large to be shown.
    pub(crate) fn wrong(&mut self, path: &Path, detail: &str) {
        self.push(path, "Invalid value", detail);
    }

    /// A value is not right, for each of several reasons.
    pub(crate) fn each_invalid(&mut self, path: &Path, value: &(impl Shown + ?Sized), details: Vec<String>) {
        details.iter().for_each(|detail| self.invalid(path, value, detail));
    }

    /// A field must not be there.
    pub(crate) fn forbidden(&mut self, path: &Path, detail: &str) {
        self.push(path, "Forbidden", detail);
    }

    /// A value is there already.
    pub(crate) fn duplicate(&mut self, path: &Path, value: &(impl Shown + ?Sized)) {
        self.push(path, &format!("Duplicate value: {}", value.shown()), "");
    }

    /// A value is there already, which is not allowed for a reason that does not show.
    pub(crate) fn duplicate_because(&mut self, path: &Path, value: &(impl Shown + ?Sized), detail: &str) {
        self.push(path, &format!("Duplicate value: {}", value.shown()), detail);
    }

    /// What a value refers to is not there.
    pub(crate) fn not_found(&mut self, path: &Path, value: &(impl Shown + ?Sized)) {
        self.push(path, &format!("Not found: {}", value.shown()), "");
    }

    /// A value is none of those that there are.
    pub(crate) fn not_supported(&mut self, path: &Path, value: &(impl Shown + ?Sized), supported: &[&str]) {
        let supported: Vec<_> = supported.iter().map(|s| quoted(s)).collect();
        let detail = format!("supported values: {}", supported.join(", "));
        self.push(path, &format!("Unsupported value: {}", value.shown()), &detail);
    }

    /// A text has more bytes than it may.
    pub(crate) fn too_long(&mut self, path: &Path, most: usize) {
        self.push(path, "Too long", &format!("may not be more than {most} bytes"));
    }

    /// A list must not have more than so many items.
    pub(crate) fn at_most(&mut self, path: &Path, count: usize, most: usize) {
        if count > most {
            self.push(path, &format!("Too many: {count}"), &format!("must have at most {most} items"));
        }
    }

    /// A field differs from what it was and must not.
    pub(crate) fn immutable<T: PartialEq + Shown>(&mut self, path: &Path, new: &T, old: &T) {
        if new != old {
            self.invalid(path, new, "field is immutable");
        }
    }

    /// A number must not be negative.
    pub(crate) fn non_negative(&mut self, path: &Path, value: i64) {
        if value < 0 {
            self.invalid(path, &value, NEGATIVE);
        }
    }

    /// A number must lie in a range.
    pub(crate) fn in_range(&mut self, path: &Path, value: i64, low: i64, high: i64) {
        if !(low..=high).contains(&value) {
            self.invalid(path, &value, format!("must be between {low} and {high}, inclusive"));
        }
    }

    /// A word must be one of `supported`; an absent one is the empty word.
    pub(crate) fn one_of(&mut self, path: &Path, value: Option<&str>, supported: &[&str]) {
        let value = value.unwrap_or_default();
        if !supported.contains(&value) {
            self.not_supported(path, value, supported);
        }
    }
}
