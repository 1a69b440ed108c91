//! Endpoints: the addresses behind a service, all in one object.

use crate::defaults::fill;
use crate::reference::ObjectReference;
use crate::rules::Rules;
use crate::validation::{Errors, Path, address, intstr, names};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{ObjectMeta, Str};

/// The addresses behind a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct Endpoints {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// Addresses with their ports.
    #[json(omitempty)]
    pub subsets: Vec<EndpointSubset>,
}

/// Addresses that share ports.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct EndpointSubset {
    /// Addresses that are ready.
    #[json(omitempty)]
    pub addresses: Vec<EndpointAddress>,
    /// Addresses that are not ready.
    #[json(omitempty)]
    pub not_ready_addresses: Vec<EndpointAddress>,
    /// The ports.
    #[json(omitempty)]
    pub ports: Vec<EndpointPort>,
}

/// One address behind a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct EndpointAddress {
    /// The address.
    pub ip: Str,
    /// The host name.
    #[json(text)]
    pub hostname: Option<Str>,
    /// The node.
    #[json(omitempty)]
    pub node_name: Option<Str>,
    /// The pod behind the address.
    #[json(omitempty)]
    pub target_ref: Option<ObjectReference>,
}

/// A port of the addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct EndpointPort {
    /// The name.
    #[json(text)]
    pub name: Option<Str>,
    /// The port.
    pub port: i32,
    /// `TCP`, `UDP` or `SCTP`.
    #[json(text)]
    pub protocol: Option<Str>,
    /// What is spoken on the port.
    #[json(omitempty)]
    pub app_protocol: Option<Str>,
}

impl Rules for Endpoints {
    fn set_defaults(&mut self) {
        for port in self.subsets.iter_mut().flat_map(|s| &mut s.ports) {
            fill(&mut port.protocol, "TCP");
        }
    }

    fn check(&self, errors: &mut Errors) {
        for (i, subset) in self.subsets.iter().enumerate() {
            let at = Path::Root("subsets");
            let at = at.index(i);
            if subset.addresses.is_empty() && subset.not_ready_addresses.is_empty() {
                errors.required(&at, "must specify `addresses` or `notReadyAddresses`");
            }
            for (name, list) in
                [("addresses", &subset.addresses), ("notReadyAddresses", &subset.not_ready_addresses)]
            {
                for (j, address) in list.iter().enumerate() {
                    check_address(address, &at.field(name).index(j), errors);
                }
            }
            for (j, port) in subset.ports.iter().enumerate() {
                check_port(port, subset.ports.len() > 1, &at.field("ports").index(j), errors);
            }
        }
    }
}

fn check_address(address: &EndpointAddress, path: &Path, errors: &mut Errors) {
    intstr::ip(&address.ip, &path.field("ip"), errors);
    if let Some(name) = &address.hostname {
        errors.each_invalid(&path.field("hostname"), name, names::dns_label(name, false));
    }
    if let Some(name) = &address.node_name {
        errors.each_invalid(&path.field("nodeName"), name, names::dns_subdomain(name, false));
    }
    address::not_special(&address.ip, &path.field("ip"), errors);
}

fn check_port(port: &EndpointPort, named: bool, path: &Path, errors: &mut Errors) {
    match &port.name {
        None if named => errors.required(&path.field("name"), ""),
        None => {}
        Some(name) => errors.each_invalid(&path.field("name"), name, names::dns_label(name, false)),
    }
    errors.each_invalid(&path.field("port"), &port.port, names::port_number(port.port));
    errors.one_of(&path.field("protocol"), port.protocol.as_deref(), &["SCTP", "TCP", "UDP"]);
    if let Some(protocol) = &port.app_protocol {
        errors.each_invalid(&path.field("appProtocol"), protocol, names::qualified_name(protocol));
    }
}
