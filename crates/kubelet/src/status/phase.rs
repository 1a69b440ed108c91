//! The phase of a pod, from its containers (upstream: `pkg/kubelet/kubelet_pods.go`, `getPhase`).

use crate::pod_worker::is_sidecar;
use crate::words::Word;
use orrery_api::{ContainerStatus, PodSpec};

/// How the containers of a pod add up.
#[derive(Default)]
struct Tally {
    pending_inits: usize,
    pending_sidecars: usize,
    failed_inits: usize,
    unknown: usize,
    running: usize,
    waiting: usize,
    stopped: usize,
    succeeded: usize,
}

impl Tally {
    fn count(spec: &PodSpec, all: &[ContainerStatus]) -> Self {
        let mut tally = Tally::default();
        for (i, status) in all.iter().enumerate() {
            match spec.init_containers.get(i) {
                Some(init) if is_sidecar(init) => tally.count_sidecar(status),
                Some(_) => tally.count_init(status),
                None => tally.count_container(status),
            }
        }
        tally
    }

    fn count_init(&mut self, status: &ContainerStatus) {
        let ended = status.state.terminated.as_ref().or(status.last_state.terminated.as_ref());
        match ended.filter(|_| status.state.running.is_none()) {
            Some(t) => self.failed_inits += usize::from(t.exit_code != 0),
            None => self.pending_inits += 1,
        }
    }

    fn count_sidecar(&mut self, status: &ContainerStatus) {
        if status.state.running.is_some() {
            self.pending_sidecars += usize::from(status.started != Some(true));
            self.running += 1;
        } else if status.state.terminated.is_none() && status.last_state.terminated.is_none() {
            self.pending_sidecars += 1;
            self.waiting += 1;
        }
    }

    fn count_container(&mut self, status: &ContainerStatus) {
        if status.state.running.is_some() {
            self.running += 1;
        } else if let Some(t) = &status.state.terminated {
            self.stopped += 1;
            self.succeeded += usize::from(t.exit_code == 0);
        } else if status.state.waiting.is_none() {
            self.unknown += 1;
        } else if status.last_state.terminated.is_some() {
            self.stopped += 1;
        } else {
            self.waiting += 1;
        }
    }
}

/// Whether a container of the pod proper has ever run (upstream: `HasAnyRegularContainerStarted`).
pub(super) fn any_container_started(spec: &PodSpec, all: &[ContainerStatus]) -> bool {
    all[spec.init_containers.len()..]
        .iter()
        .any(|s| s.state.running.is_some() || s.state.terminated.is_some())
}

/// The phase that follows from the containers.
pub(super) fn phase(spec: &PodSpec, all: &[ContainerStatus], terminal: bool) -> Word {
    let tally = Tally::count(spec, all);
    let policy = spec.restart_policy.as_deref();
    if tally.failed_inits > 0 && policy == Some("Never") {
        return Word::Failed;
    }
    let initializing =
        tally.pending_inits > 0 || (tally.pending_sidecars > 0 && !any_container_started(spec, all));
    if initializing || tally.waiting > 0 {
        Word::Pending
    } else if tally.running > 0 && tally.unknown == 0 {
        Word::Running
    } else if tally.running == 0 && tally.stopped > 0 && tally.unknown == 0 {
        let succeeded = tally.stopped == tally.succeeded;
        match (terminal, policy) {
            (true, _) | (_, Some("Never")) => {
                if succeeded {
                    Word::Succeeded
                } else {
                    Word::Failed
                }
            }
            (_, Some("OnFailure")) if succeeded => Word::Succeeded,
            _ => Word::Running,
        }
    } else {
        Word::Pending
    }
}
