//! The kubelet's own objects: its Node and its Lease (upstream: `pkg/kubelet/kubelet_node_status.go` and
//! `pkg/kubelet/nodestatus`).
//!
//! Upstream renews the Lease every ten seconds and the Node's heartbeats every five minutes. Here a
//! running kubelet marks its Lease with [`HEARTBEAT`], which stands for a renewal every ten seconds;
//! a kubelet that stops takes the mark away and leaves the time of the last renewal behind.

use crate::node::Node;
use crate::pulling;
use orrery_api::{
    DaemonEndpoint, Lease, LeaseSpec, Node as NodeObject, NodeAddress, NodeCondition, NodeDaemonEndpoints,
    NodeSpec, NodeStatus, NodeSystemInfo, ResourceList, resources,
};
use orrery_apimachinery::{MicroTime, ObjectMeta, OwnerReference, Quantity, Str, StrMap, Time};
use orrery_client::{Context, EventType, HEARTBEAT};
use orrery_sim::{Duration, Random, SimTime};

/// How often a Lease is renewed.
const RENEWAL: Duration = Duration::from_secs(10);
/// The namespace of the nodes' Leases.
const LEASES: &str = "kube-node-lease";

/// What a kubelet tells as it starts: it registers the node, or takes it up again.
pub(crate) fn come_up(node: &mut Node, cx: &mut Context<'_>) {
    let name = node.config.name.clone();
    let date = cx.date();
    let is_new = cx.get::<NodeObject>("", &name).is_none();
    if is_new {
        // Nobody has its name: nothing is refused.
        let _ = cx.create(new_node(node, cx.now(), date));
    }
    let Some(object) = cx.get::<NodeObject>("", &name) else { return };
    cx.event(&*object, EventType::Normal, "Starting", "Starting kubelet.");
    for state in STATES.iter().filter(|state| state.type_ != "Ready") {
        tell_state(&object, state.well.2, cx);
    }
    let message = "Updated Node Allocatable limit across pods";
    cx.event(&*object, EventType::Normal, "NodeAllocatableEnforced", message);
    let (known, boot_id) = (&object.status.node_info.boot_id, info(node).boot_id);
    if !known.is_empty() && *known != boot_id {
        let message = format!("Node {name} has been rebooted, boot id: {boot_id}");
        cx.event(&*object, EventType::Warning, "Rebooted", message);
    }
    if is_new {
        tell_state(&object, "NodeReady", cx);
    }
    come_back(node, cx);
}

/// What a kubelet tells when it reaches the API server again: how the node is, and that it is alive.
pub(crate) fn come_back(node: &mut Node, cx: &mut Context<'_>) {
    tell(node, cx);
    renew_from_now(node, cx);
}

/// Says how the node is, if that is news; what has changed is an event.
pub(crate) fn tell(node: &mut Node, cx: &mut Context<'_>) {
    let name = node.config.name.clone();
    let Some(old) = cx.get::<NodeObject>("", &name) else { return };
    let mut new = status(node, &old.status, cx.now(), cx.date());
    for state in &STATES {
        let of = |status: &NodeStatus| {
            status.conditions.iter().find(|c| &*c.type_ == state.type_).map(|c| c.status.clone())
        };
        let (before, now) = (of(&old.status), of(&new));
        if before != now {
            let (_, _, event, _) = state.verdict(now.as_deref() == Some(state.well.0));
            tell_state(&old, event, cx);
        }
    }
    if std::mem::replace(&mut node.unschedulable, old.spec.unschedulable) != old.spec.unschedulable {
        tell_state(&old, if old.spec.unschedulable { "NodeNotSchedulable" } else { "NodeSchedulable" }, cx);
    }
    if new != old.status {
        for condition in new.conditions.iter_mut().filter(|c| STATES.iter().any(|s| s.type_ == &*c.type_)) {
            condition.last_heartbeat_time = Some(cx.date());
        }
        // The node was read just now: nothing is refused.
        let _ = cx.modify_status::<NodeObject>("", &name, |object| object.status = new);
    }
}

