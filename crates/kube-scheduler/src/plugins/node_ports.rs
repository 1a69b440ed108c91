//! NodePorts: a port of a node can be had once.

use crate::framework::{ClusterEvent, Cycle, CycleState, Plugin, PreFilter, Status};
use crate::node_info::NodeInfo;
use crate::pod_info::HostPort;

/// The plug-in.
#[derive(Debug)]
pub struct NodePorts;

impl Plugin for NodePorts {
    fn name(&self) -> &'static str {
        "NodePorts"
    }

    fn pre_filter(&self, cycle: &Cycle<'_>, _state: &CycleState) -> Result<PreFilter, Status> {
        Ok(if cycle.info.host_ports.is_empty() { PreFilter::Skip } else { PreFilter::AllNodes })
    }

    fn filter(&self, cycle: &Cycle<'_>, _state: &CycleState, node: &NodeInfo) -> Result<(), Status> {
        if !conflict(&cycle.info.host_ports, &node.ports) {
            return Ok(());
        }
        Err(Status::unschedulable("node(s) didn't have free ports for the requested pod ports"))
    }

    fn worth_retrying(&self, cycle: &Cycle<'_>, event: &ClusterEvent<'_>) -> bool {
        match event {
            ClusterEvent::AssignedPodDelete(gone) => conflict(&cycle.info.host_ports, &gone.info.host_ports),
            ClusterEvent::Node { change, .. } => change.added || change.taints,
            _ => false,
        }
    }
}

fn conflict(wanted: &[HostPort], held: &[HostPort]) -> bool {
    wanted.iter().any(|port| held.iter().any(|other| port.conflicts(other)))
}
