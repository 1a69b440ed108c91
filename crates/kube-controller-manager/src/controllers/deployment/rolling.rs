//! Rolling updates: the new ReplicaSet grows as far as the surge allows, the old ones shrink as far as
//! enough pods stay available (upstream: `rolling.go`).

use super::progress;
use super::replica_sets::{self, ReplicaSets, max_unavailable, replicas, sum, wanted};
use super::sync::{Rollout, oldest_first};
use crate::Action;
use orrery_api::ReplicaSet;
use orrery_apimachinery::StatusResult;
use std::rc::Rc;

/// Old ReplicaSets as they are now, and how many pods fewer they ask for.
type Shrunk = (Vec<Rc<ReplicaSet>>, i32);

impl Rollout<'_, '_> {
    /// One step of a rolling update: up, or down, or tidying up.
    pub(super) fn roll(&mut self, mut sets: ReplicaSets) -> StatusResult<Action> {
        let new = self.ensure_new(&mut sets)?;
        let moved = self.grow_new(&sets, &new)? || self.shrink_old(&sets, &new)?;
        if !moved && progress::is_complete(&self.deployment, &self.deployment.status) {
            self.clean_up(&sets)?;
        }
        self.write_rollout_status(&sets)
    }

    /// Scales the new ReplicaSet; true when that changed it (upstream: `reconcileNewReplicaSet`).
    fn grow_new(&mut self, sets: &ReplicaSets, new: &ReplicaSet) -> StatusResult<bool> {
        let (present, size) = (wanted(new), replicas(&self.deployment));
        let next = if present > size {
            size
        } else {
            replica_sets::new_size(&self.deployment, present, sum(sets.all(), wanted))
        };
        if next != present {
            self.resize(new, next)?;
        }
        Ok(next != present)
    }

    /// Scales old ReplicaSets down; true when that changed one (upstream: `reconcileOldReplicaSets`).
    fn shrink_old(&mut self, sets: &ReplicaSets, new: &ReplicaSet) -> StatusResult<bool> {
        let old = oldest_first(sets.active_old());
        if old.is_empty() {
            return Ok(false);
        }
        let least = replicas(&self.deployment) - max_unavailable(&self.deployment);
        let coming = wanted(new) - new.status.available_replicas;
        let spare = sum(sets.all(), wanted) - least - coming;
        if spare <= 0 {
            return Ok(false);
        }
        let Some((old, cleaned)) = self.drop_unhealthy(old, spare)? else { return Ok(false) };
        let available = sum(old.iter().chain(&sets.new), |s| s.status.available_replicas);
        let removed = self.drop_available(&old, available - least)?;
        Ok(cleaned + removed > 0)
    }

    /// Old pods that are not available serve nobody and go first, up to `most` of them. `None` when a
    /// ReplicaSet has not caught up with its last change yet (upstream: `cleanupUnhealthyReplicas`).
    fn drop_unhealthy(&mut self, old: Vec<Rc<ReplicaSet>>, most: i32) -> StatusResult<Option<Shrunk>> {
        let mut dropped = 0;
        let mut left = Vec::new();
        for set in old {
            let unhealthy = wanted(&set) - set.status.available_replicas;
            if unhealthy < 0 && dropped < most {
                return Ok(None);
            }
            let count = unhealthy.min(most - dropped);
            if count > 0 {
                left.push(self.resize(&set, wanted(&set) - count)?);
                dropped += count;
            } else {
                left.push(set);
            }
        }
        Ok(Some((left, dropped)))
    }

    /// Takes `most` pods away from old ReplicaSets (upstream: `scaleDownOldReplicaSetsForRollingUpdate`).
    fn drop_available(&mut self, old: &[Rc<ReplicaSet>], most: i32) -> StatusResult<i32> {
        let mut dropped = 0;
        for set in old {
            let count = wanted(set).min(most - dropped);
            if count > 0 {
                self.resize(set, wanted(set) - count)?;
                dropped += count;
            }
        }
        Ok(dropped)
    }
}
