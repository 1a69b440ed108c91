//! NodeResourcesBalancedAllocation: CPU and memory of a node, or other resources, should run out together.

use super::resource_allocation::share;
use crate::float::balance;
use crate::framework::{ClusterEvent, Cycle, CycleState, Plugin};
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

    fn score(&self, cycle: &Cycle<'_>, _state: &CycleState, node: &NodeInfo) -> i64 {
        let resources = &cycle.profile.args.balanced_allocation.resources;
        let mut shares = Vec::with_capacity(resources.len());
        for resource in resources {
            if let Some(share) = share(cycle, node, resource, false) {
                shares.push((share.taken, share.capacity));
            }
        }
        balance(&shares)
    }

    fn worth_retrying(&self, _cycle: &Cycle<'_>, _event: &ClusterEvent<'_>) -> bool {
        false
    }
}
