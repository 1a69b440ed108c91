//! Mirrors Endpoints that people keep for services without a selector into EndpointSlices
//! (upstream: `pkg/controller/endpointslicemirroring`).

use super::endpoint_slice::reconcile::{Endpoints as Desired, Plan, identity};
use super::endpoint_slice::slice;
use crate::{Action, Controller, Wake, owners};
use orrery_api::endpoint_slice::EndpointPort;
use orrery_api::{
    Endpoint, EndpointAddress, EndpointConditions, EndpointSlice, EndpointSubset, Endpoints, Kind, Object,
    Resource, Service,
};
use orrery_apimachinery::Order;
use orrery_apimachinery::{ObjectMeta, StatusResult, Str};
use orrery_client::{ApiServer, Backoff, Change, Context, EventType, Key, Op};
use orrery_sim::Duration;
use std::rc::Rc;

const MANAGER: &str = "endpointslicemirroring-controller.k8s.io";
const SKIP: &str = "endpointslice.kubernetes.io/skip-mirror";
const LEADER: &str = "control-plane.alpha.kubernetes.io/leader";
/// Annotations that are not taken over.
const NOT_COPIED: [&str; 2] =
    ["kubectl.kubernetes.io/last-applied-configuration", "endpoints.kubernetes.io/last-change-trigger-time"];
/// No more addresses of a subset are mirrored.
const MAX_ENDPOINTS: usize = 1_000;

/// The controller; it remembers nothing.
#[derive(Clone, Debug, Default)]
pub struct EndpointSliceMirroringController;

impl Controller for EndpointSliceMirroringController {
    const NAME: &'static str = "endpoint-slice-mirroring-controller";

    /// Upstream: `defaultSyncBackOff`, `maxSyncBackOff`.
    const RETRY: Backoff = Backoff { base: Duration::from_secs(1), cap: Duration::from_secs(100) };

    const TRIES: u32 = 15;

    fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake) {
        let meta = change.value.metadata();
        let endpoints = |name: &Str| Key::new(Kind::Endpoints, meta.namespace.clone(), name.clone());
        match &change.value {
            Object::Endpoints(_) | Object::Service(_) => wake.key(endpoints(&meta.name)),
            Object::EndpointSlice(slice) if slice::is_managed(slice, MANAGER) && change.op != Op::Added => {
                let own = api.write(change.revision).is_some_and(|write| &*write.actor == Self::NAME);
                if let Some(name) = meta.labels.get(slice::SERVICE_NAME).filter(|_| !own) {
                    wake.key(endpoints(name));
                }
            }
            _ => {}
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        // The garbage collector deletes the mirror of Endpoints that are gone.
        let Some(endpoints) = cx.get::<Endpoints>(&key.namespace, &key.name) else {
            return Ok(Action::AwaitChange);
        };
        let mut present = slices(&endpoints, cx.api());
        let mut plan = Plan::default();
        if is_mirrored(&endpoints, cx.api()) {
            warn_of_skipped(&endpoints, cx);
            for (model, desired) in groups(&endpoints) {
                let fits =
                    |s: &Rc<EndpointSlice>| s.ports == model.ports && s.address_type == model.address_type;
                let (same, others) = present.into_iter().partition(fits);
                present = others;
                mirror(&mut plan, model, desired, same);
            }
        }
        if endpoints.metadata.terminating() {
            plan.create.clear();
        }
        plan.delete.extend(present);
        plan.carry_out(&endpoints.metadata, "Endpoints", cx)?;
        Ok(Action::AwaitChange)
    }
}

/// Tells of addresses that are left out because their subset has too many.
fn warn_of_skipped(endpoints: &Endpoints, cx: &mut Context<'_>) {
    let mut skipped = 0;
    for subset in &endpoints.subsets {
        let addresses = subset.addresses.len() + subset.not_ready_addresses.len();
        skipped += addresses.saturating_sub(MAX_ENDPOINTS);
    }
    if skipped > 0 {
        let message = format!(
            "A max of {MAX_ENDPOINTS} addresses can be mirrored to EndpointSlices per Endpoints subset. {skipped} addresses were skipped"
        );
        cx.event(endpoints, EventType::Warning, "TooManyAddressesToMirror", message);
    }
}

/// Plans the one slice that mirrors the endpoints of one set of ports and one family: the first of those that
/// are there, or a new one (upstream: `reconcileByPortMapping`).
fn mirror(plan: &mut Plan, mut model: EndpointSlice, desired: Desired, same: Vec<Rc<EndpointSlice>>) {
    let mut same = same.into_iter();
    let first = same.next();
    plan.delete.extend(same);
    if let Some(first) = &first {
        let mut known = Desired::new();
        for endpoint in &first.endpoints {
            known.insert(identity(endpoint), endpoint.clone());
        }
        let (meta, wanted) = (&first.metadata, &model.metadata);
        if known == desired && meta.labels == wanted.labels && meta.annotations == wanted.annotations {
            return;
        }
        model.metadata.name = meta.name.clone();
    }
    model.endpoints = desired.into_values().take(MAX_ENDPOINTS).collect();
    if first.is_some() { plan.update.push(model) } else { plan.create.push(model) }
}

/// Whether the Endpoints belong to a service that selects no pods, and nobody forbids it.
fn is_mirrored(endpoints: &Endpoints, api: &ApiServer) -> bool {
    let meta = &endpoints.metadata;
    let skipped =
        meta.labels.get(SKIP).is_some_and(|v| &**v == "true") || meta.annotations.contains_key(LEADER);
    let service = api.get::<Service>(&meta.namespace, &meta.name);
    !skipped && service.is_some_and(|s| s.spec.selector.is_empty())
}

