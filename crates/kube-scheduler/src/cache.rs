//! The scheduler's picture of the cluster, kept up to date change by change: no cycle lists pods.

use crate::node_info::{NodeChange, NodeInfo};
use crate::pod_info::PodInfo;
use orrery_api::{Node, Pod};
use orrery_apimachinery::Str;
use std::collections::BTreeMap;
use std::rc::Rc;

const ZONE: &str = "topology.kubernetes.io/zone";
const REGION: &str = "topology.kubernetes.io/region";

/// Every node with what is taken of it (upstream: `pkg/scheduler/backend/cache`).
#[derive(Clone, Debug, Default)]
pub struct Cache {
    infos: Vec<Rc<NodeInfo>>,
    /// The generation of the node in every slot, side by side: every cycle compares many of them.
    generations: Vec<u64>,
    /// The name of the node in every slot, shared with decisions.
    names: Rc<Vec<Str>>,
    slots: BTreeMap<Str, usize>,
    free: Vec<usize>,
    zones: Vec<(Str, Vec<usize>)>,
    order: Vec<usize>,
    images: BTreeMap<Str, u32>,
    images_generation: u64,
    claims: BTreeMap<(Str, Str), u32>,
    generation: u64,
}

impl Cache {
    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there is no node.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The slots of the nodes, zone by zone in turn, as they are tried.
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// The node in a slot.
    pub fn info(&self, slot: usize) -> &NodeInfo {
        &self.infos[slot]
    }

    /// Larger with every change of the node in a slot, and unique among all nodes.
    pub fn generation(&self, slot: usize) -> u64 {
        self.generations[slot]
    }

    /// The names of the nodes by their slots.
    pub(crate) fn names(&self) -> &Rc<Vec<Str>> {
        &self.names
    }

    /// How many slots there are, used or not.
    pub fn slots(&self) -> usize {
        self.infos.len()
    }

    /// The slot of the node called `name`, if that node is there.
    pub fn slot(&self, name: &str) -> Option<usize> {
        self.slots.get(name).copied().filter(|&slot| self.infos[slot].node.is_some())
    }

    /// How many nodes have an image of that name.
    pub fn nodes_with_image(&self, name: &str) -> u32 {
        self.images.get(name).copied().unwrap_or(0)
    }

    /// Larger with every change of the images on the nodes.
    pub fn images_generation(&self) -> u64 {
        self.images_generation
    }

    /// How many pods with a node use a claim.
    pub fn users_of_claim(&self, namespace: &Str, claim: &Str) -> u32 {
        self.claims.get(&(namespace.clone(), claim.clone())).copied().unwrap_or(0)
    }

    /// Takes a new or changed node over, and says what about it has changed.
    pub(crate) fn set_node(&mut self, node: &Rc<Node>) -> NodeChange {
        let slot = self.slot_for(&node.metadata.name);
        let old = self.infos[slot].node.clone();
        let change = NodeChange::between(old.as_deref(), node);
        let images = old.as_ref().map(|n| &n.status.images);
        if images.map_or(!node.status.images.is_empty(), |images| *images != node.status.images) {
            self.count_images(old.as_deref(), false);
            self.count_images(Some(node), true);
        }
        // A heartbeat alone makes no difference to any plug-in.
        if old.as_ref().is_some_and(|old| same_to_plugins(old, node)) {
            Rc::make_mut(&mut self.infos[slot]).node = Some(node.clone());
            return change;
        }
        self.change(slot).set_node(node);
        if change.added {
            self.enter_zone(slot, zone(node));
        } else if change.labels && old.is_some_and(|old| zone(&old) != zone(node)) {
            self.leave_zone(slot);
            self.enter_zone(slot, zone(node));
        }
        change
    }

    /// Forgets a node; the pods that are bound to it are still known.
    pub(crate) fn remove_node(&mut self, node: &Node) {
        let Some(slot) = self.slot(&node.metadata.name) else { return };
        self.count_images(Some(node), false);
        self.leave_zone(slot);
        let info = self.change(slot);
        info.node = None;
        self.drop_if_unused(slot);
    }

    /// Counts a pod in on a node, which need not be there yet.
    pub(crate) fn add_pod(&mut self, pod: &Pod, node: &Str, info: &Rc<PodInfo>) {
        let slot = self.slot_for(node);
        if self.infos[slot].pods.contains_key(&pod.metadata.uid) {
            return;
        }
        self.change(slot).add(&pod.metadata.uid, info);
        for claim in &info.claims {
            *self.claims.entry((pod.metadata.namespace.clone(), claim.clone())).or_default() += 1;
        }
    }

    /// Counts a pod out.
    pub(crate) fn remove_pod(&mut self, pod: &Pod, node: &str) -> Option<Rc<PodInfo>> {
        let &slot = self.slots.get(node)?;
        if !self.infos[slot].pods.contains_key(&pod.metadata.uid) {
            return None;
        }
        let info = self.change(slot).remove(&pod.metadata.uid)?;
        for claim in &info.claims {
            let key = (pod.metadata.namespace.clone(), claim.clone());
            if let Some(users) = self.claims.get_mut(&key) {
                *users -= 1;
                if *users == 0 {
                    self.claims.remove(&key);
                }
            }
        }
        self.drop_if_unused(slot);
        Some(info)
    }

