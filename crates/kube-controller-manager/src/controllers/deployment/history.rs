//! Revisions: how ReplicaSets are numbered, what else is noted on them, and when old ones are forgotten.

use super::replica_sets::{self, ReplicaSets, wanted};
use super::sync::Rollout;
use orrery_api::{Deployment, Kind, ReplicaSet};
use orrery_apimachinery::Order;
use orrery_apimachinery::{Status, StatusResult, StrMap};
use orrery_client::{DeleteOptions, Key};
use std::rc::Rc;

/// The number of the template, counted from one.
pub(super) const REVISION: &str = "deployment.kubernetes.io/revision";
const REVISION_HISTORY: &str = "deployment.kubernetes.io/revision-history";
const DESIRED_REPLICAS: &str = "deployment.kubernetes.io/desired-replicas";
const MAX_REPLICAS: &str = "deployment.kubernetes.io/max-replicas";

/// The revision that the deployment is to go back to, as former versions of the API kept it.
pub(super) const ROLLBACK_TO: &str = "deprecated.deployment.rollback.to";

/// Annotations of a deployment that its ReplicaSets do not take over.
const NOT_COPIED: [&str; 6] = [
    "kubectl.kubernetes.io/last-applied-configuration",
    REVISION,
    REVISION_HISTORY,
    DESIRED_REPLICAS,
    MAX_REPLICAS,
    ROLLBACK_TO,
];

/// No more characters of former revisions are kept.
const MAX_HISTORY: usize = 2_000;

fn number(annotations: &StrMap, key: &str) -> Option<i64> {
    annotations.get(key)?.parse().ok()
}

/// The revision of a ReplicaSet; zero when it has none.
pub(super) fn revision(set: &ReplicaSet) -> i64 {
    number(&set.metadata.annotations, REVISION).unwrap_or(0)
}

/// How many pods the deployment asked for when the ReplicaSet was last scaled.
pub(super) fn desired_replicas(set: &ReplicaSet) -> Option<i32> {
    number(&set.metadata.annotations, DESIRED_REPLICAS).and_then(|n| i32::try_from(n).ok())
}

/// How many pods the deployment could have had at most when the ReplicaSet was last scaled.
pub(super) fn max_replicas(set: &ReplicaSet) -> Option<i32> {
    number(&set.metadata.annotations, MAX_REPLICAS).and_then(|n| i32::try_from(n).ok())
}

/// Notes on a ReplicaSet how large its deployment is.
pub(super) fn note_size(annotations: &mut StrMap, deployment: &Deployment) {
    let replicas = replica_sets::replicas(deployment);
    annotations.insert(DESIRED_REPLICAS, replicas.to_string());
    let most = replicas.saturating_add(replica_sets::max_surge(deployment));
    annotations.insert(MAX_REPLICAS, most.to_string());
}

/// Takes over the deployment's annotations and numbers the ReplicaSet `revision` if that is higher
/// (upstream: `SetNewReplicaSetAnnotations`).
pub(super) fn annotate(annotations: &mut StrMap, deployment: &Deployment, revision: i64) {
    for (key, value) in deployment.metadata.annotations.iter().filter(|(k, _)| !NOT_COPIED.contains(&&***k)) {
        annotations.insert(key.clone(), value.clone());
    }
    let known = annotations.get(REVISION).cloned();
    if number(annotations, REVISION).unwrap_or(0) >= revision {
        return;
    }
    annotations.insert(REVISION, revision.to_string());
    if let Some(former) = known {
        remember(annotations, &former);
    }
}

/// A template that is used again keeps the numbers that it had before, the oldest are forgotten first.
fn remember(annotations: &mut StrMap, former: &str) {
    let history = annotations.get(REVISION_HISTORY).cloned().unwrap_or_else(|| "".into());
    let mut numbers: Vec<&str> = history.split(',').filter(|n| !n.is_empty()).chain([former]).collect();
    while numbers.iter().map(|n| n.len() + 1).sum::<usize>() > MAX_HISTORY + 1 {
        numbers.remove(0);
    }
    annotations.insert(REVISION_HISTORY, numbers.join(","));
}

/// Gives a deployment the annotations back that one of its ReplicaSets has taken over
/// (upstream: `SetDeploymentAnnotationsTo`).
pub(super) fn take_back(deployment: &mut StrMap, set: &StrMap) {
    let own = deployment.iter().filter(|(key, _)| NOT_COPIED.contains(&&***key));
    let copied = set.iter().filter(|(key, _)| !NOT_COPIED.contains(&&***key));
    let both = own.chain(copied).map(|(key, value)| (key.clone(), value.clone())).collect();
    *deployment = both;
}

impl Rollout<'_, '_> {
    /// Deletes the oldest ReplicaSets beyond the limit that have no pods any more (upstream: `cleanupDeployment`).
    pub(super) fn clean_up(&mut self, sets: &ReplicaSets) -> StatusResult<()> {
        let Some(limit) = self.deployment.spec.revision_history_limit.filter(|n| *n != i32::MAX) else {
            return Ok(());
        };
        let mut old: Vec<&Rc<ReplicaSet>> = sets.old.iter().filter(|s| !s.metadata.terminating()).collect();
        let too_many = old.len().saturating_sub(usize::try_from(limit).unwrap_or(0));
        old.order_by_key(|set| (revision(set), replica_sets::creation(set)));
        for set in old.into_iter().take(too_many) {
            let unseen = set.metadata.generation > set.status.observed_generation;
            if set.status.replicas == 0 && wanted(set) == 0 && !unseen {
                let key =
                    Key::new(Kind::ReplicaSet, set.metadata.namespace.clone(), set.metadata.name.clone());
                match self.cx.delete(&key, &DeleteOptions::default()) {
                    Err(status) if !Status::is_not_found(&status) => return Err(status),
                    _ => {}
                }
            }
        }
        Ok(())
    }
}
