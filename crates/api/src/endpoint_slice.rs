//! EndpointSlices: the addresses behind a service, in pieces.

use crate::defaults::fill;
use crate::reference::ObjectReference;
use crate::rules::Rules;
use crate::validation::{Errors, Path, address, names};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{ObjectMeta, Str, StrMap};
use std::collections::BTreeSet;
use std::net::IpAddr;

const MAX_ENDPOINTS: usize = 1_000;
const MAX_ADDRESSES: usize = 100;
const MAX_PORTS: usize = 20_000;
const MAX_ZONES: usize = 8;

/// A piece of the addresses behind a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct EndpointSlice {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// `IPv4`, `IPv6` or `FQDN`.
    pub address_type: Str,
    /// The backends.
    #[json(null_if_empty)]
    pub endpoints: Vec<Endpoint>,
    /// The ports.
    #[json(null_if_empty)]
    pub ports: Vec<EndpointPort>,
}

/// One backend.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct Endpoint {
    /// The addresses.
    #[json(null_if_empty)]
    pub addresses: Vec<Str>,
    /// Whether the backend takes part.
    pub conditions: EndpointConditions,
    /// The host name.
    #[json(omitempty)]
    pub hostname: Option<Str>,
    /// The pod behind the address.
    #[json(omitempty)]
    pub target_ref: Option<ObjectReference>,
    /// Labels of the node, as an older version had them.
    #[json(omitempty)]
    pub deprecated_topology: StrMap,
    /// The node.
    #[json(omitempty)]
    pub node_name: Option<Str>,
    /// The zone of the backend.
    #[json(omitempty)]
    pub zone: Option<Str>,
    /// Who should use the backend.
    #[json(omitempty)]
    pub hints: Option<EndpointHints>,
}

/// Whether a backend takes part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct EndpointConditions {
    /// Whether the backend is to get traffic.
    #[json(omitempty)]
    pub ready: Option<bool>,
    /// Whether the backend can serve, even while it ends.
    #[json(omitempty)]
    pub serving: Option<bool>,
    /// Whether the backend is ending.
    #[json(omitempty)]
    pub terminating: Option<bool>,
}

/// Who should use a backend.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct EndpointHints {
    /// Zones that should use the backend.
    #[json(omitempty)]
    pub for_zones: Vec<ForZone>,
}

/// A zone that should use a backend.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ForZone {
    /// The name.
    pub name: Str,
}

/// A port of the addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct EndpointPort {
    /// The name.
    #[json(omitempty)]
    pub name: Option<Str>,
    /// `TCP`, `UDP` or `SCTP`.
    #[json(omitempty)]
    pub protocol: Option<Str>,
    /// The port.
    #[json(omitempty)]
    pub port: Option<i32>,
    /// What is spoken on the port.
    #[json(omitempty)]
    pub app_protocol: Option<Str>,
}

impl Rules for EndpointSlice {
    const COUNTS_GENERATION: bool = true;

    fn same_desired(&self, old: &Self) -> bool {
        self.endpoints == old.endpoints
            && self.ports == old.ports
            && self.metadata.labels == old.metadata.labels
    }

    fn set_defaults(&mut self) {
        for port in &mut self.ports {
            fill(&mut port.name, "");
            fill(&mut port.protocol, "TCP");
        }
    }

    fn check(&self, errors: &mut Errors) {
        let path = &Path::Root("addressType");
        if self.address_type.is_empty() {
            errors.required(path, "");
        } else {
            errors.one_of(path, Some(&self.address_type), &["FQDN", "IPv4", "IPv6"]);
        }
        let path = &Path::Root("endpoints");
        errors.at_most(path, self.endpoints.len(), MAX_ENDPOINTS);
        if self.endpoints.len() <= MAX_ENDPOINTS {
            for (i, endpoint) in self.endpoints.iter().enumerate() {
                check_endpoint(endpoint, &self.address_type, &path.index(i), errors);
            }
        }
        check_ports(&self.ports, &Path::Root("ports"), errors);
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        self.check(errors);
        errors.immutable(&Path::Root("addressType"), &self.address_type, &old.address_type);
    }
}

fn check_endpoint(endpoint: &Endpoint, address_type: &str, path: &Path, errors: &mut Errors) {
    let list = &path.field("addresses");
    if endpoint.addresses.is_empty() {
        errors.required(list, "must contain at least 1 address");
    }
    errors.at_most(list, endpoint.addresses.len(), MAX_ADDRESSES);
    for (i, text) in endpoint.addresses.iter().enumerate() {
        check_address(text, address_type, &list.index(i), errors);
    }
    if let Some(name) = &endpoint.node_name {
        errors.each_invalid(&path.field("nodeName"), name, names::dns_subdomain(name, false));
    }
    if let Some(name) = &endpoint.hostname {
        errors.each_invalid(&path.field("hostname"), name, names::dns_label(name, false));
    }
    if let Some(hints) = &endpoint.hints {
        check_zones(&hints.for_zones, &path.field("hints").field("forZones"), errors);
    }
}

fn check_address(text: &str, address_type: &str, path: &Path, errors: &mut Errors) {
    match (address_type, text.parse()) {
        ("FQDN", _) => return address::full_domain_name(text, path, errors),
        ("IPv4", Ok(IpAddr::V4(_))) | ("IPv6", Ok(IpAddr::V6(_))) => {}
        ("IPv4" | "IPv6", _) => errors.invalid(path, text, format!("must be a valid {address_type} address")),
        _ => return,
    }
    address::not_special(text, path, errors);
}

fn check_zones(zones: &[ForZone], path: &Path, errors: &mut Errors) {
    if zones.len() > MAX_ZONES {
        return errors.at_most(path, zones.len(), MAX_ZONES);
    }
    for (i, zone) in zones.iter().enumerate() {
        let at = path.index(i);
        if zones[..i].contains(zone) {
            errors.duplicate(&at.field("name"), &zone.name);
        }
        errors.each_invalid(&at.field("name"), &zone.name, names::label_value(&zone.name));
    }
}

fn check_ports(ports: &[EndpointPort], path: &Path, errors: &mut Errors) {
    if ports.len() > MAX_PORTS {
        return errors.at_most(path, ports.len(), MAX_PORTS);
    }
    let mut seen = BTreeSet::new();
    for (i, port) in ports.iter().enumerate() {
        let at = path.index(i);
        let name = port.name.as_deref().unwrap_or_default();
        if !name.is_empty() {
            errors.each_invalid(&at.field("name"), name, names::dns_label(name, false));
        }
        if !seen.insert(name) {
            errors.duplicate(&at.field("name"), name);
        }
        errors.one_of(&at.field("protocol"), port.protocol.as_deref(), &["SCTP", "TCP", "UDP"]);
        if let Some(protocol) = &port.app_protocol {
            errors.each_invalid(&at.field("appProtocol"), protocol, names::qualified_name(protocol));
        }
    }
}
