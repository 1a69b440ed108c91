//! Who controls an object (upstream: `metav1.NewControllerRef`, `pkg/controller/controller_ref_manager.go`).

use orrery_api::Resource;
use orrery_apimachinery::{ObjectMeta, OwnerReference, Str};
use orrery_client::Key;

/// The reference by which `owner` controls other objects.
pub(crate) fn controller_reference<R: Resource>(owner: &R) -> OwnerReference {
    let meta = owner.metadata();
    OwnerReference {
        api_version: R::KIND.api_version().into(),
        kind: R::KIND.name().into(),
        name: meta.name.clone(),
        uid: meta.uid.clone(),
        controller: Some(true),
        block_owner_deletion: Some(true),
    }
}

/// The key of the object that controls the one with `meta`, if it is of type `R`.
pub(crate) fn controller_key<R: Resource>(meta: &ObjectMeta) -> Option<Key> {
    let owner = meta.controller().filter(|o| &*o.kind == R::KIND.name())?;
    Some(Key::new(R::KIND, meta.namespace.clone(), owner.name.clone()))
}

/// Whether the object with uid `owner` controls the one with `meta`.
pub(crate) fn is_controlled_by(meta: &ObjectMeta, owner: &Str) -> bool {
    meta.controller().is_some_and(|o| o.uid == *owner)
}
