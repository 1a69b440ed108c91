//! One pod of a template on every node that fits (upstream: `pkg/controller/daemon`).

mod failed;
mod manage;
mod revisions;
mod rolling;
mod sites;
mod status;
mod template;
#[cfg(test)]
mod tests;

use crate::{Action, Controller, Wake, owners, pods};
use failed::FailedPods;
use manage::Look;
use orrery_api::daemon_set::ON_DELETE;
use orrery_api::{DaemonSet, Kind, Node, Object, Pod, Resource};
use orrery_apimachinery::{ObjectMeta, StatusResult};
use orrery_client::{ApiServer, Change, Context, Key, Op};
use std::rc::Rc;

/// The controller.
#[derive(Clone, Debug, Default)]
pub struct DaemonSetController {
    failed: FailedPods,
}

impl Controller for DaemonSetController {
    const NAME: &'static str = "daemonset-controller";

    fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake) {
        match &change.value {
            Object::DaemonSet(set) => set_changed(change, set, wake),
            Object::Pod(pod) => pod_changed(change, pod, api, wake),
            Object::ControllerRevision(revision) => revision_changed(change, &revision.metadata, api, wake),
            Object::Node(node) if change.op != Op::Deleted => node_changed(change, node, api, wake),
            _ => {}
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let Some(set) = cx.get::<DaemonSet>(&key.namespace, &key.name) else {
            return Ok(Action::AwaitChange);
        };
        // What a DaemonSet that goes away had may be gone or someone else's: nothing is told of it any more.
        let Some(selector) = set.spec.selector.as_ref().filter(|_| !set.metadata.terminating()) else {
            return Ok(Action::AwaitChange);
        };
        let revisions = revisions::construct(&set, selector, cx)?;
        manage::claim(&set, selector, cx)?;
        let tolerations = template::tolerations(&set);
        let (hash, failed) = (revisions.hash, &mut self.failed);
        let mut look = Look { set: set.clone(), hash, tolerations, failed, wait: None, cx };
        let mut outcome = look.manage();
        if outcome.is_ok() && set.spec.update_strategy.type_.as_deref() != Some(ON_DELETE) {
            outcome = look.roll();
        }
        if outcome.is_ok() {
            outcome = look.clean_up(&revisions.old);
        }
        let told = look.write_status();
        let wait = look.wait;
        outcome.and(told)?;
        Ok(wait.map_or(Action::AwaitChange, Action::RequeueAfter))
    }
}

/// A DaemonSet's own status is written here and changes nothing here, so only what is desired wakes.
fn set_changed(change: &Change, set: &DaemonSet, wake: &mut Wake) {
    let generation = change.previous.as_ref().map(|o| o.metadata().generation);
    if change.op != Op::Deleted && generation != Some(set.metadata.generation) {
        wake.key(Key::of(&change.value));
    }
}

fn pod_changed(change: &Change, pod: &Pod, api: &ApiServer, wake: &mut Wake) {
    let before = change.previous.as_ref().and_then(Pod::unwrap_ref);
    let moved = before.filter(|before| before.metadata.controller() != pod.metadata.controller());
    if let Some(before) = moved {
        wake_owner(&before.metadata, api, wake);
    }
    if pod.metadata.controller().is_some() {
        if change.op == Op::Deleted || before.is_none_or(|before| matters(before, pod)) {
            wake_owner(&pod.metadata, api, wake);
        }
    } else if change.op != Op::Deleted
        && (moved.is_some() || before.is_none_or(|before| before.metadata.labels != pod.metadata.labels))
    {
        wake_selecting(&pod.metadata, api, wake);
    }
}

/// Whether what a DaemonSet goes by may have changed with its pod.
fn matters(before: &Pod, now: &Pod) -> bool {
    let ready = |pod| pods::ready_condition(pod).map(|c| (c.status.clone(), c.last_transition_time));
    before.status.phase != now.status.phase
        || before.metadata.terminating() != now.metadata.terminating()
        || ready(before) != ready(now)
        || before.metadata.labels != now.metadata.labels
        || before.metadata.controller() != now.metadata.controller()
}

/// A revision that somebody changes or removes is mended by its DaemonSet; one that nobody controls may be adopted.
fn revision_changed(change: &Change, meta: &ObjectMeta, api: &ApiServer, wake: &mut Wake) {
    if meta.controller().is_some() {
        if change.op != Op::Added {
            wake_owner(meta, api, wake);
        }
    } else if change.op != Op::Deleted {
        wake_selecting(meta, api, wake);
    }
}

/// Wakes the DaemonSets for which the node does not mean any more what it meant.
fn node_changed(change: &Change, node: &Node, api: &ApiServer, wake: &mut Wake) {
    let before = change.previous.as_ref().and_then(Node::unwrap_ref);
    let same = |before: &Rc<Node>| {
        before.metadata.labels == node.metadata.labels && before.spec.taints == node.spec.taints
    };
    if before.is_some_and(same) {
        return;
    }
    for set in api.list::<DaemonSet>() {
        let tolerations = template::tolerations(set);
        let meant = before.map_or(sites::Verdict::Leave, |before| sites::verdict(set, &tolerations, before));
        if meant != sites::verdict(set, &tolerations, node) {
            let meta = &set.metadata;
            wake.key(Key::new(Kind::DaemonSet, meta.namespace.clone(), meta.name.clone()));
        }
    }
}

/// Wakes the DaemonSet that controls what has `meta`, if one does.
fn wake_owner(meta: &ObjectMeta, api: &ApiServer, wake: &mut Wake) {
    let Some(key) = owners::controller_of_kind(meta, Kind::DaemonSet) else { return };
    let set = api.get::<DaemonSet>(&key.namespace, &key.name);
    let nodes = set.map_or(0, |set| u64::from(set.status.desired_number_scheduled.unsigned_abs()));
    wake.key_soon(key, pods::collecting_time(nodes));
}

/// Wakes the DaemonSets that could adopt what has `meta`.
fn wake_selecting(meta: &ObjectMeta, api: &ApiServer, wake: &mut Wake) {
    for key in owners::selecting(Kind::DaemonSet, &meta.namespace, &meta.labels, api) {
        wake.key(key);
    }
}
