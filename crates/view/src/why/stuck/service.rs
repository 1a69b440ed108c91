//! Why a Service leads nowhere, has no address, and why an Ingress does not lead on.

use orrery_api::{Deployment, EndpointSlice, Ingress, IngressBackend, IngressClass, Pod, Service};
use orrery_apimachinery::{IntOrString, StrMap};
use orrery_apiserver::ApiServer;
use orrery_cluster::Cluster;

use super::mend::{Mend, patch};
use super::pod::{pairs, unknown_port};
use super::{Reason, What, last_event};
use crate::service::of_service;
use crate::{owner, pod as pods};

pub(super) fn reasons(cluster: &Cluster, service: &Service, found: &mut Vec<Reason>) {
    let (api, meta, spec) = (cluster.api(), &service.metadata, &service.spec);
    if spec.type_.as_deref() == Some("LoadBalancer") && service.status.load_balancer.ingress.is_empty() {
        let says = last_event(cluster, meta, &["SyncLoadBalancerFailed", "AllocationFailed"]);
        found.push(Reason::new(What::LoadBalancer, []).saying(says));
    }
    if spec.type_.as_deref() == Some("ExternalName") {
        return;
    }
    if spec.selector.is_empty() {
        if !leads_somewhere(cluster, service) {
            found.push(Reason::new(What::NoSelector, []));
            almost(cluster, service, found);
        }
        return;
    }
    let chosen = api.pods_equal_to(&meta.namespace, &spec.selector);
    if chosen.is_empty() {
        let selector = pairs(&spec.selector);
        found.push(
            Reason::new(What::NoPods, [&selector])
                .command(format!("kubectl get pods{} --show-labels", super::flag(&meta.namespace))),
        );
        return almost(cluster, service, found);
    }
    if let Some((port, pod)) = chosen.iter().find_map(|pod| Some((unknown_port(service, pod)?, pod))) {
        let name = &pod.metadata.name;
        let reason = Reason::new(What::PortName, [port, &meta.name, name]);
        let reason = reason.about("Pod", &meta.namespace, name);
        found.push(Reason { mend: only_port(cluster, service, pod), ..reason });
    }
    if let Some(reason) = chosen.iter().find_map(|pod| other_port(cluster, service, pod)) {
        found.push(reason);
    }
    if !spec.publish_not_ready_addresses && !chosen.iter().any(|pod| pods::is_ready(pod)) {
        let mut reason = Reason::new(What::NoneReady, [&chosen.len().to_string()]);
        reason.about.extend(chosen.iter().take(3).map(|pod| pods::id(pod)));
        found.push(reason);
    }
}

/// The workload whose pods were meant: one of the same name, or one that shares a label's key or value.
fn almost(cluster: &Cluster, service: &Service, found: &mut Vec<Reason>) {
    let (meta, selector) = (&service.metadata, &service.spec.selector);
    let here = |object: &&orrery_api::Object| {
        object.metadata().namespace == meta.namespace && owner::template(object).is_some()
    };
    let shares = |object: &orrery_api::Object| {
        let labels = owner::template(object).map(|template| &template.metadata.labels);
        labels.is_some_and(|labels| {
            selector.iter().any(|(k, v)| labels.iter().any(|(key, value)| key == k || value == v))
        })
    };
    let candidates: Vec<_> = owner::tops(cluster.api()).filter(here).collect();
    let named = candidates.iter().find(|object| object.metadata().name == meta.name);
    let Some(meant) = named.or_else(|| candidates.iter().find(|object| shares(object))) else { return };
    let Some(template) = owner::template(meant) else { return };
    let title = format!("{}/{}", meant.kind().name(), meant.metadata().name);
    let mut reason = Reason::new(What::AlmostLabels, [&title, &pairs(&template.metadata.labels)]);
    reason.about.push(owner::id(meant));
    found.push(reason.mend(select(service, &template.metadata.labels)));
}

/// The command that lets a Service look for labels.
pub(super) fn select(service: &Service, labels: &StrMap) -> String {
    let meta = &service.metadata;
    let known = labels.iter().filter(|(key, _)| !key.contains("hash") && !key.contains('/'));
    let pairs: Vec<String> = known.map(|(key, value)| format!("{key}={value}")).collect();
    format!("kubectl set selector service {}{} {}", meta.name, super::flag(&meta.namespace), pairs.join(","))
}

/// The ports on which containers of a pod listen; as long as none has done anything with the network, those that the pod
/// states.
fn listens(cluster: &Cluster, pod: &Pod) -> Vec<u16> {
    let (namespace, name, now) = (&pod.metadata.namespace, &pod.metadata.name, cluster.now());
    let kubelet = pod.node_name.as_ref().and_then(|node| cluster.kubelet(node));
    let facts = kubelet.map(|kubelet| kubelet.containers(cluster.api(), namespace, name, now));
    let mut ports: Vec<u16> = facts.unwrap_or_default().iter().flat_map(|it| it.listens.clone()).collect();
    if ports.is_empty() {
        let stated = pod.spec.containers.iter().flat_map(|c| &c.ports);
        ports.extend(stated.filter_map(|port| u16::try_from(port.container_port).ok()));
    }
    ports.sort_unstable();
    ports.dedup();
    ports
}

