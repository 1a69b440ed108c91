//! A port of a Service with its endpoints, as rules are made of it (upstream: `pkg/proxy/serviceport.go`,
//! `endpoint.go`, `endpointslicecache.go` and `topology.go`).

use orrery_api::{EXTERNAL_NAME, EndpointSlice, Service};
use orrery_apimachinery::{Order, Str};
use orrery_container_runtime::{Protocol, Target};
use orrery_sim::Duration;
use std::net::Ipv4Addr;
use std::rc::Rc;

/// The label of a Service that another proxy than this one looks after.
const PROXY_NAME: &str = "service.kubernetes.io/service-proxy-name";

/// A port of a Service, as rules are made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePort {
    /// The Service's namespace and name.
    pub service: (Str, Str),
    /// Its name, empty for the only one of a Service.
    pub name: Str,
    /// What it speaks.
    pub protocol: Protocol,
    /// The Service's address.
    pub cluster_ip: Ipv4Addr,
    /// The port.
    pub port: u16,
    /// The port of every node, or 0.
    pub node_port: u16,
    /// The Service's external addresses.
    pub external_ips: Vec<Ipv4Addr>,
    /// The addresses of load balancers that lead to nodes without rewriting them.
    pub load_balancer_vips: Vec<Ipv4Addr>,
    /// Which clients of these addresses are let in; empty: all.
    pub source_ranges: Vec<Cidr>,
    /// How long a client stays with its endpoint, if it does.
    pub sticky: Option<Duration>,
    /// Whether traffic from without stays on the node.
    pub external_local: bool,
    /// Whether traffic from within stays on the node.
    pub internal_local: bool,
    /// Where load balancers ask for endpoints on a node, or 0.
    pub health_check_node_port: u16,
    /// All of its endpoints, in the order of their text.
    pub endpoints: Vec<Endpoint>,
    /// The places of those that the policy Cluster leads to where no hints count.
    usable: Vec<usize>,
    /// Whether every ready endpoint has a hint.
    hinted: bool,
}

/// One of the endpoints of a Service's port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its address and port.
    pub target: Target,
    /// The same as text.
    pub text: Str,
    /// The node that it is on.
    pub node: Option<Str>,
    /// The zones that are to use it.
    pub zones: Vec<Str>,
    /// Whether it is to get traffic.
    pub ready: bool,
    /// Whether it can serve although it ends.
    pub ends_serving: bool,
}

/// A range of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    /// The first one.
    pub base: Ipv4Addr,
    /// How many bits are the same in all.
    pub bits: u32,
}

impl Cidr {
    /// Reads `10.0.0.0/8`.
    pub fn parse(text: &str) -> Option<Cidr> {
        let (base, bits) = text.trim().split_once('/')?;
        let bits = bits.parse().ok().filter(|bits| *bits <= 32)?;
        let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
        let base = u32::from(base.parse::<Ipv4Addr>().ok()?) & mask;
        Some(Cidr { base: base.into(), bits })
    }

    /// Whether an address is one of them.
    pub fn contains(&self, address: Ipv4Addr) -> bool {
        let mask = u32::MAX.checked_shl(32 - self.bits).unwrap_or(0);
        u32::from(address) & mask == u32::from(self.base)
    }
}

/// Which endpoints rules lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Those of all nodes.
    Cluster,
    /// Those of the node.
    Local,
}

impl ServicePort {
    /// The ports of a Service; none for those that no rules are made of (upstream: `ShouldSkipService`).
    pub(crate) fn of(service: &Service, slices: &[&Rc<EndpointSlice>]) -> Vec<Rc<ServicePort>> {
        let spec = &service.spec;
        let address = spec.cluster_ip.as_deref().and_then(|ip| ip.parse::<Ipv4Addr>().ok());
        let skipped =
            spec.type_.as_deref() == Some(EXTERNAL_NAME) || service.metadata.labels.contains_key(PROXY_NAME);
        let Some(cluster_ip) = address.filter(|_| !skipped) else { return Vec::new() };
        let made = |port| Rc::new(ServicePort::new(service, cluster_ip, port, slices));
        spec.ports.iter().map(made).collect()
    }

    fn new(
        service: &Service,
        cluster_ip: Ipv4Addr,
        port: &orrery_api::ServicePort,
        slices: &[&Rc<EndpointSlice>],
    ) -> ServicePort {
        let (meta, spec) = (&service.metadata, &service.spec);
        let is_local = |policy: &Option<Str>| policy.as_deref() == Some("Local");
        let ingress = service.status.load_balancer.ingress.iter();
        let vips = ingress.filter(|i| i.ip_mode.as_deref().is_none_or(|mode| mode == "VIP"));
        let name = port.name.clone().unwrap_or_default();
        let protocol = Protocol::named(port.protocol.as_deref().unwrap_or("TCP"));
        let mut made = ServicePort {
            service: (meta.namespace.clone(), meta.name.clone()),
            protocol,
            cluster_ip,
            port: number(port.port),
            node_port: number(port.node_port),
            external_ips: spec.external_ips.iter().filter_map(|ip| ip.parse().ok()).collect(),
            load_balancer_vips: vips.filter_map(|i| i.ip.as_deref()?.parse().ok()).collect(),
            source_ranges: spec.load_balancer_source_ranges.iter().filter_map(|r| Cidr::parse(r)).collect(),
            sticky: sticky(service),
            external_local: is_local(&spec.external_traffic_policy),
            internal_local: is_local(&spec.internal_traffic_policy),
            health_check_node_port: if service.needs_health_check() {
                number(spec.health_check_node_port)
            } else {
                0
            },
            endpoints: Vec::new(),
            usable: Vec::new(),
            hinted: true,
            name,
        };
        slices.iter().for_each(|slice| made.take_in(slice));
        made.arrange();
        made
    }

