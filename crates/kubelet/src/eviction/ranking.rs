//! Which pod has to go first, and what it is told (upstream: `pkg/kubelet/eviction/helpers.go`).

use super::signals::{Shortage, Signal};
use crate::pod_worker::{PodWorker, container};
use crate::usage;
use orrery_api::{Pod, resources};
use orrery_apimachinery::Order;
use orrery_apimachinery::Quantity;
use orrery_sim::SimTime;
use std::fmt::Write;
use std::rc::Rc;

type Candidate = (Rc<Pod>, Rc<PodWorker>);

/// Those that use more than they asked for, the less important ones, and those that use the most beyond what they
/// asked for come first; of processes nobody asks for a number.
pub(super) fn rank(signal: Signal, candidates: Vec<Candidate>, now: SimTime) -> Vec<Candidate> {
    let mut keyed: Vec<((bool, i32, i64, usize), Candidate)> = Vec::new();
    for (number, (pod, worker)) in candidates.into_iter().enumerate() {
        let uses = usage::of(&pod, &worker, now).0;
        let share = worker.share.clone().unwrap_or_default();
        let (used, asked) = match signal {
            Signal::Memory => (uses.memory, share.memory),
            Signal::Disk => (uses.disk, share.ephemeral_storage),
            Signal::Pids => (worker.runs.iter().filter(|run| run.runs_at(now)).count() as i64, 0),
        };
        let exceeds = signal != Signal::Pids && used > asked;
        keyed.push(((!exceeds, pod.spec.priority.unwrap_or(0), asked - used, number), (pod, worker)));
    }
    keyed.order_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, candidate)| candidate).collect()
}

/// What an evicted pod is told.
pub(super) fn message(shortage: &Shortage, pod: &Pod, worker: &PodWorker, now: SimTime) -> String {
    let Shortage { signal, threshold, available } = shortage;
    let resource = signal.resource();
    let mut text = format!(
        "The node was low on resource: {resource}. Threshold quantity: {threshold}, available: {available}. "
    );
    for index in 0..worker.runs.len() {
        let spec = container(&pod.spec, index).0;
        let uses = usage::of_container(pod, worker, index, now).0;
        let (used, name) = match signal {
            Signal::Memory => (uses.memory, resources::MEMORY),
            Signal::Disk => (uses.disk, resources::EPHEMERAL_STORAGE),
            Signal::Pids => continue,
        };
        let request = spec.resources.requests.get(name).copied().unwrap_or_default();
        if used > request.value() {
            let (name, used) = (&spec.name, Quantity::from_bytes(used));
            write!(text, "Container {name} was using {used}, request is {request}, has larger consumption of {resource}. ")
                .expect("a string takes everything");
        }
    }
    text
}
