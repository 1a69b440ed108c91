//! Where on the map the objects are that are lit: a node is a tile, a pod a cell of its node's tile.

use orrery_api::{Kind, Node, Pod};
use orrery_apiserver::ApiServer;
use orrery_cluster::Cluster;

use crate::scene::{ObjectRef, Text};

/// An object that is lit.
#[derive(Clone, PartialEq, Debug)]
pub struct Lit {
    /// The object.
    pub id: ObjectRef,
    /// Its node; empty for a pod that waits, and for what is on no node.
    pub node: Text,
    /// The tile, by its place on the map; none for what has no place there.
    pub tile: Option<usize>,
    /// The cell of a pod.
    pub cell: Option<usize>,
}

/// Finds objects on the map of all namespaces, or of one. The order stays; what is named twice is told once.
pub fn lit(cluster: &Cluster, namespace: Option<&str>, ids: &[ObjectRef]) -> Vec<Lit> {
    let mut found: Vec<Lit> = Vec::new();
    for id in ids {
        if found.iter().all(|lit| lit.id != *id) {
            found.push(find(cluster.api(), namespace, id));
        }
    }
    found
}

fn find(api: &ApiServer, namespace: Option<&str>, id: &ObjectRef) -> Lit {
    let nowhere = Lit { id: id.clone(), node: "".into(), tile: None, cell: None };
    let tile_of = |name: &str| api.list::<Node>().position(|node| *node.metadata.name == *name);
    let seen = |pod: &Pod| namespace.is_none_or(|only| *pod.metadata.namespace == *only);
    match &*id.kind {
        "Node" => Lit { node: id.name.clone(), tile: tile_of(&id.name), ..nowhere },
        "Pod" => match api.get::<Pod>(&id.namespace, &id.name).filter(|pod| seen(pod)) {
            None => nowhere,
            // Those that wait have the last tile.
            Some(pod) if pod.node_name.is_none() => Lit { tile: Some(api.count(Kind::Node)), ..nowhere },
            Some(pod) => {
                let node = pod.node_name.clone().unwrap_or_default();
                // In the order in which the map gives out cells: by namespace and name.
                let is_it = |other: &std::rc::Rc<Pod>| other.metadata.uid == pod.metadata.uid;
                let cell = api.pods_on(&node).filter(|pod| seen(pod)).position(is_it);
                Lit { tile: tile_of(&node), cell, node, ..nowhere }
            }
        },
        _ => nowhere,
    }
}
