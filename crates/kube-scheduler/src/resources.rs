//! Amounts as the scheduler counts them: whole thousandths of a core and whole bytes.

use orrery_api::resources::{CPU, EPHEMERAL_STORAGE, MEMORY, PODS};
use orrery_api::{Container, PodSpec, ResourceList};
use orrery_apimachinery::{Quantity, Str};
use std::collections::BTreeMap;

/// What a container that asks for nothing counts as when nodes are scored, so that such pods spread too
/// (upstream: `pkg/scheduler/util/pod_resources.go`).
const DEFAULT_MILLI_CPU: i64 = 100;
const DEFAULT_MEMORY: i64 = 200 * 1024 * 1024;

/// An amount of every resource (upstream: `framework.Resource`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resources {
    /// Thousandths of a core.
    pub milli_cpu: i64,
    /// Bytes of memory.
    pub memory: i64,
    /// Bytes of the node's own disk.
    pub ephemeral_storage: i64,
    /// Extended resources, such as `nvidia.com/gpu`, and huge pages.
    pub scalar: BTreeMap<Str, i64>,
}

impl Resources {
    /// The amounts of a list; the number of pods is no amount that pods use up.
    pub fn of(list: &ResourceList) -> Self {
        let mut resources = Resources::default();
        for (name, quantity) in list {
            if &**name != PODS {
                *resources.amount(name) = count(name, quantity);
            }
        }
        resources
    }

    /// The amount of a resource other than CPU, memory and the node's own disk.
    pub fn scalar(&self, name: &str) -> i64 {
        self.scalar.get(name).copied().unwrap_or(0)
    }

    fn amount(&mut self, name: &Str) -> &mut i64 {
        match &**name {
            CPU => &mut self.milli_cpu,
            MEMORY => &mut self.memory,
            EPHEMERAL_STORAGE => &mut self.ephemeral_storage,
            _ => self.scalar.entry(name.clone()).or_default(),
        }
    }

    /// Adds `other`, or takes it away if `sign` is -1.
    pub fn add(&mut self, other: &Resources, sign: i64) {
        self.milli_cpu += sign * other.milli_cpu;
        self.memory += sign * other.memory;
        self.ephemeral_storage += sign * other.ephemeral_storage;
        for (name, amount) in &other.scalar {
            *self.scalar.entry(name.clone()).or_default() += sign * amount;
        }
    }

    /// The larger of both, resource by resource.
    fn max(&self, other: &Resources) -> Resources {
        let mut larger = self.clone();
        larger.milli_cpu = self.milli_cpu.max(other.milli_cpu);
        larger.memory = self.memory.max(other.memory);
        larger.ephemeral_storage = self.ephemeral_storage.max(other.ephemeral_storage);
        for (name, amount) in &other.scalar {
            let known = larger.scalar.entry(name.clone()).or_default();
            *known = (*known).max(*amount);
        }
        larger
    }
}

fn count(name: &str, quantity: &Quantity) -> i64 {
    if name == CPU { quantity.milli_value() } else { quantity.value() }
}

/// What the pod asks for in all: the sum of its containers and sidecars, or what its most demanding
/// moment of initialisation needs, and the runtime's overhead
/// (upstream: `k8s.io/component-helpers/resource`, `PodRequests`).
pub fn pod_requests(spec: &PodSpec) -> Resources {
    total(spec, |container| Resources::of(&container.resources.requests))
}

/// As [`pod_requests`], with the defaults that scoring assumes for containers that name no amount.
pub fn pod_requests_for_scoring(spec: &PodSpec) -> Resources {
    total(spec, |container| {
        let requests = &container.resources.requests;
        let mut resources = Resources::of(requests);
        if !requests.contains_key(CPU) {
            resources.milli_cpu = DEFAULT_MILLI_CPU;
        }
        if !requests.contains_key(MEMORY) {
            resources.memory = DEFAULT_MEMORY;
        }
        resources
    })
}

fn total(spec: &PodSpec, requests: impl Fn(&Container) -> Resources) -> Resources {
    let mut sum = Resources::default();
    for container in &spec.containers {
        sum.add(&requests(container), 1);
    }
    let (mut sidecars, mut initial) = (Resources::default(), Resources::default());
    for container in &spec.init_containers {
        let mut moment = requests(container);
        if container.restart_policy.as_deref() == Some("Always") {
            sum.add(&moment, 1);
            sidecars.add(&moment, 1);
            moment = sidecars.clone();
        } else {
            moment.add(&sidecars, 1);
        }
        initial = initial.max(&moment);
    }
    let mut total = sum.max(&initial);
    total.add(&Resources::of(&spec.overhead), 1);
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    fn container(milli_cpu: i64, sidecar: bool) -> Container {
        let mut container = Container::default();
        container.resources.requests.insert(CPU.into(), Quantity::from_millis(milli_cpu));
        container.restart_policy = sidecar.then(|| "Always".into());
        container
    }

    #[test]
    fn a_pod_needs_its_containers_or_its_most_demanding_init_container() {
        for (row, containers, init, cpu) in [
            ("containers add up", vec![300, 200], vec![], 500),
            ("one init container runs at a time", vec![300], vec![(200, false), (400, false)], 400),
            ("a sidecar stays beside the containers", vec![300], vec![(200, true)], 500),
            (
                "an init container runs beside the sidecars before it",
                vec![100],
                vec![(200, true), (400, false)],
                600,
            ),
            ("and not beside those after it", vec![100], vec![(400, false), (200, true)], 400),
        ] {
            let spec = PodSpec {
                containers: containers.into_iter().map(|cpu| container(cpu, false)).collect(),
                init_containers: init.into_iter().map(|(cpu, sidecar)| container(cpu, sidecar)).collect(),
                ..Default::default()
            };
            assert_eq!(pod_requests(&spec).milli_cpu, cpu, "{row}");
        }
    }

    #[test]
    fn overhead_counts_and_scoring_assumes_something_for_those_who_ask_for_nothing() {
        let mut spec =
            PodSpec { containers: vec![Container::default(), container(300, false)], ..Default::default() };
        spec.overhead.insert(CPU.into(), Quantity::from_millis(50));
        assert_eq!(pod_requests(&spec).milli_cpu, 350);
        let scored = pod_requests_for_scoring(&spec);
        assert_eq!((scored.milli_cpu, scored.memory), (450, 2 * DEFAULT_MEMORY));
    }
}
