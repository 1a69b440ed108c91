//! Keeps the pods of a StatefulSet: each with a number, a name and claims of its own (upstream:
//! `pkg/controller/statefulset`).

mod claims;
mod control;
mod identity;
mod pod_control;
mod retention;
mod revisions;
mod status;
#[cfg(test)]
mod tests;

use crate::owners::{self, Owner};
use crate::{Action, Controller, Wake, claim, pods};
use orrery_api::{Kind, Object, Pod, Resource, StatefulSet};
use orrery_apimachinery::StatusResult;
use orrery_client::{ApiServer, Change, Context, Key, Op};
use revisions::Revisions;

/// The controller.
#[derive(Clone, Debug, Default)]
pub struct StatefulSetController;

impl Controller for StatefulSetController {
    const NAME: &'static str = "statefulset-controller";

    fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake) {
        match &change.value {
            Object::StatefulSet(_) => wake.key(Key::of(&change.value)),
            Object::Pod(pod) => pod_changed(change, pod, api, wake),
            _ => {}
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let Some(set) = cx.get::<StatefulSet>(&key.namespace, &key.name) else {
            return Ok(Action::AwaitChange);
        };
        let Some(selector) = &set.spec.selector else { return Ok(Action::AwaitChange) };
        let revisions = Revisions::of(&set, selector, cx)?;
        let owner = Owner::of(&*set);
        let fits = |pod: &Pod| identity::is_member(&set, pod) && selector.matches(&pod.metadata.labels);
        let pods = claim::claim(owner, claim::candidates(owner, selector, cx.api()), &fits, None, cx)?;
        let (mut status, wait) = status::count(&set, &revisions, &pods, cx);
        let outcome = control::update(&set, &revisions, &pods, &mut status, cx);
        let written = status::write(&set, status, cx);
        revisions.truncate(&set, &pods, cx)?;
        outcome.and(written)?;
        Ok(wait.map_or(Action::AwaitChange, Action::RequeueAfter))
    }
}

fn pod_changed(change: &Change, pod: &Pod, api: &ApiServer, wake: &mut Wake) {
    let before = change.previous.as_ref().and_then(Pod::unwrap_ref);
    let controller = pod.metadata.controller();
    if let Some(before) = before.filter(|b| b.metadata.controller() != controller) {
        wake_owner(before, api, wake);
    }
    if controller.is_some() {
        wake_owner(pod, api, wake);
    } else if change.op != Op::Deleted && before.is_none_or(|b| b.metadata != pod.metadata) {
        let meta = &pod.metadata;
        for key in owners::selecting(Kind::StatefulSet, &meta.namespace, &meta.labels, api) {
            wake.key(key);
        }
    }
}

fn wake_owner(pod: &Pod, api: &ApiServer, wake: &mut Wake) {
    let Some(key) = owners::controller_key::<StatefulSet>(&pod.metadata) else { return };
    let Some(set) = api.get::<StatefulSet>(&key.namespace, &key.name) else { return };
    wake.key_soon(key, pods::collecting_time(u64::from(set.status.replicas.unsigned_abs())));
}
