//! Services: a stable name and address in front of pods.

use crate::condition::Condition;
use crate::defaults::fill;
use crate::rules::Rules;
use crate::service_addresses::{self, NO_ADDRESS};
use crate::validation::{Bare, Errors, NameRule, Path, address, intstr, metadata, names};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{IntOrString, ObjectMeta, Str, StrMap};
use std::collections::BTreeSet;

/// A service with an address within the cluster.
pub const CLUSTER_IP: &str = "ClusterIP";
/// A service that every node leads to, on a port of its own.
pub const NODE_PORT: &str = "NodePort";
/// A service with a load balancer outside the cluster.
pub const LOAD_BALANCER: &str = "LoadBalancer";
/// A service that is only another name.
pub const EXTERNAL_NAME: &str = "ExternalName";

/// A stable name and address in front of pods.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct Service {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What it is to be.
    pub spec: ServiceSpec,
    /// What is known of it.
    pub status: ServiceStatus,
}

/// What the service is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ServiceSpec {
    /// The ports.
    #[json(omitempty)]
    pub ports: Vec<ServicePort>,
    /// Which pods belong to it.
    #[json(omitempty)]
    pub selector: StrMap,
    /// The service's address, or `None`.
    #[json(name = "clusterIP", text)]
    pub cluster_ip: Option<Str>,
    /// The service's addresses, one per family.
    #[json(name = "clusterIPs", omitempty)]
    pub cluster_ips: Vec<Str>,
    /// `ClusterIP`, `NodePort`, `LoadBalancer` or `ExternalName`.
    #[json(text)]
    pub type_: Option<Str>,
    /// Further addresses that the service answers to.
    #[json(name = "externalIPs", omitempty)]
    pub external_ips: Vec<Str>,
    /// `None`, or `ClientIP` to keep a client with one pod.
    #[json(text)]
    pub session_affinity: Option<Str>,
    /// The address that is asked for; deprecated upstream.
    #[json(name = "loadBalancerIP", text)]
    pub load_balancer_ip: Option<Str>,
    /// From where clients may come.
    #[json(omitempty)]
    pub load_balancer_source_ranges: Vec<Str>,
    /// The name that an `ExternalName` service stands for.
    #[json(text)]
    pub external_name: Option<Str>,
    /// `Cluster`, or `Local` to keep to the node's own pods and the client's address.
    #[json(text)]
    pub external_traffic_policy: Option<Str>,
    /// The node port on which a load balancer asks for local pods.
    #[json(omitempty)]
    pub health_check_node_port: i32,
    /// Whether pods that are not ready are listed too.
    #[json(omitempty)]
    pub publish_not_ready_addresses: bool,
    /// How long clients stay with one pod.
    #[json(omitempty)]
    pub session_affinity_config: Option<SessionAffinityConfig>,
    /// The address families, such as `IPv4`.
    #[json(omitempty)]
    pub ip_families: Vec<Str>,
    /// `SingleStack`, `PreferDualStack` or `RequireDualStack`.
    #[json(omitempty)]
    pub ip_family_policy: Option<Str>,
    /// Whether a load balancer needs node ports.
    #[json(omitempty)]
    pub allocate_load_balancer_node_ports: Option<bool>,
    /// Who makes the load balancer.
    #[json(omitempty)]
    pub load_balancer_class: Option<Str>,
    /// `Cluster`, or `Local` to keep to the node's own pods.
    #[json(omitempty)]
    pub internal_traffic_policy: Option<Str>,
    /// `PreferClose` to keep traffic near its client.
    #[json(omitempty)]
    pub traffic_distribution: Option<Str>,
}

/// A port of the service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ServicePort {
    /// The name.
    #[json(text)]
    pub name: Option<Str>,
    /// `TCP`, `UDP` or `SCTP`.
    #[json(text)]
    pub protocol: Option<Str>,
    /// What is spoken on the port.
    #[json(omitempty)]
    pub app_protocol: Option<Str>,
    /// The port.
    pub port: i32,
    /// The pods' port, by number or name.
    pub target_port: IntOrString,
    /// The port on every node that leads to the service.
    #[json(omitempty)]
    pub node_port: i32,
}

/// How long clients stay with one pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct SessionAffinityConfig {
    /// How long a client's address stays with one pod.
    #[json(name = "clientIP", omitempty)]
    pub client_ip: Option<ClientIPConfig>,
}

