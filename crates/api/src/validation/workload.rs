//! Rules that workloads share.

use super::{Errors, Path, metadata, pod, pointer, quoted};
use crate::{PodSpec, PodTemplateSpec};
use orrery_apimachinery::LabelSelector;

/// The rules for the selector and the template of a Deployment or ReplicaSet (upstream:
/// `ValidatePodTemplateSpecForReplicaSet`).
pub(crate) fn replicas(
    labels: Option<&LabelSelector>,
    template: &PodTemplateSpec,
    spec: &Path,
    errors: &mut Errors,
) {
    if selector(labels, "deployment", "invalid label selector", spec, errors) {
        let path = spec.field("template");
        matching_selector(labels, template, &path, errors);
        replicated_template(template, "ReplicaSet", &path, errors);
    }
}

/// The rules for the selector of a workload: there, valid, and not empty; `kind` and `invalid` are the workload's words
/// for that. Tells whether the selector can be used.
pub(crate) fn selector(
    selector: Option<&LabelSelector>,
    kind: &str,
    invalid: &str,
    spec: &Path,
    errors: &mut Errors,
) -> bool {
    let path = spec.field("selector");
    if selector.is_none() {
        errors.required(&path, "");
    }
    let valid = valid_selector(selector, spec, errors);
    not_empty(selector, kind, spec, errors);
    if let Some(selector) = selector.filter(|_| !valid) {
        errors.invalid(&path, selector, invalid);
    }
    valid
}

/// The rules for a selector that may be absent. Tells whether it can be used.
pub(crate) fn valid_selector(selector: Option<&LabelSelector>, spec: &Path, errors: &mut Errors) -> bool {
    let before = errors.count();
    if let Some(selector) = selector {
        metadata::selector(selector, &spec.field("selector"), errors);
    }
    errors.count() == before
}

/// A selector does not select everything.
pub(crate) fn not_empty(selector: Option<&LabelSelector>, kind: &str, spec: &Path, errors: &mut Errors) {
    if let Some(selector) = selector.filter(|s| s.is_empty()) {
        let detail = format!("empty selector is invalid for {kind}");
        errors.invalid(&spec.field("selector"), selector, detail);
    }
}

/// The template has labels that are selected. An absent selector matches nothing; an empty one everything.
pub(crate) fn matching_selector(
    selector: Option<&LabelSelector>,
    template: &PodTemplateSpec,
    path: &Path,
    errors: &mut Errors,
) {
    let matches = selector.is_some_and(|s| s.matches(&template.metadata.labels));
    matching(matches, template, path, errors);
}

/// The template has labels that are selected, which `matches` tells.
pub(crate) fn matching(matches: bool, template: &PodTemplateSpec, path: &Path, errors: &mut Errors) {
    if !matches {
        let detail = "`selector` does not match template `labels`";
        errors.invalid(&path.field("metadata").field("labels"), &template.metadata.labels, detail);
    }
}

/// The rules for a template whose pods always run on; `kind` is in whose words.
pub(crate) fn replicated_template(template: &PodTemplateSpec, kind: &str, path: &Path, errors: &mut Errors) {
    pod::template(template, path, errors);
    running_on(&template.spec, kind, &path.field("spec"), errors);
}

/// Pods that always run on.
pub(crate) fn running_on(spec: &PodSpec, kind: &str, path: &Path, errors: &mut Errors) {
    errors.one_of(&path.field("restartPolicy"), spec.restart_policy.as_deref(), &["Always"]);
    if spec.active_deadline_seconds.is_some() {
        let detail = format!("activeDeadlineSeconds in {kind} is not Supported");
        errors.forbidden(&path.field("activeDeadlineSeconds"), &detail);
    }
}

/// A strategy of an unknown type, as Go shows it: the struct `go` with a pointer to `inner`.
pub(crate) fn shown_strategy(go: &str, type_: Option<&str>, inner: &str, there: bool) -> String {
    format!("{go}{{Type:{}, RollingUpdate:{}}}", quoted(type_.unwrap_or_default()), pointer(inner, there))
}
