//! Takes the finalizer off pods that no Job counts any more (upstream: `handleSingleOrphanPod`).

use super::{TRACKING, is_foreign, is_tracked, job_of};
use crate::{Action, jobs};
use orrery_api::{Job, Kind, Pod, Resource};
use orrery_apimachinery::StatusResult;
use orrery_client::{ApiServer, Context, Key};

/// Takes the finalizer off the pod under `key`, unless somebody still needs it there.
pub(super) fn release(key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
    let pod = cx.get::<Pod>(&key.namespace, &key.name);
    if let Some(pod) = pod.filter(|pod| is_tracked(pod) && !is_counted(pod, cx.api())) {
        remove_finalizer(&pod, cx)?;
    }
    Ok(Action::AwaitChange)
}

/// Whether the pod belongs to another kind, to a Job that goes on, or to one of another controller.
fn is_counted(pod: &Pod, api: &ApiServer) -> bool {
    let Some(owner) = pod.metadata.controller() else { return false };
    let by_job = &*owner.kind == Kind::Job.name() && *owner.api_version == *Job::KIND.api_version();
    !by_job || job_of(pod, api).is_some_and(|job| is_foreign(job) || jobs::end(job).is_none())
}

/// Takes the finalizer off a pod; one that is gone needs no more.
pub(super) fn remove_finalizer(pod: &Pod, cx: &mut Context<'_>) -> StatusResult<()> {
    let meta = &pod.metadata;
    let outcome = cx.modify::<Pod>(&meta.namespace, &meta.name, |pod| {
        pod.metadata.finalizers.retain(|finalizer| &**finalizer != TRACKING);
    });
    match outcome {
        Err(status) if !status.is_not_found() => Err(status),
        _ => Ok(()),
    }
}
