//! One scheduling cycle: which nodes would do, and which of them is best
//! (upstream: `pkg/scheduler/schedule_one.go`).

use crate::cache::Cache;
use crate::decision::{Decision, NODES_TOLD, NodeVerdict, Score, ScoredBy};
use crate::failure::{FitError, Rejection};
use crate::framework::{Cycle, PLUGINS, PluginSet, PreFilter, Status, normalise};
use orrery_api::PodSpec;
use orrery_apimachinery::Str;
use orrery_sim::Random;
use std::collections::BTreeSet;
use std::rc::Rc;

/// With no more nodes than this all are looked at.
const MIN_FEASIBLE_NODES: usize = 100;
/// The smallest share of the nodes that is looked for, in percent.
const MIN_FEASIBLE_PERCENT: usize = 5;
/// How many plug-ins can score.
const MAX_SCORERS: usize = 5;

/// What the plug-ins say of a node for a pod spec.
#[derive(Clone, Debug, Default)]
struct Verdict {
    /// The node's generation when they said it; zero when nothing is known.
    generation: u64,
    rejection: Option<Rejection>,
    raw: [i64; MAX_SCORERS],
}

/// What holds for every pod of one spec while the nodes stay as they are: most pods come in rows of
/// equal ones, and only the node that took the last one has to be looked at anew.
#[derive(Clone, Debug, Default)]
struct Memory {
    spec: Option<Rc<PodSpec>>,
    images_generation: u64,
    nodes: usize,
    verdicts: Vec<Verdict>,
}

impl Memory {
    /// Forgets everything unless it holds for the pod of this cycle too.
    fn prepare(&mut self, cycle: &Cycle<'_>) {
        let cache = cycle.cache;
        let same = self.spec.as_ref().is_some_and(|spec| Rc::ptr_eq(spec, &cycle.info.spec))
            && (self.images_generation, self.nodes) == (cache.images_generation(), cache.len())
            && PLUGINS.iter().all(|p| p.plugin.looks_at_node_only(cycle.info));
        if !same {
            self.verdicts.clear();
            self.spec = Some(cycle.info.spec.clone());
            (self.images_generation, self.nodes) = (cache.images_generation(), cache.len());
        }
        self.verdicts.resize_with(cache.slots(), Verdict::default);
    }
}

/// What the plug-ins want to do with a pod, before any node is looked at.
#[derive(Default)]
struct Plan {
    filters: Vec<usize>,
    scorers: Vec<usize>,
    /// The only nodes that can do, and the plug-ins that say so.
    only: Option<BTreeSet<Str>>,
    narrowed_by: PluginSet,
}

/// The algorithm with what it carries from cycle to cycle.
#[derive(Clone, Debug, Default)]
pub(crate) struct Algorithm {
    /// Where among the nodes the next cycle begins.
    next_start: usize,
    memory: Memory,
    /// The slots that this cycle looked at, and those of them that would do.
    evaluated: Vec<usize>,
    feasible: Vec<usize>,
    /// The normalised scores of the feasible nodes, plug-in by plug-in, and each node's weighted sum.
    scores: Vec<i64>,
    totals: Vec<i64>,
}

/// A cycle's outcome: the slot of the best node, or why there is none.
pub(crate) type Outcome = Result<usize, FitError>;

impl Algorithm {
    /// Finds the best node for the pod of the cycle, and tells everything about it in `decision`.
    pub(crate) fn run(&mut self, cycle: &Cycle<'_>, random: &mut Random, decision: &mut Decision) -> Outcome {
        self.evaluated.clear();
        self.feasible.clear();
        let plan = pre_filter(cycle)?;
        self.find_feasible(cycle, &plan);
        let outcome = match *self.feasible.as_slice() {
            [] => Err(self.fit_error(cycle, &plan)),
            [only] => Ok(only),
            _ => {
                self.score(&plan);
                Ok(self.select(random))
            }
        };
        self.tell(cycle.cache, &plan, outcome.as_ref().ok().copied(), decision);
        outcome
    }

