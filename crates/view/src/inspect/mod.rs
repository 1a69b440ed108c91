//! What there is to say about one object: chips, rows, its YAML. Why it is so is told by [`crate::why`].

mod workloads;

use orrery_api::{
    ContainerState, Event, Kind, Node, Object, PersistentVolume, PersistentVolumeClaim, Pod, Service,
    resources,
};
use orrery_apimachinery::{Str, StrMap};
use orrery_apiserver::{ApiServer, Key};
use orrery_cluster::Cluster;

use crate::behaviour::{Can, behaviour};
use crate::handle::{self, Handle, handle};
use crate::owners::{Family, family_of};
use crate::revisions::{Revision, revisions};
use crate::scene::{ObjectRef, PodState, Text};
use crate::scheduling::{self, Scheduling};
use crate::{owner, pod, requests};

/// How a chip is coloured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    /// Neither.
    Plain,
    /// As it should be.
    Good,
    /// On its way, or a caution.
    Warn,
    /// Failed.
    Bad,
}

/// Everything about one object.
#[derive(Clone, PartialEq, Debug)]
pub struct Inspection {
    /// The object.
    pub id: ObjectRef,
    /// States, with their tones.
    pub chips: Vec<(Text, Tone)>,
    /// Where it is: kind, namespace, node, address.
    pub place: Text,
    /// The sentence that explains its present state, verbatim from whoever said it.
    pub says: Option<Text>,
    /// Field by field.
    pub rows: Vec<(Text, Text)>,
    /// A pod: what the scheduler thought of each node.
    pub scheduling: Option<Scheduling>,
    /// The object as the API serves it.
    pub yaml: Text,
    /// A workload: what it owns.
    pub family: Option<Family>,
    /// What it can go back to, the latest first.
    pub revisions: Vec<Revision>,
    /// What can be done to the workload that it is or belongs to.
    pub handle: Option<Handle>,
    /// What cannot be made again goes with it.
    pub deleting_loses: bool,
    /// A node: whether its power is on.
    pub power: Option<bool>,
    /// What a pod's containers or a node can be made to do.
    pub can: Vec<Can>,
    /// A request that begins or ends here: who asks, and what for.
    pub request: Option<(Text, Text)>,
}

/// Looks at one object; `None` when there is none of that name.
pub fn inspect(cluster: &Cluster, id: &ObjectRef) -> Option<Inspection> {
    let api = cluster.api();
    let kind = api.kinds().find(|k| k.name() == &*id.kind)?;
    let object = api.object(&Key::new(kind, id.namespace.clone(), id.name.clone()))?;
    let mut it = Inspection {
        id: id.clone(),
        chips: Vec::new(),
        place: [&*id.kind, &*id.namespace]
            .into_iter()
            .filter(|s| !s.is_empty())
            .collect::<Vec<_>>()
            .join(" · ")
            .as_str()
            .into(),
        says: None,
        rows: Vec::new(),
        scheduling: scheduling::scheduling(cluster, id).filter(|_| kind == Kind::Pod),
        yaml: yaml(object),
        family: family_of(cluster, object),
        revisions: revisions(api, object),
        handle: handle(cluster, id),
        deleting_loses: handle::deleting_loses(object),
        power: None,
        can: behaviour(cluster, id),
        request: requests::about(cluster, id),
    };
    match object {
        Object::Pod(pod) => about_pod(&mut it, cluster, pod),
        Object::Node(node) => about_node(&mut it, cluster, node),
        Object::Service(service) => about_service(&mut it, api, service),
        Object::PersistentVolumeClaim(claim) => about_claim(&mut it, api, claim),
        Object::PersistentVolume(volume) => about_volume(&mut it, volume),
        _ if owner::template(object).is_some() => workloads::about(&mut it, object),
        _ => {}
    }
    row(&mut it, "Labels", pairs(&object.metadata().labels));
    Some(it)
}

fn row(it: &mut Inspection, label: &str, value: impl AsRef<str>) {
    if !value.as_ref().is_empty() {
        it.rows.push((label.into(), value.as_ref().into()));
    }
}

fn chip(it: &mut Inspection, text: impl AsRef<str>, tone: Tone) {
    it.chips.push((text.as_ref().into(), tone));
}

