//! EndpointSlices: the addresses behind a service, in pieces.

use crate::defaults::fill;
use crate::reference::ObjectReference;
use crate::rules::Rules;
use crate::validation::{Errors, Path, intstr, names};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{ObjectMeta, Str, StrMap};

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
    /// Labels of the node, as an older version had them.
    #[json(omitempty)]
    pub deprecated_topology: StrMap,
    /// Who should use the backend.
    #[json(omitempty)]
    pub hints: Option<EndpointHints>,
    /// The host name.
    #[json(omitempty)]
    pub hostname: Option<Str>,
    /// The node.
    #[json(omitempty)]
    pub node_name: Option<Str>,
    /// The pod behind the address.
    #[json(omitempty)]
    pub target_ref: Option<ObjectReference>,
    /// The zone of the backend.
    #[json(omitempty)]
    pub zone: Option<Str>,
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
    /// What is spoken on the port.
    #[json(omitempty)]
    pub app_protocol: Option<Str>,
    /// The name.
    #[json(omitempty)]
    pub name: Option<Str>,
    /// The port.
    #[json(omitempty)]
    pub port: Option<i32>,
    /// `TCP`, `UDP` or `SCTP`.
    #[json(omitempty)]
    pub protocol: Option<Str>,
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
        let families = ["FQDN", "IPv4", "IPv6"];
        errors.one_of(&Path::Root("addressType"), Some(&self.address_type), &families);
        for (i, endpoint) in self.endpoints.iter().enumerate() {
            let at = Path::Root("endpoints");
            let at = at.index(i);
            if endpoint.addresses.is_empty() {
                errors.required(&at.field("addresses"), "must contain at least 1 address");
            }
            for (j, address) in
                endpoint.addresses.iter().enumerate().filter(|_| &*self.address_type != "FQDN")
            {
                intstr::reachable_ip(address, &at.field("addresses").index(j), errors);
            }
        }
        for (i, port) in self.ports.iter().enumerate() {
            let at = Path::Root("ports");
            let at = at.index(i);
            if let Some(name) = port.name.as_ref().filter(|n| !n.is_empty()) {
                errors.each_invalid(&at.field("name"), name, names::dns_label(name, false));
            }
            errors.one_of(&at.field("protocol"), port.protocol.as_deref(), &["SCTP", "TCP", "UDP"]);
        }
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        self.check(errors);
        errors.immutable(&Path::Root("addressType"), &self.address_type, &old.address_type);
    }
}
