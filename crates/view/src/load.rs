//! Steady loads: how many requests were sent, what became of them, and how they spread over pods.

use orrery_api::{Ingress, Node, Service};
use orrery_apiserver::ApiServer;
use orrery_cluster::{Cluster, LoadStatus, Origin};

use crate::journey::{Failure, Place};
use crate::scene::{ObjectRef, Text};

/// A steady load.
#[derive(Clone, PartialEq, Debug)]
pub struct Stream {
    /// Its name.
    pub name: Text,
    /// Who asks.
    pub from: Place,
    /// What for.
    pub url: Text,
    /// Thousandths of a request in a second.
    pub per_second_milli: u64,
    /// Whether it is on.
    pub on: bool,
    /// Requests that were sent.
    pub sent: u64,
    /// Requests that wait for their answer.
    pub in_flight: u64,
    /// How many were answered, by status.
    pub answered: Vec<(u16, u64)>,
    /// How many were not, and why.
    pub failed: Vec<(Failure, u64)>,
    /// How many came to nothing.
    pub errors: u64,
    /// Half of the answers took at most so many microseconds, and all but one in a hundred.
    pub latency: (u64, u64),
    /// What stands between who asks and the pods, as the address tells.
    pub via: Vec<Place>,
    /// Where they went.
    pub pods: Vec<Share>,
}

/// The part of a load that went to a pod.
#[derive(Clone, PartialEq, Debug)]
pub struct Share {
    /// The pod.
    pub pod: ObjectRef,
    /// Answered by it.
    pub answered: u64,
    /// Lost on it.
    pub failed: u64,
    /// Whether the pod is still there.
    pub there: bool,
}

/// All loads, in the order in which they were turned on.
pub fn streams(cluster: &Cluster) -> Vec<Stream> {
    cluster.loads().into_iter().map(|status| stream(cluster, status)).collect()
}

fn stream(cluster: &Cluster, status: LoadStatus) -> Stream {
    let errors = status.errors();
    let share = |share: &orrery_cluster::PodShare| Share {
        pod: ObjectRef { kind: "Pod".into(), namespace: share.namespace.clone(), name: share.name.clone() },
        answered: share.answered,
        failed: share.failed,
        there: cluster.api().get::<orrery_api::Pod>(&share.namespace, &share.name).is_some(),
    };
    Stream {
        pods: status.pods.iter().map(share).collect(),
        via: via(cluster, &status),
        from: status.load.from.place(),
        name: status.load.name,
        url: status.load.url,
        per_second_milli: status.load.per_second_milli,
        on: status.stopped.is_none(),
        sent: status.sent,
        in_flight: status.in_flight,
        answered: status.answered,
        failed: status.failed,
        errors,
        latency: (status.latency.p50_micros, status.latency.p99_micros),
    }
}

/// What a request for this address comes by on its way to a pod.
fn via(cluster: &Cluster, status: &LoadStatus) -> Vec<Place> {
    let api = cluster.api();
    let rest = status.load.url.split_once("://").map_or(&*status.load.url, |(_, rest)| rest);
    let host = rest.split('/').next().unwrap_or_default();
    let (host, port) = host.split_once(':').unwrap_or((host, "80"));
    let port: i32 = port.parse().unwrap_or(80);
    let home = match &status.load.from {
        Origin::Pod { namespace, .. } => &**namespace,
        _ => "default",
    };
    let node = node_of(api, host);
    for service in api.list::<Service>() {
        let (meta, spec) = (&service.metadata, &service.spec);
        let given = &service.status.load_balancer.ingress;
        let balanced =
            given.iter().any(|i| i.ip.as_deref() == Some(host) || i.hostname.as_deref() == Some(host));
        let named =
            is_name_of(host, &meta.name, &meta.namespace, home) || spec.cluster_ip.as_deref() == Some(host);
        let place = |port| Place::Service(meta.namespace.clone(), meta.name.clone(), port);
        if let (Some(node), Some(open)) =
            (&node, spec.ports.iter().find(|p| p.node_port == port && port != 0))
        {
            return vec![Place::Node(node.clone()), place(open.port)];
        }
        if balanced {
            return vec![Place::LoadBalancer(host.into()), place(port)];
        }
        if named {
            return vec![place(port)];
        }
    }
    ingress_of(api, host).into_iter().collect()
}

fn node_of(api: &ApiServer, host: &str) -> Option<Text> {
    let has = |node: &&std::rc::Rc<Node>| node.status.addresses.iter().any(|a| &*a.address == host);
    api.list::<Node>().find(has).map(|node| node.metadata.name.clone())
}

/// Whether a name means a Service: alone in its own namespace, or with it.
fn is_name_of(host: &str, name: &str, namespace: &str, home: &str) -> bool {
    let Some(rest) = host.strip_prefix(name) else { return false };
    match rest.strip_prefix('.') {
        None => rest.is_empty() && namespace == home,
        Some(rest) => rest.split('.').next() == Some(namespace),
    }
}

fn ingress_of(api: &ApiServer, host: &str) -> Option<Place> {
    let has = |ingress: &&std::rc::Rc<Ingress>| {
        ingress.spec.rules.iter().any(|rule| rule.host.as_deref() == Some(host))
    };
    let meta = &api.list::<Ingress>().find(has)?.metadata;
    Some(Place::Ingress(meta.namespace.clone(), meta.name.clone()))
}
