//! What containers use of the machine (upstream: cAdvisor).
//!
//! Where nothing is known of a program, annotations of its pod say it: `orrery.dev/cpu.<container>`,
//! `orrery.dev/memory.<container>` and `orrery.dev/disk.<container or emptyDir volume>`, in steps: `64Mi, 30s=512Mi` is
//! 64Mi from the start of the container on, and 512Mi from its thirtieth second on. A container that uses more memory
//! than its limit is killed. What requests take is in [`crate::load`].

use crate::Kubelet;
use crate::eviction::limits;
use crate::load;
use crate::pod_worker::{Instance, PodWorker, container};
use crate::runtime::{End, Note, parse_duration};
use crate::volumes::is_in_memory;
use orrery_api::{Container, Pod, resources};
use orrery_apimachinery::{Quantity, Str};
use orrery_client::ApiServer;
use orrery_sim::{Duration, SimTime};
use std::rc::Rc;

/// What something uses of the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// Thousandths of a processor.
    pub cpu: i64,
    /// Bytes of memory.
    pub memory: i64,
    /// Bytes of the disk.
    pub disk: i64,
    /// Whether more is used than the pod may.
    pub beyond_limits: bool,
}

impl Uses {
    pub(crate) fn plus(self, other: Uses) -> Uses {
        Uses {
            cpu: self.cpu + other.cpu,
            memory: self.memory + other.memory,
            disk: self.disk + other.disk,
            beyond_limits: false,
        }
    }

    pub(crate) fn minus(self, other: Uses) -> Uses {
        Uses {
            cpu: self.cpu - other.cpu,
            memory: self.memory - other.memory,
            disk: self.disk - other.disk,
            beyond_limits: false,
        }
    }
}

/// What a pod uses at an instant, and when that changes by itself.
pub(crate) fn of(pod: &Pod, worker: &PodWorker, now: SimTime) -> (Uses, Option<SimTime>) {
    let (mut uses, mut next) = (Uses::default(), None);
    for index in 0..worker.runs.len() {
        let (one, change) = of_container(pod, worker, index, now);
        uses = uses.plus(one);
        next = next.into_iter().chain(change).min();
    }
    for volume in &pod.spec.volumes {
        let kept = of_volume(pod, worker, &volume.name, now);
        *(if is_in_memory(volume) { &mut uses.memory } else { &mut uses.disk }) += kept;
    }
    uses.beyond_limits = limits::exceeded(pod, worker, now).is_some();
    (uses, next)
}

/// What one container uses at an instant, and when that changes by itself.
pub(crate) fn of_container(
    pod: &Pod,
    worker: &PodWorker,
    index: usize,
    now: SimTime,
) -> (Uses, Option<SimTime>) {
    let Some(instance) = worker.runs[index].current.as_ref().filter(|i| i.runs_at(now)) else {
        return (Uses::default(), None);
    };
    let mut uses = own(instance);
    let meter = instance.meter();
    let asked = meter.map_or(0, |meter| i64::try_from(meter.millis(now)).unwrap_or(i64::MAX));
    if pod.metadata.annotations.is_empty() {
        return (Uses { cpu: uses.cpu + asked, ..uses }, None);
    }
    let name = &container(&pod.spec, index).0.name;
    let mut next = None;
    let parts = [("cpu", &mut uses.cpu), ("memory", &mut uses.memory), ("disk", &mut uses.disk)];
    for (what, used) in parts {
        let (stated, change) = stated(pod, what, name, instance.started, now);
        let value = if what == "cpu" { Quantity::milli_value } else { Quantity::value };
        *used = stated.map_or(*used, |amount| value(&amount));
        next = next.into_iter().chain(change).min();
    }
    uses.cpu += asked;
    if let Some(meter) = meter {
        uses.memory += load::memory(pod, name, meter, now);
    }
    (uses, next)
}

