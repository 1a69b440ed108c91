//! More machines for pods that fit nowhere (upstream: `core/scaleup/orchestrator`, `estimator/binpacking_estimator.go`,
//! `expander/waste`).

use super::room::Room;
use orrery_api::resources::{CPU, MEMORY};
use orrery_api::{Node, Pod};
use orrery_apimachinery::Str;
use orrery_client::ApiServer;
use orrery_client::node_group::{NODE_GROUP, NodeGroup};
use orrery_sim::{Duration, SimTime};
use std::rc::Rc;

/// Pods of a lower priority do not make a cluster larger (upstream: `--expendable-pods-priority-cutoff`).
const EXPENDABLE: i32 = -10;
/// The scheduler may not have come round to a node that has just joined.
const YOUNG: Duration = Duration::from_secs(60);

/// What is to be done for the pods that wait.
pub(super) enum Plan {
    /// Nothing: none waits.
    Idle,
    /// Nothing more: there will be room for all.
    Coming,
    /// This group is to get so many machines, for these pods.
    Grow(NodeGroup, usize, Vec<Rc<Pod>>),
    /// No group helps: why, for each of them.
    Impossible(Vec<(Rc<Pod>, String)>),
}

/// Decides; the groups are in the order of their names, and of two that are as good the first is taken.
pub(super) fn plan(groups: &[NodeGroup], api: &ApiServer, now: SimTime) -> Plan {
    let waiting = waiting(api);
    if waiting.is_empty() {
        return Plan::Idle;
    }
    let waiting = without_upcoming(waiting, groups, api, now);
    if waiting.is_empty() {
        return Plan::Coming;
    }
    let mut best: Option<(i64, NodeGroup, usize, Vec<Rc<Pod>>)> = None;
    for group in groups.iter().filter(|group| group.target_size < group.max_size) {
        let next = Room::next_of(group, api);
        let (rooms, pods) = pack(&waiting, &next, group.max_size - group.target_size);
        let waste = waste(&rooms, &next);
        if !pods.is_empty() && best.as_ref().is_none_or(|(least, ..)| waste < *least) {
            best = Some((waste, group.clone(), group.target_size + rooms.len(), pods));
        }
    }
    match best {
        Some((_, group, size, pods)) => Plan::Grow(group, size, pods),
        None => {
            let why = |pod: Rc<Pod>| (pod.clone(), reasons(&pod, groups, api));
            Plan::Impossible(waiting.into_iter().map(why).collect())
        }
    }
}

/// The pods for which the scheduler has found no node, and may not find one by preemption.
fn waiting(api: &ApiServer) -> Vec<Rc<Pod>> {
    let waits = |pod: &&Rc<Pod>| {
        pod.node_name.is_none()
            && !pod.metadata.terminating()
            && pod.status.nominated_node_name.is_none()
            && pod.spec.priority.unwrap_or(0) >= EXPENDABLE
            && pod
                .status
                .conditions
                .iter()
                .any(|c| &*c.type_ == "PodScheduled" && c.reason.as_deref() == Some("Unschedulable"))
    };
    api.list::<Pod>().filter(waits).cloned().collect()
}

/// Leaves out the pods for which there will be room, on machines that were ordered or have just come.
fn without_upcoming(
    mut pods: Vec<Rc<Pod>>,
    groups: &[NodeGroup],
    api: &ApiServer,
    now: SimTime,
) -> Vec<Rc<Pod>> {
    let mut rooms = Vec::new();
    for group in groups {
        let mut there = 0;
        for node in api.list::<Node>().filter(|node| is_of(node, group)) {
            let since = node.metadata.creation_timestamp.map_or(SimTime::ZERO, |date| api.instant(date));
            let is_young = now.since(since) < YOUNG;
            // One that is about to start will be there; one that fell silent may not come back.
            if !super::is_ready(node) && is_young {
                continue;
            }
            there += 1;
            if is_young {
                rooms.push(Room::of(node, api));
            }
        }
        let next = Room::next_of(group, api);
        rooms.resize(rooms.len() + group.target_size.saturating_sub(there), next);
    }
    pods.retain(|pod| match rooms.iter_mut().find(|room| room.why_not(pod).is_empty()) {
        Some(room) => {
            room.place(pod);
            false
        }
        None => true,
    });
    pods
}

pub(super) fn is_of(node: &Node, group: &NodeGroup) -> bool {
    node.metadata.labels.get(NODE_GROUP) == Some(&group.name)
}

/// Puts as many of the pods as fit into new machines, the first in which there is room.
fn pack(pods: &[Rc<Pod>], next: &Room, most: usize) -> (Vec<Room>, Vec<Rc<Pod>>) {
    let (mut rooms, mut placed): (Vec<Room>, _) = (Vec::new(), Vec::new());
    for pod in pods {
        let at = rooms.iter().position(|room| room.why_not(pod).is_empty());
        let at = at.or_else(|| {
            (rooms.len() < most && next.why_not(pod).is_empty()).then(|| {
                rooms.push(next.clone());
                rooms.len() - 1
            })
        });
        if let Some(at) = at {
            rooms[at].place(pod);
            placed.push(pod.clone());
        }
    }
    (rooms, placed)
}

/// How much of the new machines stays free, processors and memory together, in thousandths of a machine's
/// (upstream: `leastwaste`).
fn waste(rooms: &[Room], next: &Room) -> i64 {
    let part = |name: &str| {
        let amount = |room: &Room| room.free.get(name).map_or(0, |free| free.milli_value());
        let (whole, left) = (next.node.status.allocatable.get(name), rooms.iter().map(amount).sum::<i64>());
        let whole = whole.map_or(0, |whole| whole.milli_value()) / 1_000 * rooms.len() as i64;
        if whole == 0 { 0 } else { left / whole }
    };
    part(CPU) + part(MEMORY)
}

/// Why no group helps a pod: every reason with the number of groups (upstream: `ReasonsMessage`).
fn reasons(pod: &Pod, groups: &[NodeGroup], api: &ApiServer) -> String {
    let mut counted: Vec<(Str, usize)> = Vec::new();
    for group in groups {
        let reasons = match group.target_size < group.max_size {
            true => Room::next_of(group, api).why_not(pod),
            false => vec!["max node group size reached".into()],
        };
        for reason in reasons {
            match counted.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, count)) => *count += 1,
                None => counted.push((reason, 1)),
            }
        }
    }
    let texts: Vec<String> = counted.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    texts.join(", ")
}
