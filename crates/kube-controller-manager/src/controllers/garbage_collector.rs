//! Deletes what nobody owns any more (upstream: `pkg/controller/garbagecollector`).
//!
//! The graph of who owns whom is the server's index of dependents; nothing is remembered here.

use crate::{Action, Controller, Wake};
use orrery_api::Object;
use orrery_apimachinery::{OwnerReference, StatusResult, Str};
use orrery_client::{ApiServer, Change, Context, DeleteOptions, EventType, Key, Op, Propagation};

/// The owner waits until its dependents are gone.
const FOREGROUND: &str = "foregroundDeletion";
/// The owner waits until its dependents have forgotten it.
const ORPHAN: &str = "orphan";

/// The controller.
#[derive(Clone, Debug, Default)]
pub struct GarbageCollector;

/// How an owner stands to the life of its dependent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    /// It is there: the dependent stays.
    Solid,
    /// It is not there, or another object has taken its name.
    Dangling,
    /// It is there only until its dependents are gone.
    Waiting,
}

impl Controller for GarbageCollector {
    const NAME: &'static str = "garbage-collector-controller";

    fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake) {
        let (object, meta) = (&change.value, change.value.metadata());
        if change.op == Op::Deleted {
            wake_dependents(&meta.uid, api, wake);
            wake_owners(&meta.owner_references, &meta.namespace, api, wake);
            return;
        }
        let before = change.previous.as_ref();
        let starts =
            |finalizer| waits_for(object, finalizer) && !before.is_some_and(|o| waits_for(o, finalizer));
        if starts(ORPHAN) {
            wake.key(Key::of(object));
        } else if starts(FOREGROUND) {
            wake_dependents(&meta.uid, api, wake);
            wake.key(Key::of(object));
        }
        let old_owners = before.map_or(&[][..], |o| &o.metadata().owner_references);
        if old_owners != meta.owner_references {
            wake_owners(old_owners, &meta.namespace, api, wake);
            let solid = |o: &OwnerReference| owner_state(api, &meta.namespace, o) == Owner::Solid;
            let misplaced = |o: &OwnerReference| is_misplaced(api, &meta.namespace, o);
            if meta.owner_references.iter().any(|o| !solid(o) || misplaced(o)) {
                wake.key(Key::of(object));
            }
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let Some(object) = cx.api().object(key).cloned() else { return Ok(Action::AwaitChange) };
        if waits_for(&object, ORPHAN) {
            orphan_dependents(&object, cx)?;
        } else if waits_for(&object, FOREGROUND) {
            if !has_blocking_dependents(&object, cx.api()) {
                lift(object, FOREGROUND, cx)?;
            }
        } else if !object.metadata().terminating() {
            complain_of_misplaced(&object, cx);
            attempt_to_delete(object, cx)?;
        }
        Ok(Action::AwaitChange)
    }
}

fn wake_dependents(uid: &str, api: &ApiServer, wake: &mut Wake) {
    api.dependents(uid).for_each(|key| wake.key(key.clone()));
}

/// Wakes those of the owners that wait for their dependents to be gone: one of them went.
fn wake_owners(owners: &[OwnerReference], namespace: &Str, api: &ApiServer, wake: &mut Wake) {
    for owner in owners {
        if owner_state(api, namespace, owner) == Owner::Waiting
            && let Some(key) = owner_key(api, namespace, owner)
        {
            wake.key(key);
        }
    }
}

/// Whether `object` is being deleted and held by `finalizer`.
fn waits_for(object: &Object, finalizer: &str) -> bool {
    let meta = object.metadata();
    meta.terminating() && meta.has_finalizer(finalizer)
}

/// Where the owner of an object in `namespace` must be. `None` when it can be nowhere: its kind is not
/// served, or it would have to be in a namespace while its dependent is in none.
fn owner_key(api: &ApiServer, namespace: &Str, owner: &OwnerReference) -> Option<Key> {
    let kind = api.kind_by_gvk(&owner.api_version, &owner.kind)?;
    match (kind.namespaced(), &**namespace) {
        (true, "") => None,
        (true, _) => Some(Key::new(kind, namespace.clone(), owner.name.clone())),
        (false, _) => Some(Key::new(kind, "", owner.name.clone())),
    }
}

/// Classifies one reference (upstream: `classifyReferences`).
fn owner_state(api: &ApiServer, namespace: &Str, owner: &OwnerReference) -> Owner {
    // Upstream fails on a reference that it cannot look up, and deletes nothing because of it.
    let Some(key) = owner_key(api, namespace, owner) else { return Owner::Solid };
    match api.object(&key) {
        Some(object) if object.metadata().uid != owner.uid => Owner::Dangling,
        Some(object) if waits_for(object, FOREGROUND) => Owner::Waiting,
        Some(_) => Owner::Solid,
        None => Owner::Dangling,
    }
}

