//! One scheduling cycle: which nodes would do, and which of them is best
//! (upstream: `pkg/scheduler/schedule_one.go`).

use crate::cache::Cache;
use crate::decision::{Decision, NODES_TOLD, NodeVerdict, Score, ScoredBy};
use crate::failure::{FitError, Rejection};
use crate::filtering::{Plan, evaluate, pre_filter};
use crate::framework::{Code, Cycle, Enabled};
use crate::memory::{Memories, Memory, Passing};
use crate::nominator::Nomination;
use crate::preemption::{PostFilter, Refused, preempt};
use orrery_sim::Random;

/// With no more nodes than this all are looked at.
const MIN_FEASIBLE_NODES: usize = 100;
/// The smallest share of the nodes that is looked for, in percent.
const MIN_FEASIBLE_PERCENT: usize = 5;

/// The algorithm with what it carries from cycle to cycle.
#[derive(Clone, Debug, Default)]
pub(crate) struct Algorithm {
    /// Where among the nodes the next cycle begins.
    next_start: usize,
    memories: Passing<Memories>,
    /// What the last cycle found out, kept for its room.
    found: Passing<Findings>,
}

/// What a cycle finds out.
#[derive(Debug, Default)]
struct Findings {
    /// The slots of the nodes that were looked at …
    evaluated: Vec<usize>,
    /// … and why some of them, by their place among these, would not do.
    refusals: Vec<(usize, Rejection)>,
    /// The slots of those that would do.
    feasible: Vec<usize>,
    scorers: Vec<Enabled>,
    /// The scores of the feasible nodes, plug-in by plug-in, and each node's weighted sum.
    raws: Vec<i64>,
    scores: Vec<i64>,
    totals: Vec<i64>,
}

/// Why there is no node, and what looking for room has come to.
pub(crate) struct Failure {
    pub(crate) error: FitError,
    pub(crate) post_filter: PostFilter,
}

/// A cycle's outcome: the slot of the best node, or why there is none.
pub(crate) type Outcome = Result<usize, Box<Failure>>;

impl Algorithm {
    /// Finds the best node for the pod of the cycle, and tells everything about it in `decision`.
    pub(crate) fn run(&mut self, cycle: &Cycle<'_>, random: &mut Random, decision: &mut Decision) -> Outcome {
        if cycle.cache.is_empty() {
            let (error, post_filter) = (FitError::default(), PostFilter::none(Nomination::Clear));
            return Err(Box::new(Failure { error, post_filter }));
        }
        let mut memory = self.memories.0.take(cycle);
        let mut found = std::mem::take(&mut self.found.0);
        found.clear();
        let outcome = self.find(cycle, &mut memory, &mut found, random, decision);
        self.memories.0.keep(memory);
        self.found.0 = found;
        outcome
    }

    fn find(
        &mut self,
        cycle: &Cycle<'_>,
        memory: &mut Memory,
        found: &mut Findings,
        random: &mut Random,
        decision: &mut Decision,
    ) -> Outcome {
        let plan = match pre_filter(cycle, &memory.state) {
            Ok(plan) => plan,
            Err(error) => {
                let refused = Refused { plan: None, memory, resolvable: Vec::new() };
                return Err(fail(cycle, error, refused, random, decision));
            }
        };
        self.find_nominated(cycle, &plan, memory, found);
        if found.feasible.is_empty() {
            self.find_feasible(cycle, &plan, memory, found);
        }
        let outcome = match *found.feasible.as_slice() {
            [] => {
                let error = found.fit_error(cycle.cache.len(), &plan);
                let refused = Refused { plan: Some(&plan), memory, resolvable: found.resolvable() };
                Err(fail(cycle, error, refused, random, decision))
            }
            [only] => Ok(only),
            _ => {
                found.score(cycle, memory);
                Ok(found.select(random))
            }
        };
        found.tell(cycle.cache, outcome.as_ref().ok().copied(), decision);
        outcome
    }

