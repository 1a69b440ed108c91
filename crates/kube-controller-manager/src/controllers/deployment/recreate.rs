//! Recreate: all old pods go before the first new one comes (upstream: `recreate.go`).

use super::progress;
use super::replica_sets::{ReplicaSets, replicas, sum, wanted};
use super::sync::Rollout;
use crate::{Action, pods};
use orrery_api::{Deployment, Kind, Pod, ReplicaSet, Resource};
use orrery_apimachinery::StatusResult;
use orrery_client::ApiServer;
use std::rc::Rc;

/// Whether the deployment's strategy is Recreate.
pub(super) fn is_recreate(deployment: &Deployment) -> bool {
    deployment.spec.strategy.type_.as_deref() == Some("Recreate")
}

impl Rollout<'_, '_> {
    /// One step: old ReplicaSets down, or waiting for their pods, or the new one up.
    pub(super) fn recreate(&mut self, mut sets: ReplicaSets) -> StatusResult<Action> {
        let old = sets.active_old();
        for set in &old {
            self.resize(set, 0)?;
        }
        if !old.is_empty() || old_pods_live(&sets.old, self.cx.api()) {
            return self.write_rollout_status(&sets);
        }
        let new = self.ensure_new(&mut sets)?;
        let size = replicas(&self.deployment);
        if wanted(&new) != size {
            self.resize(&new, size)?;
        }
        if progress::is_complete(&self.deployment, &self.deployment.status) {
            self.clean_up(&sets)?;
        }
        self.write_rollout_status(&sets)
    }
}

/// Whether a pod of an old ReplicaSet still runs, be it on its way out (upstream: `oldPodsRunning`).
fn old_pods_live(old: &[Rc<ReplicaSet>], api: &ApiServer) -> bool {
    let pods = |set: &Rc<ReplicaSet>| {
        let keys = api.dependents(&set.metadata.uid).filter(|key| key.kind == Kind::Pod);
        keys.filter_map(|key| api.object(key)).filter_map(Pod::unwrap_ref).any(|pod| !pods::is_over(pod))
    };
    sum(old, |set| set.status.replicas) > 0 || old.iter().any(pods)
}
