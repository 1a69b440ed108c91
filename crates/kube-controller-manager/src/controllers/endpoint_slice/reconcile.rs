//! How the endpoints of a service are spread over slices so that few slices change
//! (upstream: `k8s.io/endpointslice/reconciler.go`).

use super::super::endpoints::membership;
use super::slice;
use orrery_api::endpoint_slice::EndpointPort;
use orrery_api::{Endpoint, EndpointSlice, Pod, Service};
use orrery_apimachinery::Str;
use orrery_client::ApiServer;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::rc::Rc;

/// How many endpoints a slice holds at most.
const MAX_ENDPOINTS: usize = 100;

/// What is to be written.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Slices without a name.
    pub create: Vec<EndpointSlice>,
    /// Slices with other content.
    pub update: Vec<EndpointSlice>,
    /// Slices that nobody needs.
    pub delete: Vec<Rc<EndpointSlice>>,
}

/// What makes an endpoint the same as before: its pod, its address and its name. A pod's own name comes
/// first, so that endpoints are added in that order.
type Identity = (Option<Str>, Option<Str>, Vec<Str>, Option<Str>);

type Endpoints = BTreeMap<Identity, Endpoint>;

fn identity(endpoint: &Endpoint) -> Identity {
    let pod = endpoint.target_ref.as_ref();
    let (name, uid) = (pod.and_then(|p| p.name.clone()), pod.and_then(|p| p.uid.clone()));
    (name, uid, endpoint.addresses.clone(), endpoint.hostname.clone())
}

/// Compares the slices of one family that are there with the pods that should be in them.
pub(super) fn plan(
    service: &Service,
    pods: &[Rc<Pod>],
    family: &Str,
    mut present: Vec<Rc<EndpointSlice>>,
    api: &ApiServer,
) -> Plan {
    let mut plan = Plan::default();
    let mut kept = false;
    for (ports, endpoints) in desired(service, pods, family, api) {
        let (same, others) = present.into_iter().partition(|slice| slice.ports == ports);
        present = others;
        kept |= fill(service, family, ports, endpoints, same, &mut plan);
    }
    plan.delete.extend(present);
    // A service that nobody stands behind keeps one empty slice.
    if !kept && plan.create.is_empty() && plan.update.is_empty() {
        let empty = slice::new(service, family, Vec::new());
        match plan.delete.as_slice() {
            [only] if is_placeholder(only, &empty) => plan.delete.clear(),
            _ => plan.create.push(empty),
        }
    }
    plan
}

fn is_placeholder(slice: &EndpointSlice, empty: &EndpointSlice) -> bool {
    slice.metadata.labels == empty.metadata.labels && slice.endpoints.is_empty() && slice.ports.is_empty()
}

/// The endpoints that should be there, by the ports that they offer.
fn desired(
    service: &Service,
    pods: &[Rc<Pod>],
    family: &str,
    api: &ApiServer,
) -> Vec<(Vec<EndpointPort>, Endpoints)> {
    let mut groups: Vec<(Vec<EndpointPort>, Endpoints)> = Vec::new();
    for pod in pods.iter().filter(|pod| membership::belongs(pod, true)) {
        let ports = slice::ports(pod, service);
        let group = match groups.iter().position(|(known, _)| *known == ports) {
            Some(group) => group,
            None => {
                groups.push((ports, Endpoints::new()));
                groups.len() - 1
            }
        };
        if let Some(endpoint) = slice::endpoint(pod, service, family, api) {
            groups[group].1.insert(identity(&endpoint), endpoint);
        }
    }
    for (ports, _) in &mut groups {
        ports.sort_by_cached_key(slice::port_hash);
    }
    groups
}

/// Brings the slices of one set of ports up to date: endpoints stay where they are, new ones go where
/// something changes anyway, then where they just fit, then into new slices. True when a slice stays
/// untouched (upstream: `reconcileByPortMapping`).
fn fill(
    service: &Service,
    family: &Str,
    ports: Vec<EndpointPort>,
    mut desired: Endpoints,
    present: Vec<Rc<EndpointSlice>>,
    plan: &mut Plan,
) -> bool {
    let labels = slice::labels(service);
    let (mut changed, mut unchanged) = (Vec::new(), Vec::new());
    for slice in present {
        let kept: Vec<Endpoint> =
            slice.endpoints.iter().filter_map(|e| desired.remove(&identity(e))).collect();
        let same = kept == slice.endpoints;
        if kept.is_empty() && !same {
            plan.delete.push(slice);
        } else if same && slice.metadata.labels == labels {
            unchanged.push(slice);
        } else {
            let mut slice = (*slice).clone();
            slice.endpoints = kept;
            slice.metadata.labels = labels.clone();
            changed.push(slice);
        }
    }
    changed.sort_by_key(|slice| Reverse(slice.endpoints.len()));
    changed.iter_mut().for_each(|slice| top_up(slice, &mut desired));
    while !desired.is_empty() {
        match best_fit(&unchanged, desired.len()) {
            Some(i) => {
                let mut slice = (*unchanged.remove(i)).clone();
                top_up(&mut slice, &mut desired);
                changed.push(slice);
            }
            None => {
                let mut slice = slice::new(service, family, ports.clone());
                top_up(&mut slice, &mut desired);
                plan.create.push(slice);
            }
        }
    }
    plan.update.extend(changed);
    !unchanged.is_empty()
}

fn top_up(slice: &mut EndpointSlice, desired: &mut Endpoints) {
    while slice.endpoints.len() < MAX_ENDPOINTS
        && let Some((_, endpoint)) = desired.pop_first()
    {
        slice.endpoints.push(endpoint);
    }
}

/// The slice that `count` more endpoints fill best, if they fit into one (upstream: `getSliceToFill`).
fn best_fit(slices: &[Rc<EndpointSlice>], count: usize) -> Option<usize> {
    let room = |slice: &Rc<EndpointSlice>| MAX_ENDPOINTS.checked_sub(count + slice.endpoints.len());
    let fitting = slices.iter().enumerate().filter_map(|(i, slice)| Some((room(slice)?, i)));
    fitting.min().map(|(_, i)| i)
}
