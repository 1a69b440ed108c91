//! What a kubelet is told when it starts.

use orrery_api::Taint;
use orrery_apimachinery::{Quantity, Str, StrMap};

/// A node: its size, and how it is labelled.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeConfig {
    /// The name.
    pub name: Str,
    /// The number of the node, from one; its addresses derive from it.
    pub index: usize,
    /// Processor time, in cores.
    pub cpu: Quantity,
    /// Memory.
    pub memory: Quantity,
    /// Room on the node's own disk.
    pub ephemeral_storage: Quantity,
    /// How many pods fit.
    pub pods: i64,
    /// Labels beside those that every node has.
    pub labels: StrMap,
    /// The taints that the node registers with.
    pub taints: Vec<Taint>,
    /// The range of the node's pod addresses.
    pub pod_cidr: Str,
}

impl NodeConfig {
    /// The node `node-<index>` with the usual room for pods.
    pub fn new(index: usize, cpu: Quantity, memory: Quantity) -> Self {
        let subnet = index.saturating_sub(1);
        // Where the third octet is used up, the second one goes down.
        let (high, low) = (244 - (subnet >> 8), subnet & 0xff);
        NodeConfig {
            name: format!("node-{index}").into(),
            index,
            cpu,
            memory,
            ephemeral_storage: Quantity::from_bytes(100 << 30),
            pods: 110,
            labels: StrMap::default(),
            taints: Vec::new(),
            pod_cidr: format!("10.{high}.{low}.0/24").into(),
        }
    }

    /// The same node with one more label.
    pub fn labelled(mut self, key: &str, value: &str) -> Self {
        self.labels.insert(key, value);
        self
    }

    /// The node's own address.
    pub fn address(&self) -> Str {
        let number = self.index + 2;
        format!("172.{}.{}.{}", 18 + (number >> 16), (number >> 8) & 0xff, number & 0xff).into()
    }
}

/// How the container runtime of a node behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum RuntimeProfile {
    /// The fake runtime of the conformance recordings: pulling images and starting containers takes no time, and
    /// containers have no processes (`fake_runtime.rs`).
    Immediate,
    /// Images take time to arrive, one after the other on each node, containers take time to start, and processes run
    /// in them.
    #[default]
    Lively,
}

impl RuntimeProfile {
    /// The range, in milliseconds, of the time that a container or a sandbox takes to start.
    pub(crate) fn start_millis(self) -> (u64, u64) {
        match self {
            // Little, but a container starts after the relisting that made the kubelet look.
            RuntimeProfile::Immediate => (3, 3),
            RuntimeProfile::Lively => (150, 400),
        }
    }

    /// The range, in milliseconds, of the time after which a kubelet looks again at a pod that it could not
    /// bring to where it should be.
    ///
    /// Upstream adds up to one half to its `syncFrequency`. That is a minute by default; the recorded
    /// kubelets (`hollow-node`) had ten seconds. Where nothing is to vary, it is the middle.
    pub(crate) fn retry_millis(self) -> (u64, u64) {
        match self {
            RuntimeProfile::Immediate => (12_500, 12_500),
            RuntimeProfile::Lively => (10_000, 15_000),
        }
    }
}