    /// Looks at nodes, beginning where the last cycle stopped, until enough are found that would do.
    fn find_feasible(&mut self, cycle: &Cycle<'_>, plan: &Plan) {
        let cache = cycle.cache;
        let named: Option<Vec<usize>> =
            plan.only.as_ref().map(|names| names.iter().filter_map(|name| cache.slot(name)).collect());
        let nodes = named.as_deref().unwrap_or(cache.order());
        let wanted = nodes_to_find(nodes.len());
        self.memory.prepare(cycle);
        let (before, from) = nodes.split_at(if nodes.is_empty() { 0 } else { self.next_start % nodes.len() });
        for &slot in from.iter().chain(before) {
            self.evaluated.push(slot);
            if evaluate(cycle, plan, slot, &mut self.memory.verdicts[slot]) {
                self.feasible.push(slot);
                if self.feasible.len() == wanted {
                    break;
                }
            }
        }
        self.next_start = (self.next_start + self.evaluated.len()) % cache.len();
    }

    fn fit_error(&self, cycle: &Cycle<'_>, plan: &Plan) -> FitError {
        let mut error =
            FitError { nodes: cycle.cache.len(), refused_by: plan.narrowed_by, ..Default::default() };
        for &slot in &self.evaluated {
            if let Some(rejection) = &self.memory.verdicts[slot].rejection {
                error.count(rejection);
            }
        }
        let absent = cycle.cache.len() - self.evaluated.len();
        if absent > 0 {
            let reason = format!("node(s) didn't satisfy plugin(s) [{}]", plan.narrowed_by.names().join(" "));
            error.reasons.insert(reason.into(), absent);
        }
        error
    }

    /// Fills `scores` and `totals` for the feasible nodes.
    fn score(&mut self, plan: &Plan) {
        self.scores.clear();
        self.totals.clear();
        self.totals.resize(self.feasible.len(), 0);
        for (at, &index) in plan.scorers.iter().enumerate() {
            let registered = &PLUGINS[index];
            let start = self.scores.len();
            self.scores.extend(self.feasible.iter().map(|&slot| self.memory.verdicts[slot].raw[at]));
            let column = &mut self.scores[start..];
            normalise(registered.plugin.normalise(), column);
            for (total, normalised) in self.totals.iter_mut().zip(column) {
                *total += registered.weight * *normalised;
            }
        }
    }

    /// One of the nodes with the highest score, each as likely as the other (upstream: `selectHost`).
    fn select(&self, random: &mut Random) -> usize {
        let (mut best, mut ties) = (0, 1);
        for i in 1..self.totals.len() {
            if self.totals[i] > self.totals[best] {
                (best, ties) = (i, 1);
            } else if self.totals[i] == self.totals[best] {
                ties += 1;
                if random.below(ties) == 0 {
                    best = i;
                }
            }
        }
        self.feasible[best]
    }

    fn tell(&self, cache: &Cache, plan: &Plan, winner: Option<usize>, decision: &mut Decision) {
        decision.evaluated = self.evaluated.len();
        decision.feasible = self.feasible.len();
        decision.winner = winner.map(|slot| cache.info(slot).name.clone());
        let scored = self.feasible.len() > 1;
        if scored {
            let by = |&index: &usize| ScoredBy {
                plugin: PLUGINS[index].plugin.name(),
                weight: PLUGINS[index].weight,
            };
            decision.scored_by = plan.scorers.iter().map(by).collect();
        }
        let told = self.evaluated.len().min(NODES_TOLD + 1);
        decision.names = cache.names().clone();
        decision.verdicts.reserve(told);
        decision.scores.reserve(told * decision.scored_by.len());
        let mut nth_feasible = 0;
        for (i, &slot) in self.evaluated.iter().enumerate() {
            let feasible = self.memory.verdicts[slot].rejection.is_none();
            if i < NODES_TOLD || Some(slot) == winner {
                self.tell_node(slot, nth_feasible, decision);
            }
            nth_feasible += usize::from(feasible);
        }
    }

