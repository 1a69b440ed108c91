//! Keeps EndpointSlices for every service that selects pods (upstream: `pkg/controller/endpointslice`,
//! `k8s.io/endpointslice`).
//!
//! Hints for topology-aware routing are not made.

mod reconcile;
mod slice;
#[cfg(test)]
mod tests;

use super::endpoints::membership::{self, TriggerTimes};
use crate::{Action, Controller, Wake};
use orrery_api::{EndpointSlice, Kind, Object, Pod, Resource, Service};
use orrery_apimachinery::{Status, StatusResult, Str, Time};
use orrery_client::{ApiServer, Change, Context, DeleteOptions, Key, Op};
use reconcile::Plan;
use std::rc::Rc;

/// The controller.
#[derive(Clone, Debug, Default)]
pub struct EndpointSliceController {
    times: TriggerTimes,
}

impl Controller for EndpointSliceController {
    const NAME: &'static str = "endpoint-slice-controller";

    fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake) {
        match &change.value {
            Object::Service(_) => wake.key(Key::of(&change.value)),
            Object::Pod(pod) => membership::wake_services(change, pod, api, wake),
            Object::EndpointSlice(slice) if slice::is_managed(slice) && change.op != Op::Added => {
                // Slices that others change or delete are mended.
                let own = api.write(change.revision).is_some_and(|write| &*write.actor == Self::NAME);
                let service = slice.metadata.labels.get(slice::SERVICE_NAME);
                if let Some(name) = service.filter(|_| !own) {
                    wake.key(Key::new(Kind::Service, slice.metadata.namespace.clone(), name.clone()));
                }
            }
            _ => {}
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let Some(service) = cx.get::<Service>(&key.namespace, &key.name) else {
            // The garbage collector deletes the slices of a service that is gone.
            self.times.forget(key);
            return Ok(Action::AwaitChange);
        };
        if membership::has_endpoints(&service) {
            let pods = cx.api().pods_equal_to(&key.namespace, &service.spec.selector);
            let time = self.times.last_change(key, &service, &pods, cx.date());
            sync_slices(&service, &pods, time, cx)?;
        }
        Ok(Action::AwaitChange)
    }
}

fn sync_slices(
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
        let plan = reconcile::plan(service, pods, family, present, cx.api());
        carry_out(service, plan, time, cx)?;
    }
    obsolete.iter().try_for_each(|slice| delete(slice, cx))
}

/// The slices of the service that this controller manages.
fn slices(service: &Service, api: &ApiServer) -> Vec<Rc<EndpointSlice>> {
    let keys = api.dependents(&service.metadata.uid).filter(|key| key.kind == Kind::EndpointSlice);
    let slices = keys.filter_map(|key| api.object(key)).filter_map(EndpointSlice::unwrap_ref);
    slices.filter(|slice| slice::is_managed(slice)).cloned().collect()
}

/// Writes what was planned. A slice that is to be created takes the place of one that is to be deleted
/// (upstream: `finalize`).
fn carry_out(
    service: &Service,
    mut plan: Plan,
    time: Option<Time>,
    cx: &mut Context<'_>,
) -> StatusResult<()> {
    while let Some(mut slice) = plan.create.pop_if(|_| !plan.delete.is_empty()) {
        slice.metadata.name = plan.delete.remove(0).metadata.name.clone();
        plan.update.push(slice);
    }
    if !service.metadata.terminating() {
        for mut slice in plan.create {
            slice::note_time(&mut slice.metadata, time);
            match cx.create(slice) {
                Err(_) if membership::namespace_goes(service, cx.api()) => return Ok(()),
                outcome => outcome?,
            };
        }
    }
    for slice in plan.update {
        let (namespace, name) = (slice.metadata.namespace.clone(), slice.metadata.name.clone());
        cx.modify::<EndpointSlice>(&namespace, &name, |present| {
            present.metadata.labels = slice.metadata.labels;
            present.endpoints = slice.endpoints;
            present.ports = slice.ports;
            slice::note_time(&mut present.metadata, time);
        })?;
    }
    plan.delete.iter().try_for_each(|slice| delete(slice, cx))
}

fn delete(slice: &EndpointSlice, cx: &mut Context<'_>) -> StatusResult<()> {
    let key = Key::new(Kind::EndpointSlice, slice.metadata.namespace.clone(), slice.metadata.name.clone());
    match cx.delete(&key, &DeleteOptions::default()) {
        Err(status) if !Status::is_not_found(&status) => Err(status),
        _ => Ok(()),
    }
}
