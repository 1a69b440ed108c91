//! What a look at a pod finds to do (upstream: `kuberuntime_manager.go`, `computePodActions`).

use crate::pod_worker::{
    Instance, PodWorker, Run, Sandbox, container, is_sidecar, restarts_on_failure, should_restart,
};
use orrery_api::{Container, Pod, PodSpec, Probe};
use orrery_sim::SimTime;

/// A container to stop, and what its event says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kill {
    pub index: usize,
    pub message: String,
    /// The grace that the failed probe states, if that is why.
    pub grace: Option<i64>,
}

/// What is to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Actions {
    /// Everything is to be stopped.
    pub kill_pod: bool,
    pub create_sandbox: bool,
    pub kills: Vec<Kill>,
    /// Containers to start, in order.
    pub starts: Vec<usize>,
}

/// What is to be done for a pod whose containers are as they were at `at`.
pub(crate) fn compute(pod: &Pod, worker: &PodWorker, at: SimTime) -> Actions {
    let spec = &*pod.spec;
    if !matches!(worker.sandbox, Sandbox::Ready(_)) {
        return in_new_sandbox(pod, worker, at);
    }
    let regular = spec.init_containers.len() + spec.containers.len();
    let mut actions = Actions::default();
    // They start whether or not the pod is initialized, and never again.
    actions.starts.extend((regular..worker.runs.len()).filter(|i| worker.runs[*i].current.is_none()));
    if !init_actions(pod, worker, at, &mut actions) || actions.kill_pod {
        return actions;
    }
    let mut kept = 0;
    for i in spec.init_containers.len()..regular {
        let run = &worker.runs[i];
        let container = container(spec, i).0;
        let Some(instance) = run.current.as_ref().filter(|c| c.runs_at(at)) else {
            if should_restart(pod, run, at) {
                actions.starts.push(i);
            }
            continue;
        };
        match complaint(&container, run, instance) {
            None => kept += 1,
            Some((what, probe)) => {
                // What changed is restarted whatever the pod's policy.
                let restart = probe.is_none() || restarts_on_failure(spec);
                let tail = if restart { ", will be restarted" } else { "" };
                let message = format!("Container {} {what}{tail}", container.name);
                actions.kills.push(Kill { index: i, message, grace: grace(probe) });
                if restart {
                    actions.starts.push(i);
                }
            }
        }
    }
    let starts_container = actions.starts.iter().any(|i| (spec.init_containers.len()..regular).contains(i));
    if kept == 0 && !starts_container {
        // Sidecars must not keep the pod alive.
        actions.kill_pod = true;
        actions.starts.clear();
    }
    actions
}

/// The containers that start in a new sandbox: the first init container, or all that have not succeeded.
fn in_new_sandbox(pod: &Pod, worker: &PodWorker, at: SimTime) -> Actions {
    let spec = &*pod.spec;
    let begun = worker.runs.iter().any(|r| r.current.is_some());
    if begun && !restarts_on_failure(spec) {
        return Actions { kill_pod: true, ..Default::default() };
    }
    let wanted = |i: &usize| {
        let succeeded = worker.runs[*i].ended_by(at).is_some_and(|e| e.exit_code == 0);
        !(succeeded && spec.restart_policy.as_deref() == Some("OnFailure"))
    };
    let containers: Vec<usize> = (spec.init_containers.len()
        ..spec.init_containers.len() + spec.containers.len())
        .filter(wanted)
        .collect();
    if containers.is_empty() {
        return Actions { kill_pod: true, ..Default::default() };
    }
    let starts = if spec.init_containers.is_empty() { containers } else { vec![0] };
    Actions { create_sandbox: true, starts, ..Default::default() }
}

/// What is wrong with a running container, and the probe that it failed if that is it.
fn complaint<'a>(
    spec: &'a Container,
    run: &Run,
    instance: &Instance,
) -> Option<(&'static str, Option<&'a Probe>)> {
    let attempt = Some(instance.attempt);
    let probes = run.probes.as_deref();
    if spec.image.as_deref() != Some(&*instance.image) {
        Some(("definition changed", None))
    } else if probes.and_then(|p| p.liveness_result(attempt)) == Some(false) {
        Some(("failed liveness probe", spec.liveness_probe.as_deref()))
    } else if probes.and_then(|p| p.startup_result(attempt)) == Some(false) {
        Some(("failed startup probe", spec.startup_probe.as_deref()))
    } else {
        None
    }
}

/// The grace of a container that failed a probe, if the probe states one (upstream: `setTerminationGracePeriod`).
fn grace(probe: Option<&Probe>) -> Option<i64> {
    probe.and_then(|probe| probe.termination_grace_period_seconds)
}

/// Finds what the init containers need; whether all of them are through (upstream: `computeInitContainerActions`).
fn init_actions(pod: &Pod, worker: &PodWorker, at: SimTime, actions: &mut Actions) -> bool {
    let spec = &*pod.spec;
    if spec.init_containers.is_empty() {
        return true;
    }
    let (count, ephemeral) = (spec.init_containers.len(), actions.starts.len());
    let mut initialized = worker.runs[count..count + spec.containers.len()].iter().any(|r| r.runs_at(at));
    let mut later_begun = initialized;
    // From the last one back: the last that has begun decides, the ones before it are done.
    for i in (0..count).rev() {
        let (init, run) = (&spec.init_containers[i], &worker.runs[i]);
        let Some(instance) = &run.current else {
            if later_begun && is_sidecar(init) {
                actions.starts.push(i);
            }
            continue;
        };
        if later_begun && !is_sidecar(init) {
            continue;
        }
        if instance.runs_at(at) {
            if is_sidecar(init) {
                let up = sidecar_is_up(init, run, instance);
                if up && i + 1 == count {
                    initialized = true;
                } else if up && !later_begun {
                    actions.starts.push(i + 1);
                }
                judge_sidecar(i, init, run, instance, up, actions);
            }
        } else if is_sidecar(init) {
            actions.starts.push(i);
        } else if instance.exit_code != 0 {
            if !restarts_on_failure(spec) {
                *actions = Actions { kill_pod: true, ..Default::default() };
                return false;
            }
            actions.starts.push(i);
        } else if i + 1 == count {
            initialized = true;
        } else {
            actions.starts.push(i + 1);
        }
        later_begun = true;
    }
    if !later_begun {
        actions.starts.push(0);
    }
    actions.starts[ephemeral..].reverse();
    initialized
}

/// Whether a running sidecar has started up.
fn sidecar_is_up(init: &Container, run: &Run, instance: &Instance) -> bool {
    let startup = run.probes.as_deref().and_then(|p| p.startup_result(Some(instance.attempt)));
    init.startup_probe.is_none() || startup == Some(true)
}

/// Restarts a sidecar that failed a probe, or was changed since it started. Until it is up, only its startup counts.
fn judge_sidecar(
    i: usize,
    init: &Container,
    run: &Run,
    instance: &Instance,
    up: bool,
    actions: &mut Actions,
) {
    let Some((what, probe)) = complaint(init, run, instance) else { return };
    if up || what == "failed startup probe" {
        let message = format!("Init container {} {what}", init.name);
        actions.kills.push(Kill { index: i, message, grace: grace(probe) });
        actions.starts.push(i);
    }
}

/// Whether a start that fails keeps those after it from starting: init containers start one by one.
pub(crate) fn blocks_others(spec: &PodSpec, i: usize) -> bool {
    spec.init_containers.get(i).is_some_and(|c| !is_sidecar(c))
}
