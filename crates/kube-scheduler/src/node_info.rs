//! What the scheduler knows of a node: what there is, what is taken, and by which pods.

use crate::pod_group::PodKind;
use crate::pod_info::{HostPort, PodInfo};
use crate::resources::Resources;
use orrery_api::resources::PODS;
use orrery_api::{Node, Pod};
use orrery_apimachinery::Str;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A pod that has a node, or is about to have it.
#[derive(Clone, Debug)]
pub struct AssignedPod {
    /// The pod as it was last seen; one that was only just given the node does not name it yet.
    pub pod: Rc<Pod>,
    /// What is known of its spec.
    pub info: Rc<PodInfo>,
    /// What rules between pods can see of it.
    pub kind: Rc<PodKind>,
    /// The place of its group in the cache.
    pub(crate) group: usize,
}

impl AssignedPod {
    /// A pod that only waits for a node.
    pub(crate) fn waiting(pod: &Rc<Pod>, info: &Rc<PodInfo>) -> Self {
        AssignedPod { pod: pod.clone(), info: info.clone(), kind: Rc::new(PodKind::of(pod, info)), group: 0 }
    }
}

/// A node with what its pods take of it (upstream: `framework.NodeInfo`).
#[derive(Clone, Debug, Default)]
pub struct NodeInfo {
    /// The node's name.
    pub name: Str,
    /// The node's place in the cache.
    pub slot: usize,
    /// The node; absent while only pods are known that are bound to it.
    pub node: Option<Rc<Node>>,
    /// What pods can have.
    pub allocatable: Resources,
    /// How many pods it takes.
    pub allowed_pods: usize,
    /// What its pods asked for.
    pub requested: Resources,
    /// Thousandths of a core that its pods are taken to use when it is scored.
    pub scored_milli_cpu: i64,
    /// Bytes of memory that its pods are taken to use when it is scored.
    pub scored_memory: i64,
    /// Its pods, by uid.
    pub pods: BTreeMap<Str, AssignedPod>,
    /// Their uids as upstream keeps its list of them: victims of equal importance are taken in this order.
    pub(crate) order: Vec<Str>,
    /// The ports that its pods hold.
    pub ports: Vec<HostPort>,
    /// The sizes of the images that it has.
    pub images: Rc<BTreeMap<Str, i64>>,
}

/// What about a node has changed that can make a difference to a pod
/// (upstream: `framework.NodeSchedulingPropertiesChange`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NodeChange {
    /// The node is new.
    pub added: bool,
    /// What pods can have of it.
    pub allocatable: bool,
    /// Its labels.
    pub labels: bool,
    /// Its taints, or that it takes pods again.
    pub taints: bool,
}

impl NodeChange {
    /// What differs between the node as it was, if it was there, and as it is.
    pub fn between(old: Option<&Node>, new: &Node) -> Self {
        let Some(old) = old else { return NodeChange { added: true, ..Default::default() } };
        NodeChange {
            added: false,
            allocatable: old.status.allocatable != new.status.allocatable,
            labels: old.metadata.labels != new.metadata.labels,
            taints: old.spec.taints != new.spec.taints || (old.spec.unschedulable && !new.spec.unschedulable),
        }
    }

    /// Whether anything of that kind has changed.
    pub fn any(self) -> bool {
        self != NodeChange::default()
    }
}

impl NodeInfo {
    /// Takes the node over as it now is.
    pub(crate) fn set_node(&mut self, node: &Rc<Node>) {
        let known = self.node.as_ref().map(|n| &n.status);
        if known.is_none_or(|status| status.allocatable != node.status.allocatable) {
            self.allocatable = Resources::of(&node.status.allocatable);
            self.allowed_pods = allowed_pods(node);
        }
        if known.is_none_or(|status| status.images != node.status.images) {
            let images = node.status.images.iter();
            let named =
                images.flat_map(|image| image.names.iter().map(|name| (name.clone(), image.size_bytes)));
            self.images = Rc::new(named.collect());
        }
        self.node = Some(node.clone());
    }

    /// The node as it would be without any pod.
    pub(crate) fn empty(&self) -> NodeInfo {
        NodeInfo {
            name: self.name.clone(),
            node: self.node.clone(),
            allocatable: self.allocatable.clone(),
            allowed_pods: self.allowed_pods,
            ..Default::default()
        }
    }

    /// Counts a pod in.
    pub(crate) fn add(&mut self, assigned: AssignedPod) {
        self.count(&assigned.info, 1);
        self.ports.extend(assigned.info.host_ports.iter().cloned());
        let uid = assigned.pod.metadata.uid.clone();
        self.order.push(uid.clone());
        self.pods.insert(uid, assigned);
    }

    /// The pods in upstream's order: who is added or changes goes to the end, and who goes is replaced by
    /// the last one.
    pub(crate) fn in_order(&self) -> impl Iterator<Item = &AssignedPod> {
        self.order.iter().filter_map(|uid| self.pods.get(uid))
    }

    /// Has a pod that has changed go to the end.
    pub(crate) fn reorder(&mut self, uid: &Str) {
        self.leave_order(uid);
        self.order.push(uid.clone());
    }

    fn leave_order(&mut self, uid: &Str) {
        if let Some(at) = self.order.iter().position(|known| known == uid) {
            self.order.swap_remove(at);
        }
    }

    /// Counts a pod out.
    pub(crate) fn remove(&mut self, uid: &Str) -> Option<AssignedPod> {
        let assigned = self.pods.remove(uid)?;
        self.leave_order(uid);
        self.count(&assigned.info, -1);
        for port in &assigned.info.host_ports {
            if let Some(at) = self.ports.iter().position(|p| p == port) {
                self.ports.swap_remove(at);
            }
        }
        Some(assigned)
    }

    fn count(&mut self, info: &PodInfo, sign: i64) {
        self.requested.add(&info.requests, sign);
        self.scored_milli_cpu += sign * info.scored_requests.milli_cpu;
        self.scored_memory += sign * info.scored_requests.memory;
    }

    /// Whether the node itself refuses new pods.
    pub fn unschedulable(&self) -> bool {
        self.node.as_ref().is_some_and(|n| n.spec.unschedulable)
    }
}

/// How many pods a node takes.
pub(crate) fn allowed_pods(node: &Node) -> usize {
    let pods = node.status.allocatable.get(PODS).map_or(0, |q| q.value());
    usize::try_from(pods).unwrap_or(0)
}
