//! The scheduling framework: what a plug-in can say about a pod and a node, and the registry of plug-ins.

mod event;
mod profile;
mod registry;
mod settings;
mod state;

pub use event::ClusterEvent;
pub use profile::{Args, Enabled, Profile};
pub use registry::{PLUGINS, PluginSet, Registered};
pub use settings::Settings;
pub use state::CycleState;

use crate::cache::Cache;
use crate::node_info::NodeInfo;
use crate::nominator::Nominator;
use crate::pod_group::PodKind;
use crate::pod_info::PodInfo;
use orrery_api::Pod;
use orrery_apimachinery::Str;
use orrery_client::ApiServer;
use std::collections::BTreeSet;
use std::fmt;
use std::rc::Rc;

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
    pub reasons: Rc<[Str]>,
}

impl Status {
    /// A refusal that other pods could lift by going.
    pub fn unschedulable(reason: impl Into<Str>) -> Self {
        Status { code: Code::Unschedulable, reasons: Rc::new([reason.into()]) }
    }

    /// A refusal that no eviction lifts.
    pub fn unresolvable(reason: impl Into<Str>) -> Self {
        Status { code: Code::UnschedulableAndUnresolvable, reasons: Rc::new([reason.into()]) }
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
    /// The plug-ins that decide about it, and their arguments.
    pub profile: &'a Profile,
    /// The nodes with what is taken of them.
    pub cache: &'a Cache,
    /// The pods that wait for a node on which room was made for them.
    pub(crate) nominator: &'a Nominator,
    /// Everything else, such as claims and volumes.
    pub api: &'a ApiServer,
}

impl Cycle<'_> {
    /// Has every plug-in count that a pod came to a node (`by` is 1) or left it (-1).
    pub fn count(&self, state: &mut CycleState, pod: &PodKind, slot: usize, by: i64) {
        for enabled in &self.profile.plugins {
            enabled.plugin().count(self, state, pod, slot, by);
        }
    }
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

/// A plug-in: any of the extension points may be left as it is.
pub trait Plugin: Sync {
    /// Its name, as upstream's.
    fn name(&self) -> &'static str;

    /// Counts in `state` what it needs for pods such as the one of the cycle, from nothing.
    fn survey(&self, _cycle: &Cycle<'_>, _state: &mut CycleState) {}

    /// Counts in `state` that a pod came to a node (`by` is 1) or left it (-1); both are told again when
    /// a preemption is tried (upstream: `PreFilterExtensions`).
    fn count(&self, _cycle: &Cycle<'_>, _state: &mut CycleState, _pod: &PodKind, _slot: usize, _by: i64) {}

    /// Looks at the pod before any node; a refusal here holds for all nodes.
    fn pre_filter(&self, _cycle: &Cycle<'_>, _state: &CycleState) -> Result<PreFilter, Status> {
        Ok(PreFilter::Skip)
    }

    /// Whether the pod can run on the node, as far as this plug-in is concerned.
    fn filter(&self, _cycle: &Cycle<'_>, _state: &CycleState, _node: &NodeInfo) -> Result<(), Status> {
        Ok(())
    }

    /// Whether the plug-in tells the nodes in `feasible` apart for this pod; else it does not score.
    fn pre_score(&self, _cycle: &Cycle<'_>, _state: &mut CycleState, _feasible: &[usize]) -> bool {
        false
    }

    /// How good the node is for the pod.
    fn score(&self, _cycle: &Cycle<'_>, _state: &CycleState, _node: &NodeInfo) -> i64 {
        0
    }

    /// Turns the raw scores of the nodes in `slots` into scores from 0 to 100.
    fn normalise(&self, _state: &CycleState, _slots: &[usize], _scores: &mut [i64]) {}

    /// Whether its verdicts and scores depend on the pod's spec and the node alone, so that they hold for
    /// every pod of the same spec for as long as the node does not change.
    fn looks_at_node_only(&self, _info: &PodInfo) -> bool {
        true
    }

    /// Whether the pod of `cycle`, which this plug-in refused, is worth another try after `event`
    /// (upstream: the queueing hints).
    fn worth_retrying(&self, cycle: &Cycle<'_>, event: &ClusterEvent<'_>) -> bool;
}

/// Turns raw scores into scores from 0 to 100: the highest becomes 100 and the others stay in proportion;
/// or, with `reverse`, 0, and none becomes 100 (upstream: `helper.DefaultNormalizeScore`).
pub fn normalise(reverse: bool, scores: &mut [i64]) {
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
            ("the highest becomes 100", false, [1, 2, 4], [25, 50, 100]),
            ("nothing stays nothing", false, [0, 0, 0], [0, 0, 0]),
            ("the lowest is best", true, [0, 1, 2], [100, 50, 0]),
            ("all equally good", true, [0, 0, 0], [100, 100, 100]),
        ] {
            let mut scores = raw;
            normalise(how, &mut scores);
            assert_eq!(scores, normalised, "{row}");
        }
    }
}
