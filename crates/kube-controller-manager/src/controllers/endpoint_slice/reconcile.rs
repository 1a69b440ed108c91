//! How the endpoints of a service are spread over slices so that few slices change
//! (upstream: `k8s.io/endpointslice/reconciler.go`).

use super::super::endpoints::membership;
use super::slice;
use crate::namespaces;
use orrery_api::endpoint_slice::EndpointPort;
use orrery_api::{Endpoint, EndpointSlice, Kind, Pod, Service};
use orrery_apimachinery::Order;
use orrery_apimachinery::{ObjectMeta, Status, StatusResult, Str};
use orrery_client::{ApiServer, Context, DeleteOptions, Key};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::rc::Rc;

/// How many endpoints a slice holds at most.
const MAX_ENDPOINTS: usize = 100;

/// What is to be written.
#[derive(Debug, Default)]
pub(in super::super) struct Plan {
    /// Slices without a name.
    pub create: Vec<EndpointSlice>,
    /// Slices with other content.
    pub update: Vec<EndpointSlice>,
    /// Slices that nobody needs.
    pub delete: Vec<Rc<EndpointSlice>>,
    /// Slices that stay as they are.
    pub unchanged: Vec<Rc<EndpointSlice>>,
}

/// What makes an endpoint the same as before: its pod, its address and its name. A pod's own name comes
/// first, so that endpoints are added in that order.
pub(in super::super) type Identity = (Option<Str>, Option<Str>, Vec<Str>, Option<Str>);

/// Endpoints by what they are.
pub(in super::super) type Endpoints = BTreeMap<Identity, Endpoint>;

/// What makes the endpoint the same as before.
pub(in super::super) fn identity(endpoint: &Endpoint) -> Identity {
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
    for (ports, endpoints) in desired(service, pods, family, api) {
        let (same, others) = present.into_iter().partition(|slice| slice.ports == ports);
        present = others;
        plan.fill(&slice::new(service, family, ports), endpoints, same);
    }
    plan.delete.extend(present);
    // A service that nobody stands behind keeps one empty slice.
    if plan.unchanged.is_empty() && plan.create.is_empty() && plan.update.is_empty() {
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
        ports.order_by_key(slice::port_hash);
    }
    groups
}

impl Plan {
    /// Brings the slices that are `present` for one set of ports up to date: endpoints stay where they are,
    /// new ones go where something changes anyway, then where they just fit, then into new slices, which
    /// start as `model` (upstream: `reconcileByPortMapping`).
    pub(in super::super) fn fill(
        &mut self,
        model: &EndpointSlice,
        mut desired: Endpoints,
        present: Vec<Rc<EndpointSlice>>,
    ) {
        let (mut changed, mut unchanged) = (Vec::new(), Vec::new());
        for slice in present {
            let kept: Vec<Endpoint> =
                slice.endpoints.iter().filter_map(|e| keep(e, desired.remove(&identity(e))?)).collect();
            let same = kept == slice.endpoints;
            if kept.is_empty() && !same {
                self.delete.push(slice);
            } else if same && slice.metadata.labels == model.metadata.labels {
                unchanged.push(slice);
            } else {
                let mut slice = (*slice).clone();
                slice.endpoints = kept;
                slice.metadata.labels = model.metadata.labels.clone();
                changed.push(slice);
            }
        }
        changed.order_by_key(|slice| Reverse(slice.endpoints.len()));
        changed.iter_mut().for_each(|slice| top_up(slice, &mut desired));
        while !desired.is_empty() {
            let fitting = best_fit(&unchanged, desired.len()).map(|i| (*unchanged.remove(i)).clone());
            let mut slice = fitting.unwrap_or_else(|| model.clone());
            top_up(&mut slice, &mut desired);
            if slice.metadata.name.is_empty() { self.create.push(slice) } else { changed.push(slice) }
        }
        self.update.extend(changed);
        self.unchanged.extend(unchanged);
    }

    /// Writes what was planned for the object with `meta`, of the kind `of`. A slice that is to be created takes
    /// the place of one that is to be deleted (upstream: `finalize`).
    pub(in super::super) fn carry_out(
        mut self,
        meta: &ObjectMeta,
        of: &str,
        cx: &mut Context<'_>,
    ) -> StatusResult<()> {
        while let Some(mut slice) = self.create.pop_if(|_| !self.delete.is_empty()) {
            slice.metadata.name = self.delete.remove(0).metadata.name.clone();
            self.update.push(slice);
        }
        let failed = |doing: &str, status: Status| {
            let message =
                format!("failed to {doing}EndpointSlice for {of} {}/{}: {status}", meta.namespace, meta.name);
            Status { message, ..status }
        };
        for slice in self.create {
            match cx.create(slice) {
                Err(_) if namespaces::is_going(&meta.namespace, cx.api()) => return Ok(()),
                outcome => outcome.map_err(|status| failed("create ", status))?,
            };
        }
        for slice in self.update {
            let name = slice.metadata.name.clone();
            let written = cx.modify::<EndpointSlice>(&meta.namespace, &name, |present| {
                present.metadata.labels = slice.metadata.labels;
                present.metadata.annotations = slice.metadata.annotations;
                present.endpoints = slice.endpoints;
                present.ports = slice.ports;
            });
            written.map_err(|status| failed(&format!("update {name} "), status))?;
        }
        self.delete.iter().try_for_each(|slice| delete(slice, cx))
    }
}

/// The endpoint as it should be; one that is right already keeps its hints.
fn keep(present: &Endpoint, mut desired: Endpoint) -> Option<Endpoint> {
    desired.hints.clone_from(&present.hints);
    if desired != *present {
        desired.hints = None;
    }
    Some(desired)
}

/// Deletes a slice that may be gone already.
pub(super) fn delete(slice: &EndpointSlice, cx: &mut Context<'_>) -> StatusResult<()> {
    let key = Key::new(Kind::EndpointSlice, slice.metadata.namespace.clone(), slice.metadata.name.clone());
    match cx.delete(&key, &DeleteOptions::default()) {
        Err(status) if !Status::is_not_found(&status) => Err(status),
        _ => Ok(()),
    }
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