    /// Whether a pod is counted on a node.
    pub(crate) fn counts(&self, pod: &Pod, node: &str) -> bool {
        self.slots.get(node).is_some_and(|&slot| self.infos[slot].pods.contains_key(&pod.metadata.uid))
    }

    fn change(&mut self, slot: usize) -> &mut NodeInfo {
        self.generation += 1;
        self.generations[slot] = self.generation;
        Rc::make_mut(&mut self.infos[slot])
    }

    fn slot_for(&mut self, name: &Str) -> usize {
        if let Some(&slot) = self.slots.get(name) {
            return slot;
        }
        let slot = self.free.pop().unwrap_or(self.infos.len());
        if slot == self.infos.len() {
            self.infos.push(Rc::default());
            self.generations.push(0);
            Rc::make_mut(&mut self.names).push(name.clone());
        }
        self.infos[slot] = Rc::new(NodeInfo { name: name.clone(), ..Default::default() });
        self.generations[slot] = 0;
        Rc::make_mut(&mut self.names)[slot] = name.clone();
        self.slots.insert(name.clone(), slot);
        slot
    }

    fn drop_if_unused(&mut self, slot: usize) {
        let info = &self.infos[slot];
        if info.node.is_none() && info.pods.is_empty() {
            self.slots.remove(&info.name);
            self.infos[slot] = Rc::default();
            self.free.push(slot);
        }
    }

    fn enter_zone(&mut self, slot: usize, zone: Str) {
        match self.zones.iter_mut().find(|(name, _)| *name == zone) {
            Some((_, slots)) => slots.push(slot),
            None => self.zones.push((zone, vec![slot])),
        }
        if let [(_, only)] = self.zones.as_slice()
            && only.len() == self.order.len() + 1
        {
            self.order.push(slot);
        } else {
            self.reorder();
        }
    }

    fn leave_zone(&mut self, slot: usize) {
        for (_, slots) in &mut self.zones {
            slots.retain(|s| *s != slot);
        }
        let before = self.order.len();
        self.zones.retain(|(_, slots)| !slots.is_empty());
        if self.zones.iter().map(|(_, slots)| slots.len()).sum::<usize>() != before {
            self.reorder();
        }
    }

    /// One node of each zone in turn, so that a sample of them is spread (upstream: `nodeTree.list`).
    fn reorder(&mut self) {
        let longest = self.zones.iter().map(|(_, slots)| slots.len()).max().unwrap_or(0);
        let zones = &self.zones;
        self.order = (0..longest)
            .flat_map(|i| zones.iter().filter_map(move |(_, slots)| slots.get(i).copied()))
            .collect();
    }

    fn count_images(&mut self, node: Option<&Node>, present: bool) {
        for name in node.into_iter().flat_map(|n| &n.status.images).flat_map(|image| &image.names) {
            let nodes = self.images.entry(name.clone()).or_default();
            *nodes = if present { *nodes + 1 } else { nodes.saturating_sub(1) };
        }
        self.images.retain(|_, nodes| *nodes > 0);
        self.images_generation += 1;
    }
}

/// Whether nothing has changed that a plug-in could look at.
fn same_to_plugins(old: &Node, new: &Node) -> bool {
    !NodeChange::between(Some(old), new).any()
        && old.spec.unschedulable == new.spec.unschedulable
        && old.status.images == new.status.images
}

/// Region and zone of a node; empty when it tells neither (upstream: `GetZoneKey`).
fn zone(node: &Node) -> Str {
    let label = |key| node.metadata.labels.get(key).map_or("", |v| &**v);
    match (label(REGION), label(ZONE)) {
        ("", "") => "".into(),
        (region, zone) => format!("{region}:\0:{zone}").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use orrery_apimachinery::{ObjectMeta, StrMap};

    fn node(name: &str, zone: &str) -> Rc<Node> {
        let labels = StrMap::from_iter([(ZONE, zone)]);
        Rc::new(Node { metadata: ObjectMeta { labels, ..ObjectMeta::named("", name) }, ..Default::default() })
    }

    #[test]
    fn nodes_are_tried_zone_by_zone_in_turn() {
        let mut cache = Cache::default();
        for (name, zone) in [("a1", "a"), ("a2", "a"), ("b1", "b"), ("a3", "a"), ("b2", "b")] {
            cache.set_node(&node(name, zone));
        }
        let names = |cache: &Cache| {
            cache.order().iter().map(|&slot| cache.info(slot).name.to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names(&cache), "a1 b1 a2 b2 a3");
        cache.remove_node(&node("b1", "b"));
        assert_eq!(names(&cache), "a1 b2 a2 a3");
        cache.set_node(&node("a1", "b"));
        assert_eq!(names(&cache), "a2 b2 a3 a1");
    }
}
