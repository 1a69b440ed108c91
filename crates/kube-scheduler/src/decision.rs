//! What the scheduler decided and why, kept for people to look at.

use orrery_apimachinery::Str;
use orrery_sim::SimTime;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

/// How many decisions are kept.
const KEPT: usize = 256;
/// How many are kept in all, when more pods than that wait.
const KEPT_PENDING: usize = 1024;
/// Of how many nodes a decision tells the details.
pub(crate) const NODES_TOLD: usize = 128;

/// One scheduling cycle.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// When it was made.
    pub at: SimTime,
    /// The pod's namespace.
    pub namespace: Str,
    /// The pod's name.
    pub name: Str,
    /// Which attempt it was, counted from one.
    pub attempt: u32,
    /// How many nodes there were.
    pub nodes: usize,
    /// How many of them were looked at.
    pub evaluated: usize,
    /// How many of those would do.
    pub feasible: usize,
    /// The plug-ins that scored the nodes; none when there was no choice.
    pub scored_by: Vec<ScoredBy>,
    /// What was found of the nodes that were looked at; of the first 128 and of the winner.
    pub verdicts: Vec<NodeVerdict>,
    /// The names of the nodes by their numbers, shared with the cache.
    pub(crate) names: Rc<Vec<Str>>,
    /// The scores of the feasible nodes, node by node; see [`Decision::scores`].
    pub(crate) scores: Vec<Score>,
    /// The node that won.
    pub winner: Option<Str>,
    /// Why no node did, as the event says it; empty when one did.
    pub message: Str,
    /// What room other pods make for it by going, when none was there.
    pub preemption: Option<Preemption>,
}

/// On which nodes pods could make room by going, and which node was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preemption {
    /// The nodes that were found.
    pub candidates: Vec<Candidate>,
    /// Which of them was chosen.
    pub chosen: usize,
    /// Why, as a sentence that can stand behind the name of the node and a colon.
    pub because: &'static str,
}

/// A node on which pods could make room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The node.
    pub node: Str,
    /// The pods that would have to go, the most important first.
    pub victims: Vec<Victim>,
    /// For how many of them a disruption budget is violated.
    pub violations: usize,
}

/// A pod that would have to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Victim {
    /// Its namespace.
    pub namespace: Str,
    /// Its name.
    pub name: Str,
    /// Its priority.
    pub priority: i32,
}

impl Decision {
    /// The name of the node of a verdict.
    pub fn node(&self, verdict: &NodeVerdict) -> &Str {
        match verdict {
            NodeVerdict::Rejected { node, .. } | NodeVerdict::Feasible { node, .. } => &self.names[*node],
        }
    }

    /// What each of the plug-ins that scored gave the node of a verdict.
    pub fn scores(&self, verdict: &NodeVerdict) -> &[Score] {
        match verdict {
            NodeVerdict::Feasible { first_score, .. } => {
                self.scores.get(*first_score..first_score + self.scored_by.len()).unwrap_or_default()
            }
            NodeVerdict::Rejected { .. } => &[],
        }
    }
}

/// A plug-in that scored, and what its score weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScoredBy {
    /// The plug-in.
    pub plugin: &'static str,
    /// What its score weighs.
    pub weight: i64,
}

/// What was found of one node.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeVerdict {
    /// A plug-in refused it.
    Rejected {
        /// The number of the node; see [`Decision::node`].
        node: usize,
        /// The plug-in.
        plugin: &'static str,
        /// Why.
        reasons: Rc<[Str]>,
    },
    /// It would do.
    Feasible {
        /// The number of the node; see [`Decision::node`].
        node: usize,
        /// The weighted sum of its scores.
        total: i64,
        /// Where its scores begin in [`Decision::scores`].
        first_score: usize,
    },
}

/// What one plug-in gave one node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// As the plug-in counted.
    pub raw: i64,
    /// From 0 to 100.
    pub normalised: i64,
}

/// The last decisions, by the pod's uid.
#[derive(Clone, Debug, Default)]
pub(crate) struct Decisions {
    by_pod: BTreeMap<Str, Rc<Decision>>,
    /// Oldest first; a pod whose decision was renewed has more than one entry here.
    order: VecDeque<(Str, SimTime)>,
}

impl Decisions {
    /// The last decision about a pod.
    pub(crate) fn of(&self, uid: &str) -> Option<&Rc<Decision>> {
        self.by_pod.get(uid)
    }

    /// Keeps a decision and forgets the oldest ones, those about waiting pods last.
    /// Who made room for a pod stays told while it is tried again and when it has its node.
    pub(crate) fn keep(&mut self, uid: Str, mut decision: Decision) {
        if decision.preemption.is_none() {
            decision.preemption = self.by_pod.get(&uid).and_then(|before| before.preemption.clone());
        }
        self.order.push_back((uid.clone(), decision.at));
        self.by_pod.insert(uid, Rc::new(decision));
        // A waiting pod's entry goes to the end once before it counts as old.
        for _ in 0..2 {
            if self.order.len() <= KEPT {
                return;
            }
            let Some((oldest, at)) = self.order.pop_front() else { return };
            let Some(decision) = self.by_pod.get(&oldest).filter(|d| d.at == at) else { continue };
            if decision.winner.is_none() && self.by_pod.len() <= KEPT_PENDING {
                self.order.push_back((oldest, at));
            } else {
                self.by_pod.remove(&oldest);
            }
        }
    }

    /// Forgets a pod that is gone.
    pub(crate) fn forget(&mut self, uid: &str) {
        self.by_pod.remove(uid);
    }
}
