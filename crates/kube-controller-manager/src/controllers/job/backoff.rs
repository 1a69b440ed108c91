//! How long a Job waits before it replaces pods that failed (upstream: `backoff_utils.go`).

use orrery_api::{ContainerStatus, Pod};
use orrery_apimachinery::Time;
use orrery_client::{ApiServer, Backoff};
use orrery_sim::{Duration, SimTime};
use std::rc::Rc;

/// Upstream: `DefaultJobPodFailureBackOff`, `MaxJobPodFailureBackOff`.
const POD_FAILURE: Backoff = Backoff { base: Duration::from_secs(10), cap: Duration::from_secs(600) };

/// How often pods of a Job failed since one last succeeded.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Failures {
    since_success: u32,
    last: Option<Time>,
}

impl Failures {
    /// The count after these pods came to their end.
    pub(super) fn after(mut self, succeeded: &[Rc<Pod>], failed: &[Rc<Pod>]) -> Self {
        let last_success = latest(succeeded);
        if last_success.is_some() {
            self = Failures::default();
        }
        let mut last = None;
        for pod in failed {
            let at = Some(finished_at(pod));
            if last_success.is_none() || at > last_success {
                self.since_success += 1;
                last = last.max(at);
            }
        }
        Failures { last: last.or(self.last), ..self }
    }

    /// How long no pod is to be created yet.
    pub(super) fn wait(&self, api: &ApiServer, now: SimTime) -> Duration {
        self.last.map_or(Duration::ZERO, |last| wait_after(self.since_success, last, api, now))
    }
}

/// How long no pod is to be created yet when the last of `failures` was at `last`.
pub(super) fn wait_after(failures: u32, last: Time, api: &ApiServer, now: SimTime) -> Duration {
    (api.instant(last) + POD_FAILURE.delay(failures)).since(now)
}

fn latest(pods: &[Rc<Pod>]) -> Option<Time> {
    let mut latest = None;
    for pod in pods {
        latest = latest.max(Some(finished_at(pod)));
    }
    latest
}

/// When a pod came to its end: when its last container ended, else when it ceased to be ready, else when its
/// deletion was asked for (upstream: `getFinishedTime`).
pub(super) fn finished_at(pod: &Pod) -> Time {
    let (meta, status) = (&pod.metadata, &pod.status);
    let unready = || {
        let ready = status.conditions.iter().find(|c| &*c.type_ == "Ready" && &*c.status == "False");
        ready.and_then(|c| c.last_transition_time)
    };
    let deleted = || {
        let grace = meta.deletion_grace_period_seconds.unwrap_or(0);
        meta.deletion_timestamp.map(|at| Time(at.0 - grace))
    };
    containers_finished_at(pod)
        .or_else(unready)
        .or_else(deleted)
        .or(meta.creation_timestamp)
        .unwrap_or_default()
}

/// When the last container ended, sidecars included; `None` while one of them goes on.
fn containers_finished_at(pod: &Pod) -> Option<Time> {
    let last = latest_end(None, pod.status.container_statuses.iter());
    let is_sidecar = |status: &&ContainerStatus| crate::pods::is_sidecar(pod, &status.name);
    latest_end(last, pod.status.init_container_statuses.iter().filter(is_sidecar))
}

fn latest_end<'a>(
    mut last: Option<Time>,
    statuses: impl Iterator<Item = &'a ContainerStatus>,
) -> Option<Time> {
    for status in statuses {
        let end = status.state.terminated.as_ref()?.finished_at?;
        last = last.max(Some(end));
    }
    last
}
