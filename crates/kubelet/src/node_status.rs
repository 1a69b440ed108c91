//! The kubelet's own objects: its Node and its Lease (upstream: `pkg/kubelet/kubelet_node_status.go` and
//! `pkg/kubelet/nodestatus`).
//!
//! Upstream renews the Lease every ten seconds and the Node's heartbeats every five minutes. Here a
//! running kubelet marks its Lease with [`HEARTBEAT`], which stands for a renewal every ten seconds;
//! a kubelet that stops takes the mark away and leaves the time of the last renewal behind.

use crate::node::Node;
use orrery_api::{
    ContainerImage, DaemonEndpoint, Lease, LeaseSpec, Node as NodeObject, NodeAddress, NodeCondition,
    NodeDaemonEndpoints, NodeSpec, NodeStatus, NodeSystemInfo, ResourceList, resources,
};
use orrery_apimachinery::{MicroTime, ObjectMeta, OwnerReference, Quantity, Str, StrMap, Time};
use orrery_client::{Context, EventType};
use orrery_sim::{Duration, Random, SimTime};

/// The annotation, and its value, by which the Lease of a running kubelet counts as renewed.
pub const HEARTBEAT: (&str, &str) = ("orrery.dev/heartbeat", "steady");

/// How often a Lease is renewed.
const RENEWAL: Duration = Duration::from_secs(10);
/// The namespace of the nodes' Leases.
const LEASES: &str = "kube-node-lease";
/// So many images are listed at most.
const MAX_IMAGES: usize = 50;

/// Says that the node is there and ready: registers it, or takes it up again.
pub(crate) fn come_up(node: &Node, cx: &mut Context<'_>) {
    let name = &node.config.name;
    let date = cx.date();
    if cx.get::<NodeObject>("", name).is_none() {
        // Refused only when somebody else's node of this name is in the way; then that one is taken up.
        let _ = cx.create(new_node(node, date));
    }
    let updated = cx.modify_status::<NodeObject>("", name, |object| {
        object.status = status(node, &object.status, date);
    });
    if let Ok(object) = updated {
        cx.event(&*object, EventType::Normal, "Starting", "Starting kubelet.");
        let ready = format!("Node {name} status is now: NodeReady");
        cx.event(&*object, EventType::Normal, "NodeReady", ready);
    }
    renew_from_now(node, cx);
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

fn new_node(node: &Node, date: Time) -> NodeObject {
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
    NodeObject { metadata, spec, status: status(node, &NodeStatus::default(), date) }
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

fn status(node: &Node, old: &NodeStatus, date: Time) -> NodeStatus {
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
        conditions: conditions(old, date),
        daemon_endpoints: NodeDaemonEndpoints { kubelet_endpoint: DaemonEndpoint { port: 10250 } },
        images: images(node),
        node_info: info(&config.name),
        ..old.clone()
    }
}

fn conditions(old: &NodeStatus, date: Time) -> Vec<NodeCondition> {
    let own = [
        ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
        ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
        ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
    ];
    let condition = |(type_, status, reason, message): (&str, &str, &str, &str)| {
        let same = old.conditions.iter().find(|c| &*c.type_ == type_ && &*c.status == status);
        NodeCondition {
            type_: type_.into(),
            status: status.into(),
            reason: Some(reason.into()),
            message: Some(message.into()),
            last_heartbeat_time: Some(date),
            last_transition_time: same.and_then(|c| c.last_transition_time).or(Some(date)),
        }
    };
    let others = old.conditions.iter().filter(|c| own.iter().all(|o| o.0 != &*c.type_)).cloned();
    others.chain(own.into_iter().map(condition)).collect()
}

fn images(node: &Node) -> Vec<ContainerImage> {
    let image = |(name, size): (&Str, u64)| ContainerImage {
        names: vec![name.clone()],
        size_bytes: i64::try_from(size).unwrap_or(i64::MAX),
    };
    node.images.iter().take(MAX_IMAGES).map(image).collect()
}

/// What the machine is. Its ids follow from its name.
fn info(name: &str) -> NodeSystemInfo {
    let mut random = Random::stream(0, name);
    NodeSystemInfo {
        architecture: "amd64".into(),
        boot_id: random.uuid().into(),
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
