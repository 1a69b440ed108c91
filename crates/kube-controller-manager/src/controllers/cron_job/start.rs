//! Starts the Job that is due (upstream: the second half of `syncCronJob`).

use super::Look;
use super::schedule::{Schedule, Unclear};
use crate::owners;
use orrery_api::cron_job::{FORBID, REPLACE};
use orrery_api::{CronJob, Job, Object, ObjectReference, Resource};
use orrery_apimachinery::{ObjectMeta, Reason, StatusResult, Str, Time};
use orrery_client::{Context, EventType};
use orrery_sim::Duration;

/// The time that a Job was due at, on the clocks of its CronJob.
const SCHEDULED: &str = "batch.kubernetes.io/cronjob-scheduled-timestamp";

/// With more missed starts than this, people are told.
const MANY: i64 = 100;

/// Starts a Job if one is due. Returns after how long the next one will be, if that is known.
///
/// Upstream also asks whether it is too late, with the event `MissSchedule`; but starts before the deadline are not
/// even looked for, so that it never is.
pub(super) fn when_due(look: &mut Look, cx: &mut Context<'_>) -> StatusResult<Option<Duration>> {
    let cron = look.cron.clone();
    if cron.metadata.terminating() {
        return Ok(None);
    }
    let schedule = match Schedule::of(&cron) {
        Err(Unclear::Zone(why)) => {
            let zone = cron.spec.time_zone.as_deref().unwrap_or_default();
            let message = format!("invalid timeZone: \"{zone}\": {why}");
            look.event(EventType::Warning, "UnknownTimeZone", message, cx);
            return Ok(None);
        }
        _ if cron.spec.suspend == Some(true) => return Ok(None),
        Err(Unclear::Schedule(why)) => {
            let message = format!("unparseable schedule: \"{}\" : {why}", cron.spec.schedule);
            look.event(EventType::Warning, "UnparseableSchedule", message, cx);
            return Ok(None);
        }
        Ok(schedule) => schedule,
    };
    let Some(due) = schedule.due(&cron, &look.status, cx.date(), true) else {
        let why = "time difference between two schedules is less than 1 second";
        let message = format!("invalid schedule: {} : {why}", cron.spec.schedule);
        look.event(EventType::Warning, "InvalidSchedule", message, cx);
        return Ok(None);
    };
    if let Some(at) = due.at {
        if due.missed > MANY {
            let message = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew";
            look.event(EventType::Warning, "TooManyMissedTimes", message.into(), cx);
        }
        if may_start(look, at, cx)? && !start(look, at, &schedule, cx)? {
            return Ok(None);
        }
    }
    Ok(schedule.wait(&cron, &look.status, cx.api(), cx.now()))
}

/// Whether the Job that is due is to be started now, after what goes on was ended if that is asked for.
fn may_start(look: &mut Look, at: Time, cx: &mut Context<'_>) -> StatusResult<bool> {
    let name = job_name(&look.cron, at);
    let started = look.status.active.iter().any(|active| active.name.as_ref() == Some(&name));
    if started || look.status.last_schedule_time == Some(at) {
        return Ok(false);
    }
    match look.cron.spec.concurrency_policy.as_deref() {
        Some(FORBID) if !look.status.active.is_empty() => {
            let message =
                "Not starting job because prior execution is running and concurrency policy is Forbid";
            look.event(EventType::Normal, "JobAlreadyActive", message.into(), cx);
            return Ok(false);
        }
        Some(REPLACE) => {
            for job in look.jobs.clone() {
                if look.is_active(&job.metadata.uid) {
                    look.delete(&job, cx)?;
                }
            }
        }
        _ => {}
    }
    Ok(true)
}

/// The name tells the minute, so that no Job is started twice.
fn job_name(cron: &CronJob, at: Time) -> Str {
    format!("{}-{}", cron.metadata.name, at.0.div_euclid(60)).into()
}

/// Creates the Job that was due at `at`; false if there is one of its name that the CronJob knows or does not own.
fn start(look: &mut Look, at: Time, schedule: &Schedule, cx: &mut Context<'_>) -> StatusResult<bool> {
    let cron = look.cron.clone();
    let model = job(&cron, at, schedule);
    let name = model.metadata.name.clone();
    let job = match cx.create(model) {
        Ok(job) => {
            look.event(EventType::Normal, "SuccessfulCreate", format!("Created job {name}"), cx);
            job
        }
        Err(status) if status.reason == Reason::AlreadyExists => {
            let known = cx.get::<Job>(&cron.metadata.namespace, &name);
            let mine = |job: &Job| owners::is_controlled_by(&job.metadata, &cron.metadata.uid);
            let forgotten = known.filter(|job| mine(job) && !look.is_active(&job.metadata.uid));
            let Some(job) = forgotten else { return Ok(false) };
            Job::wrap(job)
        }
        Err(status) => {
            if !crate::namespaces::is_going(&cron.metadata.namespace, cx.api()) {
                look.event(EventType::Warning, "FailedCreate", format!("Error creating job: {status}"), cx);
            }
            return Err(status);
        }
    };
    look.status.active.push(reference(&job));
    look.status.last_schedule_time = Some(at);
    Ok(true)
}

/// Upstream: `getJobFromTemplate2`.
fn job(cron: &CronJob, at: Time, schedule: &Schedule) -> Job {
    let template = &cron.spec.job_template;
    let mut annotations = template.metadata.annotations.clone();
    annotations.insert(SCHEDULED, on_clocks(at, schedule.zone.offset(at)));
    let metadata = ObjectMeta {
        labels: template.metadata.labels.clone(),
        annotations,
        owner_references: vec![owners::controller_reference(cron)],
        ..ObjectMeta::named(cron.metadata.namespace.clone(), job_name(cron, at))
    };
    Job { metadata, spec: template.spec.clone(), ..Default::default() }
}

/// A date on clocks that are so many seconds ahead of UTC.
fn on_clocks(at: Time, ahead: i64) -> String {
    let mut text = Time(at.0 + ahead).to_string();
    if ahead != 0 {
        text.pop();
        let (sign, minutes) = (if ahead < 0 { '-' } else { '+' }, ahead.abs() / 60);
        text += &format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60);
    }
    text
}

fn reference(job: &Object) -> ObjectReference {
    let meta = job.metadata();
    ObjectReference {
        api_version: Some(Job::KIND.api_version().into()),
        kind: Some(Job::KIND.name().into()),
        namespace: Some(meta.namespace.clone()),
        name: Some(meta.name.clone()),
        uid: Some(meta.uid.clone()),
        resource_version: Some(meta.resource_version.to_string().into()),
        field_path: None,
    }
}
