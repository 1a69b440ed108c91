//! InterPodAffinity: pods that want to be near to other pods, or away from them
//! (upstream: `plugins/interpodaffinity`).

use crate::float::percent;
use crate::framework::{ClusterEvent, Cycle, CycleState, Plugin, PreFilter, Status};
use crate::node_info::NodeInfo;
use crate::pod_group::PodKind;
use crate::pod_info::PodInfo;
use crate::topology::TopologyCounts;
use orrery_api::{Namespace, PodAffinityTerm, WeightedPodAffinityTerm};
use orrery_apimachinery::{Str, StrMap};
use orrery_client::ApiServer;

/// The plug-in.
#[derive(Debug)]
pub struct InterPodAffinity;

/// What is counted for one kind of pod, by the domains of the topology keys that the rules name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    /// The rules of existing pods that keep the pod away.
    kept_away: TopologyCounts,
    /// The existing pods that are all that the pod must be near to.
    near: TopologyCounts,
    /// The existing pods that the pod must be away from.
    away: TopologyCounts,
    /// What the wishes of both sides weigh.
    wishes: TopologyCounts,
}

/// What an existing pod does to a counter.
struct Effect<'a> {
    counter: fn(&mut Counts) -> &mut TopologyCounts,
    key: &'a Str,
    weight: i64,
}

impl Plugin for InterPodAffinity {
    fn name(&self) -> &'static str {
        "InterPodAffinity"
    }

    fn survey(&self, cycle: &Cycle<'_>, state: &mut CycleState) {
        for group in cycle.cache.groups() {
            let effects = effects(cycle, &group.kind);
            for (&slot, &pods) in group.nodes.iter().filter(|_| !effects.is_empty()) {
                apply(cycle, &effects, &mut state.inter_pod_affinity, slot, i64::from(pods));
            }
        }
    }

    fn count(&self, cycle: &Cycle<'_>, state: &mut CycleState, pod: &PodKind, slot: usize, by: i64) {
        apply(cycle, &effects(cycle, pod), &mut state.inter_pod_affinity, slot, by);
    }

    fn pre_filter(&self, cycle: &Cycle<'_>, state: &CycleState) -> Result<PreFilter, Status> {
        let free = state.inter_pod_affinity.kept_away.is_empty()
            && must_be_near(cycle.info).is_empty()
            && must_be_away(cycle.info).is_empty();
        Ok(if free { PreFilter::Skip } else { PreFilter::AllNodes })
    }

    fn filter(&self, cycle: &Cycle<'_>, state: &CycleState, node: &NodeInfo) -> Result<(), Status> {
        let counts = &state.inter_pod_affinity;
        if !near_enough(cycle, counts, node.slot) {
            return Err(Status::unresolvable("node(s) didn't match pod affinity rules"));
        }
        let some = |term: &PodAffinityTerm| {
            counts.away.get(cycle.cache, &term.topology_key, node.slot).is_some_and(|pods| pods > 0)
        };
        if must_be_away(cycle.info).iter().any(some) {
            return Err(Status::unschedulable("node(s) didn't match pod anti-affinity rules"));
        }
        if counts.kept_away.of(cycle.cache, node.slot).any(|rules| rules > 0) {
            return Err(Status::unschedulable("node(s) didn't satisfy existing pods anti-affinity rules"));
        }
        Ok(())
    }

    fn pre_score(&self, cycle: &Cycle<'_>, state: &mut CycleState, _feasible: &[usize]) -> bool {
        let wishes = !wants_near(cycle.info).is_empty() || !wants_away(cycle.info).is_empty();
        (wishes || !cycle.profile.args.ignore_preferred_terms_of_existing_pods)
            && !state.inter_pod_affinity.wishes.is_empty()
    }

    /// Adds up what the wishes weigh that the node fulfils, less those that it disappoints.
    fn score(&self, cycle: &Cycle<'_>, state: &CycleState, node: &NodeInfo) -> i64 {
        state.inter_pod_affinity.wishes.of(cycle.cache, node.slot).sum()
    }

    fn normalise(&self, _state: &CycleState, _slots: &[usize], scores: &mut [i64]) {
        let min = scores.iter().copied().min().unwrap_or(0);
        let range = scores.iter().copied().max().unwrap_or(0) - min;
        for score in scores {
            *score = if range == 0 { 0 } else { percent(*score - min, range) };
        }
    }

    fn looks_at_node_only(&self, _info: &PodInfo) -> bool {
        false
    }

    fn worth_retrying(&self, cycle: &Cycle<'_>, event: &ClusterEvent<'_>) -> bool {
        let (near, away) = (must_be_near(cycle.info), must_be_away(cycle.info));
        // Upstream looks at no namespace's labels here.
        let all = |terms: &[PodAffinityTerm], pod: &PodKind| {
            let labels = StrMap::default();
            let meant = |term| means(term, namespace(cycle), &pod.namespace, &pod.labels, Some(&labels));
            !terms.is_empty() && terms.iter().all(meant)
        };
        match event {
            ClusterEvent::Node { node, change, .. } => {
                let labels = node.node.as_ref().map(|node| &node.metadata.labels);
                let named =
                    |term: &PodAffinityTerm| labels.is_some_and(|l| l.contains_key(&term.topology_key));
                change.taints || (change.added || change.labels) && near.iter().chain(away).any(named)
            }
            ClusterEvent::AssignedPodAdd(pod) => all(near, pod),
            ClusterEvent::AssignedPodUpdate { was, is } => {
                !all(near, was) && all(near, is) || all(away, was) && !all(away, is)
            }
            ClusterEvent::AssignedPodDelete(gone) => all(away, &gone.kind),
            _ => false,
        }
    }
}

