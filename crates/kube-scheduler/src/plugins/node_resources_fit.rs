//! NodeResourcesFit: a pod needs room for what it asks for; the emptier node is the better one.

use crate::framework::{ClusterEvent, Code, Cycle, CycleState, MAX_NODE_SCORE, Plugin, PreFilter, Status};
use crate::node_info::{NodeInfo, allowed_pods};
use crate::pod_info::PodInfo;
use crate::resources::Resources;
use orrery_api::Node;
use orrery_apimachinery::Str;

/// The plug-in, with the strategy LeastAllocated.
#[derive(Debug)]
pub struct NodeResourcesFit;

impl Plugin for NodeResourcesFit {
    fn name(&self) -> &'static str {
        "NodeResourcesFit"
    }

    fn pre_filter(&self, _cycle: &Cycle<'_>, _state: &CycleState) -> Result<PreFilter, Status> {
        Ok(PreFilter::AllNodes)
    }

    fn filter(&self, cycle: &Cycle<'_>, _state: &CycleState, node: &NodeInfo) -> Result<(), Status> {
        if fits(cycle.info, node) {
            return Ok(());
        }
        Err(Status { code: Code::Unschedulable, reasons: lacking(cycle.info, node).into() })
    }

    fn pre_score(&self, _cycle: &Cycle<'_>, _state: &mut CycleState, _feasible: &[usize]) -> bool {
        true
    }

    /// The mean of what stays free of CPU and of memory, in percent.
    fn score(&self, cycle: &Cycle<'_>, _state: &CycleState, node: &NodeInfo) -> i64 {
        let asked = &cycle.info.scored_requests;
        let shares = [
            (node.scored_milli_cpu + asked.milli_cpu, node.allocatable.milli_cpu),
            (node.scored_memory + asked.memory, node.allocatable.memory),
        ];
        let (mut sum, mut resources) = (0, 0);
        for (taken, capacity) in shares.into_iter().filter(|(_, capacity)| *capacity > 0) {
            resources += 1;
            if taken <= capacity {
                sum += percent(capacity - taken, capacity);
            }
        }
        if resources == 0 { 0 } else { sum / resources }
    }

    fn worth_retrying(&self, cycle: &Cycle<'_>, event: &ClusterEvent<'_>) -> bool {
        match event {
            ClusterEvent::AssignedPodDelete(_) => true,
            ClusterEvent::Node { node, was, change } => {
                change.taints
                    || (change.added || change.allocatable)
                        && fits(cycle.info, &node.empty())
                        && was.is_none_or(|was| offers_more(cycle.info, was, node))
            }
            _ => false,
        }
    }
}

/// Whether the node has more of anything that the pod asks for than it had
/// (upstream: `haveAnyRequestedResourcesIncreased`).
fn offers_more(info: &PodInfo, was: &Node, is: &NodeInfo) -> bool {
    let (asked, had, has) = (&info.requests, Resources::of(&was.status.allocatable), &is.allocatable);
    is.allowed_pods > allowed_pods(was)
        || asked.milli_cpu > 0 && has.milli_cpu > had.milli_cpu
        || asked.memory > 0 && has.memory > had.memory
        || asked.ephemeral_storage > 0 && has.ephemeral_storage > had.ephemeral_storage
        || asked.scalar.iter().any(|(name, &asked)| asked > 0 && has.scalar(name) > had.scalar(name))
}

fn percent(part: i64, whole: i64) -> i64 {
    let percent = i128::from(part) * i128::from(MAX_NODE_SCORE) / i128::from(whole);
    i64::try_from(percent).unwrap_or(MAX_NODE_SCORE)
}

/// Whether there is room; the quick way, without the reasons.
fn fits(info: &PodInfo, node: &NodeInfo) -> bool {
    let (asked, taken, capacity) = (&info.requests, &node.requested, &node.allocatable);
    let enough = |asked: i64, taken: i64, capacity: i64| asked <= 0 || asked <= capacity - taken;
    node.pods.len() < node.allowed_pods
        && enough(asked.milli_cpu, taken.milli_cpu, capacity.milli_cpu)
        && enough(asked.memory, taken.memory, capacity.memory)
        && enough(asked.ephemeral_storage, taken.ephemeral_storage, capacity.ephemeral_storage)
        && asked
            .scalar
            .iter()
            .all(|(name, &amount)| enough(amount, taken.scalar(name), capacity.scalar(name)))
}

/// What there is too little of (upstream: `fitsRequest`).
fn lacking(info: &PodInfo, node: &NodeInfo) -> Vec<Str> {
    let (asked, taken, capacity) = (&info.requests, &node.requested, &node.allocatable);
    let mut reasons: Vec<Str> = Vec::new();
    if node.pods.len() >= node.allowed_pods {
        reasons.push("Too many pods".into());
    }
    let mut check = |name: &str, asked: i64, taken: i64, capacity: i64| {
        if asked > 0 && asked > capacity - taken {
            reasons.push(format!("Insufficient {name}").into());
        }
    };
    check("cpu", asked.milli_cpu, taken.milli_cpu, capacity.milli_cpu);
    check("memory", asked.memory, taken.memory, capacity.memory);
    check("ephemeral-storage", asked.ephemeral_storage, taken.ephemeral_storage, capacity.ephemeral_storage);
    for (name, &amount) in &asked.scalar {
        check(name, amount, taken.scalar(name), capacity.scalar(name));
    }
    reasons
}
