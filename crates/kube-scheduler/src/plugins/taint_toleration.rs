//! TaintToleration: taints keep pods away that do not tolerate them, or make nodes less welcome.

use crate::framework::{ClusterEvent, Cycle, CycleState, Plugin, PreFilter, Status, normalise};
use crate::node_info::NodeInfo;
use crate::pod_info::PodInfo;
use orrery_api::{Node, Taint};

/// The plug-in.
#[derive(Debug)]
pub struct TaintToleration;

impl Plugin for TaintToleration {
    fn name(&self) -> &'static str {
        "TaintToleration"
    }

    fn pre_filter(&self, _cycle: &Cycle<'_>, _state: &CycleState) -> Result<PreFilter, Status> {
        Ok(PreFilter::AllNodes)
    }

    fn filter(&self, cycle: &Cycle<'_>, _state: &CycleState, node: &NodeInfo) -> Result<(), Status> {
        match node.node.as_ref().and_then(|n| untolerated(n, cycle.info)) {
            None => Ok(()),
            Some(taint) => {
                let value = taint.value.as_deref().unwrap_or_default();
                Err(Status::unresolvable(format!("node(s) had untolerated taint {{{}: {value}}}", taint.key)))
            }
        }
    }

    fn pre_score(&self, _cycle: &Cycle<'_>, _state: &mut CycleState, _feasible: &[usize]) -> bool {
        true
    }

    /// Counts the taints that would rather not have the pod.
    fn score(&self, cycle: &Cycle<'_>, _state: &CycleState, node: &NodeInfo) -> i64 {
        let taints = node.node.iter().flat_map(|n| &n.spec.taints);
        let unwelcome = |taint: &&Taint| {
            &*taint.effect == "PreferNoSchedule"
                && !cycle.info.spec.tolerations.iter().any(|t| {
                    matches!(t.effect.as_deref(), None | Some("" | "PreferNoSchedule")) && t.tolerates(taint)
                })
        };
        i64::try_from(taints.filter(unwelcome).count()).unwrap_or(i64::MAX)
    }

    fn normalise(&self, _state: &CycleState, _slots: &[usize], scores: &mut [i64]) {
        normalise(true, scores);
    }

    fn worth_retrying(&self, cycle: &Cycle<'_>, event: &ClusterEvent<'_>) -> bool {
        match event {
            ClusterEvent::Node { node, was, .. } => {
                let kept_away = |node: &Node| untolerated(node, cycle.info).is_some();
                was.is_none_or(kept_away) && node.node.as_ref().is_some_and(|n| !kept_away(n))
            }
            ClusterEvent::PodTolerations => true,
            _ => false,
        }
    }
}

/// The first taint that keeps the pod away.
fn untolerated<'a>(node: &'a Node, info: &PodInfo) -> Option<&'a Taint> {
    node.spec
        .taints
        .iter()
        .filter(|taint| matches!(&*taint.effect, "NoSchedule" | "NoExecute"))
        .find(|taint| !taint.tolerated_by(&info.spec.tolerations))
}
