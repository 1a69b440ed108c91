//! Brings a Job's pods to their number (upstream: `manageJob`).

use super::pods::{self, is_indexed, is_suspended, number, waits_for_end};
use super::sync::Look;
use super::{BATCH_PERIOD, create, orphan};
use crate::owners::Owner;
use crate::pod_control;
use orrery_api::Pod;
use orrery_apimachinery::Order;
use orrery_apimachinery::{StatusResult, Time};
use orrery_client::Context;
use orrery_sim::Duration;
use std::cmp::Reverse;
use std::rc::Rc;

/// At most so many pods are created or deleted in one look (upstream: `MaxPodCreateDeletePerSync`).
const BURST: usize = 500;

/// Deletes all active pods of a Job that has come to its end; they keep their finalizers until they are counted
/// (upstream: `deleteActivePods`).
pub(super) fn stop(look: &mut Look, cx: &mut Context<'_>) -> StatusResult<()> {
    let all = std::mem::take(&mut look.active_pods);
    let outcome = delete(look, &all, false, cx);
    if look.active > 0 {
        // It has not ended while some pods could not be deleted.
        look.end = None;
    }
    outcome
}

/// Creates pods that are missing or deletes pods that are too many.
pub(super) fn pods(look: &mut Look, cx: &mut Context<'_>) -> StatusResult<()> {
    let spec = &look.job.spec;
    let parallelism = spec.parallelism.unwrap_or(1);
    let wanted = match spec.completions {
        _ if is_suspended(&look.job) => 0,
        // One success is enough; the pods that still run go on to their end.
        None if look.succeeded > 0 => look.active,
        None => parallelism,
        Some(completions) => (completions - look.succeeded).min(parallelism).max(0),
    };
    let mut excess = excess(look, (look.active - wanted).max(0));
    if is_suspended(&look.job) {
        return delete(look, &excess, true, cx);
    }
    excess.truncate(BURST);
    if !excess.is_empty() {
        return delete(look, &excess, true, cx);
    }
    let leaving = if waits_for_end(&look.job) { look.terminating } else { 0 };
    let missing = wanted - leaving - look.active;
    if missing > 0 { add(look, missing, cx) } else { Ok(()) }
}

/// Deletes pods, with their finalizers or after taking them off (upstream: `deleteJobPods`).
fn delete(look: &mut Look, all: &[Rc<Pod>], released: bool, cx: &mut Context<'_>) -> StatusResult<()> {
    let mut outcome = Ok(());
    for pod in all {
        let mut done = if released { orphan::remove_finalizer(pod, cx) } else { Ok(()) };
        done = done.and_then(|()| pod_control::delete(Owner::of(&*look.job), &pod.metadata.name, cx));
        look.ready -= i32::from(crate::pods::is_ready(pod));
        match done {
            Err(status) if !status.is_not_found() => outcome = Err(status),
            _ => {
                look.active -= 1;
                look.terminating += 1;
            }
        }
    }
    outcome
}

fn add(look: &mut Look, missing: i32, cx: &mut Context<'_>) -> StatusResult<()> {
    let per_index = look.job.spec.backoff_limit_per_index.is_some();
    let global = if per_index { Duration::ZERO } else { look.failures.wait(cx.api(), cx.now()) };
    if !global.is_zero() {
        return postpone(look, global);
    }
    let count = missing.min(number(BURST));
    if !is_indexed(&look.job) {
        let count = usize::try_from(count).unwrap_or(0);
        return create::pods(look, count, &[], cx);
    }
    let mut indexes = pending_indexes(look, count);
    if per_index {
        match look.unreplaced.ready(indexes, cx) {
            Ok(ready) => indexes = ready,
            Err(wait) => return postpone(look, wait),
        }
    }
    create::pods(look, indexes.len(), &indexes, cx)
}

/// Looks again when the time to create pods has come. Until then upstream tells of no active pod, even if there is one
/// that is ready, and the API server refuses such a status: neither counts nor finalizers change meanwhile.
fn postpone(look: &mut Look, wait: Duration) -> StatusResult<()> {
    look.active = 0;
    look.wait(wait.max(BATCH_PERIOD));
    Ok(())
}

/// The first indexes that have neither ended nor have a pod (upstream: `firstPendingIndexes`).
fn pending_indexes(look: &Look, count: i32) -> Vec<i32> {
    let mut taken = pods::indexes(&look.active_pods);
    if waits_for_end(&look.job) {
        for pod in look.pods.iter().filter(|pod| pods::is_stopping(pod)) {
            taken.extend(pods::completion_index(pod).map(|index| (index, index)));
        }
    }
    if let Some(failed) = &look.failed_indexes {
        taken.extend(failed.intervals());
    }
    look.succeeded_indexes.with(&taken).first_missing(count, look.job.spec.completions.unwrap_or(0))
}

/// At least `count` active pods that are to go: those that repeat an index or have none that is asked for, then those
/// of which the least is lost (upstream: `activePodsForRemoval`).
fn excess(look: &Look, count: i32) -> Vec<Rc<Pod>> {
    let (mut excess, mut left) = (Vec::new(), Vec::<Rc<Pod>>::new());
    let completions = look.job.spec.completions.unwrap_or(0);
    for pod in &look.active_pods {
        let index = pods::completion_index(pod).filter(|index| *index < completions);
        match left.last_mut().filter(|last| pods::completion_index(last) == index) {
            _ if !is_indexed(&look.job) => left.push(pod.clone()),
            _ if index.is_none() => excess.push(pod.clone()),
            Some(known) if worth(known) < worth(pod) => excess.push(std::mem::replace(known, pod.clone())),
            Some(_) => excess.push(pod.clone()),
            None => left.push(pod.clone()),
        }
    }
    let more = usize::try_from(count - number(excess.len())).unwrap_or(0);
    if more > 0 {
        left.order_by_key(|pod| worth(pod));
        excess.extend(left.into_iter().take(more));
    }
    excess
}

/// How much is lost with a pod (upstream: `ActivePods`).
type Worth = (bool, u8, bool, Reverse<Time>, Reverse<(i32, i32)>, Reverse<Time>);

fn worth(pod: &Pod) -> Worth {
    let ready = crate::pods::ready_condition(pod).filter(|c| &*c.status == "True");
    (
        pod.node_name.is_some(),
        crate::pods::phase_order(pod),
        ready.is_some(),
        Reverse(ready.and_then(|c| c.last_transition_time).unwrap_or_default()),
        Reverse(crate::pods::restarts(pod)),
        Reverse(pod.metadata.creation_timestamp.unwrap_or_default()),
    )
}