fn must_be_near(info: &PodInfo) -> &[PodAffinityTerm] {
    info.near().map_or(&[], |rules| &rules.required_during_scheduling_ignored_during_execution)
}

fn must_be_away(info: &PodInfo) -> &[PodAffinityTerm] {
    info.away().map_or(&[], |rules| &rules.required_during_scheduling_ignored_during_execution)
}

fn wants_near(info: &PodInfo) -> &[WeightedPodAffinityTerm] {
    info.near().map_or(&[], |rules| &rules.preferred_during_scheduling_ignored_during_execution)
}

fn wants_away(info: &PodInfo) -> &[WeightedPodAffinityTerm] {
    info.away().map_or(&[], |rules| &rules.preferred_during_scheduling_ignored_during_execution)
}

fn namespace<'a>(cycle: &Cycle<'a>) -> &'a Str {
    &cycle.pod.metadata.namespace
}

fn namespace_labels(namespace: &str, api: &ApiServer) -> Option<StrMap> {
    api.get::<Namespace>("", namespace).map(|namespace| namespace.metadata.labels.clone())
}

/// Whether a rule of a pod in the namespace `of` means a pod with `labels` in `namespace`, which has the
/// labels `namespace_labels`.
fn means(
    term: &PodAffinityTerm,
    of: &Str,
    namespace: &Str,
    labels: &StrMap,
    namespace_labels: Option<&StrMap>,
) -> bool {
    let here = if term.namespaces.is_empty() && term.namespace_selector.is_none() {
        of == namespace
    } else {
        let selected = term.namespace_selector.as_ref().zip(namespace_labels);
        term.namespaces.contains(namespace)
            || selected.is_some_and(|(selector, labels)| selector.matches(labels))
    };
    here && term.label_selector.as_ref().is_some_and(|selector| selector.matches(labels))
}