fn tell_state(node: &NodeObject, event: &str, cx: &mut Context<'_>) {
    let message = format!("Node {} status is now: {event}", node.metadata.name);
    cx.event(node, EventType::Normal, event, message);
}

/// Leaves the time of the last renewal behind.
pub(crate) fn go_down(node: &Node, up_since: SimTime, cx: &mut Context<'_>) {
    let periods = u32::try_from(cx.now().since(up_since).as_secs() / RENEWAL.as_secs()).unwrap_or(u32::MAX);
    let renewed = cx.api().micro_date(up_since + RENEWAL * periods);
    // The Lease can have been deleted: then there is nothing to leave behind.
    let _ = cx.modify::<Lease>(LEASES, &node.config.name, |lease| {
        lease.metadata.annotations.remove(HEARTBEAT.0);
        lease.spec.renew_time = Some(renewed);
    });
}

fn renew_from_now(node: &Node, cx: &mut Context<'_>) {
    let name = &node.config.name;
    let now = cx.api().micro_date(cx.now());
    if cx.get::<Lease>(LEASES, name).is_none() {
        let lease = new_lease(node, now, cx);
        // Without its namespace there is no Lease: nothing can be done about it here.
        let _ = cx.create(lease);
        return;
    }
    let _ = cx.modify::<Lease>(LEASES, name, |lease| {
        lease.metadata.annotations.insert(HEARTBEAT.0, HEARTBEAT.1);
        lease.spec.renew_time = Some(now);
    });
}

fn new_lease(node: &Node, now: MicroTime, cx: &Context<'_>) -> Lease {
    let name = &node.config.name;
    let mut metadata = ObjectMeta::named(LEASES, name.clone());
    metadata.annotations.insert(HEARTBEAT.0, HEARTBEAT.1);
    if let Some(object) = cx.get::<NodeObject>("", name) {
        metadata.owner_references.push(OwnerReference {
            api_version: "v1".into(),
            kind: "Node".into(),
            name: name.clone(),
            uid: object.metadata.uid.clone(),
            ..Default::default()
        });
    }
    let spec = LeaseSpec {
        holder_identity: Some(name.clone()),
        lease_duration_seconds: Some(40),
        renew_time: Some(now),
        ..Default::default()
    };
    Lease { metadata, spec }
}

fn new_node(node: &Node, now: SimTime, date: Time) -> NodeObject {
    let config = &node.config;
    let mut metadata = ObjectMeta::named("", config.name.clone());
    metadata.labels = labels(node);
    metadata.annotations = [
        ("node.alpha.kubernetes.io/ttl", "0"),
        ("volumes.kubernetes.io/controller-managed-attach-detach", "true"),
    ]
    .into_iter()
    .collect();
    let spec = NodeSpec {
        pod_cidr: Some(config.pod_cidr.clone()),
        pod_cidrs: vec![config.pod_cidr.clone()],
        taints: config.taints.clone(),
        ..Default::default()
    };
    NodeObject { metadata, spec, status: status(node, &NodeStatus::default(), now, date) }
}

fn labels(node: &Node) -> StrMap {
    let mut labels: StrMap = [
        ("beta.kubernetes.io/arch", "amd64"),
        ("beta.kubernetes.io/os", "linux"),
        ("kubernetes.io/arch", "amd64"),
        ("kubernetes.io/os", "linux"),
    ]
    .into_iter()
    .collect();
    labels.insert("kubernetes.io/hostname", node.config.name.clone());
    for (key, value) in node.config.labels.iter() {
        labels.insert(key.clone(), value.clone());
    }
    labels
}

