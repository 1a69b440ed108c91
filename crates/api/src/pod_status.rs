//! What is known of a pod.

use crate::container_status::ContainerStatus;
use crate::wire::text;
use orrery_apimachinery::{Str, Time};
use serde::{Deserialize, Serialize};

/// What is known of a pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodStatus {
    /// What is true of the object, and since when.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<PodCondition>,
    /// What is known of each container.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub container_statuses: Vec<ContainerStatus>,
    /// What is known of each ephemeral container.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ephemeral_container_statuses: Vec<ContainerStatus>,
    /// The node's address.
    #[serde(rename = "hostIP", deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub host_ip: Option<Str>,
    /// The node's addresses.
    #[serde(rename = "hostIPs", skip_serializing_if = "Vec::is_empty")]
    pub host_ips: Vec<HostIP>,
    /// What is known of each init container.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub init_container_statuses: Vec<ContainerStatus>,
    /// Details for people.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub message: Option<Str>,
    /// The node on which room is being made for the pod.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub nominated_node_name: Option<Str>,
    /// Where in its life the object is.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub phase: Option<Str>,
    /// The pod's address.
    #[serde(rename = "podIP", deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub pod_ip: Option<Str>,
    /// The pod's addresses, one per family.
    #[serde(rename = "podIPs", skip_serializing_if = "Vec::is_empty")]
    pub pod_ips: Vec<PodIP>,
    /// `Guaranteed`, `Burstable` or `BestEffort`.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub qos_class: Option<Str>,
    /// Why, in one word.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub reason: Option<Str>,
    /// How far a change of resources has come.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub resize: Option<Str>,
    /// Which objects the pod's claims became.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resource_claim_statuses: Vec<PodResourceClaimStatus>,
    /// When the kubelet took the pod on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time: Option<Time>,
}

/// One thing that is true or not of a pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodCondition {
    /// When it was last asked for.
    pub last_probe_time: Option<Time>,
    /// When the status last changed.
    pub last_transition_time: Option<Time>,
    /// Details for people.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub message: Option<Str>,
    /// Why, in one word.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub reason: Option<Str>,
    /// `True`, `False` or `Unknown`.
    pub status: Str,
    /// The type.
    pub type_: Str,
}

/// One address of the pod's node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct HostIP {
    /// The address.
    pub ip: Str,
}

/// One address of the pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodIP {
    /// The address.
    pub ip: Str,
}

/// Which object a claim of the pod became.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodResourceClaimStatus {
    /// The name.
    pub name: Str,
    /// The claim's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_claim_name: Option<Str>,
}
