//! What there is to say about workloads.

use orrery_api::{CronJob, DaemonSet, Deployment, Job, Object, ReplicaSet, StatefulSet};
use orrery_apimachinery::ObjectMeta;

use super::{Inspection, Tone, chip, row};
use crate::owner;

/// The chip that tells how many of how many are as they should be, and the rows.
pub(super) fn about(it: &mut Inspection, object: &Object) {
    let (done, wanted) = owner::counts(object);
    if !matches!(object, Object::CronJob(_)) {
        chip(it, format!("{done}/{wanted}"), if done >= wanted { Tone::Good } else { Tone::Warn });
    }
    match object {
        Object::Deployment(deployment) => of_deployment(it, deployment),
        Object::StatefulSet(set) => of_stateful_set(it, set),
        Object::DaemonSet(set) => of_daemon_set(it, set),
        Object::ReplicaSet(set) => of_replica_set(it, set),
        Object::Job(job) => of_job(it, job),
        Object::CronJob(cron_job) => of_cron_job(it, cron_job),
        _ => {}
    }
    controlled(it, object.metadata());
    row(it, "Images", owner::template(object).map(owner::images).unwrap_or_default());
}

/// The row that names who controls an object.
pub(super) fn controlled(it: &mut Inspection, meta: &ObjectMeta) {
    row(it, "Controlled By", meta.controller().map(|o| format!("{}/{}", o.kind, o.name)).unwrap_or_default());
}

fn number(it: &mut Inspection, label: &str, n: Option<i32>) {
    row(it, label, n.map(|n| n.to_string()).unwrap_or_default());
}

fn text(it: &mut Inspection, label: &str, value: Option<&impl ToString>) {
    row(it, label, value.map(ToString::to_string).unwrap_or_default());
}

fn of_deployment(it: &mut Inspection, deployment: &Deployment) {
    let (spec, status) = (&deployment.spec, &deployment.status);
    if spec.paused {
        chip(it, "paused", Tone::Warn);
    }
    it.says = status.conditions.iter().find(|c| &*c.type_ == "Progressing").and_then(|c| c.message.clone());
    number(it, "Up-to-date", Some(status.updated_replicas));
    number(it, "Available", Some(status.available_replicas));
    text(it, "Strategy", spec.strategy.type_.as_ref());
    let rolling = spec.strategy.rolling_update.as_ref();
    text(it, "Max surge", rolling.and_then(|r| r.max_surge.as_ref()));
    text(it, "Max unavailable", rolling.and_then(|r| r.max_unavailable.as_ref()));
}

fn of_replica_set(it: &mut Inspection, set: &ReplicaSet) {
    it.says = set.status.conditions.iter().find(|c| &*c.status == "True").and_then(|c| c.message.clone());
    number(it, "Available", Some(set.status.available_replicas));
}

fn of_stateful_set(it: &mut Inspection, set: &StatefulSet) {
    let (spec, status) = (&set.spec, &set.status);
    row(it, "Service", &spec.service_name);
    text(it, "Pod Management", spec.pod_management_policy.as_ref());
    text(it, "Strategy", spec.update_strategy.type_.as_ref());
    let rolling = spec.update_strategy.rolling_update.as_ref();
    number(it, "Partition", rolling.and_then(|r| r.partition));
    number(it, "Up-to-date", Some(status.updated_replicas));
    text(it, "Current Revision", status.current_revision.as_ref());
    text(it, "Update Revision", status.update_revision.as_ref());
    let retention = spec.persistent_volume_claim_retention_policy.as_ref();
    text(it, "Claims when deleted", retention.and_then(|r| r.when_deleted.as_ref()));
    text(it, "Claims when scaled", retention.and_then(|r| r.when_scaled.as_ref()));
}

fn of_daemon_set(it: &mut Inspection, set: &DaemonSet) {
    let (spec, status) = (&set.spec, &set.status);
    number(it, "Current", Some(status.current_number_scheduled));
    number(it, "Up-to-date", Some(status.updated_number_scheduled));
    number(it, "Available", Some(status.number_available));
    number(it, "Misscheduled", Some(status.number_misscheduled).filter(|n| *n > 0));
    text(it, "Strategy", spec.update_strategy.type_.as_ref());
    let rolling = spec.update_strategy.rolling_update.as_ref();
    text(it, "Max surge", rolling.and_then(|r| r.max_surge.as_ref()));
    text(it, "Max unavailable", rolling.and_then(|r| r.max_unavailable.as_ref()));
}

fn of_job(it: &mut Inspection, job: &Job) {
    let (spec, status) = (&job.spec, &job.status);
    let holds = |c: &&orrery_api::JobCondition| &*c.status == "True";
    if let Some(last) = status.conditions.iter().rfind(holds) {
        let tone = match &*last.type_ {
            "Complete" | "SuccessCriteriaMet" => Tone::Good,
            "Suspended" => Tone::Warn,
            _ => Tone::Bad,
        };
        chip(it, &last.type_, tone);
        it.says = last.message.clone();
    }
    text(it, "Completion Mode", spec.completion_mode.as_ref());
    text(it, "Deadline", spec.active_deadline_seconds.map(|s| format!("{s}s")).as_ref());
    text(it, "TTL after finished", spec.ttl_seconds_after_finished.map(|s| format!("{s}s")).as_ref());
    text(it, "Start", status.start_time.as_ref());
    text(it, "Completion", status.completion_time.as_ref());
}

fn of_cron_job(it: &mut Inspection, cron_job: &CronJob) {
    let (spec, status) = (&cron_job.spec, &cron_job.status);
    chip(it, &spec.schedule, Tone::Plain);
    if spec.suspend == Some(true) {
        chip(it, "suspended", Tone::Warn);
    }
    text(it, "Time zone", spec.time_zone.as_ref());
    text(it, "Concurrency", spec.concurrency_policy.as_ref());
    text(it, "Starting deadline", spec.starting_deadline_seconds.map(|s| format!("{s}s")).as_ref());
    text(it, "Last schedule", status.last_schedule_time.as_ref());
    text(it, "Last successful", status.last_successful_time.as_ref());
}
