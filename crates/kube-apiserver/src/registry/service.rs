//! Services get their addresses and ports, and lose what their type has no use for (upstream:
//! `pkg/registry/core/service/storage`, `pkg/registry/core/service/strategy.go`).

mod families;

use crate::ApiServer;
use crate::network::Network;
use orrery_api::service_addresses::NO_ADDRESS;
use orrery_api::{CLUSTER_IP, EXTERNAL_NAME, Kind, LOAD_BALANCER, NODE_PORT, Service, ServicePort};
use orrery_apimachinery::{Reason, Status, StatusResult};
use std::collections::BTreeMap;

pub(super) fn prepare_create(server: &mut ApiServer, service: &mut Service) -> StatusResult<()> {
    // Who gives only one address means it as the first of the list.
    if let (Some(ip), []) = (&service.spec.cluster_ip, &*service.spec.cluster_ips) {
        service.spec.cluster_ips = vec![ip.clone()];
    }
    families::settle(service, None).map_err(|errors| invalid(service, &errors))?;
    let network = &mut server.network;
    take_addresses(network, service)?;
    if is_reached_through_nodes(service) {
        take_new_ports(network, service)?;
    }
    if service.needs_health_check() { take_health_check_port(network, service) } else { Ok(()) }
}

pub(super) fn prepare_update(
    server: &mut ApiServer,
    service: &mut Service,
    old: &Service,
) -> StatusResult<()> {
    keep_allocations(service, old);
    follow_changed_address(service, old);
    families::settle(service, Some(old)).map_err(|errors| invalid(service, &errors))?;
    let network = &mut server.network;
    match (is(old, EXTERNAL_NAME), is(service, EXTERNAL_NAME)) {
        (true, false) => take_addresses(network, service)?,
        (false, true) => network.release_addresses(old),
        _ => {}
    }
    update_ports(network, service, old)?;
    match (old.needs_health_check(), service.needs_health_check()) {
        (false, true) => take_health_check_port(network, service)?,
        (true, false) => network.release_port(old.spec.health_check_node_port),
        _ => {}
    }
    drop_what_the_type_lacks(service, old);
    Ok(())
}

fn invalid(service: &Service, errors: &[String]) -> Status {
    Status::invalid(&Kind::Service.qualified_name(), &service.metadata.name, errors)
}

fn internal(what: String) -> Status {
    Status::new(Reason::InternalError, format!("Internal error occurred: {what}"))
}

fn is(service: &Service, kind: &str) -> bool {
    service.spec.type_.as_deref().unwrap_or(CLUSTER_IP) == kind
}

fn is_reached_through_nodes(service: &Service) -> bool {
    is(service, NODE_PORT) || is(service, LOAD_BALANCER)
}

/// Whether ports that nobody chose are chosen by the server.
fn gets_ports(service: &Service) -> bool {
    is(service, NODE_PORT)
        || is(service, LOAD_BALANCER) && service.spec.allocate_load_balancer_node_ports != Some(false)
}

/// What the new object leaves open it takes over from the old one (upstream: `patchAllocatedValues`).
fn keep_allocations(service: &mut Service, old: &Service) {
    let (gets_ports, ports) = (gets_ports(service) && gets_ports(old), node_ports(service));
    let (new, known) = (&mut service.spec, &old.spec);
    if new.type_.as_deref() != Some(EXTERNAL_NAME) && !is(old, EXTERNAL_NAME) {
        if new.cluster_ip.is_none() {
            new.cluster_ip = known.cluster_ip.clone();
        }
        if new.cluster_ips.is_empty() {
            new.cluster_ips = known.cluster_ips.clone();
        }
    }
    for port in new.ports.iter_mut().filter(|port| gets_ports && port.node_port == 0) {
        let twin = known.ports.iter().rfind(|known| known.name == port.name);
        let kept = twin.map_or(0, |twin| twin.node_port);
        port.node_port = if ports.contains(&kept) { 0 } else { kept };
    }
    if service.needs_health_check() && old.needs_health_check() && service.spec.health_check_node_port == 0 {
        service.spec.health_check_node_port = old.spec.health_check_node_port;
    }
}

