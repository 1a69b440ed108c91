//! Which nodes a label puts together: the domains of every topology key that some pod names.

use orrery_api::Node;
use orrery_apimachinery::Str;
use std::collections::BTreeMap;

/// The domain of a node that does not have the label.
pub const NO_DOMAIN: u32 = u32::MAX;

/// The domains of one topology key. Each value that a node ever had has a number of its own.
#[derive(Clone, Debug, Default)]
pub struct Topology {
    key: Str,
    numbers: BTreeMap<Str, u32>,
    of_slot: Vec<u32>,
}

impl Topology {
    /// The label.
    pub fn key(&self) -> &Str {
        &self.key
    }

    /// How many domains there were ever.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether no node ever had the label.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// The domain of the node in a slot; [`NO_DOMAIN`] when it does not have the label.
    pub fn of(&self, slot: usize) -> u32 {
        self.of_slot.get(slot).copied().unwrap_or(NO_DOMAIN)
    }

    fn set(&mut self, slot: usize, node: Option<&Node>) {
        let domain = node.and_then(|n| n.metadata.labels.get(&self.key)).map_or(NO_DOMAIN, |value| {
            let next = u32::try_from(self.numbers.len()).unwrap_or(NO_DOMAIN);
            *self.numbers.entry(value.clone()).or_insert(next)
        });
        if self.of_slot.len() <= slot {
            self.of_slot.resize(slot + 1, NO_DOMAIN);
        }
        self.of_slot[slot] = domain;
    }
}

/// All topologies, in the order in which their keys were first named.
#[derive(Clone, Debug, Default)]
pub(crate) struct Topologies(Vec<Topology>);

impl Topologies {
    /// Begins to follow a key; `nodes` are the nodes that are there, with their slots.
    pub(crate) fn learn<'a>(&mut self, key: &Str, nodes: impl Iterator<Item = (usize, &'a Node)>) {
        if self.place(key).is_none() {
            let mut topology = Topology { key: key.clone(), ..Default::default() };
            nodes.for_each(|(slot, node)| topology.set(slot, Some(node)));
            self.0.push(topology);
        }
    }

    /// Takes over what a node's labels now are.
    pub(crate) fn set(&mut self, slot: usize, node: Option<&Node>) {
        self.0.iter_mut().for_each(|topology| topology.set(slot, node));
    }

    /// The place of a key among those that are followed.
    pub(crate) fn place(&self, key: &str) -> Option<usize> {
        self.0.iter().position(|topology| &*topology.key == key)
    }

    /// The topology at a place.
    pub(crate) fn at(&self, place: usize) -> &Topology {
        &self.0[place]
    }
}
