//! NodeResourcesBalancedAllocation: CPU and memory of a node should run out together.

use crate::framework::{ClusterEvent, Cycle, CycleState, MAX_NODE_SCORE, Plugin};
use crate::node_info::NodeInfo;

/// The plug-in.
#[derive(Debug)]
pub struct NodeResourcesBalancedAllocation;

impl Plugin for NodeResourcesBalancedAllocation {
    fn name(&self) -> &'static str {
        "NodeResourcesBalancedAllocation"
    }

    fn pre_score(&self, _cycle: &Cycle<'_>, _state: &mut CycleState, _feasible: &[usize]) -> bool {
        true
    }

    /// 100 less the standard deviation of the taken shares: of two shares it is half their distance.
    ///
    /// Deviation: upstream computes in floating point; these are the exact fractions.
    fn score(&self, cycle: &Cycle<'_>, _state: &CycleState, node: &NodeInfo) -> i64 {
        let asked = &cycle.info.requests;
        let cpu = share(node.requested.milli_cpu + asked.milli_cpu, node.allocatable.milli_cpu);
        let memory = share(node.requested.memory + asked.memory, node.allocatable.memory);
        let (Some((cpu, cpus)), Some((memory, memories))) = (cpu, memory) else { return MAX_NODE_SCORE };
        let whole = 2 * cpus * memories;
        let distance = (cpu * memories - memory * cpus).abs();
        i64::try_from(i128::from(MAX_NODE_SCORE) * (whole - distance) / whole).unwrap_or(0)
    }

    fn worth_retrying(&self, _cycle: &Cycle<'_>, _event: &ClusterEvent<'_>) -> bool {
        false
    }
}

/// The taken share as a fraction of at most one; `None` when the node has none of the resource.
fn share(taken: i64, capacity: i64) -> Option<(i128, i128)> {
    (capacity > 0).then(|| (i128::from(taken.min(capacity)), i128::from(capacity)))
}