fn place(it: &mut Inspection, part: Option<&Str>) {
    if let Some(part) = part {
        it.place = format!("{} · {part}", it.place).as_str().into();
    }
}

fn pairs(map: &StrMap) -> String {
    map.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(", ")
}

fn yaml(object: &Object) -> Text {
    let mut value = object.to_value();
    if let Some(meta) = value.get_mut("metadata").and_then(|m| m.as_object_mut()) {
        meta.remove("managedFields");
    }
    orrery_manifest::to_yaml(&value).as_str().into()
}

fn about_pod(it: &mut Inspection, cluster: &Cluster, pod: &Pod) {
    let state = pod::state(pod);
    let tone = match state {
        PodState::Ready | PodState::Completed => Tone::Good,
        PodState::BackOff | PodState::Failed => Tone::Bad,
        PodState::Terminating => Tone::Plain,
        _ => Tone::Warn,
    };
    chip(it, pod::reason(cluster.api(), cluster.now(), pod), tone);
    place(it, pod.node_name.as_ref());
    place(it, pod.status.pod_ip.as_ref());
    it.says = pod::unschedulable(pod).or_else(|| waiting_message(pod)).or_else(|| {
        // What was in the way before is over once the pod is as it should be.
        let well = matches!(state, PodState::Ready | PodState::Completed);
        if well { None } else { last_warning(cluster.api(), pod) }
    });
    let ready = pod.status.container_statuses.iter().filter(|c| c.ready).count();
    row(it, "Ready", format!("{ready}/{}", pod.spec.containers.len()));
    let restarts: i32 = pod.status.container_statuses.iter().map(|c| c.restart_count).sum();
    row(it, "Restarts", restarts.to_string());
    workloads::controlled(it, &pod.metadata);
    for container in &pod.spec.containers {
        let status = pod.status.container_statuses.iter().find(|s| s.name == container.name);
        row(it, &format!("{} image", container.name), container.image.as_deref().unwrap_or_default());
        row(
            it,
            &format!("{} state", container.name),
            status.map(|s| container_state(&s.state)).unwrap_or_default(),
        );
    }
    row(it, "QoS Class", pod.status.qos_class.as_deref().unwrap_or_default());
}

fn waiting_message(pod: &Pod) -> Option<Text> {
    pod.status.container_statuses.iter().find_map(|s| s.state.waiting.as_ref()?.message.clone())
}

/// The latest warning about a pod. Once it has a node, the scheduler's refusals are over.
pub(crate) fn last_warning(api: &ApiServer, pod: &Pod) -> Option<Text> {
    let about = |e: &&std::rc::Rc<Event>| {
        e.involved_object.uid.as_ref() == Some(&pod.metadata.uid)
            && e.type_.as_deref() == Some("Warning")
            && (pod.node_name.is_none() || e.reason.as_deref() != Some("FailedScheduling"))
    };
    api.list::<Event>().filter(about).max_by_key(|e| e.metadata.resource_version)?.message.clone()
}

fn container_state(state: &ContainerState) -> String {
    if let Some(waiting) = &state.waiting {
        return format!("waiting: {}", waiting.reason.as_deref().unwrap_or_default());
    }
    match &state.terminated {
        Some(ended) => format!(
            "terminated: {}, exit code {}",
            ended.reason.as_deref().unwrap_or_default(),
            ended.exit_code
        ),
        None if state.running.is_some() => "running".into(),
        None => String::new(),
    }
}

fn about_node(it: &mut Inspection, cluster: &Cluster, node: &Node) {
    let name = &node.metadata.name;
    it.power = cluster.node_is_on(name);
    let ready = node.status.conditions.iter().find(|c| &*c.type_ == "Ready");
    match ready.map(|c| &*c.status) {
        Some("True") => chip(it, "Ready", Tone::Good),
        _ => chip(it, "NotReady", Tone::Bad),
    }
    if node.spec.unschedulable {
        chip(it, "SchedulingDisabled", Tone::Warn);
    }
    it.says = ready.filter(|c| &*c.status != "True").and_then(|c| c.message.clone());
    row(it, "Pods", cluster.api().pods_on(name).count().to_string());
    row(it, "PodCIDR", node.spec.pod_cidr.as_deref().unwrap_or_default());
    for resource in [resources::CPU, resources::MEMORY, resources::PODS] {
        let amount = node.status.allocatable.get(resource).map(ToString::to_string);
        row(it, &format!("Allocatable {resource}"), amount.unwrap_or_default());
    }
    let taints: Vec<String> = node.spec.taints.iter().map(|t| format!("{}:{}", t.key, t.effect)).collect();
    row(it, "Taints", taints.join(", "));
    row(it, "Kubelet Version", &node.status.node_info.kubelet_version);
}

