//! Keeps EndpointSlices for every service that selects pods (upstream: `pkg/controller/endpointslice`,
//! `k8s.io/endpointslice`).

mod hints;
pub(super) mod reconcile;
pub(super) mod slice;
#[cfg(test)]
mod tests;

use super::endpoints::membership::{self, TriggerTimes};
use crate::{Action, Controller, Wake};
use orrery_api::{EndpointSlice, Kind, Object, Pod, Resource, Service};
use orrery_apimachinery::{StatusResult, Str, Time};
use orrery_client::{ApiServer, Backoff, Change, Context, EventType, Key, Op};
use orrery_sim::Duration;
use reconcile::Plan;
use std::collections::BTreeSet;
use std::rc::Rc;

/// The controller.
#[derive(Clone, Debug, Default)]
pub struct EndpointSliceController {
    times: TriggerTimes,
    /// The services whose endpoints have hints because of an annotation.
    hinted: BTreeSet<Key>,
}

impl Controller for EndpointSliceController {
    const NAME: &'static str = "endpoint-slice-controller";

    /// Upstream: `defaultSyncBackOff`, `maxSyncBackOff`.
    const RETRY: Backoff = Backoff { base: Duration::from_secs(1), cap: Duration::from_secs(1_000) };

    const TRIES: u32 = 15;

    fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake) {
        match &change.value {
            Object::Service(_) => wake.key(Key::of(&change.value)),
            Object::Pod(pod) => membership::wake_services(change, pod, api, wake),
            Object::EndpointSlice(slice)
                if slice::is_managed(slice, slice::MANAGER) && change.op != Op::Added =>
            {
                // Slices that others change or delete are mended.
                let own = api.write(change.revision).is_some_and(|write| &*write.actor == Self::NAME);
                let service = slice.metadata.labels.get(slice::SERVICE_NAME);
                if let Some(name) = service.filter(|_| !own) {
                    wake.key(Key::new(Kind::Service, slice.metadata.namespace.clone(), name.clone()));
                }
            }
            // Shares of zones may be others now.
            Object::Node(_) => self.hinted.iter().for_each(|key| wake.key(key.clone())),
            _ => {}
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let Some(service) = cx.get::<Service>(&key.namespace, &key.name) else {
            // The garbage collector deletes the slices of a service that is gone.
            self.times.forget(key);
            self.hinted.remove(key);
            return Ok(Action::AwaitChange);
        };
        if membership::has_endpoints(&service) {
            let pods = cx.api().pods_equal_to(&key.namespace, &service.spec.selector);
            let time = self.times.last_change(key, &service, &pods, cx.date());
            if let Err(status) = self.sync_slices(key, &service, &pods, time, cx) {
                let place = format!("{}/{}", key.namespace, key.name);
                let message = format!("Error updating Endpoint Slices for Service {place}: {status}");
                cx.event(&*service, EventType::Warning, "FailedToUpdateEndpointSlices", message);
                return Err(status);
            }
        }
        Ok(Action::AwaitChange)
    }
}

impl EndpointSliceController {
    fn sync_slices(
        &mut self,
        key: &Key,
        service: &Service,
        pods: &[Rc<Pod>],
        time: Option<Time>,
        cx: &mut Context<'_>,
    ) -> StatusResult<()> {
        let families: Vec<Str> = match service.spec.ip_families.as_slice() {
            [] => vec!["IPv4".into()],
            families => families.to_vec(),
        };
        let (present, obsolete): (Vec<_>, Vec<_>) =
            slices(service, cx.api()).into_iter().partition(|slice| families.contains(&slice.address_type));
        for family in &families {
            let present = present.iter().filter(|slice| slice.address_type == *family).cloned().collect();
            let mut plan = reconcile::plan(service, pods, family, present, cx.api());
            let told = self.hint(key, service, &mut plan, cx.api());
            if service.metadata.terminating() {
                // The garbage collector is about to delete the slices.
                plan.create.clear();
            }
            for slice in plan.create.iter_mut().chain(&mut plan.update) {
                slice::note_time(&mut slice.metadata, time);
            }
            let outcome = plan.carry_out(&service.metadata, "Service", cx);
            if let Some((r#type, reason, message)) = told {
                cx.event(service, r#type, reason, format!("{message}, addressType: {family}"));
            }
            outcome?;
        }
        obsolete.iter().try_for_each(|slice| reconcile::delete(slice, cx))
    }

    /// Puts hints into the slices that are planned, and says what is to be told of it.
    fn hint(
        &mut self,
        key: &Key,
        service: &Service,
        plan: &mut Plan,
        api: &ApiServer,
    ) -> Option<(EventType, &'static str, String)> {
        const DISABLED: &str = "TopologyAwareHintsDisabled";
        if !hints::are_asked_for(service) {
            hints::distribute(plan, service);
            let message = "Topology Aware Hints has been disabled";
            return self.hinted.remove(key).then(|| (EventType::Warning, DISABLED, message.into()));
        }
        match hints::spread(plan, api) {
            Ok(()) => {
                let message = "Topology Aware Hints has been enabled";
                let news = self.hinted.insert(key.clone());
                news.then(|| (EventType::Normal, "TopologyAwareHintsEnabled", message.into()))
            }
            Err(why) => {
                self.hinted.remove(key);
                hints::remove(plan);
                Some((EventType::Warning, DISABLED, why))
            }
        }
    }
}

/// The slices of the service that this controller manages.
fn slices(service: &Service, api: &ApiServer) -> Vec<Rc<EndpointSlice>> {
    let keys = api.dependents(&service.metadata.uid).filter(|key| key.kind == Kind::EndpointSlice);
    let slices = keys.filter_map(|key| api.object(key)).filter_map(EndpointSlice::unwrap_ref);
    let own = |slice: &&Rc<EndpointSlice>| slice::is_managed(slice, slice::MANAGER);
    slices.filter(|slice| own(slice) && !slice.metadata.terminating()).cloned().collect()
}
