//! Rules for what a Job is to be, also within a CronJob (upstream: `pkg/apis/batch/validation`).

use super::{Errors, Path, job_policies, names, pod, workload};
use crate::job::{INDEXED, NON_INDEXED};
use crate::{JobSpec, PodTemplateSpec};
use std::rc::Rc;

const MANAGED_BY_LENGTH: usize = 63;
/// So many pods of an indexed job may run, and so many of its indexes may fail.
const INDEXED_LIMIT: i32 = 100_000;
/// With more completions than this, less is allowed.
const MANY_COMPLETIONS: i32 = 100_000;
/// So many pods may run, and so many indexes may fail, with many completions.
const LIMIT_FOR_MANY: i32 = 10_000;
const PATH_CHARACTERS: &str = "/-._~%!$&'()*+,;=:";
const INVALID_PATH: &str = "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')";

/// The rules for a job's own spec.
pub(crate) fn with_selector(spec: &JobSpec, path: &Path, errors: &mut Errors) {
    self::spec(spec, path, errors);
    let selector = spec.selector.as_ref();
    if selector.is_none() {
        errors.required(&path.field("selector"), "");
    }
    if workload::valid_selector(selector, path, errors) {
        workload::matching_selector(selector, &spec.template, &path.field("template"), errors);
    }
}

/// The rules that the template of a CronJob has too.
pub(crate) fn spec(spec: &JobSpec, path: &Path, errors: &mut Errors) {
    amounts(spec, path, errors);
    if let Some(manager) = &spec.managed_by {
        managed_by(manager, &path.field("managedBy"), errors);
    }
    match spec.completion_mode.as_deref() {
        Some(INDEXED) => indexed(spec, path, errors),
        None | Some(NON_INDEXED) => {
            for (name, number) in [
                ("backoffLimitPerIndex", spec.backoff_limit_per_index),
                ("maxFailedIndexes", spec.max_failed_indexes),
            ] {
                if let Some(number) = number {
                    errors.invalid(&path.field(name), &number, "requires indexed completion mode");
                }
            }
        }
        unknown => errors.one_of(&path.field("completionMode"), unknown, &[NON_INDEXED, INDEXED]),
    }
    job_policies::pod_failure(spec, &path.field("podFailurePolicy"), errors);
    job_policies::success(spec, &path.field("successPolicy"), errors);
    replacement(spec, &path.field("podReplacementPolicy"), errors);
    pod::template(&spec.template, &path.field("template"), errors);
    restart_policy(spec, &path.field("template"), errors);
}

fn amounts(spec: &JobSpec, path: &Path, errors: &mut Errors) {
    for (name, amount) in [
        ("parallelism", spec.parallelism.map(i64::from)),
        ("completions", spec.completions.map(i64::from)),
        ("activeDeadlineSeconds", spec.active_deadline_seconds),
        ("backoffLimit", spec.backoff_limit.map(i64::from)),
        ("ttlSecondsAfterFinished", spec.ttl_seconds_after_finished.map(i64::from)),
        ("backoffLimitPerIndex", spec.backoff_limit_per_index.map(i64::from)),
        ("maxFailedIndexes", spec.max_failed_indexes.map(i64::from)),
    ] {
        errors.non_negative(&path.field(name), amount.unwrap_or(0));
    }
    if spec.max_failed_indexes.is_some() && spec.backoff_limit_per_index.is_none() {
        errors.required(&path.field("backoffLimitPerIndex"), "when maxFailedIndexes is specified");
    }
}

/// A path below a domain (upstream: `IsDomainPrefixedPath`).
fn managed_by(manager: &str, path: &Path, errors: &mut Errors) {
    let parts = manager.split_once('/').filter(|(host, path)| !host.is_empty() && !path.is_empty());
    if manager.is_empty() {
        errors.required(path, "");
    } else if let Some((host, rest)) = parts {
        errors.each_invalid(path, host, names::dns_subdomain(host, false));
        if !rest.chars().all(|c| c.is_ascii_alphanumeric() || PATH_CHARACTERS.contains(c)) {
            errors.invalid(path, rest, INVALID_PATH);
        }
    } else {
        errors.invalid(path, manager, "must be a domain-prefixed path (such as \"acme.io/foo\")");
    }
    if manager.len() > MANAGED_BY_LENGTH {
        errors.too_long(path, MANAGED_BY_LENGTH);
    }
}

