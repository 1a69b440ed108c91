//! Registries as things in the picture: those that the pods' images come from, and what is on its way to which node.

use std::collections::BTreeMap;

use orrery_api::{Node, Pod};
use orrery_cluster::Cluster;
pub use orrery_cluster::RegistryKind;

use crate::scene::Text;

/// A registry.
#[derive(Clone, PartialEq, Debug)]
pub struct RegistryBox {
    /// Its host.
    pub host: Text,
    /// Who may pull from it; none for one that nobody knows.
    pub kind: Option<RegistryKind>,
    /// Whether it answers.
    pub up: bool,
    /// What is on its way.
    pub pulls: Vec<PullMark>,
}

/// An image on its way to a node.
#[derive(Clone, PartialEq, Debug)]
pub struct PullMark {
    /// The node.
    pub node: Text,
    /// The image.
    pub image: Text,
    /// How much of the way it has gone, in hundredths; none while it waits for its turn.
    pub share: Option<u32>,
}

/// The registry of an image's name.
pub(crate) fn host(image: &str) -> &str {
    match image.split_once('/') {
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => host,
        _ => "docker.io",
    }
}

/// What is on its way to a node.
pub(crate) fn pulls(cluster: &Cluster, node: &Text) -> Vec<PullMark> {
    let now = cluster.now();
    let kubelet = cluster.kubelet(node);
    let pulls = kubelet.into_iter().flat_map(|kubelet| kubelet.pulls(now));
    pulls
        .map(|(image, pull)| {
            let (gone, all) = (now.since(pull.begin).as_millis(), pull.end.since(pull.begin).as_millis());
            let share = u32::try_from(gone * 100 / all.max(1)).unwrap_or(100).min(100);
            let share = (pull.begin <= now).then_some(share);
            PullMark { node: node.clone(), image: image.clone(), share }
        })
        .collect()
}

/// The registries that pods of the cluster name, by host.
pub(crate) fn registries(cluster: &Cluster) -> Vec<RegistryBox> {
    let api = cluster.api();
    let mut named: BTreeMap<Text, Vec<PullMark>> = BTreeMap::new();
    for pod in api.list::<Pod>() {
        for container in pod.spec.init_containers.iter().chain(&pod.spec.containers) {
            let host = host(container.image.as_deref().unwrap_or_default());
            if !named.contains_key(host) {
                named.insert(host.into(), Vec::new());
            }
        }
    }
    for node in api.list::<Node>() {
        for pull in pulls(cluster, &node.metadata.name) {
            named.entry(host(&pull.image).into()).or_default().push(pull);
        }
    }
    let known = |host: &str| cluster.registries().iter().find(|r| &*r.host == host);
    named
        .into_iter()
        .map(|(host, pulls)| RegistryBox {
            kind: known(&host).map(|r| r.kind),
            up: known(&host).is_none_or(|r| r.up),
            host,
            pulls,
        })
        .collect()
}
