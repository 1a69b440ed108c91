//! Nodes: the machines that pods run on.

use crate::resources::ResourceList;
use crate::rules::Rules;
use crate::validation::{Bare, Errors, Path, intstr, names, quoted, resources, strings, taint_effect};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{ObjectMeta, Str, Time};
use std::collections::BTreeSet;

/// A machine of the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct Node {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What it is to be.
    pub spec: NodeSpec,
    /// What is known of it.
    pub status: NodeStatus,
}

/// What the node is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct NodeSpec {
    /// The range of the node's pod addresses.
    #[json(name = "podCIDR", text)]
    pub pod_cidr: Option<Str>,
    /// The ranges of the node's pod addresses, one per family.
    #[json(name = "podCIDRs", omitempty)]
    pub pod_cidrs: Vec<Str>,
    /// The cloud's id of the machine.
    #[json(name = "providerID", text)]
    pub provider_id: Option<Str>,
    /// Whether the scheduler passes over the node.
    #[json(omitempty)]
    pub unschedulable: bool,
    /// What keeps pods away.
    #[json(omitempty)]
    pub taints: Vec<Taint>,
    /// Where the kubelet took its settings from, once.
    #[json(omitempty)]
    pub config_source: Option<Box<NodeConfigSource>>,
    /// No longer used upstream.
    #[json(name = "externalID", text)]
    pub external_id: Option<Str>,
}

/// Keeps pods away that do not tolerate it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct Taint {
    /// The key.
    pub key: Str,
    /// The value.
    #[json(text)]
    pub value: Option<Str>,
    /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
    pub effect: Str,
    /// When the taint was added.
    #[json(omitempty)]
    pub time_added: Option<Time>,
}

/// Where a kubelet took its settings from, once; no longer used upstream.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct NodeConfigSource {
    /// A ConfigMap with the settings.
    #[json(omitempty)]
    pub config_map: Option<ConfigMapNodeConfigSource>,
}

/// A ConfigMap with the settings of a kubelet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ConfigMapNodeConfigSource {
    /// The object's namespace.
    pub namespace: Str,
    /// The name.
    pub name: Str,
    /// The object's uid.
    #[json(text)]
    pub uid: Option<Str>,
    /// The object's version.
    #[json(text)]
    pub resource_version: Option<Str>,
    /// The key with the settings.
    pub kubelet_config_key: Str,
}

/// What is known of the node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct NodeStatus {
    /// How much there is.
    #[json(omitempty)]
    pub capacity: ResourceList,
    /// What pods can have of the node.
    #[json(omitempty)]
    pub allocatable: ResourceList,
    /// Where in its life the object is.
    #[json(text)]
    pub phase: Option<Str>,
    /// What is true of the object, and since when.
    #[json(omitempty)]
    pub conditions: Vec<NodeCondition>,
    /// How the node can be reached.
    #[json(omitempty)]
    pub addresses: Vec<NodeAddress>,
    /// Where the node's programs listen.
    pub daemon_endpoints: NodeDaemonEndpoints,
    /// What the node is made of.
    pub node_info: NodeSystemInfo,
    /// Images on the node.
    #[json(omitempty)]
    pub images: Vec<ContainerImage>,
    /// Volumes that the node's pods use.
    #[json(omitempty)]
    pub volumes_in_use: Vec<Str>,
    /// Volumes that are attached to the node.
    #[json(omitempty)]
    pub volumes_attached: Vec<AttachedVolume>,
    /// Which settings the kubelet runs with.
    #[json(omitempty)]
    pub config: Option<Box<NodeConfigStatus>>,
    /// The node's container runtimes.
    #[json(omitempty)]
    pub runtime_handlers: Vec<NodeRuntimeHandler>,
    /// What the node's runtime can do.
    #[json(omitempty)]
    pub features: Option<NodeFeatures>,
}

/// One way to reach the node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct NodeAddress {
    /// The type.
    pub type_: Str,
    /// The address.
    pub address: Str,
}

/// One thing that is true or not of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct NodeCondition {
    /// The type.
    pub type_: Str,
    /// `True`, `False` or `Unknown`.
    pub status: Str,
    /// When the kubelet last confirmed it.
    pub last_heartbeat_time: Option<Time>,
    /// When the status last changed.
    pub last_transition_time: Option<Time>,
    /// Why, in one word.
    #[json(text)]
    pub reason: Option<Str>,
    /// Details for people.
    #[json(text)]
    pub message: Option<Str>,
}

/// Which settings the kubelet runs with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct NodeConfigStatus {
    /// The settings that were asked for.
    #[json(omitempty)]
    pub assigned: Option<NodeConfigSource>,
    /// The settings in use.
    #[json(omitempty)]
    pub active: Option<NodeConfigSource>,
    /// The settings to fall back on.
    #[json(omitempty)]
    pub last_known_good: Option<NodeConfigSource>,
    /// What went wrong.
    #[json(text)]
    pub error: Option<Str>,
}

/// Where the node's programs listen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct NodeDaemonEndpoints {
    /// Where the kubelet listens.
    pub kubelet_endpoint: DaemonEndpoint,
}

/// Where one program listens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct DaemonEndpoint {
    /// The port number.
    #[json(name = "Port")]
    pub port: i32,
}

/// What the node's runtime can do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct NodeFeatures {
    /// Whether `supplementalGroupsPolicy` is heeded.
    #[json(omitempty)]
    pub supplemental_groups_policy: Option<bool>,
}

