//! What controllers ask of a pod (upstream: `pkg/api/v1/pod`, `pkg/controller/controller_utils.go`).

use orrery_api::{Pod, PodCondition, ServicePort};
use orrery_apimachinery::IntOrString;
use orrery_client::ApiServer;
use orrery_sim::{Duration, SimTime};

/// Whether all containers have ended and none will start again.
pub(crate) fn is_over(pod: &Pod) -> bool {
    matches!(pod.status.phase.as_deref(), Some("Succeeded" | "Failed"))
}

/// Whether the pod counts: neither over nor being deleted.
pub(crate) fn is_active(pod: &Pod) -> bool {
    !is_over(pod) && !pod.metadata.terminating()
}

/// The condition `Ready`.
pub(crate) fn ready_condition(pod: &Pod) -> Option<&PodCondition> {
    pod.status.conditions.iter().find(|c| &*c.type_ == "Ready")
}

/// Whether the pod can serve.
pub(crate) fn is_ready(pod: &Pod) -> bool {
    ready_condition(pod).is_some_and(|c| &*c.status == "True")
}

/// How far the pod has come: a running one further than one of which nothing is known
/// (upstream: `podPhaseToOrdinal`).
pub(crate) fn phase_order(pod: &Pod) -> u8 {
    match pod.status.phase.as_deref() {
        Some("Unknown") => 1,
        Some("Running") => 2,
        _ => 0,
    }
}

/// Whether an init container of that name goes on beside the others.
pub(crate) fn is_sidecar(pod: &Pod, name: &str) -> bool {
    let mut all = pod.spec.init_containers.iter();
    all.any(|c| &*c.name == name && c.restart_policy.as_deref() == Some("Always"))
}

/// The most restarts of a container, and of a sidecar (upstream: `maxContainerRestarts`).
pub(crate) fn restarts(pod: &Pod) -> (i32, i32) {
    let regular = pod.status.container_statuses.iter().map(|s| s.restart_count).max();
    let sidecars = pod.status.init_container_statuses.iter().filter(|s| is_sidecar(pod, &s.name));
    (regular.unwrap_or(0), sidecars.map(|s| s.restart_count).max().unwrap_or(0))
}

/// How long until the pod has been ready for `min_ready_seconds`: zero when it is available now,
/// `None` when it is not ready.
pub(crate) fn until_available(
    pod: &Pod,
    min_ready_seconds: i32,
    api: &ApiServer,
    now: SimTime,
) -> Option<Duration> {
    let ready = ready_condition(pod).filter(|c| &*c.status == "True")?;
    if min_ready_seconds <= 0 {
        return Some(Duration::ZERO);
    }
    let since = api.instant(ready.last_transition_time.unwrap_or_default());
    let at = since + Duration::from_secs(u64::from(min_ready_seconds.unsigned_abs()));
    if at < now {
        return Some(Duration::ZERO);
    }
    // Dates have no fractions; upstream adds a second to be past them.
    Some((at + Duration::from_secs(1)).since(now))
}

/// The number of the container port that a service's port leads to; `None` when the pod has no port
/// of that name (upstream: `FindPort`).
pub(crate) fn find_port(pod: &Pod, port: &ServicePort) -> Option<i32> {
    let name = match &port.target_port {
        IntOrString::Int(number) => return Some(*number),
        IntOrString::String(name) => name,
    };
    let sidecars = pod.spec.init_containers.iter().filter(|c| c.restart_policy.as_deref() == Some("Always"));
    let named = |p: &&orrery_api::ContainerPort| p.name.as_ref() == Some(name) && p.protocol == port.protocol;
    pod.spec.containers.iter().chain(sidecars).flat_map(|c| &c.ports).find(named).map(|p| p.container_port)
}

/// How long to collect changes before `pods` pods are looked at as a whole: the more there are, the longer,
/// so that the work grows with the number of changes and not with its square.
///
/// Deviation: upstream looks after every change, and is kept back by how long a look takes and by the limits
/// of its client.
pub(crate) fn collecting_time(pods: u64) -> Duration {
    Duration::from_millis(pods.min(1_000))
}
