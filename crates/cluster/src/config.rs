//! What a run starts from.

use crate::{NodeConfig, RuntimeProfile, SchedulerSettings, Topology};
use orrery_add_ons::AddOn;
use orrery_apimachinery::Quantity;
use orrery_client::node_group::NodeGroup;

/// Everything that, with the commands given later, determines a run.
#[derive(Clone, Debug)]
pub struct Config {
    /// The seed from which every random stream derives.
    pub seed: u64,
    /// The nodes that register at the beginning.
    pub nodes: Vec<NodeConfig>,
    /// The node groups of the cloud beneath; their first machines register at the beginning, too.
    pub node_groups: Vec<NodeGroup>,
    /// How the control plane is laid out.
    pub topology: Topology,
    /// How the container runtime of every node behaves.
    pub runtime: RuntimeProfile,
    /// Whether there is a default storage class with a provisioner.
    pub default_storage_class: bool,
    /// What is installed beside Kubernetes' own programs.
    pub add_ons: Vec<AddOn>,
    /// What the scheduler is told as it starts.
    pub scheduler: SchedulerSettings,
    /// How many past changes stay readable with their objects.
    pub log_limit: usize,
}

impl Config {
    /// The cluster of the conformance recordings: a runtime that takes no time, no storage class
    /// and no provisioner, every change kept.
    pub fn conformance(nodes: usize, cpu: Quantity, memory: Quantity) -> Self {
        let node = |i| NodeConfig::new(i, cpu, memory).labelled("type", "hollow");
        Config {
            seed: 1,
            nodes: (1..=nodes).map(node).collect(),
            node_groups: Vec::new(),
            topology: Topology::default(),
            runtime: RuntimeProfile::Immediate,
            default_storage_class: false,
            add_ons: Vec::new(),
            scheduler: SchedulerSettings::default(),
            log_limit: usize::MAX,
        }
    }

    /// A cluster to look at: images take time to arrive, claims are served by a default class.
    pub fn lively(nodes: usize) -> Self {
        let node = |i| NodeConfig::new(i, Quantity::from_units(4), Quantity::from_bytes(16 << 30));
        Config {
            seed: 1,
            nodes: (1..=nodes).map(node).collect(),
            node_groups: Vec::new(),
            topology: Topology::default(),
            runtime: RuntimeProfile::Lively,
            default_storage_class: true,
            add_ons: AddOn::ALL.to_vec(),
            scheduler: SchedulerSettings::default(),
            log_limit: 20_000,
        }
    }

    /// The same cluster on a cloud with these node groups, which the cluster autoscaler looks after.
    pub fn with_node_groups(mut self, groups: Vec<NodeGroup>) -> Self {
        if !groups.is_empty() && !self.add_ons.contains(&AddOn::ClusterAutoscaler) {
            self.add_ons.push(AddOn::ClusterAutoscaler);
        }
        self.node_groups = groups;
        self
    }

    /// The same cluster with another control plane. Of a machine that is control plane and node, the node tells so.
    pub fn with_topology(mut self, topology: Topology) -> Self {
        self.topology = topology;
        if let Some(node) = self.nodes.first_mut().filter(|_| topology.all_in_one) {
            *node = node.clone().labelled("node-role.kubernetes.io/control-plane", "");
        }
        self
    }
}
