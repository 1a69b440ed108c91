//! What controllers ask of a Job (upstream: `pkg/controller/job/util`).

use orrery_api::{Job, JobCondition};
#[cfg(test)]
use orrery_apimachinery::Time;

/// The Job has succeeded.
pub(crate) const COMPLETE: &str = "Complete";
/// The Job has failed.
pub(crate) const FAILED: &str = "Failed";

/// The condition that says how the Job ended; `None` while it goes on (upstream: `FinishedCondition`).
pub(crate) fn end(job: &Job) -> Option<&JobCondition> {
    job.status.conditions.iter().find(|c| matches!(&*c.type_, COMPLETE | FAILED) && &*c.status == "True")
}

/// Ends a Job, as its controller would.
#[cfg(test)]
pub(crate) fn finish(job: &mut Job, how: &str, date: Time) {
    let before = if how == COMPLETE { "SuccessCriteriaMet" } else { "FailureTarget" };
    for type_ in [before, how] {
        job.status.conditions.push(JobCondition {
            type_: type_.into(),
            status: "True".into(),
            last_transition_time: Some(date),
            ..Default::default()
        });
    }
    job.status.start_time = Some(date);
    job.status.completion_time = (how == COMPLETE).then_some(date);
}
