//! A pod as a mark: which shape it has, and the reason that `kubectl get pods` prints.

use std::collections::{BTreeMap, BTreeSet};

use orrery_api::printers::pod_status;
use orrery_api::{ContainerState, ContainerStatus, Event, Kind, Pod};
use orrery_apimachinery::Str;
use orrery_apiserver::ApiServer;
use orrery_sim::{Duration, SimTime};

use crate::countdown::{self, Countdown, Wait};
use crate::owner::{Hues, workload};
use crate::scene::{ObjectRef, PodMark, PodState, Text};

/// The first restart waits this long (upstream: `pkg/kubelet/kubelet.go`, `backOffPeriod`).
const FIRST_BACK_OFF_S: u32 = 10;
/// No restart waits longer (upstream: `MaxContainerBackOff`).
const LONGEST_BACK_OFF_S: u32 = 300;

/// How many writes are searched for pulls that have not ended.
const LOOK_BACK: usize = 1_000;

/// The pods whose latest event is that an image is being pulled: their status says no more than `ContainerCreating`.
pub(crate) fn pulling(api: &ApiServer) -> BTreeSet<Str> {
    let writes = api.writes();
    let recent = writes.focus().narrow(writes.len().saturating_sub(LOOK_BACK)..);
    let mut latest: BTreeMap<Str, bool> = BTreeMap::new();
    for write in recent.into_iter().rev().filter(|w| w.kind == Kind::Event) {
        let Some(event) = api.get::<Event>(&write.namespace, &write.name) else { continue };
        if let Some(uid) = event.involved_object.uid.as_ref().filter(|uid| !latest.contains_key(*uid)) {
            latest.insert(uid.clone(), event.reason.as_deref() == Some("Pulling"));
        }
    }
    latest.into_iter().filter_map(|(uid, pulling)| pulling.then_some(uid)).collect()
}

/// The mark of a pod on its node; `pulling` are the uids of those that pull.
pub(crate) fn mark(
    api: &ApiServer,
    now: SimTime,
    hues: &Hues,
    pulling: &BTreeSet<Str>,
    pod: &Pod,
) -> PodMark {
    let workload = workload(api, &pod.metadata);
    PodMark {
        id: id(pod),
        uid: pod.metadata.uid.clone(),
        hue: hues.get(&workload),
        label: workload.name,
        state: match state(pod) {
            PodState::Creating if pulling.contains(&pod.metadata.uid) => PodState::Pulling,
            state => state,
        },
        reason: reason(api, now, pod),
        countdown: countdown(api, now, pod),
    }
}

/// A pod's name.
pub(crate) fn id(pod: &Pod) -> ObjectRef {
    ObjectRef {
        kind: "Pod".into(),
        namespace: pod.metadata.namespace.clone(),
        name: pod.metadata.name.clone(),
    }
}

/// Whether the pod's Ready condition is true.
pub(crate) fn is_ready(pod: &Pod) -> bool {
    condition(pod, "Ready").is_some_and(|(status, _)| &*status == "True")
}

fn condition(pod: &Pod, name: &str) -> Option<(Str, Option<Str>)> {
    let found = pod.status.conditions.iter().find(|c| &*c.type_ == name)?;
    Some((found.status.clone(), found.message.clone()))
}

/// The scheduler's words about a pod that it could not place.
pub(crate) fn unschedulable(pod: &Pod) -> Option<Text> {
    let (status, message) = condition(pod, "PodScheduled")?;
    if &*status == "False" { message } else { None }
}

/// The state that decides the shape.
pub(crate) fn state(pod: &Pod) -> PodState {
    if pod.metadata.terminating() {
        return PodState::Terminating;
    }
    match pod.status.phase.as_deref() {
        Some("Succeeded") => return PodState::Completed,
        Some("Failed") => return PodState::Failed,
        _ => {}
    }
    if pod.node_name.is_none() {
        return PodState::Pending;
    }
    if containers(pod).any(backs_off) {
        return PodState::BackOff;
    }
    if is_ready(pod) {
        return PodState::Ready;
    }
    if pod.status.phase.as_deref() == Some("Running") {
        return PodState::NotReady;
    }
    if pod.status.container_statuses.is_empty() { PodState::Pending } else { PodState::Creating }
}

pub(crate) fn containers(pod: &Pod) -> impl Iterator<Item = &ContainerStatus> {
    pod.status.init_container_statuses.iter().chain(&pod.status.container_statuses)
}

pub(crate) fn waiting_reason(state: &ContainerState) -> Option<&Str> {
    state.waiting.as_ref()?.reason.as_ref()
}

/// Whether a container waits to be started or pulled again.
pub(crate) fn backs_off(status: &ContainerStatus) -> bool {
    let waits = ["CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull", "CreateContainerConfigError"];
    waiting_reason(&status.state).is_some_and(|reason| waits.contains(&&**reason))
}

/// What is left of a container's back-off. It doubles with each restart; the end of the last run says when it began.
pub(crate) fn back_off(api: &ApiServer, now: SimTime, status: &ContainerStatus) -> Option<Countdown> {
    let of = length(status).filter(|_| backs_off(status))?;
    let ended = api.instant(status.last_state.terminated.as_ref()?.finished_at?);
    Countdown::new(Wait::BackOff, now, ended + Duration::from_secs(of.into()), of.into())
}

/// What runs out for a pod first of all: its grace, its patience with the node, the back-off of a container.
fn countdown(api: &ApiServer, now: SimTime, pod: &Pod) -> Option<Countdown> {
    countdown::of_pod(api, now, pod).or_else(|| containers(pod).find_map(|status| back_off(api, now, status)))
}

/// The length of a back-off: as its message has it (`back-off 20s restarting …`), or by the count of restarts.
pub(crate) fn length(status: &ContainerStatus) -> Option<u32> {
    let message = status.state.waiting.as_ref()?.message.as_deref().unwrap_or_default();
    let told = message.split_whitespace().find_map(seconds);
    let restarts = u32::try_from(status.restart_count).unwrap_or(0);
    let counted = || Some(FIRST_BACK_OFF_S.checked_shl(restarts.min(6))?.min(LONGEST_BACK_OFF_S));
    told.or_else(counted)
}

/// `20s`, `2m40s` and `5m0s` in seconds.
fn seconds(word: &str) -> Option<u32> {
    let word = word.strip_suffix('s')?;
    let (minutes, rest) = word.split_once('m').unwrap_or(("0", word));
    minutes.parse::<u32>().ok()?.checked_mul(60)?.checked_add(rest.parse().ok()?)
}

/// The status column of `kubectl get pods`.
pub(crate) fn reason(api: &ApiServer, now: SimTime, pod: &Pod) -> Text {
    pod_status(pod, api.date(now)).reason.as_str().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_back_off_is_read_from_the_kubelets_words() {
        let rows =
            [("10s", Some(10)), ("2m40s", Some(160)), ("5m0s", Some(300)), ("restarting", None), ("s", None)];
        for (word, want) in rows {
            assert_eq!(seconds(word), want, "{word}");
        }
    }
}
