//! When a CronJob runs next, and what became of its last Jobs.

use orrery_api::{CronJob, CronSchedule, Job, Kind, load_zone};
use orrery_apimachinery::Order;
use orrery_apimachinery::Time;
use orrery_cluster::Cluster;

use crate::owner::reference;
use crate::scene::{ObjectRef, Text};

/// So many runs are foretold.
const FORETOLD: usize = 5;

/// The runs of a CronJob.
#[derive(Clone, PartialEq, Debug)]
pub struct Runs {
    /// The schedule as it is written, with its time zone.
    pub schedule: Text,
    /// What happens when a Job still runs.
    pub policy: Text,
    /// It makes no Jobs.
    pub suspended: bool,
    /// The next runs: the date in UTC, and the seconds until then.
    pub next: Vec<(Text, u64)>,
    /// The Jobs that are kept, the latest first: `Running`, `Complete`, `Failed`, and the seconds since they began.
    pub jobs: Vec<(ObjectRef, Text, u64)>,
}

/// Reads a CronJob.
pub(crate) fn runs(cluster: &Cluster, cron_job: &CronJob) -> Runs {
    let spec = &cron_job.spec;
    let suspended = spec.suspend == Some(true);
    let zone = spec.time_zone.as_deref();
    let now = cluster.api().date(cluster.now());
    Runs {
        schedule: [Some(&*spec.schedule), zone]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ")
            .as_str()
            .into(),
        policy: spec.concurrency_policy.clone().unwrap_or_default(),
        suspended,
        next: if suspended { Vec::new() } else { next(cron_job, now) },
        jobs: jobs(cluster, cron_job, now),
    }
}

/// The next runs after an instant. An interval counts from the last run, or from when the CronJob was made.
fn next(cron_job: &CronJob, now: Time) -> Vec<(Text, u64)> {
    let Ok(schedule) = CronSchedule::parse(&cron_job.spec.schedule) else { return Vec::new() };
    let Ok(zone) = load_zone(cron_job.spec.time_zone.as_deref().unwrap_or_default()) else {
        return Vec::new();
    };
    let mut at = now;
    if let CronSchedule::Every(seconds) = schedule {
        let began =
            cron_job.status.last_schedule_time.or(cron_job.metadata.creation_timestamp).unwrap_or(now);
        at = Time(now.0 - (now.0 - began.0).rem_euclid(seconds));
    }
    let mut found = Vec::new();
    while let Some(due) = schedule.next(at, &zone).filter(|_| found.len() < FORETOLD) {
        found.push((due.to_string().as_str().into(), u64::try_from(due.0 - now.0).unwrap_or(0)));
        at = due;
    }
    found
}

fn jobs(cluster: &Cluster, cron_job: &CronJob, now: Time) -> Vec<(ObjectRef, Text, u64)> {
    let api = cluster.api();
    let keys = api.dependents(&cron_job.metadata.uid).filter(|key| key.kind == Kind::Job);
    let mut all: Vec<_> = keys.filter_map(|key| api.get::<Job>(&key.namespace, &key.name)).collect();
    all.order_by_key(|job| std::cmp::Reverse(job.metadata.creation_timestamp.map(|t| t.0)));
    let told = all.into_iter().map(|job| {
        let ended = job
            .status
            .conditions
            .iter()
            .find(|c| matches!(&*c.type_, "Complete" | "Failed") && &*c.status == "True");
        let state = ended.map_or("Running".into(), |c| c.type_.clone());
        let since = job.metadata.creation_timestamp.map_or(0, |t| now.0 - t.0);
        (reference(Kind::Job, &job.metadata), state, u64::try_from(since).unwrap_or(0))
    });
    told.collect()
}
