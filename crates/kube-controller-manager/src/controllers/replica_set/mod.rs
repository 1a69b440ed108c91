//! Keeps as many pods of one template alive as a ReplicaSet or a ReplicationController asks for (upstream:
//! `pkg/controller/replicaset`, and `pkg/controller/replication`, which dresses the one up as the other).

mod manage;
mod rank;
mod replication;
#[cfg(test)]
mod replication_tests;
mod status;
#[cfg(test)]
mod tests;

use crate::owners::{self, Owner};
use crate::{Action, Controller, Wake, claim, pods};
use orrery_api::{Kind, Object, Pod, ReplicaSet, Resource};
use orrery_apimachinery::StatusResult;
use orrery_client::{ApiServer, Change, Context, Key, Op, WATCH_LATENCY};
pub use replication::ReplicationManager;
use std::rc::Rc;

/// The controller.
#[derive(Clone, Debug, Default)]
pub struct ReplicaSetController;

impl Controller for ReplicaSetController {
    const NAME: &'static str = "replicaset-controller";

    fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake) {
        observe(Kind::ReplicaSet, change, api, wake);
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        sync(key, cx)
    }
}

/// The object as a ReplicaSet, which a ReplicationController can be taken for.
fn as_set(object: &Object) -> Option<Rc<ReplicaSet>> {
    match object {
        Object::ReplicaSet(set) => Some(set.clone()),
        Object::ReplicationController(controller) => Some(Rc::new(replication::as_set(controller))),
        _ => None,
    }
}

/// The keys of `kind` that a change concerns.
fn observe(kind: Kind, change: &Change, api: &ApiServer, wake: &mut Wake) {
    match &change.value {
        Object::Pod(pod) => pod_changed(kind, change, pod, api, wake),
        object if object.kind() == kind => set_changed(change, wake),
        _ => {}
    }
}

fn sync(key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
    let Some(set) = cx.api().object(key).and_then(as_set) else { return Ok(Action::AwaitChange) };
    let owner = Owner { kind: key.kind, meta: &set.metadata };
    let Some(selector) = &set.spec.selector else { return Ok(Action::AwaitChange) };
    let mut pods = claim::candidates(owner, selector, cx.api());
    pods.retain(|pod| pods::is_active(pod));
    let fits = |pod: &Pod| selector.matches(&pod.metadata.labels);
    let pods = claim::claim(owner, pods, &fits, None, cx)?;
    let leaving = set.metadata.terminating();
    let outcome = if leaving { Ok(false) } else { manage::replicas(owner, &set, &pods, cx) };
    let wait = status::update(key, &set, &pods, outcome.as_ref().err(), cx)?;
    let more = outcome?.then_some(WATCH_LATENCY);
    Ok(more.or(wait).map_or(Action::AwaitChange, Action::RequeueAfter))
}

/// A ReplicaSet's own status is written here and changes nothing here, so only what is desired wakes,
/// and what is told of a failure: upstream tries again with every change, and waits longer after each try.
fn set_changed(change: &Change, wake: &mut Wake) {
    let generation = change.previous.as_ref().map(|o| o.metadata().generation);
    let desired = generation != Some(change.value.metadata().generation);
    let fails = || as_set(&change.value).is_some_and(|set| status::fails(&set));
    if change.op != Op::Deleted && (desired || fails()) {
        wake.key(Key::of(&change.value));
    }
}

fn pod_changed(kind: Kind, change: &Change, pod: &Pod, api: &ApiServer, wake: &mut Wake) {
    let before = change.previous.as_ref().and_then(Pod::unwrap_ref);
    if let Some(before) = before.filter(|b| b.metadata.controller() != pod.metadata.controller()) {
        wake_owner(kind, before, true, api, wake);
    }
    if pod.metadata.controller().is_some() {
        let gone = change.op == Op::Deleted;
        let matters = before.is_none_or(|b| if gone { pods::is_active(b) } else { matters(b, pod) });
        wake_owner(kind, pod, matters, api, wake);
    } else if change.op != Op::Deleted && before.is_none_or(|b| !same_claim(b, pod)) {
        let meta = &pod.metadata;
        owners::selecting(kind, &meta.namespace, &meta.labels, api).into_iter().for_each(|key| wake.key(key));
    }
}

/// Wakes the owner of a pod if the change `matters` to it, or if making pods fails: then any change will do.
fn wake_owner(kind: Kind, pod: &Pod, matters: bool, api: &ApiServer, wake: &mut Wake) {
    let Some(key) = owners::controller_of_kind(&pod.metadata, kind) else { return };
    let Some(set) = api.object(&key).and_then(as_set) else { return };
    if matters || status::fails(&set) {
        wake.key_soon(key, pods::collecting_time(u64::from(set.status.replicas.unsigned_abs())));
    }
}

/// Whether what a ReplicaSet counts may have changed with its pod.
fn matters(before: &Pod, now: &Pod) -> bool {
    let ready = |pod| pods::ready_condition(pod).map(|c| (c.status.clone(), c.last_transition_time));
    pods::is_active(before) != pods::is_active(now) || ready(before) != ready(now) || !same_claim(before, now)
}

/// Whether nothing has changed by which a pod belongs to somebody.
fn same_claim(before: &Pod, now: &Pod) -> bool {
    let (before, now) = (&before.metadata, &now.metadata);
    let same_labels = before.labels.same(&now.labels) || before.labels == now.labels;
    same_labels && before.controller() == now.controller()
}
