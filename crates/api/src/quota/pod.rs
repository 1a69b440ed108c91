//! Pods: what they request and are limited to, while they have not ended
//! (upstream: `pkg/quota/v1/evaluator/core/pods.go`).

use super::ONE;
use crate::affinity::{PodAffinityTerm, WeightedPodAffinityTerm};
use crate::resource_quota::{
    BEST_EFFORT, CROSS_NAMESPACE_POD_AFFINITY, NOT_BEST_EFFORT, NOT_TERMINATING, PRIORITY_CLASS,
    ScopedResourceSelectorRequirement, TERMINATING,
};
use crate::resources::{CPU, EPHEMERAL_STORAGE, MEMORY, PODS, ResourceList};
use crate::validation::resources::{is_huge_page, is_native};
use crate::{Container, Pod, pod_resources};
use orrery_apimachinery::{Str, Time};
use std::collections::{BTreeMap, BTreeSet};

/// The resources of a node that are bounded by their own name, as requests and as limits.
const COMPUTE: [&str; 3] = [CPU, MEMORY, EPHEMERAL_STORAGE];
const REQUESTS: &str = "requests.";
const LIMITS: &str = "limits.";

pub(super) fn concerns(resource: &str) -> bool {
    let plain = resource.strip_prefix(REQUESTS);
    resource == PODS
        || COMPUTE.contains(&plain.or(resource.strip_prefix(LIMITS)).unwrap_or(resource))
        || is_huge_page(plain.unwrap_or(resource))
        || (plain.is_some() && !is_native(resource))
}

/// Whether the pod uses more than its place in the store: it has not ended, and is not overdue to go
/// (upstream: `QuotaV1Pod`).
pub fn counts(pod: &Pod, now: Time) -> bool {
    let meta = &pod.metadata;
    let over = matches!(pod.status.phase.as_deref(), Some("Succeeded" | "Failed"));
    let going = meta.deletion_timestamp.zip(meta.deletion_grace_period_seconds);
    !over && going.is_none_or(|(date, grace)| now.0 <= date.0 + grace)
}

pub(super) fn measure(pod: &Pod, now: Time, used: &mut ResourceList) {
    if counts(pod, now) {
        used.insert(PODS.into(), ONE);
        charge(&pod_resources::requests(&pod.spec), &pod_resources::limits(&pod.spec), used);
    }
}

/// Writes requests and limits under the names by which quotas bound them (upstream: `podComputeUsageHelper`).
fn charge(requests: &ResourceList, limits: &ResourceList, used: &mut ResourceList) {
    for (name, amount) in requests {
        if COMPUTE.contains(&&**name) || is_huge_page(name) {
            used.insert(name.clone(), *amount);
        } else if is_native(name) {
            continue;
        }
        used.insert([REQUESTS, name].concat().into(), *amount);
    }
    for (name, amount) in limits.iter().filter(|(name, _)| COMPUTE.contains(&&***name)) {
        used.insert([LIMITS, name].concat().into(), *amount);
    }
}

/// Tells the containers that do not say how much they use of a bounded resource: where processors or memory
/// are bounded, all must.
pub(super) fn unmeasurable<'a>(pod: &Pod, bounded: impl Iterator<Item = &'a Str>) -> Option<String> {
    let said = |container: &Container| {
        let mut used = ResourceList::new();
        charge(&container.resources.requests, &container.resources.limits, &mut used);
        used
    };
    let mut missing = BTreeMap::<&Str, BTreeSet<&str>>::new();
    let containers: Vec<_> = pod.spec.containers.iter().chain(&pod.spec.init_containers).collect();
    for resource in bounded.filter(|name| is_required(name)) {
        let silent = containers.iter().filter(|container| !said(container).contains_key(resource));
        for container in silent {
            missing.entry(resource).or_default().insert(&container.name);
        }
    }
    let line = |(resource, containers): (&Str, BTreeSet<&str>)| {
        format!("{resource} for: {}", containers.into_iter().collect::<Vec<_>>().join(","))
    };
    let lines: Vec<_> = missing.into_iter().map(line).collect();
    (!lines.is_empty()).then(|| format!("must specify {}", lines.join("; ")))
}

fn is_required(resource: &str) -> bool {
    let plain = resource.strip_prefix(REQUESTS).or(resource.strip_prefix(LIMITS));
    matches!(plain.unwrap_or(resource), CPU | MEMORY)
}

/// Whether the pod is in a scope (upstream: `podMatchesScopeFunc`).
pub(super) fn matches(requirement: &ScopedResourceSelectorRequirement, pod: &Pod) -> bool {
    let spec = &pod.spec;
    match &*requirement.scope_name {
        TERMINATING => spec.active_deadline_seconds.is_some_and(|seconds| seconds >= 0),
        NOT_TERMINATING => spec.active_deadline_seconds.is_none_or(|seconds| seconds < 0),
        BEST_EFFORT => asks_nothing(pod),
        NOT_BEST_EFFORT => !asks_nothing(pod),
        PRIORITY_CLASS => has_class(requirement, spec.priority_class_name.as_ref()),
        CROSS_NAMESPACE_POD_AFFINITY => looks_into_other_namespaces(pod),
        _ => false,
    }
}

fn has_class(requirement: &ScopedResourceSelectorRequirement, class: Option<&Str>) -> bool {
    let class = class.filter(|class| !class.is_empty());
    match &*requirement.operator {
        "Exists" => class.is_some(),
        "DoesNotExist" => class.is_none(),
        "In" => class.is_some_and(|class| requirement.values.contains(class)),
        "NotIn" => class.is_none_or(|class| !requirement.values.contains(class)),
        _ => false,
    }
}

/// Whether the pod's class of service is the lowest.
fn asks_nothing(pod: &Pod) -> bool {
    let mut containers = pod.spec.containers.iter().chain(&pod.spec.init_containers);
    containers.all(|container| {
        let (requests, limits) = (&container.resources.requests, &container.resources.limits);
        [requests, limits].iter().all(|list| {
            [CPU, MEMORY].iter().all(|name| list.get(*name).is_none_or(|amount| amount.is_zero()))
        })
    })
}

fn looks_into_other_namespaces(pod: &Pod) -> bool {
    let Some(affinity) = &pod.spec.affinity else { return false };
    let near = affinity.pod_affinity.iter().flat_map(|a| {
        terms(
            &a.required_during_scheduling_ignored_during_execution,
            &a.preferred_during_scheduling_ignored_during_execution,
        )
    });
    let far = affinity.pod_anti_affinity.iter().flat_map(|a| {
        terms(
            &a.required_during_scheduling_ignored_during_execution,
            &a.preferred_during_scheduling_ignored_during_execution,
        )
    });
    near.chain(far).any(|term| !term.namespaces.is_empty() || term.namespace_selector.is_some())
}

fn terms<'a>(
    required: &'a [PodAffinityTerm],
    preferred: &'a [WeightedPodAffinityTerm],
) -> impl Iterator<Item = &'a PodAffinityTerm> {
    required.iter().chain(preferred.iter().map(|weighted| &weighted.pod_affinity_term))
}
