//! Removes pods that no kubelet will ever remove (upstream: `pkg/controller/podgc`).
//!
//! Upstream looks at all pods every 20 seconds. Here the same looks are deadlines of the pods and nodes
//! that need them: where there is nothing to remove, nothing happens.

use crate::conditions::{disruption_target, set_condition};
use crate::{Action, Controller, Wake, pods};
use orrery_api::{Kind, Node, Object, Pod, PodCondition};
use orrery_apimachinery::Order;
use orrery_apimachinery::StatusResult;
use orrery_client::{ApiServer, Change, Context, DeleteOptions, Key, Op};
use orrery_sim::{Duration, SimTime};
use std::cmp::Reverse;

/// How often upstream looks (`gcCheckPeriod`).
const CHECK_PERIOD: Duration = Duration::from_secs(20);
/// How long a node may be missing before its pods are given up (`quarantineTime`).
const QUARANTINE: Duration = Duration::from_secs(40);
/// How many pods that are over may stay (`--terminated-pod-gc-threshold`).
const TERMINATED_THRESHOLD: usize = 12_500;
/// On a node with this taint nothing runs any more: a person has said so.
const OUT_OF_SERVICE: &str = "node.kubernetes.io/out-of-service";

/// The controller.
#[derive(Clone, Debug, Default)]
pub struct PodGarbageCollector {
    /// How many pods are over.
    terminated: usize,
}

impl Controller for PodGarbageCollector {
    const NAME: &'static str = "pod-garbage-collector-controller";

    fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake) {
        let look = until_next_look(change.time);
        match &change.value {
            Object::Node(node) => observe_node(change.op, node, api, look, wake),
            Object::Pod(pod) => {
                self.count(change, pod);
                if change.op != Op::Deleted {
                    self.observe_pod(pod, api, look, wake);
                }
            }
            _ => {}
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        if *key == terminated_key() {
            remove_oldest_terminated(cx)?;
        } else if key.kind == Kind::Node {
            remove_orphans(&key.name, cx)?;
        } else if let Some(pod) = cx.get::<Pod>(&key.namespace, &key.name)
            && needs_force(&pod, cx.api())
        {
            fail_and_delete(&pod, None, cx)?;
        }
        Ok(Action::AwaitChange)
    }
}

impl PodGarbageCollector {
    fn count(&mut self, change: &Change, pod: &Pod) {
        let was = change.previous.as_ref().and_then(|o| o.get::<Pod>()).is_some_and(|p| pods::is_over(p));
        let is = change.op != Op::Deleted && pods::is_over(pod);
        self.terminated = (self.terminated + usize::from(is)).saturating_sub(usize::from(was));
    }

    fn observe_pod(&self, pod: &Pod, api: &ApiServer, look: Duration, wake: &mut Wake) {
        if self.terminated > TERMINATED_THRESHOLD {
            wake.key_after(terminated_key(), look);
        }
        if needs_force(pod, api) {
            wake.key_after(pod_key(pod), look);
        }
        if let Some(node) = &pod.node_name
            && api.get::<Node>("", node).is_none()
        {
            wake.key_after(Key::new(Kind::Node, "", node.clone()), look + QUARANTINE);
        }
    }
}

fn observe_node(op: Op, node: &Node, api: &ApiServer, look: Duration, wake: &mut Wake) {
    let mut pods = api.pods_on(&node.metadata.name);
    if op == Op::Deleted && pods.next().is_some() {
        wake.key_after(Key::new(Kind::Node, "", node.metadata.name.clone()), look + QUARANTINE);
    } else if op != Op::Deleted && is_out_of_service(node) {
        pods.filter(|p| p.metadata.terminating()).for_each(|pod| wake.key_after(pod_key(pod), look));
    }
}

/// The time from `now` to upstream's next look.
fn until_next_look(now: SimTime) -> Duration {
    let period = CHECK_PERIOD.as_secs();
    SimTime::from_secs((now.as_secs() / period + 1) * period).since(now)
}

/// Stands for all pods that are over.
fn terminated_key() -> Key {
    Key::new(Kind::Pod, "", "")
}

fn pod_key(pod: &Pod) -> Key {
    Key::new(Kind::Pod, pod.metadata.namespace.clone(), pod.metadata.name.clone())
}

/// Whether the pod is being deleted where no kubelet can confirm that it ended.
fn needs_force(pod: &Pod, api: &ApiServer) -> bool {
    let on_dead_node = |node: &str| api.get::<Node>("", node).is_some_and(|n| is_out_of_service(n));
    pod.metadata.terminating() && pod.node_name.as_deref().is_none_or(on_dead_node)
}

fn is_out_of_service(node: &Node) -> bool {
    let ready = node.status.conditions.iter().any(|c| &*c.type_ == "Ready" && &*c.status == "True");
    !ready && node.spec.taints.iter().any(|t| &*t.key == OUT_OF_SERVICE)
}

/// Removes the pods of a node that is gone for good (upstream: `gcOrphaned`).
fn remove_orphans(node: &str, cx: &mut Context<'_>) -> StatusResult<()> {
    if cx.get::<Node>("", node).is_some() {
        return Ok(());
    }
    let orphans: Vec<_> = cx.api().pods_on(node).cloned().collect();
    let condition = disruption_target("DeletionByPodGC", "PodGC: node no longer exists");
    orphans.iter().try_for_each(|pod| fail_and_delete(pod, Some(condition.clone()), cx))
}

/// Removes as many pods that are over as there are too many: evicted ones first, then the oldest
/// (upstream: `gcTerminated`).
fn remove_oldest_terminated(cx: &mut Context<'_>) -> StatusResult<()> {
    let mut terminated: Vec<_> = cx.api().list::<Pod>().filter(|p| pods::is_over(p)).cloned().collect();
    let too_many = terminated.len().saturating_sub(TERMINATED_THRESHOLD);
    let evicted = |p: &Pod| Reverse(p.status.reason.as_deref() == Some("Evicted"));
    terminated.order_by_key(|p| (evicted(p), p.metadata.creation_timestamp, p.metadata.name.clone()));
    terminated.iter().take(too_many).try_for_each(|pod| fail_and_delete(pod, None, cx))
}

/// Ends a pod without its kubelet (upstream: `markFailedAndDeletePodWithCondition`).
fn fail_and_delete(pod: &Pod, condition: Option<PodCondition>, cx: &mut Context<'_>) -> StatusResult<()> {
    let (namespace, name) = (&pod.metadata.namespace, &pod.metadata.name);
    if !pods::is_over(pod) {
        let date = cx.date();
        cx.modify_status::<Pod>(namespace, name, |pod| {
            pod.status.phase = Some("Failed".into());
            if let Some(condition) = condition {
                set_condition(&mut pod.status.conditions, condition, date);
            }
        })?;
    }
    cx.delete(&pod_key(pod), &DeleteOptions { grace_period_seconds: Some(0), ..Default::default() }).map(drop)
}

#[cfg(test)]
mod tests;
