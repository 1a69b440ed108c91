//! The endpoints behind a port of a Service, to which the controller goes directly, in turn (upstream:
//! `serviceEndpoints`, `getEndpoints`, and `balancer/round_robin.lua`).

use crate::dns::{SERVICE_NAME, lookup};
use orrery_api::{EXTERNAL_NAME, EndpointSlice, Service, ServicePort};
use orrery_apimachinery::{Order, Str};
use orrery_client::ApiServer;
use orrery_container_runtime::{Route, Target};
use std::collections::BTreeMap;

/// Whose turn it is, for each upstream by its name.
pub type Balancers = BTreeMap<Str, u64>;

/// Where requests for a port of a Service go: its namespace, its name, and the port as the Ingress writes it.
pub(super) fn backend(
    api: &ApiServer,
    (namespace, name, port): (&Str, &Str, &Str),
    path: &str,
    balancers: &mut Balancers,
) -> (String, Route) {
    let title = format!("Service {namespace}/{name}, port {port}");
    let (what, mut targets) = match api.get::<Service>(namespace, name) {
        None => (format!("{title}: there is no such Service. The controller answers 503."), Vec::new()),
        Some(service) => endpoints(api, service, port, &title),
    };
    let upstream: Str = [namespace, "-", name, "-", port].concat().into();
    if !targets.is_empty() {
        let turn = balancers.entry(upstream.clone()).or_default();
        let first = (*turn % targets.len() as u64) as usize;
        targets.rotate_left(first);
        *turn += 1;
    }
    (what, Route::Backend { name: upstream, targets, path: path.into() })
}

/// The endpoints that are ready, in order, and a sentence about them.
fn endpoints(api: &ApiServer, service: &Service, port: &str, title: &str) -> (String, Vec<Target>) {
    let mut targets = Vec::new();
    if service.spec.type_.as_deref() == Some(EXTERNAL_NAME) {
        let alias = service.spec.external_name.as_deref().unwrap_or_default();
        let port = port.parse::<u16>().unwrap_or(80);
        targets.extend(lookup(api, alias, true).into_iter().map(|address| Target { address, port }));
        return (format!("{title} is an alias of {alias}: the controller asks that."), targets);
    }
    // The number may be the Service's or the endpoints'; without one it is the first.
    let means = |own: &&ServicePort| {
        port.is_empty()
            || own.port.to_string() == port
            || own.target_port.to_string() == port
            || own.name.as_deref() == Some(port)
    };
    let Some(own) = service.spec.ports.iter().find(means) else {
        return (format!("{title}: the Service has no such port. The controller answers 503."), targets);
    };
    let meta = &service.metadata;
    for slice in api.list_in::<EndpointSlice>(&meta.namespace) {
        if slice.metadata.labels.get(SERVICE_NAME) != Some(&meta.name) {
            continue;
        }
        let named = |name: &Option<Str>| {
            name.as_deref().unwrap_or_default() == own.name.as_deref().unwrap_or_default()
        };
        let number = slice.ports.iter().find(|p| named(&p.name)).and_then(|p| u16::try_from(p.port?).ok());
        let Some(port) = number else { continue };
        for endpoint in slice.endpoints.iter().filter(|e| e.conditions.ready != Some(false)) {
            let addresses = endpoint.addresses.iter().filter_map(|address| address.parse().ok());
            targets.extend(addresses.map(|address| Target { address, port }));
        }
    }
    targets.order_by_key(|target| (target.address, target.port));
    targets.dedup();
    let what = match targets.len() {
        0 => format!("{title} has no endpoint that is ready. The controller answers 503."),
        1 => format!("{title}: the controller goes to its one endpoint that is ready."),
        count => format!(
            "{title}: the controller goes to its {count} endpoints in turn, past the Service's address."
        ),
    };
    (what, targets)
}
