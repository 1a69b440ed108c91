//! DefaultPreemption: which pods of lower priority would have to go from a node, as few as possible, and
//! rather those whose disruption budgets allow it.

use crate::filtering::{Plan, refusal};
use crate::framework::{Cycle, CycleState, Status};
use crate::node_info::{AssignedPod, NodeInfo};
use orrery_api::scheduler_configuration::DefaultPreemptionArgs;
use orrery_api::{Pod, PodDisruptionBudget};
use orrery_apimachinery::Order;
use std::cmp::Reverse;
use std::rc::Rc;

/// The pods that would have to go from a node.
#[derive(Debug, Default)]
pub(crate) struct Victims {
    /// The most important first.
    pub(crate) pods: Vec<AssignedPod>,
    /// For how many of them a disruption budget is violated.
    pub(crate) violations: usize,
}

/// On how many of the nodes room is looked for (upstream: `calculateNumCandidates`).
pub(crate) fn candidates_wanted(args: &DefaultPreemptionArgs, nodes: usize) -> usize {
    let of = |amount: i32| usize::try_from(amount).unwrap_or(0);
    let share = nodes * of(args.min_candidate_nodes_percentage) / 100;
    share.max(of(args.min_candidate_nodes_absolute)).min(nodes)
}

/// Why the pod may not have others go; `resolvable` are the nodes that would do if pods went
/// (upstream: `PodEligibleToPreemptOthers`).
pub(crate) fn may_preempt(cycle: &Cycle<'_>, resolvable: &[usize]) -> Result<(), &'static str> {
    if cycle.info.spec.preemption_policy.as_deref() == Some("Never") {
        return Err("not eligible due to preemptionPolicy=Never.");
    }
    let nominated = cycle.pod.status.nominated_node_name.as_ref().and_then(|node| cycle.cache.slot(node));
    let Some(slot) = nominated.filter(|slot| resolvable.contains(slot)) else { return Ok(()) };
    let going = |pod: &AssignedPod| pod.info.priority() < cycle.info.priority() && is_preempted(&pod.pod);
    if cycle.cache.info(slot).pods.values().any(going) {
        return Err("not eligible due to a terminating pod on the nominated node.");
    }
    Ok(())
}

/// Whether the pod goes because of a preemption.
fn is_preempted(pod: &Pod) -> bool {
    let target = pod.status.conditions.iter().find(|condition| &*condition.type_ == "DisruptionTarget");
    pod.metadata.terminating()
        && target.is_some_and(|condition| {
            &*condition.status == "True" && condition.reason.as_deref() == Some("PreemptionByScheduler")
        })
}

/// When a pod started; one that has not yet starts after all others.
pub(crate) fn starting_time(pod: &Pod) -> i64 {
    pod.status.start_time.map_or(i64::MAX, |time| time.0)
}

/// The pods that have to go from the node so that the pod of the cycle has room: all of lower priority,
/// but for those that can stay after all, tried by their importance and first those whose budgets would be
/// violated (upstream: `SelectVictimsOnNode`).
pub(crate) fn select_victims(
    cycle: &Cycle<'_>,
    plan: &Plan,
    state: &CycleState,
    node: &NodeInfo,
    budgets: &[&Rc<PodDisruptionBudget>],
) -> Result<Victims, Status> {
    let mut lesser: Vec<AssignedPod> = Vec::new();
    for pod in node.in_order().filter(|pod| pod.info.priority() < cycle.info.priority()) {
        lesser.push(pod.clone());
    }
    if lesser.is_empty() {
        return Err(Status::unresolvable("No preemption victims found for incoming pod"));
    }
    let counts = !plan.looks_at_node_only();
    let mut trial = Trial { cycle, counts, state: state.clone(), node: node.clone() };
    lesser.iter().for_each(|pod| trial.remove(pod));
    if let Some(refusal) = refusal(cycle, plan, &trial.state, &trial.node) {
        return Err(refusal.status);
    }
    let importance = |pod: &AssignedPod| (Reverse(pod.info.priority()), starting_time(&pod.pod));
    lesser.order_by_key(importance);
    let mut victims = Victims::default();
    let violating = violates_budgets(&lesser, budgets);
    for first in [true, false] {
        for (pod, violates) in lesser.iter().zip(&violating).filter(|(_, violates)| **violates == first) {
            trial.add(pod);
            if refusal(cycle, plan, &trial.state, &trial.node).is_some() {
                trial.remove(pod);
                victims.violations += usize::from(*violates);
                victims.pods.push(pod.clone());
            }
        }
    }
    victims.pods.order_by_key(importance);
    Ok(victims)
}

/// A node as it would be.
struct Trial<'a> {
    cycle: &'a Cycle<'a>,
    /// Whether a plug-in asks what has been counted.
    counts: bool,
    state: CycleState,
    node: NodeInfo,
}

impl Trial<'_> {
    fn add(&mut self, pod: &AssignedPod) {
        self.node.add(pod.clone());
        self.count(pod, 1);
    }

    fn remove(&mut self, pod: &AssignedPod) {
        self.node.remove(&pod.pod.metadata.uid);
        self.count(pod, -1);
    }

    fn count(&mut self, pod: &AssignedPod, by: i64) {
        if self.counts {
            self.cycle.count(&mut self.state, &pod.kind, self.node.slot, by);
        }
    }
}

/// Which of the pods a disruption budget would be violated for if they all went, in this order
/// (upstream: `filterPodsWithPDBViolation`).
fn violates_budgets(pods: &[AssignedPod], budgets: &[&Rc<PodDisruptionBudget>]) -> Vec<bool> {
    let mut allowed: Vec<i32> = budgets.iter().map(|budget| budget.status.disruptions_allowed).collect();
    let mut violating = Vec::with_capacity(pods.len());
    for pod in pods {
        let meta = &pod.pod.metadata;
        let mut violated = false;
        for (budget, allowed) in budgets.iter().zip(&mut allowed) {
            let means_it = !meta.labels.is_empty()
                && budget.metadata.namespace == meta.namespace
                && budget.spec.selector.as_ref().is_some_and(|s| !s.is_empty() && s.matches(&meta.labels));
            // A pod that is among the disrupted ones has been counted already.
            if means_it && !budget.status.disrupted_pods.contains_key(&meta.name) {
                *allowed -= 1;
                violated |= *allowed < 0;
            }
        }
        violating.push(violated);
    }
    violating
}
