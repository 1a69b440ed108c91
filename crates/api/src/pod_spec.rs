//! What a pod is to be.

use crate::affinity::Affinity;
use crate::container::{Container, EphemeralContainer, ResourceRequirements};
use crate::reference::LocalObjectReference;
use crate::resources::ResourceList;
use crate::security_context::PodSecurityContext;
use crate::volume::Volume;
use crate::wire::{is_default, null_if_empty, text};
use orrery_apimachinery::{LabelSelector, Str, StrMap};
use serde::{Deserialize, Serialize};

/// What a pod is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodSpec {
    /// How long the pod may run before it fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_deadline_seconds: Option<i64>,
    /// Where the pod wants to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affinity: Option<Affinity>,
    /// Whether pods get a token of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automount_service_account_token: Option<bool>,
    /// The containers.
    #[serde(serialize_with = "null_if_empty")]
    pub containers: Vec<Container>,
    /// Additions to how the pod looks names up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns_config: Option<PodDNSConfig>,
    /// How the pod looks names up.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub dns_policy: Option<Str>,
    /// Whether the environment names the namespace's services.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_service_links: Option<bool>,
    /// Containers that were put in to look around.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ephemeral_containers: Vec<EphemeralContainer>,
    /// Lines of the pod's hosts file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub host_aliases: Vec<HostAlias>,
    /// Whether to share the node's IPC namespace.
    #[serde(rename = "hostIPC", skip_serializing_if = "is_default")]
    pub host_ipc: bool,
    /// Whether to share the node's network.
    #[serde(skip_serializing_if = "is_default")]
    pub host_network: bool,
    /// Whether to share the node's processes.
    #[serde(rename = "hostPID", skip_serializing_if = "is_default")]
    pub host_pid: bool,
    /// Whether to share the node's user namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_users: Option<bool>,
    /// The pod's host name; its own name if absent.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub hostname: Option<Str>,
    /// Secrets for pulling images.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub image_pull_secrets: Vec<LocalObjectReference>,
    /// Containers that run to their end, one by one, before the others start.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub init_containers: Vec<Container>,
    /// The node.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub node_name: Option<Str>,
    /// Labels that the node must have.
    #[serde(skip_serializing_if = "StrMap::is_empty")]
    pub node_selector: StrMap,
    /// The operating system that the pod is made for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os: Option<PodOS>,
    /// What the runtime itself needs for the pod.
    #[serde(skip_serializing_if = "ResourceList::is_empty")]
    pub overhead: ResourceList,
    /// Whether the pod may push others out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preemption_policy: Option<Str>,
    /// The number that the priority class stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<i32>,
    /// How important the pod is, by name.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub priority_class_name: Option<Str>,
    /// Conditions that must hold before the pod counts as ready.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub readiness_gates: Vec<PodReadinessGate>,
    /// Claims on devices that the pod brings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resource_claims: Vec<PodResourceClaim>,
    /// How much the pod as a whole needs, and may use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<ResourceRequirements>,
    /// When containers that ended are started again.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub restart_policy: Option<Str>,
    /// Which container runtime to use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime_class_name: Option<Str>,
    /// Which scheduler finds the node.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub scheduler_name: Option<Str>,
    /// Reasons not to schedule the pod yet.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scheduling_gates: Vec<PodSchedulingGate>,
    /// The rights that all containers share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_context: Option<PodSecurityContext>,
    /// The older name of `serviceAccountName`.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub service_account: Option<Str>,
    /// Whom the pod acts as.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub service_account_name: Option<Str>,
    /// Whether the host name carries the domain.
    #[serde(rename = "setHostnameAsFQDN", skip_serializing_if = "Option::is_none")]
    pub set_hostname_as_fqdn: Option<bool>,
    /// Whether containers see each other's processes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_process_namespace: Option<bool>,
    /// The domain below which the host name is found.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub subdomain: Option<Str>,
    /// The time between asking to stop and killing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub termination_grace_period_seconds: Option<i64>,
    /// Taints that the pod can live with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tolerations: Vec<Toleration>,
    /// How evenly pods are to be spread.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub topology_spread_constraints: Vec<TopologySpreadConstraint>,
    /// Storage that containers can mount.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub volumes: Vec<Volume>,
}

/// Additions to how a pod looks names up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodDNSConfig {
    /// Servers to ask for names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nameservers: Vec<Str>,
    /// Options of the resolver.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<PodDNSConfigOption>,
    /// Domains to look in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub searches: Vec<Str>,
}

/// An option of the resolver.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodDNSConfigOption {
    /// The name.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub name: Option<Str>,
    /// The value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Str>,
}

/// A line of the pod's hosts file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct HostAlias {
    /// The names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hostnames: Vec<Str>,
    /// The address.
    pub ip: Str,
}

/// The operating system that the pod is made for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodOS {
    /// The name.
    pub name: Str,
}

/// A condition that must hold before the pod counts as ready.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodReadinessGate {
    /// The condition's type.
    pub condition_type: Str,
}

/// A claim on devices that the pod brings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodResourceClaim {
    /// The name.
    pub name: Str,
    /// The claim's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_claim_name: Option<Str>,
    /// The template to make a claim from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_claim_template_name: Option<Str>,
}

/// A reason not to schedule the pod yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodSchedulingGate {
    /// The name.
    pub name: Str,
}

/// Lets a pod live with a taint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Toleration {
    /// The effect that is tolerated; every one if absent.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub effect: Option<Str>,
    /// The taint's key; every one if absent.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub key: Option<Str>,
    /// `Equal`, or `Exists` for any value.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub operator: Option<Str>,
    /// How long a `NoExecute` taint is tolerated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub toleration_seconds: Option<i64>,
    /// The taint's value.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub value: Option<Str>,
}

/// How evenly pods are to be spread over the parts of the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct TopologySpreadConstraint {
    /// Which pods are meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_selector: Option<LabelSelector>,
    /// Labels in which counted pods must agree with this one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub match_label_keys: Vec<Str>,
    /// By how much the counts may differ.
    pub max_skew: i32,
    /// How many domains there must be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_domains: Option<i32>,
    /// Whether nodes that the pod does not want are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_affinity_policy: Option<Str>,
    /// Whether tainted nodes are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_taints_policy: Option<Str>,
    /// The label that tells one part of the cluster from another.
    pub topology_key: Str,
    /// Whether the pod waits, or is scheduled all the same.
    pub when_unsatisfiable: Str,
}
