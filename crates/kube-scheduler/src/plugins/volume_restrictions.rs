//! VolumeRestrictions: the claims of a pod must be there, and ReadWriteOncePod means one pod.

use crate::framework::{ClusterEvent, Cycle, CycleState, Plugin, PreFilter, Status};
use crate::node_info::NodeInfo;
use crate::pod_info::PodInfo;
use orrery_api::PersistentVolumeClaim;

const ONCE_POD: &str = "ReadWriteOncePod";

/// The plug-in.
#[derive(Debug)]
pub struct VolumeRestrictions;

impl Plugin for VolumeRestrictions {
    fn name(&self) -> &'static str {
        "VolumeRestrictions"
    }

    fn pre_filter(&self, cycle: &Cycle<'_>, _state: &CycleState) -> Result<PreFilter, Status> {
        let namespace = &cycle.pod.metadata.namespace;
        for name in &cycle.info.claims {
            if cycle.api.get::<PersistentVolumeClaim>(namespace, name).is_none() {
                return Err(Status::unresolvable(format!("persistentvolumeclaim \"{name}\" not found")));
            }
        }
        Ok(if in_use(cycle) { PreFilter::AllNodes } else { PreFilter::Skip })
    }

    fn filter(&self, _cycle: &Cycle<'_>, _state: &CycleState, _node: &NodeInfo) -> Result<(), Status> {
        Err(Status::unschedulable(
            "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode",
        ))
    }

    fn looks_at_node_only(&self, info: &PodInfo) -> bool {
        info.claims.is_empty()
    }

    fn worth_retrying(&self, cycle: &Cycle<'_>, event: &ClusterEvent<'_>) -> bool {
        match event {
            ClusterEvent::AssignedPodDelete(gone) => {
                gone.info.claims.iter().any(|claim| cycle.info.claims.contains(claim))
            }
            ClusterEvent::Node { change, .. } if change.added => true,
            event => event.changes_taints() || event.is_claim_of(cycle.pod, false),
        }
    }
}

/// Whether another pod has a claim of this one that only one pod may have.
fn in_use(cycle: &Cycle<'_>) -> bool {
    let namespace = &cycle.pod.metadata.namespace;
    cycle.info.claims.iter().any(|name| {
        let claim = cycle.api.get::<PersistentVolumeClaim>(namespace, name);
        claim.is_some_and(|c| c.spec.access_modes.iter().any(|mode| &**mode == ONCE_POD))
            && cycle.cache.users_of_claim(namespace, name) > 0
    })
}
