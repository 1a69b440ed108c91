//! The rules of a node as a table: which Service an address and a port belong to (upstream: what
//! `pkg/proxy/iptables/proxier.go` writes, `syncProxyRules`).

use crate::service_port::ServicePort;
use orrery_apimachinery::Str;
use orrery_container_runtime::{Protocol, Target};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::rc::Rc;

/// How a connection came to the rules of a Service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Its own address.
    ClusterIp,
    /// One of its external addresses.
    ExternalIp,
    /// The address of its load balancer.
    LoadBalancer,
    /// A port of the node.
    NodePort,
}

/// An address, a port, and what is spoken there.
type Portal = (Protocol, Ipv4Addr, u16);

/// The rules of the nodes that are up to date, or of one that is not.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    /// The ports of each Service, by its namespace and name.
    services: BTreeMap<(Str, Str), Vec<Rc<ServicePort>>>,
    portals: BTreeMap<Portal, (Entry, Rc<ServicePort>)>,
    node_ports: BTreeMap<(Protocol, u16), Rc<ServicePort>>,
    /// By the ports on which load balancers ask for health.
    health_checks: BTreeMap<u16, Rc<ServicePort>>,
    /// How many endpoints there are.
    pub endpoints: usize,
}

impl Table {
    /// Replaces the rules of a Service.
    pub(crate) fn set(&mut self, service: &(Str, Str), ports: Vec<Rc<ServicePort>>) {
        for old in self.services.remove(service).unwrap_or_default() {
            self.endpoints -= old.endpoints.len();
            for (portal, _) in portals(&old) {
                if self.portals.get(&portal).is_some_and(|(_, port)| port.service == *service) {
                    self.portals.remove(&portal);
                }
            }
            self.health_checks.remove(&old.health_check_node_port);
            let key = (old.protocol, old.node_port);
            if self.node_ports.get(&key).is_some_and(|port| port.service == *service) {
                self.node_ports.remove(&key);
            }
        }
        for port in &ports {
            self.endpoints += port.endpoints.len();
            for (portal, entry) in portals(port) {
                self.portals.insert(portal, (entry, port.clone()));
            }
            if port.health_check_node_port != 0 {
                self.health_checks.insert(port.health_check_node_port, port.clone());
            }
            if port.node_port != 0 {
                self.node_ports.insert((port.protocol, port.node_port), port.clone());
            }
        }
        if !ports.is_empty() {
            self.services.insert(service.clone(), ports);
        }
    }

    /// The port of a Service that a connection belongs to. `own` says whether it goes to the node itself.
    pub(crate) fn find(
        &self,
        protocol: Protocol,
        to: Target,
        own: bool,
    ) -> Option<(Entry, &Rc<ServicePort>)> {
        let portal = self.portals.get(&(protocol, to.address, to.port));
        if let Some((entry, port)) = portal {
            return Some((*entry, port));
        }
        let port = self.node_ports.get(&(protocol, to.port)).filter(|_| own)?;
        Some((Entry::NodePort, port))
    }

    /// All ports of Services, by namespace and name.
    pub(crate) fn ports(&self) -> impl Iterator<Item = &Rc<ServicePort>> {
        self.services.values().flatten()
    }

    /// The port of a Service whose health checks a node answers there.
    pub(crate) fn health_check(&self, port: u16) -> Option<&Rc<ServicePort>> {
        self.health_checks.get(&port)
    }

    /// The ports of a Service.
    pub(crate) fn of(&self, service: &(Str, Str)) -> &[Rc<ServicePort>] {
        self.services.get(service).map_or(&[], |ports| ports)
    }
}

/// The addresses that lead to a port of a Service.
fn portals(port: &ServicePort) -> Vec<(Portal, Entry)> {
    let mut found = vec![((port.protocol, port.cluster_ip, port.port), Entry::ClusterIp)];
    for address in &port.external_ips {
        found.push(((port.protocol, *address, port.port), Entry::ExternalIp));
    }
    for address in &port.load_balancer_vips {
        found.push(((port.protocol, *address, port.port), Entry::LoadBalancer));
    }
    found
}
