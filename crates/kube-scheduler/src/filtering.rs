//! Which nodes would do for a pod: what the plug-ins say of the pod alone, and of each node.

use crate::failure::{FitError, Rejection};
use crate::framework::{Cycle, CycleState, Enabled, PluginSet, PreFilter, Status};
use crate::memory::Memory;
use crate::node_info::NodeInfo;
use orrery_apimachinery::Str;
use std::collections::BTreeSet;

/// A plug-in and its place in the profile.
type Placed = (usize, Enabled);

/// What the plug-ins want to do with a pod, before any node is looked at.
#[derive(Default)]
pub(crate) struct Plan {
    /// Those that look at the node alone: what they say can be remembered.
    by_node: Vec<Placed>,
    /// Those that look at more than the node.
    by_cluster: Vec<Placed>,
    /// The only nodes that can do, and the plug-ins that say so.
    pub(crate) only: Option<BTreeSet<Str>>,
    pub(crate) narrowed_by: PluginSet,
}

impl Plan {
    /// Whether what the plug-ins say of a node holds for as long as the node does not change.
    pub(crate) fn looks_at_node_only(&self) -> bool {
        self.by_cluster.is_empty()
    }

    /// Why a node would not do, as far as its own pods are concerned.
    fn refusal(&self, cycle: &Cycle<'_>, state: &CycleState, node: &NodeInfo) -> Option<Rejection> {
        let refused = first_refusal(cycle, &self.by_node, state, node);
        let before = refused.as_ref().map_or(usize::MAX, |(place, _)| *place);
        self.by_cluster_before(before, cycle, state, node).or(refused.map(|(_, refusal)| refusal))
    }

    /// The first refusal of those who look at more than the node and come before a place in the profile.
    fn by_cluster_before(
        &self,
        before: usize,
        cycle: &Cycle<'_>,
        state: &CycleState,
        node: &NodeInfo,
    ) -> Option<Rejection> {
        let count = self.by_cluster.iter().take_while(|(place, _)| *place < before).count();
        first_refusal(cycle, &self.by_cluster[..count], state, node).map(|(_, refusal)| refusal)
    }

    fn add(&mut self, cycle: &Cycle<'_>, placed: Placed) {
        let by_node = placed.1.plugin().looks_at_node_only(cycle.info);
        if by_node { &mut self.by_node } else { &mut self.by_cluster }.push(placed);
    }
}

/// Asks every plug-in about the pod alone.
pub(crate) fn pre_filter(cycle: &Cycle<'_>, state: &CycleState) -> Result<Plan, FitError> {
    let nodes = cycle.cache.len();
    let refused = |refused_by: PluginSet, status: Status| FitError {
        nodes,
        pre_filter: Some(status),
        refused_by,
        ..Default::default()
    };
    let mut plan = Plan::default();
    for (place, &enabled) in cycle.profile.plugins.iter().enumerate().filter(|(_, enabled)| enabled.filters) {
        match enabled.plugin().pre_filter(cycle, state) {
            Ok(PreFilter::Skip) => {}
            Ok(PreFilter::AllNodes) => plan.add(cycle, (place, enabled)),
            Ok(PreFilter::Nodes(names)) => {
                plan.add(cycle, (place, enabled));
                plan.narrowed_by.insert(enabled.index);
                let both = |known: BTreeSet<Str>| known.intersection(&names).cloned().collect();
                plan.only = Some(plan.only.take().map_or_else(|| names.clone(), both));
                if plan.only.as_ref().is_some_and(BTreeSet::is_empty) {
                    let plugins = plan.narrowed_by.names();
                    let status = match plugins.as_slice() {
                        [one] => format!("node(s) didn't satisfy plugin {one}"),
                        many => {
                            format!("node(s) didn't satisfy plugin(s) [{}] simultaneously", many.join(" "))
                        }
                    };
                    return Err(refused(plan.narrowed_by, Status::unresolvable(status)));
                }
            }
            Err(status) => {
                let mut refused_by = PluginSet::default();
                refused_by.insert(enabled.index);
                return Err(refused(refused_by, status));
            }
        }
    }
    Ok(plan)
}

/// Why the node would not do; what is known of it already is not worked out again.
pub(crate) fn evaluate(
    cycle: &Cycle<'_>,
    plan: &Plan,
    slot: usize,
    memory: &mut Memory,
    last: &mut Option<Rejection>,
) -> Option<Rejection> {
    let (verdict, generation) = (&mut memory.verdicts[slot], cycle.cache.generation(slot));
    let node = cycle.cache.info(slot);
    if memory.awaited[slot]
        && let Some(refusal) = refusal_with_nominated(cycle, plan, &memory.state, node)
    {
        return Some(refusal);
    }
    if verdict.generation != generation {
        verdict.generation = generation;
        verdict.refusal = first_refusal(cycle, &plan.by_node, &memory.state, node);
        if let Some((_, refusal)) = &mut verdict.refusal {
            match last {
                Some(last) if last == refusal => *refusal = last.clone(),
                _ => *last = Some(refusal.clone()),
            }
        }
    }
    if plan.looks_at_node_only() {
        return verdict.refusal.as_ref().map(|(_, refusal)| refusal.clone());
    }
    let refused_at = verdict.refusal.as_ref().map_or(usize::MAX, |(place, _)| *place);
    let by_node = || verdict.refusal.as_ref().map(|(_, refusal)| refusal.clone());
    plan.by_cluster_before(refused_at, cycle, &memory.state, node).or_else(by_node)
}

/// Why the node would not do, be it because of the pods that wait for it
/// (upstream: `RunFilterPluginsWithNominatedPods`).
pub(crate) fn refusal(
    cycle: &Cycle<'_>,
    plan: &Plan,
    state: &CycleState,
    node: &NodeInfo,
) -> Option<Rejection> {
    refusal_with_nominated(cycle, plan, state, node).or_else(|| plan.refusal(cycle, state, node))
}

/// Why the node would not do if those pods were there that wait for it and are as important. Nothing is
/// known of a node for which none waits.
fn refusal_with_nominated(
    cycle: &Cycle<'_>,
    plan: &Plan,
    state: &CycleState,
    node: &NodeInfo,
) -> Option<Rejection> {
    let waiting = cycle.nominator.on(&node.name).iter().filter(|waiting| {
        waiting.info.priority() >= cycle.info.priority() && waiting.pod.metadata.uid != cycle.pod.metadata.uid
    });
    let mut with: Option<(CycleState, NodeInfo)> = None;
    for pod in waiting {
        let (state, node) = with.get_or_insert_with(|| (state.clone(), node.clone()));
        cycle.count(state, &pod.kind, node.slot, 1);
        node.add(pod.clone());
    }
    let (state, node) = with?;
    plan.refusal(cycle, &state, &node)
}

/// The first of `plugins` that refuses the node, with its place in the profile.
fn first_refusal(
    cycle: &Cycle<'_>,
    plugins: &[Placed],
    state: &CycleState,
    node: &NodeInfo,
) -> Option<(usize, Rejection)> {
    plugins.iter().find_map(|&(place, enabled)| {
        let status = enabled.plugin().filter(cycle, state, node).err()?;
        Some((place, Rejection { plugin: enabled.index, status }))
    })
}
