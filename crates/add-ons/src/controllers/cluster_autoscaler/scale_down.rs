//! Which machines could be spared (upstream: `core/scaledown/planner`, `core/scaledown/eligibility`, and the rules of
//! `simulator/drainability` for what keeps a pod where it is).

use super::room::Room;
use orrery_api::resources::{CPU, MEMORY};
use orrery_api::{Node, Pod, PodDisruptionBudget, Volume, pod_resources};
use orrery_apimachinery::Str;
use orrery_client::ApiServer;
use orrery_client::load_balancer::is_to_be_deleted;
use orrery_client::node_group::NodeGroup;
use orrery_sim::Duration;
use std::fmt;
use std::rc::Rc;

const SAFE_TO_EVICT: &str = "cluster-autoscaler.kubernetes.io/safe-to-evict";
const SAFE_VOLUMES: &str = "cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes";
const DISABLED: &str = "cluster-autoscaler.kubernetes.io/scale-down-disabled";
const MIRROR: &str = "kubernetes.io/config.mirror";

/// How much of a node its pods ask for, of how much that it has (upstream: `utilization.Info`).
#[derive(Clone, Copy, Debug)]
pub(super) struct Utilization {
    cpu: (i64, i64),
    memory: (i64, i64),
}

impl Utilization {
    pub(super) fn of(node: &Node, api: &ApiServer) -> Utilization {
        let part = |name: &str| {
            let mut asked = 0;
            for pod in api.pods_on(&node.metadata.name).filter(|pod| !super::is_over(pod)) {
                let requests = pod_resources::requests(&pod.spec);
                asked += requests.get(name).map_or(0, |amount| amount.milli_value());
            }
            (asked, node.status.allocatable.get(name).map_or(0, |amount| amount.milli_value()))
        };
        Utilization { cpu: part(CPU), memory: part(MEMORY) }
    }

    /// Whether it is under half (upstream: `--scale-down-utilization-threshold`).
    fn is_low(self) -> bool {
        [self.cpu, self.memory].iter().all(|(asked, whole)| asked * 2 < *whole)
    }
}

impl fmt::Display for Utilization {
    /// As Go shows the struct.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |(asked, whole): (i64, i64)| if whole == 0 { 0.0 } else { asked as f64 / whole as f64 };
        let (cpu, memory) = (part(self.cpu), part(self.memory));
        let (name, most) = if memory > cpu { (MEMORY, memory) } else { (CPU, cpu) };
        write!(f, "{{{cpu} {memory} 0 {name} {most}}}")
    }
}

/// A machine that could be spared, and the pods that would have to move.
pub(super) struct Unneeded {
    pub node: Rc<Node>,
    pub pods: Vec<Rc<Pod>>,
}

impl Unneeded {
    pub(super) fn name(&self) -> &Str {
        &self.node.metadata.name
    }

    /// For how long it has to be so before it goes: one that does not answer may come back (upstream:
    /// `--scale-down-unneeded-time`, `--scale-down-unready-time`).
    pub(super) fn patience(&self) -> Duration {
        Duration::from_secs(if super::is_ready(&self.node) { 600 } else { 1_200 })
    }
}

/// The machines that could be spared together: little is asked of them, and their pods may go and fit elsewhere.
pub(super) fn unneeded(groups: &[NodeGroup], api: &ApiServer) -> Vec<Unneeded> {
    let stays = |node: &&Rc<Node>| !is_to_be_deleted(node) && !node.metadata.terminating();
    let nodes: Vec<&Rc<Node>> = api.list::<Node>().filter(stays).collect();
    let mut rooms: Vec<Room> = Vec::new();
    for node in nodes.iter().filter(|node| super::is_ready(node)) {
        rooms.push(Room::of(node, api));
    }
    let mut found = Vec::new();
    for node in nodes {
        let group = groups.iter().find(|group| super::scale_up::is_of(node, group));
        let kept = node.metadata.annotations.get(DISABLED).is_some_and(|value| &**value == "true");
        if kept
            || group.is_none_or(|group| group.target_size <= group.min_size)
            || !Utilization::of(node, api).is_low()
        {
            continue;
        }
        let Some(pods) = to_move(node, api) else { continue };
        let mut others = rooms.clone();
        if pods.iter().all(|pod| settle(pod, node, &mut others, &found)) {
            // What was promised to these pods is not free for others.
            rooms = others;
            found.push(Unneeded { node: node.clone(), pods });
        }
    }
    found
}

/// Finds a place for a pod, on a machine that stays.
fn settle(pod: &Pod, node: &Node, rooms: &mut [Room], leaving: &[Unneeded]) -> bool {
    let stays = |room: &Room| {
        let name = &room.node.metadata.name;
        *name != node.metadata.name && leaving.iter().all(|other| other.name() != name)
    };
    match rooms.iter_mut().find(|room| stays(room) && room.why_not(pod).is_empty()) {
        Some(room) => {
            room.place(pod);
            true
        }
        None => false,
    }
}

/// The pods that have to leave a node before its machine goes; `None` if one of them keeps it (upstream:
/// `GetPodsToMove`).
pub(super) fn to_move(node: &Node, api: &ApiServer) -> Option<Vec<Rc<Pod>>> {
    let mut pods = Vec::new();
    for pod in api.pods_on(&node.metadata.name) {
        let meta = &pod.metadata;
        let of_daemon_set = meta.controller().is_some_and(|owner| &*owner.kind == "DaemonSet");
        if super::is_over(pod) || meta.terminating() || meta.annotations.contains_key(MIRROR) || of_daemon_set
        {
            continue;
        }
        if holds(pod, api) {
            return None;
        }
        pods.push(pod.clone());
    }
    Some(pods)
}

/// Whether a pod keeps the machine that it is on (upstream: the rules of `simulator/drainability/rules`).
fn holds(pod: &Pod, api: &ApiServer) -> bool {
    let meta = &pod.metadata;
    let budgets = || {
        api.list_in::<PodDisruptionBudget>(&meta.namespace)
            .filter(|budget| budget.spec.selector.as_ref().is_some_and(|s| s.matches(&meta.labels)))
    };
    let spent = || budgets().any(|budget| budget.status.disruptions_allowed < 1);
    match meta.annotations.get(SAFE_TO_EVICT).map(|value| &**value) {
        Some("true") => spent(),
        Some("false") => true,
        _ => {
            meta.controller().is_none()
                || (&*meta.namespace == "kube-system" && budgets().next().is_none())
                || pod.spec.volumes.iter().any(|volume| is_local(volume) && !is_named_safe(pod, volume))
                || spent()
        }
    }
}

fn is_local(volume: &Volume) -> bool {
    volume.host_path.is_some()
        || volume.empty_dir.as_ref().is_some_and(|source| source.medium.as_deref() != Some("Memory"))
}

fn is_named_safe(pod: &Pod, volume: &Volume) -> bool {
    let safe = pod.metadata.annotations.get(SAFE_VOLUMES);
    safe.is_some_and(|names| names.split(',').any(|name| *name.trim() == *volume.name))
}
