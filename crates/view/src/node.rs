//! A node as a card: readiness, requests against allocatable, pods in the order in which they came.

use orrery_apimachinery::Order;
use std::collections::{BTreeMap, BTreeSet};

use orrery_api::{Node, Pod, resources};
use orrery_apimachinery::{Quantity, Str};
use orrery_cluster::Cluster;

use crate::countdown;
use crate::owner::Hues;
use crate::pod;
use crate::scene::{Lamp, Meter, NodeCard, NodeState, ObjectRef};

/// The most pods of a node when it does not say (upstream: the kubelet's `maxPods`).
const MAX_PODS: u64 = 110;

/// The card of a node.
pub(crate) fn card(
    cluster: &Cluster,
    node: &Node,
    hues: &Hues,
    calls: &BTreeMap<Str, u64>,
    pulling: &BTreeSet<Str>,
    wanted: &dyn Fn(&str) -> bool,
) -> NodeCard {
    let api = cluster.api();
    let name = &node.metadata.name;
    let all: Vec<_> = api.pods_on(name).collect();
    let mut pods: Vec<_> = all.iter().filter(|p| wanted(&p.metadata.namespace)).collect();
    pods.order_by(|a, b| order(a).cmp(&order(b)));
    NodeCard {
        id: ObjectRef { kind: "Node".into(), namespace: "".into(), name: name.clone() },
        state: state(node),
        stopped: cluster.node_is_on(name) == Some(false),
        cordoned: node.spec.unschedulable,
        cpu: meter(node, &all, resources::CPU, Quantity::milli_value),
        memory: meter(node, &all, resources::MEMORY, Quantity::value),
        pod_cidr: node.spec.pod_cidr.clone().unwrap_or_default(),
        max_pods: node.status.allocatable.get(resources::PODS).map_or(MAX_PODS, |q| unsigned(q.value())),
        pods: pods.into_iter().map(|p| pod::mark(api, cluster.now(), hues, pulling, p)).collect(),
        kubelet: Lamp { name: name.clone(), calls: calls.get(name).copied().unwrap_or(0) },
        countdown: countdown::of_node(cluster, node),
    }
}

/// Pods keep their places: those that came first stand first.
fn order(pod: &Pod) -> (Option<i64>, &Str) {
    (pod.metadata.creation_timestamp.map(|t| t.0), &pod.metadata.name)
}

/// Readiness as the control plane knows it.
pub(crate) fn state(node: &Node) -> NodeState {
    match node.status.conditions.iter().find(|c| &*c.type_ == "Ready").map(|c| &*c.status) {
        Some("True") => NodeState::Ready,
        Some("Unknown") => NodeState::Unknown,
        _ => NodeState::NotReady,
    }
}

/// Requests of the pods that still hold their room, against what the node offers.
pub(crate) fn meter(
    node: &Node,
    pods: &[&std::rc::Rc<Pod>],
    resource: &str,
    unit: fn(&Quantity) -> i64,
) -> Meter {
    let running = pods.iter().filter(|p| !matches!(p.status.phase.as_deref(), Some("Succeeded" | "Failed")));
    let requested = running.map(|p| unsigned(requests(p, resource, unit))).sum();
    let allocatable = node.status.allocatable.get(resource).map_or(0, |q| unsigned(unit(q)));
    Meter { requested, allocatable }
}

/// What the scheduler counts for a pod: the sum of its containers (upstream: `resourcehelper.PodRequests`).
fn requests(pod: &Pod, resource: &str, unit: fn(&Quantity) -> i64) -> i64 {
    pod.spec.containers.iter().filter_map(|c| c.resources.requests.get(resource)).map(unit).sum()
}

fn unsigned(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}
