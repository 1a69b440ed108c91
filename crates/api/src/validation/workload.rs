//! Rules that workloads share.

use super::{Errors, Path, metadata};
use orrery_apimachinery::LabelSelector;

/// The selector of a workload: there, valid, and not empty.
pub(crate) fn selector(selector: Option<&LabelSelector>, spec: &Path, errors: &mut Errors) {
    let path = spec.field("selector");
    let Some(selector) = selector else { return errors.required(&path, "") };
    metadata::selector(selector, &path, errors);
    if selector.is_empty() {
        errors.invalid(&path, selector, "empty selector is invalid for deployment");
    }
}
