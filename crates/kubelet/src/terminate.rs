//! The end of a pod: its containers are stopped, its last status is told, and it is let go
//! (upstream: `SyncTerminatingPod` and `SyncTerminatedPod`).

use crate::RuntimeProfile;
use crate::pod_worker::{Stage, container};
use crate::runtime;
use crate::status::is_final;
use crate::sync::Turn;
use crate::words::Word;
use orrery_api::{Container, Kind, Pod};
use orrery_client::{DeleteOptions, EventType, Key};
use orrery_sim::{Duration, SimTime};

/// The exit code of a process that was killed.
const KILLED: i32 = 137;
/// A container always gets this long to end (upstream: `minimumGracePeriodInSeconds`).
const LEAST_GRACE: i64 = 2;

impl Turn<'_, '_> {
    /// Stops everything; the rest follows when the last container has ended.
    pub(crate) fn terminate(&mut self) {
        self.write_status(self.seen_at());
        for run in &mut self.worker.runs {
            if let Some(probes) = &mut run.probes {
                probes.stop();
            }
        }
        let grace = self.pod.metadata.deletion_grace_period_seconds.filter(|_| self.worker.stopping);
        let done = self.kill_all(grace);
        self.worker.stage = Stage::Terminating(Some(done));
        self.finish_kill();
    }

    /// Brings the end of the containers forward, when a deletion with less grace came in.
    pub(crate) fn hurry(&mut self, grace: i64) {
        let Stage::Terminating(Some(done)) = self.worker.stage else { return };
        let end = self.now() + seconds(grace.max(LEAST_GRACE));
        if end >= done {
            return;
        }
        for run in &mut self.worker.runs {
            if let Some(instance) = run.current.as_mut().filter(|i| i.runs_at(end)) {
                instance.end(end, KILLED);
            }
        }
        self.worker.stage = Stage::Terminating(Some(end));
    }

    /// When all containers have ended: tells so.
    pub(crate) fn finish_kill(&mut self) {
        let now = self.now();
        if !matches!(self.worker.stage, Stage::Terminating(Some(done)) if done <= now) {
            return;
        }
        self.stop_sandbox();
        self.tell_end();
        // Whoever hears that the pod is over may send the next one at once (upstream: `IsPodKnownTerminated`).
        if let Some(share) = self.worker.share.take() {
            self.node.allotted.release(&share);
        }
        if let Some(address) = self.worker.address.take() {
            self.node.addresses.release(address);
        }
        self.worker.stage = Stage::Terminated;
        self.worker.deadline = None;
        self.end_look();
        self.worker.sync_at = Some(now);
    }

    /// Stores the last status, unless only its phase is news: that waits until the pod is finished
    /// (upstream: the status manager's cache holds the final phase already).
    fn tell_end(&mut self) {
        let old = self.pod.status.clone();
        let status = self.status_at(self.now());
        let known = is_final(status.phase.as_deref()) && {
            let mut held = status.clone();
            (held.phase, held.reason, held.message) =
                (old.phase.clone(), old.reason.clone(), old.message.clone());
            held == old
        };
        if !known || self.worker.stopping {
            self.store_status(status);
        }
    }

    /// Says that the pod is over, and lets it go if it is being deleted.
    pub(crate) fn finish(&mut self) {
        let mut status = self.status_at(self.now());
        if !is_final(status.phase.as_deref()) {
            status.phase = Some(self.node.words.get(Word::Failed));
        }
        self.store_status(status);
        self.worker.stage = Stage::Finished;
        self.worker.relist_at = None;
        self.end_look();
        self.let_go();
    }

    /// Removes a pod that is being deleted from the API server.
    pub(crate) fn let_go(&mut self) {
        if self.worker.gone.is_some() {
            self.over = true;
        } else if self.pod.metadata.terminating() {
            let key = Key::new(Kind::Pod, self.worker.namespace.clone(), self.worker.name.clone());
            // Refused only when it is gone already, or another one has its name: both are what is wanted.
            let _ = self.cx.delete(&key, &DeleteOptions::now(self.worker.uid.clone()));
        }
    }

    /// Stops all containers, sidecars last; when the last of them has ended.
    pub(crate) fn kill_all(&mut self, grace: Option<i64>) -> SimTime {
        let inits = self.pod.spec.init_containers.len();
        let order: Vec<usize> = (inits..self.worker.runs.len()).chain((0..inits).rev()).collect();
        let done: Vec<SimTime> = order.into_iter().map(|i| self.kill(i, None, grace)).collect();
        done.into_iter().max().unwrap_or(self.now())
    }

    /// Stops a container, if it runs; when it has ended. The message of its event is the usual one if absent.
    pub(crate) fn kill(&mut self, index: usize, message: Option<&str>, grace: Option<i64>) -> SimTime {
        let now = self.now();
        if !self.worker.runs[index].runs_at(now) {
            return now;
        }
        let pod = self.pod.clone();
        let spec = container(&pod.spec, index).0;
        let usual = format!("Stopping container {}", spec.name);
        self.event_of(index, EventType::Normal, "Killing", message.unwrap_or(&usual));
        let grace = grace.or(pod.spec.termination_grace_period_seconds).unwrap_or(30);
        let hook = self.run_pre_stop(index, spec, grace);
        let (end, exit_code) = if runtime::ignores_sigterm(&pod) {
            (now + seconds(grace.max(LEAST_GRACE)), KILLED)
        } else {
            (now + hook, 0)
        };
        if let Some(instance) = &mut self.worker.runs[index].current {
            instance.end(end, exit_code);
        }
        self.containers_changed();
        end
    }

    /// Runs the hook before the stop; how long it takes.
    fn run_pre_stop(&mut self, index: usize, spec: &Container, grace: i64) -> Duration {
        let hook = spec.lifecycle.as_ref().and_then(|l| l.pre_stop.as_ref()).filter(|_| grace > 0);
        let Some(hook) = hook else { return Duration::ZERO };
        if hook.exec.as_ref().is_some_and(|e| !runtime::exec_succeeds(e)) {
            self.event_of(index, EventType::Warning, "FailedPreStopHook", "PreStopHook failed");
        }
        let slept = hook.sleep.as_ref().map_or(Duration::ZERO, |s| seconds(s.seconds));
        let run = hook
            .exec
            .as_ref()
            .filter(|_| self.node.profile == RuntimeProfile::Lively)
            .and_then(runtime::exec_time);
        slept.max(run.unwrap_or_default()).min(seconds(grace))
    }

    fn status_at(&self, at: SimTime) -> orrery_api::PodStatus {
        self.view(at, true).build()
    }
}

fn seconds(seconds: i64) -> Duration {
    Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
}

/// The grace that a deletion gives a pod now.
pub(crate) fn grace_of(pod: &Pod) -> Option<i64> {
    pod.metadata.deletion_grace_period_seconds.filter(|_| pod.metadata.terminating())
}