/// How long a client's address stays with one pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ClientIPConfig {
    /// How long after its last visit a client stays with its pod.
    #[json(omitempty)]
    pub timeout_seconds: Option<i32>,
}

/// What is known of the service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ServiceStatus {
    /// What is known of the load balancer.
    pub load_balancer: LoadBalancerStatus,
    /// What is true of the object, and since when.
    #[json(omitempty)]
    pub conditions: Vec<Condition>,
}

/// What is known of the load balancer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct LoadBalancerStatus {
    /// Points of entry.
    #[json(omitempty)]
    pub ingress: Vec<LoadBalancerIngress>,
}

/// One point of entry of the load balancer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct LoadBalancerIngress {
    /// The address.
    #[json(text)]
    pub ip: Option<Str>,
    /// The host name.
    #[json(text)]
    pub hostname: Option<Str>,
    /// `VIP` or `Proxy`.
    #[json(omitempty)]
    pub ip_mode: Option<Str>,
    /// The ports.
    #[json(omitempty)]
    pub ports: Vec<PortStatus>,
}

/// What is known of one port of the load balancer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PortStatus {
    /// The port.
    pub port: i32,
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: Str,
    /// What went wrong.
    #[json(omitempty)]
    pub error: Option<Str>,
}

/// The policy that keeps traffic to the node's own pods.
const LOCAL: &str = "Local";
/// The port on which every kubelet listens.
const KUBELET_PORT: i32 = 10_250;
const TOPOLOGY_HINTS: &str = "service.kubernetes.io/topology-aware-hints";
const TOPOLOGY_MODE: &str = "service.kubernetes.io/topology-mode";
const SOURCE_RANGES: &str = "service.beta.kubernetes.io/load-balancer-source-ranges";
const ONLY_LOAD_BALANCERS: &str = "may only be used when `type` is 'LoadBalancer'";
/// How long a client stays with its pod unless the service says otherwise: three hours.
const CLIENT_IP_SECONDS: i32 = 10_800;
/// The longest time that a client can stay with its pod: a day.
const MAX_CLIENT_IP_SECONDS: i32 = 86_400;

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

    fn check(&self, errors: &mut Errors) {
        let (path, spec) = (&Path::Root("spec"), &self.spec);
        let kind = spec.type_.as_deref().unwrap_or_default();
        self.check_topology(errors);
        if spec.ports.is_empty() && !self.headless() && kind != EXTERNAL_NAME {
            errors.required(&path.field("ports"), "");
        }
        self.check_type(kind, path, errors);
        self.check_ports(&path.field("ports"), errors);
        metadata::labels(&spec.selector, &path.field("selector"), errors);
        self.check_affinity(path, errors);
        service_addresses::check(self, errors);
        for (i, ip) in spec.external_ips.iter().enumerate() {
            address::reachable(ip, &path.field("externalIPs").index(i), errors);
        }
        let kinds = [CLUSTER_IP, EXTERNAL_NAME, LOAD_BALANCER, NODE_PORT];
        errors.one_of(&path.field("type"), Some(kind), &kinds);
        self.check_port_conflicts(kind, &path.field("ports"), errors);
        self.check_load_balancer(kind, path, errors);
        self.check_class(kind, path, errors);
        self.check_traffic(path, errors);
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        let path = &Path::Root("spec");
        service_addresses::check_update(self, old, errors);
        let (kind, old_kind) = (self.spec.type_.as_deref(), old.spec.type_.as_deref());
        let (class, old_class) = (&self.spec.load_balancer_class, &old.spec.load_balancer_class);
        if (kind, old_kind) == (Some(LOAD_BALANCER), Some(LOAD_BALANCER)) && class != old_class {
            errors.invalid(&path.field("loadBalancerClass"), class, "may not change once set");
        }
        self.check_class(kind.unwrap_or_default(), path, errors);
        let port = self.spec.health_check_node_port;
        if self.needs_health_check() && old.needs_health_check() && port != old.spec.health_check_node_port {
            errors.forbidden(&path.field("healthCheckNodePort"), "field is immutable");
        }
        self.check(errors);
    }
}

impl Service {
    /// Whether the service has no address of its own, by choice.
    pub fn headless(&self) -> bool {
        self.spec.cluster_ip.as_deref() == Some(NO_ADDRESS)
    }

