//! The scheduling framework: what a plug-in can say about a pod and a node, and the registry of plug-ins.

mod event;
mod registry;

pub use event::ClusterEvent;
pub use registry::{PLUGINS, PluginSet, Registered};

use crate::cache::Cache;
use crate::node_info::NodeInfo;
use crate::pod_info::PodInfo;
use orrery_api::Pod;
use orrery_apimachinery::Str;
use orrery_client::ApiServer;
use std::collections::BTreeSet;
use std::fmt;

/// The highest score that a plug-in gives a node, before its weight.
pub const MAX_NODE_SCORE: i64 = 100;

/// How a plug-in refuses a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// The pod would fit if other pods went.
    Unschedulable,
    /// The pod would not fit whoever went.
    UnschedulableAndUnresolvable,
}

/// A refusal with its reasons, in the words that people read in events (upstream: `framework.Status`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// How the node is refused.
    pub code: Code,
    /// Why.
    pub reasons: Vec<Str>,
}

impl Status {
    /// A refusal that other pods could lift by going.
    pub fn unschedulable(reason: impl Into<Str>) -> Self {
        Status { code: Code::Unschedulable, reasons: vec![reason.into()] }
    }

    /// A refusal that no eviction lifts.
    pub fn unresolvable(reason: impl Into<Str>) -> Self {
        Status { code: Code::UnschedulableAndUnresolvable, reasons: vec![reason.into()] }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reasons.join(", "))
    }
}

/// What a plug-in looks at in one scheduling cycle.
#[derive(Clone, Copy)]
pub struct Cycle<'a> {
    /// The pod.
    pub pod: &'a Pod,
    /// What is known of its spec.
    pub info: &'a PodInfo,
    /// The nodes with what is taken of them.
    pub cache: &'a Cache,
    /// Everything else, such as claims and volumes.
    pub api: &'a ApiServer,
}

/// What a plug-in says about a pod before any node is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PreFilter {
    /// The plug-in has nothing against any node for this pod; its filter is skipped.
    Skip,
    /// Look at every node.
    AllNodes,
    /// Only these nodes can do.
    Nodes(BTreeSet<Str>),
}

/// How raw scores become scores from 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Normalise {
    /// They are already.
    AsTheyAre,
    /// The highest becomes 100, the others in proportion.
    InProportion,
    /// The highest becomes 0, none becomes 100.
    Reversed,
}

/// A plug-in: any of the extension points may be left as it is.
pub trait Plugin: Sync {
    /// Its name, as upstream's.
    fn name(&self) -> &'static str;

    /// Looks at the pod before any node; a refusal here holds for all nodes.
    fn pre_filter(&self, _cycle: &Cycle<'_>) -> Result<PreFilter, Status> {
        Ok(PreFilter::Skip)
    }

    /// Whether the pod can run on the node, as far as this plug-in is concerned.
    fn filter(&self, _cycle: &Cycle<'_>, _node: &NodeInfo) -> Result<(), Status> {
        Ok(())
    }

    /// Whether the plug-in tells nodes apart for this pod; else it does not score.
    fn scores(&self, _cycle: &Cycle<'_>) -> bool {
        false
    }

    /// How good the node is for the pod.
    fn score(&self, _cycle: &Cycle<'_>, _node: &NodeInfo) -> i64 {
        0
    }

    /// What becomes of the raw scores.
    fn normalise(&self) -> Normalise {
        Normalise::AsTheyAre
    }

    /// Whether its verdicts depend on the pod's spec and the node alone, so that they hold for every
    /// pod of the same spec for as long as the node does not change.
    fn looks_at_node_only(&self, _info: &PodInfo) -> bool {
        true
    }

    /// Whether a pod that this plug-in refused is worth another try after `event`
    /// (upstream: the queueing hints).
    fn worth_retrying(&self, pod: &Pod, info: &PodInfo, event: &ClusterEvent<'_>) -> bool;
}

/// Turns raw scores into scores from 0 to 100 (upstream: `helper.DefaultNormalizeScore`).
pub fn normalise(how: Normalise, scores: &mut [i64]) {
    let reverse = match how {
        Normalise::AsTheyAre => return,
        Normalise::InProportion => false,
        Normalise::Reversed => true,
    };
    let max = scores.iter().copied().max().unwrap_or(0);
    for score in scores {
        let proportion = if max == 0 { 0 } else { *score * MAX_NODE_SCORE / max };
        *score = if reverse { MAX_NODE_SCORE - proportion } else { proportion };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_brought_into_the_range_up_to_100() {
        for (row, how, raw, normalised) in [
            ("the highest becomes 100", Normalise::InProportion, [1, 2, 4], [25, 50, 100]),
            ("nothing stays nothing", Normalise::InProportion, [0, 0, 0], [0, 0, 0]),
            ("the lowest is best", Normalise::Reversed, [0, 1, 2], [100, 50, 0]),
            ("all equally good", Normalise::Reversed, [0, 0, 0], [100, 100, 100]),
        ] {
            let mut scores = raw;
            normalise(how, &mut scores);
            assert_eq!(scores, normalised, "{row}");
        }
    }
}
