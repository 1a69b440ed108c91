//! What a pod is to be.

use crate::affinity::Affinity;
use crate::container::{Container, EphemeralContainer, ResourceRequirements};
use crate::reference::LocalObjectReference;
use crate::resources::ResourceList;
use crate::security_context::PodSecurityContext;
use crate::volume::Volume;
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{LabelSelector, Str, StrMap};

/// What a pod is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PodSpec {
    /// Storage that containers can mount.
    #[json(omitempty)]
    pub volumes: Vec<Volume>,
    /// Containers that run to their end, one by one, before the others start.
    #[json(omitempty)]
    pub init_containers: Vec<Container>,
    /// The containers.
    #[json(null_if_empty)]
    pub containers: Vec<Container>,
    /// Containers that were put in to look around.
    #[json(omitempty)]
    pub ephemeral_containers: Vec<EphemeralContainer>,
    /// When containers that ended are started again.
    #[json(text)]
    pub restart_policy: Option<Str>,
    /// The time between asking to stop and killing.
    #[json(omitempty)]
    pub termination_grace_period_seconds: Option<i64>,
    /// How long the pod may run before it fails.
    #[json(omitempty)]
    pub active_deadline_seconds: Option<i64>,
    /// How the pod looks names up.
    #[json(text)]
    pub dns_policy: Option<Str>,
    /// Labels that the node must have.
    #[json(omitempty)]
    pub node_selector: StrMap,
    /// Whom the pod acts as.
    #[json(text)]
    pub service_account_name: Option<Str>,
    /// The older name of `serviceAccountName`.
    #[json(text)]
    pub service_account: Option<Str>,
    /// Whether pods get a token of the account.
    #[json(omitempty)]
    pub automount_service_account_token: Option<bool>,
    /// The node.
    #[json(text)]
    pub node_name: Option<Str>,
    /// Whether to share the node's network.
    #[json(omitempty)]
    pub host_network: bool,
    /// Whether to share the node's processes.
    #[json(name = "hostPID", omitempty)]
    pub host_pid: bool,
    /// Whether to share the node's IPC namespace.
    #[json(name = "hostIPC", omitempty)]
    pub host_ipc: bool,
    /// Whether containers see each other's processes.
    #[json(omitempty)]
    pub share_process_namespace: Option<bool>,
    /// The rights that all containers share.
    #[json(omitempty)]
    pub security_context: Option<PodSecurityContext>,
    /// Secrets for pulling images.
    #[json(omitempty)]
    pub image_pull_secrets: Vec<LocalObjectReference>,
    /// The pod's host name; its own name if absent.
    #[json(text)]
    pub hostname: Option<Str>,
    /// The domain below which the host name is found.
    #[json(text)]
    pub subdomain: Option<Str>,
    /// Where the pod wants to be.
    #[json(omitempty)]
    pub affinity: Option<Affinity>,
    /// Which scheduler finds the node.
    #[json(text)]
    pub scheduler_name: Option<Str>,
    /// Taints that the pod can live with.
    #[json(omitempty)]
    pub tolerations: Vec<Toleration>,
    /// Lines of the pod's hosts file.
    #[json(omitempty)]
    pub host_aliases: Vec<HostAlias>,
    /// How important the pod is, by name.
    #[json(text)]
    pub priority_class_name: Option<Str>,
    /// The number that the priority class stands for.
    #[json(omitempty)]
    pub priority: Option<i32>,
    /// Additions to how the pod looks names up.
    #[json(omitempty)]
    pub dns_config: Option<PodDNSConfig>,
    /// Conditions that must hold before the pod counts as ready.
    #[json(omitempty)]
    pub readiness_gates: Vec<PodReadinessGate>,
    /// Which container runtime to use.
    #[json(omitempty)]
    pub runtime_class_name: Option<Str>,
    /// Whether the environment names the namespace's services.
    #[json(omitempty)]
    pub enable_service_links: Option<bool>,
    /// Whether the pod may push others out.
    #[json(omitempty)]
    pub preemption_policy: Option<Str>,
    /// What the runtime itself needs for the pod.
    #[json(omitempty)]
    pub overhead: ResourceList,
    /// How evenly pods are to be spread.
    #[json(omitempty)]
    pub topology_spread_constraints: Vec<TopologySpreadConstraint>,
    /// Whether the host name carries the domain.
    #[json(name = "setHostnameAsFQDN", omitempty)]
    pub set_hostname_as_fqdn: Option<bool>,
    /// The operating system that the pod is made for.
    #[json(omitempty)]
    pub os: Option<PodOS>,
    /// Whether to share the node's user namespace.
    #[json(omitempty)]
    pub host_users: Option<bool>,
    /// Reasons not to schedule the pod yet.
    #[json(omitempty)]
    pub scheduling_gates: Vec<PodSchedulingGate>,
    /// Claims on devices that the pod brings.
    #[json(omitempty)]
    pub resource_claims: Vec<PodResourceClaim>,
    /// How much the pod as a whole needs, and may use.
    #[json(omitempty)]
    pub resources: Option<ResourceRequirements>,
}