    /// Whether a load balancer asks the nodes for pods of their own.
    pub fn needs_health_check(&self) -> bool {
        self.spec.type_.as_deref() == Some(LOAD_BALANCER)
            && self.spec.external_traffic_policy.as_deref() == Some(LOCAL)
    }

    /// Whether clients outside the cluster can reach the service.
    pub fn externally_accessible(&self) -> bool {
        match self.spec.type_.as_deref().unwrap_or(CLUSTER_IP) {
            NODE_PORT | LOAD_BALANCER => true,
            CLUSTER_IP => !self.spec.external_ips.is_empty(),
            _ => false,
        }
    }

    fn check_topology(&self, errors: &mut Errors) {
        let annotations = &self.metadata.annotations;
        if let (Some(hints), Some(mode)) = (annotations.get(TOPOLOGY_HINTS), annotations.get(TOPOLOGY_MODE))
            && hints != mode
        {
            let path = Path::Root("metadata");
            let detail = format!("must match annotations[{TOPOLOGY_HINTS}] when both are specified");
            errors.invalid(&path.field("annotations").key(TOPOLOGY_MODE), mode, detail);
        }
    }

    fn check_type(&self, kind: &str, path: &Path, errors: &mut Errors) {
        if kind == LOAD_BALANCER {
            let kubelets = |(_, port): &(usize, &ServicePort)| port.port == KUBELET_PORT;
            for (i, _) in self.spec.ports.iter().enumerate().filter(kubelets) {
                let detail =
                    format!("may not expose port {KUBELET_PORT} externally since it is used by kubelet");
                errors.invalid(&path.field("ports").index(i), &KUBELET_PORT, detail);
            }
        }
        if matches!(kind, LOAD_BALANCER | NODE_PORT) && self.headless() {
            let detail = format!("may not be set to 'None' for {kind} services");
            errors.invalid(&path.field("clusterIPs").index(0), NO_ADDRESS, detail);
        }
        if kind != EXTERNAL_NAME {
            return;
        }
        for (field, is_set) in [
            ("clusterIPs", !self.spec.cluster_ips.is_empty()),
            ("ipFamilies", !self.spec.ip_families.is_empty()),
            ("ipFamilyPolicy", self.spec.ip_family_policy.is_some()),
        ] {
            if is_set {
                errors.forbidden(&path.field(field), "may not be set for ExternalName services");
            }
        }
        let name = self.spec.external_name.as_deref().unwrap_or_default();
        match name.strip_suffix('.').unwrap_or(name) {
            "" => errors.required(&path.field("externalName"), ""),
            name => errors.each_invalid(&path.field("externalName"), name, names::dns_subdomain(name, false)),
        }
    }

    fn check_ports(&self, path: &Path, errors: &mut Errors) {
        let mut seen = BTreeSet::new();
        for (i, port) in self.spec.ports.iter().enumerate() {
            let at = path.index(i);
            match &port.name {
                None if self.spec.ports.len() > 1 => errors.required(&at.field("name"), ""),
                None => {}
                Some(name) => {
                    errors.each_invalid(&at.field("name"), name, names::dns_label(name, false));
                    if !seen.insert(name) {
                        errors.duplicate(&at.field("name"), name);
                    }
                }
            }
            errors.each_invalid(&at.field("port"), &port.port, names::port_number(port.port));
            errors.one_of(&at.field("protocol"), port.protocol.as_deref(), &["SCTP", "TCP", "UDP"]);
            intstr::port(&port.target_port, &at.field("targetPort"), errors);
            if let Some(protocol) = &port.app_protocol {
                errors.each_invalid(&at.field("appProtocol"), protocol, names::qualified_name(protocol));
            }
        }
    }

    fn check_affinity(&self, path: &Path, errors: &mut Errors) {
        let affinity = self.spec.session_affinity.as_deref();
        errors.one_of(&path.field("sessionAffinity"), affinity, &["ClientIP", "None"]);
        let config = self.spec.session_affinity_config.as_ref().and_then(|c| c.client_ip.as_ref());
        if let (Some("ClientIP"), Some(seconds)) = (affinity, config.and_then(|c| c.timeout_seconds))
            && !(1..=MAX_CLIENT_IP_SECONDS).contains(&seconds)
        {
            let at = path.field("sessionAffinityConfig");
            let at = at.field("clientIP");
            let detail = format!("must be greater than 0 and less than {MAX_CLIENT_IP_SECONDS}");
            errors.invalid(&at.field("timeoutSeconds"), &seconds, detail);
        }
    }

