//! Which nodes a label puts together: the domains of every topology key that some pod names.

use crate::cache::Cache;
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

/// A number for every domain of some topologies.
#[derive(Clone, Debug, Default)]
pub struct TopologyCounts {
    /// The places of the topologies, with a number for every domain.
    by_place: Vec<(usize, Vec<i64>)>,
    /// How often something was added, less how often it was taken away again.
    additions: i64,
}

impl TopologyCounts {
    /// Whether nothing is counted: not even what adds up to zero.
    pub fn is_empty(&self) -> bool {
        self.additions == 0
    }

    /// Adds `weight` `times` over for the domain that the node in a slot is in, if it has the label; if
    /// `times` is negative, takes it away.
    pub fn add(&mut self, cache: &Cache, key: &str, slot: usize, weight: i64, times: i64) {
        let Some(place) = cache.topology_place(key) else { return };
        let domain = cache.topology(place).of(slot);
        if domain == NO_DOMAIN {
            return;
        }
        let known = self.by_place.iter().position(|(known, _)| *known == place);
        let known = known.unwrap_or_else(|| {
            self.by_place.push((place, Vec::new()));
            self.by_place.len() - 1
        });
        let (counts, domain) = (&mut self.by_place[known].1, domain as usize);
        if counts.len() <= domain {
            counts.resize(cache.topology(place).len(), 0);
        }
        counts[domain] += weight * times;
        self.additions += times;
    }

    /// The number for the domain that the node in a slot is in; `None` if it does not have the label.
    pub fn get(&self, cache: &Cache, key: &str, slot: usize) -> Option<i64> {
        let place = cache.topology_place(key)?;
        let domain = cache.topology(place).of(slot);
        let counts = self.by_place.iter().find(|(known, _)| *known == place);
        let count = || counts.and_then(|(_, counts)| counts.get(domain as usize)).copied().unwrap_or(0);
        (domain != NO_DOMAIN).then(count)
    }

    /// The numbers for the domains that the node in a slot is in.
    pub fn of<'a>(&'a self, cache: &'a Cache, slot: usize) -> impl Iterator<Item = i64> + 'a {
        self.by_place
            .iter()
            .filter_map(move |(place, counts)| counts.get(cache.topology(*place).of(slot) as usize).copied())
    }
}
