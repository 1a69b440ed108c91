//! Rules for what a Job's status may tell, whoever writes it (upstream: `ValidateJobStatusUpdate`; most of them hold
//! only for what changed, see `getStatusValidationOptions` of `pkg/registry/batch/job`).

#[cfg(test)]
mod tests;

use super::job_policies::{count_indexes, interval};
use super::shown::{Bare, strings};
use super::{Errors, Path};
use crate::FieldError;
use crate::job::{INDEXED, Job, JobStatus, UncountedTerminatedPods};
use orrery_apimachinery::{Str, Time};

const COMPLETE: &str = "Complete";
const FAILED: &str = "Failed";
const FAILURE_TARGET: &str = "FailureTarget";
const SUCCESS: &str = "SuccessCriteriaMet";
const SUSPENDED: &str = "Suspended";

/// A value that breaks a rule.
enum Broken<'a> {
    /// Conditions are too many to be shown.
    Conditions,
    /// What is missing cannot be shown.
    Missing,
    Number(i32),
    Date(Option<Time>),
    Pods(&'a UncountedTerminatedPods),
}

use Broken::{Conditions, Date, Missing, Number, Pods};

/// Whether a rule is broken, by which field, and what is said of it.
type Rule<'a> = (bool, &'static str, Broken<'a>, &'static str);

/// A status and the one before it.
struct Change<'a> {
    job: &'a Job,
    now: &'a JobStatus,
    old: &'a JobStatus,
}

/// The rules that the status of `new` breaks, a replacement of `old`.
pub(crate) fn update(new: &Job, old: &Job) -> Vec<FieldError> {
    let mut errors = Errors::default();
    let change = Change { job: new, now: &new.status, old: &old.status };
    counts(&new.status, &mut errors);
    tell(&change.end(), &mut errors);
    tell(&change.finished(), &mut errors);
    change.indexes(&mut errors);
    tell(&change.success(), &mut errors);
    tell(&change.progress(), &mut errors);
    errors.into_list()
}

