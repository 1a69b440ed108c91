//! NodeAffinity: the nodes that a pod asks for, by `nodeSelector` and by node affinity, and those that the
//! scheduler is told every pod asks for.

use crate::framework::{ClusterEvent, Cycle, CycleState, Plugin, PreFilter, Status, normalise};
use crate::node_info::NodeInfo;
use orrery_api::{
    Node, NodeAffinity as Wishes, NodeSelector, NodeSelectorTerm, PodSpec, PreferredSchedulingTerm,
};
use orrery_apimachinery::Str;
use std::collections::BTreeSet;

/// The plug-in.
#[derive(Debug)]
pub struct NodeAffinity;

impl Plugin for NodeAffinity {
    fn name(&self) -> &'static str {
        "NodeAffinity"
    }

    fn pre_filter(&self, cycle: &Cycle<'_>, _state: &CycleState) -> Result<PreFilter, Status> {
        let spec = &cycle.info.spec;
        let required = required(spec);
        if spec.node_selector.is_empty() && required.is_none() && enforced(cycle).is_none() {
            return Ok(PreFilter::Skip);
        }
        match required.and_then(named_nodes) {
            None => Ok(PreFilter::AllNodes),
            Some(names) if names.is_empty() => Err(Status::unresolvable("pod affinity terms conflict")),
            Some(names) => Ok(PreFilter::Nodes(names)),
        }
    }

    fn filter(&self, cycle: &Cycle<'_>, _state: &CycleState, node: &NodeInfo) -> Result<(), Status> {
        let Some(node) = &node.node else { return Ok(()) };
        if enforced(cycle).is_some_and(|selector| !selector.matches(node)) {
            return Err(Status::unresolvable("node(s) didn't match scheduler-enforced node affinity"));
        }
        if !matches(&cycle.info.spec, node) {
            return Err(Status::unresolvable("node(s) didn't match Pod's node affinity/selector"));
        }
        Ok(())
    }

    fn pre_score(&self, cycle: &Cycle<'_>, _state: &mut CycleState, _feasible: &[usize]) -> bool {
        !preferred(wishes(&cycle.info.spec)).is_empty() || !preferred(added(cycle)).is_empty()
    }

    /// Adds up what the fulfilled wishes weigh.
    fn score(&self, cycle: &Cycle<'_>, _state: &CycleState, node: &NodeInfo) -> i64 {
        let Some(node) = &node.node else { return 0 };
        let mut sum = 0;
        for wishes in [wishes(&cycle.info.spec), added(cycle)] {
            for wish in preferred(wishes).iter().filter(|wish| wish.preference.matches(node)) {
                sum += i64::from(wish.weight);
            }
        }
        sum
    }

    fn normalise(&self, _state: &CycleState, _slots: &[usize], scores: &mut [i64]) {
        normalise(false, scores);
    }

    fn worth_retrying(&self, cycle: &Cycle<'_>, event: &ClusterEvent<'_>) -> bool {
        match event {
            ClusterEvent::Node { node, was, change } if change.added || change.labels => {
                let allowed = |n: &Node| enforced(cycle).is_none_or(|selector| selector.matches(n));
                let now = node.node.as_ref().is_some_and(|n| allowed(n) && matches(&cycle.info.spec, n));
                change.taints || now && was.is_none_or(|was| !matches(&cycle.info.spec, was))
            }
            event => event.changes_taints(),
        }
    }
}

/// The affinity that every pod has beside its own.
fn added<'a>(cycle: &Cycle<'a>) -> Option<&'a Wishes> {
    cycle.profile.args.added_affinity.as_ref()
}

fn enforced<'a>(cycle: &Cycle<'a>) -> Option<&'a NodeSelector> {
    added(cycle)?.required_during_scheduling_ignored_during_execution.as_ref()
}

fn preferred(wishes: Option<&Wishes>) -> &[PreferredSchedulingTerm] {
    wishes.map_or(&[], |wishes| &wishes.preferred_during_scheduling_ignored_during_execution)
}

fn wishes(spec: &PodSpec) -> Option<&Wishes> {
    spec.affinity.as_ref()?.node_affinity.as_ref()
}

fn required(spec: &PodSpec) -> Option<&NodeSelector> {
    wishes(spec)?.required_during_scheduling_ignored_during_execution.as_ref()
}

/// Whether the node is one that the pod asks for.
pub(super) fn matches(spec: &PodSpec, node: &Node) -> bool {
    let labels = &node.metadata.labels;
    spec.node_selector.iter().all(|(key, value)| labels.get(key) == Some(value))
        && required(spec).is_none_or(|selector| selector.matches(node))
}

/// The nodes that the terms name, if every term names some: then no other needs to be looked at.
fn named_nodes(selector: &NodeSelector) -> Option<BTreeSet<Str>> {
    let terms: Option<Vec<_>> = selector.node_selector_terms.iter().map(names_of).collect();
    terms.filter(|terms| !terms.is_empty()).map(|terms| terms.into_iter().flatten().collect())
}

fn names_of(term: &NodeSelectorTerm) -> Option<BTreeSet<Str>> {
    let named = term.match_fields.iter().filter(|r| &*r.key == "metadata.name" && &*r.operator == "In");
    named
        .map(|r| r.values.iter().cloned().collect::<BTreeSet<Str>>())
        .reduce(|a, b| a.intersection(&b).cloned().collect())
}
