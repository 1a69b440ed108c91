//! The subsets of an Endpoints object: addresses that offer the same ports stand together
//! (upstream: `pkg/api/v1/endpoints`, `RepackSubsets`).

use super::membership;
use crate::pods;
use orrery_api::{EndpointAddress, EndpointPort, EndpointSubset, Kind, ObjectReference, Pod, Service};
use orrery_apimachinery::Order;
use std::rc::Rc;

/// No more addresses than this are listed.
const CAPACITY: usize = 1_000;

/// A pod behind the service.
struct Member<'a> {
    pod: &'a Pod,
    address: EndpointAddress,
    ready: bool,
}

/// The addresses of the pods that stand behind the service, by the ports that they offer.
pub(super) fn of(service: &Service, pods: &[Rc<Pod>]) -> Vec<EndpointSubset> {
    let members = members(service, pods);
    // A headless service may have no ports; its pods are listed all the same.
    let portless = service.spec.ports.is_empty() && service.spec.cluster_ip.as_deref() == Some("None");
    let mut offers: Vec<(Option<EndpointPort>, Vec<usize>)> = Vec::new();
    for (i, member) in members.iter().enumerate() {
        let ports = service.spec.ports.iter().filter_map(|port| membership::port(member.pod, port)).map(Some);
        for port in ports.chain(portless.then_some(None)) {
            match offers.iter_mut().find(|(known, _)| *known == port) {
                Some((_, who)) if who.last() == Some(&i) => {}
                Some((_, who)) => who.push(i),
                None => offers.push((port, vec![i])),
            }
        }
    }
    let mut groups: Vec<(Vec<EndpointPort>, Vec<usize>)> = Vec::new();
    for (port, who) in offers {
        match groups.iter_mut().find(|(_, known)| *known == who) {
            Some((ports, _)) => ports.extend(port),
            None => groups.push((port.into_iter().collect(), who)),
        }
    }
    groups.into_iter().map(|(ports, who)| subset(ports, who.iter().map(|i| &members[*i]))).collect()
}

/// The pods behind the service in the order of their addresses.
fn members<'a>(service: &Service, pods: &'a [Rc<Pod>]) -> Vec<Member<'a>> {
    let anyway = service.spec.publish_not_ready_addresses;
    let family = service.spec.ip_families.first().map_or("IPv4", |family| family);
    let listed = pods.iter().filter(|pod| membership::belongs(pod, anyway));
    let mut members: Vec<Member> = listed
        .filter_map(|pod| {
            let address = EndpointAddress {
                ip: membership::address(pod, family)?.clone(),
                hostname: membership::hostname(pod, service),
                node_name: pod.node_name.clone(),
                target_ref: Some(reference(pod)),
            };
            Some(Member { pod, address, ready: anyway || pods::is_ready(pod) })
        })
        .collect();
    members.order_by(|a, b| (&a.address.ip, &a.pod.metadata.uid).cmp(&(&b.address.ip, &b.pod.metadata.uid)));
    members
}

/// How endpoints refer to a pod.
pub(in super::super) fn reference(pod: &Pod) -> ObjectReference {
    ObjectReference {
        kind: Some(Kind::Pod.name().into()),
        namespace: Some(pod.metadata.namespace.clone()),
        name: Some(pod.metadata.name.clone()),
        uid: Some(pod.metadata.uid.clone()),
        ..Default::default()
    }
}

fn subset<'a>(mut ports: Vec<EndpointPort>, members: impl Iterator<Item = &'a Member<'a>>) -> EndpointSubset {
    let (ready, not_ready): (Vec<_>, Vec<_>) = members.partition(|member| member.ready);
    let addresses = |members: Vec<&Member>| members.into_iter().map(|m| m.address.clone()).collect();
    ports.order_by_key(port_hash);
    EndpointSubset { addresses: addresses(ready), not_ready_addresses: addresses(not_ready), ports }
}

/// What upstream orders ports by: the hash of their dump.
fn port_hash(port: &EndpointPort) -> [u8; 16] {
    let dump = format!(
        "(v1.EndpointPort){{Name:(string){} Port:(int32){} Protocol:(v1.Protocol){} AppProtocol:(*string){}}}",
        port.name.as_deref().unwrap_or_default(),
        port.port,
        port.protocol.as_deref().unwrap_or_default(),
        port.app_protocol.as_deref().unwrap_or("<nil>")
    );
    md5::compute(dump).0
}

/// Keeps as many addresses as an object may list, ready ones rather than others, shared among the
/// subsets by their sizes; true when some were left out (upstream: `truncateEndpoints`).
pub(super) fn truncate(mut subsets: Vec<EndpointSubset>) -> (Vec<EndpointSubset>, bool) {
    let ready: usize = subsets.iter().map(|s| s.addresses.len()).sum();
    let not_ready: usize = subsets.iter().map(|s| s.not_ready_addresses.len()).sum();
    if ready + not_ready <= CAPACITY {
        return (subsets, false);
    }
    let drop_ready = ready > CAPACITY;
    let (room, total) = if drop_ready { (CAPACITY, ready) } else { (CAPACITY - ready, not_ready) };
    let mut left = room;
    for subset in &mut subsets {
        if drop_ready {
            subset.not_ready_addresses.clear();
        }
        let list = if drop_ready { &mut subset.addresses } else { &mut subset.not_ready_addresses };
        list.truncate((list.len() * room).div_ceil(total).min(left));
        left -= list.len();
    }
    (subsets, true)
}
