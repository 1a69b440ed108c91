//! Whether a node is alive (upstream: `tryUpdateNodeHealth`).

use super::{LEASE_NAMESPACE, next_look};
use crate::pods;
use orrery_api::{Lease, Node, NodeCondition, Pod};
use orrery_apimachinery::{StatusResult, Str, Time};
use orrery_client::{ApiServer, Context, EventType, is_steady};
use orrery_sim::{Duration, SimTime};
use std::rc::Rc;

/// How long a node may be silent (`--node-monitor-grace-period`).
///
/// Deviation: 1.32 raised its default to 50 seconds; the 40 of all releases before are what people know.
const GRACE_PERIOD: Duration = Duration::from_secs(40);
/// How long a new node may be silent (`--node-startup-grace-period`).
const STARTUP_GRACE_PERIOD: Duration = Duration::from_secs(60);
/// The conditions that a kubelet answers for.
const KUBELET_CONDITIONS: [&str; 4] = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];

/// What one look at a node has found.
pub(super) struct Health {
    /// The status of its condition `Ready` as the look began; `None` when the kubelet never told.
    pub(super) seen: Option<&'static str>,
    /// Whether it is ready now.
    pub(super) is_ready: bool,
    /// When its silence will have lasted too long, if it lasts.
    pub(super) deadline: Option<SimTime>,
}

impl Health {
    /// Looks at `node`; if it was silent for too long, nothing that its kubelet told counts any more. Silence
    /// counts from `since` on.
    pub(super) fn update(node: &Rc<Node>, since: SimTime, cx: &mut Context<'_>) -> StatusResult<Health> {
        let seen = ready_status(node);
        let deadline = silent_since(node, cx.api()).map(|silent| {
            silent.max(since) + if seen.is_some() { GRACE_PERIOD } else { STARTUP_GRACE_PERIOD }
        });
        if deadline.is_none_or(|at| cx.now() < at) {
            return Ok(Health { seen, is_ready: seen == Some("True"), deadline });
        }
        if seen != Some("Unknown") {
            let date = cx.date();
            cx.modify_status::<Node>("", &node.metadata.name, |node| forget_conditions(node, date))?;
        }
        if seen == Some("True") {
            let message = format!("Node {} status is now: NodeNotReady", node.metadata.name);
            cx.event(&**node, EventType::Normal, "NodeNotReady", message);
            mark_pods_not_ready(&node.metadata.name, cx)?;
        }
        Ok(Health { seen, is_ready: false, deadline: None })
    }
}

/// The status of the condition `Ready`.
fn ready_status(node: &Node) -> Option<&'static str> {
    let ready = node.status.conditions.iter().find(|c| &*c.type_ == "Ready")?;
    Some(match &*ready.status {
        "True" => "True",
        "False" => "False",
        _ => "Unknown",
    })
}

/// The look that heard the node's last sign of life; `None` while its signs come steadily.
fn silent_since(node: &Node, api: &ApiServer) -> Option<SimTime> {
    let lease = api.get::<Lease>(LEASE_NAMESPACE, &node.metadata.name);
    if lease.is_some_and(|lease| is_steady(lease)) {
        return None;
    }
    let renewed = lease.and_then(|l| l.spec.renew_time).map(|date| date.seconds());
    let ready = node.status.conditions.iter().find(|c| &*c.type_ == "Ready");
    let told = ready.and_then(|c| c.last_heartbeat_time);
    let last = renewed.max(told).max(node.metadata.creation_timestamp);
    Some(next_look(last.map(|date| api.instant(date)).unwrap_or_default()))
}

fn forget_conditions(node: &mut Node, date: Time) {
    for type_ in KUBELET_CONDITIONS {
        match node.status.conditions.iter_mut().find(|c| &*c.type_ == type_) {
            Some(known) if &*known.status == "Unknown" => {}
            Some(known) => {
                known.status = "Unknown".into();
                known.reason = Some("NodeStatusUnknown".into());
                known.message = Some("Kubelet stopped posting node status.".into());
                known.last_transition_time = Some(date);
            }
            None => node.status.conditions.push(NodeCondition {
                type_: type_.into(),
                status: "Unknown".into(),
                reason: Some("NodeStatusNeverUpdated".into()),
                message: Some("Kubelet never posted node status.".into()),
                last_heartbeat_time: node.metadata.creation_timestamp,
                last_transition_time: Some(date),
            }),
        }
    }
}

/// Nobody answers for the node's pods any more: none of them counts as ready (upstream: `MarkPodsNotReady`).
fn mark_pods_not_ready(node: &str, cx: &mut Context<'_>) -> StatusResult<()> {
    let ready: Vec<Rc<Pod>> = cx.api().pods_on(node).filter(|pod| pods::is_ready(pod)).cloned().collect();
    let date = cx.date();
    for pod in ready {
        let (namespace, name): (&Str, &Str) = (&pod.metadata.namespace, &pod.metadata.name);
        let pod = cx.modify_status::<Pod>(namespace, name, |pod| {
            for condition in pod.status.conditions.iter_mut().filter(|c| &*c.type_ == "Ready") {
                condition.status = "False".into();
                condition.last_transition_time = Some(date);
            }
        })?;
        cx.event(&*pod, EventType::Warning, "NodeNotReady", "Node is not ready");
    }
    Ok(())
}
