//! The conditions of a pod that follow from its containers (upstream: `pkg/kubelet/status/generate.go`).

use super::phase::any_container_started;
use crate::pod_worker::is_sidecar;
use crate::words::Word;
use orrery_api::{Container, ContainerStatus, Pod, PodSpec};

/// What a condition says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) holds: bool,
    pub(super) reason: Option<Word>,
    pub(super) message: Option<String>,
}

impl Verdict {
    pub(super) fn plain(holds: bool) -> Self {
        Verdict { holds, reason: None, message: None }
    }

    pub(super) fn because(holds: bool, reason: Word) -> Self {
        Verdict { holds, reason: Some(reason), message: None }
    }
}

fn names<'a>(of: impl Iterator<Item = &'a ContainerStatus>) -> String {
    of.map(|s| &*s.name).collect::<Vec<_>>().join(" ")
}

/// Upstream: `GenerateContainersReadyCondition`.
pub(super) fn containers_ready(spec: &PodSpec, all: &[ContainerStatus], phase: &str) -> Verdict {
    if Word::Succeeded.is(phase) {
        return Verdict::because(false, Word::PodCompleted);
    }
    if Word::Failed.is(phase) {
        return Verdict::because(false, Word::PodFailed);
    }
    let counts = |i: usize| spec.init_containers.get(i).is_none_or(is_sidecar);
    let unready = names(all.iter().enumerate().filter(|(i, s)| counts(*i) && !s.ready).map(|(_, s)| s));
    if unready.is_empty() {
        return Verdict::plain(true);
    }
    let message = Some(format!("containers with unready status: [{unready}]"));
    Verdict { message, ..Verdict::because(false, Word::ContainersNotReady) }
}

/// Upstream: `GeneratePodReadyCondition`: the containers' readiness and that of every gate.
pub(super) fn gates_ready(pod: &Pod, containers_ready: &Verdict) -> Verdict {
    if !containers_ready.holds {
        return containers_ready.clone();
    }
    let problem = |gate: &orrery_api::PodReadinessGate| {
        let name = &gate.condition_type;
        match pod.status.conditions.iter().find(|c| c.type_ == *name) {
            None => Some(format!("corresponding condition of pod readiness gate \"{name}\" does not exist.")),
            Some(c) if &*c.status != "True" => {
                Some(format!("the status of pod readiness gate \"{name}\" is not \"True\", but {}", c.status))
            }
            Some(_) => None,
        }
    };
    let problems: Vec<String> = pod.spec.readiness_gates.iter().filter_map(problem).collect();
    if problems.is_empty() {
        return Verdict::plain(true);
    }
    Verdict { message: Some(problems.join(", ")), ..Verdict::because(false, Word::ReadinessGatesNotReady) }
}

/// Upstream: `GeneratePodInitializedCondition`.
pub(super) fn initialized(spec: &PodSpec, all: &[ContainerStatus], phase: &str) -> Verdict {
    if Word::Succeeded.is(phase) {
        return Verdict::because(true, Word::PodCompleted);
    }
    if any_container_started(spec, all) {
        return Verdict::plain(true);
    }
    let done = |(init, status): &(&Container, &ContainerStatus)| {
        if is_sidecar(init) { status.started == Some(true) } else { status.ready }
    };
    let incomplete = names(spec.init_containers.iter().zip(all).filter(|pair| !done(pair)).map(|(_, s)| s));
    if incomplete.is_empty() {
        return Verdict::plain(true);
    }
    let message = Some(format!("containers with incomplete status: [{incomplete}]"));
    Verdict { message, ..Verdict::because(false, Word::ContainersNotInitialized) }
}
