//! What there is to say of a StatefulSet (upstream: `computeReplicaStatus`, `updateStatefulSetStatus`).

use super::identity;
use super::revisions::Revisions;
use crate::pods;
use orrery_api::{Pod, StatefulSet, StatefulSetStatus};
use orrery_apimachinery::StatusResult;
use orrery_client::Context;
use orrery_sim::Duration;
use std::rc::Rc;

/// Counts the pods. Returns as well after how long a ready pod becomes available.
pub(super) fn count(
    set: &StatefulSet,
    revisions: &Revisions,
    pods: &[Rc<Pod>],
    cx: &Context<'_>,
) -> (StatefulSetStatus, Option<Duration>) {
    let [current, update] = revisions.names();
    let mut status = StatefulSetStatus {
        observed_generation: set.metadata.generation,
        current_revision: Some(current.clone()),
        update_revision: Some(update.clone()),
        collision_count: Some(revisions.collisions),
        ..Default::default()
    };
    // Dates have whole seconds, so that a pod may be available sooner than they tell. Upstream looks after this long.
    let min_ready_seconds = u64::from(set.spec.min_ready_seconds.unsigned_abs());
    let mut next: Option<Duration> = None;
    for pod in pods.iter().filter(|pod| identity::ordinal(pod) >= 0) {
        status.replicas += 1;
        if is_running_and_ready(pod) {
            status.ready_replicas += 1;
            match pods::until_available(pod, set.spec.min_ready_seconds, cx.api(), cx.now()) {
                Some(Duration::ZERO) => status.available_replicas += 1,
                wait => next = next.into_iter().chain(wait).min(),
            }
        }
        if !pod.metadata.terminating() {
            let revision = identity::revision(pod);
            status.current_replicas += i32::from(revision == Some(current));
            status.updated_replicas += i32::from(revision == Some(update));
        }
    }
    (status, next.map(|wait| wait.min(Duration::from_secs(min_ready_seconds))))
}

/// Whether the pod runs and can serve.
pub(super) fn is_running_and_ready(pod: &Pod) -> bool {
    pod.status.phase.as_deref() == Some("Running") && pods::is_ready(pod)
}

/// Writes the status if it says anything new.
pub(super) fn write(
    set: &StatefulSet,
    mut status: StatefulSetStatus,
    cx: &mut Context<'_>,
) -> StatusResult<()> {
    complete_rolling_update(set, &mut status);
    if says_the_same(&set.status, &status) {
        return Ok(());
    }
    let meta = &set.metadata;
    match cx.modify_status::<StatefulSet>(&meta.namespace, &meta.name, |set| set.status = status) {
        Err(gone) if gone.is_not_found() => Ok(()),
        outcome => outcome.map(drop),
    }
}

/// When all pods are of the new revision and ready, it becomes the current one.
fn complete_rolling_update(set: &StatefulSet, status: &mut StatefulSetStatus) {
    let replicas = identity::replicas(set);
    let counts = [status.updated_replicas, status.ready_replicas, status.replicas];
    if set.spec.update_strategy.type_.as_deref() == Some("RollingUpdate") && counts == [replicas; 3] {
        status.current_replicas = status.updated_replicas;
        status.current_revision = status.update_revision.clone();
    }
}

/// Upstream: `inconsistentStatus`; a collision alone is not worth a write.
fn says_the_same(known: &StatefulSetStatus, status: &StatefulSetStatus) -> bool {
    let numbers = |s: &StatefulSetStatus| {
        [s.replicas, s.current_replicas, s.ready_replicas, s.updated_replicas, s.available_replicas]
    };
    status.observed_generation <= known.observed_generation
        && numbers(known) == numbers(status)
        && known.current_revision == status.current_revision
        && known.update_revision == status.update_revision
}
