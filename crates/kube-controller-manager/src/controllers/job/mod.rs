//! Runs the pods of Jobs to their end (upstream: `pkg/controller/job`).

mod backoff;
mod create;
mod indexes;
mod manage;
mod orphan;
mod per_index;
mod pod_failure_policy;
mod pods;
mod success_policy;
mod sync;
#[cfg(test)]
mod tests;
mod track;

use crate::{Action, Controller, Wake, jobs, owners};
use backoff::Failures;
use orrery_api::{Job, Kind, Object, Pod, Resource};
use orrery_apimachinery::StatusResult;
use orrery_client::{ApiServer, Backoff, Change, Context, Key, Op};
use orrery_sim::Duration;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Changes of pods and of a Job's own status are looked at together (upstream: `syncJobBatchPeriod`).
const BATCH_PERIOD: Duration = Duration::from_secs(1);

/// The finalizer that keeps a pod until it is in a count.
const TRACKING: &str = "batch.kubernetes.io/job-tracking";

/// The controller of any Job that names no other.
const OWN_NAME: &str = "kubernetes.io/job-controller";

/// The controller. A key is a Job, or a pod that is to lose its finalizer.
#[derive(Clone, Debug, Default)]
pub struct JobController {
    failures: BTreeMap<Key, Failures>,
}

impl Controller for JobController {
    const NAME: &'static str = "job-controller";

    /// Upstream: `DefaultJobApiBackOff`, `MaxJobApiBackOff`.
    const RETRY: Backoff = Backoff { base: Duration::from_secs(1), cap: Duration::from_secs(60) };

    fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake) {
        match &change.value {
            Object::Job(job) => job_changed(change, job, api, wake),
            Object::Pod(pod) => pod_changed(change, pod, api, wake),
            _ => {}
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        if key.kind == Kind::Pod {
            return orphan::release(key, cx);
        }
        match cx.get::<Job>(&key.namespace, &key.name) {
            Some(job) if is_foreign(&job) => Ok(Action::AwaitChange),
            Some(job) if jobs::end(&job).is_none() => sync::job(job, key, &mut self.failures, cx),
            _ => {
                self.failures.remove(key);
                Ok(Action::AwaitChange)
            }
        }
    }
}

/// Whether another controller is to run the Job (upstream: `managedByExternalController`).
fn is_foreign(job: &Job) -> bool {
    job.spec.managed_by.as_deref().is_some_and(|name| name != OWN_NAME)
}

fn is_tracked(pod: &Pod) -> bool {
    pod.metadata.has_finalizer(TRACKING)
}

fn job_changed(change: &Change, job: &Rc<Job>, api: &ApiServer, wake: &mut Wake) {
    let gone = change.op == Op::Deleted;
    if gone || change.op == Op::Modified && jobs::end(job).is_some() {
        // Upstream calls this a backup; the pods of a Job that ended have lost their finalizer already.
        let pods = job.spec.selector.as_ref().map(|s| api.pods_matching(&job.metadata.namespace, s));
        for pod in pods.unwrap_or_default() {
            wake_for_finalizer(&pod, wake);
        }
        if !gone {
            return;
        }
    }
    let before = change.previous.as_ref().filter(|_| change.op == Op::Modified);
    let same = before.is_some_and(|before| before.metadata().generation == job.metadata.generation);
    wake.key_after(Key::of(&change.value), if same { BATCH_PERIOD } else { Duration::ZERO });
}

fn pod_changed(change: &Change, pod: &Rc<Pod>, api: &ApiServer, wake: &mut Wake) {
    let (gone, terminating) = (change.op == Op::Deleted, pod.metadata.terminating());
    let before = change.previous.as_ref().filter(|_| !gone).and_then(Pod::unwrap_ref);
    let owner = pod.metadata.controller();
    let new_owner = before.is_some_and(|before| before.metadata.controller() != owner);
    if let Some(job) = before.and_then(|pod| job_of(pod, api)).filter(|_| new_owner && !terminating) {
        wake_later(job, wake);
    }
    match job_of(pod, api) {
        Some(job) if !(gone || terminating) || jobs::end(job).is_none() => wake_later(job, wake),
        // It is of a Job that has ended or is gone, or it goes itself: nobody else takes its finalizer off.
        _ if gone || terminating || owner.is_none() => wake_for_finalizer(pod, wake),
        _ => {}
    }
    if owner.is_none() && !gone && !terminating {
        let same = before.is_some_and(|before| before.metadata.labels == pod.metadata.labels);
        if !same || new_owner {
            let meta = &pod.metadata;
            for key in owners::selecting(Kind::Job, &meta.namespace, &meta.labels, api) {
                wake.key_after(key, BATCH_PERIOD);
            }
        }
    }
}

/// The Job that controls the pod.
fn job_of<'a>(pod: &Pod, api: &'a ApiServer) -> Option<&'a Rc<Job>> {
    let owner = pod.metadata.controller().filter(|owner| &*owner.kind == Kind::Job.name())?;
    api.get::<Job>(&pod.metadata.namespace, &owner.name).filter(|job| job.metadata.uid == owner.uid)
}

fn wake_later(job: &Rc<Job>, wake: &mut Wake) {
    wake.key_after(Key::of(&Job::wrap(job.clone())), BATCH_PERIOD);
}

fn wake_for_finalizer(pod: &Rc<Pod>, wake: &mut Wake) {
    if is_tracked(pod) {
        wake.key(Key::of(&Pod::wrap(pod.clone())));
    }
}