fn tell(rules: &[Rule<'_>], errors: &mut Errors) {
    let root = Path::Root("status");
    for (_, field, value, detail) in rules.iter().filter(|(broken, ..)| *broken) {
        let path = &root.field(field);
        match value {
            Conditions => errors.wrong(path, detail),
            Missing => errors.required(path, detail),
            Number(number) => errors.invalid(path, number, detail),
            Date(date) => {
                let date = date.unwrap_or_default().to_string().replace('T', " ").replace('Z', " +0000 UTC");
                errors.invalid(path, &Bare(&date), detail);
            }
            Pods(pods) => {
                let uids = |uids| strings("types.UID", uids);
                let (succeeded, failed) = (uids(&pods.succeeded), uids(&pods.failed));
                let text = format!("batch.UncountedTerminatedPods{{Succeeded:{succeeded}, Failed:{failed}}}");
                errors.invalid(path, &Bare(&text), detail);
            }
        }
    }
}

fn counts(status: &JobStatus, errors: &mut Errors) {
    let root = Path::Root("status");
    for (name, count) in [
        ("active", status.active),
        ("succeeded", status.succeeded),
        ("failed", status.failed),
        ("ready", status.ready.unwrap_or(0)),
        ("terminating", status.terminating.unwrap_or(0)),
    ] {
        errors.non_negative(&root.field(name), count.into());
    }
    let (Some(pods), path) = (&status.uncounted_terminated_pods, root.field("uncountedTerminatedPods"))
    else {
        return;
    };
    let mut seen: Vec<&Str> = Vec::new();
    for (name, uids) in [("succeeded", &pods.succeeded), ("failed", &pods.failed)] {
        let list = path.field(name);
        for (place, uid) in uids.iter().enumerate() {
            if uid.is_empty() {
                errors.invalid(&list.index(place), uid, "must not be empty");
            } else if seen.contains(&uid) {
                errors.duplicate(&list.index(place), uid);
            }
            seen.push(uid);
        }
    }
}

fn has(status: &JobStatus, type_: &str, value: &str) -> bool {
    status.conditions.iter().any(|c| &*c.type_ == type_ && &*c.status == value)
}

fn is_finished(status: &JobStatus) -> bool {
    has(status, COMPLETE, "True") || has(status, FAILED, "True")
}

impl<'a> Change<'a> {
    fn is(&self, type_: &str) -> bool {
        has(self.now, type_, "True")
    }

    fn was(&self, type_: &str) -> bool {
        has(self.old, type_, "True")
    }

    /// Whether a condition has become or ceased to be true.
    fn turned(&self, type_: &str) -> bool {
        self.is(type_) != self.was(type_)
    }

    /// How a Job may end.
    fn end(&self) -> [Rule<'a>; 7] {
        let (now, old) = (self.now, self.old);
        let complete = self.is(COMPLETE);
        let completed = self.turned(COMPLETE) || now.completion_time != old.completion_time;
        let timed = now.start_time != old.start_time || now.completion_time != old.completion_time;
        let failed = self.turned(FAILED) || now.failed_indexes != old.failed_indexes;
        [
            (
                (self.turned(COMPLETE) || self.turned(FAILED)) && complete && self.is(FAILED),
                "conditions",
                Conditions,
                "cannot set Complete=True and Failed=true conditions",
            ),
            (
                (self.turned(COMPLETE) || self.turned(FAILURE_TARGET)) && complete && self.is(FAILURE_TARGET),
                "conditions",
                Conditions,
                "cannot set Complete=True and FailureTarget=true conditions",
            ),
            (
                completed && now.completion_time.is_some() && !complete,
                "completionTime",
                Date(now.completion_time),
                "cannot set completionTime when there is no Complete=True condition",
            ),
            (
                completed && now.completion_time.is_none() && complete,
                "completionTime",
                Missing,
                "completionTime is required for Complete jobs",
            ),
            (
                timed && now.completion_time.is_some() && now.completion_time < now.start_time,
                "completionTime",
                Date(now.completion_time),
                "completionTime cannot be set before startTime",
            ),
            (
                failed && self.is(FAILED) && !self.is(FAILURE_TARGET),
                "conditions",
                Conditions,
                "cannot set Failed=True condition without the FailureTarget=true condition",
            ),
            (
                (self.turned(COMPLETE) || self.turned(SUCCESS)) && complete && !self.is(SUCCESS),
                "conditions",
                Conditions,
                "cannot set Complete=True condition without the SuccessCriteriaMet=true condition",
            ),
        ]
    }

    /// What must be settled when a Job has ended.
    fn finished(&self) -> [Rule<'a>; 3] {
        let (now, old) = (self.now, self.old);
        let finished = is_finished(now);
        let ended = finished != is_finished(old);
        let never_ran = self.job.spec.suspend == Some(true) && self.job.spec.completions == Some(0);
        let uncounted = now.uncounted_terminated_pods.as_ref();
        let uncounted = uncounted.filter(|pods| !(pods.succeeded.is_empty() && pods.failed.is_empty()));
        [
            (
                (ended || now.active != old.active) && finished && now.active > 0,
                "active",
                Number(now.active),
                "active>0 is invalid for finished job",
            ),
            (
                (ended || now.start_time != old.start_time)
                    && !never_ran
                    && finished
                    && now.start_time.is_none(),
                "startTime",
                Missing,
                "startTime is required for finished job",
            ),
            (
                (ended || now.uncounted_terminated_pods != old.uncounted_terminated_pods)
                    && finished
                    && uncounted.is_some(),
                "uncountedTerminatedPods",
                uncounted.map_or(Missing, Pods),
                "uncountedTerminatedPods needs to be empty for finished job",
            ),
        ]
    }

    /// Indexes must be there, and in order.
    fn indexes(&self, errors: &mut Errors) {
        let (now, old, spec) = (self.now, self.old, &self.job.spec);
        let (completed, failed) = (&now.completed_indexes, &now.failed_indexes);
        let (completed_changed, failed_changed) =
            (*completed != old.completed_indexes, *failed != old.failed_indexes);
        let per_index = spec.backoff_limit_per_index.is_some();
        let root = Path::Root("status");
        if let Some(completions) = spec.completions {
            for (name, text, checked) in [
                ("completedIndexes", completed, completed_changed),
                ("failedIndexes", failed, failed_changed && per_index),
            ] {
                let text = text.as_ref().filter(|_| checked);
                if let Some((text, Err(why))) = text.map(|text| (text, count_indexes(text, completions))) {
                    errors.invalid(&root.field(name), text, format!("error parsing {name}: {why}"));
                }
            }
        }
        if let Some(text) = completed.as_ref().filter(|_| completed_changed)
            && spec.completion_mode.as_deref() != Some(INDEXED)
        {
            let detail = "cannot set non-empty completedIndexes when non-indexed completion mode";
            errors.invalid(&root.field("completedIndexes"), text, detail);
        }
        let Some(text) = failed else { return };
        if failed_changed && !per_index {
            let detail = "cannot set non-null failedIndexes when backoffLimitPerIndex is null";
            errors.invalid(&root.field("failedIndexes"), text, detail);
        }
        let shared = overlap(completed.as_deref().unwrap_or_default(), text, spec.completions.unwrap_or(0));
        if let Some(index) = shared.filter(|_| completed_changed || failed_changed) {
            let detail = format!("failedIndexes and completedIndexes overlap at index: {index}");
            errors.invalid(&root.field("failedIndexes"), text, detail);
        }
    }

    /// What success goes with.
    fn success(&self) -> [Rule<'a>; 5] {
        let (now, old) = (self.now, self.old);
        let finished = is_finished(now);
        let (terminating, ready) = (now.terminating.unwrap_or(0), now.ready.unwrap_or(0));
        [
            (
                (finished != is_finished(old) || now.terminating != old.terminating)
                    && finished
                    && terminating > 0,
                "terminating",
                Number(terminating),
                "terminating>0 is invalid for finished job",
            ),
            (
                (now.ready != old.ready || now.active != old.active) && ready > now.active,
                "ready",
                Number(ready),
                "cannot set more ready pods than active",
            ),
            (
                self.is(SUCCESS) && self.is(FAILED),
                "conditions",
                Conditions,
                "cannot set SuccessCriteriaMet=True and Failed=true conditions",
            ),
            (
                self.is(SUCCESS) && self.is(FAILURE_TARGET),
                "conditions",
                Conditions,
                "cannot set SuccessCriteriaMet=True and FailureTarget=true conditions",
            ),
            (
                self.job.spec.success_policy.is_some() && !self.is(SUCCESS) && self.is(COMPLETE),
                "conditions",
                Conditions,
                "cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True",
            ),
        ]
    }

    /// What may not be taken back.
    fn progress(&self) -> [Rule<'a>; 9] {
        let (now, old, spec) = (self.now, self.old, &self.job.spec);
        let lost = |type_, detail| (self.was(type_) && !self.is(type_), "conditions", Conditions, detail);
        // An indexed Job whose indexes all run at once can become smaller.
        let shrinks =
            spec.completion_mode.as_deref() == Some(INDEXED) && spec.completions == spec.parallelism;
        let resumes = self.was(SUSPENDED) && has(now, SUSPENDED, "False");
        [
            lost(FAILED, "cannot disable the terminal Failed=True condition"),
            lost(COMPLETE, "cannot disable the terminal Complete=True condition"),
            lost(FAILURE_TARGET, "cannot disable the terminal FailureTarget=True condition"),
            (now.failed < old.failed, "failed", Number(now.failed), "cannot decrease the failed counter"),
            (
                now.succeeded < old.succeeded && !shrinks,
                "succeeded",
                Number(now.succeeded),
                "cannot decrease the succeeded counter",
            ),
            (
                old.completion_time.is_some()
                    && now.completion_time.is_some()
                    && now.completion_time != old.completion_time,
                "completionTime",
                Date(now.completion_time),
                "completionTime cannot be mutated",
            ),
            (
                old.start_time.is_some()
                    && now.start_time != old.start_time
                    && !resumes
                    && spec.suspend != Some(true),
                "startTime",
                Missing,
                "startTime cannot be removed for unsuspended job",
            ),
            lost(SUCCESS, "cannot disable the SuccessCriteriaMet=True condition"),
            (
                self.was(COMPLETE) && !self.was(SUCCESS) && self.is(SUCCESS),
                "conditions",
                Conditions,
                "cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions",
            ),
        ]
    }
}

/// The first index that both texts name; intervals that cannot be read are told elsewhere
/// (upstream: `validateFailedIndexesNotOverlapCompleted`).
fn overlap(completed: &str, failed: &str, completions: i32) -> Option<i32> {
    let intervals = |text: &str| -> Vec<(i32, i32)> {
        text.split(',').filter_map(|text| interval(text, completions).ok()).collect()
    };
    let (completed, failed) = (intervals(completed), intervals(failed));
    let (mut mine, mut theirs) = (0, 0);
    while let (Some(a), Some(b)) = (completed.get(mine), failed.get(theirs)) {
        if a.0 <= b.1 && b.0 <= a.1 {
            return Some(a.0.max(b.0));
        }
        if a.0 <= b.0 {
            mine += 1;
        } else {
            theirs += 1;
        }
    }
    None
}
