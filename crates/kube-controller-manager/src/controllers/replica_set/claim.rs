//! Which pods a ReplicaSet counts as its own: it releases those that its selector no longer picks and
//! adopts those that nobody controls (upstream: `pkg/controller/controller_ref_manager.go`).

use crate::{owners, pods};
use orrery_api::{Kind, Pod, ReplicaSet, Resource};
use orrery_apimachinery::{LabelSelector, Status, StatusResult};
use orrery_client::{ApiServer, Context};
use std::rc::Rc;

/// The active pods of the ReplicaSet. Pods without a controller are looked for only if `seeking`.
pub(super) fn pods(set: &ReplicaSet, seeking: bool, cx: &mut Context<'_>) -> StatusResult<Vec<Rc<Pod>>> {
    let Some(selector) = &set.spec.selector else { return Ok(Vec::new()) };
    let template = &set.spec.template.metadata.labels;
    let fits = |pod: &Rc<Pod>| pod.metadata.labels.same(template) || selector.matches(&pod.metadata.labels);
    let (mut own, strangers): (Vec<_>, Vec<_>) = controlled(set, cx.api()).partition(fits);
    if set.metadata.terminating() {
        return Ok(own);
    }
    for pod in strangers {
        gone_is_fine(release(set, &pod, cx))?;
    }
    if seeking {
        for pod in orphans(set, selector, cx.api()) {
            own.extend(gone_is_fine(adopt(set, &pod, cx))?);
        }
    }
    Ok(own)
}

/// The active pods that name the ReplicaSet as their controller.
fn controlled(set: &ReplicaSet, api: &ApiServer) -> impl Iterator<Item = Rc<Pod>> {
    let uid = &set.metadata.uid;
    let pods = api.dependents(uid).filter(|key| key.kind == Kind::Pod).filter_map(|key| api.object(key));
    pods.filter_map(Pod::unwrap_ref)
        .filter(move |pod| pods::is_active(pod) && owners::is_controlled_by(&pod.metadata, uid))
        .cloned()
}

fn orphans(set: &ReplicaSet, selector: &LabelSelector, api: &ApiServer) -> Vec<Rc<Pod>> {
    let mut found = api.pods_matching(&set.metadata.namespace, selector);
    found.retain(|pod| pods::is_active(pod) && pod.metadata.controller().is_none());
    found
}

fn release(set: &ReplicaSet, pod: &Pod, cx: &mut Context<'_>) -> StatusResult<Rc<Pod>> {
    cx.modify::<Pod>(&pod.metadata.namespace, &pod.metadata.name, |pod| {
        pod.metadata.owner_references.retain(|o| o.uid != set.metadata.uid);
    })
}

fn adopt(set: &ReplicaSet, pod: &Pod, cx: &mut Context<'_>) -> StatusResult<Rc<Pod>> {
    cx.modify::<Pod>(&pod.metadata.namespace, &pod.metadata.name, |pod| {
        pod.metadata.owner_references.retain(|o| o.uid != set.metadata.uid);
        pod.metadata.owner_references.push(owners::controller_reference(set));
    })
}

/// A pod that is gone meanwhile needs neither release nor adoption.
fn gone_is_fine<T>(outcome: StatusResult<T>) -> StatusResult<Option<T>> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(status) if Status::is_not_found(&status) => Ok(None),
        Err(status) => Err(status),
    }
}
