//! NodeUnschedulable: cordoned nodes take no new pods.

use crate::framework::{ClusterEvent, Cycle, CycleState, Plugin, PreFilter, Status};
use crate::node_info::NodeInfo;
use crate::pod_info::PodInfo;
use orrery_api::Taint;

/// The taint that stands for a cordon; who tolerates it is not kept away by the cordon either.
const UNSCHEDULABLE: &str = "node.kubernetes.io/unschedulable";

/// The plug-in.
#[derive(Debug)]
pub struct NodeUnschedulable;

impl Plugin for NodeUnschedulable {
    fn name(&self) -> &'static str {
        "NodeUnschedulable"
    }

    fn pre_filter(&self, _cycle: &Cycle<'_>, _state: &CycleState) -> Result<PreFilter, Status> {
        Ok(PreFilter::AllNodes)
    }

    fn filter(&self, cycle: &Cycle<'_>, _state: &CycleState, node: &NodeInfo) -> Result<(), Status> {
        if !node.unschedulable() || tolerates_cordon(cycle.info) {
            return Ok(());
        }
        Err(Status::unresolvable("node(s) were unschedulable"))
    }

    fn worth_retrying(&self, cycle: &Cycle<'_>, event: &ClusterEvent<'_>) -> bool {
        match event {
            ClusterEvent::Node { node, was, .. } => {
                !node.unschedulable() && was.is_none_or(|was| was.spec.unschedulable)
            }
            ClusterEvent::PodTolerations => tolerates_cordon(cycle.info),
            _ => false,
        }
    }
}

fn tolerates_cordon(info: &PodInfo) -> bool {
    let taint = Taint { key: UNSCHEDULABLE.into(), effect: "NoSchedule".into(), ..Default::default() };
    taint.tolerated_by(&info.spec.tolerations)
}
