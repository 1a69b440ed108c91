//! Nodes that come, stop, start and go.

use crate::cluster::Seat;
use crate::{Cluster, ComponentId, NodeConfig};
use orrery_apimachinery::{Quantity, Str};
use orrery_kubelet::Kubelet;

impl Cluster {
    /// Powers a node off: its kubelet falls silent and its containers end. False when there is no such node.
    pub fn stop_node(&mut self, name: &str) -> bool {
        let Some(&number) = self.kubelet_of.get(name) else { return false };
        self.kubelets[number].component.stop(&mut self.api, self.now);
        self.plan(ComponentId::Kubelet(number));
        true
    }

    /// Powers a node on again. False when there is no such node.
    pub fn start_node(&mut self, name: &str) -> bool {
        let Some(&number) = self.kubelet_of.get(name) else { return false };
        self.kubelets[number].component.start(&mut self.api, self.now);
        self.plan(ComponentId::Kubelet(number));
        true
    }

    /// Whether a node is powered on; `None` when there is no such node.
    pub fn node_is_on(&self, name: &str) -> Option<bool> {
        self.kubelet(name).map(Kubelet::is_on)
    }

    /// Adds a node as large as the last one, with the next number; returns its name.
    pub fn add_node(&mut self) -> Str {
        let usual = || NodeConfig::new(0, Quantity::from_units(4), Quantity::from_bytes(16 << 30));
        let last = self.config.nodes.last().cloned().unwrap_or_else(usual);
        let node =
            NodeConfig { labels: last.labels, ..NodeConfig::new(last.index + 1, last.cpu, last.memory) };
        let name = node.name.clone();
        self.config.nodes.push(node.clone());
        self.start_kubelet(node);
        name
    }

    /// Starts the kubelet of a new node, which registers it.
    pub(crate) fn start_kubelet(&mut self, node: NodeConfig) {
        let name = node.name.clone();
        let mut kubelet = Kubelet::new(self.config.seed, node, self.config.runtime);
        kubelet.start(&mut self.api, self.now);
        let number = self.kubelets.len();
        self.kubelets.push(Seat::new(kubelet));
        self.kubelet_of.insert(name, number);
        self.plan(ComponentId::Kubelet(number));
    }
}