/// Additions to how a pod looks names up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PodDNSConfig {
    /// Servers to ask for names.
    #[json(omitempty)]
    pub nameservers: Vec<Str>,
    /// Domains to look in.
    #[json(omitempty)]
    pub searches: Vec<Str>,
    /// Options of the resolver.
    #[json(omitempty)]
    pub options: Vec<PodDNSConfigOption>,
}

/// An option of the resolver.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PodDNSConfigOption {
    /// The name.
    #[json(text)]
    pub name: Option<Str>,
    /// The value.
    #[json(omitempty)]
    pub value: Option<Str>,
}

/// A line of the pod's hosts file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct HostAlias {
    /// The address.
    pub ip: Str,
    /// The names.
    #[json(omitempty)]
    pub hostnames: Vec<Str>,
}

/// The operating system that the pod is made for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PodOS {
    /// The name.
    pub name: Str,
}

/// A condition that must hold before the pod counts as ready.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PodReadinessGate {
    /// The condition's type.
    pub condition_type: Str,
}

/// A claim on devices that the pod brings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PodResourceClaim {
    /// The name.
    pub name: Str,
    /// The claim's name.
    #[json(omitempty)]
    pub resource_claim_name: Option<Str>,
    /// The template to make a claim from.
    #[json(omitempty)]
    pub resource_claim_template_name: Option<Str>,
}

/// A reason not to schedule the pod yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PodSchedulingGate {
    /// The name.
    pub name: Str,
}

/// Lets a pod live with a taint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct Toleration {
    /// The taint's key; every one if absent.
    #[json(text)]
    pub key: Option<Str>,
    /// `Equal`, or `Exists` for any value.
    #[json(text)]
    pub operator: Option<Str>,
    /// The taint's value.
    #[json(text)]
    pub value: Option<Str>,
    /// The effect that is tolerated; every one if absent.
    #[json(text)]
    pub effect: Option<Str>,
    /// How long a `NoExecute` taint is tolerated.
    #[json(omitempty)]
    pub toleration_seconds: Option<i64>,
}

/// How evenly pods are to be spread over the parts of the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct TopologySpreadConstraint {
    /// By how much the counts may differ.
    pub max_skew: i32,
    /// The label that tells one part of the cluster from another.
    pub topology_key: Str,
    /// Whether the pod waits, or is scheduled all the same.
    pub when_unsatisfiable: Str,
    /// Which pods are meant.
    #[json(omitempty)]
    pub label_selector: Option<LabelSelector>,
    /// How many domains there must be.
    #[json(omitempty)]
    pub min_domains: Option<i32>,
    /// Whether nodes that the pod does not want are counted.
    #[json(omitempty)]
    pub node_affinity_policy: Option<Str>,
    /// Whether tainted nodes are counted.
    #[json(omitempty)]
    pub node_taints_policy: Option<Str>,
    /// Labels in which counted pods must agree with this one.
    #[json(omitempty)]
    pub match_label_keys: Vec<Str>,
}
