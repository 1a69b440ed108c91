//! The ReplicaSets of a deployment, old and new, and what they add up to
//! (upstream: `pkg/controller/deployment/util/deployment_util.go`).

use super::history;
use orrery_api::{Deployment, PodTemplateSpec, ReplicaSet};
use orrery_apimachinery::Order;
use orrery_apimachinery::{IntOrString, Str, StrMap};
use std::cmp::Reverse;
use std::rc::Rc;

/// The label that tells the pods of one template from those of another.
pub(super) const TEMPLATE_HASH: &str = "pod-template-hash";

/// The ReplicaSets of a deployment.
#[derive(Clone, Debug)]
pub(super) struct ReplicaSets {
    /// The one of the present template.
    pub new: Option<Rc<ReplicaSet>>,
    /// Those of former templates.
    pub old: Vec<Rc<ReplicaSet>>,
}

impl ReplicaSets {
    /// Tells the ReplicaSet of the present template from the others. Of several, the oldest is meant.
    pub(super) fn of(deployment: &Deployment, mut sets: Vec<Rc<ReplicaSet>>) -> Self {
        sets.order_by_key(creation);
        let new = sets.iter().position(|set| same_template(&deployment.spec.template, &set.spec.template));
        let new = new.map(|i| sets.remove(i));
        ReplicaSets { new, old: sets }
    }

    /// Old and new.
    pub(super) fn all(&self) -> impl Iterator<Item = &Rc<ReplicaSet>> + Clone {
        self.old.iter().chain(&self.new)
    }

    /// Those that ask for pods.
    pub(super) fn active(&self) -> Vec<Rc<ReplicaSet>> {
        active(self.all())
    }

    /// The old ones that ask for pods.
    pub(super) fn active_old(&self) -> Vec<Rc<ReplicaSet>> {
        active(self.old.iter())
    }

    /// The only one that asks for pods, or the newest when none does (upstream: `FindActiveOrLatest`).
    pub(super) fn active_or_latest(&self) -> Option<Rc<ReplicaSet>> {
        match self.active().as_slice() {
            [] => self.new.clone().or_else(|| self.old.iter().max_by_key(|set| creation(set)).cloned()),
            [one] => Some(one.clone()),
            _ => None,
        }
    }
}

fn active<'a>(sets: impl Iterator<Item = &'a Rc<ReplicaSet>>) -> Vec<Rc<ReplicaSet>> {
    sets.filter(|set| wanted(set) > 0).cloned().collect()
}

/// The order of creation.
pub(super) fn creation(set: &Rc<ReplicaSet>) -> (Option<orrery_apimachinery::Time>, Str) {
    (set.metadata.creation_timestamp, set.metadata.name.clone())
}

/// How many pods a ReplicaSet asks for.
pub(super) fn wanted(set: &ReplicaSet) -> i32 {
    set.spec.replicas.unwrap_or(1)
}

/// The sum of a number of each ReplicaSet.
pub(super) fn sum<'a>(
    sets: impl IntoIterator<Item = &'a Rc<ReplicaSet>>,
    number: fn(&ReplicaSet) -> i32,
) -> i32 {
    sets.into_iter().map(|set| number(set)).fold(0, i32::saturating_add)
}

/// Whether both templates make the same pods; the label with the template's own hash does not count
/// (upstream: `EqualIgnoreHash`).
pub(super) fn same_template(a: &PodTemplateSpec, b: &PodTemplateSpec) -> bool {
    let (left, right) = (&a.metadata, &b.metadata);
    own_labels(&left.labels).eq(own_labels(&right.labels))
        && left.annotations == right.annotations
        && left.finalizers == right.finalizers
        && (Rc::ptr_eq(&a.spec, &b.spec) || a.spec == b.spec)
}

fn own_labels(labels: &StrMap) -> impl Iterator<Item = (&Str, &Str)> {
    labels.iter().filter(|(key, _)| &***key != TEMPLATE_HASH)
}

/// How many pods a deployment asks for.
pub(super) fn replicas(deployment: &Deployment) -> i32 {
    deployment.spec.replicas.unwrap_or(1)
}

