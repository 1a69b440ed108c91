//! What controllers ask of a Job (upstream: `pkg/controller/job/util`).

use orrery_api::{Job, JobCondition};

/// The Job has succeeded.
pub(crate) const COMPLETE: &str = "Complete";
/// The Job has failed.
pub(crate) const FAILED: &str = "Failed";

/// The condition that says how the Job ended; `None` while it goes on (upstream: `FinishedCondition`).
pub(crate) fn end(job: &Job) -> Option<&JobCondition> {
    job.status.conditions.iter().find(|c| matches!(&*c.type_, COMPLETE | FAILED) && &*c.status == "True")
}
