//! Tells how many pods there are, and whether making them fails (upstream: `replica_set_utils.go`).

use super::replication;
use crate::pods;
use orrery_api::{Kind, Pod, ReplicaSet, ReplicaSetCondition, ReplicaSetStatus, ReplicationController};
use orrery_apimachinery::{Status, StatusResult, Time};
use orrery_client::{Context, Key};
use orrery_sim::Duration;
use std::rc::Rc;

const REPLICA_FAILURE: &str = "ReplicaFailure";

/// Writes the status if it has changed. Returns after how long a ready pod becomes available.
pub(super) fn update(
    key: &Key,
    set: &ReplicaSet,
    pods: &[Rc<Pod>],
    failure: Option<&Status>,
    cx: &mut Context<'_>,
) -> StatusResult<Option<Duration>> {
    let (mut status, wait) = count(set, pods, cx);
    status.conditions = conditions(set, pods.len(), failure, cx.date());
    if status == set.status {
        return Ok(wait);
    }
    let written = if key.kind == Kind::ReplicaSet {
        cx.modify_status::<ReplicaSet>(&key.namespace, &key.name, |set| set.status = status).map(drop)
    } else {
        let status = replication::status(status);
        let write = |controller: &mut ReplicationController| controller.status = status;
        cx.modify_status(&key.namespace, &key.name, write).map(drop)
    };
    match written {
        Err(gone) if gone.is_not_found() => Ok(None),
        outcome => outcome.map(|()| wait),
    }
}

fn count(set: &ReplicaSet, pods: &[Rc<Pod>], cx: &Context<'_>) -> (ReplicaSetStatus, Option<Duration>) {
    let mut status = ReplicaSetStatus {
        replicas: i32::try_from(pods.len()).unwrap_or(i32::MAX),
        observed_generation: set.metadata.generation,
        ..Default::default()
    };
    let template = &set.spec.template.metadata.labels;
    let mut next: Option<Duration> = None;
    for pod in pods {
        let labels = &pod.metadata.labels;
        let labelled = labels.same(template) || template.iter().all(|(k, v)| labels.get(k) == Some(v));
        status.fully_labeled_replicas += i32::from(labelled);
        let Some(wait) = pods::until_available(pod, set.spec.min_ready_seconds, cx.api(), cx.now()) else {
            continue;
        };
        status.ready_replicas += 1;
        if wait.is_zero() {
            status.available_replicas += 1;
        } else {
            next = Some(next.map_or(wait, |n| n.min(wait)));
        }
    }
    (status, next)
}

/// Whether it is told that pods cannot be made or removed.
pub(super) fn fails(set: &ReplicaSet) -> bool {
    set.status.conditions.iter().any(|c| &*c.type_ == REPLICA_FAILURE)
}

fn conditions(
    set: &ReplicaSet,
    pods: usize,
    failure: Option<&Status>,
    date: Time,
) -> Vec<ReplicaSetCondition> {
    let mut conditions = set.status.conditions.clone();
    let known = fails(set);
    match failure {
        None => conditions.retain(|c| &*c.type_ != REPLICA_FAILURE),
        Some(status) if !known => {
            let missing = i64::try_from(pods).is_ok_and(|n| n < i64::from(set.spec.replicas.unwrap_or(1)));
            conditions.push(ReplicaSetCondition {
                type_: REPLICA_FAILURE.into(),
                status: "True".into(),
                reason: Some(if missing { "FailedCreate" } else { "FailedDelete" }.into()),
                message: Some(status.message.as_str().into()),
                last_transition_time: Some(date),
            });
        }
        Some(_) => {}
    }
    conditions
}
