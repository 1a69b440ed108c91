//! Whether a pod that was bound to the node fits on it (upstream: `pkg/kubelet/lifecycle/predicate.go`).

use crate::NodeConfig;
use crate::eviction::is_critical;
use orrery_api::{Container, Pod, Taint, resources};
use orrery_apimachinery::Quantity;

/// What a pod takes of its node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Share {
    pub milli_cpu: i64,
    pub memory: i64,
    pub ephemeral_storage: i64,
}

/// What the node has and what its pods take of it.
#[derive(Clone, Debug)]
pub(crate) struct Allotted {
    capacity: Share,
    max_pods: i64,
    used: Share,
    pods: i64,
}

/// Why a pod is turned away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rejection {
    pub reason: String,
    pub message: String,
}

impl Allotted {
    /// An empty node.
    pub(crate) fn new(config: &NodeConfig) -> Self {
        let capacity = Share {
            milli_cpu: config.cpu.milli_value(),
            memory: config.memory.value(),
            ephemeral_storage: config.ephemeral_storage.value(),
        };
        Allotted { capacity, max_pods: config.pods, used: Share::default(), pods: 0 }
    }

    /// Takes a pod's share, or tells why the pod does not fit.
    pub(crate) fn take(&mut self, share: &Share) -> Result<(), Rejection> {
        let (used, capacity) = (&self.used, &self.capacity);
        let checks = [
            ("pods", 1, self.pods, self.max_pods),
            ("cpu", share.milli_cpu, used.milli_cpu, capacity.milli_cpu),
            ("memory", share.memory, used.memory, capacity.memory),
            (
                "ephemeral-storage",
                share.ephemeral_storage,
                used.ephemeral_storage,
                capacity.ephemeral_storage,
            ),
        ];
        for (resource, requested, used, capacity) in checks {
            if requested > 0 && requested > capacity - used {
                return Err(Rejection {
                    reason: format!("OutOf{resource}"),
                    message: format!(
                        "Node didn't have enough resource: {resource}, requested: {requested}, used: {used}, capacity: {capacity}"
                    ),
                });
            }
        }
        self.pods += 1;
        self.used.milli_cpu += share.milli_cpu;
        self.used.memory += share.memory;
        self.used.ephemeral_storage += share.ephemeral_storage;
        Ok(())
    }

    /// Gives a pod's share back.
    pub(crate) fn release(&mut self, share: &Share) {
        self.pods -= 1;
        self.used.milli_cpu -= share.milli_cpu;
        self.used.memory -= share.memory;
        self.used.ephemeral_storage -= share.ephemeral_storage;
    }
}

/// Whether a node that is not well turns a pod away (upstream: `eviction.managerImpl.Admit`).
pub(crate) fn check_condition(pod: &Pod, ailments: &[&'static str]) -> Result<(), Rejection> {
    const MEMORY: &str = "MemoryPressure";
    let only_memory = ailments == [MEMORY];
    let best_effort = pod.status.qos_class.as_deref() == Some("BestEffort");
    let taint = Taint {
        key: "node.kubernetes.io/memory-pressure".into(),
        effect: "NoSchedule".into(),
        ..Default::default()
    };
    let tolerates = || pod.spec.tolerations.iter().any(|toleration| toleration.tolerates(&taint));
    if ailments.is_empty() || is_critical(pod) || (only_memory && (!best_effort || tolerates())) {
        return Ok(());
    }
    let message = format!("The node had condition: [{}]. ", ailments.join(" "));
    Err(Rejection { reason: "Evicted".into(), message })
}

/// What a pod takes: its containers together with its sidecars, or more while an init container runs
/// (upstream: `k8s.io/component-helpers/resource`, `PodRequests`).
pub(crate) fn share_of(pod: &Pod) -> Share {
    Share {
        milli_cpu: total(pod, resources::CPU, Quantity::milli_value),
        memory: total(pod, resources::MEMORY, Quantity::value),
        ephemeral_storage: total(pod, resources::EPHEMERAL_STORAGE, Quantity::value),
    }
}

fn total(pod: &Pod, resource: &str, value: fn(&Quantity) -> i64) -> i64 {
    let request = |c: &Container| c.resources.requests.get(resource).map_or(0, value);
    let spec = &pod.spec;
    let (mut sidecars, mut peak) = (0, 0);
    for init in &spec.init_containers {
        if init.restart_policy.as_deref() == Some("Always") {
            sidecars += request(init);
            peak = peak.max(sidecars);
        } else {
            peak = peak.max(sidecars + request(init));
        }
    }
    let running = sidecars + spec.containers.iter().map(request).sum::<i64>();
    peak.max(running) + spec.overhead.get(resource).map_or(0, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pod_that_does_not_fit_is_turned_away_in_upstreams_words() {
        let config = NodeConfig::new(1, Quantity::from_units(4), Quantity::from_bytes(16 << 30));
        let mut allotted = Allotted::new(&config);
        let share = Share { milli_cpu: 3_000, ..Share::default() };
        assert_eq!(allotted.take(&share), Ok(()));
        let rejection = allotted.take(&share).expect_err("only one core is left");
        assert_eq!(rejection.reason, "OutOfcpu");
        let text = "Node didn't have enough resource: cpu, requested: 3000, used: 3000, capacity: 4000";
        assert_eq!(rejection.message, text);
        allotted.release(&share);
        assert_eq!(allotted.take(&share), Ok(()));
    }
}
