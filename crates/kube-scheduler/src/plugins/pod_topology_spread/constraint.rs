//! The constraints that hold for a pod: its own, or the default ones for what belongs to a service or a
//! controller (upstream: `podtopologyspread/common.go`, `plugins/helper/spread.go`).

use crate::framework::Cycle;
use crate::pod_group::PodKind;
use orrery_api::{Node, ReplicaSet, ReplicationController, Service, StatefulSet, TopologySpreadConstraint};
use orrery_apimachinery::{LabelSelector, LabelSelectorRequirement, Str, StrMap};

/// A constraint, with the pods that it counts.
#[derive(Clone, Debug)]
pub(super) struct Constraint {
    pub(super) max_skew: i64,
    pub(super) key: Str,
    /// Which pods are counted; none if absent.
    pub(super) selector: Option<LabelSelector>,
    pub(super) min_domains: usize,
    honours_affinity: bool,
    pub(super) honours_taints: bool,
}

impl Constraint {
    fn new(given: &TopologySpreadConstraint, labels: &StrMap) -> Self {
        let mut selector = given.label_selector.clone();
        if let Some(selector) = &mut selector {
            let agreed = given.match_label_keys.iter().filter_map(|key| Some((key, labels.get(key)?)));
            selector.match_expressions.extend(agreed.map(|(key, value)| is(key, value)));
        }
        Constraint {
            max_skew: given.max_skew.into(),
            key: given.topology_key.clone(),
            selector,
            min_domains: given.min_domains.and_then(|n| usize::try_from(n).ok()).unwrap_or(1),
            honours_affinity: given.node_affinity_policy.as_deref() != Some("Ignore"),
            honours_taints: given.node_taints_policy.as_deref() == Some("Honor"),
        }
    }

    /// Whether the selector means a pod with `labels`.
    pub(super) fn means(&self, labels: &StrMap) -> bool {
        self.selector.as_ref().is_some_and(|selector| selector.matches(labels))
    }

    /// Whether an existing pod is counted for the pod of the cycle; a selector without any requirement
    /// counts nothing (upstream: `countPodsMatchSelector`).
    pub(super) fn counts(&self, cycle: &Cycle<'_>, pod: &PodKind) -> bool {
        !pod.terminating
            && pod.namespace == cycle.pod.metadata.namespace
            && self
                .selector
                .as_ref()
                .is_some_and(|selector| !is_empty(selector) && selector.matches(&pod.labels))
    }

    /// Whether what is on the node counts (upstream: `matchNodeInclusionPolicies`).
    pub(super) fn includes(&self, cycle: &Cycle<'_>, node: &Node) -> bool {
        let tolerations = &cycle.info.spec.tolerations;
        let kept_away = || {
            let mut taints =
                node.spec.taints.iter().filter(|t| matches!(&*t.effect, "NoSchedule" | "NoExecute"));
            taints.any(|taint| !taint.tolerated_by(tolerations))
        };
        (!self.honours_affinity || crate::plugins::node_affinity::matches(&cycle.info.spec, node))
            && (!self.honours_taints || !kept_away())
    }
}

/// The constraints of one kind (`DoNotSchedule` or `ScheduleAnyway`) that hold for the pod of the cycle.
pub(super) fn constraints(cycle: &Cycle<'_>, action: &str) -> Vec<Constraint> {
    let own = &cycle.info.spec.topology_spread_constraints;
    let given = if own.is_empty() { &cycle.profile.args.default_constraints } else { own };
    let given = given.iter().filter(|constraint| &*constraint.when_unsatisfiable == action);
    let mut found: Vec<_> = given.map(|given| Constraint::new(given, &cycle.pod.metadata.labels)).collect();
    if own.is_empty() && !found.is_empty() {
        let selector = default_selector(cycle);
        if is_empty(&selector) {
            found.clear();
        }
        found.iter_mut().for_each(|constraint| constraint.selector = Some(selector.clone()));
    }
    found
}

/// The pods that belong together with the pod of the cycle: what its services and its controller select.
fn default_selector(cycle: &Cycle<'_>) -> LabelSelector {
    let meta = &cycle.pod.metadata;
    let mut selector = LabelSelector::default();
    for service in cycle.api.list_in::<Service>(&meta.namespace) {
        let wanted = &service.spec.selector;
        if !wanted.is_empty() && wanted.iter().all(|(key, value)| meta.labels.get(key) == Some(value)) {
            wanted
                .iter()
                .for_each(|(key, value)| _ = selector.match_labels.insert(key.clone(), value.clone()));
        }
    }
    if let Some(owner) = meta.controller() {
        match (&*owner.api_version, &*owner.kind) {
            ("v1", "ReplicationController") => {
                let found = cycle.api.get::<ReplicationController>(&meta.namespace, &owner.name);
                let wanted = found.map(|found| found.spec.selector.clone()).unwrap_or_default();
                wanted.iter().for_each(|(key, value)| selector.match_expressions.push(is(key, value)));
            }
            ("apps/v1", "ReplicaSet") => {
                let found = cycle.api.get::<ReplicaSet>(&meta.namespace, &owner.name);
                let wanted = found.and_then(|found| found.spec.selector.as_ref());
                wanted.iter().for_each(|wanted| join(&mut selector, wanted));
            }
            ("apps/v1", "StatefulSet") => {
                let found = cycle.api.get::<StatefulSet>(&meta.namespace, &owner.name);
                let wanted = found.and_then(|found| found.spec.selector.as_ref());
                wanted.iter().for_each(|wanted| join(&mut selector, wanted));
            }
            _ => {}
        }
    }
    selector
}

/// Has `selector` demand what `other` demands, too.
fn join(selector: &mut LabelSelector, other: &LabelSelector) {
    selector.match_expressions.extend(other.match_labels.iter().map(|(key, value)| is(key, value)));
    selector.match_expressions.extend(other.match_expressions.iter().cloned());
}

fn is(key: &Str, value: &Str) -> LabelSelectorRequirement {
    LabelSelectorRequirement { key: key.clone(), operator: "In".into(), values: vec![value.clone()] }
}

fn is_empty(selector: &LabelSelector) -> bool {
    selector.match_labels.is_empty() && selector.match_expressions.is_empty()
}
