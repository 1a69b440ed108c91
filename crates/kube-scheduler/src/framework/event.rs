//! What happens in the cluster that can make room for a pod that waits.

use crate::node_info::{NodeChange, NodeInfo};
use crate::pod_info::PodInfo;
use orrery_api::{Node, PersistentVolumeClaim, Pod};
use orrery_client::volume::claim_names;

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
    /// A pod that had a node is gone or has ended.
    AssignedPodDelete(&'a PodInfo),
    /// The waiting pod itself has other tolerations.
    PodTolerations,
    /// A claim is new or has changed.
    Claim(&'a PersistentVolumeClaim),
    /// A volume is new or has changed.
    Volume,
    /// A class is new or has changed.
    StorageClass,
    /// The pod has waited for too long without any event.
    Timeout,
}

impl ClusterEvent<'_> {
    /// Whether the event makes plug-ins try again that only wait for new nodes: any change of taints
    /// does (upstream registers it for all of them, in `buildQueueingHintMap`).
    pub fn changes_taints(&self) -> bool {
        matches!(self, ClusterEvent::Node { change, .. } if change.taints)
    }

    /// Whether the event is about a claim that `pod` uses.
    pub fn is_claim_of(&self, pod: &Pod) -> bool {
        let ClusterEvent::Claim(claim) = self else { return false };
        claim.metadata.namespace == pod.metadata.namespace
            && claim_names(pod).any(|name| name == claim.metadata.name)
    }
}
