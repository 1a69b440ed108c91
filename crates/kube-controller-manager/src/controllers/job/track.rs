//! Counts pods that came to their end exactly once: first the status names them, then they lose their finalizer, then
//! they are in a count (upstream: `trackJobStatusAndRemoveFinalizers`).

use super::backoff::Failures;
use super::indexes::Interval;
use super::is_tracked;
use super::orphan::remove_finalizer;
use super::pod_failure_policy::{Failure, failure};
use super::pods::{has_failed, has_succeeded, is_indexed, number};
use super::sync::{FAILURE_TARGET, Look, SUCCESS_CRITERIA_MET, condition};
use crate::jobs;
use orrery_api::{Job, JobStatus, Pod};
use orrery_apimachinery::{StatusResult, Str, Time};
use orrery_client::{Context, EventType};
use std::rc::Rc;

/// The status names no more pods than this at once (upstream: `MaxUncountedPods`).
const MAX_UNCOUNTED: usize = 500;

/// Writes what the look found, which has `changed` the status already or not. With the first write the failures are
/// remembered.
pub(super) fn status(
    look: &mut Look,
    mut changed: bool,
    remember: impl FnOnce(Failures),
    cx: &mut Context<'_>,
) -> StatusResult<()> {
    let pods = &look.pods;
    let is_gone = |uid: &Str| !pods.iter().any(|pod| pod.metadata.uid == *uid && is_tracked(pod));
    changed |= count(&mut look.status, &is_gone);
    let ended = name_ended(look);
    changed |= ended.named | announce_end(look, cx.date());
    if changed {
        write(look, cx)?;
        remember(look.failures);
    }
    let (mut outcome, mut released) = (Ok(()), Vec::new());
    for pod in &ended.pods {
        match remove_finalizer(pod, cx) {
            Ok(()) => released.push(pod.metadata.uid.clone()),
            failure => outcome = failure,
        }
    }
    let counted = count(&mut look.status, &|uid| released.contains(uid));
    let finished = outcome.is_ok() && !ended.more && finish(look);
    if counted || finished {
        write(look, cx)?;
    }
    if finished {
        tell_end(look, cx);
    }
    outcome
}

fn write(look: &Look, cx: &mut Context<'_>) -> StatusResult<()> {
    let meta = &look.job.metadata;
    let status = look.status.clone();
    cx.modify_status::<Job>(&meta.namespace, &meta.name, |job| job.status = status).map(drop)
}

/// Moves the pods that `is_gone` says so of into the counts; true if there were some
/// (upstream: `cleanUncountedPodsWithoutFinalizers`).
fn count(status: &mut JobStatus, is_gone: &dyn Fn(&Str) -> bool) -> bool {
    let JobStatus { uncounted_terminated_pods, succeeded, failed, .. } = status;
    let Some(uncounted) = uncounted_terminated_pods else { return false };
    let mut moved = false;
    for (uids, total) in [(&mut uncounted.succeeded, succeeded), (&mut uncounted.failed, failed)] {
        let before = uids.len();
        uids.retain(|uid| !is_gone(uid));
        *total += number(before - uids.len());
        moved |= uids.len() < before;
    }
    moved
}

/// The pods that are to lose their finalizer.
#[derive(Default)]
struct Ended {
    pods: Vec<Rc<Pod>>,
    /// Whether the status changed with them.
    named: bool,
    /// Whether there are more, for another look.
    more: bool,
}

/// Names the pods that came to their end in the status; successes of an index are told by the index.
fn name_ended(look: &mut Look) -> Ended {
    let mut ended = Ended::default();
    let mut new: Vec<Interval> = Vec::new();
    let mut uncounted = look.status.uncounted_terminated_pods.clone().unwrap_or_default();
    let before = uncounted.clone();
    let indexed = is_indexed(&look.job);
    for pod in &look.pods {
        if !is_tracked(pod) || !may_be_released(look, pod) {
            continue;
        }
        ended.pods.push(pod.clone());
        let (uid, index) = (&pod.metadata.uid, look.tracked_index(pod));
        let counted_failed = look.uncounted.failed.contains(uid);
        if has_succeeded(pod) && !counted_failed {
            if let Some(index) = index.filter(|index| indexed && !look.known_succeeded_indexes.has(*index)) {
                new.push((index, index));
            } else if !indexed && !look.uncounted.succeeded.contains(uid) {
                uncounted.succeeded.push(uid.clone());
            }
        } else if !counted_failed && (!indexed || index.is_some()) && fails(look, pod) {
            uncounted.failed.push(uid.clone());
        }
        if new.len() + uncounted.succeeded.len() + uncounted.failed.len() >= MAX_UNCOUNTED {
            ended.more = true;
            break;
        }
    }
    ended.named = !new.is_empty() || uncounted != before;
    look.status.uncounted_terminated_pods = Some(uncounted);
    if indexed {
        ended.named |= tell_indexes(look, &new);
    }
    ended
}

