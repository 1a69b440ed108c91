//! What a kubelet tells of its containers' use at `/metrics/resource` (upstream: cAdvisor, and
//! `pkg/kubelet/metrics/collectors/resource_metrics.go`).
//!
//! cAdvisor looks at each container every ten seconds. Nothing happens at these instants: what it would have seen at the
//! last of them is computed when somebody asks.

use crate::Kubelet;
use crate::pod_worker::{PodWorker, container};
use crate::usage;
use orrery_api::Pod;
use orrery_apimachinery::Str;
use orrery_client::ApiServer;
use orrery_sim::SimTime;

/// How often a container is looked at (upstream: `housekeepingInterval` of `pkg/kubelet/cadvisor`).
const PERIOD_MILLIS: u64 = 10_000;

/// What cAdvisor last saw of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerSample {
    /// The container.
    pub name: Str,
    /// When it started.
    pub started: SimTime,
    /// When it was looked at.
    pub at: SimTime,
    /// Nanoseconds of a processor that it has used since it started.
    pub cpu_nanos: u64,
    /// Bytes of memory.
    pub memory_bytes: u64,
    /// How many requests it has been sent.
    pub requests: u64,
}

impl Kubelet {
    /// What cAdvisor had last seen of the containers of a pod of this node at `now`; those at which it had not looked
    /// yet, or which do not run, are left out.
    pub fn samples(&self, api: &ApiServer, namespace: &str, pod: &str, now: SimTime) -> Vec<ContainerSample> {
        let Some(pod) = api.get::<Pod>(namespace, pod) else { return Vec::new() };
        let Some(worker) = self.workers.get(&pod.metadata.uid).filter(|_| self.life.works()) else {
            return Vec::new();
        };
        (0..worker.runs.len()).filter_map(|index| sample(pod, worker, index, now)).collect()
    }
}

fn sample(pod: &Pod, worker: &PodWorker, index: usize, now: SimTime) -> Option<ContainerSample> {
    let instance = worker.runs[index].current.as_ref().filter(|instance| instance.runs_at(now))?;
    // The looks at different containers are spread over the period.
    let phase =
        worker.uid.bytes().fold(index as u64 * 3_700, |sum, byte| sum * 31 % 10_007 + u64::from(byte));
    let phase = phase % PERIOD_MILLIS;
    let millis = now.as_millis().checked_sub(phase)? / PERIOD_MILLIS * PERIOD_MILLIS + phase;
    let at = Some(SimTime::from_millis(millis)).filter(|at| *at >= instance.started)?;
    let (cpu_nanos, requests) = usage::cpu_used(pod, worker, index, at);
    Some(ContainerSample {
        name: container(&pod.spec, index).0.name.clone(),
        started: instance.started,
        at,
        cpu_nanos,
        memory_bytes: usage::of_container(pod, worker, index, at).0.memory.unsigned_abs(),
        requests,
    })
}
