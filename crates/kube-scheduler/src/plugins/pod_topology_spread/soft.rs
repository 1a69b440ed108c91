//! What is counted for constraints that only make nodes less welcome
//! (upstream: `podtopologyspread/scoring.go`).

use super::constraint::{Constraint, constraints};
use super::eligible;
use super::logarithm::{FRACTION, ln};
use crate::framework::{Cycle, MAX_NODE_SCORE};
use crate::pod_group::PodKind;
use crate::topology::NO_DOMAIN;

/// The key of which every node is a domain of its own.
const HOSTNAME: &str = "kubernetes.io/hostname";

/// A constraint, and the pods in every domain of its key.
#[derive(Clone, Debug)]
struct Soft {
    constraint: Constraint,
    /// The place of its topology; `None` when no node has the label.
    place: Option<usize>,
    /// Whether every node is a domain of its own.
    by_node: bool,
    /// The domain of every slot whose pods count.
    domains: Vec<u32>,
    pods: Vec<i64>,
    /// The last cycle in which a domain was seen, and how many such domains there were in it.
    seen: Vec<u64>,
    size: usize,
    /// The logarithm of the size, see [`ln`].
    weight: u64,
}

/// The constraints of a pod.
#[derive(Clone, Debug, Default)]
pub(super) struct Softs {
    all: Vec<Soft>,
    /// The slots of nodes that lack one of the labels, if all are demanded: they are not scored.
    ignored: Vec<bool>,
    /// How often nodes were scored.
    cycles: u64,
}

impl Softs {
    /// The constraints of the pod of the cycle, with what there is now.
    pub(super) fn survey(cycle: &Cycle<'_>) -> Self {
        let all = constraints(cycle, "ScheduleAnyway");
        let demands_all =
            !cycle.info.spec.topology_spread_constraints.is_empty() || !cycle.profile.args.system_defaulted;
        let places: Vec<_> = all.iter().map(|c| cycle.cache.topology_place(&c.key)).collect();
        let lacks = |slot: usize| places.iter().any(|&place| domain(cycle, place, slot) == NO_DOMAIN);
        let slots = if all.is_empty() { 0 } else { cycle.cache.slots() };
        let ignored = (0..slots).map(|slot| demands_all && lacks(slot)).collect();
        let softs = (0..all.len()).map(|at| {
            let by_node = &*all[at].key == HOSTNAME;
            let domains = if by_node { Vec::new() } else { eligible(cycle, &all, at, demands_all) };
            let size =
                if by_node { slots } else { places[at].map_or(0, |place| cycle.cache.topology(place).len()) };
            let mut soft = Soft {
                constraint: all[at].clone(),
                place: places[at],
                by_node,
                domains,
                pods: vec![0; size],
                seen: vec![0; size],
                size: usize::MAX,
                weight: 0,
            };
            for group in cycle.cache.groups().filter(|group| all[at].counts(cycle, &group.kind)) {
                group.nodes.iter().for_each(|(&slot, &pods)| soft.add(slot, i64::from(pods)));
            }
            soft
        });
        Softs { all: softs.collect(), ignored, cycles: 0 }
    }

    /// Whether there is no constraint.
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Counts a pod that came to a node or left it.
    pub(super) fn count(&mut self, cycle: &Cycle<'_>, pod: &PodKind, slot: usize, by: i64) {
        for soft in &mut self.all {
            if soft.constraint.counts(cycle, pod) {
                soft.add(slot, by);
            }
        }
    }

    /// Weighs every constraint by the number of domains that the feasible nodes are in.
    pub(super) fn weigh(&mut self, cycle: &Cycle<'_>, feasible: &[usize]) {
        self.cycles += 1;
        let (ignored, cycles) = (&self.ignored, self.cycles);
        for soft in &mut self.all {
            let (mut size, mut without) = (0, false);
            for &slot in feasible.iter().filter(|&&slot| !ignored[slot]) {
                let domain = if soft.by_node { slot } else { domain(cycle, soft.place, slot) as usize };
                match soft.seen.get_mut(domain) {
                    Some(seen) if *seen == cycles => {}
                    Some(seen) => {
                        *seen = cycles;
                        size += 1;
                    }
                    None => without = true,
                }
            }
            // Nodes without the label make one domain.
            size += usize::from(without);
            if size != soft.size {
                (soft.size, soft.weight) = (size, ln(size as u64 + 2));
            }
        }
    }

    /// The pods in the node's domains, each times the weight of the constraint
    /// (upstream: `scoreForCount`, which computes in floating point and rounds).
    pub(super) fn score(&self, cycle: &Cycle<'_>, slot: usize) -> i64 {
        if self.ignored[slot] {
            return 0;
        }
        let mut sum = 0;
        for soft in &self.all {
            let domain = domain(cycle, soft.place, slot);
            if domain != NO_DOMAIN {
                let pods = soft.pods[if soft.by_node { slot } else { domain as usize }];
                sum += i128::from(pods) * i128::from(soft.weight)
                    + (i128::from(soft.constraint.max_skew - 1) << FRACTION);
            }
        }
        let half = 1 << (FRACTION - 1);
        i64::try_from((sum + half) >> FRACTION).unwrap_or(i64::MAX)
    }

    /// The fewest pods become 100; nodes that are not scored become 0.
    pub(super) fn normalise(&self, slots: &[usize], scores: &mut [i64]) {
        let (mut min, mut max) = (i64::MAX, 0);
        for (&slot, &score) in slots.iter().zip(&*scores) {
            if !self.ignored[slot] {
                (min, max) = (min.min(score), max.max(score));
            }
        }
        for (&slot, score) in slots.iter().zip(scores) {
            *score = match max {
                _ if self.ignored[slot] => 0,
                0 => MAX_NODE_SCORE,
                max => MAX_NODE_SCORE * (max + min - *score) / max,
            };
        }
    }
}

impl Soft {
    fn add(&mut self, slot: usize, by: i64) {
        let domain = || self.domains.get(slot).map_or(NO_DOMAIN, |domain| *domain) as usize;
        if let Some(pods) = self.pods.get_mut(if self.by_node { slot } else { domain() }) {
            *pods += by;
        }
    }
}

fn domain(cycle: &Cycle<'_>, place: Option<usize>, slot: usize) -> u32 {
    place.map_or(NO_DOMAIN, |place| cycle.cache.topology(place).of(slot))
}
