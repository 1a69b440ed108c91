//! A node from within: its agents, its conditions, what it offers and what is asked of it, its images and its pods.

use std::collections::BTreeMap;
use std::rc::Rc;

use orrery_api::{Node, resources};
use orrery_cluster::{Cluster, Image};

use crate::countdown::{self, Countdown};
use crate::node::card;
use crate::owner::Hues;
use crate::registries::{PullMark, pulls};
use crate::scene::{NodeCard, ObjectRef, Text};
use crate::{plane, pod};

/// A node that is opened.
#[derive(Clone, PartialEq, Debug)]
pub struct OpenedNode {
    /// Its card, with its pods.
    pub card: NodeCard,
    /// Conditions: type, status, reason, whether it is as it should be.
    pub conditions: Vec<(Text, Text, Text, bool)>,
    /// Taints, `key=value:effect`.
    pub taints: Vec<Text>,
    /// What there is, what pods can have, and which share of that is asked for.
    pub offers: Vec<Offer>,
    /// Whether its kubelet runs.
    pub kubelet_runs: bool,
    /// Whether it is cut off from all others.
    pub cut: bool,
    /// Version of the kubelet.
    pub kubelet: Text,
    /// Name and version of the container runtime.
    pub runtime: Text,
    /// Its own address.
    pub address: Text,
    /// Addresses of pods in use.
    pub addresses: usize,
    /// What is on its way to it.
    pub pulls: Vec<PullMark>,
    /// Images on it: name and size.
    pub images: Vec<(Text, Text)>,
    /// Its silence, until it is given up.
    pub countdown: Option<Countdown>,
}

/// What a node offers of a resource.
#[derive(Clone, PartialEq, Debug)]
pub struct Offer {
    /// The resource.
    pub resource: Text,
    /// What there is.
    pub capacity: Text,
    /// What pods can have.
    pub allocatable: Text,
    /// Which share of that its pods ask for.
    pub share: Option<f64>,
}

/// Opens a node; none when there is no node of that name.
pub fn opened_node(cluster: &Cluster, id: &ObjectRef) -> Option<OpenedNode> {
    let api = cluster.api();
    let node = api.get::<Node>("", &id.name)?;
    let (status, info) = (&node.status, &node.status.node_info);
    let hues = Hues::of(api);
    let calls: BTreeMap<_, _> = plane::kubelets(&plane::latest(api)).collect();
    let card = card(cluster, node, &hues, &calls, &pod::pulling(api), &|_| true);
    let on_it = api.pods_on(&node.metadata.name);
    let condition = |c: &orrery_api::NodeCondition| {
        let good = if &*c.type_ == "Ready" { "True" } else { "False" };
        (c.type_.clone(), c.status.clone(), c.reason.clone().unwrap_or_default(), &*c.status == good)
    };
    let offer = |resource: &str| {
        let text = |list: &orrery_api::ResourceList| {
            list.get(resource).map(ToString::to_string).unwrap_or_default().as_str().into()
        };
        let share = match resource {
            resources::CPU => Some(card.cpu.share()),
            resources::MEMORY => Some(card.memory.share()),
            resources::PODS => Some(card.pods.len() as f64 / card.max_pods.max(1) as f64),
            _ => None,
        };
        Offer {
            resource: resource.into(),
            capacity: text(&status.capacity),
            allocatable: text(&status.allocatable),
            share,
        }
    };
    let taint = |t: &orrery_api::Taint| {
        let value = t.value.as_deref().map(|v| format!("={v}")).unwrap_or_default();
        format!("{}{value}:{}", t.key, t.effect).as_str().into()
    };
    let offers =
        [resources::CPU, resources::MEMORY, resources::EPHEMERAL_STORAGE, resources::PODS].map(offer).into();
    Some(OpenedNode {
        card,
        offers,
        pulls: pulls(cluster, &node.metadata.name),
        conditions: status.conditions.iter().map(condition).collect(),
        taints: node.spec.taints.iter().map(taint).collect(),
        kubelet_runs: cluster.kubelet_runs(&node.metadata.name) == Some(true),
        cut: cluster.node_is_cut(&node.metadata.name) == Some(true),
        kubelet: info.kubelet_version.clone(),
        runtime: info.container_runtime_version.clone(),
        address: status.addresses.first().map(|a| a.address.clone()).unwrap_or_default(),
        addresses: on_it.filter(|p| p.status.pod_ip.is_some() && !p.spec.host_network).count(),
        images: cluster
            .kubelet(&node.metadata.name)
            .into_iter()
            .flat_map(|k| k.images(cluster.now()))
            .map(image)
            .collect(),
        countdown: countdown::of_node(cluster, node),
    })
}

/// The name of an image without its usual registry, and its size.
fn image((name, image): (&Text, &Rc<Image>)) -> (Text, Text) {
    let short = name.trim_start_matches("docker.io/").trim_start_matches("library/");
    (short.into(), format!("{} MB", image.size / 1_000_000).as_str().into())
}
