//! Starts a Job whenever it is time (upstream: `pkg/controller/cronjob`, version 2).

mod finished;
mod schedule;
mod start;
#[cfg(test)]
mod tests;

use crate::{Action, Controller, Wake, jobs, owners};
use orrery_api::{CronJob, CronJobStatus, Job, Kind, Object, Resource};
use orrery_apimachinery::{StatusResult, Str};
use orrery_client::{
    ApiServer, Change, Context, DeleteOptions, EventType, Key, Op, Propagation, WATCH_LATENCY,
};
use schedule::Schedule;
use std::rc::Rc;

/// The controller.
#[derive(Clone, Debug, Default)]
pub struct CronJobController;

impl Controller for CronJobController {
    const NAME: &'static str = "cronjob-controller";

    fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake) {
        match &change.value {
            Object::CronJob(cron) => cron_changed(change, cron, api, wake),
            Object::Job(job) => {
                let before = change.previous.as_ref().and_then(Job::unwrap_ref);
                if let Some(before) = before.filter(|b| b.metadata.controller() != job.metadata.controller())
                {
                    wake_owner(before, api, wake);
                }
                wake_owner(job, api, wake);
            }
            _ => {}
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let Some(cron) = cx.get::<CronJob>(&key.namespace, &key.name) else {
            return Ok(Action::AwaitChange);
        };
        let mut look = Look { status: cron.status.clone(), jobs: jobs_of(&cron, cx.api()), cron };
        finished::clean_up(&mut look, cx);
        look.count(cx);
        let next = start::when_due(&mut look, cx);
        if look.status != look.cron.status {
            cx.modify_status::<CronJob>(&key.namespace, &key.name, |cron| cron.status = look.status)?;
        }
        Ok(next?.map_or(Action::AwaitChange, Action::RequeueAfter))
    }
}

/// What one look at a CronJob finds, and what is to be told of it.
struct Look {
    cron: Rc<CronJob>,
    jobs: Vec<Rc<Job>>,
    status: CronJobStatus,
}

/// A new schedule is waited for; upstream does not make up for what it would have started in the past. Whatever else
/// changes is looked at now.
fn cron_changed(change: &Change, cron: &CronJob, api: &ApiServer, wake: &mut Wake) {
    if change.op == Op::Deleted {
        return;
    }
    let key = Key::of(&change.value);
    let before = change.previous.as_ref().and_then(CronJob::unwrap_ref);
    let same = |before: &Rc<CronJob>| {
        before.spec.schedule == cron.spec.schedule && before.spec.time_zone == cron.spec.time_zone
    };
    let delay = match Schedule::of(cron) {
        Ok(schedule) if before.is_some_and(|before| !same(before)) => {
            schedule.wait(cron, &cron.status, api, change.time + WATCH_LATENCY)
        }
        _ => None,
    };
    wake.key_after(key, delay.unwrap_or_default());
}

fn wake_owner(job: &Job, api: &ApiServer, wake: &mut Wake) {
    let Some(key) = owners::controller_of_kind(&job.metadata, Kind::CronJob) else { return };
    let cron = api.get::<CronJob>(&key.namespace, &key.name);
    if cron.is_some_and(|cron| owners::is_controlled_by(&job.metadata, &cron.metadata.uid)) {
        wake.key(key);
    }
}

/// The Jobs whose controller has the CronJob's name (upstream: `getJobsToBeReconciled`).
fn jobs_of(cron: &CronJob, api: &ApiServer) -> Vec<Rc<Job>> {
    let meta = &cron.metadata;
    let mut jobs = Vec::new();
    for job in api.list_in::<Job>(&meta.namespace) {
        if job.metadata.controller().is_some_and(|owner| owner.name == meta.name) {
            jobs.push(job.clone());
        }
    }
    jobs
}

impl Look {
    fn event(&self, type_: EventType, reason: &str, message: String, cx: &mut Context<'_>) {
        cx.event(&*self.cron, type_, reason, message);
    }

    fn is_active(&self, uid: &Str) -> bool {
        self.status.active.iter().any(|active| active.uid.as_ref() == Some(uid))
    }

    fn forget(&mut self, uid: &Str) {
        self.status.active.retain(|active| active.uid.as_ref() != Some(uid));
    }

    /// Brings the list of active Jobs up to date (upstream: the first half of `syncCronJob`).
    fn count(&mut self, cx: &mut Context<'_>) {
        for job in self.jobs.clone() {
            let (uid, name) = (&job.metadata.uid, &job.metadata.name);
            match jobs::end(&job) {
                None if !self.is_active(uid) => {
                    let message = format!("Saw a job that the controller did not create or forgot: {name}");
                    self.event(EventType::Warning, "UnexpectedJob", message, cx);
                }
                None => {}
                Some(end) => {
                    if self.is_active(uid) {
                        self.forget(uid);
                        let message = format!("Saw completed job: {name}, condition: {}", end.type_);
                        self.event(EventType::Normal, "SawCompletedJob", message, cx);
                    }
                    if &*end.type_ == jobs::COMPLETE {
                        let last = &mut self.status.last_successful_time;
                        *last = (*last).max(job.status.completion_time);
                    }
                }
            }
        }
        for active in self.status.active.clone() {
            let uid = active.uid.unwrap_or_default();
            if !self.jobs.iter().any(|job| job.metadata.uid == uid) {
                let name = active.name.unwrap_or_default();
                self.event(EventType::Normal, "MissingJob", format!("Active job went missing: {name}"), cx);
                self.forget(&uid);
            }
        }
    }

    /// Deletes a Job and, in the background, its pods (upstream: `deleteJob`).
    fn delete(&mut self, job: &Job, cx: &mut Context<'_>) -> StatusResult<()> {
        let meta = &job.metadata;
        let key = Key::new(Kind::Job, meta.namespace.clone(), meta.name.clone());
        let options = DeleteOptions { propagation: Propagation::Background, ..Default::default() };
        if let Err(status) = cx.delete(&key, &options) {
            self.event(EventType::Warning, "FailedDelete", format!("Deleted job: {status}"), cx);
            return Err(status);
        }
        self.forget(&meta.uid);
        self.event(EventType::Normal, "SuccessfulDelete", format!("Deleted job {}", meta.name), cx);
        Ok(())
    }
}
