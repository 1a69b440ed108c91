//! Changes what new pods request to what is recommended (upstream: `vpa-admission-controller`).

use super::api::{self, ContainerPolicy, Vpa};
use super::updater::OBSERVED;
use orrery_api::resources::{CPU, MEMORY};
use orrery_api::{Container, Pod, ResourceList};
use orrery_apimachinery::Quantity;
use orrery_client::ApiServer;
use std::rc::Rc;

/// What was changed, for people.
const UPDATES: &str = "vpaUpdates";

/// Changes a pod that is being created, if an autoscaler is about it. The oldest one counts.
pub fn admit(api: &ApiServer, pod: &mut Pod) {
    for vpa in api::all_in(api, &pod.metadata.namespace) {
        let matches =
            |vpa: &Vpa| vpa.selector(api).is_ok_and(|selector| selector.matches(&pod.metadata.labels));
        if vpa.mode() != "Off" && matches(&vpa) {
            return apply(&vpa, pod);
        }
    }
}

fn apply(vpa: &Vpa, pod: &mut Pod) {
    let names: Vec<&str> = pod.spec.containers.iter().map(|container| &*container.name).collect();
    let observed = names.join(", ");
    let mut told = Vec::new();
    for nth in 0..pod.spec.containers.len() {
        let name = &pod.spec.containers[nth].name;
        let Some(target) = vpa.status.recommended(name).map(|recommended| recommended.target.clone()) else {
            continue;
        };
        let policy = vpa.policy(name).cloned();
        if policy.as_ref().is_some_and(|policy| policy.mode.as_deref() == Some("Off")) {
            continue;
        }
        let container = &mut Rc::make_mut(&mut pod.spec).containers[nth];
        let changed = change(container, &target, policy.as_ref());
        told.push(format!("container {nth}: {}", changed.join(", ")));
    }
    if !told.is_empty() {
        let updates = format!("Pod resources updated by {}: {}", vpa.name(), told.join("; "));
        pod.metadata.annotations.insert(UPDATES, updates);
    }
    pod.metadata.annotations.insert(OBSERVED, observed);
}

/// Gives a container what is recommended; limits keep their proportion to requests, unless only requests are controlled.
fn change(container: &mut Container, target: &ResourceList, policy: Option<&ContainerPolicy>) -> Vec<String> {
    let only_requests = policy.and_then(|p| p.controlled_values.as_deref()) == Some("RequestsOnly");
    let (mut requests, mut limits) = (Vec::new(), Vec::new());
    let resources = &mut container.resources;
    for resource in [CPU, MEMORY] {
        let Some(&wanted) = target.get(resource) else { continue };
        let (request, limit) =
            (resources.requests.get(resource).copied(), resources.limits.get(resource).copied());
        let wanted = match limit.filter(|_| only_requests) {
            Some(limit) => wanted.min(limit),
            None => wanted,
        };
        if let Some(limit) = limit.filter(|_| !only_requests) {
            // A limit without a request is the request too.
            let request = request.unwrap_or(limit);
            resources.limits.insert(resource.into(), proportional(limit, request, wanted, resource));
            limits.push(format!("{resource} limit"));
        }
        resources.requests.insert(resource.into(), wanted);
        requests.push(format!("{resource} request"));
    }
    requests.extend(limits);
    requests
}

/// A limit that is as many times the new request as it was the old one (upstream: `GetProportionalLimit`).
fn proportional(limit: Quantity, request: Quantity, wanted: Quantity, resource: &str) -> Quantity {
    let millis = |quantity: Quantity| i128::from(quantity.milli_value());
    if request.is_zero() {
        return limit;
    }
    let scaled = i64::try_from(millis(limit) * millis(wanted) / millis(request)).unwrap_or(i64::MAX);
    if resource == CPU { Quantity::from_millis(scaled) } else { Quantity::from_bytes(scaled / 1000) }
}