/// Whether old pods are replaced bit by bit.
pub(super) fn is_rolling(deployment: &Deployment) -> bool {
    deployment.spec.strategy.type_.as_deref().unwrap_or("RollingUpdate") == "RollingUpdate"
}

/// How many pods may be too many and how many may be missing; both are never zero
/// (upstream: `ResolveFenceposts`).
fn fence_posts(deployment: &Deployment) -> (i32, i32) {
    let total = replicas(deployment);
    let update = deployment.spec.strategy.rolling_update.as_ref();
    let scaled = |value: Option<&IntOrString>, up| value.and_then(|v| v.scaled(total, up)).unwrap_or(0);
    let surge = scaled(update.and_then(|u| u.max_surge.as_ref()), true);
    let unavailable = scaled(update.and_then(|u| u.max_unavailable.as_ref()), false);
    if surge == 0 && unavailable == 0 { (0, 1) } else { (surge, unavailable) }
}

/// How many pods may be too many during an update.
pub(super) fn max_surge(deployment: &Deployment) -> i32 {
    if is_rolling(deployment) { fence_posts(deployment).0 } else { 0 }
}

/// How many pods may be missing during an update.
pub(super) fn max_unavailable(deployment: &Deployment) -> i32 {
    if is_rolling(deployment) { fence_posts(deployment).1.min(replicas(deployment)) } else { 0 }
}

/// How many pods the new ReplicaSet may ask for now, when it asks for `present` and all ask for `total`
/// (upstream: `NewRSNewReplicas`).
pub(super) fn new_size(deployment: &Deployment, present: i32, total: i32) -> i32 {
    let replicas = replicas(deployment);
    if !is_rolling(deployment) {
        return replicas;
    }
    let room = replicas.saturating_add(max_surge(deployment)).saturating_sub(total);
    if room <= 0 { present } else { present + room.min(replicas - present) }
}

/// Shares out what a deployment that is scaled amid a rollout gains or loses among its ReplicaSets, in
/// proportion to their sizes; the largest takes what is left over. Pairs of ReplicaSet and new size
/// (upstream: `scale`, `GetReplicaSetProportion`).
pub(super) fn shares(deployment: &Deployment, mut sets: Vec<Rc<ReplicaSet>>) -> Vec<(Rc<ReplicaSet>, i32)> {
    let replicas = replicas(deployment);
    let allowed = if replicas > 0 { replicas.saturating_add(max_surge(deployment)) } else { 0 };
    let to_add = allowed.saturating_sub(sum(&sets, wanted));
    // The largest first; among equals the newest gains first and the oldest loses first.
    sets.order_by_key(creation);
    if to_add > 0 {
        sets.reverse();
    }
    sets.order_by_key(|set| Reverse(wanted(set)));
    let mut left = to_add;
    let mut shares = Vec::new();
    for set in sets {
        let share = match left {
            0 => 0,
            1.. => share(&set, deployment).min(left),
            _ => share(&set, deployment).max(left),
        };
        left -= share;
        let size = wanted(&set) + share;
        shares.push((set, size));
    }
    if let Some((_, size)) = shares.first_mut() {
        *size = (*size + left).max(0);
    }
    shares
}

/// What a ReplicaSet would gain or lose if it kept its part of the whole, rounded to the nearest
/// (upstream: `getReplicaSetFraction`).
fn share(set: &ReplicaSet, deployment: &Deployment) -> i32 {
    let (size, replicas) = (wanted(set), replicas(deployment));
    if replicas == 0 {
        return -size;
    }
    let before = history::max_replicas(set).filter(|n| *n != 0).unwrap_or(deployment.status.replicas);
    if before <= 0 {
        return 0;
    }
    let product = i64::from(size) * (i64::from(replicas) + i64::from(max_surge(deployment)));
    let rounded = (2 * product + i64::from(before)) / (2 * i64::from(before));
    i32::try_from(rounded - i64::from(size)).unwrap_or(i32::MAX)
}
