//! Why a Service leads nowhere, has no address, and why an Ingress does not lead on.

use orrery_api::{EndpointSlice, Ingress, IngressBackend, IngressClass, Service};
use orrery_cluster::Cluster;

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
    if spec.selector.is_empty() || spec.type_.as_deref() == Some("ExternalName") {
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
        found.push(reason.about("Pod", &meta.namespace, name));
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
    found.push(reason);
}

pub(super) fn of_ingress(cluster: &Cluster, ingress: &Ingress, found: &mut Vec<Reason>) {
    let (api, namespace) = (cluster.api(), &ingress.metadata.namespace);
    let class = ingress.spec.ingress_class_name.as_deref();
    let served = class.is_some_and(|class| api.get::<IngressClass>("", class).is_some());
    if !served && ingress.status.load_balancer.ingress.is_empty() {
        found.push(Reason::new(What::NoIngressController, [class.unwrap_or_default()]));
    }
    let paths = ingress.spec.rules.iter().filter_map(|rule| rule.http.as_ref()).flat_map(|http| &http.paths);
    let backends = paths.map(|path| &path.backend).chain(&ingress.spec.default_backend);
    for backend in backends.filter_map(|backend: &IngressBackend| backend.service.as_ref()) {
        let name = &backend.name;
        let reason = match api.get::<Service>(namespace, name) {
            None => Reason::new(What::NoBackend, [name]),
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

fn leads_somewhere(cluster: &Cluster, service: &Service) -> bool {
    let slices = cluster.api().list_in::<EndpointSlice>(&service.metadata.namespace);
    let mut endpoints = slices.filter(|slice| of_service(slice, service)).flat_map(|slice| &slice.endpoints);
    service.spec.type_.as_deref() == Some("ExternalName")
        || endpoints.any(|endpoint| endpoint.conditions.ready != Some(false))
}
