//! Keeps only some of the Jobs that ended (upstream: `cleanupFinishedJobs`).

use super::Look;
use crate::jobs;
use orrery_apimachinery::Order;
use orrery_apimachinery::Time;
use orrery_client::Context;

/// Deletes the oldest of the Jobs that succeeded and of those that failed, if there are more than the history keeps.
pub(super) fn clean_up(look: &mut Look, cx: &mut Context<'_>) {
    let spec = &look.cron.spec;
    let limits = [
        (jobs::COMPLETE, spec.successful_jobs_history_limit),
        (jobs::FAILED, spec.failed_jobs_history_limit),
    ];
    for (end, limit) in limits {
        let Some(limit) = limit.and_then(|limit| usize::try_from(limit).ok()) else { continue };
        let mut ended = look.jobs.clone();
        ended.retain(|job| jobs::end(job).is_some_and(|condition| &*condition.type_ == end));
        // Those that never started go last.
        ended
            .order_by_key(|job| (job.status.start_time.unwrap_or(Time(i64::MAX)), job.metadata.name.clone()));
        ended.truncate(ended.len().saturating_sub(limit));
        for job in ended {
            // What cannot be deleted is told in an event and tried again with the next look.
            let _told = look.delete(&job, cx);
        }
    }
}
