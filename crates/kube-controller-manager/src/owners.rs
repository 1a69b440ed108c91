//! Who controls an object (upstream: `metav1.NewControllerRef`, `metav1.IsControlledBy`).

use orrery_api::{Kind, Object, Resource};
use orrery_apimachinery::{LabelSelector, ObjectMeta, OwnerReference, Str, StrMap};
use orrery_client::{ApiServer, Key};

/// An object that controls others, whatever its kind: what the shared parts of controllers need to know of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Owner<'a> {
    /// Its kind.
    pub kind: Kind,
    /// Its metadata.
    pub meta: &'a ObjectMeta,
}

impl<'a> Owner<'a> {
    /// An object as an owner.
    pub(crate) fn of<R: Resource>(object: &'a R) -> Self {
        Owner { kind: R::KIND, meta: object.metadata() }
    }

    /// The reference by which it controls other objects.
    pub(crate) fn reference(self) -> OwnerReference {
        OwnerReference {
            api_version: self.kind.api_version().into(),
            kind: self.kind.name().into(),
            name: self.meta.name.clone(),
            uid: self.meta.uid.clone(),
            controller: Some(true),
            block_owner_deletion: Some(true),
        }
    }
}

/// The reference by which `owner` controls other objects.
pub(crate) fn controller_reference<R: Resource>(owner: &R) -> OwnerReference {
    Owner::of(owner).reference()
}

/// The key of the object that controls the one with `meta`, if it is of `kind`
/// (upstream: `resolveControllerRef`).
pub(crate) fn controller_of_kind(meta: &ObjectMeta, kind: Kind) -> Option<Key> {
    let owner = meta.controller().filter(|o| &*o.kind == kind.name())?;
    Some(Key::new(kind, meta.namespace.clone(), owner.name.clone()))
}

/// The key of the object that controls the one with `meta`, if it is of type `R`.
pub(crate) fn controller_key<R: Resource>(meta: &ObjectMeta) -> Option<Key> {
    controller_of_kind(meta, R::KIND)
}

/// Whether the object with uid `owner` controls the one with `meta`.
pub(crate) fn is_controlled_by(meta: &ObjectMeta, owner: &Str) -> bool {
    meta.controller().is_some_and(|o| o.uid == *owner)
}

/// The workloads of `kind` in `namespace` that select what carries `labels`; an empty selector picks nothing
/// (upstream: `getPodReplicaSets`, `GetPodStatefulSets` and the like).
pub(crate) fn selecting(kind: Kind, namespace: &Str, labels: &StrMap, api: &ApiServer) -> Vec<Key> {
    let mut found = Vec::new();
    for object in api.objects_in(kind, namespace) {
        if selects(object, labels) {
            found.push(Key::of(object));
        }
    }
    found
}

fn selects(workload: &Object, labels: &StrMap) -> bool {
    let selector: Option<&LabelSelector> = match workload {
        Object::ReplicaSet(set) => set.spec.selector.as_ref(),
        Object::Deployment(deployment) => deployment.spec.selector.as_ref(),
        Object::StatefulSet(set) => set.spec.selector.as_ref(),
        Object::DaemonSet(set) => set.spec.selector.as_ref(),
        Object::Job(job) => job.spec.selector.as_ref(),
        Object::ReplicationController(controller) => {
            let selector = &controller.spec.selector;
            return !selector.is_empty() && selector.iter().all(|(k, v)| labels.get(k) == Some(v));
        }
        _ => None,
    };
    selector.is_some_and(|s| !s.is_empty() && s.matches(labels))
}
