//! NodePorts: a port of a node can be had once.

use crate::framework::{ClusterEvent, Cycle, Plugin, PreFilter, Status};
use crate::node_info::NodeInfo;
use crate::pod_info::{HostPort, PodInfo};
use orrery_api::Pod;

/// The plug-in.
#[derive(Debug)]
pub struct NodePorts;

impl Plugin for NodePorts {
    fn name(&self) -> &'static str {
        "NodePorts"
    }

    fn pre_filter(&self, cycle: &Cycle<'_>) -> Result<PreFilter, Status> {
        Ok(if cycle.info.host_ports.is_empty() { PreFilter::Skip } else { PreFilter::AllNodes })
    }

    fn filter(&self, cycle: &Cycle<'_>, node: &NodeInfo) -> Result<(), Status> {
        if !conflict(&cycle.info.host_ports, &node.ports) {
            return Ok(());
        }
        Err(Status::unschedulable("node(s) didn't have free ports for the requested pod ports"))
    }

    fn worth_retrying(&self, _pod: &Pod, info: &PodInfo, event: &ClusterEvent<'_>) -> bool {
        match event {
            ClusterEvent::AssignedPodDelete(gone) => conflict(&info.host_ports, &gone.host_ports),
            ClusterEvent::Node { change, .. } => change.added || change.taints,
            _ => false,
        }
    }
}

fn conflict(wanted: &[HostPort], held: &[HostPort]) -> bool {
    wanted.iter().any(|port| held.iter().any(|other| port.conflicts(other)))
}