/// Who changes only the one address means the list as well (upstream: `normalizeClusterIPs`).
fn follow_changed_address(service: &mut Service, old: &Service) {
    let (new, known) = (&mut service.spec, &old.spec);
    if new.cluster_ip == known.cluster_ip {
        if new.cluster_ips.is_empty() {
            new.cluster_ips = known.cluster_ips.clone();
        }
    } else if new.cluster_ips == known.cluster_ips {
        new.cluster_ips = new.cluster_ip.iter().cloned().collect();
    }
}

/// An address of each family that has none yet, unless the service wants none.
fn take_addresses(network: &mut Network, service: &mut Service) -> StatusResult<()> {
    let spec = &mut service.spec;
    if is_external(spec.type_.as_deref()) || spec.cluster_ips.first().is_some_and(|ip| &**ip == NO_ADDRESS) {
        return Ok(());
    }
    let asked = spec.cluster_ips.first().cloned();
    match network.take_address(asked.as_deref()) {
        Ok(address) => {
            spec.cluster_ips = vec![address.clone()];
            spec.cluster_ip = Some(address);
            Ok(())
        }
        Err(reason) => {
            let Some(ip) = asked else {
                return Err(internal(format!("failed to allocate a serviceIP: {reason}")));
            };
            let error = format!("spec.clusterIPs: Invalid value: []string{{\"{ip}\"}}: {reason}");
            Err(invalid(service, &[error]))
        }
    }
}

fn is_external(kind: Option<&str>) -> bool {
    kind == Some(EXTERNAL_NAME)
}

/// Node ports of a new service: one number of the service has one on the nodes, whatever is spoken on it
/// (upstream: `initNodePorts`).
fn take_new_ports(network: &mut Network, service: &mut Service) -> StatusResult<()> {
    let gets_ports = gets_ports(service);
    let mut taken = BTreeMap::new();
    for i in 0..service.spec.ports.len() {
        let port = &service.spec.ports[i];
        let (number, chosen) = (port.port, port.node_port);
        if chosen == 0 && !gets_ports {
            continue;
        }
        let node_port = match taken.get(&number) {
            Some(known) if chosen == 0 || chosen == *known => *known,
            Some(_) => take_port(network, service, i, chosen)?,
            None => {
                let asked = |p: &&ServicePort| p.port == number && p.node_port != 0;
                let chosen = service.spec.ports.iter().find(asked).map_or(0, |p| p.node_port);
                let node_port = take_port(network, service, i, chosen)?;
                taken.insert(number, node_port);
                node_port
            }
        };
        service.spec.ports[i].node_port = node_port;
    }
    Ok(())
}

/// Node ports of a changed service: those that are new are taken, those that are gone are given back
/// (upstream: `txnUpdateNodePorts`).
fn update_ports(network: &mut Network, service: &mut Service, old: &Service) -> StatusResult<()> {
    let known = node_ports(old);
    let (gets_ports, mut kept) = (gets_ports(service), known.clone());
    if is_reached_through_nodes(service) {
        for i in 0..service.spec.ports.len() {
            let chosen = service.spec.ports[i].node_port;
            if chosen == 0 && !gets_ports {
                continue;
            }
            if !kept.contains(&chosen) {
                let node_port = take_port(network, service, i, chosen)?;
                service.spec.ports[i].node_port = node_port;
                kept.push(node_port);
            }
            refuse_twin(&service.spec.ports[..=i])?;
        }
    }
    let present = if is_reached_through_nodes(service) { node_ports(service) } else { Vec::new() };
    let gone = known.iter().filter(|port| is_reached_through_nodes(old) && !present.contains(port));
    gone.for_each(|port| network.release_port(*port));
    Ok(())
}

