//! Services: a stable name and address in front of pods.

use crate::condition::Condition;
use crate::defaults::fill;
use crate::rules::Rules;
use crate::validation::{NameRule, names};
use crate::wire::{is_default, text};
use orrery_apimachinery::{IntOrString, ObjectMeta, Str, StrMap};
use serde::{Deserialize, Serialize};

/// A service with an address within the cluster.
pub const CLUSTER_IP: &str = "ClusterIP";
/// A service that every node leads to, on a port of its own.
pub const NODE_PORT: &str = "NodePort";
/// A service with a load balancer outside the cluster.
pub const LOAD_BALANCER: &str = "LoadBalancer";
/// A service that is only another name.
pub const EXTERNAL_NAME: &str = "ExternalName";

/// A stable name and address in front of pods.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Service {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What it is to be.
    pub spec: ServiceSpec,
    /// What is known of it.
    pub status: ServiceStatus,
}

/// What the service is to be.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ServiceSpec {
    /// Whether a load balancer needs node ports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allocate_load_balancer_node_ports: Option<bool>,
    /// The service's address, or `None`.
    #[serde(rename = "clusterIP", deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub cluster_ip: Option<Str>,
    /// The service's addresses, one per family.
    #[serde(rename = "clusterIPs", skip_serializing_if = "Vec::is_empty")]
    pub cluster_ips: Vec<Str>,
    /// Further addresses that the service answers to.
    #[serde(rename = "externalIPs", skip_serializing_if = "Vec::is_empty")]
    pub external_ips: Vec<Str>,
    /// The name that an `ExternalName` service stands for.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub external_name: Option<Str>,
    /// `Cluster`, or `Local` to keep to the node's own pods and the client's address.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub external_traffic_policy: Option<Str>,
    /// The node port on which a load balancer asks for local pods.
    #[serde(skip_serializing_if = "is_default")]
    pub health_check_node_port: i32,
    /// `Cluster`, or `Local` to keep to the node's own pods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal_traffic_policy: Option<Str>,
    /// The address families, such as `IPv4`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ip_families: Vec<Str>,
    /// `SingleStack`, `PreferDualStack` or `RequireDualStack`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_family_policy: Option<Str>,
    /// Who makes the load balancer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_balancer_class: Option<Str>,
    /// The address that is asked for; deprecated upstream.
    #[serde(rename = "loadBalancerIP", deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub load_balancer_ip: Option<Str>,
    /// From where clients may come.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub load_balancer_source_ranges: Vec<Str>,
    /// The ports.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<ServicePort>,
    /// Whether pods that are not ready are listed too.
    #[serde(skip_serializing_if = "is_default")]
    pub publish_not_ready_addresses: bool,
    /// Which pods belong to it.
    #[serde(skip_serializing_if = "StrMap::is_empty")]
    pub selector: StrMap,
    /// `None`, or `ClientIP` to keep a client with one pod.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub session_affinity: Option<Str>,
    /// How long clients stay with one pod.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_affinity_config: Option<SessionAffinityConfig>,
    /// `PreferClose` to keep traffic near its client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traffic_distribution: Option<Str>,
    /// `ClusterIP`, `NodePort`, `LoadBalancer` or `ExternalName`.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub type_: Option<Str>,
}

/// A port of the service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ServicePort {
    /// What is spoken on the port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_protocol: Option<Str>,
    /// The name.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub name: Option<Str>,
    /// The port on every node that leads to the service.
    #[serde(skip_serializing_if = "is_default")]
    pub node_port: i32,
    /// The port.
    pub port: i32,
    /// `TCP`, `UDP` or `SCTP`.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub protocol: Option<Str>,
    /// The pods' port, by number or name.
    pub target_port: IntOrString,
}

/// How long clients stay with one pod.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SessionAffinityConfig {
    /// How long a client's address stays with one pod.
    #[serde(rename = "clientIP", skip_serializing_if = "Option::is_none")]
    pub client_ip: Option<ClientIPConfig>,
}

/// How long a client's address stays with one pod.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ClientIPConfig {
    /// How long after its last visit a client stays with its pod.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<i32>,
}

/// What is known of the service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ServiceStatus {
    /// What is true of the object, and since when.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// What is known of the load balancer.
    pub load_balancer: LoadBalancerStatus,
}

/// What is known of the load balancer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct LoadBalancerStatus {
    /// Points of entry.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ingress: Vec<LoadBalancerIngress>,
}

/// One point of entry of the load balancer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct LoadBalancerIngress {
    /// The host name.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub hostname: Option<Str>,
    /// The address.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub ip: Option<Str>,
    /// `VIP` or `Proxy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_mode: Option<Str>,
    /// The ports.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<PortStatus>,
}

/// What is known of one port of the load balancer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PortStatus {
    /// What went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Str>,
    /// The port.
    pub port: i32,
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: Str,
}

/// How long a client stays with its pod unless the service says otherwise: three hours.
const CLIENT_IP_SECONDS: i32 = 10_800;

impl Rules for Service {
    const NAME: NameRule = names::dns_1035_label;

    fn set_defaults(&mut self) {
        let externally_accessible = self.externally_accessible();
        let spec = &mut self.spec;
        fill(&mut spec.session_affinity, "None");
        match spec.session_affinity.as_deref() {
            Some("None") => spec.session_affinity_config = None,
            Some("ClientIP") => {
                let config = spec.session_affinity_config.get_or_insert_default();
                config.client_ip.get_or_insert_default().timeout_seconds.get_or_insert(CLIENT_IP_SECONDS);
            }
            _ => {}
        }
        fill(&mut spec.type_, CLUSTER_IP);
        for port in &mut spec.ports {
            fill(&mut port.protocol, "TCP");
            if matches!(&port.target_port, IntOrString::Int(0))
                || port.target_port == IntOrString::String("".into())
            {
                port.target_port = IntOrString::Int(port.port);
            }
        }
        if externally_accessible {
            fill(&mut spec.external_traffic_policy, "Cluster");
        }
        if matches!(spec.type_.as_deref(), Some(CLUSTER_IP | NODE_PORT | LOAD_BALANCER)) {
            fill(&mut spec.internal_traffic_policy, "Cluster");
        }
        if spec.type_.as_deref() == Some(LOAD_BALANCER) {
            spec.allocate_load_balancer_node_ports.get_or_insert(true);
            for ingress in self.status.load_balancer.ingress.iter_mut().filter(|i| i.ip.is_some()) {
                fill(&mut ingress.ip_mode, "VIP");
            }
        }
    }
}

impl Service {
    /// Whether clients outside the cluster can reach the service.
    fn externally_accessible(&self) -> bool {
        match self.spec.type_.as_deref().unwrap_or(CLUSTER_IP) {
            NODE_PORT | LOAD_BALANCER => true,
            CLUSTER_IP => !self.spec.external_ips.is_empty(),
            _ => false,
        }
    }
}
