//! NodeAffinity: the nodes that a pod asks for, by `nodeSelector` and by node affinity.

use crate::framework::{ClusterEvent, Cycle, CycleState, Plugin, PreFilter, Status, normalise};
use crate::node_info::NodeInfo;
use orrery_api::{Node, NodeAffinity as Wishes, NodeSelector, NodeSelectorTerm, PodSpec};
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
        if spec.node_selector.is_empty() && required.is_none() {
            return Ok(PreFilter::Skip);
        }
        match required.and_then(named_nodes) {
            None => Ok(PreFilter::AllNodes),
            Some(names) if names.is_empty() => Err(Status::unresolvable("pod affinity terms conflict")),
            Some(names) => Ok(PreFilter::Nodes(names)),
        }
    }

    fn filter(&self, cycle: &Cycle<'_>, _state: &CycleState, node: &NodeInfo) -> Result<(), Status> {
        if node.node.as_ref().is_some_and(|n| matches(&cycle.info.spec, n)) {
            return Ok(());
        }
        Err(Status::unresolvable("node(s) didn't match Pod's node affinity/selector"))
    }

    fn pre_score(&self, cycle: &Cycle<'_>, _state: &mut CycleState, _feasible: &[usize]) -> bool {
        wishes(&cycle.info.spec)
            .is_some_and(|w| !w.preferred_during_scheduling_ignored_during_execution.is_empty())
    }

    /// Adds up what the fulfilled wishes weigh.
    fn score(&self, cycle: &Cycle<'_>, _state: &CycleState, node: &NodeInfo) -> i64 {
        let Some((wishes, node)) = wishes(&cycle.info.spec).zip(node.node.as_ref()) else { return 0 };
        let wishes = wishes.preferred_during_scheduling_ignored_during_execution.iter();
        wishes.filter(|wish| wish.preference.matches(node)).map(|wish| i64::from(wish.weight)).sum()
    }

    fn normalise(&self, _state: &CycleState, _slots: &[usize], scores: &mut [i64]) {
        normalise(false, scores);
    }

    fn worth_retrying(&self, cycle: &Cycle<'_>, event: &ClusterEvent<'_>) -> bool {
        match event {
            ClusterEvent::Node { node, was, change } if change.added || change.labels => {
                let now = node.node.as_ref().is_some_and(|n| matches(&cycle.info.spec, n));
                change.taints || now && was.is_none_or(|was| !matches(&cycle.info.spec, was))
            }
            event => event.changes_taints(),
        }
    }
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
