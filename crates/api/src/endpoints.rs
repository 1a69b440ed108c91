//! Endpoints: the addresses behind a service, all in one object.

use crate::defaults::fill;
use crate::reference::ObjectReference;
use crate::rules::Rules;
use crate::wire::text;
use orrery_apimachinery::{ObjectMeta, Str};
use serde::{Deserialize, Serialize};

/// The addresses behind a service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Endpoints {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// Addresses with their ports.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subsets: Vec<EndpointSubset>,
}

/// Addresses that share ports.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct EndpointSubset {
    /// Addresses that are ready.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<EndpointAddress>,
    /// Addresses that are not ready.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_ready_addresses: Vec<EndpointAddress>,
    /// The ports.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<EndpointPort>,
}

/// One address behind a service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct EndpointAddress {
    /// The host name.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub hostname: Option<Str>,
    /// The address.
    pub ip: Str,
    /// The node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_name: Option<Str>,
    /// The pod behind the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_ref: Option<ObjectReference>,
}

/// A port of the addresses.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct EndpointPort {
    /// What is spoken on the port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_protocol: Option<Str>,
    /// The name.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub name: Option<Str>,
    /// The port.
    pub port: i32,
    /// `TCP`, `UDP` or `SCTP`.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub protocol: Option<Str>,
}

impl Rules for Endpoints {
    fn set_defaults(&mut self) {
        for port in self.subsets.iter_mut().flat_map(|s| &mut s.ports) {
            fill(&mut port.protocol, "TCP");
        }
    }
}
