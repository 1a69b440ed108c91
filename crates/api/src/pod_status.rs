//! What is known of a pod.

use crate::container_status::ContainerStatus;
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{Str, Time};

/// What is known of a pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PodStatus {
    /// Where in its life the object is.
    #[json(text)]
    pub phase: Option<Str>,
    /// What is true of the object, and since when.
    #[json(omitempty)]
    pub conditions: Vec<PodCondition>,
    /// Details for people.
    #[json(text)]
    pub message: Option<Str>,
    /// Why, in one word.
    #[json(text)]
    pub reason: Option<Str>,
    /// The node on which room is being made for the pod.
    #[json(text)]
    pub nominated_node_name: Option<Str>,
    /// The node's address.
    #[json(name = "hostIP", text)]
    pub host_ip: Option<Str>,
    /// The node's addresses.
    #[json(name = "hostIPs", omitempty)]
    pub host_ips: Vec<HostIP>,
    /// The pod's address.
    #[json(name = "podIP", text)]
    pub pod_ip: Option<Str>,
    /// The pod's addresses, one per family.
    #[json(name = "podIPs", omitempty)]
    pub pod_ips: Vec<PodIP>,
    /// When the kubelet took the pod on.
    #[json(omitempty)]
    pub start_time: Option<Time>,
    /// What is known of each init container.
    #[json(omitempty)]
    pub init_container_statuses: Vec<ContainerStatus>,
    /// What is known of each container.
    #[json(omitempty)]
    pub container_statuses: Vec<ContainerStatus>,
    /// `Guaranteed`, `Burstable` or `BestEffort`.
    #[json(text)]
    pub qos_class: Option<Str>,
    /// What is known of each ephemeral container.
    #[json(omitempty)]
    pub ephemeral_container_statuses: Vec<ContainerStatus>,
    /// How far a change of resources has come.
    #[json(text)]
    pub resize: Option<Str>,
    /// Which objects the pod's claims became.
    #[json(omitempty)]
    pub resource_claim_statuses: Vec<PodResourceClaimStatus>,
}

/// One thing that is true or not of a pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PodCondition {
    /// The type.
    pub type_: Str,
    /// `True`, `False` or `Unknown`.
    pub status: Str,
    /// When it was last asked for.
    pub last_probe_time: Option<Time>,
    /// When the status last changed.
    pub last_transition_time: Option<Time>,
    /// Why, in one word.
    #[json(text)]
    pub reason: Option<Str>,
    /// Details for people.
    #[json(text)]
    pub message: Option<Str>,
}

/// One address of the pod's node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct HostIP {
    /// The address.
    pub ip: Str,
}

/// One address of the pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PodIP {
    /// The address.
    pub ip: Str,
}

/// Which object a claim of the pod became.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PodResourceClaimStatus {
    /// The name.
    pub name: Str,
    /// The claim's name.
    #[json(omitempty)]
    pub resource_claim_name: Option<Str>,
}
