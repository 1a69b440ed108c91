//! What a workload counts as its own: it releases what its selector no longer picks and adopts what nobody
//! controls (upstream: `pkg/controller/controller_ref_manager.go`).

use crate::owners::{self, Owner};
use orrery_api::{Pod, Resource};
use orrery_apimachinery::{LabelSelector, ObjectMeta, Status, StatusResult};
use orrery_client::{ApiServer, Context};
use std::rc::Rc;

/// The pods that `owner` controls, and those that `selector` picks and nobody controls.
pub(crate) fn candidates(owner: Owner<'_>, selector: &LabelSelector, api: &ApiServer) -> Vec<Rc<Pod>> {
    let mut pods = api.pods_matching(&owner.meta.namespace, selector);
    pods.retain(|pod| pod.metadata.controller().is_none());
    pods.extend(controlled::<Pod>(owner, api));
    pods
}

/// The objects of one type that name `owner` as their controller.
pub(crate) fn controlled<'a, R: Resource>(
    owner: Owner<'a>,
    api: &'a ApiServer,
) -> impl Iterator<Item = Rc<R>> {
    let keys = api.dependents(&owner.meta.uid).filter(|key| key.kind == R::KIND);
    let objects = keys.filter_map(|key| api.object(key)).filter_map(R::unwrap_ref);
    objects.filter(move |o| owners::is_controlled_by(o.metadata(), &owner.meta.uid)).cloned()
}

/// Those of `candidates` that belong to `owner` after it has adopted those that `fits` accepts and released
/// those that it does not. What is adopted gets `finalizer`, what is released loses it
/// (upstream: `ClaimObject`).
pub(crate) fn claim<R: Resource>(
    owner: Owner<'_>,
    candidates: Vec<Rc<R>>,
    fits: &dyn Fn(&R) -> bool,
    finalizer: Option<&str>,
    cx: &mut Context<'_>,
) -> StatusResult<Vec<Rc<R>>> {
    let mut own = Vec::with_capacity(candidates.len());
    let mut outcome = Ok(());
    for object in candidates {
        let step = judge(owner, object.metadata(), fits(&object));
        if step == Step::Keep {
            own.push(object);
            continue;
        }
        if step == Step::Ignore {
            continue;
        }
        let meta = object.metadata();
        let written = cx.modify::<R>(&meta.namespace, &meta.name, |object| {
            change_owner(object.metadata_mut(), owner, step == Step::Adopt, finalizer);
        });
        match written {
            Ok(object) if step == Step::Adopt => own.push(object),
            Err(status) if !Status::is_not_found(&status) => outcome = Err(status),
            // It is let go of, or gone meanwhile.
            _ => {}
        }
    }
    outcome.map(|()| own)
}

/// What is to be done with a candidate.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Keep,
    Adopt,
    Release,
    Ignore,
}

fn judge(owner: Owner<'_>, meta: &ObjectMeta, fits: bool) -> Step {
    let leaving = owner.meta.terminating();
    match meta.controller() {
        Some(controller) if controller.uid != owner.meta.uid => Step::Ignore,
        Some(_) if fits => Step::Keep,
        Some(_) if !leaving => Step::Release,
        None if fits && !leaving && !meta.terminating() => Step::Adopt,
        _ => Step::Ignore,
    }
}

fn change_owner(meta: &mut ObjectMeta, owner: Owner<'_>, adopt: bool, finalizer: Option<&str>) {
    meta.owner_references.retain(|o| o.uid != owner.meta.uid);
    meta.finalizers.retain(|f| finalizer != Some(&**f));
    if adopt {
        meta.owner_references.push(owner.reference());
        meta.finalizers.extend(finalizer.map(Into::into));
    }
}
