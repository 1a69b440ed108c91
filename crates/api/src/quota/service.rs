//! Services: their number, and the node ports and load balancers that they take
//! (upstream: `pkg/quota/v1/evaluator/core/services.go`).

use super::ONE;
use crate::Service;
use crate::resources::ResourceList;
use orrery_apimachinery::Quantity;

const SERVICES: &str = "services";
const NODE_PORTS: &str = "services.nodeports";
const LOAD_BALANCERS: &str = "services.loadbalancers";

pub(super) fn concerns(resource: &str) -> bool {
    matches!(resource, SERVICES | NODE_PORTS | LOAD_BALANCERS)
}

pub(super) fn measure(service: &Service, used: &mut ResourceList) {
    let spec = &service.spec;
    let balanced = spec.type_.as_deref() == Some("LoadBalancer");
    // Ports are not allocated yet: what counts is that they will be.
    let ports = match spec.type_.as_deref() {
        Some("LoadBalancer") if spec.allocate_load_balancer_node_ports == Some(false) => {
            spec.ports.iter().filter(|port| port.node_port != 0).count()
        }
        Some("LoadBalancer" | "NodePort") => spec.ports.len(),
        _ => 0,
    };
    used.insert(SERVICES.into(), ONE);
    used.insert(NODE_PORTS.into(), Quantity::from_units(i64::try_from(ports).unwrap_or(i64::MAX)));
    used.insert(LOAD_BALANCERS.into(), if balanced { ONE } else { Quantity::ZERO });
}
