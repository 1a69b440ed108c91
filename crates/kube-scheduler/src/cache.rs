//! The scheduler's picture of the cluster, kept up to date change by change: no cycle lists pods.

use crate::node_info::{AssignedPod, NodeChange, NodeInfo};
use crate::pod_group::{PodGroup, PodGroups, PodKind};
use crate::pod_info::PodInfo;
use crate::topology::{Topologies, Topology};
use orrery_api::{Node, Pod};
use orrery_apimachinery::Str;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

const ZONE: &str = "topology.kubernetes.io/zone";
const REGION: &str = "topology.kubernetes.io/region";
const OLD_ZONE: &str = "failure-domain.beta.kubernetes.io/zone";
const OLD_REGION: &str = "failure-domain.beta.kubernetes.io/region";
/// How many comings and goings of pods are remembered.
const COUNTED_KEPT: usize = 1024;

/// A pod that came to a node or left it.
#[derive(Clone, Debug)]
pub struct Counted {
    /// The slot of the node.
    pub slot: usize,
    /// What kind of pod it is.
    pub kind: Rc<PodKind>,
    /// One that came counts 1, one that left -1.
    pub by: i64,
}

/// Every node with what is taken of it (upstream: `pkg/scheduler/backend/cache`).
#[derive(Clone, Debug, Default)]
pub struct Cache {
    infos: Vec<Rc<NodeInfo>>,
    /// The generation of the node in every slot, side by side: every cycle compares many of them.
    generations: Vec<u64>,
    /// The same, of changes of the node's pods that say nothing about room, too.
    revisions: Vec<u64>,
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
    topologies: Topologies,
    groups: PodGroups,
    counted: VecDeque<Counted>,
    /// How many comings and goings there were in all.
    counted_in_all: u64,
    epoch: u64,
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

