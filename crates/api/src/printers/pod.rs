//! `kubectl get pods` (upstream: `printPod`).

use super::{Column, Printed, age, human_duration, narrow, text, wide};
use crate::{Container, ContainerStateTerminated, ContainerStatus, Pod};
use orrery_apimachinery::Time;

impl Printed for Pod {
    const COLUMNS: &[Column] = &[
        narrow("NAME"),
        narrow("READY"),
        narrow("STATUS"),
        narrow("RESTARTS"),
        narrow("AGE"),
        wide("IP"),
        wide("NODE"),
        wide("NOMINATED NODE"),
        wide("READINESS GATES"),
    ];

    fn cells(&self, now: Time) -> Vec<String> {
        let summary = pod_status(self, now);
        vec![
            self.metadata.name.to_string(),
            format!("{}/{}", summary.ready, summary.total),
            summary.reason,
            summary.restarts,
            age(self.metadata.creation_timestamp, now),
            text::or(self.status.pod_ips.first().map(|ip| &*ip.ip), "<none>"),
            text::or(self.node_name.as_deref(), "<none>"),
            text::or(self.status.nominated_node_name.as_deref(), "<none>"),
            readiness_gates(self),
        ]
    }
}

/// A pod in four words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodSummary {
    /// STATUS: the phase, or what says more, such as `Init:0/1`, `CrashLoopBackOff` or `Terminating`.
    pub reason: String,
    /// How many containers are ready.
    pub ready: usize,
    /// How many there are, sidecars included.
    pub total: usize,
    /// RESTARTS, such as `5 (23s ago)`.
    pub restarts: String,
}

/// What the table says of a pod.
pub fn pod_status(pod: &Pod, now: Time) -> PodSummary {
    let status = &pod.status;
    let phase = status.phase.as_deref().unwrap_or_default();
    let mut reason = text::or(status.reason.as_deref(), phase);
    if status
        .conditions
        .iter()
        .any(|c| &*c.type_ == "PodScheduled" && c.reason.as_deref() == Some("SchedulingGated"))
    {
        reason = "SchedulingGated".into();
    }
    let init = init_containers(pod);
    let initializing = init.reason.is_some();
    reason = init.reason.unwrap_or(reason);
    let (mut ready, mut restarts) = (init.ready, init.restarts);
    if !initializing || is_true(pod, "Initialized") {
        restarts = init.sidecar_restarts;
        let main = containers(pod, &mut restarts);
        ready += main.ready;
        reason = main.reason.unwrap_or(reason);
        if reason == "Completed" && main.ready > 0 {
            reason = if is_true(pod, "Ready") { "Running" } else { "NotReady" }.into();
        }
    }
    if pod.metadata.terminating() {
        if status.reason.as_deref() == Some("NodeLost") {
            reason = "Unknown".into();
        } else if !matches!(phase, "Succeeded" | "Failed") {
            reason = "Terminating".into();
        }
    }
    let sidecars = pod.spec.init_containers.iter().filter(|c| is_sidecar(c)).count();
    PodSummary { reason, ready, total: pod.spec.containers.len() + sidecars, restarts: restarts.text(now) }
}

/// How often containers were restarted, and when the last of them had ended before.
#[derive(Clone, Copy, Default)]
struct Restarts {
    count: i32,
    last: Option<Time>,
}

impl Restarts {
    fn add(&mut self, container: &ContainerStatus) {
        self.count += container.restart_count;
        let ended = container.last_state.terminated.as_ref().and_then(|t| t.finished_at);
        self.last = self.last.max(ended);
    }

    fn text(self, now: Time) -> String {
        match self.last {
            Some(last) if self.count != 0 => {
                format!("{} ({} ago)", self.count, human_duration(now.0 - last.0))
            }
            _ => self.count.to_string(),
        }
    }
}

/// What the init containers say; a reason means that the pod is still initializing.
#[derive(Default)]
struct Init {
    reason: Option<String>,
    ready: usize,
    restarts: Restarts,
    sidecar_restarts: Restarts,
}

/// Looks at init containers up to the first that has not done its part.
fn init_containers(pod: &Pod) -> Init {
    let mut init = Init::default();
    for (i, container) in pod.status.init_container_statuses.iter().enumerate() {
        let sidecar = pod.spec.init_containers.iter().any(|c| c.name == container.name && is_sidecar(c));
        init.restarts.add(container);
        if sidecar {
            init.sidecar_restarts.add(container);
        }
        let state = &container.state;
        let waiting = state.waiting.as_ref().and_then(|w| w.reason.as_deref()).unwrap_or_default();
        match &state.terminated {
            Some(ended) if ended.exit_code == 0 => continue,
            _ if sidecar && container.started == Some(true) => {
                init.ready += usize::from(container.ready);
                continue;
            }
            Some(ended) => init.reason = Some(format!("Init:{}", ended_reason(ended))),
            None if !matches!(waiting, "" | "PodInitializing") => {
                init.reason = Some(format!("Init:{waiting}"))
            }
            None => init.reason = Some(format!("Init:{i}/{}", pod.spec.init_containers.len())),
        }
        break;
    }
    init
}

/// What the containers say: the reason of the first that has one, and how many run and are ready.
struct Main {
    reason: Option<String>,
    ready: usize,
}

fn containers(pod: &Pod, restarts: &mut Restarts) -> Main {
    let mut main = Main { reason: None, ready: 0 };
    for container in pod.status.container_statuses.iter().rev() {
        restarts.add(container);
        let state = &container.state;
        let waiting = state.waiting.as_ref().and_then(|w| w.reason.as_deref()).filter(|r| !r.is_empty());
        if let Some(reason) = waiting {
            main.reason = Some(reason.into());
        } else if let Some(ended) = &state.terminated {
            main.reason = Some(ended_reason(ended));
        } else if container.ready && state.running.is_some() {
            main.ready += 1;
        }
    }
    main
}

/// `Error`, else `Signal:9`, else `ExitCode:1`.
fn ended_reason(ended: &ContainerStateTerminated) -> String {
    match ended.reason.as_deref().unwrap_or_default() {
        "" if ended.signal != 0 => format!("Signal:{}", ended.signal),
        "" => format!("ExitCode:{}", ended.exit_code),
        reason => reason.into(),
    }
}

/// An init container that keeps running beside the others.
fn is_sidecar(container: &Container) -> bool {
    container.restart_policy.as_deref() == Some("Always")
}

fn is_true(pod: &Pod, condition: &str) -> bool {
    pod.status.conditions.iter().any(|c| &*c.type_ == condition && &*c.status == "True")
}

/// `1/2`: how many of the gates are open.
fn readiness_gates(pod: &Pod) -> String {
    let gates = &pod.spec.readiness_gates;
    match gates.len() {
        0 => "<none>".into(),
        all => format!("{}/{all}", gates.iter().filter(|g| is_true(pod, &g.condition_type)).count()),
    }
}
