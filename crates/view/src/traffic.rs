//! The network as the traffic view draws it: where requests come in, the services with their ports, who is behind them and
//! who is isolated. What an object names but nobody made is told as missing, not left out.

use std::collections::BTreeSet;

use orrery_api::{EndpointSlice, Ingress, IngressBackend, NetworkPolicy, Node, Pod, Service, ServicePort};
use orrery_apimachinery::Str;
use orrery_apiserver::ApiServer;
use orrery_cluster::{Cluster, PortForward};

use crate::inspect::last_warning;
use crate::scene::{ObjectRef, ServiceBox, Text};
use crate::service::of_service;
use crate::{owner, pod};

/// Everything between the outside world and the pods.
#[derive(Clone, PartialEq, Debug)]
pub struct Traffic {
    /// Ports of the person's machine, load balancers, Ingresses and the nodes' own ports, in this order.
    pub entrances: Vec<Entrance>,
    /// What is told of each service of the scene, in its order.
    pub services: Vec<Served>,
    /// The pods that network policies isolate.
    pub shields: Vec<Shield>,
    /// The address of the cluster's DNS, or its domain where it has no Service.
    pub dns: Text,
}

/// What kind of entrance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Door {
    /// A load balancer before the cluster.
    LoadBalancer,
    /// The rules of an Ingress.
    Ingress,
    /// The ports that a node opens for Services.
    Node,
    /// A port of the person's machine that leads into a pod: `kubectl port-forward`.
    PortForward,
}

/// Where requests come into the cluster.
#[derive(Clone, PartialEq, Debug)]
pub struct Entrance {
    /// Which kind.
    pub door: Door,
    /// The Service that has the load balancer, the Ingress, the node, or the pod that a port leads into.
    pub id: ObjectRef,
    /// Its address or its name.
    pub name: Text,
    /// What it leads to.
    pub ways: Vec<Way>,
    /// Nothing comes in here: a load balancer without an address, a node that is off.
    pub closed: bool,
}

/// From an entrance to a service.
#[derive(Clone, PartialEq, Debug)]
pub struct Way {
    /// What has to be asked for: a port, a host with a path.
    pub asked: Text,
    /// Index of the service.
    pub service: usize,
}

/// What is told of a service beside its box.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Served {
    /// `ClusterIP`, `NodePort`, `LoadBalancer`, `ExternalName`, or `headless`.
    pub kind: Text,
    /// Its address, or the name that it stands for.
    pub address: Text,
    /// Its ports.
    pub ports: Vec<Port>,
    /// Labels that it selects by, `app=web`.
    pub selector: Text,
    /// Somebody names it, and nobody made it: who.
    pub wanted_by: Option<Text>,
    /// `externalTrafficPolicy` and the like, where they are not the usual ones.
    pub policies: Vec<Text>,
    /// Endpoints that are ready, of all.
    pub ready: (usize, usize),
    /// Those that are not, and why.
    pub unready: Vec<(Text, Text)>,
}

/// A port of a service.
#[derive(Clone, PartialEq, Debug)]
pub struct Port {
    /// Its name, if it has one.
    pub name: Text,
    /// `80`, with the protocol where that is not TCP.
    pub port: Text,
    /// `8080`, or the name of the pods' port.
    pub target: Text,
    /// The port on every node, or zero.
    pub node_port: i32,
}

/// A pod that network policies isolate.
#[derive(Clone, PartialEq, Debug)]
pub struct Shield {
    /// Uid of the pod.
    pub pod: Text,
    /// The policies.
    pub policies: Vec<ObjectRef>,
    /// What comes in is limited.
    pub ingress: bool,
    /// What goes out is limited.
    pub egress: bool,
}

/// Reads it. Services that are named and missing are added to those of the scene.
pub(crate) fn traffic(
    cluster: &Cluster,
    services: &mut Vec<ServiceBox>,
    wanted: &dyn Fn(&str) -> bool,
) -> Traffic {
    let api = cluster.api();
    let mut told: Vec<Served> = services.iter().filter_map(|s| served(cluster, s)).collect();
    let mut entrances = port_forwards(cluster, wanted);
    entrances.extend(load_balancers(api, services));
    for ingress in api.list::<Ingress>().filter(|i| wanted(&i.metadata.namespace)) {
        entrances.push(ingress_entrance(ingress, services, &mut told));
    }
    entrances.extend(node_entrances(cluster, services, &told));
    Traffic { entrances, shields: shields(api, wanted), dns: dns(api), services: told }
}

