//! NodeResourcesFit: a pod needs room for what it asks for; the emptier node is the better one, or the
//! fuller one, if the scheduler is told so.

use super::resource_allocation::share;
use crate::framework::{ClusterEvent, Code, Cycle, CycleState, MAX_NODE_SCORE, Plugin, PreFilter, Status};
use crate::node_info::{NodeInfo, allowed_pods};
use crate::pod_info::PodInfo;
use crate::resources::Resources;
use orrery_api::Node;
use orrery_api::scheduler_configuration::{NodeResourcesFitArgs, UtilizationShapePoint};
use orrery_apimachinery::Str;

/// The plug-in.
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
        let args = &cycle.profile.args.fit;
        if fits(cycle.info, node, args) {
            return Ok(());
        }
        Err(Status { code: Code::Unschedulable, reasons: lacking(cycle.info, node, args).into() })
    }

    fn pre_score(&self, _cycle: &Cycle<'_>, _state: &mut CycleState, _feasible: &[usize]) -> bool {
        true
    }

    fn score(&self, cycle: &Cycle<'_>, _state: &CycleState, node: &NodeInfo) -> i64 {
        let strategy = &cycle.profile.args.fit.scoring_strategy;
        let ratio = strategy.requested_to_capacity_ratio.as_ref();
        let by_ratio = &*strategy.type_ == "RequestedToCapacityRatio";
        let (mut sum, mut weights) = (0, 0);
        for resource in &strategy.resources {
            let Some(share) = share(cycle, node, resource, true) else { continue };
            let score = match &*strategy.type_ {
                "LeastAllocated" => percent((share.capacity - share.taken).max(0), share.capacity),
                "MostAllocated" => percent(share.taken.min(share.capacity), share.capacity),
                _ => {
                    let taken =
                        if share.taken > share.capacity { 100 } else { percent(share.taken, share.capacity) };
                    ratio.map_or(0, |ratio| on_shape(&ratio.shape, taken))
                }
            };
            // A score of nothing does not count at all by ratio.
            if score > 0 || !by_ratio {
                sum += score * share.weight;
                weights += share.weight;
            }
        }
        match weights {
            0 => 0,
            _ if by_ratio => (2 * sum + weights) / (2 * weights),
            _ => sum / weights,
        }
    }

    fn worth_retrying(&self, cycle: &Cycle<'_>, event: &ClusterEvent<'_>) -> bool {
        match event {
            ClusterEvent::AssignedPodDelete(_) => true,
            ClusterEvent::Node { node, was, change } => {
                change.taints
                    || (change.added || change.allocatable)
                        && fits(cycle.info, &node.empty(), &NodeResourcesFitArgs::default())
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

/// The score at a share in percent, on the lines between the points; a point scores up to ten
/// (upstream: `BuildBrokenLinearFunction`).
fn on_shape(shape: &[UtilizationShapePoint], share: i64) -> i64 {
    let at = |point: &UtilizationShapePoint| (i64::from(point.utilization), 10 * i64::from(point.score));
    let (mut before, mut last) = (None, 0);
    for point in shape {
        let (utilization, score) = at(point);
        if share <= utilization {
            let Some((from, base)) = before else { return score };
            return base + (score - base) * (share - from) / (utilization - from);
        }
        (before, last) = (Some((utilization, score)), score);
    }
    last
}

/// Whether there is room; the quick way, without the reasons.
fn fits(info: &PodInfo, node: &NodeInfo, args: &NodeResourcesFitArgs) -> bool {
    let (asked, taken, capacity) = (&info.requests, &node.requested, &node.allocatable);
    let enough = |asked: i64, taken: i64, capacity: i64| asked <= 0 || asked <= capacity - taken;
    node.pods.len() < node.allowed_pods
        && enough(asked.milli_cpu, taken.milli_cpu, capacity.milli_cpu)
        && enough(asked.memory, taken.memory, capacity.memory)
        && enough(asked.ephemeral_storage, taken.ephemeral_storage, capacity.ephemeral_storage)
        && asked.scalar.iter().all(|(name, &amount)| {
            enough(amount, taken.scalar(name), capacity.scalar(name)) || ignored(name, args)
        })
}

/// What there is too little of (upstream: `fitsRequest`).
fn lacking(info: &PodInfo, node: &NodeInfo, args: &NodeResourcesFitArgs) -> Vec<Str> {
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
    for (name, &amount) in asked.scalar.iter().filter(|(name, _)| !ignored(name, args)) {
        check(name, amount, taken.scalar(name), capacity.scalar(name));
    }
    reasons
}

/// Whether an extended resource is not counted.
fn ignored(name: &Str, args: &NodeResourcesFitArgs) -> bool {
    let group = name.split_once('/').map_or("", |(group, _)| group);
    args.ignored_resources.contains(name)
        || args.ignored_resource_groups.iter().any(|ignored| &**ignored == group)
}
