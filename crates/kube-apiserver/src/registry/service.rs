//! Services get their addresses and ports (upstream: `pkg/registry/core/service/storage/alloc.go`).

use crate::ApiServer;
use orrery_api::{Kind, Service};
use orrery_apimachinery::{IntOrString, Status, StatusResult, Str};

pub(super) fn prepare_create(server: &mut ApiServer, service: &mut Service) -> StatusResult<()> {
    allocate(server, service)
}

pub(super) fn prepare_update(
    server: &mut ApiServer,
    service: &mut Service,
    old: &Service,
) -> StatusResult<()> {
    keep_allocations(service, old);
    drop_left_over_ports(service, old);
    server.network.release(old);
    allocate(server, service)
}

/// What the new object leaves open it takes over from the old one (upstream: `patchAllocatedValues`).
fn keep_allocations(service: &mut Service, old: &Service) {
    if has_cluster_ip(service) && has_cluster_ip(old) && service.spec.cluster_ip.is_none() {
        service.spec.cluster_ip = old.spec.cluster_ip.clone();
        service.spec.cluster_ips = old.spec.cluster_ips.clone();
    }
    if has_node_ports(service) && has_node_ports(old) {
        for port in service.spec.ports.iter_mut().filter(|p| p.node_port == 0) {
            let twin = old.spec.ports.iter().find(|o| o.port == port.port && o.protocol == port.protocol);
            port.node_port = twin.map_or(0, |o| o.node_port);
        }
    }
}

/// A service that has no node ports any more gives back those that it was allocated (upstream: `dropTypeDependentFields`).
fn drop_left_over_ports(service: &mut Service, old: &Service) {
    if has_node_ports(old) && !has_node_ports(service) {
        for port in &mut service.spec.ports {
            if old.spec.ports.iter().any(|o| o.node_port == port.node_port) {
                port.node_port = 0;
            }
        }
    }
}

fn type_of(service: &Service) -> &str {
    service.spec.type_.as_deref().unwrap_or("ClusterIP")
}

fn has_cluster_ip(service: &Service) -> bool {
    type_of(service) != "ExternalName"
}

fn has_node_ports(service: &Service) -> bool {
    matches!(type_of(service), "NodePort" | "LoadBalancer")
}

fn allocate(server: &mut ApiServer, service: &mut Service) -> StatusResult<()> {
    allocate_fields(server, service)
        .map_err(|error| Status::invalid(&Kind::Service.qualified_name(), &service.metadata.name, &[error]))
}

fn allocate_fields(server: &mut ApiServer, service: &mut Service) -> Result<(), String> {
    if has_cluster_ip(service) {
        allocate_address(server, service)?;
    } else {
        service.spec.cluster_ip = None;
        service.spec.cluster_ips.clear();
    }
    for port in &mut service.spec.ports {
        if port.target_port == IntOrString::Int(0) {
            port.target_port = IntOrString::Int(port.port);
        }
    }
    if !has_node_ports(service) {
        return Ok(());
    }
    for i in 0..service.spec.ports.len() {
        let asked = Some(service.spec.ports[i].node_port).filter(|p| *p != 0);
        let port = server
            .network
            .take_port(asked)
            .map_err(|e| format!("spec.ports[{i}].nodePort: Invalid value: {}: {e}", asked.unwrap_or(0)))?;
        service.spec.ports[i].node_port = port;
    }
    Ok(())
}

fn allocate_address(server: &mut ApiServer, service: &mut Service) -> Result<(), String> {
    let spec = &mut service.spec;
    if spec.ip_families.is_empty() {
        spec.ip_families.push("IPv4".into());
    }
    spec.ip_family_policy.get_or_insert_with(|| "SingleStack".into());
    let asked = spec.cluster_ip.clone().filter(|ip| !ip.is_empty());
    if asked.as_deref() == Some("None") {
        spec.cluster_ips = vec!["None".into()];
        return Ok(());
    }
    let address: Str = server.network.take_address(asked.as_deref()).map_err(|e| {
        let ip = asked.as_deref().unwrap_or_default();
        format!("spec.clusterIPs: Invalid value: []string{{\"{ip}\"}}: {e}")
    })?;
    spec.cluster_ips = vec![address.clone()];
    spec.cluster_ip = Some(address);
    Ok(())
}