fn port_forwards(cluster: &Cluster, wanted: &dyn Fn(&str) -> bool) -> Vec<Entrance> {
    let open = cluster.port_forwards().filter(|open| wanted(&open.namespace));
    let entrance = |open: &PortForward| Entrance {
        door: Door::PortForward,
        id: ObjectRef::new("Pod", &open.namespace, &open.pod),
        name: text(format!("{} \u{2192} {}", open.local, open.port)),
        ways: Vec::new(),
        closed: false,
    };
    open.map(entrance).collect()
}

fn text(s: impl AsRef<str>) -> Text {
    s.as_ref().into()
}

fn dns(api: &ApiServer) -> Text {
    let service = api.get::<Service>("kube-system", "kube-dns");
    service.and_then(|service| service.spec.cluster_ip.clone()).unwrap_or_else(|| text("cluster.local"))
}

fn served(cluster: &Cluster, service: &ServiceBox) -> Option<Served> {
    let api = cluster.api();
    let service = api.get::<Service>(&service.id.namespace, &service.id.name)?;
    let spec = &service.spec;
    let headless = spec.cluster_ip.as_deref() == Some("None");
    let kind = if headless { "headless" } else { spec.type_.as_deref().unwrap_or("ClusterIP") };
    let address = match &spec.external_name {
        Some(name) if kind == "ExternalName" => name.clone(),
        _ => spec.cluster_ip.clone().filter(|_| !headless).unwrap_or_default(),
    };
    let local = |name: &str, policy: &Option<Str>| {
        (policy.as_deref() == Some("Local")).then(|| text(format!("{name}: Local")))
    };
    let affinity =
        (spec.session_affinity.as_deref() == Some("ClientIP")).then(|| text("sessionAffinity: ClientIP"));
    let policies = [
        local("externalTrafficPolicy", &spec.external_traffic_policy),
        local("internalTrafficPolicy", &spec.internal_traffic_policy),
        affinity,
    ];
    let selector: Vec<String> = spec.selector.iter().map(|(k, v)| format!("{k}={v}")).collect();
    let (ready, unready) = endpoints(cluster, service);
    Some(Served {
        kind: text(kind),
        address,
        ports: spec.ports.iter().map(port).collect(),
        selector: text(selector.join(",")),
        wanted_by: None,
        policies: policies.into_iter().flatten().collect(),
        ready: (ready, ready + unready.len()),
        unready,
    })
}

fn port(port: &ServicePort) -> Port {
    let protocol =
        port.protocol.as_deref().filter(|p| *p != "TCP").map(|p| format!("/{p}")).unwrap_or_default();
    Port {
        name: port.name.clone().unwrap_or_default(),
        port: text(format!("{}{protocol}", port.port)),
        target: text(port.target_port.to_string()),
        node_port: port.node_port,
    }
}

/// How many endpoints are ready, and why the others are not.
fn endpoints(cluster: &Cluster, service: &Service) -> (usize, Vec<(Text, Text)>) {
    let api = cluster.api();
    let (mut seen, mut ready, mut unready) = (BTreeSet::new(), 0, Vec::new());
    for slice in api.list_in::<EndpointSlice>(&service.metadata.namespace).filter(|s| of_service(s, service))
    {
        for endpoint in &slice.endpoints {
            let address = endpoint.addresses.first().cloned().unwrap_or_default();
            if !seen.insert(address.clone()) {
                continue;
            }
            if endpoint.conditions.ready.unwrap_or(true) {
                ready += 1;
                continue;
            }
            let target = endpoint.target_ref.as_ref().and_then(|t| t.name.clone());
            let pod = target.as_ref().and_then(|name| api.get::<Pod>(&service.metadata.namespace, name));
            let why = pod.map_or_else(Text::default, |pod| why_unready(cluster, pod));
            unready.push((target.unwrap_or(address), why));
        }
    }
    (ready, unready)
}

/// Why a pod is not ready, in the words of whoever said it.
fn why_unready(cluster: &Cluster, pod: &Pod) -> Text {
    let reason = pod::reason(cluster.api(), cluster.now(), pod);
    match &*reason {
        "Running" => last_warning(cluster.api(), pod).unwrap_or(reason),
        _ => reason,
    }
}

/// The index of a service in the scene.
fn index(services: &[ServiceBox], namespace: &str, name: &str) -> Option<usize> {
    services.iter().position(|s| *s.id.namespace == *namespace && *s.id.name == *name)
}