    /// Takes in the endpoints of a slice.
    fn take_in(&mut self, slice: &EndpointSlice) {
        let port = slice.ports.iter().find(|port| {
            port.name.as_deref().unwrap_or_default() == &*self.name
                && Protocol::named(port.protocol.as_deref().unwrap_or("TCP")) == self.protocol
        });
        let Some(port) = port.and_then(|port| port.port) else { return };
        for endpoint in &slice.endpoints {
            // Upstream, too, uses the first address alone.
            let address = endpoint.addresses.first().and_then(|address| address.parse().ok());
            let Some(address) = address else { continue };
            let target = Target { address, port: number(port) };
            let conditions = &endpoint.conditions;
            self.endpoints.push(Endpoint {
                text: target.to_string().into(),
                target,
                node: endpoint.node_name.clone(),
                zones: endpoint
                    .hints
                    .iter()
                    .flat_map(|h| &h.for_zones)
                    .map(|zone| zone.name.clone())
                    .collect(),
                ready: conditions.ready != Some(false),
                ends_serving: conditions.serving != Some(false) && conditions.terminating == Some(true),
            });
        }
    }
}

impl ServicePort {
    /// Puts the endpoints in order, each once, and finds those that are used everywhere.
    fn arrange(&mut self) {
        self.endpoints.order_by(|a, b| a.text.cmp(&b.text));
        self.endpoints.dedup_by(|b, a| a.text == b.text);
        let places = |wanted: fn(&Endpoint) -> bool| -> Vec<usize> {
            (0..self.endpoints.len()).filter(|place| wanted(&self.endpoints[*place])).collect()
        };
        let ready = places(|e| e.ready);
        self.hinted = ready.iter().all(|place| !self.endpoints[*place].zones.is_empty());
        // While all of them end, those that still serve are used.
        self.usable = if ready.is_empty() { places(|e| e.ends_serving) } else { ready };
    }

    /// Whether anybody beyond the cluster can reach it.
    pub fn externally_accessible(&self) -> bool {
        self.node_port != 0 || !self.load_balancer_vips.is_empty() || !self.external_ips.is_empty()
    }

    /// Whether rules lead to endpoints of all nodes.
    pub(crate) fn uses_cluster(&self) -> bool {
        !self.internal_local || self.externally_accessible()
    }

    /// Whether rules lead to endpoints of the node alone.
    pub(crate) fn uses_local(&self) -> bool {
        self.internal_local || (self.external_local && self.externally_accessible())
    }

    /// Whether there is an endpoint on any node (upstream: `hasAnyEndpoints`).
    pub(crate) fn has_endpoints(&self) -> bool {
        // Where only the node's own are used, one that ends and serves counts beside ready ones elsewhere.
        !self.usable.is_empty()
    }

    /// The endpoints that a policy leads to on a node, in a zone if it is in one (upstream: `CategorizeEndpoints`).
    pub(crate) fn endpoints_for(&self, policy: Policy, node: &str, zone: Option<&str>) -> Vec<&Endpoint> {
        let at = |place: &usize| &self.endpoints[*place];
        if policy == Policy::Cluster {
            let hinted = zone.filter(|_| self.hinted && !self.usable.is_empty());
            let near = |zone: &str| -> Vec<&Endpoint> {
                let is_near = |e: &&Endpoint| e.ready && e.zones.iter().any(|known| **known == *zone);
                self.usable.iter().map(at).filter(is_near).collect()
            };
            let near = hinted.map(near).filter(|near| !near.is_empty());
            return near.unwrap_or_else(|| self.usable.iter().map(at).collect());
        }
        let own = |wanted: fn(&Endpoint) -> bool| -> Vec<&Endpoint> {
            let is_own = |e: &&Endpoint| e.node.as_deref() == Some(node) && wanted(e);
            self.endpoints.iter().filter(is_own).collect()
        };
        let ready = own(|e| e.ready);
        if ready.is_empty() { own(|e| e.ends_serving) } else { ready }
    }

    /// `shop/web:http`
    pub fn full_name(&self) -> String {
        let mut text = format!("{}/{}", self.service.0, self.service.1);
        if !self.name.is_empty() {
            text.push(':');
            text.push_str(&self.name);
        }
        text
    }
}

fn number(port: i32) -> u16 {
    u16::try_from(port).unwrap_or_default()
}

/// How long a client of a Service stays with its endpoint, if it does.
fn sticky(service: &Service) -> Option<Duration> {
    let spec = &service.spec;
    let is_sticky = spec.session_affinity.as_deref() == Some("ClientIP");
    let config = spec.session_affinity_config.as_ref().filter(|_| is_sticky)?;
    let seconds = config.client_ip.as_ref()?.timeout_seconds?;
    Some(Duration::from_secs(u64::try_from(seconds).ok()?))
}