/// Nanoseconds of a processor that a container has used from its start until an instant, and how many requests it had
/// been sent.
pub(crate) fn cpu_used(pod: &Pod, worker: &PodWorker, index: usize, at: SimTime) -> (u64, u64) {
    let Some(instance) = &worker.runs[index].current else { return (0, 0) };
    let (asked, requests) = instance.meter().map_or((0, 0), |meter| meter.at(at));
    let started = instance.started;
    let mut steps = Vec::new();
    if !pod.metadata.annotations.is_empty() {
        steps = self::steps(pod, "cpu", &container(&pod.spec, index).0.name);
    }
    let mut used = 0;
    for (number, (after, amount)) in steps.iter().enumerate() {
        let next = steps.get(number + 1).map_or(at, |(after, _)| (started + *after).min(at));
        // A thousandth of a processor uses a nanosecond in each microsecond.
        let micros = next.since((started + *after).min(next)).as_micros() as u64;
        used += micros * u64::try_from(amount.milli_value()).unwrap_or(0);
    }
    if steps.is_empty() {
        used = instance.life.as_ref().map_or(0, |life| life.used_at(started, at));
    }
    (used + asked, requests)
}

/// What the processes of a container use by themselves.
fn own(instance: &Instance) -> Uses {
    let Some(process) = instance.process() else { return Uses::default() };
    let usage = process.usage();
    let amount = |amount: u64| i64::try_from(amount).unwrap_or(i64::MAX);
    Uses {
        cpu: amount(usage.cpu_millis),
        memory: amount(usage.memory_bytes),
        disk: amount(usage.disk_bytes),
        beyond_limits: false,
    }
}

/// What an emptyDir volume holds at an instant. What is stated of it begins with the pod's first container.
pub(crate) fn of_volume(pod: &Pod, worker: &PodWorker, name: &Str, now: SimTime) -> i64 {
    let written = worker.volumes.as_ref().map_or(0, |volumes| volumes.bytes(name));
    if pod.metadata.annotations.is_empty() {
        return written;
    }
    let started = worker.runs.iter().filter_map(|run| run.current.as_ref()).map(|i| i.started).min();
    let stated = started.and_then(|started| stated(pod, "disk", name, started, now).0);
    stated.map_or(written, |amount| amount.value())
}

/// The steps that an annotation states: how long after the beginning, and how much from then on.
fn steps(pod: &Pod, what: &str, name: &str) -> Vec<(Duration, Quantity)> {
    let text = pod.metadata.annotations.get(&["orrery.dev/", what, ".", name].concat());
    let mut steps = Vec::new();
    for step in text.into_iter().flat_map(|text| text.split(',')) {
        let (after, amount) = step.split_once('=').unwrap_or(("0s", step));
        steps.extend(parse_duration(after).zip(Quantity::parse(amount.trim())));
    }
    steps
}

/// What the annotation says of something that began at `since`: how much now, and when that changes.
fn stated(
    pod: &Pod,
    what: &str,
    name: &str,
    since: SimTime,
    now: SimTime,
) -> (Option<Quantity>, Option<SimTime>) {
    let mut used = None;
    for (after, amount) in steps(pod, what, name) {
        if since + after > now {
            return (used, Some(since + after));
        }
        used = Some(amount);
    }
    (used, None)
}

/// When a container is killed because it uses more memory than it may, if annotations say that it will.
pub(crate) fn out_of_memory(pod: &Pod, spec: &Container) -> Option<End> {
    let limit = spec.resources.limits.get(resources::MEMORY)?.value();
    let steps = steps(pod, "memory", &spec.name);
    let (after, _) = steps.into_iter().find(|(_, memory)| memory.value() > limit)?;
    let note = Note { reason: Some("OOMKilled".into()), message: None };
    Some(End { after, exit_code: 137, note: Some(Rc::new(note)) })
}

impl Kubelet {
    /// What each container of a pod of this node uses at `now`, by its name.
    pub fn usage(&self, api: &ApiServer, namespace: &str, pod: &str, now: SimTime) -> Vec<(Str, Uses)> {
        let Some(pod) = self.sees(api).get::<Pod>(namespace, pod) else { return Vec::new() };
        let Some(worker) = self.workers.get(&pod.metadata.uid) else { return Vec::new() };
        let name = |index| container(&pod.spec, index).0.name.clone();
        (0..worker.runs.len()).map(|i| (name(i), of_container(pod, worker, i, now).0)).collect()
    }
}
