//! Machines on their way out: tainted, drained, given back (upstream: `core/scaledown/actuation`).

use super::scale_down::{self, Unneeded, Utilization};
use super::{ClusterAutoscaler, add_taint, is_over, note, remove_taint};
use orrery_api::{Node, Pod};
use orrery_apimachinery::{StatusResult, Str};
use orrery_client::load_balancer::TO_BE_DELETED;
use orrery_client::node_group::{DELETE_MACHINE, NODE_GROUP};
use orrery_client::{Context, DeleteOptions, EventType};
use orrery_sim::{Duration, SimTime};
use std::rc::Rc;

/// Upstream: `--node-delete-delay-after-taint`.
pub(super) const DELAY: Duration = Duration::from_secs(5);
/// Upstream: `--max-pod-eviction-time`.
const EVICTION: Duration = Duration::from_secs(120);
/// Upstream: `--max-graceful-termination-sec`, and what is waited beyond it.
const TERMINATION: Duration = Duration::from_secs(630);
/// The longest grace that a pod is given, in seconds.
const MAX_GRACE: i64 = 600;
const USUAL_GRACE: i64 = 30;

/// A machine on its way out.
#[derive(Clone, Debug)]
pub(super) struct Leaving {
    pub group: Str,
    /// Whether pods have to go first.
    pub drains: bool,
    since: SimTime,
    /// The pods whose eviction was begun, by uid.
    evicted: Vec<Str>,
}

impl ClusterAutoscaler {
    /// Marks a machine: no pod comes to it any more.
    pub(super) fn begin_to_leave(&mut self, unneeded: &Unneeded, cx: &mut Context<'_>) -> StatusResult<()> {
        let (node, drains) = (&unneeded.node, !unneeded.pods.is_empty());
        let name = &node.metadata.name;
        add_taint(name, TO_BE_DELETED, "NoSchedule", cx)?;
        cx.event(&**node, EventType::Normal, "ScaleDown", "marked the node as toBeDeleted/unschedulable");
        if drains {
            let pods: Vec<&str> = unneeded.pods.iter().map(|pod| &*pod.metadata.name).collect();
            let (used, pods) = (Utilization::of(node, cx.api()), pods.join(","));
            let message =
                format!("Scale-down: removing node {name}, utilization: {used}, pods to reschedule: {pods}");
            note(cx, "ScaleDown", message);
        } else {
            note(cx, "ScaleDownEmpty", format!("Scale-down: removing empty node \"{name}\""));
        }
        let group = node.metadata.labels.get(NODE_GROUP).cloned().unwrap_or_default();
        self.leaving.insert(name.clone(), Leaving { group, drains, since: cx.now(), evicted: Vec::new() });
        Ok(())
    }

    /// Goes on with every machine that is on its way out.
    pub(super) fn carry_on_leaving(&mut self, cx: &mut Context<'_>) -> StatusResult<()> {
        for name in self.leaving.keys().cloned().collect::<Vec<_>>() {
            let Some(node) = cx.get::<Node>("", &name) else {
                self.leaving.remove(&name);
                continue;
            };
            let Some(leaving) = self.leaving.get_mut(&name) else { continue };
            if cx.now().since(leaving.since) < DELAY || node.metadata.annotations.contains_key(DELETE_MACHINE)
            {
                continue;
            }
            match drain(leaving, &node, cx) {
                Ok(true) => give_back(leaving.drains, &node, cx)?,
                Ok(false) => {}
                Err(why) => self.give_up(&node, &why, cx)?,
            }
        }
        Ok(())
    }

    /// The machine stays after all (upstream: `CleanUpAndRecordFailedScaleDownEvent`).
    fn give_up(&mut self, node: &Node, why: &str, cx: &mut Context<'_>) -> StatusResult<()> {
        let name = &node.metadata.name;
        let drains = self.leaving.remove(name).is_some_and(|leaving| leaving.drains);
        let what = if drains { "failed to drain and delete node" } else { "failed to delete empty node" };
        cx.event(node, EventType::Warning, "ScaleDownFailed", format!("{what}: {why}"));
        self.failed_at = Some(cx.now());
        self.unneeded.remove(name);
        remove_taint(name, TO_BE_DELETED, cx)
    }
}

/// Gets the pods off the node; whether they are gone. An error tells why the machine cannot go.
fn drain(leaving: &mut Leaving, node: &Node, cx: &mut Context<'_>) -> Result<bool, String> {
    let name = &node.metadata.name;
    let Some(pods) = scale_down::to_move(node, cx.api()) else {
        return Err(format!("GetPodsToMove for \"{name}\" returned error: a pod must not be moved"));
    };
    if !leaving.drains && !pods.is_empty() {
        return Err(format!("failed to delete empty node \"{name}\", new pods scheduled"));
    }
    let (mut errors, now) = (Vec::new(), cx.now());
    for pod in &pods {
        if let Err(error) = evict(leaving, pod, cx) {
            errors.push(error);
        }
    }
    let late = |time: Duration| now.since(leaving.since) >= DELAY + time;
    if !errors.is_empty() && late(EVICTION) {
        let errors = errors.join(" ");
        return Err(format!("Failed to drain node /{name}, due to following errors: [{errors}]"));
    }
    let is_there = |pod: &&Rc<Pod>| leaving.evicted.contains(&pod.metadata.uid) && !is_over(pod);
    let remain = cx.api().pods_on(name).filter(is_there).count();
    if remain > 0 && late(TERMINATION) {
        return Err(format!("Failed to drain node /{name}: pods remaining after timeout"));
    }
    Ok(errors.is_empty() && remain == 0)
}

/// Evicts a pod, as its budget allows.
fn evict(leaving: &mut Leaving, pod: &Rc<Pod>, cx: &mut Context<'_>) -> Result<(), String> {
    let meta = &pod.metadata;
    if !leaving.evicted.contains(&meta.uid) {
        leaving.evicted.push(meta.uid.clone());
        cx.event(&**pod, EventType::Normal, "ScaleDown", "deleting pod for node scale down");
    }
    let grace = pod.spec.termination_grace_period_seconds.unwrap_or(USUAL_GRACE).min(MAX_GRACE);
    let options = DeleteOptions { grace_period_seconds: Some(grace), ..Default::default() };
    match cx.evict(&meta.namespace, &meta.name, &options) {
        Err(status) if !status.is_not_found() => Err(format!(
            "failed to evict pod {}/{} within allowed timeout (last error: {status})",
            meta.namespace, meta.name
        )),
        _ => Ok(()),
    }
}

/// Tells the cloud that the machine can go.
fn give_back(drained: bool, node: &Node, cx: &mut Context<'_>) -> StatusResult<()> {
    let name = &node.metadata.name;
    cx.modify::<Node>("", name, |node| {
        node.metadata.annotations.insert(DELETE_MACHINE, "true");
    })?;
    cx.event(node, EventType::Normal, "ScaleDown", "nodes removed by cluster autoscaler");
    if drained {
        note(cx, "ScaleDown", format!("Scale-down: node {name} removed with drain"));
    } else {
        note(cx, "ScaleDownEmpty", format!("Scale-down: empty node {name} removed"));
    }
    Ok(())
}
