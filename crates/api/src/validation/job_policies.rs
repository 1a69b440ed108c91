//! Rules for what a Job makes of the ends of its pods.

use super::{Errors, Path, names, quoted};
use crate::job::INDEXED;
use crate::{
    JobSpec, PodFailurePolicyOnExitCodesRequirement, PodFailurePolicyOnPodConditionsPattern,
    PodFailurePolicyRule, SuccessPolicyRule,
};
use std::collections::BTreeSet;

const MAX_RULES: usize = 20;
const MAX_PATTERNS: usize = 20;
const MAX_EXIT_CODES: usize = 255;
const MAX_INDEXES_LENGTH: usize = 64 * 1024;
const FAIL_INDEX: &str = "FailIndex";
const IN: &str = "In";

/// The rules for which failures mean what.
pub(super) fn pod_failure(spec: &JobSpec, path: &Path, errors: &mut Errors) {
    let Some(policy) = &spec.pod_failure_policy else { return };
    let rules = path.field("rules");
    errors.at_most(&rules, policy.rules.len(), MAX_RULES);
    for (i, rule) in policy.rules.iter().enumerate() {
        pod_failure_rule(rule, spec, &rules.index(i), errors);
    }
}

fn pod_failure_rule(rule: &PodFailurePolicyRule, spec: &JobSpec, path: &Path, errors: &mut Errors) {
    let action = path.field("action");
    if &*rule.action == FAIL_INDEX && spec.backoff_limit_per_index.is_none() {
        errors.invalid(&action, &rule.action, "requires the backoffLimitPerIndex to be set");
    }
    word(&rule.action, &["Count", FAIL_INDEX, "FailJob", "Ignore"], &action, errors);
    if let Some(codes) = &rule.on_exit_codes {
        exit_codes(codes, spec, &path.field("onExitCodes"), errors);
    }
    conditions(&rule.on_pod_conditions, &path.field("onPodConditions"), errors);
    match (rule.on_exit_codes.is_some(), !rule.on_pod_conditions.is_empty()) {
        (true, true) => {
            errors.wrong(path, "specifying both OnExitCodes and OnPodConditions is not supported");
        }
        (false, false) => {
            errors.wrong(path, "specifying one of OnExitCodes and OnPodConditions is required");
        }
        _ => {}
    }
}

/// A word that must be one of a few; upstream lists them when there is none, too.
fn word(word: &str, valid: &[&str], path: &Path, errors: &mut Errors) {
    if word.is_empty() {
        let valid: Vec<_> = valid.iter().map(|w| quoted(w)).collect();
        errors.required(path, &format!("valid values: [{}]", valid.join(" ")));
    } else {
        errors.one_of(path, Some(word), valid);
    }
}

fn conditions(patterns: &[PodFailurePolicyOnPodConditionsPattern], path: &Path, errors: &mut Errors) {
    errors.at_most(path, patterns.len(), MAX_PATTERNS);
    for (i, pattern) in patterns.iter().enumerate() {
        let at = path.index(i);
        errors.each_invalid(&at.field("type"), &pattern.type_, names::qualified_name(&pattern.type_));
        word(&pattern.status, &["False", "True", "Unknown"], &at.field("status"), errors);
    }
}

fn exit_codes(
    codes: &PodFailurePolicyOnExitCodesRequirement,
    spec: &JobSpec,
    path: &Path,
    errors: &mut Errors,
) {
    word(&codes.operator, &[IN, "NotIn"], &path.field("operator"), errors);
    let pod = &spec.template.spec;
    if let Some(name) = &codes.container_name
        && !pod.containers.iter().chain(&pod.init_containers).any(|c| c.name == *name)
    {
        let detail = "must be one of the container or initContainer names in the pod template";
        errors.invalid(&path.field("containerName"), name, detail);
    }
    let values = path.field("values");
    if codes.values.is_empty() {
        errors.invalid(&values, &codes.values, "at least one value is required");
    }
    errors.at_most(&values, codes.values.len(), MAX_EXIT_CODES);
    let mut seen = BTreeSet::new();
    for (i, code) in codes.values.iter().enumerate() {
        if &*codes.operator == IN && *code == 0 {
            errors.invalid(&values.index(i), code, "must not be 0 for the In operator");
        }
        if !seen.insert(code) {
            errors.duplicate(&values.index(i), code);
        }
    }
    if !codes.values.is_sorted() {
        errors.invalid(&values, &codes.values, "must be ordered");
    }
}