fn slices(endpoints: &Endpoints, api: &ApiServer) -> Vec<Rc<EndpointSlice>> {
    let keys = api.dependents(&endpoints.metadata.uid).filter(|key| key.kind == Kind::EndpointSlice);
    let slices = keys.filter_map(|key| api.object(key)).filter_map(EndpointSlice::unwrap_ref);
    slices.filter(|slice| slice::is_managed(slice, MANAGER)).cloned().collect()
}

/// The endpoints by ports and family, each with an empty slice for them.
fn groups(endpoints: &Endpoints) -> Vec<(EndpointSlice, Desired)> {
    let mut groups: Vec<(EndpointSlice, Desired)> = Vec::new();
    for subset in &endpoints.subsets {
        for (family, endpoint) in subset_endpoints(subset) {
            let model = model(endpoints, subset, family);
            let at = groups.iter().position(|(known, _)| *known == model).unwrap_or_else(|| {
                groups.push((model, Desired::new()));
                groups.len() - 1
            });
            groups[at].1.insert(identity(&endpoint), endpoint);
        }
    }
    groups
}

fn subset_endpoints(subset: &EndpointSubset) -> impl Iterator<Item = (&'static str, Endpoint)> {
    let ready = subset.addresses.iter().map(|a| (a, true));
    let others = subset.not_ready_addresses.iter().map(|a| (a, false));
    ready.chain(others).take(MAX_ENDPOINTS).map(|(address, ready)| {
        (if address.ip.contains(':') { "IPv6" } else { "IPv4" }, endpoint(address, ready))
    })
}

fn endpoint(address: &EndpointAddress, ready: bool) -> Endpoint {
    Endpoint {
        addresses: vec![address.ip.clone()],
        conditions: EndpointConditions { ready: Some(ready), ..Default::default() },
        hostname: address.hostname.clone().filter(|name| !name.is_empty()),
        node_name: address.node_name.clone(),
        target_ref: address.target_ref.clone(),
        ..Default::default()
    }
}

fn model(endpoints: &Endpoints, subset: &EndpointSubset, family: &str) -> EndpointSlice {
    let meta = &endpoints.metadata;
    let mut metadata = ObjectMeta {
        namespace: meta.namespace.clone(),
        generate_name: Some(format!("{}-", meta.name).into()),
        labels: meta.labels.clone(),
        annotations: meta.annotations.clone(),
        owner_references: vec![owners::controller_reference(endpoints)],
        ..Default::default()
    };
    for key in NOT_COPIED {
        metadata.annotations.remove(key);
    }
    metadata.labels.insert(slice::SERVICE_NAME, meta.name.clone());
    metadata.labels.insert(slice::MANAGED_BY, MANAGER);
    let mut ports: Vec<EndpointPort> = subset.ports.iter().cloned().map(slice::port).collect();
    ports.order_by_key(slice::port_hash);
    EndpointSlice { metadata, address_type: family.into(), endpoints: Vec::new(), ports }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Workbench;
    use serde_json::json;

    #[test]
    fn hand_made_endpoints_are_mirrored_while_their_service_selects_nothing() {
        let mut bench = Workbench::<EndpointSliceMirroringController>::new();
        let meta = json!({"name": "db", "namespace": "default"});
        bench.apply(json!({"apiVersion": "v1", "kind": "Endpoints", "metadata": meta, "subsets": [
            {"addresses": [{"ip": "192.0.2.10"}, {"ip": "2001:db8::1"}], "notReadyAddresses": [{"ip": "192.0.2.11"}],
             "ports": [{"port": 5432, "protocol": "TCP"}]},
        ]}));
        let pass = |bench: &mut Workbench<_>| {
            bench.pass(Duration::from_millis(50));
            let line = |s: &Rc<EndpointSlice>| {
                let endpoint =
                    |e: &Endpoint| format!("{} {}", e.addresses[0], e.conditions.ready == Some(true));
                let all: Vec<String> = s.endpoints.iter().map(endpoint).collect();
                format!("{}: {}", s.address_type, all.join(", "))
            };
            let mut lines: Vec<String> = bench.api.list::<EndpointSlice>().map(line).collect();
            lines.sort();
            lines
        };
        assert!(pass(&mut bench).is_empty(), "there is no service yet");
        bench.apply(json!({"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": {"ports": [{"port": 5432}]}}));
        assert_eq!(pass(&mut bench), ["IPv4: 192.0.2.10 true, 192.0.2.11 false", "IPv6: 2001:db8::1 true"]);
        bench.modify::<Endpoints>("default", "db", |e| e.subsets[0].addresses.truncate(1));
        assert_eq!(pass(&mut bench), ["IPv4: 192.0.2.10 true, 192.0.2.11 false"]);
        bench.modify::<Endpoints>("default", "db", |e| {
            e.metadata.annotations.insert("why", "more");
            for i in 0..1_003 {
                let ip = format!("198.51.{}.{}", i / 250, 1 + i % 250).into();
                e.subsets[0].addresses.push(EndpointAddress { ip, ..Default::default() });
            }
        });
        pass(&mut bench);
        let slices: Vec<_> = bench.api.list::<EndpointSlice>().cloned().collect();
        assert_eq!(
            slices.iter().map(|s| s.endpoints.len()).collect::<Vec<_>>(),
            [1_000],
            "one slice for all"
        );
        assert_eq!(slices[0].metadata.annotations.get("why").map(|why| &**why), Some("more"));
        assert!(
            bench.events().ends_with("per Endpoints subset. 5 addresses were skipped\n"),
            "{}",
            bench.events()
        );
        bench.modify::<Service>("default", "db", |s| {
            s.spec.selector.insert("app", "db");
        });
        assert!(pass(&mut bench).is_empty(), "now the service selects pods");
    }
}
