//! Keeps as many pods of one template alive as a ReplicaSet asks for (upstream: `pkg/controller/replicaset`).

mod claim;
mod manage;
mod rank;
mod status;
#[cfg(test)]
mod tests;

use crate::{Action, Controller, Wake, owners, pods};
use orrery_api::{Kind, Object, Pod, ReplicaSet, Resource};
use orrery_apimachinery::StatusResult;
use orrery_client::{ApiServer, Change, Context, Key, Op, WATCH_LATENCY};
use std::collections::BTreeSet;
use std::rc::Rc;

/// The controller.
#[derive(Clone, Debug, Default)]
pub struct ReplicaSetController {
    /// The ReplicaSets for which there may be pods without a controller.
    seeking: BTreeSet<Key>,
}

impl Controller for ReplicaSetController {
    const NAME: &'static str = "replicaset-controller";

    fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake) {
        match &change.value {
            Object::ReplicaSet(set) => self.set_changed(change, set, wake),
            Object::Pod(pod) => self.pod_changed(change, pod, api, wake),
            _ => {}
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let seeking = self.seeking.remove(key);
        let Some(set) = cx.get::<ReplicaSet>(&key.namespace, &key.name) else {
            return Ok(Action::AwaitChange);
        };
        let pods = claim::pods(&set, seeking, cx)?;
        let outcome = if set.metadata.terminating() { Ok(false) } else { manage::replicas(&set, &pods, cx) };
        let wait = status::update(&set, &pods, outcome.as_ref().err(), cx)?;
        let more = outcome?.then_some(WATCH_LATENCY);
        Ok(more.or(wait).map_or(Action::AwaitChange, Action::RequeueAfter))
    }
}

impl ReplicaSetController {
    /// A ReplicaSet's own status is written here and changes nothing here, so only what is desired wakes,
    /// and what is told of a failure: upstream tries again with every change, and waits longer after each try.
    fn set_changed(&mut self, change: &Change, set: &ReplicaSet, wake: &mut Wake) {
        let key = Key::of(&change.value);
        let generation = change.previous.as_ref().map(|o| o.metadata().generation);
        match change.op {
            Op::Added => {
                self.seeking.insert(key.clone());
                wake.key(key);
            }
            Op::Modified if generation != Some(set.metadata.generation) || status::fails(set) => {
                wake.key(key)
            }
            _ => {}
        }
    }

    fn pod_changed(&mut self, change: &Change, pod: &Pod, api: &ApiServer, wake: &mut Wake) {
        let before = change.previous.as_ref().and_then(Pod::unwrap_ref);
        if let Some(before) = before.filter(|b| b.metadata.controller() != pod.metadata.controller()) {
            wake_owner(before, api, wake);
        }
        if pod.metadata.controller().is_some() {
            let gone = change.op == Op::Deleted;
            let matters = before.is_none_or(|b| if gone { pods::is_active(b) } else { matters(b, pod) });
            if matters || owner(pod, api).is_some_and(|set| status::fails(set)) {
                wake_owner(pod, api, wake);
            }
        } else if change.op != Op::Deleted && before.is_none_or(|b| !same_claim(b, pod)) {
            self.wake_seekers(pod, api, wake);
        }
    }

    /// Wakes the ReplicaSets that could adopt a pod without a controller.
    fn wake_seekers(&mut self, pod: &Pod, api: &ApiServer, wake: &mut Wake) {
        let selects = |set: &&Rc<ReplicaSet>| {
            set.spec.selector.as_ref().is_some_and(|s| !s.is_empty() && s.matches(&pod.metadata.labels))
        };
        for set in api.list_in::<ReplicaSet>(&pod.metadata.namespace).filter(selects) {
            let key = Key::new(Kind::ReplicaSet, set.metadata.namespace.clone(), set.metadata.name.clone());
            self.seeking.insert(key.clone());
            wake.key(key);
        }
    }
}

fn owner<'a>(pod: &Pod, api: &'a ApiServer) -> Option<&'a Rc<ReplicaSet>> {
    let owner = pod.metadata.controller().filter(|owner| &*owner.kind == Kind::ReplicaSet.name())?;
    api.get::<ReplicaSet>(&pod.metadata.namespace, &owner.name)
}

fn wake_owner(pod: &Pod, api: &ApiServer, wake: &mut Wake) {
    let Some(key) = owners::controller_key::<ReplicaSet>(&pod.metadata) else { return };
    let pods = owner(pod, api).map_or(0, |s| u64::from(s.status.replicas.unsigned_abs()));
    wake.key_after(key, pods::collecting_time(pods));
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