/// Of a changed service a port on the nodes that it names twice is told before its rules are looked at.
fn refuse_twin(ports: &[ServicePort]) -> StatusResult<()> {
    let Some((last, others)) = ports.split_last() else { return Ok(()) };
    let is_same = |port: &ServicePort| (port.node_port, &port.protocol) == (last.node_port, &last.protocol);
    if !others.iter().any(is_same) {
        return Ok(());
    }
    let protocol = last.protocol.as_deref().unwrap_or_default();
    Err(Status::new(Reason::Unknown, format!("duplicate nodePort: {{{protocol} {}}}", last.node_port)))
}

fn node_ports(service: &Service) -> Vec<i32> {
    service.spec.ports.iter().map(|port| port.node_port).filter(|port| *port != 0).collect()
}

/// Takes a node port for the port at `index`: the `chosen` one, or any if that is 0.
fn take_port(network: &mut Network, service: &Service, index: usize, chosen: i32) -> StatusResult<i32> {
    network.take_port(Some(chosen).filter(|port| *port != 0)).map_err(|reason| match chosen {
        0 => internal(format!("failed to allocate a nodePort: {reason}")),
        _ => invalid(service, &[format!("spec.ports[{index}].nodePort: Invalid value: {chosen}: {reason}")]),
    })
}

fn take_health_check_port(network: &mut Network, service: &mut Service) -> StatusResult<()> {
    let field = &mut service.spec.health_check_node_port;
    let port = network.take_port(Some(*field).filter(|port| *port != 0)).map_err(|reason| {
        let what = if *field == 0 { "a" } else { "requested" };
        internal(format!("failed to allocate {what} HealthCheck NodePort {field}: {reason}"))
    })?;
    *field = port;
    Ok(())
}

/// What another type needed and the client did not change goes with that type (upstream:
/// `dropTypeDependentFields`).
fn drop_what_the_type_lacks(service: &mut Service, old: &Service) {
    let (is_balanced, was_balanced) = (is(service, LOAD_BALANCER), is(old, LOAD_BALANCER));
    let lost_nodes = is_reached_through_nodes(old) && !is_reached_through_nodes(service);
    let lost_health_check = old.needs_health_check() && !service.needs_health_check();
    let lost_clients = old.externally_accessible() && !service.externally_accessible();
    let known_ports = node_ports(old);
    let same_ports = node_ports(service).iter().all(|port| known_ports.contains(port));
    let (new, known) = (&mut service.spec, &old.spec);
    if is_external(new.type_.as_deref()) && !is(old, EXTERNAL_NAME) {
        if (&new.cluster_ip, &new.cluster_ips) == (&known.cluster_ip, &known.cluster_ips) {
            new.cluster_ip = None;
            new.cluster_ips.clear();
        }
        if new.ip_families == known.ip_families {
            new.ip_families.clear();
        }
        drop_same(&mut new.ip_family_policy, &known.ip_family_policy);
    }
    if lost_nodes && same_ports {
        new.ports.iter_mut().for_each(|port| port.node_port = 0);
    }
    if lost_health_check && new.health_check_node_port == known.health_check_node_port {
        new.health_check_node_port = 0;
    }
    if was_balanced && !is_balanced {
        let known_choice = &known.allocate_load_balancer_node_ports;
        drop_same(&mut new.allocate_load_balancer_node_ports, known_choice);
        drop_same(&mut new.load_balancer_class, &known.load_balancer_class);
    }
    if lost_clients {
        drop_same(&mut new.external_traffic_policy, &known.external_traffic_policy);
    }
    if !is_balanced {
        service.status.load_balancer = Default::default();
    }
}

fn drop_same<T: PartialEq>(field: &mut Option<T>, old: &Option<T>) {
    if field == old {
        *field = None;
    }
}