    /// Tells what was found of the node in a slot, which is the `nth_feasible` of those that would do, if it would.
    fn tell_node(&self, node: usize, nth_feasible: usize, decision: &mut Decision) {
        let verdict = &self.memory.verdicts[node];
        if let Some(rejection) = &verdict.rejection {
            let plugin = PLUGINS[rejection.plugin].plugin.name();
            decision.verdicts.push(NodeVerdict::Rejected {
                node,
                plugin,
                reasons: rejection.reasons.clone(),
            });
            return;
        }
        let (first_score, nodes) = (decision.scores.len(), self.feasible.len());
        let raw = &verdict.raw[..decision.scored_by.len()];
        let score = |(at, &raw)| Score { raw, normalised: self.scores[at * nodes + nth_feasible] };
        decision.scores.extend(raw.iter().enumerate().map(score));
        let total = if decision.scored_by.is_empty() { 0 } else { self.totals[nth_feasible] };
        decision.verdicts.push(NodeVerdict::Feasible { node, total, first_score });
    }
}

/// Asks every plug-in about the pod alone.
fn pre_filter(cycle: &Cycle<'_>) -> Result<Plan, FitError> {
    let nodes = cycle.cache.len();
    if nodes == 0 {
        return Err(FitError::default());
    }
    let refused = |refused_by: PluginSet, status: Status| FitError {
        nodes,
        pre_filter: Some(status),
        refused_by,
        ..Default::default()
    };
    let mut plan = Plan::default();
    for (index, registered) in PLUGINS.iter().enumerate() {
        match registered.plugin.pre_filter(cycle) {
            Ok(PreFilter::Skip) => {}
            Ok(PreFilter::AllNodes) => plan.filters.push(index),
            Ok(PreFilter::Nodes(names)) => {
                plan.filters.push(index);
                plan.narrowed_by.insert(index);
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
                refused_by.insert(index);
                return Err(refused(refused_by, status));
            }
        }
        if registered.weight > 0 && registered.plugin.scores(cycle) {
            plan.scorers.push(index);
        }
    }
    Ok(plan)
}

/// Whether the node would do; what is known of it already is not worked out again.
fn evaluate(cycle: &Cycle<'_>, plan: &Plan, slot: usize, verdict: &mut Verdict) -> bool {
    let generation = cycle.cache.generation(slot);
    if verdict.generation == generation {
        return verdict.rejection.is_none();
    }
    verdict.generation = generation;
    let node = cycle.cache.info(slot);
    let refused = |&index: &usize| {
        PLUGINS[index].plugin.filter(cycle, node).err().map(|status| Rejection::new(index, status))
    };
    verdict.rejection = plan.filters.iter().find_map(refused);
    if verdict.rejection.is_none() {
        for (raw, &index) in verdict.raw.iter_mut().zip(&plan.scorers) {
            *raw = PLUGINS[index].plugin.score(cycle, node);
        }
    }
    verdict.rejection.is_none()
}

/// How many nodes that would do are enough (upstream: `numFeasibleNodesToFind`).
fn nodes_to_find(nodes: usize) -> usize {
    if nodes < MIN_FEASIBLE_NODES {
        return nodes;
    }
    let percent = 50usize.saturating_sub(nodes / 125).max(MIN_FEASIBLE_PERCENT);
    (nodes * percent / 100).max(MIN_FEASIBLE_NODES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_nodes_there_are_the_smaller_the_share_that_is_enough() {
        for (nodes, enough) in
            [(3, 3), (99, 99), (100, 100), (250, 120), (1_000, 420), (5_000, 500), (6_000, 300)]
        {
            assert_eq!(nodes_to_find(nodes), enough, "{nodes} nodes");
        }
    }

    #[test]
    fn there_is_room_for_the_scores_of_every_plug_in() {
        assert!(PLUGINS.iter().filter(|p| p.weight > 0).count() <= MAX_SCORERS);
    }
}
