//! Tells on how many nodes there is what (upstream: `updateDaemonSetStatus`).

use super::manage::Look;
use super::template;
use crate::pods;
use orrery_api::{DaemonSet, DaemonSetStatus};
use orrery_apimachinery::StatusResult;

impl Look<'_, '_> {
    /// Writes the status if it has changed.
    pub(super) fn write_status(&mut self) -> StatusResult<()> {
        let status = self.count();
        if status == self.set.status {
            return Ok(());
        }
        let meta = &self.set.metadata;
        self.cx.modify_status::<DaemonSet>(&meta.namespace, &meta.name, |set| set.status = status).map(drop)
    }

    fn count(&mut self) -> DaemonSetStatus {
        let mut status = DaemonSetStatus {
            collision_count: self.set.status.collision_count,
            conditions: self.set.status.conditions.clone(),
            observed_generation: self.set.metadata.generation,
            ..Default::default()
        };
        for site in self.survey() {
            let oldest = site.pods.first();
            if !site.wants() {
                status.number_misscheduled += i32::from(oldest.is_some() && site.verdict.is_some());
                continue;
            }
            status.desired_number_scheduled += 1;
            let Some(pod) = oldest else { continue };
            status.current_number_scheduled += 1;
            status.number_ready += i32::from(pods::is_ready(pod));
            status.number_available += i32::from(self.is_available(pod));
            status.updated_number_scheduled += i32::from(template::is_updated(&self.set, &self.hash, pod));
        }
        status.number_unavailable = status.desired_number_scheduled - status.number_available;
        status
    }
}
