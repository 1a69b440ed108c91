//! What pods use of the machine.
//!
//! `orrery.dev/memory.<container>` and `orrery.dev/disk.<container or emptyDir volume>` say how much, in steps:
//! `64Mi, 30s=512Mi` is 64Mi from the start of the container on, and 512Mi from its thirtieth second on.

use super::limits;
use crate::pod_worker::{PodWorker, container};
use crate::runtime::parse_duration;
use orrery_api::Pod;
use orrery_apimachinery::Quantity;
use orrery_sim::SimTime;

/// What something uses of the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Uses {
    /// Bytes of memory.
    pub memory: i64,
    /// Bytes of the disk.
    pub disk: i64,
    /// Whether more is used than the pod may.
    pub beyond_limits: bool,
}

impl Uses {
    pub(super) fn plus(self, other: Uses) -> Uses {
        Uses { memory: self.memory + other.memory, disk: self.disk + other.disk, beyond_limits: false }
    }

    pub(super) fn minus(self, other: Uses) -> Uses {
        Uses { memory: self.memory - other.memory, disk: self.disk - other.disk, beyond_limits: false }
    }
}

/// What a pod uses at an instant, and when that changes by itself.
pub(super) fn of(pod: &Pod, worker: &PodWorker, now: SimTime) -> (Uses, Option<SimTime>) {
    let (mut uses, mut next) = (Uses::default(), None);
    if pod.metadata.annotations.is_empty() {
        return (uses, next);
    }
    for index in 0..worker.runs.len() {
        let (one, change) = of_container(pod, worker, index, now);
        uses = uses.plus(one);
        next = next.into_iter().chain(change).min();
    }
    for volume in &pod.spec.volumes {
        uses.disk += of_volume(pod, worker, &volume.name, now);
    }
    uses.beyond_limits = limits::exceeded(pod, worker, now).is_some();
    (uses, next)
}

/// What one container uses at an instant, and when that changes by itself.
pub(super) fn of_container(
    pod: &Pod,
    worker: &PodWorker,
    index: usize,
    now: SimTime,
) -> (Uses, Option<SimTime>) {
    let Some(instance) = worker.runs[index].current.as_ref().filter(|i| i.runs_at(now)) else {
        return (Uses::default(), None);
    };
    let name = &container(&pod.spec, index).0.name;
    let (memory, memory_changes) = stated(pod, "memory", name, instance.started, now);
    let (disk, disk_changes) = stated(pod, "disk", name, instance.started, now);
    let uses = Uses { memory, disk, beyond_limits: false };
    (uses, memory_changes.into_iter().chain(disk_changes).min())
}

/// What an emptyDir volume holds at an instant. It fills from the start of the pod's first container on.
pub(super) fn of_volume(pod: &Pod, worker: &PodWorker, name: &str, now: SimTime) -> i64 {
    let started = worker.runs.iter().filter_map(|run| run.current.as_ref()).map(|i| i.started).min();
    started.map_or(0, |started| stated(pod, "disk", name, started, now).0)
}

/// What the annotation says of something that began at `since`: how much now, and when that changes.
fn stated(pod: &Pod, what: &str, name: &str, since: SimTime, now: SimTime) -> (i64, Option<SimTime>) {
    let Some(text) = pod.metadata.annotations.get(&["orrery.dev/", what, ".", name].concat()) else {
        return (0, None);
    };
    let mut used = 0;
    for step in text.split(',') {
        let (after, amount) = step.split_once('=').unwrap_or(("0s", step));
        let (Some(after), Some(amount)) = (parse_duration(after), Quantity::parse(amount.trim())) else {
            continue;
        };
        if since + after > now {
            return (used, Some(since + after));
        }
        used = amount.value();
    }
    (used, None)
}
