//! VolumeRestrictions: the claims of a pod must be there, ReadWriteOncePod means one pod, and some disks
//! are for one pod of a node.

use crate::framework::{ClusterEvent, Cycle, CycleState, Plugin, PreFilter, Status};
use crate::node_info::NodeInfo;
use crate::pod_info::PodInfo;
use orrery_api::{PersistentVolumeClaim, Volume};
use orrery_apimachinery::Str;

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
        let mut checked = names_disks(cycle.info);
        for name in &cycle.info.claims {
            let Some(claim) = cycle.api.get::<PersistentVolumeClaim>(namespace, name) else {
                return Err(Status::unresolvable(format!("persistentvolumeclaim \"{name}\" not found")));
            };
            checked |= for_one_pod(claim) && cycle.cache.users_of_claim(namespace, name) > 0;
        }
        Ok(if checked { PreFilter::AllNodes } else { PreFilter::Skip })
    }

    fn filter(&self, cycle: &Cycle<'_>, _state: &CycleState, node: &NodeInfo) -> Result<(), Status> {
        if names_disks(cycle.info) && node.pods.values().any(|other| share_disk(cycle.info, &other.info)) {
            return Err(Status::unschedulable("node(s) had no available disk"));
        }
        let namespace = &cycle.pod.metadata.namespace;
        for name in &cycle.info.claims {
            let claim = cycle.api.get::<PersistentVolumeClaim>(namespace, name);
            if claim.is_some_and(|claim| for_one_pod(claim)) && in_use(cycle, node, name) {
                return Err(Status::unschedulable(
                    "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode",
                ));
            }
        }
        Ok(())
    }

    fn looks_at_node_only(&self, info: &PodInfo) -> bool {
        info.claims.is_empty()
    }

    fn worth_retrying(&self, cycle: &Cycle<'_>, event: &ClusterEvent<'_>) -> bool {
        match event {
            ClusterEvent::AssignedPodDelete(gone) => {
                gone.pod.metadata.namespace == cycle.pod.metadata.namespace
                    && (share_disk(cycle.info, &gone.info)
                        || gone.info.claims.iter().any(|claim| cycle.info.claims.contains(claim)))
            }
            ClusterEvent::Node { change, .. } if change.added => true,
            event => event.changes_taints() || event.is_claim_of(cycle.pod, false),
        }
    }
}

fn for_one_pod(claim: &PersistentVolumeClaim) -> bool {
    claim.spec.access_modes.iter().any(|mode| &**mode == ONCE_POD)
}

/// Whether another pod has the claim, be it on any node; of `node` those count that it is said to have.
fn in_use(cycle: &Cycle<'_>, node: &NodeInfo, claim: &Str) -> bool {
    let namespace = &cycle.pod.metadata.namespace;
    let on = |node: &NodeInfo| {
        let uses = |pod: &crate::node_info::AssignedPod| {
            pod.pod.metadata.namespace == *namespace && pod.info.claims.contains(claim)
        };
        node.pods.values().filter(|pod| uses(pod)).count()
    };
    let everywhere = usize::try_from(cycle.cache.users_of_claim(namespace, claim)).unwrap_or(usize::MAX);
    everywhere + on(node) > on(cycle.cache.info(node.slot))
}

fn is_disk(volume: &Volume) -> bool {
    volume.gce_persistent_disk.is_some()
        || volume.aws_elastic_block_store.is_some()
        || volume.rbd.is_some()
        || volume.iscsi.is_some()
}

fn names_disks(info: &PodInfo) -> bool {
    info.spec.volumes.iter().any(is_disk)
}

/// Whether two pods name a disk that only one pod of a node can have.
fn share_disk(pod: &PodInfo, other: &PodInfo) -> bool {
    let (ours, others) = (&pod.spec.volumes, &other.spec.volumes);
    ours.iter().filter(|a| is_disk(a)).any(|a| others.iter().any(|b| same_disk(a, b)))
}

/// Whether two volumes are one disk, and not both only read it (upstream: `isVolumeConflict`).
fn same_disk(a: &Volume, b: &Volume) -> bool {
    let gce = a.gce_persistent_disk.as_ref().zip(b.gce_persistent_disk.as_ref());
    let ebs = a.aws_elastic_block_store.as_ref().zip(b.aws_elastic_block_store.as_ref());
    let iscsi = a.iscsi.as_ref().zip(b.iscsi.as_ref());
    let rbd = a.rbd.as_ref().zip(b.rbd.as_ref());
    gce.is_some_and(|(a, b)| a.pd_name == b.pd_name && !(a.read_only && b.read_only))
        || ebs.is_some_and(|(a, b)| a.volume_id == b.volume_id)
        || iscsi.is_some_and(|(a, b)| a.iqn == b.iqn && !(a.read_only && b.read_only))
        || rbd.is_some_and(|(a, b)| {
            a.monitors.iter().any(|monitor| b.monitors.contains(monitor))
                && (&a.pool, &a.image) == (&b.pool, &b.image)
                && !(a.read_only && b.read_only)
        })
}
