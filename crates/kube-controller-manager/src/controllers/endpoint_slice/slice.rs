//! What one slice is made of (upstream: `k8s.io/endpointslice/utils.go`).

use super::super::endpoints::membership::{self, HEADLESS, LAST_CHANGE};
use crate::{owners, pods};
use orrery_api::endpoint_slice::EndpointPort;
use orrery_api::{Endpoint, EndpointConditions, EndpointSlice, Node, ObjectReference, Pod, Service};
use orrery_apimachinery::{ObjectMeta, Str, StrMap, Time};
use orrery_client::ApiServer;

/// The label that names the service.
pub(in super::super) const SERVICE_NAME: &str = "kubernetes.io/service-name";
/// The label that says who keeps the slice up to date.
pub(in super::super) const MANAGED_BY: &str = "endpointslice.kubernetes.io/managed-by";
/// Who keeps the slices of services that select pods up to date.
pub(super) const MANAGER: &str = "endpointslice-controller.k8s.io";
const ZONE: &str = "topology.kubernetes.io/zone";

/// Whether the slice is kept up to date by `manager`.
pub(in super::super) fn is_managed(slice: &EndpointSlice, manager: &str) -> bool {
    slice.metadata.labels.get(MANAGED_BY).is_some_and(|by| &**by == manager)
}

/// An empty slice of the service.
pub(super) fn new(service: &Service, family: &Str, ports: Vec<EndpointPort>) -> EndpointSlice {
    let metadata = ObjectMeta {
        namespace: service.metadata.namespace.clone(),
        generate_name: Some(format!("{}-", service.metadata.name).into()),
        labels: labels(service),
        owner_references: vec![owners::controller_reference(service)],
        ..Default::default()
    };
    EndpointSlice { metadata, address_type: family.clone(), endpoints: Vec::new(), ports }
}

/// The labels of the service's slices: its own and those that say whose they are.
pub(super) fn labels(service: &Service) -> StrMap {
    let mut labels = service.metadata.labels.clone();
    labels.remove(HEADLESS);
    if membership::is_headless(service) {
        labels.insert(HEADLESS, "");
    }
    labels.insert(SERVICE_NAME, service.metadata.name.clone());
    labels.insert(MANAGED_BY, MANAGER);
    labels
}

/// Notes the date of the change that led to the write.
pub(super) fn note_time(meta: &mut ObjectMeta, time: Option<Time>) {
    match time {
        Some(time) => drop(meta.annotations.insert(LAST_CHANGE, time.to_string())),
        None => drop(meta.annotations.remove(LAST_CHANGE)),
    }
}

/// The pod as an endpoint of the service. `None` when it has no address of the family, or when its node is
/// gone: then the pod goes, too.
pub(super) fn endpoint(pod: &Pod, service: &Service, family: &str, api: &ApiServer) -> Option<Endpoint> {
    let node = pod.node_name.as_ref().and_then(|name| api.get::<Node>("", name));
    let anyway = service.spec.publish_not_ready_addresses;
    if node.is_none() && !anyway {
        return None;
    }
    let (serving, terminating) = (pods::is_ready(pod), pod.metadata.terminating());
    Some(Endpoint {
        addresses: vec![membership::address(pod, family)?.clone()],
        conditions: EndpointConditions {
            ready: Some(anyway || (serving && !terminating)),
            serving: Some(serving),
            terminating: Some(terminating),
        },
        hostname: membership::hostname(pod, service),
        node_name: pod.node_name.clone(),
        target_ref: Some(reference(pod)),
        zone: node.and_then(|node| node.metadata.labels.get(ZONE)).filter(|zone| !zone.is_empty()).cloned(),
        ..Default::default()
    })
}

fn reference(pod: &Pod) -> ObjectReference {
    super::super::endpoints::reference(pod)
}

/// The ports that the pod offers behind the service, in the service's order. Names and protocols are told
/// even when they are empty.
pub(super) fn ports(pod: &Pod, service: &Service) -> Vec<EndpointPort> {
    let offered = service.spec.ports.iter().filter_map(|port| membership::port(pod, port));
    offered.map(port).collect()
}

/// A port of Endpoints as slices tell it.
pub(in super::super) fn port(port: orrery_api::EndpointPort) -> EndpointPort {
    EndpointPort {
        name: Some(port.name.unwrap_or_else(|| "".into())),
        protocol: Some(port.protocol.unwrap_or_else(|| "".into())),
        port: Some(port.port),
        app_protocol: port.app_protocol,
    }
}

/// What upstream orders ports by: the hash of their dump.
pub(in super::super) fn port_hash(port: &EndpointPort) -> [u8; 16] {
    let dump = format!(
        "(v1.EndpointPort){{Name:(*string){} Protocol:(*v1.Protocol){} Port:(*int32){} AppProtocol:(*string){}}}",
        port.name.as_deref().unwrap_or("<nil>"),
        port.protocol.as_deref().unwrap_or("<nil>"),
        port.port.unwrap_or(0),
        port.app_protocol.as_deref().unwrap_or("<nil>")
    );
    md5::compute(dump).0
}
