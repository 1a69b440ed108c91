//! Where a request can be sent from, and what can be asked for: the addresses that the cluster has by now.

use orrery_api::{Ingress, Node, Pod, Service};
use orrery_apiserver::ApiServer;
use orrery_cluster::Cluster;

use crate::scene::{ObjectRef, Text};

/// So many pods are offered, as who asks and as who is asked.
const PODS: usize = 40;

/// What a request can be made of.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Offers {
    /// Who can ask: `outside`, `node/NAME`, `pod/NAMESPACE/NAME`.
    pub origins: Vec<Text>,
    /// What can be asked for.
    pub targets: Vec<Target>,
}

/// An address that can be asked.
#[derive(Clone, PartialEq, Debug)]
pub struct Target {
    /// `http://web.default`.
    pub url: Text,
    /// What that is: `Service web`.
    pub what: Text,
    /// Whether it leads in from outside.
    pub outside: bool,
}

impl Offers {
    /// Those that who asks can expect an answer of.
    pub fn fitting(&self, origin: &str) -> impl Iterator<Item = &Target> {
        self.targets.iter().filter(move |target| target.outside == (origin == "outside"))
    }
}

/// Everything that can be asked for, by whom.
pub fn offers(cluster: &Cluster, namespace: Option<&str>) -> Offers {
    let api = cluster.api();
    let wanted = |ns: &str| namespace.is_none_or(|only| only == ns);
    let mut it = Offers { origins: vec!["outside".into()], targets: Vec::new() };
    for ingress in api.list::<Ingress>().filter(|i| wanted(&i.metadata.namespace)) {
        of_ingress(&mut it, ingress);
    }
    for service in api.list::<Service>().filter(|s| wanted(&s.metadata.namespace) && !is_own(s)) {
        of_service(&mut it, api, service);
    }
    for node in api.list::<Node>() {
        it.origins.push(text(&["node/", &node.metadata.name]));
    }
    let running = |p: &&std::rc::Rc<Pod>| wanted(&p.metadata.namespace) && p.status.pod_ip.is_some();
    for pod in api.list::<Pod>().filter(running).take(PODS) {
        let meta = &pod.metadata;
        it.origins.push(text(&["pod/", &meta.namespace, "/", &meta.name]));
        let port = pod.spec.containers.iter().flat_map(|c| &c.ports).next();
        if let (Some(port), Some(ip)) = (port, &pod.status.pod_ip) {
            let url = format!("http://{ip}{}", suffix(port.container_port));
            let what = text(&["Pod ", &meta.name]);
            it.targets.push(Target { url: url.as_str().into(), what, outside: false });
        }
    }
    it
}

/// A request about an object: to a Service or an Ingress, from a pod or a node to whatever is offered first.
pub(crate) fn about(cluster: &Cluster, id: &ObjectRef) -> Option<(Text, Text)> {
    let it = offers(cluster, Some(&id.namespace).filter(|ns| !ns.is_empty()).map(|ns| &**ns));
    let named = format!("{} {}", id.kind, id.name);
    match &*id.kind {
        "Service" | "Ingress" => {
            let to = it.targets.iter().find(|target| *target.what == *named)?;
            // A name of the cluster means something to those within alone.
            let pod = it.origins.iter().find(|o| !to.outside && o.starts_with("pod/"));
            Some((pod.cloned().unwrap_or_else(|| "outside".into()), to.url.clone()))
        }
        "Pod" => {
            let from = format!("pod/{}/{}", id.namespace, id.name);
            it.origins.iter().any(|o| **o == *from).then(|| (from.as_str().into(), "".into()))
        }
        "Node" => Some((text(&["node/", &id.name]), "".into())),
        _ => None,
    }
}

/// The API server's own Service speaks to those who have a token.
fn is_own(service: &Service) -> bool {
    &*service.metadata.namespace == "default" && &*service.metadata.name == "kubernetes"
}

fn text(parts: &[&str]) -> Text {
    parts.concat().as_str().into()
}

/// The port as it is written behind a host.
fn suffix(port: i32) -> String {
    if port == 80 { String::new() } else { format!(":{port}") }
}

fn of_ingress(it: &mut Offers, ingress: &Ingress) {
    let named = text(&["Ingress ", &ingress.metadata.name]);
    for rule in &ingress.spec.rules {
        let Some(host) = &rule.host else { continue };
        for path in rule.http.iter().flat_map(|http| &http.paths) {
            let host = host.replacen('*', "any", 1);
            let url = format!("http://{host}{}", path.path.as_deref().unwrap_or("/"));
            it.targets.push(Target { url: url.as_str().into(), what: named.clone(), outside: true });
        }
    }
}

fn of_service(it: &mut Offers, api: &ApiServer, service: &Service) {
    let (meta, spec) = (&service.metadata, &service.spec);
    let named = text(&["Service ", &meta.name]);
    let tcp = |protocol: &Option<orrery_apimachinery::Str>| protocol.as_deref().is_none_or(|p| p == "TCP");
    let mut add = |host: &str, port: i32, outside: bool| {
        let url = format!("http://{host}{}", suffix(port)).as_str().into();
        it.targets.push(Target { url, what: named.clone(), outside });
    };
    let given = &service.status.load_balancer.ingress;
    for port in spec.ports.iter().filter(|p| tcp(&p.protocol)) {
        for host in given.iter().filter_map(|i| i.ip.as_ref().or(i.hostname.as_ref())) {
            add(host, port.port, true);
        }
        if port.node_port != 0 {
            let node = api.list::<Node>().next();
            let inner = node.and_then(|n| n.status.addresses.iter().find(|a| &*a.type_ == "InternalIP"));
            inner.iter().for_each(|address| add(&address.address, port.node_port, true));
        }
        add(&format!("{}.{}", meta.name, meta.namespace), port.port, false);
    }
}