/// What an existing pod does to the counters for the pod of the cycle.
fn effects<'a>(cycle: &Cycle<'a>, existing: &'a PodKind) -> Vec<Effect<'a>> {
    let mut effects = Vec::new();
    let (own, theirs) = (cycle.info, &*existing.info);
    if !own.has_pod_rules && !theirs.has_pod_rules {
        return effects;
    }
    let labels = namespace_labels(&existing.namespace, cycle.api);
    let we_mean = |term: &PodAffinityTerm| {
        means(term, namespace(cycle), &existing.namespace, &existing.labels, labels.as_ref())
    };
    if !must_be_near(own).is_empty() && must_be_near(own).iter().all(we_mean) {
        let near = |term: &'a PodAffinityTerm| Effect {
            counter: |c| &mut c.near,
            key: &term.topology_key,
            weight: 1,
        };
        effects.extend(must_be_near(own).iter().map(near));
    }
    for term in must_be_away(own).iter().filter(|term| we_mean(term)) {
        effects.push(Effect { counter: |c| &mut c.away, key: &term.topology_key, weight: 1 });
    }
    wish(&mut effects, wants_near(own), 1, we_mean);
    wish(&mut effects, wants_away(own), -1, we_mean);
    if theirs.has_pod_rules {
        effects_of_rules(cycle, existing, &mut effects);
    }
    effects
}

/// What the rules of an existing pod do to the counters.
fn effects_of_rules<'a>(cycle: &Cycle<'a>, existing: &'a PodKind, effects: &mut Vec<Effect<'a>>) {
    let meta = &cycle.pod.metadata;
    let labels = namespace_labels(&meta.namespace, cycle.api);
    let theirs = &*existing.info;
    let they_mean = |term: &PodAffinityTerm| {
        means(term, &existing.namespace, &meta.namespace, &meta.labels, labels.as_ref())
    };
    for term in must_be_away(theirs).iter().filter(|term| they_mean(term)) {
        effects.push(Effect { counter: |c| &mut c.kept_away, key: &term.topology_key, weight: 1 });
    }
    let weight = cycle.profile.args.hard_pod_affinity_weight;
    for term in must_be_near(theirs).iter().filter(|term| weight > 0 && they_mean(term)) {
        effects.push(Effect { counter: |c| &mut c.wishes, key: &term.topology_key, weight });
    }
    wish(effects, wants_near(theirs), 1, they_mean);
    wish(effects, wants_away(theirs), -1, they_mean);
}

fn wish<'a>(
    effects: &mut Vec<Effect<'a>>,
    wishes: &'a [WeightedPodAffinityTerm],
    sign: i64,
    meant: impl Fn(&PodAffinityTerm) -> bool,
) {
    for wish in wishes.iter().filter(|wish| meant(&wish.pod_affinity_term)) {
        let (key, weight) = (&wish.pod_affinity_term.topology_key, sign * i64::from(wish.weight));
        effects.push(Effect { counter: |c| &mut c.wishes, key, weight });
    }
}

fn apply(cycle: &Cycle<'_>, effects: &[Effect<'_>], counts: &mut Counts, slot: usize, times: i64) {
    for effect in effects {
        (effect.counter)(counts).add(cycle.cache, effect.key, slot, effect.weight, times);
    }
}

/// Whether all that the pod must be near to is where the node is; or nowhere at all, and the pod is what
/// it wants to be near to: else the first of such pods would wait for ever
/// (upstream: `satisfyPodAffinity`).
fn near_enough(cycle: &Cycle<'_>, counts: &Counts, slot: usize) -> bool {
    let terms = must_be_near(cycle.info);
    let mut all_there = true;
    for term in terms {
        match counts.near.get(cycle.cache, &term.topology_key, slot) {
            Some(pods) => all_there &= pods > 0,
            None => return false,
        }
    }
    all_there || counts.near.is_empty() && is_what_it_wants(cycle)
}

fn is_what_it_wants(cycle: &Cycle<'_>) -> bool {
    let meta = &cycle.pod.metadata;
    let labels = namespace_labels(&meta.namespace, cycle.api);
    let meant = |term| means(term, &meta.namespace, &meta.namespace, &meta.labels, labels.as_ref());
    must_be_near(cycle.info).iter().all(meant)
}