    /// Looks at the node on which room was made for the pod; if it will do, at no other.
    fn find_nominated(&self, cycle: &Cycle<'_>, plan: &Plan, memory: &mut Memory, found: &mut Findings) {
        let nominated = cycle.pod.status.nominated_node_name.as_ref();
        let Some(slot) = nominated.and_then(|node| cycle.cache.slot(node)) else { return };
        if evaluate(cycle, plan, slot, memory, &mut None).is_none() {
            found.evaluated.push(slot);
            found.feasible.push(slot);
        }
    }

    /// Looks at nodes, beginning where the last cycle stopped, until enough are found that would do.
    fn find_feasible(&mut self, cycle: &Cycle<'_>, plan: &Plan, memory: &mut Memory, found: &mut Findings) {
        let cache = cycle.cache;
        let named: Option<Vec<usize>> =
            plan.only.as_ref().map(|names| names.iter().filter_map(|name| cache.slot(name)).collect());
        let nodes = named.as_deref().unwrap_or(cache.order());
        let scored = cycle.profile.plugins.iter().any(|enabled| enabled.weight > 0);
        let percent = cycle.profile.percentage_of_nodes_to_score;
        let wanted = if scored { nodes_to_find(nodes.len(), percent) } else { 1 };
        let (before, from) = nodes.split_at(if nodes.is_empty() { 0 } else { self.next_start % nodes.len() });
        found.evaluated.reserve(wanted);
        found.feasible.reserve(wanted);
        let mut last = None;
        for &slot in from.iter().chain(before) {
            let refusal = evaluate(cycle, plan, slot, memory, &mut last);
            if let Some(refusal) = refusal {
                found.refusals.push((found.evaluated.len(), refusal));
            } else {
                found.feasible.push(slot);
            }
            found.evaluated.push(slot);
            if found.feasible.len() == wanted {
                break;
            }
        }
        self.next_start = (self.next_start + found.evaluated.len()) % cache.len();
    }
}

/// Looks for room, if the profile has pods go for others.
fn fail(
    cycle: &Cycle<'_>,
    error: FitError,
    refused: Refused<'_>,
    random: &mut Random,
    decision: &mut Decision,
) -> Box<Failure> {
    let post_filter = match cycle.profile.preempts {
        true => preempt(cycle, refused, random, decision),
        false => PostFilter::none(Nomination::Keep),
    };
    Box::new(Failure { error, post_filter })
}

impl Findings {
    fn clear(&mut self) {
        self.evaluated.clear();
        self.refusals.clear();
        self.feasible.clear();
        self.scorers.clear();
        self.raws.clear();
        self.scores.clear();
        self.totals.clear();
    }

    /// The nodes that would do if pods went.
    fn resolvable(&self) -> Vec<usize> {
        let mut slots = Vec::new();
        for (place, refusal) in &self.refusals {
            if refusal.status.code == Code::Unschedulable {
                slots.push(self.evaluated[*place]);
            }
        }
        slots
    }

    fn fit_error(&self, nodes: usize, plan: &Plan) -> FitError {
        let mut error = FitError { nodes, refused_by: plan.narrowed_by, ..Default::default() };
        // Nodes in a row are often refused for the same reasons.
        for row in self.refusals.chunk_by(|(_, a), (_, b)| a.same(b)) {
            error.count(&row[0].1, row.len());
        }
        let absent = nodes - self.evaluated.len();
        if absent > 0 {
            let reason = format!("node(s) didn't satisfy plugin(s) [{}]", plan.narrowed_by.names().join(" "));
            error.reasons.insert(reason.into(), absent);
        }
        error
    }

