//! What is taken of a node once the pod is there, resource by resource: what the plug-ins score that look
//! at resources (upstream: `noderesources/resource_allocation.go`).

use crate::framework::Cycle;
use crate::node_info::NodeInfo;
use crate::resources::Resources;
use orrery_api::resources::{CPU, EPHEMERAL_STORAGE, MEMORY};
use orrery_api::scheduler_configuration::ResourceSpec;

/// How much of a resource is taken, how much there is, and what the resource weighs.
pub(super) struct Share {
    pub(super) taken: i64,
    pub(super) capacity: i64,
    pub(super) weight: i64,
}

/// The share of a resource; none when the node has nothing of it, or the pod asks for nothing of one that
/// not every pod needs. With `assumed`, containers that ask for no CPU or memory count as if they did.
pub(super) fn share(
    cycle: &Cycle<'_>,
    node: &NodeInfo,
    resource: &ResourceSpec,
    assumed: bool,
) -> Option<Share> {
    let asked = if assumed { &cycle.info.scored_requests } else { &cycle.info.requests };
    let Resources { milli_cpu, memory, ephemeral_storage, .. } = node.requested;
    let (taken, capacity) = match &*resource.name {
        CPU => {
            let before = if assumed { node.scored_milli_cpu } else { milli_cpu };
            (before + asked.milli_cpu, node.allocatable.milli_cpu)
        }
        MEMORY => {
            let before = if assumed { node.scored_memory } else { memory };
            (before + asked.memory, node.allocatable.memory)
        }
        EPHEMERAL_STORAGE => {
            (ephemeral_storage + asked.ephemeral_storage, node.allocatable.ephemeral_storage)
        }
        name if asked.scalar(name) == 0 => return None,
        name => (node.requested.scalar(name) + asked.scalar(name), node.allocatable.scalar(name)),
    };
    (capacity != 0).then_some(Share { taken, capacity, weight: resource.weight })
}
