//! Pods start Pending with their class of service, and are deleted gracefully (upstream: `pkg/registry/core/pod/strategy.go`).

use orrery_api::{Container, Pod, PodCondition, pod_derived};
use orrery_apimachinery::{Quantity, Time};
use std::rc::Rc;

pub(super) fn prepare_create(pod: &mut Pod) {
    // A template may name the node; a pod keeps it beside the spec that it shares.
    if pod.spec.node_name.is_some() {
        pod.node_name = Rc::make_mut(&mut pod.spec).node_name.take();
    }
    pod_derived::derive(pod);
    pod.status.phase = Some("Pending".into());
    pod.status.qos_class = Some(qos_class(pod).into());
    if !pod.spec.scheduling_gates.is_empty() {
        pod.status.conditions.push(gated(pod.metadata.creation_timestamp));
    }
}

/// Only the binding subresource says on which node a pod is.
pub(super) fn keep_binding(pod: &mut Rc<Pod>, old: &Pod) {
    if pod.node_name != old.node_name {
        Rc::make_mut(pod).node_name = old.node_name.clone();
    }
}

/// Tells that no scheduler looks at the pod (upstream: `applySchedulingGatedCondition`).
fn gated(date: Option<Time>) -> PodCondition {
    PodCondition {
        type_: "PodScheduled".into(),
        status: "False".into(),
        reason: Some("SchedulingGated".into()),
        message: Some("Scheduling is blocked due to non-empty scheduling gates".into()),
        last_transition_time: date,
        ..Default::default()
    }
}

/// Seconds of grace: the pod's own unless asked otherwise; none for a pod that no kubelet runs.
pub(super) fn deletion_grace_seconds(pod: &Pod, asked: Option<i64>) -> i64 {
    let over = matches!(pod.status.phase.as_deref(), Some("Succeeded" | "Failed"));
    if pod.node_name.is_none() || over {
        return 0;
    }
    asked.or(pod.spec.termination_grace_period_seconds).unwrap_or(30).max(0)
}

/// The class of service (upstream: `pkg/apis/core/v1/helper/qos`): Guaranteed when every container's
/// limits of CPU and memory equal its requests, BestEffort when nothing is asked, else Burstable.
fn qos_class(pod: &Pod) -> &'static str {
    let containers = || pod.spec.init_containers.iter().chain(&pod.spec.containers);
    if containers().all(asks_nothing) {
        "BestEffort"
    } else if containers().all(is_guaranteed) {
        "Guaranteed"
    } else {
        "Burstable"
    }
}

const COMPUTE: [&str; 2] = ["cpu", "memory"];

fn asks_nothing(container: &Container) -> bool {
    let resources = &container.resources;
    COMPUTE.iter().all(|name| {
        let zero = |q: Option<&Quantity>| q.is_none_or(Quantity::is_zero);
        zero(resources.requests.get(*name)) && zero(resources.limits.get(*name))
    })
}

fn is_guaranteed(container: &Container) -> bool {
    let resources = &container.resources;
    COMPUTE.iter().all(|name| {
        let limit = resources.limits.get(*name).filter(|q| !q.is_zero());
        limit.is_some() && resources.requests.get(*name).is_none_or(|request| Some(request) == limit)
    })
}