/// An image that is on the node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ContainerImage {
    /// The image's names.
    #[json(omitempty)]
    pub names: Vec<Str>,
    /// The image's size.
    #[json(omitempty)]
    pub size_bytes: i64,
}

/// What the node is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct NodeSystemInfo {
    /// The machine's id.
    #[json(name = "machineID")]
    pub machine_id: Str,
    /// The machine's serial id.
    #[json(name = "systemUUID")]
    pub system_uuid: Str,
    /// Changes with every boot.
    #[json(name = "bootID")]
    pub boot_id: Str,
    /// The kernel's version.
    pub kernel_version: Str,
    /// The operating system's full name.
    pub os_image: Str,
    /// The container runtime and its version.
    pub container_runtime_version: Str,
    /// The kubelet's version.
    pub kubelet_version: Str,
    /// The version of the node's proxy.
    pub kube_proxy_version: Str,
    /// The operating system.
    pub operating_system: Str,
    /// The processor's architecture.
    pub architecture: Str,
}

/// One of the node's container runtimes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct NodeRuntimeHandler {
    /// The name.
    #[json(text)]
    pub name: Option<Str>,
    /// What the runtime can do.
    #[json(omitempty)]
    pub features: Option<NodeRuntimeHandlerFeatures>,
}

/// What one container runtime can do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct NodeRuntimeHandlerFeatures {
    /// Whether mounts can be read-only all the way down.
    #[json(omitempty)]
    pub recursive_read_only_mounts: Option<bool>,
    /// Whether pods can have user namespaces of their own.
    #[json(omitempty)]
    pub user_namespaces: Option<bool>,
}

/// A volume that is attached to the node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct AttachedVolume {
    /// The name.
    pub name: Str,
    /// The path of the device.
    pub device_path: Str,
}

impl Rules for Node {
    fn set_defaults(&mut self) {
        if self.status.allocatable.is_empty() {
            self.status.allocatable = self.status.capacity.clone();
        }
    }

    fn check(&self, errors: &mut Errors) {
        self.check_taints(errors);
        self.check_amounts(errors);
        self.check_ranges(&Path::Root("spec").field("podCIDRs"), errors);
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        self.check_amounts(errors);
        let addresses = &self.status.addresses;
        for (i, address) in addresses.iter().enumerate().filter(|(i, a)| addresses[..*i].contains(a)) {
            let (kind, text) = (quoted(&address.type_), quoted(&address.address));
            let shown = format!("core.NodeAddress{{Type:{kind}, Address:{text}}}");
            errors.duplicate(&Path::Root("status").field("addresses").index(i), &Bare(&shown));
        }
        let path = &Path::Root("spec");
        if !old.spec.pod_cidrs.is_empty() && old.spec.pod_cidrs != self.spec.pod_cidrs {
            let detail = "node updates may not change podCIDR except from \"\" to valid";
            errors.forbidden(&path.field("podCIDRs"), detail);
        }
        if old.spec.provider_id.is_some() && old.spec.provider_id != self.spec.provider_id {
            let detail = "node updates may not change providerID except from \"\" to valid";
            errors.forbidden(&path.field("providerID"), detail);
        }
        self.check_taints(errors);
        if self.spec.external_id != old.spec.external_id {
            errors.forbidden(&path.field("externalID"), "may not be updated");
        }
    }
}

impl Node {
    fn check_ranges(&self, path: &Path, errors: &mut Errors) {
        let ranges = &self.spec.pod_cidrs;
        for (i, range) in ranges.iter().enumerate() {
            intstr::cidr(range, &path.index(i), errors);
        }
        let families: BTreeSet<_> = ranges.iter().map(|range| range.contains(':')).collect();
        if ranges.len() > families.len() {
            let detail = "may specify no more than one CIDR for each IP family";
            errors.invalid(path, &Bare(&strings("string", ranges)), detail);
        }
        for (i, range) in ranges.iter().enumerate().filter(|(i, range)| ranges[..*i].contains(range)) {
            errors.duplicate(&path.index(i), range);
        }
    }

    fn check_amounts(&self, errors: &mut Errors) {
        let path = &Path::Root("status");
        resources::node_amounts(&self.status.capacity, &path.field("capacity"), errors);
        resources::node_amounts(&self.status.allocatable, &path.field("allocatable"), errors);
    }

    fn check_taints(&self, errors: &mut Errors) {
        // Upstream looks for them below `metadata`.
        let list = Path::Root("metadata");
        let list = list.field("taints");
        for (i, taint) in self.spec.taints.iter().enumerate() {
            let at = list.index(i);
            errors.each_invalid(&at.field("key"), &taint.key, names::qualified_name(&taint.key));
            let value = taint.value.as_deref().unwrap_or_default();
            let reasons = names::label_value(value);
            if !reasons.is_empty() {
                errors.invalid(&at.field("value"), value, reasons.join(";"));
            }
            if taint.effect.is_empty() {
                errors.required(&at.field("effect"), "");
            } else {
                taint_effect(&taint.effect, &at.field("effect"), errors);
            }
            let twin = |t: &Taint| (&t.key, &t.effect) == (&taint.key, &taint.effect);
            if self.spec.taints[..i].iter().any(twin) {
                let added = taint.time_added.map_or("<nil>".into(), |time| time.to_string());
                let shown = format!(
                    "core.Taint{{Key:{}, Value:{}, Effect:{}, TimeAdded:{added}}}",
                    quoted(&taint.key),
                    quoted(value),
                    quoted(&taint.effect)
                );
                let detail = "taints must be unique by key and effect pair";
                errors.duplicate_because(&at, &Bare(&shown), detail);
            }
        }
    }
}
