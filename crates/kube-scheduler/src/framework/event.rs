//! What happens in the cluster that can make room for a pod that waits.

use crate::node_info::{AssignedPod, NodeChange, NodeInfo};
use crate::pod_group::PodKind;
use orrery_api::{Node, Object, Pod};
use orrery_apimachinery::StrMap;
use orrery_client::volume::claim_names;
use orrery_client::{Change, Op};

/// An event that may be worth another try (upstream: `framework.ClusterEvent`).
#[derive(Clone, Copy, Debug)]
pub enum ClusterEvent<'a> {
    /// A node is new or has changed.
    Node {
        /// The node as it is now.
        node: &'a NodeInfo,
        /// The node as it was.
        was: Option<&'a Node>,
        /// What about it has changed.
        change: NodeChange,
    },
    /// A node is gone.
    NodeDelete(&'a Node),
    /// A pod has got a node.
    AssignedPodAdd(&'a PodKind),
    /// A pod that has a node has other labels.
    AssignedPodUpdate {
        /// The pod as it was.
        was: &'a PodKind,
        /// The pod as it is.
        is: &'a PodKind,
    },
    /// A pod that had a node is gone or has ended.
    AssignedPodDelete(&'a AssignedPod),
    /// The waiting pod itself has other tolerations.
    PodTolerations,
    /// The waiting pod itself has other labels; these are those it had.
    PodLabels(&'a StrMap),
    /// An object that is neither a pod nor a node is new, has changed or is gone.
    Object(&'a Change),
    /// The pod has waited for too long without any event.
    Timeout,
}

impl<'a> ClusterEvent<'a> {
    /// Whether the event makes plug-ins try again that only wait for new nodes: any change of taints
    /// does (upstream registers it for all of them, in `buildQueueingHintMap`).
    pub fn changes_taints(&self) -> bool {
        matches!(self, ClusterEvent::Node { change, .. } if change.taints)
    }

    /// The object that is new or has changed, and what it was.
    pub fn object(&self) -> Option<(&'a Object, Option<&'a Object>)> {
        match self {
            ClusterEvent::Object(change) if change.op != Op::Deleted => {
                Some((&change.value, change.previous.as_ref()))
            }
            _ => None,
        }
    }

    /// The object that is gone.
    pub fn deleted(&self) -> Option<&'a Object> {
        match self {
            ClusterEvent::Object(change) if change.op == Op::Deleted => Some(&change.value),
            _ => None,
        }
    }

    /// Whether a claim that `pod` uses is new; with `changed`, also whether one has changed.
    pub fn is_claim_of(&self, pod: &Pod, changed: bool) -> bool {
        match self.object() {
            Some((Object::PersistentVolumeClaim(claim), was)) => {
                (changed || was.is_none())
                    && claim.metadata.namespace == pod.metadata.namespace
                    && claim_names(pod).any(|name| name == claim.metadata.name)
            }
            _ => false,
        }
    }
}
