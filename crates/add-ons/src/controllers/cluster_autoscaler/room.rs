//! What fits on a node: the filters of the scheduler, as far as they can be asked of a node that is not there yet
//! (upstream: `simulator/clustersnapshot`, which runs the scheduler's own plug-ins).
//!
//! Deviation: of the rules between pods, required anti-affinity on one host is known; volumes and spreading are not.

use orrery_api::resources::{PODS, ResourceList};
use orrery_api::{DaemonSet, Node, Pod, PodSpec, Taint, pod_resources};
use orrery_apimachinery::{Quantity, Str, StrMap};
use orrery_client::ApiServer;
use orrery_client::node_group::NodeGroup;
use std::rc::Rc;

const HOSTNAME: &str = "kubernetes.io/hostname";
const UNSCHEDULABLE: &str = "node.kubernetes.io/unschedulable";

/// A node with what is left on it.
#[derive(Clone, Debug)]
pub(super) struct Room {
    pub node: Rc<Node>,
    pub free: ResourceList,
    /// The namespaces and labels of its pods.
    pods: Vec<(Str, StrMap)>,
}

impl Room {
    /// A node with its pods.
    pub(super) fn of(node: &Rc<Node>, api: &ApiServer) -> Room {
        let mut room = Room { node: node.clone(), free: node.status.allocatable.clone(), pods: Vec::new() };
        for pod in api.pods_on(&node.metadata.name) {
            if !super::is_over(pod) {
                room.place(pod);
            }
        }
        room
    }

    /// A node that the group would get next, with the pods of DaemonSets that it would get.
    pub(super) fn next_of(group: &NodeGroup, api: &ApiServer) -> Room {
        let node = Rc::new(group.template());
        let mut room = Room { free: node.status.allocatable.clone(), node, pods: Vec::new() };
        for set in api.list::<DaemonSet>() {
            let spec = &set.spec.template.spec;
            if room.repels(spec).is_none() && room.is_chosen(spec) {
                room.take(spec);
            }
        }
        room
    }

    /// Puts a pod there.
    pub(super) fn place(&mut self, pod: &Pod) {
        self.take(&pod.spec);
        self.pods.push((pod.metadata.namespace.clone(), pod.metadata.labels.clone()));
    }

    fn take(&mut self, spec: &PodSpec) {
        for (name, amount) in asked(spec) {
            *self.free.entry(name).or_default() -= amount;
        }
    }

    /// Why a pod does not fit, in the scheduler's words; empty if it does.
    pub(super) fn why_not(&self, pod: &Pod) -> Vec<Str> {
        let spec = &pod.spec;
        let tolerates_cordon = || {
            let taint =
                Taint { key: UNSCHEDULABLE.into(), effect: "NoSchedule".into(), ..Default::default() };
            taint.tolerated_by(&spec.tolerations)
        };
        if self.node.spec.unschedulable && !tolerates_cordon() {
            return vec!["node(s) were unschedulable".into()];
        }
        if let Some(taint) = self.repels(spec) {
            let value = taint.value.as_deref().unwrap_or_default();
            return vec![format!("node(s) had untolerated taint {{{}: {value}}}", taint.key).into()];
        }
        if !self.is_chosen(spec) {
            return vec!["node(s) didn't match Pod's node affinity/selector".into()];
        }
        let mut lacking = Vec::new();
        for (name, amount) in asked(spec) {
            if !amount.is_zero() && self.free.get(&name).copied().unwrap_or_default() < amount {
                let reason =
                    if &*name == PODS { "Too many pods".into() } else { format!("Insufficient {name}") };
                lacking.push(reason.into());
            }
        }
        if lacking.is_empty() && self.is_shunned(pod) {
            lacking.push("node(s) didn't match pod anti-affinity rules".into());
        }
        lacking
    }

    /// The taint that keeps the pod away.
    fn repels(&self, spec: &PodSpec) -> Option<&Taint> {
        let hard = |taint: &&Taint| &*taint.effect != "PreferNoSchedule";
        self.node.spec.taints.iter().filter(hard).find(|taint| !taint.tolerated_by(&spec.tolerations))
    }

    fn is_chosen(&self, spec: &PodSpec) -> bool {
        let affinity = spec.affinity.as_ref().and_then(|a| a.node_affinity.as_ref());
        let required = affinity.and_then(|a| a.required_during_scheduling_ignored_during_execution.as_ref());
        let labels = &self.node.metadata.labels;
        spec.node_selector.iter().all(|(key, value)| labels.get(key) == Some(value))
            && required.is_none_or(|selector| selector.matches(&self.node))
    }

    /// Whether there is a pod that this one wants no host in common with.
    fn is_shunned(&self, pod: &Pod) -> bool {
        let affinity = pod.spec.affinity.as_ref().and_then(|a| a.pod_anti_affinity.as_ref());
        let terms =
            affinity.map(|a| &*a.required_during_scheduling_ignored_during_execution).unwrap_or_default();
        terms.iter().filter(|term| &*term.topology_key == HOSTNAME).any(|term| {
            let Some(selector) = &term.label_selector else { return false };
            self.pods.iter().any(|(namespace, labels)| {
                let own = term.namespaces.is_empty() && *namespace == pod.metadata.namespace;
                (own || term.namespaces.contains(namespace)) && selector.matches(labels)
            })
        })
    }
}

/// What a pod takes of a node: its requests, and one place.
pub(super) fn asked(spec: &PodSpec) -> ResourceList {
    let mut requests = pod_resources::requests(spec);
    requests.insert(PODS.into(), Quantity::from_units(1));
    requests
}