fn status(node: &Node, old: &NodeStatus, now: SimTime, date: Time) -> NodeStatus {
    let config = &node.config;
    let room: ResourceList = [
        (resources::CPU, config.cpu),
        (resources::MEMORY, config.memory),
        (resources::EPHEMERAL_STORAGE, config.ephemeral_storage),
        (resources::PODS, Quantity::from_units(config.pods)),
    ]
    .into_iter()
    .map(|(name, amount)| (Str::from(name), amount))
    .collect();
    NodeStatus {
        addresses: vec![
            NodeAddress { type_: "InternalIP".into(), address: node.address.clone() },
            NodeAddress { type_: "Hostname".into(), address: config.name.clone() },
        ],
        allocatable: room.clone(),
        capacity: room,
        conditions: conditions(node, old, date),
        daemon_endpoints: NodeDaemonEndpoints { kubelet_endpoint: DaemonEndpoint { port: 10250 } },
        images: pulling::listed(node, now),
        node_info: info(node),
        volumes_in_use: node.volumes_in_use.keys().cloned().collect(),
        ..old.clone()
    }
}

/// A condition that the kubelet answers for: its status, reason, event and message while all is well, and while not
/// (upstream: `pkg/kubelet/nodestatus/setters.go`).
struct State {
    type_: &'static str,
    well: Verdict,
    ill: Verdict,
}

type Verdict = (&'static str, &'static str, &'static str, &'static str);

impl State {
    fn verdict(&self, is_well: bool) -> Verdict {
        if is_well { self.well } else { self.ill }
    }
}

const STATES: [State; 4] = [
    State {
        type_: "MemoryPressure",
        well: (
            "False",
            "KubeletHasSufficientMemory",
            "NodeHasSufficientMemory",
            "kubelet has sufficient memory available",
        ),
        ill: (
            "True",
            "KubeletHasInsufficientMemory",
            "NodeHasInsufficientMemory",
            "kubelet has insufficient memory available",
        ),
    },
    State {
        type_: "DiskPressure",
        well: ("False", "KubeletHasNoDiskPressure", "NodeHasNoDiskPressure", "kubelet has no disk pressure"),
        ill: ("True", "KubeletHasDiskPressure", "NodeHasDiskPressure", "kubelet has disk pressure"),
    },
    State {
        type_: "PIDPressure",
        well: (
            "False",
            "KubeletHasSufficientPID",
            "NodeHasSufficientPID",
            "kubelet has sufficient PID available",
        ),
        ill: (
            "True",
            "KubeletHasInsufficientPID",
            "NodeHasInsufficientPID",
            "kubelet has insufficient PID available",
        ),
    },
    State {
        type_: "Ready",
        well: ("True", "KubeletReady", "NodeReady", "kubelet is posting ready status"),
        ill: ("False", "KubeletNotReady", "NodeNotReady", "container runtime is down"),
    },
];

fn conditions(node: &Node, old: &NodeStatus, date: Time) -> Vec<NodeCondition> {
    let condition = |state: &State| {
        let (status, reason, _, message) = state.verdict(!node.ailments.contains(&state.type_));
        let same = old.conditions.iter().find(|c| &*c.type_ == state.type_ && &*c.status == status);
        NodeCondition {
            type_: state.type_.into(),
            status: status.into(),
            reason: Some(reason.into()),
            message: Some(message.into()),
            last_heartbeat_time: same.and_then(|c| c.last_heartbeat_time).or(Some(date)),
            last_transition_time: same.and_then(|c| c.last_transition_time).or(Some(date)),
        }
    };
    let others = old.conditions.iter().filter(|c| STATES.iter().all(|s| s.type_ != &*c.type_)).cloned();
    others.chain(STATES.iter().map(condition)).collect()
}

/// What the machine is. Its ids follow from its name, and the one of its boot from their number as well.
fn info(node: &Node) -> NodeSystemInfo {
    let mut random = Random::stream(0, &node.config.name);
    NodeSystemInfo {
        architecture: "amd64".into(),
        boot_id: Random::stream(u64::from(node.boots), &node.config.name).uuid().into(),
        container_runtime_version: "containerd://1.7.24".into(),
        kernel_version: "6.8.0-49-generic".into(),
        kube_proxy_version: "v1.32.13".into(),
        kubelet_version: "v1.32.13".into(),
        machine_id: random.uuid().replace('-', "").into(),
        operating_system: "linux".into(),
        os_image: "Debian GNU/Linux 12 (bookworm)".into(),
        system_uuid: random.uuid().into(),
    }
}
