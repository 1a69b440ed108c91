//! Why a Job does not end, or ended badly.

use orrery_api::{CronJob, Job, Resource};
use orrery_cluster::Cluster;

use super::mend::patch;
use super::workload::allow;
use super::{Reason, What, condition, last_event, latest, pod};
use crate::{owner, pod as pods};

/// What a CronJob's controller says when it has made a Job.
const STARTED: &str = "SuccessfulCreate";
/// What it says when one is due.
const STARTS: [&str; 6] = [
    STARTED,
    "FailedCreate",
    "InvalidSchedule",
    "TooManyMissedTimes",
    "UnknownTimeZone",
    "UnparseableSchedule",
];

fn suspended<T: Resource>(object: &T) -> Reason {
    Reason::new(What::Suspended, []).mend(patch(object, r#"{"spec":{"suspend":false}}"#))
}

pub(super) fn of_cron_job(cluster: &Cluster, cron: &CronJob, found: &mut Vec<Reason>) {
    let (spec, meta) = (&cron.spec, &cron.metadata);
    if spec.suspend == Some(true) {
        found.push(suspended(cron));
    }
    let last = latest(cluster, meta, &STARTS).filter(|event| event.reason.as_deref() != Some(STARTED));
    if let Some(says) = last.and_then(|event| event.message.clone()) {
        let mend = allow(cluster.api(), &meta.namespace, &says, 1);
        found.push(Reason { mend, ..Reason::new(What::Missed, []).saying(Some(says)) });
    }
    if spec.concurrency_policy.as_deref() == Some("Forbid")
        && let Some(says) = last_event(cluster, meta, &["JobAlreadyActive"])
        && let Some(name) = cron.status.active.first().and_then(|job| job.name.as_deref())
    {
        let reason = Reason::new(What::StillRuns, [name]).saying(Some(says));
        let allowed = patch(cron, r#"{"spec":{"concurrencyPolicy":"Allow"}}"#);
        found.push(reason.about("Job", &meta.namespace, name).mend(allowed));
    }
}

pub(super) fn of_job(cluster: &Cluster, job: &std::rc::Rc<Job>, found: &mut Vec<Reason>) {
    if job.spec.suspend == Some(true) {
        found.push(suspended(&**job));
    }
    let object = Job::wrap(job.clone());
    let failed = condition(&object, "Failed", "True").or_else(|| condition(&object, "FailureTarget", "True"));
    let over = failed.is_some() || job.status.completion_time.is_some();
    let all = owner::pods_of(cluster.api(), &job.metadata);
    if let Some(says) = failed {
        found.push(Reason::new(What::JobFailed, []).saying(Some(says)));
    } else if job.status.failed > 0 && !over {
        let limit = job.spec.backoff_limit.unwrap_or(6).to_string();
        found.push(Reason::new(What::Retries, [&job.status.failed.to_string(), &limit]));
    }
    // The last pod that did not do what it was made for says most.
    let stands = |pod: &&&std::rc::Rc<orrery_api::Pod>| {
        let phase = pod.status.phase.as_deref();
        phase != Some("Succeeded") && (!over || phase == Some("Failed"))
    };
    let Some(last) = all.iter().filter(stands).max_by_key(|pod| pod.metadata.creation_timestamp) else {
        return;
    };
    let mut own = Vec::new();
    pod::reasons(cluster, last, &mut own);
    if !own.is_empty() {
        let id = pods::id(last);
        found.push(Reason::new(What::Unready, [&id.name]).about("Pod", &id.namespace, &id.name));
        found.extend(own);
    }
}