    fn check_port_conflicts(&self, kind: &str, path: &Path, errors: &mut Errors) {
        let ports = || self.spec.ports.iter().enumerate();
        for (i, _) in ports().filter(|(_, port)| kind == CLUSTER_IP && port.node_port != 0) {
            let detail = "may not be used when `type` is 'ClusterIP'";
            errors.forbidden(&path.index(i).field("nodePort"), detail);
        }
        let mut seen = BTreeSet::new();
        for (i, port) in ports().filter(|(_, port)| port.node_port != 0) {
            if !seen.insert((&port.protocol, port.node_port)) {
                errors.duplicate(&path.index(i).field("nodePort"), &port.node_port);
            }
        }
        let mut seen = BTreeSet::new();
        for (i, port) in ports().filter(|(_, port)| !seen.insert((&port.protocol, port.port))) {
            let protocol = port.protocol.as_deref().unwrap_or_default();
            let key = format!(
                "core.ServicePort{{Name:\"\", Protocol:\"{protocol}\", AppProtocol:(*string)(nil), Port:{}, TargetPort:intstr.IntOrString{{Type:0, IntVal:0, StrVal:\"\"}}, NodePort:0}}",
                port.port
            );
            errors.duplicate(&path.index(i), &Bare(&key));
        }
    }

    fn check_load_balancer(&self, kind: &str, path: &Path, errors: &mut Errors) {
        let (spec, annotations) = (&self.spec, Path::Root("metadata"));
        let annotations = annotations.field("annotations");
        if !spec.load_balancer_source_ranges.is_empty() {
            let path = path.field("LoadBalancerSourceRanges");
            if kind != LOAD_BALANCER {
                errors.forbidden(&path, ONLY_LOAD_BALANCERS);
            }
            for (i, range) in spec.load_balancer_source_ranges.iter().enumerate() {
                intstr::cidr(range.trim(), &path.index(i), errors);
            }
        } else if let Some(ranges) = self.metadata.annotations.get(SOURCE_RANGES) {
            let path = annotations.key(SOURCE_RANGES);
            if kind != LOAD_BALANCER {
                errors.forbidden(&path, ONLY_LOAD_BALANCERS);
            }
            let ranges = ranges.trim();
            for range in ranges.split(',').filter(|_| !ranges.is_empty()) {
                intstr::cidr(range.trim(), &path, errors);
            }
        }
        if spec.allocate_load_balancer_node_ports.is_some() && kind != LOAD_BALANCER {
            errors.forbidden(&path.field("allocateLoadBalancerNodePorts"), ONLY_LOAD_BALANCERS);
        }
    }

    fn check_class(&self, kind: &str, path: &Path, errors: &mut Errors) {
        let path = path.field("loadBalancerClass");
        match &self.spec.load_balancer_class {
            Some(class) if kind == LOAD_BALANCER => {
                errors.each_invalid(&path, class, names::qualified_name(class));
            }
            Some(_) => errors.forbidden(&path, ONLY_LOAD_BALANCERS),
            None => {}
        }
    }

    fn check_traffic(&self, path: &Path, errors: &mut Errors) {
        let spec = &self.spec;
        let field = path.field("externalTrafficPolicy");
        match spec.external_traffic_policy.as_ref() {
            policy if self.externally_accessible() => {
                errors.one_of(&field, policy.map(|p| &**p), &["Cluster", LOCAL]);
            }
            Some(policy) => {
                errors.invalid(&field, policy, "may only be set for externally-accessible services");
            }
            None => {}
        }
        let (field, port) = (path.field("healthCheckNodePort"), spec.health_check_node_port);
        match (self.needs_health_check(), port) {
            (true, 0) => errors.required(&field, ""),
            (true, _) => errors.each_invalid(&field, &port, names::port_number(port)),
            (false, 0) => {}
            (false, _) => {
                let detail =
                    "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
                errors.invalid(&field, &port, detail);
            }
        }
        if let Some(policy) = &spec.internal_traffic_policy {
            errors.one_of(&path.field("internalTrafficPolicy"), Some(policy), &["Cluster", LOCAL]);
        }
        if let Some(distribution) = &spec.traffic_distribution {
            errors.one_of(&path.field("trafficDistribution"), Some(distribution), &["PreferClose"]);
        }
    }
}
