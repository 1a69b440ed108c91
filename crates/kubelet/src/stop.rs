//! Stopping containers: the hook before the stop, the turns of sidecars, SIGTERM, and SIGKILL when the grace is over
//! (upstream: `killContainer` of `kuberuntime_container.go`, and `kuberuntime_termination_order.go`).

use crate::pod_worker::{PodWorker, container, is_sidecar};
use crate::sync::Turn;
use orrery_api::PodSpec;
use orrery_client::EventType;
use orrery_container_runtime::Signal;
use orrery_sim::{Duration, SimTime};

/// A container always gets this long to end (upstream: `minimumGracePeriodInSeconds`).
const LEAST_GRACE: Duration = Duration::from_secs(2);

/// A container that is being stopped.
#[derive(Clone, Debug)]
pub(crate) struct Stop {
    /// The number of the container.
    pub index: usize,
    /// When the hook before the stop is through.
    hook_until: SimTime,
    /// Whether that hook fails.
    hook_fails: bool,
    /// Whether it waits for its turn: a sidecar ends after those that it serves.
    ordered: bool,
    /// When its grace is over.
    pub grace_until: SimTime,
    /// When it is killed, once it was asked to end.
    kill_at: Option<SimTime>,
    /// When something is to be done, or it ends by itself.
    next: SimTime,
}

impl PodWorker {
    /// When the next container ends that is being stopped, or has to be asked or made to.
    pub(crate) fn next_stop(&self) -> Option<SimTime> {
        self.stops.iter().flat_map(|stops| stops.iter()).map(|stop| stop.next).min()
    }

    /// Whether a container is being stopped.
    pub(crate) fn is_stopping_any(&self) -> bool {
        self.stops.is_some()
    }

    /// Whether a sidecar's turn to end has come: the containers, and the sidecars after it, have ended.
    fn has_turn(&self, spec: &PodSpec, index: usize, now: SimTime) -> bool {
        let sidecar = |i: &usize| spec.init_containers.get(*i).is_none_or(is_sidecar);
        let regular = spec.init_containers.len() + spec.containers.len();
        !(index + 1..regular).filter(sidecar).any(|i| self.runs[i].runs_at(now))
    }
}

impl Turn<'_, '_> {
    /// Begins to stop all containers, sidecars in their turn.
    pub(crate) fn stop_all(&mut self, grace: Option<i64>) {
        let pod = self.pod.clone();
        let inits = pod.spec.init_containers.len();
        let grace = grace.or(pod.spec.termination_grace_period_seconds).unwrap_or(30);
        for index in (inits..self.worker.runs.len()).chain((0..inits).rev()) {
            self.stop(index, None, grace, pod.spec.init_containers.get(index).is_some_and(is_sidecar));
        }
        self.go_on_stopping();
    }

    /// Begins to stop one container, if it runs. The message of its event is the usual one if absent.
    pub(crate) fn stop_one(&mut self, index: usize, message: &str, grace: Option<i64>) {
        let grace = grace.or(self.pod.spec.termination_grace_period_seconds).unwrap_or(30);
        self.stop(index, Some(message), grace, false);
        self.go_on_stopping();
    }

    fn stop(&mut self, index: usize, message: Option<&str>, grace: i64, ordered: bool) {
        let now = self.now();
        let known = self.worker.stops.iter().flat_map(|stops| stops.iter()).any(|stop| stop.index == index);
        if known || !self.worker.runs[index].runs_at(now) {
            return;
        }
        let pod = self.pod.clone();
        let spec = container(&pod.spec, index).0;
        let usual = ["Stopping container ", &spec.name].concat();
        self.event_of(index, EventType::Normal, "Killing", message.unwrap_or(&usual));
        let hook = spec.lifecycle.as_ref().and_then(|l| l.pre_stop.as_ref()).filter(|_| grace > 0);
        let hook = hook.map(|hook| self.run_hook(index, &spec, hook));
        let grace = Duration::from_secs(u64::try_from(grace).unwrap_or(0));
        let took = hook.as_ref().map_or(Duration::ZERO, |hook| hook.took);
        let stop = Stop {
            index,
            hook_until: now + took.min(grace),
            // What takes longer than the grace is not waited for.
            hook_fails: took <= grace && hook.is_some_and(|hook| hook.failure.is_some()),
            ordered,
            grace_until: now + grace,
            kill_at: None,
            next: now,
        };
        self.worker.stops.get_or_insert_default().push(stop);
    }

    /// Goes on with the containers that are being stopped, as far as it goes now.
    pub(crate) fn go_on_stopping(&mut self) {
        let now = self.now();
        let Some(mut stops) = self.worker.stops.take() else { return };
        loop {
            let count = stops.len();
            for stop in stops.iter_mut() {
                self.step_stop(stop);
            }
            stops.retain(|stop| self.worker.runs[stop.index].runs_at(now));
            if stops.len() == count {
                break;
            }
            // One that ends gives the turn to another.
            self.containers_changed();
        }
        self.worker.stops = Some(stops).filter(|stops| !stops.is_empty());
        self.look_after_containers();
    }

    fn step_stop(&mut self, stop: &mut Stop) {
        let now = self.now();
        if stop.hook_fails && stop.hook_until <= now {
            stop.hook_fails = false;
            self.event_of(stop.index, EventType::Warning, "FailedPreStopHook", "PreStopHook failed");
        }
        if stop.kill_at.is_none() {
            let turn = !stop.ordered
                || stop.grace_until <= now
                || self.worker.has_turn(&self.pod.spec, stop.index, now);
            if turn && stop.hook_until <= now {
                stop.kill_at = Some(stop.grace_until.max(now + LEAST_GRACE));
                self.signal(stop.index, Signal::Term);
            }
        }
        if stop.kill_at.is_some_and(|at| at <= now) && self.worker.runs[stop.index].runs_at(now) {
            self.signal(stop.index, Signal::Kill);
        }
        let run = &self.worker.runs[stop.index];
        // Whose turn it is to wait for is among those that are being stopped.
        let waits = if stop.hook_until > now { stop.hook_until } else { stop.grace_until };
        let ends = run.current.as_ref().and_then(|i| i.ends).unwrap_or(SimTime::NEVER);
        stop.next = stop.kill_at.unwrap_or(waits).min(ends);
    }
}