/// Whether the owner lives in a namespace, and not in that of its dependent.
fn is_misplaced(api: &ApiServer, namespace: &Str, owner: &OwnerReference) -> bool {
    let Some(kind) = api.kind_by_gvk(&owner.api_version, &owner.kind).filter(|kind| kind.namespaced()) else {
        return false;
    };
    let here = owner_key(api, namespace, owner).and_then(|key| api.object(&key));
    here.is_none_or(|object| object.metadata().uid != owner.uid)
        && api.objects(kind).any(|object| object.metadata().uid == owner.uid)
}

/// Tells of the first owner that the object can never be rid of because it lives elsewhere
/// (upstream: `reportInvalidNamespaceOwnerRef`).
fn complain_of_misplaced(object: &Object, cx: &mut Context<'_>) {
    let meta = object.metadata();
    let Some(owner) = meta.owner_references.iter().find(|o| is_misplaced(cx.api(), &meta.namespace, o))
    else {
        return;
    };
    let (version, kind, namespace) = (&owner.api_version, &owner.kind, &meta.namespace);
    let message = format!(
        "ownerRef [{version}/{kind}, namespace: {namespace}, name: {}, uid: {}] does not exist in namespace {namespace:?}",
        owner.name, owner.uid
    );
    cx.event_about(object.kind(), meta, EventType::Warning, "OwnerRefInvalidNamespace", message);
}

/// Whether a dependent of `owner` asks that `owner` waits for it.
fn has_blocking_dependents(owner: &Object, api: &ApiServer) -> bool {
    let uid = &owner.metadata().uid;
    let blocks = |o: &OwnerReference| o.uid == *uid && o.block_owner_deletion == Some(true);
    api.dependents(uid)
        .filter_map(|key| api.object(key))
        .any(|d| d.metadata().owner_references.iter().any(blocks))
}

/// Deletes the object if it has lost its last owner; if it has lost only some, it forgets those
/// (upstream: `attemptToDeleteItem`).
fn attempt_to_delete(object: Object, cx: &mut Context<'_>) -> StatusResult<()> {
    let meta = object.metadata();
    if meta.owner_references.is_empty() {
        return Ok(());
    }
    let states: Vec<Owner> =
        meta.owner_references.iter().map(|o| owner_state(cx.api(), &meta.namespace, o)).collect();
    if states.contains(&Owner::Solid) {
        let mut states = states.into_iter();
        return change_owners(object, cx, |owners| owners.retain(|_| states.next() == Some(Owner::Solid)));
    }
    let has_dependents = cx.api().dependents(&meta.uid).next().is_some();
    if states.contains(&Owner::Waiting) && has_dependents {
        return delete_foreground(object, cx);
    }
    let propagation = match meta {
        _ if meta.has_finalizer(ORPHAN) => Propagation::Orphan,
        _ if meta.has_finalizer(FOREGROUND) => Propagation::Foreground,
        _ => Propagation::Background,
    };
    delete(&object, propagation, cx)
}

/// Deletes an object whose own dependents must go before it, as its owner asks.
fn delete_foreground(object: Object, cx: &mut Context<'_>) -> StatusResult<()> {
    let api = cx.api();
    let dependents = api.dependents(&object.metadata().uid).filter_map(|key| api.object(key));
    // A dependent that waits as well may close a circle, in which each would wait for the other.
    if dependents.into_iter().any(|d| waits_for(d, FOREGROUND)) {
        change_owners(object.clone(), cx, |owners| {
            owners.iter_mut().filter(|o| o.block_owner_deletion == Some(true)).for_each(|o| {
                o.block_owner_deletion = Some(false);
            });
        })?;
    }
    delete(&object, Propagation::Foreground, cx)
}

fn delete(object: &Object, propagation: Propagation, cx: &mut Context<'_>) -> StatusResult<()> {
    let options =
        DeleteOptions { propagation, uid: Some(object.metadata().uid.clone()), ..Default::default() };
    match cx.delete(&Key::of(object), &options) {
        Err(error) if !error.is_not_found() => Err(error),
        _ => Ok(()),
    }
}

/// Makes the dependents forget `owner`, which then can go (upstream: `attemptToOrphanWorker`).
fn orphan_dependents(owner: &Object, cx: &mut Context<'_>) -> StatusResult<()> {
    let uid = owner.metadata().uid.clone();
    let dependents: Vec<Object> =
        cx.api().dependents(&uid).filter_map(|key| cx.api().object(key)).cloned().collect();
    for dependent in dependents {
        change_owners(dependent, cx, |owners| owners.retain(|o| o.uid != uid))?;
    }
    lift(owner.clone(), ORPHAN, cx)
}

fn change_owners(
    mut object: Object,
    cx: &mut Context<'_>,
    change: impl FnOnce(&mut Vec<OwnerReference>),
) -> StatusResult<()> {
    change(&mut object.metadata_mut().owner_references);
    cx.update(object).map(drop)
}

fn lift(mut object: Object, finalizer: &str, cx: &mut Context<'_>) -> StatusResult<()> {
    object.metadata_mut().finalizers.retain(|f| &**f != finalizer);
    cx.update(object).map(drop)
}

#[cfg(test)]
mod tests;
