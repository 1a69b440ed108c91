//! What the scheduler thought of each node for one pod, as it recorded it.

use orrery_api::Pod;
use orrery_cluster::{Cluster, Decision, NodeVerdict};

use crate::scene::{ObjectRef, Text};

/// More nodes than these are counted, not listed.
const LISTED: usize = 12;

/// The last decision about a pod.
#[derive(Clone, PartialEq, Debug)]
pub struct Scheduling {
    /// Which attempt it was.
    pub attempt: u32,
    /// Nodes that would do, of those that were looked at.
    pub feasible: usize,
    /// Nodes that were looked at.
    pub evaluated: usize,
    /// The best first, then those that were refused.
    pub verdicts: Vec<Verdict>,
}

/// What was found of one node.
#[derive(Clone, PartialEq, Debug)]
pub struct Verdict {
    /// The node.
    pub node: Text,
    /// Its score; none when it was refused.
    pub score: Option<i64>,
    /// Why it was refused, and by which plug-in.
    pub reason: Text,
    /// It won.
    pub won: bool,
}

/// The last decision about a pod, as long as the scheduler keeps it.
pub fn scheduling(cluster: &Cluster, pod: &ObjectRef) -> Option<Scheduling> {
    let pod = cluster.api().get::<Pod>(&pod.namespace, &pod.name)?;
    let decision = cluster.scheduler().last_decision(&pod.metadata.uid)?;
    let mut verdicts: Vec<Verdict> = decision.verdicts.iter().map(|v| verdict(decision, v)).collect();
    verdicts.sort_by_key(|v| (!v.won, std::cmp::Reverse(v.score)));
    verdicts.truncate(LISTED);
    Some(Scheduling {
        attempt: decision.attempt,
        feasible: decision.feasible,
        evaluated: decision.evaluated,
        verdicts,
    })
}

fn verdict(decision: &Decision, verdict: &NodeVerdict) -> Verdict {
    let node = decision.node(verdict).clone();
    let (score, reason) = match verdict {
        NodeVerdict::Feasible { total, .. } => (Some(*total), String::new()),
        NodeVerdict::Rejected { plugin, reasons, .. } => (None, format!("{} ({plugin})", reasons.join(", "))),
    };
    Verdict { won: decision.winner.as_ref() == Some(&node), node, score, reason: reason.as_str().into() }
}
