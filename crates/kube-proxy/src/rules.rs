//! What the rules of a node do with a connection (upstream: `pkg/proxy/iptables/proxier.go` and
//! `pkg/proxy/topology.go`).

use crate::dns::SERVICE_NAME;
use orrery_api::{Endpoint, EndpointSlice, Node, Service, ServicePort};
use orrery_apimachinery::{Order, Str};
use orrery_client::ApiServer;
use orrery_container_runtime::Target;
use std::net::Ipv4Addr;
use std::rc::Rc;

/// A port of a Service that a connection meets, and how.
pub(crate) struct Met<'a> {
    pub service: &'a Rc<Service>,
    pub port: &'a ServicePort,
    /// Whether it came from without: through a node port, an external address or a load balancer.
    pub external: bool,
}

/// The port of a Service that `to` belongs to, if it belongs to any.
pub(crate) fn meet(api: &ApiServer, to: Target) -> Option<Met<'_>> {
    let (text, port) = (to.address.to_string(), i32::from(to.port));
    let node_port = api.list::<Node>().any(|node| is_address_of(node, &text));
    for service in api.list::<Service>() {
        let spec = &service.spec;
        let own = spec.cluster_ip.as_deref() == Some(&text);
        let external = spec.external_ips.iter().any(|ip| **ip == *text)
            || service.status.load_balancer.ingress.iter().any(|i| i.ip.as_deref() == Some(&text));
        for candidate in spec.ports.iter().filter(|p| p.protocol.as_deref().is_none_or(|p| p == "TCP")) {
            let through_node = node_port && candidate.node_port == port;
            if through_node || ((own || external) && candidate.port == port) {
                return Some(Met { service, port: candidate, external: through_node || external });
            }
        }
    }
    None
}

/// Whether an address is one of a node's own.
pub(crate) fn is_address_of(node: &Node, address: &str) -> bool {
    node.status.addresses.iter().any(|a| &*a.type_ != "Hostname" && &*a.address == address)
}

/// Where the connections to a Service's port can go.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Backends {
    /// To one of these.
    Some(Vec<Target>),
    /// There is none: the connection is rejected.
    Rejected,
    /// There are some, and the policy keeps to the node's own, of which there is none: it is dropped.
    Dropped,
}

/// The backends of a Service's port for a connection on the node called `node`.
pub(crate) fn backends(api: &ApiServer, met: &Met<'_>, node: &str) -> Backends {
    let ready = endpoints(api, met, &|e| e.conditions.ready != Some(false));
    // While all of them end, those that still serve are used.
    let usable = if ready.is_empty() {
        endpoints(api, met, &|e| {
            e.conditions.serving != Some(false) && e.conditions.terminating == Some(true)
        })
    } else {
        ready
    };
    if usable.is_empty() {
        return Backends::Rejected;
    }
    let spec = &met.service.spec;
    let policy =
        if met.external { &spec.external_traffic_policy } else { &spec.internal_traffic_policy }.as_deref();
    let keep = |(home, target): (Option<Str>, Target)| {
        (policy != Some("Local") || home.as_deref() == Some(node)).then_some(target)
    };
    let mut targets: Vec<Target> = usable.into_iter().filter_map(keep).collect();
    targets.order_by_key(|t| (t.address, t.port));
    targets.dedup();
    if targets.is_empty() { Backends::Dropped } else { Backends::Some(targets) }
}

/// The endpoints of a Service's port that are wanted, each with its node.
fn endpoints(
    api: &ApiServer,
    met: &Met<'_>,
    wanted: &dyn Fn(&Endpoint) -> bool,
) -> Vec<(Option<Str>, Target)> {
    let meta = &met.service.metadata;
    let name = met.port.name.as_deref().unwrap_or_default();
    let mut found = Vec::new();
    for slice in api.list_in::<EndpointSlice>(&meta.namespace) {
        if slice.metadata.labels.get(SERVICE_NAME) != Some(&meta.name) {
            continue;
        }
        let port = slice.ports.iter().find(|p| p.name.as_deref().unwrap_or_default() == name);
        let Some(port) = port.and_then(|p| u16::try_from(p.port?).ok()) else { continue };
        for endpoint in slice.endpoints.iter().filter(|e| wanted(e)) {
            // Upstream, too, uses the first address alone.
            let address = endpoint.addresses.first().and_then(|a| a.parse::<Ipv4Addr>().ok());
            let target = address.map(|address| Target { address, port });
            found.extend(target.map(|target| (endpoint.node_name.clone(), target)));
        }
    }
    found
}
