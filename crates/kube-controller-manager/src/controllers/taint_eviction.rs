//! Evicts pods from nodes whose `NoExecute` taints they do not tolerate, or not any longer
//! (upstream: `pkg/controller/tainteviction`).

use crate::conditions::{disruption_target, set_condition};
use crate::{Action, Controller, Wake};
use orrery_api::{Kind, Node, Object, Pod, Taint};
use orrery_apimachinery::{ObjectMeta, StatusResult};
use orrery_client::{ApiServer, Change, Context, DeleteOptions, EventType, Key, Op};
use orrery_sim::{Duration, SimTime};
use std::collections::BTreeMap;

/// The controller.
#[derive(Clone, Debug, Default)]
pub struct TaintEvictionController {
    /// The pods that this controller means to evict, or has evicted.
    evictions: BTreeMap<Key, Eviction>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Eviction {
    /// The pod will be deleted then, unless the taint goes before.
    Due(SimTime),
    /// The pod was deleted.
    Done,
}

/// What a node's taints mean for a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Stay,
    LeaveAfter(Duration),
}

impl Controller for TaintEvictionController {
    const NAME: &'static str = "taint-eviction-controller";

    fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake) {
        match &change.value {
            Object::Node(node) if change.op != Op::Deleted => {
                let before = change.previous.as_ref().and_then(|o| o.get::<Node>());
                if !before.map(|n| &**n).into_iter().flat_map(no_execute).eq(no_execute(node)) {
                    api.pods_on(&node.metadata.name).for_each(|pod| wake.key(pod_key(pod)));
                }
            }
            Object::Pod(pod) => {
                let before = change.previous.as_ref().and_then(|o| o.get::<Pod>());
                let same = before.is_some_and(|b| {
                    b.node_name == pod.node_name && b.spec.tolerations == pod.spec.tolerations
                });
                let tainted = || {
                    let node = pod.node_name.as_deref().and_then(|node| api.get::<Node>("", node));
                    node.is_some_and(|n| no_execute(n).next().is_some())
                };
                let gone = change.op == Op::Deleted && self.evictions.contains_key(&pod_key(pod));
                if gone || (change.op != Op::Deleted && !same && tainted()) {
                    wake.key(pod_key(pod));
                }
            }
            _ => {}
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let Some(pod) = cx.get::<Pod>(&key.namespace, &key.name) else {
            let metadata = ObjectMeta::named(key.namespace.clone(), key.name.clone());
            self.cancel(key, &Pod { metadata, ..Default::default() }, cx);
            return Ok(Action::AwaitChange);
        };
        let Verdict::LeaveAfter(tolerated) = verdict(&pod, cx.api()) else {
            self.cancel(key, &pod, cx);
            return Ok(Action::AwaitChange);
        };
        let now = cx.now();
        // What is planned stays planned, as upstream; only an intolerable taint is quicker.
        let due = match self.evictions.get(key) {
            Some(Eviction::Done) => return Ok(Action::AwaitChange),
            Some(Eviction::Due(at)) if !tolerated.is_zero() => *at,
            Some(Eviction::Due(at)) if *at > now => {
                self.cancel(key, &pod, cx);
                now
            }
            _ => now + tolerated,
        };
        if due > now {
            self.evictions.insert(key.clone(), Eviction::Due(due));
            return Ok(Action::RequeueAfter(due.since(now)));
        }
        evict(&pod, cx)?;
        self.evictions.insert(key.clone(), Eviction::Done);
        Ok(Action::AwaitChange)
    }
}

impl TaintEvictionController {
    /// Forgets the pod; says so if its eviction was still to come.
    fn cancel(&mut self, key: &Key, pod: &Pod, cx: &mut Context<'_>) {
        if let Some(Eviction::Due(_)) = self.evictions.remove(key) {
            let message = format!("Cancelling deletion of Pod {}/{}", key.namespace, key.name);
            cx.event(pod, EventType::Normal, "TaintManagerEviction", message);
        }
    }
}

fn pod_key(pod: &Pod) -> Key {
    Key::new(Kind::Pod, pod.metadata.namespace.clone(), pod.metadata.name.clone())
}

fn no_execute(node: &Node) -> impl Iterator<Item = &Taint> {
    node.spec.taints.iter().filter(|t| &*t.effect == "NoExecute")
}

/// How long the pod may stay: for the shortest of the tolerations that cover the taints, the first for
/// each taint (upstream: `GetMatchingTolerations`, `getMinTolerationTime`).
fn verdict(pod: &Pod, api: &ApiServer) -> Verdict {
    let Some(node) = pod.node_name.as_deref().and_then(|node| api.get::<Node>("", node)) else {
        return Verdict::Stay;
    };
    let mut shortest = None;
    for taint in no_execute(node) {
        let Some(toleration) = pod.spec.tolerations.iter().find(|t| t.tolerates(taint)) else {
            return Verdict::LeaveAfter(Duration::ZERO);
        };
        if let Some(seconds) = toleration.toleration_seconds {
            let time = Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
            shortest = Some(shortest.map_or(time, |known: Duration| known.min(time)));
        }
    }
    shortest.map_or(Verdict::Stay, Verdict::LeaveAfter)
}

/// Says why, and deletes the pod (upstream: `addConditionAndDeletePod`).
fn evict(pod: &Pod, cx: &mut Context<'_>) -> StatusResult<()> {
    let (namespace, name) = (&pod.metadata.namespace, &pod.metadata.name);
    let message = format!("Marking for deletion Pod {namespace}/{name}");
    cx.event(pod, EventType::Normal, "TaintManagerEviction", message);
    let date = cx.date();
    let condition =
        disruption_target("DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint");
    cx.modify_status::<Pod>(namespace, name, |pod| {
        set_condition(&mut pod.status.conditions, condition, date)
    })?;
    cx.delete(&pod_key(pod), &DeleteOptions::default()).map(drop)
}

#[cfg(test)]
mod tests;