fn load_balancers(api: &ApiServer, services: &[ServiceBox]) -> Vec<Entrance> {
    let mut found = Vec::new();
    for (i, shown) in services.iter().enumerate() {
        let Some(service) = api.get::<Service>(&shown.id.namespace, &shown.id.name) else { continue };
        if service.spec.type_.as_deref() != Some("LoadBalancer") {
            continue;
        }
        let given = service.status.load_balancer.ingress.first();
        let address = given.and_then(|i| i.ip.clone().or_else(|| i.hostname.clone()));
        found.push(Entrance {
            door: Door::LoadBalancer,
            id: shown.id.clone(),
            closed: address.is_none(),
            // As kubectl prints it.
            name: address.unwrap_or_else(|| text("<pending>")),
            ways: service
                .spec
                .ports
                .iter()
                .map(|p| Way { asked: text(format!(":{}", p.port)), service: i })
                .collect(),
        });
    }
    found
}

fn ingress_entrance(ingress: &Ingress, services: &mut Vec<ServiceBox>, told: &mut Vec<Served>) -> Entrance {
    let meta = &ingress.metadata;
    let mut ways = Vec::new();
    let mut way = |asked: String, backend: &IngressBackend| {
        let Some(service) = &backend.service else { return };
        let at = index(services, &meta.namespace, &service.name).unwrap_or_else(|| {
            services.push(ServiceBox::missing(&meta.namespace, &service.name));
            let wanted_by = Some(text(format!("Ingress {}", meta.name)));
            told.push(Served { wanted_by, ..Served::default() });
            services.len() - 1
        });
        ways.push(Way { asked: text(asked), service: at });
    };
    for rule in &ingress.spec.rules {
        let host = rule.host.as_deref().unwrap_or("*");
        for path in rule.http.iter().flat_map(|http| &http.paths) {
            way(format!("{host}{}", path.path.as_deref().unwrap_or("/")), &path.backend);
        }
    }
    if let Some(backend) = &ingress.spec.default_backend {
        way("*".to_owned(), backend);
    }
    let id = ObjectRef { kind: text("Ingress"), namespace: meta.namespace.clone(), name: meta.name.clone() };
    Entrance {
        door: Door::Ingress,
        id,
        name: meta.name.clone(),
        ways,
        closed: ingress.status.load_balancer.ingress.is_empty(),
    }
}

/// The nodes, where any Service opens a port on them.
fn node_entrances(cluster: &Cluster, services: &[ServiceBox], told: &[Served]) -> Vec<Entrance> {
    let mut ways = Vec::new();
    for (i, _) in services.iter().enumerate() {
        for port in told[i].ports.iter().filter(|p| p.node_port != 0) {
            ways.push(Way { asked: text(format!(":{}", port.node_port)), service: i });
        }
    }
    if ways.is_empty() {
        return Vec::new();
    }
    let entrance = |node: &std::rc::Rc<Node>| Entrance {
        door: Door::Node,
        id: owner::reference(orrery_api::Kind::Node, &node.metadata),
        name: node.metadata.name.clone(),
        ways: ways.clone(),
        closed: cluster.node_is_on(&node.metadata.name) == Some(false),
    };
    cluster.api().list::<Node>().map(entrance).collect()
}

/// The pods that policies select, and in which direction. A policy isolates what it selects, whatever it allows.
fn shields(api: &ApiServer, wanted: &dyn Fn(&str) -> bool) -> Vec<Shield> {
    let mut found: Vec<Shield> = Vec::new();
    for policy in api.list::<NetworkPolicy>().filter(|p| wanted(&p.metadata.namespace)) {
        let is = |kind: &str| policy.spec.policy_types.iter().any(|t| &**t == kind);
        let id = owner::reference(orrery_api::Kind::NetworkPolicy, &policy.metadata);
        for pod in api.list_in::<Pod>(&policy.metadata.namespace) {
            if !policy.spec.pod_selector.matches(&pod.metadata.labels) {
                continue;
            }
            let at = found.iter().position(|s| s.pod == pod.metadata.uid).unwrap_or_else(|| {
                let pod = pod.metadata.uid.clone();
                found.push(Shield { pod, policies: Vec::new(), ingress: false, egress: false });
                found.len() - 1
            });
            let shield = &mut found[at];
            shield.policies.push(id.clone());
            shield.ingress |= is("Ingress");
            shield.egress |= is("Egress");
        }
    }
    found
}