/// The rules for which successes are enough.
pub(super) fn success(spec: &JobSpec, path: &Path, errors: &mut Errors) {
    let Some(policy) = &spec.success_policy else { return };
    if spec.completion_mode.as_deref() != Some(INDEXED) {
        return errors.invalid(path, policy, "requires indexed completion mode");
    }
    let rules = path.field("rules");
    if policy.rules.is_empty() {
        errors.required(&rules, "at least one rules must be specified when the successPolicy is specified");
    }
    errors.at_most(&rules, policy.rules.len(), MAX_RULES);
    for (i, rule) in policy.rules.iter().enumerate() {
        success_rule(rule, spec.completions.unwrap_or_default(), &rules.index(i), errors);
    }
}

fn success_rule(rule: &SuccessPolicyRule, completions: i32, path: &Path, errors: &mut Errors) {
    if rule.succeeded_count.is_none() && rule.succeeded_indexes.is_none() {
        let detail = "at least one of succeededCount or succeededIndexes must be specified";
        errors.required(path, detail);
    }
    let mut total = None;
    if let Some(indexes) = &rule.succeeded_indexes {
        let path = path.field("succeededIndexes");
        if indexes.len() > MAX_INDEXES_LENGTH {
            errors.too_long(&path, MAX_INDEXES_LENGTH);
        }
        let counted = count_indexes(indexes, completions);
        if let Err(error) = &counted {
            errors.invalid(&path, indexes, format!("error parsing succeededIndexes: {error}"));
        }
        total = Some(counted.unwrap_or_default());
    }
    let Some(count) = rule.succeeded_count else { return };
    let path = path.field("succeededCount");
    errors.non_negative(&path, count.into());
    for (most, of) in [
        (Some(completions), "the number of specified completions"),
        (total, "the number of indexes in the specified succeededIndexes field"),
    ] {
        if let Some(most) = most.filter(|most| count > *most) {
            errors.invalid(&path, &count, format!("must be less than or equal to {most} ({of})"));
        }
    }
}

/// How many indexes a text such as `1,3-5` names (upstream: `validateIndexesFormat`).
pub(super) fn count_indexes(text: &str, completions: i32) -> Result<i32, String> {
    let (mut total, mut last) = (0, None);
    for text in text.split(',').filter(|_| !text.is_empty()) {
        let (from, to) = interval(text, completions)?;
        if let Some(last) = last.filter(|last| *last >= from) {
            return Err(not_increasing(last, from));
        }
        total += to - from + 1;
        last = Some(to);
    }
    Ok(total)
}

/// The first and the last index of `3-5` (upstream: `parseIndexInterval`).
pub(super) fn interval(text: &str, completions: i32) -> Result<(i32, i32), String> {
    let limits: Vec<&str> = text.split('-').collect();
    match limits[..] {
        [one] => index(one, completions).map(|index| (index, index)),
        [from, to] => {
            let (from, to) = (index(from, completions)?, index(to, completions)?);
            if from >= to { Err(not_increasing(from, to)) } else { Ok((from, to)) }
        }
        _ => Err(format!(
            "the fragment {} violates the requirement that an index interval can have at most two parts separated by '-'",
            quoted(text)
        )),
    }
}

fn not_increasing(previous: i32, current: i32) -> String {
    format!("non-increasing order, previous: {previous}, current: {current}")
}

fn index(text: &str, completions: i32) -> Result<i32, String> {
    let number: i64 =
        text.parse().map_err(|_| format!("cannot convert string to integer for index: {}", quoted(text)))?;
    let index = i32::try_from(number).ok().filter(|n| *n < completions);
    index.ok_or_else(|| format!("too large index: {}", quoted(text)))
}
