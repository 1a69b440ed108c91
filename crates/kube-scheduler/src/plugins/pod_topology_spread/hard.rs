//! What is counted for constraints that refuse nodes (upstream: `podtopologyspread/filtering.go`).

use super::constraint::{Constraint, constraints};
use super::eligible;
use crate::framework::{Cycle, Status};
use crate::pod_group::PodKind;
use crate::topology::NO_DOMAIN;

const REASON: &str = "node(s) didn't match pod topology spread constraints";
const NO_LABEL: &str = "node(s) didn't match pod topology spread constraints (missing required label)";

/// A constraint, and the pods in every domain of its key.
#[derive(Clone, Debug)]
pub(super) struct Hard {
    constraint: Constraint,
    /// The place of its topology.
    place: usize,
    /// The domain of every slot whose pods count.
    domains: Vec<u32>,
    /// The pods in every domain; nothing for domains without a node that counts.
    pods: Vec<Option<usize>>,
    /// How many domains there are …
    number: usize,
    /// … and how many of them have so many pods.
    levels: Vec<usize>,
    /// The fewest pods of any domain.
    fewest: usize,
    /// Whether the pod itself will be counted.
    means_itself: bool,
}

/// The constraints of the pod of the cycle, with what there is now.
pub(super) fn survey(cycle: &Cycle<'_>) -> Vec<Hard> {
    let all = constraints(cycle, "DoNotSchedule");
    let domains: Vec<_> = (0..all.len()).map(|at| eligible(cycle, &all, at, true)).collect();
    let place = |constraint: &Constraint| cycle.cache.topology_place(&constraint.key);
    let known = all.into_iter().zip(domains).filter_map(|(constraint, domains)| {
        let place = place(&constraint)?;
        Some(Hard::new(cycle, constraint, place, domains))
    });
    known.collect()
}

impl Hard {
    fn new(cycle: &Cycle<'_>, constraint: Constraint, place: usize, domains: Vec<u32>) -> Self {
        let mut pods = vec![None; cycle.cache.topology(place).len()];
        for &domain in domains.iter().filter(|domain| **domain != NO_DOMAIN) {
            pods[domain as usize] = Some(0);
        }
        for group in cycle.cache.groups().filter(|group| constraint.counts(cycle, &group.kind)) {
            for (&slot, &here) in &group.nodes {
                let domain = domains.get(slot).copied().unwrap_or(NO_DOMAIN);
                if let Some(Some(known)) = pods.get_mut(domain as usize) {
                    *known += here as usize;
                }
            }
        }
        let mut levels = Vec::new();
        for &known in pods.iter().flatten() {
            if levels.len() <= known {
                levels.resize(known + 1, 0);
            }
            levels[known] += 1;
        }
        let fewest = levels.iter().position(|domains| *domains > 0).unwrap_or(usize::MAX);
        let means_itself = constraint.means(&cycle.pod.metadata.labels);
        let number = pods.iter().flatten().count();
        Hard { constraint, place, domains, pods, number, levels, fewest, means_itself }
    }

    /// Counts a pod that came to a node or left it.
    pub(super) fn count(&mut self, cycle: &Cycle<'_>, pod: &PodKind, slot: usize, by: i64) {
        let domain = self.domains.get(slot).copied().unwrap_or(NO_DOMAIN);
        let Some(Some(pods)) = self.pods.get_mut(domain as usize) else { return };
        if !self.constraint.counts(cycle, pod) {
            return;
        }
        let was = *pods;
        *pods = if by > 0 { was + 1 } else { was.saturating_sub(1) };
        let is = *pods;
        self.levels[was] -= 1;
        if self.levels.len() <= is {
            self.levels.push(0);
        }
        self.levels[is] += 1;
        if is < self.fewest || self.levels[self.fewest] == 0 {
            self.fewest = is;
        }
    }

    /// Whether one more pod on the node leaves the domains even enough.
    pub(super) fn filter(&self, cycle: &Cycle<'_>, slot: usize) -> Result<(), Status> {
        let domain = cycle.cache.topology(self.place).of(slot);
        if domain == NO_DOMAIN {
            return Err(Status::unresolvable(NO_LABEL));
        }
        let here =
            self.pods.get(domain as usize).copied().flatten().unwrap_or(0) + usize::from(self.means_itself);
        let fewest = if self.number < self.constraint.min_domains { 0 } else { self.fewest };
        let skew = here.saturating_sub(fewest);
        if i64::try_from(skew).is_ok_and(|skew| skew <= self.constraint.max_skew) {
            return Ok(());
        }
        Err(Status::unschedulable(REASON))
    }
}