/// Whether the pod has come to its end and no successor waits for what it tells (upstream: `canRemoveFinalizer`).
fn may_be_released(look: &Look, pod: &Pod) -> bool {
    look.job.metadata.terminating()
        || look.end.is_some()
        || has_succeeded(pod)
        || has_failed(pod, &look.job) && !look.unreplaced.has(pod)
}

/// Whether the pod counts as failed; when the Job has failed, every pod that is left does.
fn fails(look: &Look, pod: &Pod) -> bool {
    let job_failed = look.end.as_ref().is_some_and(|end| &*end.type_ != SUCCESS_CRITERIA_MET);
    (job_failed || has_failed(pod, &look.job)) && failure(&look.job, pod) != Failure::Ignored
}

/// Tells which indexes succeeded and which failed; true if that changed the status.
fn tell_indexes(look: &mut Look, new: &[Interval]) -> bool {
    look.succeeded_indexes = look.succeeded_indexes.with(new);
    let succeeded = look.succeeded_indexes.to_string();
    let failed = look.failed_indexes.as_ref().map(|indexes| indexes.to_string().into());
    let status = &mut look.status;
    status.succeeded = look.succeeded_indexes.total();
    let completed = (!succeeded.is_empty()).then(|| succeeded.into());
    let changed = status.completed_indexes != completed || status.failed_indexes != failed;
    (status.completed_indexes, status.failed_indexes) = (completed, failed);
    changed
}

/// Tells that the end has come before any pod is released; true if that changed the status. The end itself follows
/// when all pods are gone.
fn announce_end(look: &mut Look, date: Time) -> bool {
    let Some(end) = &mut look.end else { return false };
    let conditions = &mut look.status.conditions;
    let (type_, new) = match &*end.type_ {
        FAILURE_TARGET => (jobs::FAILED, true),
        SUCCESS_CRITERIA_MET => {
            let known = conditions.iter().any(|c| &*c.type_ == SUCCESS_CRITERIA_MET && &*c.status == "True");
            (jobs::COMPLETE, !known)
        }
        _ => return false,
    };
    let (reason, message) = (end.reason.clone().unwrap_or_default(), end.message.clone().unwrap_or_default());
    let then = std::mem::replace(end, condition(type_, &reason, &message, date));
    if new {
        conditions.push(then);
    }
    new
}

/// Ends the Job if nothing is left to wait for (upstream: `enactJobFinished`).
fn finish(look: &mut Look) -> bool {
    let Some(end) = look.end.as_ref().filter(|_| look.terminating == 0) else { return false };
    let status = &mut look.status;
    if status.uncounted_terminated_pods.as_ref().is_some_and(|u| u.failed.len() + u.succeeded.len() > 0) {
        return false;
    }
    if &*end.type_ == jobs::COMPLETE {
        status.completion_time = end.last_transition_time;
    }
    status.conditions.push(end.clone());
    true
}

/// Upstream: `recordJobFinished`.
fn tell_end(look: &Look, cx: &mut Context<'_>) {
    let (job, Some(end)) = (&*look.job, &look.end) else { return };
    if &*end.type_ != jobs::COMPLETE {
        let text = |text: &Option<Str>| text.as_deref().unwrap_or_default().to_owned();
        return cx.event(job, EventType::Warning, &text(&end.reason), text(&end.message));
    }
    if job.spec.completions.is_some_and(|completions| look.status.succeeded > completions) {
        let message = "Too many succeeded pods running after completion count reached";
        cx.event(job, EventType::Warning, "TooManySucceededPods", message);
    }
    cx.event(job, EventType::Normal, "Completed", "Job completed");
}
