//! PodTopologySpread: pods of one kind are spread evenly over the parts of the cluster
//! (upstream: `plugins/podtopologyspread`).

mod constraint;
mod hard;
mod logarithm;
mod soft;

use crate::framework::{ClusterEvent, Cycle, CycleState, Plugin, PreFilter, Status};
use crate::node_info::NodeInfo;
use crate::pod_group::PodKind;
use crate::pod_info::PodInfo;
use crate::topology::NO_DOMAIN;
use constraint::{Constraint, constraints};
use hard::Hard;
use orrery_api::Node;
use soft::Softs;

/// The plug-in.
#[derive(Debug)]
pub struct PodTopologySpread;

/// What is counted for one kind of pod.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    hard: Vec<Hard>,
    soft: Softs,
}

impl Plugin for PodTopologySpread {
    fn name(&self) -> &'static str {
        "PodTopologySpread"
    }

    fn survey(&self, cycle: &Cycle<'_>, state: &mut CycleState) {
        state.pod_topology_spread = Counts { hard: hard::survey(cycle), soft: Softs::survey(cycle) };
    }

    fn count(&self, cycle: &Cycle<'_>, state: &mut CycleState, pod: &PodKind, slot: usize, by: i64) {
        let counts = &mut state.pod_topology_spread;
        counts.hard.iter_mut().for_each(|hard| hard.count(cycle, pod, slot, by));
        counts.soft.count(cycle, pod, slot, by);
    }

    fn pre_filter(&self, _cycle: &Cycle<'_>, state: &CycleState) -> Result<PreFilter, Status> {
        let free = state.pod_topology_spread.hard.is_empty();
        Ok(if free { PreFilter::Skip } else { PreFilter::AllNodes })
    }

    fn filter(&self, cycle: &Cycle<'_>, state: &CycleState, node: &NodeInfo) -> Result<(), Status> {
        state.pod_topology_spread.hard.iter().try_for_each(|hard| hard.filter(cycle, node.slot))
    }

    fn pre_score(&self, cycle: &Cycle<'_>, state: &mut CycleState, feasible: &[usize]) -> bool {
        let soft = &mut state.pod_topology_spread.soft;
        soft.weigh(cycle, feasible);
        !soft.is_empty()
    }

    fn score(&self, cycle: &Cycle<'_>, state: &CycleState, node: &NodeInfo) -> i64 {
        state.pod_topology_spread.soft.score(cycle, node.slot)
    }

    fn normalise(&self, state: &CycleState, slots: &[usize], scores: &mut [i64]) {
        state.pod_topology_spread.soft.normalise(slots, scores);
    }

    fn looks_at_node_only(&self, _info: &PodInfo) -> bool {
        false
    }

    fn worth_retrying(&self, cycle: &Cycle<'_>, event: &ClusterEvent<'_>) -> bool {
        let all = constraints(cycle, "DoNotSchedule");
        let here = |pod: &PodKind| pod.namespace == cycle.pod.metadata.namespace;
        let meant = |pod: &PodKind| here(pod) && all.iter().any(|c| c.means(&pod.labels));
        match event {
            ClusterEvent::Node { node, was, .. } => {
                node.node.as_ref().is_some_and(|node| moves_domains(&all, *was, node))
            }
            ClusterEvent::NodeDelete(node) => has_all_labels(&all, node),
            ClusterEvent::AssignedPodAdd(pod) => meant(pod),
            ClusterEvent::AssignedPodDelete(gone) => meant(&gone.kind),
            ClusterEvent::AssignedPodUpdate { was, is } => {
                here(is) && all.iter().any(|c| c.means(&was.labels) != c.means(&is.labels))
            }
            ClusterEvent::PodTolerations => all.iter().any(|c| c.honours_taints),
            ClusterEvent::PodLabels(was) => {
                all.iter().any(|c| c.means(was) != c.means(&cycle.pod.metadata.labels))
            }
            _ => false,
        }
    }
}

/// Whether a node that is new or has changed makes other domains (upstream: `isSchedulableAfterNodeChange`).
fn moves_domains(all: &[Constraint], was: Option<&Node>, is: &Node) -> bool {
    let counts = has_all_labels(all, is);
    let Some(was) = was else { return counts };
    let moved = |c: &Constraint| was.metadata.labels.get(&c.key) != is.metadata.labels.get(&c.key);
    has_all_labels(all, was) != counts
        || counts && (all.iter().any(moved) || was.spec.taints != is.spec.taints)
}

fn has_all_labels(all: &[Constraint], node: &Node) -> bool {
    all.iter().all(|constraint| node.metadata.labels.contains_key(&constraint.key))
}

/// The domain of every slot for the constraint at a place of `all`: nodes that it does not include have
/// none, and, if all labels are demanded, nor have those that lack one.
fn eligible(cycle: &Cycle<'_>, all: &[Constraint], at: usize, demands_all: bool) -> Vec<u32> {
    let cache = cycle.cache;
    let places: Vec<_> = all.iter().map(|constraint| cache.topology_place(&constraint.key)).collect();
    let domain = |place: Option<usize>, slot| place.map_or(NO_DOMAIN, |place| cache.topology(place).of(slot));
    let mut domains = vec![NO_DOMAIN; cache.slots()];
    for &slot in cache.order() {
        let lacks = |&place: &Option<usize>| domain(place, slot) == NO_DOMAIN;
        let includes = cache.info(slot).node.as_ref().is_some_and(|node| all[at].includes(cycle, node));
        if includes && !(demands_all && places.iter().any(lacks)) {
            domains[slot] = domain(places[at], slot);
        }
    }
    domains
}
