//! The registry of plug-ins: a line each, in the order of upstream's default profile.

use super::Plugin;
use crate::plugins::{
    ImageLocality, InterPodAffinity, NodeAffinity, NodeName, NodePorts, NodeResourcesBalancedAllocation,
    NodeResourcesFit, NodeUnschedulable, NodeVolumeLimits, PodTopologySpread, TaintToleration, VolumeBinding,
    VolumeRestrictions, VolumeZone,
};
use orrery_apimachinery::Order;

/// A plug-in and what its score weighs (upstream: `pkg/scheduler/apis/config/v1/default_plugins.go`).
pub struct Registered {
    /// The plug-in.
    pub plugin: &'static dyn Plugin,
    /// What its score weighs.
    pub weight: i64,
}

/// All plug-ins.
pub static PLUGINS: [Registered; 14] = [
    Registered { plugin: &NodeUnschedulable, weight: 0 },
    Registered { plugin: &NodeName, weight: 0 },
    Registered { plugin: &TaintToleration, weight: 3 },
    Registered { plugin: &NodeAffinity, weight: 2 },
    Registered { plugin: &NodePorts, weight: 0 },
    Registered { plugin: &NodeResourcesFit, weight: 1 },
    Registered { plugin: &VolumeRestrictions, weight: 0 },
    Registered { plugin: &NodeVolumeLimits, weight: 0 },
    Registered { plugin: &VolumeBinding, weight: 0 },
    Registered { plugin: &VolumeZone, weight: 0 },
    Registered { plugin: &PodTopologySpread, weight: 2 },
    Registered { plugin: &InterPodAffinity, weight: 2 },
    Registered { plugin: &NodeResourcesBalancedAllocation, weight: 1 },
    Registered { plugin: &ImageLocality, weight: 1 },
];

/// Some of the plug-ins, by their place in [`PLUGINS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PluginSet(u32);

impl PluginSet {
    /// Adds the plug-in at `index`.
    pub fn insert(&mut self, index: usize) {
        self.0 |= 1 << index;
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The places of the plug-ins, in order.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        (0..PLUGINS.len()).filter(move |&index| self.contains(index))
    }

    /// Whether the plug-in at `index` is one of them.
    pub fn contains(self, index: usize) -> bool {
        self.0 & (1 << index) != 0
    }

    /// The names of the plug-ins, sorted.
    pub fn names(self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.iter().map(|index| PLUGINS[index].plugin.name()).collect();
        names.order();
        names
    }
}