/// The command that leads the first port of a Service to the only port on which a pod listens.
pub(super) fn only_port(cluster: &Cluster, service: &Service, pod: &Pod) -> Option<Mend> {
    let [port] = listens(cluster, pod)[..] else { return None };
    let meta = &service.metadata;
    let patch = format!(r#"[{{"op":"replace","path":"/spec/ports/0/targetPort","value":{port}}}]"#);
    let there = super::flag(&meta.namespace);
    Some(Mend::Command(format!("kubectl patch service {}{there} --type=json -p '{patch}'", meta.name).into()))
}

/// Why a pod that is ready does not answer on the port that a Service leads to.
fn other_port(cluster: &Cluster, service: &Service, pod: &Pod) -> Option<Reason> {
    let listens = listens(cluster, pod);
    let leads = |port: &orrery_api::ServicePort| match port.target_port {
        IntOrString::Int(target) => u16::try_from(target).ok().filter(|target| !listens.contains(target)),
        IntOrString::String(_) => None,
    };
    let target = service.spec.ports.iter().find_map(leads).filter(|_| pods::is_ready(pod))?;
    if listens.is_empty() {
        return None;
    }
    let own: Vec<String> = listens.iter().map(u16::to_string).collect();
    let own = own.join(", ");
    let reason = Reason::new(What::OtherPort, [&target.to_string(), &pod.metadata.name, &own]);
    let reason = reason.about("Pod", &pod.metadata.namespace, &pod.metadata.name);
    Some(Reason { mend: only_port(cluster, service, pod), ..reason })
}

pub(super) fn of_ingress(cluster: &Cluster, ingress: &Ingress, found: &mut Vec<Reason>) {
    let (api, namespace) = (cluster.api(), &ingress.metadata.namespace);
    let class = ingress.spec.ingress_class_name.as_deref();
    let served = class.is_some_and(|class| api.get::<IngressClass>("", class).is_some());
    if !served && ingress.status.load_balancer.ingress.is_empty() {
        let installed = api.list::<IngressClass>().next();
        let line = match installed {
            Some(class) => {
                patch(ingress, &format!(r#"{{"spec":{{"ingressClassName":"{}"}}}}"#, class.metadata.name))
            }
            None => "minikube addons enable ingress".into(),
        };
        found.push(Reason::new(What::NoIngressController, [class.unwrap_or("–")]).mend(line));
    }
    let paths = ingress.spec.rules.iter().filter_map(|rule| rule.http.as_ref()).flat_map(|http| &http.paths);
    let backends = paths.map(|path| &path.backend).chain(&ingress.spec.default_backend);
    for backend in backends.filter_map(|backend: &IngressBackend| backend.service.as_ref()) {
        let name = &backend.name;
        let reason = match api.get::<Service>(namespace, name) {
            None => missing_backend(api, namespace, backend),
            Some(service) => {
                let (port, number) = (&backend.port.name, backend.port.number);
                let known =
                    |p: &orrery_api::ServicePort| p.port == number || port.is_some() && p.name == *port;
                let shown = port.as_deref().map_or_else(|| number.to_string(), str::to_owned);
                if !service.spec.ports.iter().any(known) {
                    Reason::new(What::NoBackendPort, [name, &shown]).about("Service", namespace, name)
                } else if !leads_somewhere(cluster, service) {
                    Reason::new(What::EmptyBackend, [name]).about("Service", namespace, name)
                } else {
                    continue;
                }
            }
        };
        if !found.contains(&reason) {
            found.push(reason);
        }
    }
}

/// A Service that is not there; the workload of its name can be exposed.
fn missing_backend(api: &ApiServer, namespace: &str, backend: &orrery_api::IngressServiceBackend) -> Reason {
    let reason = Reason::new(What::NoBackend, [&backend.name]);
    match api.get::<Deployment>(namespace, &backend.name) {
        Some(_) if backend.port.number > 0 => {
            let there = super::flag(namespace);
            let line =
                format!("kubectl expose deployment {}{there} --port={}", backend.name, backend.port.number);
            reason.mend(line)
        }
        _ => reason,
    }
}

fn leads_somewhere(cluster: &Cluster, service: &Service) -> bool {
    let slices = cluster.api().list_in::<EndpointSlice>(&service.metadata.namespace);
    let mut endpoints = slices.filter(|slice| of_service(slice, service)).flat_map(|slice| &slice.endpoints);
    service.spec.type_.as_deref() == Some("ExternalName")
        || endpoints.any(|endpoint| endpoint.conditions.ready != Some(false))
}
