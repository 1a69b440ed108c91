//! NodeName: a pod that names its node goes nowhere else.

use crate::framework::{ClusterEvent, Cycle, CycleState, Plugin, PreFilter, Status};
use crate::node_info::NodeInfo;

/// The plug-in.
#[derive(Debug)]
pub struct NodeName;

impl Plugin for NodeName {
    fn name(&self) -> &'static str {
        "NodeName"
    }

    fn pre_filter(&self, cycle: &Cycle<'_>, _state: &CycleState) -> Result<PreFilter, Status> {
        Ok(if cycle.pod.node_name.is_none() { PreFilter::Skip } else { PreFilter::AllNodes })
    }

    fn filter(&self, cycle: &Cycle<'_>, _state: &CycleState, node: &NodeInfo) -> Result<(), Status> {
        match &cycle.pod.node_name {
            Some(name) if *name != node.name => {
                Err(Status::unresolvable("node(s) didn't match the requested node name"))
            }
            _ => Ok(()),
        }
    }

    fn worth_retrying(&self, _cycle: &Cycle<'_>, event: &ClusterEvent<'_>) -> bool {
        matches!(event, ClusterEvent::Node { change, .. } if change.added || change.taints)
    }
}
