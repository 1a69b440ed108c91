//! Which pods stand behind which services, and since when; Endpoints and EndpointSlices agree on it
//! (upstream: `k8s.io/endpointslice/util`).

use crate::{Wake, pods};
use orrery_api::{EndpointPort, Endpoints, Kind, Pod, Resource, Service};
use orrery_apimachinery::labels::equality_matches;
use orrery_apimachinery::{Str, Time};
use orrery_client::{ApiServer, Change, Key, Op};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The label of the endpoints of headless services.
pub(in super::super) const HEADLESS: &str = "service.kubernetes.io/headless";
/// The annotation with the date of the change that led to the last write.
pub(in super::super) const LAST_CHANGE: &str = "endpoints.kubernetes.io/last-change-trigger-time";

/// Whether the endpoints of the service are made from pods.
pub(in super::super) fn has_endpoints(service: &Service) -> bool {
    service.spec.type_.as_deref() != Some("ExternalName") && !service.spec.selector.is_empty()
}

/// Whether the service has no address of its own.
pub(in super::super) fn is_headless(service: &Service) -> bool {
    matches!(service.spec.cluster_ip.as_deref(), None | Some("" | "None"))
}

/// Whether the pod stands behind the services that select it (upstream: `ShouldPodBeInEndpoints`).
pub(in super::super) fn belongs(pod: &Pod, terminating_too: bool) -> bool {
    let addressed = pod.status.pod_ip.is_some() || !pod.status.pod_ips.is_empty();
    addressed && !pods::is_over(pod) && (terminating_too || !pod.metadata.terminating())
}

/// The pod's first address of a family, `IPv4` or `IPv6`.
pub(in super::super) fn address<'a>(pod: &'a Pod, family: &str) -> Option<&'a Str> {
    pod.status.pod_ips.iter().map(|ip| &ip.ip).find(|ip| ip.contains(':') == (family == "IPv6"))
}

/// The name by which the service makes the pod known (upstream: `ShouldSetHostname`).
pub(in super::super) fn hostname(pod: &Pod, service: &Service) -> Option<Str> {
    let own = pod.spec.subdomain.as_ref() == Some(&service.metadata.name);
    pod.spec.hostname.clone().filter(|name| own && !name.is_empty())
}

/// The pod's port behind a port of the service.
pub(in super::super) fn port(pod: &Pod, port: &orrery_api::ServicePort) -> Option<EndpointPort> {
    Some(EndpointPort {
        name: port.name.clone().filter(|name| !name.is_empty()),
        port: pods::find_port(pod, port)?,
        protocol: port.protocol.clone(),
        app_protocol: port.app_protocol.clone(),
    })
}

/// Wakes the services whose endpoints a change of a pod may change.
pub(in super::super) fn wake_services(change: &Change, pod: &Pod, api: &ApiServer, wake: &mut Wake) {
    let before = change.previous.as_ref().and_then(Pod::unwrap_ref).filter(|_| change.op == Op::Modified);
    let changed = before.is_none_or(|before| is_changed(before, pod));
    let relabelled = before.filter(|b| b.metadata.labels != pod.metadata.labels);
    if !changed && relabelled.is_none() {
        return;
    }
    for service in api.list_in::<Service>(&pod.metadata.namespace) {
        let selects = |pod: &Pod| equality_matches(&service.spec.selector, &pod.metadata.labels);
        let (was, is) = (relabelled.map(|b| selects(b)), selects(pod));
        // A pod that is selected as before concerns a service only if something else has changed.
        if if changed { is || was == Some(true) } else { was.is_some_and(|was| was != is) } {
            let (namespace, name) = (&service.metadata.namespace, &service.metadata.name);
            let known = api.get::<Endpoints>(namespace, name).map_or(0, |e| size(e));
            wake.key_soon(
                Key::new(Kind::Service, namespace.clone(), name.clone()),
                pods::collecting_time(known),
            );
        }
    }
}

fn size(endpoints: &Endpoints) -> u64 {
    endpoints.subsets.iter().map(|s| (s.addresses.len() + s.not_ready_addresses.len()) as u64).sum()
}

/// Whether endpoints look at what has changed. The end of a pod that was not ready before goes unnoticed
/// (upstream: `podEndpointsChanged`).
fn is_changed(before: &Pod, now: &Pod) -> bool {
    // Upstream compares the addresses of the dates, so every change of a pod that terminates counts.
    let terminates = before.metadata.terminating() || now.metadata.terminating();
    terminates || pods::is_ready(before) != pods::is_ready(now) || before.status.pod_ips != now.status.pod_ips
}

/// When the endpoints of each service were last looked at.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct TriggerTimes(BTreeMap<Key, Time>);

impl TriggerTimes {
    /// The date of the first change since the last look: the service's creation, or a pod that became
    /// ready or stopped being so (upstream: `ComputeEndpointLastChangeTriggerTime`).
    ///
    /// Deviation: upstream remembers a date for each pod; one for the service tells the same, but for
    /// changes within one second.
    pub(in super::super) fn last_change(
        &mut self,
        key: &Key,
        service: &Service,
        pods: &[Rc<Pod>],
        now: Time,
    ) -> Option<Time> {
        let Some(last) = self.0.insert(key.clone(), now) else { return service.metadata.creation_timestamp };
        let times = pods.iter().filter_map(|pod| pods::ready_condition(pod)?.last_transition_time);
        times.filter(|time| *time >= last).min()
    }

    /// Forgets a service that is gone.
    pub(in super::super) fn forget(&mut self, key: &Key) {
        self.0.remove(key);
    }
}
