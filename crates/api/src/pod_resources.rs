//! What a pod asks for in all (upstream: `k8s.io/component-helpers/resource`).

use crate::resources::{ResourceList, add, raise};
use crate::{Container, PodSpec};

/// The requests of all containers and what the runtime itself costs (upstream: `PodRequests`).
pub fn requests(spec: &PodSpec) -> ResourceList {
    let mut total = of_containers(spec, |container| &container.resources.requests);
    add(&mut total, &spec.overhead);
    total
}

/// The limits of all containers; what the runtime costs counts where there is a limit (upstream: `PodLimits`).
pub fn limits(spec: &PodSpec) -> ResourceList {
    let mut total = of_containers(spec, |container| &container.resources.limits);
    for (name, cost) in &spec.overhead {
        if let Some(limit) = total.get_mut(name) {
            *limit += *cost;
        }
    }
    total
}

/// The sum over containers and sidecars, or more where an init container asks for more while it runs.
pub fn of_containers(spec: &PodSpec, amounts: impl Fn(&Container) -> &ResourceList) -> ResourceList {
    let mut total = ResourceList::new();
    spec.containers.iter().for_each(|container| add(&mut total, amounts(container)));
    let (mut sidecars, mut peak) = (ResourceList::new(), ResourceList::new());
    for container in &spec.init_containers {
        if container.restart_policy.as_deref() == Some("Always") {
            add(&mut total, amounts(container));
            add(&mut sidecars, amounts(container));
            raise(&mut peak, &sidecars);
        } else {
            let mut moment = sidecars.clone();
            add(&mut moment, amounts(container));
            raise(&mut peak, &moment);
        }
    }
    raise(&mut total, &peak);
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::CPU;
    use orrery_apimachinery::Quantity;

    fn container((millis, sidecar): (i64, bool)) -> Container {
        let mut container = Container::default();
        container.resources.requests.insert(CPU.into(), Quantity::from_millis(millis));
        container.restart_policy = sidecar.then(|| "Always".into());
        container
    }

    #[test]
    fn a_pod_asks_for_its_containers_or_for_its_most_demanding_moment_before_them() {
        for (row, containers, init, expected) in [
            ("containers add up", vec![300, 200], vec![], "600m"),
            ("init containers run one after the other", vec![300], vec![(200, false), (400, false)], "500m"),
            ("a sidecar runs beside the containers", vec![300], vec![(200, true)], "600m"),
            (
                "an init container runs beside earlier sidecars",
                vec![100],
                vec![(200, true), (400, false)],
                "700m",
            ),
        ] {
            let spec = PodSpec {
                containers: containers.into_iter().map(|millis| container((millis, false))).collect(),
                init_containers: init.into_iter().map(container).collect(),
                overhead: ResourceList::from([(CPU.into(), Quantity::from_millis(100))]),
                ..Default::default()
            };
            assert_eq!(requests(&spec)[CPU].to_string(), expected, "{row}");
            assert!(limits(&spec).is_empty(), "{row}: nothing is limited");
        }
    }
}
