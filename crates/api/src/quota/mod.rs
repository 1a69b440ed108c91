//! What objects use of a ResourceQuota: how much of which resources, and in which scopes
//! (upstream: `pkg/quota/v1`). Every kind is counted; pods, claims and services are also measured.

mod claim;
mod pod;
mod service;

use crate::resource_quota::{ResourceQuota, ResourceQuotaSpec, ScopedResourceSelectorRequirement};
use crate::resources::{ResourceList, add};
use crate::{Kind, Object};
use orrery_apimachinery::{Quantity, Str, Time};

pub use pod::counts as pod_counts;

/// Whether a quota that bounds `resource` concerns objects of `kind` (upstream: `MatchingResources`).
pub fn concerns(kind: Kind, resource: &str) -> bool {
    if !kind.namespaced() || kind == Kind::Event {
        return false;
    }
    if let Some(counted) = resource.strip_prefix("count/") {
        return is_resource(counted, kind);
    }
    match kind {
        Kind::Pod => pod::concerns(resource),
        Kind::PersistentVolumeClaim => claim::concerns(resource),
        Kind::Service => service::concerns(resource),
        _ => alias(kind) == Some(resource),
    }
}

/// Whether a resource with its group is that of `kind`.
fn is_resource(resource: &str, kind: Kind) -> bool {
    let (plural, group) = resource.split_once('.').unwrap_or((resource, ""));
    plural == kind.plural() && group == kind.group()
}

/// Under which other name objects of a kind are counted, as they were before every kind could be
/// (upstream: `legacyObjectCountAliases`).
fn alias(kind: Kind) -> Option<&'static str> {
    [Kind::ConfigMap, Kind::ResourceQuota, Kind::ReplicationController, Kind::Secret]
        .contains(&kind)
        .then(|| kind.plural())
}

/// How much an object uses at `now` (upstream: `Usage` of the evaluators).
pub fn usage(object: &Object, now: Time) -> ResourceList {
    let kind = object.kind();
    let mut used = ResourceList::from([(format!("count/{}", kind.resource()).into(), ONE)]);
    match object {
        Object::Pod(pod) => pod::measure(pod, now, &mut used),
        Object::PersistentVolumeClaim(claim) => claim::measure(claim, &mut used),
        Object::Service(service) => service::measure(service, &mut used),
        _ => used.extend(alias(kind).map(|name| (name.into(), ONE))),
    }
    used
}

const ONE: Quantity = Quantity::from_units(1);

/// Whether an object counts for a quota: all its scopes must match, and only pods match any.
pub fn matches(spec: &ResourceQuotaSpec, object: &Object) -> bool {
    requirements(spec).all(|requirement| match object {
        Object::Pod(pod) => pod::matches(&requirement, pod),
        _ => false,
    })
}

/// Everything that an object must match to count (upstream: `getScopeSelectorsFromQuota`).
fn requirements(spec: &ResourceQuotaSpec) -> impl Iterator<Item = ScopedResourceSelectorRequirement> {
    let exists = |scope: &Str| ScopedResourceSelectorRequirement {
        scope_name: scope.clone(),
        operator: "Exists".into(),
        values: Vec::new(),
    };
    let chosen = spec.scope_selector.iter().flat_map(|selector| &selector.match_expressions);
    spec.scopes.iter().map(exists).chain(chosen.cloned())
}

/// What keeps an object from being measured for the bounded resources.
pub fn unmeasurable<'a>(object: &Object, bounded: impl Iterator<Item = &'a Str>) -> Option<String> {
    match object {
        Object::Pod(pod) => pod::unmeasurable(pod, bounded),
        _ => None,
    }
}

/// How much is used of what `quota` bounds by all objects of its namespace, which `objects` lists by kind
/// (upstream: `CalculateUsage`). What no kind is concerned with is left out.
pub fn total<'a, I: Iterator<Item = &'a Object>>(
    quota: &ResourceQuota,
    kinds: impl Iterator<Item = Kind>,
    objects: impl Fn(Kind) -> I,
    now: Time,
) -> ResourceList {
    let hard = &quota.spec.hard;
    let mut total = ResourceList::new();
    for kind in kinds {
        let bounded = hard.keys().filter(|name| concerns(kind, name));
        let before = total.len();
        total.extend(bounded.map(|name| (name.clone(), Quantity::ZERO)));
        if total.len() > before {
            let counting = objects(kind).filter(|object| matches(&quota.spec, object));
            counting.for_each(|object| add(&mut total, &usage(object, now)));
        }
    }
    total.retain(|name, _| hard.contains_key(name));
    total
}
