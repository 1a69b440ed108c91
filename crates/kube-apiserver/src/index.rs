//! Secondary indexes, kept at the head: which pods are on a node or carry a label, who depends on whom.

use crate::Key;
use imbl::shared_ptr::RcK;
use imbl::{GenericHashMap, OrdSet};
use orrery_api::{Object, Pod, Resource};
use orrery_apimachinery::{LabelSelector, OwnerReference, Str, StrMap};
use rustc_hash::FxBuildHasher;
use std::hash::Hash;

/// A persistent map that is looked into and never walked.
type Lookup<K, V> = GenericHashMap<K, V, FxBuildHasher, RcK>;

/// The indexes. All are persistent maps, so that a snapshot of the server stays cheap.
#[derive(Clone, Debug, Default)]
pub(crate) struct Indexes {
    pods_by_node: Lookup<Str, OrdSet<(Str, Str)>>,
    pods_by_label: Lookup<(Str, Str, Str), OrdSet<Str>>,
    dependents: Lookup<Str, OrdSet<Key>>,
}

impl Indexes {
    /// Brings the indexes from `old` to `new`; one of the two may be absent.
    pub(crate) fn update(&mut self, old: Option<&Object>, new: Option<&Object>) {
        self.update_dependents(old, new);
        let pod = |o: Option<&Object>| o.and_then(Pod::unwrap_ref).cloned();
        let (old, new) = (pod(old), pod(new));
        self.update_node(old.as_deref(), new.as_deref());
        self.update_labels(old.as_deref(), new.as_deref());
    }

    fn update_dependents(&mut self, old: Option<&Object>, new: Option<&Object>) {
        let (before, after) = (owners(old), owners(new));
        if before == after && old.is_some() == new.is_some() {
            return;
        }
        for (owners, object, present) in [(before, old, false), (after, new, true)] {
            let Some(object) = object else { continue };
            for owner in owners {
                change(&mut self.dependents, owner.uid.clone(), Key::of(object), present);
            }
        }
    }

    fn update_node(&mut self, old: Option<&Pod>, new: Option<&Pod>) {
        let node = |p: Option<&Pod>| p.and_then(|p| p.node_name.clone());
        let (before, after) = (node(old), node(new));
        if before == after {
            return;
        }
        let place = |p: &Pod| (p.metadata.namespace.clone(), p.metadata.name.clone());
        if let (Some(node), Some(pod)) = (before, old) {
            change(&mut self.pods_by_node, node, place(pod), false);
        }
        if let (Some(node), Some(pod)) = (after, new) {
            change(&mut self.pods_by_node, node, place(pod), true);
        }
    }

    fn update_labels(&mut self, old: Option<&Pod>, new: Option<&Pod>) {
        if let (Some(old), Some(new)) = (old, new)
            && old.metadata.labels.same(&new.metadata.labels)
        {
            return;
        }
        for (pod, present) in [(old, false), (new, true)] {
            let Some(meta) = pod.map(|p| &p.metadata) else { continue };
            for (key, value) in meta.labels.iter() {
                let label = (meta.namespace.clone(), key.clone(), value.clone());
                change(&mut self.pods_by_label, label, meta.name.clone(), present);
            }
        }
    }

    /// Namespace and name of the pods bound to `node`.
    pub(crate) fn pods_on(&self, node: &str) -> impl Iterator<Item = &(Str, Str)> {
        self.pods_by_node.get(node).into_iter().flatten()
    }

    /// The keys of the objects that name `uid` as an owner.
    pub(crate) fn dependents(&self, uid: &str) -> impl Iterator<Item = &Key> {
        self.dependents.get(uid).into_iter().flatten()
    }

    /// Names of pods in `namespace` among which all that carry `labels` are: the shortest list that
    /// one of the pairs gives. `None` when there is no pair to look up.
    pub(crate) fn candidates(&self, namespace: &Str, labels: &StrMap) -> Option<OrdSet<Str>> {
        labels
            .iter()
            .map(|(k, v)| {
                self.pods_by_label
                    .get(&(namespace.clone(), k.clone(), v.clone()))
                    .cloned()
                    .unwrap_or_default()
            })
            .min_by_key(OrdSet::len)
    }

    /// As [`Self::candidates`], for a set-based selector.
    pub(crate) fn selector_candidates(
        &self,
        namespace: &Str,
        selector: &LabelSelector,
    ) -> Option<OrdSet<Str>> {
        self.candidates(namespace, &selector.match_labels)
    }
}

fn owners(object: Option<&Object>) -> &[OwnerReference] {
    object.map(|o| o.metadata().owner_references.as_slice()).unwrap_or_default()
}

/// Puts `member` into, or takes it out of, the set under `key`; empty sets are dropped.
fn change<K: Hash + Eq + Clone, M: Ord + Clone>(
    map: &mut Lookup<K, OrdSet<M>>,
    key: K,
    member: M,
    present: bool,
) {
    match map.get_mut(&key) {
        Some(set) if present => {
            set.insert(member);
        }
        Some(set) => {
            set.remove(&member);
            if set.is_empty() {
                map.remove(&key);
            }
        }
        None if present => {
            map.insert(key, OrdSet::unit(member));
        }
        None => {}
    }
}
