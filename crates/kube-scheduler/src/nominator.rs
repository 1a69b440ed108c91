//! The pods that wait for a node on which room was made for them (upstream: `backend/queue/nominator.go`).

use crate::node_info::AssignedPod;
use crate::pod_info::PodInfo;
use orrery_api::Pod;
use orrery_apimachinery::Str;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What becomes of a pod's nomination when it could not be scheduled (upstream: `NominatingInfo`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Nomination {
    /// It stays as the pod's status tells it.
    Keep,
    /// The pod waits for no node.
    Clear,
    /// The pod waits for this node.
    To(Str),
}

/// Which pods wait for which node. It knows of a nomination before the pod's status tells it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Nominator {
    by_node: BTreeMap<Str, Vec<AssignedPod>>,
    nodes: BTreeMap<Str, Str>,
    generation: u64,
}

impl Nominator {
    /// The pods that wait for a node.
    pub(crate) fn on(&self, node: &str) -> &[AssignedPod] {
        self.by_node.get(node).map_or(&[], Vec::as_slice)
    }

    /// The nodes for which pods wait.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = &Str> {
        self.by_node.keys()
    }

    /// Larger with every change.
    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    /// Takes over what has become of the nomination of a pod that waits.
    pub(crate) fn nominate(&mut self, pod: &Rc<Pod>, info: &Rc<PodInfo>, nomination: &Nomination) {
        self.remove(&pod.metadata.uid);
        let node = match nomination {
            Nomination::Keep => pod.status.nominated_node_name.as_ref(),
            Nomination::Clear => None,
            Nomination::To(node) => Some(node),
        };
        if let Some(node) = node {
            self.generation += 1;
            self.nodes.insert(pod.metadata.uid.clone(), node.clone());
            self.by_node.entry(node.clone()).or_default().push(AssignedPod::waiting(pod, info));
        }
    }

    /// Takes over what has become of a pod that waits. Its status rules, unless it tells of no nomination
    /// and never did: then the news is older than the nomination.
    pub(crate) fn update(&mut self, was: Option<&Pod>, pod: &Rc<Pod>, info: &Rc<PodInfo>) {
        let told = was.is_some_and(|was| was.status.nominated_node_name.is_some())
            || pod.status.nominated_node_name.is_some();
        let known = self.nodes.get(&pod.metadata.uid).filter(|_| !told).cloned();
        self.nominate(pod, info, &known.map_or(Nomination::Keep, Nomination::To));
    }

    /// Has a pod wait for no node.
    pub(crate) fn remove(&mut self, uid: &Str) {
        let Some(node) = self.nodes.remove(uid) else { return };
        self.generation += 1;
        if let Some(pods) = self.by_node.get_mut(&node) {
            pods.retain(|waiting| waiting.pod.metadata.uid != *uid);
            if pods.is_empty() {
                self.by_node.remove(&node);
            }
        }
    }
}
