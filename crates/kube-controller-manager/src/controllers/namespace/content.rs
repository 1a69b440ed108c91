//! Deletes what is in a namespace, and tells what remains
//! (upstream: `deletion/namespaced_resources_deleter.go`).

use crate::pods;
use orrery_api::{Kind, Namespace, Pod};
use orrery_apimachinery::{StatusResult, Str};
use orrery_client::{ApiServer, Context, DeleteOptions, Key, Propagation};
use std::collections::BTreeMap;

/// Seconds that a finalizer is thought to take.
const FINALIZER_ESTIMATE: u64 = 15;

/// Deletes the objects of `kinds` in a namespace, except those that are going already; pods gracefully.
/// True when there were any.
pub(super) fn delete(kinds: &[Kind], namespace: &Str, cx: &mut Context<'_>) -> StatusResult<bool> {
    let objects = kinds.iter().flat_map(|kind| cx.api().objects_in(*kind, namespace));
    let keys: Vec<Key> = objects.filter(|o| !o.metadata().terminating()).map(Key::of).collect();
    let background = DeleteOptions { propagation: Propagation::Background, ..Default::default() };
    for key in &keys {
        cx.delete(key, &background)?;
    }
    Ok(!keys.is_empty())
}

/// The kinds of objects that live in namespaces.
pub(super) fn namespaced_kinds(api: &ApiServer) -> impl Iterator<Item = Kind> {
    api.kinds().filter(|k| k.namespaced())
}

/// What is left of a namespace's content after everything was asked to go.
#[derive(Debug, Default)]
pub(super) struct Content {
    /// In how many seconds it may be gone; zero: nothing is left, or nobody knows.
    pub(super) estimate: u64,
    /// How many objects of each kind remain.
    pub(super) remaining: BTreeMap<Kind, usize>,
    /// How many objects wait for each finalizer.
    pub(super) finalizers: BTreeMap<Str, usize>,
    /// What should be gone and is not.
    pub(super) errors: Vec<String>,
}

impl Content {
    /// Counts what is left in `namespace`.
    pub(super) fn left_in(namespace: &Namespace, cx: &Context<'_>) -> Content {
        let mut content = Content::default();
        for kind in namespaced_kinds(cx.api()) {
            let estimate = if kind == Kind::Pod { graceful_termination(namespace, cx) } else { 0 };
            content.count(kind, &namespace.metadata.name, estimate, cx);
        }
        content
    }

    /// Counts what is left of a kind that is expected to be gone in `estimate` seconds.
    fn count(&mut self, kind: Kind, namespace: &Str, estimate: u64, cx: &Context<'_>) {
        let (mut count, mut held) = (0, false);
        for object in cx.api().objects_in(kind, namespace) {
            count += 1;
            for finalizer in &object.metadata().finalizers {
                held = true;
                *self.finalizers.entry(finalizer.clone()).or_default() += 1;
            }
        }
        if count == 0 {
            return;
        }
        self.remaining.insert(kind, count);
        if estimate == 0 && !held {
            self.errors.push(format!(
                "unexpected items still remain in namespace: {namespace} for gvr: {}/{}, Resource={}",
                kind.group(),
                kind.version(),
                kind.plural()
            ));
        }
        let expected = if estimate == 0 && held { FINALIZER_ESTIMATE } else { estimate };
        self.estimate = self.estimate.max(expected);
    }
}

/// The longest grace of the pods that still run; zero when it is over.
fn graceful_termination(namespace: &Namespace, cx: &Context<'_>) -> u64 {
    let running = cx.api().list_in::<Pod>(&namespace.metadata.name).filter(|pod| !pods::is_over(pod));
    let grace = running.filter_map(|pod| pod.spec.termination_grace_period_seconds).max().unwrap_or(0);
    let grace = u64::try_from(grace).unwrap_or(0);
    let deleted =
        namespace.metadata.deletion_timestamp.map(|date| cx.api().instant(date)).unwrap_or_default();
    if cx.now().since(deleted).as_secs() >= grace { 0 } else { grace }
}