fn about_service(it: &mut Inspection, api: &ApiServer, service: &Service) {
    let spec = &service.spec;
    chip(it, spec.type_.as_deref().unwrap_or("ClusterIP"), Tone::Plain);
    row(it, "Cluster IP", spec.cluster_ip.as_deref().unwrap_or_default());
    row(it, "Selector", pairs(&spec.selector));
    for port in &spec.ports {
        let node_port =
            if port.node_port == 0 { String::new() } else { format!(", node port {}", port.node_port) };
        let protocol = port.protocol.as_deref().unwrap_or("TCP");
        row(it, "Port", format!("{}/{protocol} to {}{node_port}", port.port, port.target_port));
    }
    let pods = api.pods_equal_to(&service.metadata.namespace, &spec.selector);
    if !spec.selector.is_empty() {
        let ready = pods.iter().filter(|p| pod::is_ready(p)).count();
        row(it, "Pods", format!("{ready} ready of {} selected", pods.len()));
    }
}

fn about_claim(it: &mut Inspection, api: &ApiServer, claim: &PersistentVolumeClaim) {
    let phase = claim.status.phase.as_deref().unwrap_or("Pending");
    let bound = phase == "Bound";
    chip(it, phase, if bound { Tone::Good } else { Tone::Warn });
    if !bound {
        let about = |e: &&std::rc::Rc<Event>| e.involved_object.uid.as_ref() == Some(&claim.metadata.uid);
        let last = api
            .list_in::<Event>(&claim.metadata.namespace)
            .filter(about)
            .max_by_key(|e| e.metadata.resource_version);
        it.says = last.and_then(|e| e.message.clone());
    }
    row(it, "Volume", claim.spec.volume_name.as_deref().unwrap_or_default());
    row(
        it,
        "Request",
        claim.spec.resources.requests.get(resources::STORAGE).map(ToString::to_string).unwrap_or_default(),
    );
    row(it, "Access Modes", claim.spec.access_modes.join(", "));
    row(it, "StorageClass", claim.spec.storage_class_name.as_deref().unwrap_or_default());
}

fn about_volume(it: &mut Inspection, volume: &PersistentVolume) {
    chip(it, volume.status.phase.as_deref().unwrap_or("Pending"), Tone::Plain);
    let claim = volume.spec.claim_ref.as_ref();
    let claim = claim.map(|c| {
        format!("{}/{}", c.namespace.as_deref().unwrap_or_default(), c.name.as_deref().unwrap_or_default())
    });
    row(it, "Claim", claim.unwrap_or_default());
    row(
        it,
        "Capacity",
        volume.spec.capacity.get(resources::STORAGE).map(ToString::to_string).unwrap_or_default(),
    );
    row(it, "Access Modes", volume.spec.access_modes.join(", "));
    row(it, "Reclaim Policy", volume.spec.persistent_volume_reclaim_policy.as_deref().unwrap_or_default());
    row(it, "StorageClass", volume.spec.storage_class_name.as_deref().unwrap_or_default());
}

/// The object at the top of the chain of owners: what a manifest is likely to have asked for.
pub fn origin(cluster: &Cluster, id: &ObjectRef) -> ObjectRef {
    let api = cluster.api();
    let mut top = id.clone();
    // Owners form no cycle; the bound is for objects that were written by hand.
    for _ in 0..8 {
        let kind = api.kinds().find(|k| k.name() == &*top.kind);
        let object =
            kind.and_then(|kind| api.object(&Key::new(kind, top.namespace.clone(), top.name.clone())));
        let Some(owner) = object.and_then(|o| o.metadata().controller()) else { break };
        top = ObjectRef { kind: owner.kind.clone(), namespace: top.namespace, name: owner.name.clone() };
    }
    top
}