fn indexed(spec: &JobSpec, path: &Path, errors: &mut Errors) {
    if spec.completions.is_none() {
        errors.required(&path.field("completions"), &format!("when completion mode is {INDEXED}"));
    }
    let (parallelism, max_failed) = (path.field("parallelism"), path.field("maxFailedIndexes"));
    let mode = format!("{INDEXED_LIMIT} when completion mode is {INDEXED}");
    at_most(spec.parallelism, INDEXED_LIMIT, &mode, &parallelism, errors);
    at_most(
        spec.max_failed_indexes,
        spec.completions.unwrap_or(i32::MAX),
        "completions",
        &max_failed,
        errors,
    );
    at_most(spec.max_failed_indexes, INDEXED_LIMIT, &INDEXED_LIMIT.to_string(), &max_failed, errors);
    let many = spec.completions.is_some_and(|n| n > MANY_COMPLETIONS);
    if many && spec.backoff_limit_per_index.is_some() {
        if spec.max_failed_indexes.is_none() {
            let detail = format!("must be specified when completions is above {MANY_COMPLETIONS}");
            errors.required(&max_failed, &detail);
        }
        let most = format!(
            "{LIMIT_FOR_MANY} when completions are above {MANY_COMPLETIONS} and used with backoff limit per index"
        );
        at_most(spec.parallelism, LIMIT_FOR_MANY, &most, &parallelism, errors);
        at_most(spec.max_failed_indexes, LIMIT_FOR_MANY, &most, &max_failed, errors);
    }
}

fn at_most(number: Option<i32>, most: i32, told: &str, path: &Path, errors: &mut Errors) {
    if let Some(number) = number.filter(|n| *n > most) {
        errors.invalid(path, &number, format!("must be less than or equal to {told}"));
    }
}

fn replacement(spec: &JobSpec, path: &Path, errors: &mut Errors) {
    if let Some(policy) = &spec.pod_replacement_policy {
        let all: &[&str] =
            if spec.pod_failure_policy.is_some() { &["Failed"] } else { &["Failed", "TerminatingOrFailed"] };
        errors.one_of(path, Some(policy), all);
    }
}

/// Pods that always run on never come to their end.
fn restart_policy(spec: &JobSpec, template: &Path, errors: &mut Errors) {
    let parent = template.field("spec");
    let path = parent.field("restartPolicy");
    match spec.template.spec.restart_policy.as_deref().unwrap_or_default() {
        "" | "Always" => errors.required(&path, "valid values: \"OnFailure\", \"Never\""),
        policy @ "OnFailure" if spec.pod_failure_policy.is_some() => {
            errors.invalid(&path, policy, "only \"Never\" is supported when podFailurePolicy is specified");
        }
        policy => errors.one_of(&path, Some(policy), &["OnFailure", "Never"]),
    }
}

/// What must stay (upstream: `ValidateJobSpecUpdate`). Where the pods of a job that `never_ran` are to run
/// may still change.
pub(crate) fn update(new: &JobSpec, old: &JobSpec, never_ran: bool, path: &Path, errors: &mut Errors) {
    completions(new, old, &path.field("completions"), errors);
    errors.immutable(&path.field("selector"), &new.selector, &old.selector);
    let template = if never_ran { with_what_may_change(new, old) } else { old.template.clone() };
    errors.immutable(&path.field("template"), &new.template, &template);
    errors.immutable(&path.field("completionMode"), &new.completion_mode, &old.completion_mode);
    errors.immutable(&path.field("podFailurePolicy"), &new.pod_failure_policy, &old.pod_failure_policy);
    let (per_index, old_per_index) = (&new.backoff_limit_per_index, &old.backoff_limit_per_index);
    errors.immutable(&path.field("backoffLimitPerIndex"), per_index, old_per_index);
    errors.immutable(&path.field("managedBy"), &new.managed_by, &old.managed_by);
    errors.immutable(&path.field("successPolicy"), &new.success_policy, &old.success_policy);
}

/// An indexed job can become larger or smaller if all its indexes run at once.
fn completions(new: &JobSpec, old: &JobSpec, path: &Path, errors: &mut Errors) {
    if new.completion_mode.as_deref() != Some(INDEXED) {
        errors.immutable(path, &new.completions, &old.completions);
    } else if new.completions != old.completions
        && let Some(completions) = new.completions
        && new.completions != new.parallelism
    {
        errors.invalid(path, &completions, "can only be modified in tandem with spec.parallelism");
    }
}

/// The old template with what may change taken from the new one.
fn with_what_may_change(new: &JobSpec, old: &JobSpec) -> Rc<PodTemplateSpec> {
    let (new, mut template) = (&new.template, old.template.clone());
    let changed = Rc::make_mut(&mut template);
    changed.metadata.labels = new.metadata.labels.clone();
    changed.metadata.annotations = new.metadata.annotations.clone();
    let spec = Rc::make_mut(&mut changed.spec);
    let wanted = new.spec.affinity.as_ref().and_then(|a| a.node_affinity.clone());
    let mut affinity = spec.affinity.take().unwrap_or_default();
    affinity.node_affinity = wanted;
    // An affinity that says nothing is not the same as none, unless it was emptied here.
    spec.affinity = (new.spec.affinity.is_some() || affinity != Default::default()).then_some(affinity);
    spec.node_selector = new.spec.node_selector.clone();
    spec.tolerations = new.spec.tolerations.clone();
    spec.scheduling_gates = new.spec.scheduling_gates.clone();
    template
}
