//! What the scheduler thought of each node for one pod, as it recorded it.

use orrery_api::Pod;
use orrery_apimachinery::Order;
use orrery_cluster::{Cluster, Decision, NodeVerdict};

use crate::remedies::{Remedies, remedies};
use crate::scene::{ObjectRef, Text};

/// The last decision about a pod.
#[derive(Clone, PartialEq, Debug)]
pub struct Scheduling {
    /// Which attempt it was.
    pub attempt: u32,
    /// Nodes that there were.
    pub nodes: usize,
    /// Nodes that were looked at.
    pub evaluated: usize,
    /// Nodes that would do, of those that were looked at.
    pub feasible: usize,
    /// The plug-ins that scored, and what their scores weigh.
    pub scored_by: Vec<(&'static str, i64)>,
    /// The winner, then the best, then those that were refused. Only so many nodes are kept.
    pub verdicts: Vec<Verdict>,
    /// How many nodes each plug-in refused for which reason; the most first.
    pub refusals: Vec<(&'static str, Text, usize)>,
    /// A pod that waits: what would have to change.
    pub remedies: Remedies,
    /// Where other pods can make room for it by going; the chosen node first.
    pub preemption: Vec<Room>,
    /// Why the first of them was chosen, as a sentence behind the name of the node and a colon.
    pub because: &'static str,
}

/// A node on which pods can make room by going.
#[derive(Clone, PartialEq, Debug)]
pub struct Room {
    /// The node.
    pub node: Text,
    /// The pods that would go, with their priorities.
    pub victims: Vec<(ObjectRef, i32)>,
    /// For how many of them a disruption budget is violated.
    pub violations: usize,
}

/// What was found of one node.
#[derive(Clone, PartialEq, Debug)]
pub struct Verdict {
    /// The node.
    pub node: Text,
    /// Its weighted sum; none when it was refused.
    pub score: Option<i64>,
    /// What each plug-in gave it: as it counted, and from 0 to 100.
    pub scores: Vec<(i64, i64)>,
    /// The plug-in that refused it.
    pub plugin: &'static str,
    /// Why.
    pub reason: Text,
    /// It won.
    pub won: bool,
}

/// The last decision about a pod, as long as the scheduler keeps it.
pub fn scheduling(cluster: &Cluster, pod: &ObjectRef) -> Option<Scheduling> {
    let pod = cluster.api().get::<Pod>(&pod.namespace, &pod.name)?;
    let decision = cluster.scheduler().last_decision(&pod.metadata.uid)?;
    let mut verdicts: Vec<Verdict> = decision.verdicts.iter().map(|v| verdict(decision, v)).collect();
    let order = |v: &Verdict| (!v.won, std::cmp::Reverse(v.score));
    verdicts.order_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.node.cmp(&b.node)));
    Some(Scheduling {
        attempt: decision.attempt,
        nodes: decision.nodes,
        evaluated: decision.evaluated,
        feasible: decision.feasible,
        scored_by: decision.scored_by.iter().map(|s| (s.plugin, s.weight)).collect(),
        refusals: refusals(&verdicts),
        remedies: remedies(cluster, pod, &verdicts),
        preemption: rooms(decision),
        because: decision.preemption.as_ref().map_or("", |p| p.because),
        verdicts,
    })
}

fn rooms(decision: &Decision) -> Vec<Room> {
    let Some(preemption) = &decision.preemption else { return Vec::new() };
    let rooms = preemption.candidates.iter().map(|c| Room {
        node: c.node.clone(),
        victims: c
            .victims
            .iter()
            .map(|v| (ObjectRef::new("Pod", &v.namespace, &v.name), v.priority))
            .collect(),
        violations: c.violations,
    });
    let mut rooms: Vec<Room> = rooms.collect();
    rooms[..=preemption.chosen].rotate_right(1);
    rooms
}

fn verdict(decision: &Decision, verdict: &NodeVerdict) -> Verdict {
    let node = decision.node(verdict).clone();
    let (score, plugin, reason) = match verdict {
        NodeVerdict::Feasible { total, .. } => (Some(*total), "", "".into()),
        NodeVerdict::Rejected { plugin, reasons, .. } => (None, *plugin, reasons.join(", ").as_str().into()),
    };
    let scores = decision.scores(verdict).iter().map(|s| (s.raw, s.normalised)).collect();
    Verdict { won: decision.winner.as_ref() == Some(&node), node, score, scores, plugin, reason }
}

fn refusals(verdicts: &[Verdict]) -> Vec<(&'static str, Text, usize)> {
    let mut counted: Vec<(&'static str, Text, usize)> = Vec::new();
    for verdict in verdicts.iter().filter(|v| v.score.is_none()) {
        match counted.iter_mut().find(|c| c.0 == verdict.plugin && c.1 == verdict.reason) {
            Some(known) => known.2 += 1,
            None => counted.push((verdict.plugin, verdict.reason.clone(), 1)),
        }
    }
    counted.order_by_key(|c| std::cmp::Reverse(c.2));
    counted
}