    /// Larger with every change of the node in a slot or of the status of its pods.
    pub(crate) fn revision(&self, slot: usize) -> u64 {
        self.revisions[slot]
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

    /// The node in a slot, to be kept while the cache changes.
    pub(crate) fn shared(&self, slot: usize) -> Rc<NodeInfo> {
        self.infos[slot].clone()
    }

    /// The pods that have a node, grouped by what rules between pods can see of them.
    pub fn groups(&self) -> impl Iterator<Item = &PodGroup> {
        self.groups.iter()
    }

    /// Begins to follow a topology key.
    pub(crate) fn learn(&mut self, key: &Str) {
        if self.topologies.place(key).is_none() {
            let infos = &self.infos;
            let nodes = self.order.iter().filter_map(|&slot| Some((slot, &**infos[slot].node.as_ref()?)));
            self.topologies.learn(key, nodes);
        }
    }

    /// The place of a topology key that is followed; see [`Cache::topology`].
    pub fn topology_place(&self, key: &str) -> Option<usize> {
        self.topologies.place(key)
    }

    /// The topology at a place.
    pub fn topology(&self, place: usize) -> &Topology {
        self.topologies.at(place)
    }

    /// Other with every change that counts of pods do not survive: of nodes, of namespaces, of services.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Counts of pods have to be made anew.
    pub(crate) fn next_epoch(&mut self) {
        self.epoch += 1;
    }

    /// How many comings and goings of pods there were in all.
    pub fn counted(&self) -> u64 {
        self.counted_in_all
    }

    /// The comings and goings after the first `seen` ones, if all of them are remembered.
    pub fn counted_since(&self, seen: u64) -> Option<impl Iterator<Item = &Counted>> {
        let new = usize::try_from(self.counted_in_all - seen).ok()?;
        Some(self.counted.range(self.counted.len().checked_sub(new)?..))
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
        self.topologies.set(slot, Some(node));
        let cordoned = |node: &Node| node.spec.unschedulable;
        if change.added
            || change.labels
            || change.taints
            || old.as_deref().map(cordoned) != Some(cordoned(node))
        {
            self.next_epoch();
        }
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
        self.topologies.set(slot, None);
        self.next_epoch();
        let info = self.change(slot);
        info.node = None;
        self.drop_if_unused(slot);
    }

    /// Counts a pod in on a node, which need not be there yet.
    pub(crate) fn add_pod(&mut self, pod: &Rc<Pod>, node: &Str, info: &Rc<PodInfo>) {
        let slot = self.slot_for(node);
        if self.infos[slot].pods.contains_key(&pod.metadata.uid) {
            return;
        }
        info.topology_keys.iter().for_each(|key| self.learn(key));
        let (kind, group) = self.groups.add(PodKind::of(pod, info), slot);
        self.count(slot, &kind, 1);
        self.change(slot).add(AssignedPod { pod: pod.clone(), info: info.clone(), kind, group });
        for claim in &info.claims {
            *self.claims.entry((pod.metadata.namespace.clone(), claim.clone())).or_default() += 1;
        }
    }

    /// Takes over what has become of a pod that is counted on a node, and gives it as it was.
    pub(crate) fn update_pod(&mut self, pod: &Rc<Pod>, node: &str) -> Option<AssignedPod> {
        let &slot = self.slots.get(node)?;
        let known = Rc::make_mut(&mut self.infos[slot]).pods.get_mut(&pod.metadata.uid)?;
        let was = known.clone();
        known.pod = pod.clone();
        let terminating = pod.metadata.terminating();
        if terminating != was.kind.terminating || was.kind.labels != pod.metadata.labels {
            let (kind, group) = self.groups.add(PodKind::of(pod, &was.info), slot);
            (known.kind, known.group) = (kind.clone(), group);
            self.groups.remove(was.group, slot);
            self.count(slot, &was.kind, -1);
            self.count(slot, &kind, 1);
        }
        Rc::make_mut(&mut self.infos[slot]).reorder(&pod.metadata.uid);
        self.generation += 1;
        self.revisions[slot] = self.generation;
        Some(was)
    }

    /// Counts a pod out.
    pub(crate) fn remove_pod(&mut self, pod: &Pod, node: &str) -> Option<AssignedPod> {
        let &slot = self.slots.get(node)?;
        if !self.infos[slot].pods.contains_key(&pod.metadata.uid) {
            return None;
        }
        let assigned = self.change(slot).remove(&pod.metadata.uid)?;
        self.groups.remove(assigned.group, slot);
        self.count(slot, &assigned.kind, -1);
        for claim in &assigned.info.claims {
            let key = (pod.metadata.namespace.clone(), claim.clone());
            if let Some(users) = self.claims.get_mut(&key) {
                *users -= 1;
                if *users == 0 {
                    self.claims.remove(&key);
                }
            }
        }
        self.drop_if_unused(slot);
        Some(assigned)
    }

    /// The pod as it is counted on a node.
    pub(crate) fn assigned(&self, uid: &str, node: &str) -> Option<&AssignedPod> {
        self.infos[*self.slots.get(node)?].pods.get(uid)
    }

    fn count(&mut self, slot: usize, kind: &Rc<PodKind>, by: i64) {
        if self.counted.len() == COUNTED_KEPT {
            self.counted.pop_front();
        }
        self.counted.push_back(Counted { slot, kind: kind.clone(), by });
        self.counted_in_all += 1;
    }

    fn change(&mut self, slot: usize) -> &mut NodeInfo {
        self.generation += 1;
        self.generations[slot] = self.generation;
        self.revisions[slot] = self.generation;
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
            self.revisions.push(0);
            Rc::make_mut(&mut self.names).push(name.clone());
        }
        self.infos[slot] = Rc::new(NodeInfo { name: name.clone(), slot, ..Default::default() });
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

/// Region and zone of a node, be it by the labels of old; empty when it tells neither (upstream: `GetZoneKey`).
fn zone(node: &Node) -> Str {
    let labels = &node.metadata.labels;
    let label = |old, key| labels.get(old).or_else(|| labels.get(key)).map_or("", |v| &**v);
    match (label(OLD_REGION, REGION), label(OLD_ZONE, ZONE)) {
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