    /// Has the plug-ins score the feasible nodes.
    fn score(&mut self, cycle: &Cycle<'_>, memory: &mut Memory) {
        for &enabled in cycle.profile.plugins.iter().filter(|enabled| enabled.weight > 0) {
            if enabled.plugin().pre_score(cycle, &mut memory.state, &self.feasible) {
                self.scorers.push(enabled);
            }
        }
        let by_node = |enabled: &&Enabled| enabled.plugin().looks_at_node_only(cycle.info);
        let remembered: Vec<Enabled> = self.scorers.iter().filter(by_node).copied().collect();
        score_by_node(cycle, &remembered, &self.feasible, memory);
        self.totals.resize(self.feasible.len(), 0);
        let mut column = 0;
        for scorer in &self.scorers {
            let (plugin, start) = (scorer.plugin(), self.raws.len());
            if by_node(&scorer) {
                let raw = |&slot: &usize| memory.raws[slot * remembered.len() + column];
                self.raws.extend(self.feasible.iter().map(raw));
                column += 1;
            } else {
                let raw = |&slot: &usize| plugin.score(cycle, &memory.state, cycle.cache.info(slot));
                self.raws.extend(self.feasible.iter().map(raw));
            }
            self.scores.extend_from_slice(&self.raws[start..]);
            let scores = &mut self.scores[start..];
            plugin.normalise(&memory.state, &self.feasible, scores);
            for (total, score) in self.totals.iter_mut().zip(scores) {
                *total += scorer.weight * *score;
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

    fn tell(&self, cache: &Cache, winner: Option<usize>, decision: &mut Decision) {
        decision.evaluated = self.evaluated.len();
        decision.feasible = self.feasible.len();
        decision.winner = winner.map(|slot| cache.info(slot).name.clone());
        let by = |enabled: &Enabled| ScoredBy { plugin: enabled.plugin().name(), weight: enabled.weight };
        decision.scored_by = self.scorers.iter().map(by).collect();
        let told = self.evaluated.len().min(NODES_TOLD + 1);
        decision.names = cache.names().clone();
        decision.verdicts.reserve(told);
        decision.scores.reserve(told * decision.scored_by.len());
        let mut refusals = self.refusals.iter();
        let mut next = refusals.next();
        let mut nth_feasible = 0;
        for (place, &slot) in self.evaluated.iter().enumerate() {
            let refusal = next.filter(|(refused, _)| *refused == place).map(|(_, refusal)| refusal);
            if place < NODES_TOLD || Some(slot) == winner {
                self.tell_node(slot, refusal, nth_feasible, decision);
            }
            match refusal {
                Some(_) => next = refusals.next(),
                None => nth_feasible += 1,
            }
        }
    }

    /// Tells what was found of a node, which is the `nth_feasible` of those that would do, if it would.
    fn tell_node(
        &self,
        node: usize,
        refusal: Option<&Rejection>,
        nth_feasible: usize,
        decision: &mut Decision,
    ) {
        if let Some(refusal) = refusal {
            let (plugin, reasons) = (refusal.plugin_name(), refusal.status.reasons.clone());
            decision.verdicts.push(NodeVerdict::Rejected { node, plugin, reasons });
            return;
        }
        let (first_score, nodes) = (decision.scores.len(), self.feasible.len());
        for scorer in 0..self.scorers.len() {
            let at = scorer * nodes + nth_feasible;
            decision.scores.push(Score { raw: self.raws[at], normalised: self.scores[at] });
        }
        let total = self.totals.get(nth_feasible).copied().unwrap_or(0);
        decision.verdicts.push(NodeVerdict::Feasible { node, total, first_score });
    }
}

/// Has the plug-ins that look at the node alone score those nodes that have changed since they did.
fn score_by_node(cycle: &Cycle<'_>, scorers: &[Enabled], slots: &[usize], memory: &mut Memory) {
    let Memory { verdicts, raws, state, .. } = memory;
    raws.resize(verdicts.len() * scorers.len(), 0);
    for &slot in slots {
        let verdict = &mut verdicts[slot];
        if verdict.scored != verdict.generation {
            verdict.scored = verdict.generation;
            for (column, scorer) in scorers.iter().enumerate() {
                let raw = scorer.plugin().score(cycle, state, cycle.cache.info(slot));
                raws[slot * scorers.len() + column] = raw;
            }
        }
    }
}

/// How many nodes that would do are enough (upstream: `numFeasibleNodesToFind`).
fn nodes_to_find(nodes: usize, percent: Option<usize>) -> usize {
    if nodes < MIN_FEASIBLE_NODES {
        return nodes;
    }
    let percent = percent.unwrap_or(50usize.saturating_sub(nodes / 125).max(MIN_FEASIBLE_PERCENT));
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
            assert_eq!(nodes_to_find(nodes, None), enough, "{nodes} nodes");
        }
    }
}
