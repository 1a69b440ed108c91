//! Where a volume is made, and from where it can be reached.

use orrery_api::{
    Node, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PersistentVolumeClaim, StorageClass,
    VolumeNodeAffinity,
};
use orrery_apimachinery::Str;
use orrery_client::ApiServer;
use orrery_client::volume::SELECTED_NODE;
use orrery_client::volume::plugins::{Medium, Plugin};
use std::collections::BTreeSet;

const HOSTNAME: &str = "kubernetes.io/hostname";
const ZONE: &str = "topology.kubernetes.io/zone";

/// Drivers whose disks are everywhere.
const EVERYWHERE: [&str; 2] = ["rbd.csi.ceph.com", "driver.longhorn.io"];

/// Where a volume is.
#[derive(Debug, Default)]
pub(super) struct Place {
    /// The node that it is on.
    pub(super) node: Option<Str>,
    /// The label of the nodes that reach it, and its value.
    label: Option<(Str, Str)>,
}

impl Place {
    /// The rule that keeps pods where the volume is.
    pub(super) fn affinity(self) -> Option<VolumeNodeAffinity> {
        let (key, value) = self.label?;
        let rule = NodeSelectorRequirement { key, operator: "In".into(), values: vec![value] };
        let term = NodeSelectorTerm { match_expressions: vec![rule], ..Default::default() };
        Some(VolumeNodeAffinity { required: Some(NodeSelector { node_selector_terms: vec![term] }) })
    }
}

/// Where the volume of a claim is made: on the node, or in the zone of the node, that the scheduler chose; without a
/// scheduler's choice in some zone, which the claim's name decides.
pub(super) fn of(
    claim: &PersistentVolumeClaim,
    class: &StorageClass,
    plugin: &Plugin,
    api: &ApiServer,
) -> Result<Place, &'static str> {
    let node = claim.metadata.annotations.get(SELECTED_NODE).and_then(|name| api.get::<Node>("", name));
    match plugin.medium {
        Medium::Node => match node {
            Some(node) if plugin.name != "k8s.io/minikube-hostpath" => Ok(Place {
                node: Some(node.metadata.name.clone()),
                label: node.metadata.labels.get(HOSTNAME).map(|host| (HOSTNAME.into(), host.clone())),
            }),
            None if plugin.name == "rancher.io/local-path" => {
                Err("configuration error, no node was specified")
            }
            _ => Ok(Place::default()),
        },
        Medium::Disk if !EVERYWHERE.contains(&plugin.name) => {
            let (key, allowed) = zones(class);
            let zone = match node {
                Some(node) => node.metadata.labels.get(&key).cloned(),
                None => some_zone(&claim.metadata.name, &key, allowed, api),
            };
            Ok(Place { node: None, label: zone.map(|zone| (key, zone)) })
        }
        _ => Ok(Place::default()),
    }
}

/// The label by which the class tells zones apart, and the zones that it allows; none means all.
fn zones(class: &StorageClass) -> (Str, Vec<Str>) {
    let first = class.allowed_topologies.first().and_then(|term| term.match_label_expressions.first());
    match first {
        None => (ZONE.into(), Vec::new()),
        Some(rule) => (rule.key.clone(), rule.values.clone()),
    }
}

/// One of the zones that are allowed and have nodes; claims of a StatefulSet take turns
/// (upstream: `getPVCNameHashAndIndexOffset`).
fn some_zone(claim: &str, key: &str, allowed: Vec<Str>, api: &ApiServer) -> Option<Str> {
    let mut zones: BTreeSet<Str> =
        api.list::<Node>().filter_map(|n| n.metadata.labels.get(key).cloned()).collect();
    zones.retain(|zone| allowed.is_empty() || allowed.contains(zone));
    let (stem, ordinal) =
        claim.rsplit_once('-').map_or((claim, None), |(stem, end)| (stem, end.parse::<u32>().ok()));
    let hashed = if ordinal.is_some() { stem } else { claim };
    let index = fnv(hashed).wrapping_add(ordinal.unwrap_or_default());
    let count = u32::try_from(zones.len()).unwrap_or(u32::MAX);
    let nth = index.checked_rem(count)?;
    zones.into_iter().nth(usize::try_from(nth).unwrap_or_default())
}

/// FNV-1, 32 bits.
fn fnv(text: &str) -> u32 {
    let mix = |hash: u32, byte: u8| hash.wrapping_mul(16_777_619) ^ u32::from(byte);
    text.bytes().fold(2_166_136_261, mix)
}
