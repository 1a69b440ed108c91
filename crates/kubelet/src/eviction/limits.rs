//! Pods that keep more on the disk than they may (upstream: `localStorageEviction`).

use crate::Kubelet;
use crate::pod_worker::{PodWorker, container};
use crate::usage;
use crate::volumes::is_in_memory;
use orrery_api::{Pod, resources};
use orrery_apimachinery::{Quantity, Str};
use orrery_client::ApiServer;
use orrery_sim::SimTime;

impl Kubelet {
    /// Evicts the pods that keep more on the disk than they may; the last of them.
    pub(super) fn evict_beyond_limits(&mut self, api: &mut ApiServer, now: SimTime) -> Option<Str> {
        if !self.manager.uses.values().any(|uses| uses.beyond_limits) {
            return None;
        }
        let mut evicted = None;
        for (pod, worker) in self.candidates(api) {
            if let Some(message) = exceeded(&pod, &worker, now)
                && self.evict(&pod, message, false, api, now)
            {
                evicted = Some(pod.metadata.uid.clone());
            }
        }
        evicted
    }
}

/// What a pod has more of than it may: a volume, all of it together, or a container.
pub(crate) fn exceeded(pod: &Pod, worker: &PodWorker, now: SimTime) -> Option<String> {
    let mut total = 0;
    for volume in &pod.spec.volumes {
        let used = usage::of_volume(pod, worker, &volume.name, now);
        total += if is_in_memory(volume) { 0 } else { used };
        let limit = volume.empty_dir.as_ref().and_then(|dir| dir.size_limit);
        if let Some(limit) = limit.filter(|limit| !limit.is_zero() && used > limit.value()) {
            let name = &volume.name;
            return Some(format!("Usage of EmptyDir volume \"{name}\" exceeds the limit \"{limit}\". "));
        }
    }
    let (mut limits, mut beyond) = (0, None);
    for index in 0..worker.runs.len() {
        let used = usage::of_container(pod, worker, index, now).0.disk;
        total += used;
        let (spec, is_init) = container(&pod.spec, index);
        let Some(limit) = spec.resources.limits.get(resources::EPHEMERAL_STORAGE).filter(|_| !is_init) else {
            continue;
        };
        limits += limit.value();
        if used > limit.value() && beyond.is_none() {
            let name = &spec.name;
            beyond =
                Some(format!("Container {name} exceeded its local ephemeral storage limit \"{limit}\". "));
        }
    }
    if limits > 0 && total > limits {
        let limits = Quantity::from_bytes(limits);
        return Some(format!(
            "Pod ephemeral local storage usage exceeds the total limit of containers {limits}. "
        ));
    }
    beyond
}
