//! Keeps an Endpoints object for every service that selects pods (upstream: `pkg/controller/endpoint`).

pub(super) mod membership;
mod subsets;
#[cfg(test)]
mod tests;

use crate::{Action, Controller, Wake, namespaces};
use membership::{HEADLESS, LAST_CHANGE, TriggerTimes};
use orrery_api::{EndpointSubset, Endpoints, Kind, Object, Service};
use orrery_apimachinery::{ObjectMeta, Status, StatusResult, StrMap};
use orrery_client::{ApiServer, Change, Context, DeleteOptions, EventType, Key, Op};
pub(super) use subsets::reference;

const OVER_CAPACITY: &str = "endpoints.kubernetes.io/over-capacity";

/// The controller.
#[derive(Clone, Debug, Default)]
pub struct EndpointsController {
    times: TriggerTimes,
}

impl Controller for EndpointsController {
    const NAME: &'static str = "endpoint-controller";

    const TRIES: u32 = 15;

    fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake) {
        let meta = change.value.metadata();
        match &change.value {
            Object::Service(_) => wake.key(Key::of(&change.value)),
            Object::Pod(pod) => membership::wake_services(change, pod, api, wake),
            Object::Endpoints(_) if change.op == Op::Deleted => {
                wake.key(Key::new(Kind::Service, meta.namespace.clone(), meta.name.clone()));
            }
            _ => {}
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let Some(service) = cx.get::<Service>(&key.namespace, &key.name) else {
            self.times.forget(key);
            let endpoints = Key::new(Kind::Endpoints, key.namespace.clone(), key.name.clone());
            return match cx.delete(&endpoints, &DeleteOptions::default()) {
                Err(status) if !Status::is_not_found(&status) => Err(status),
                _ => Ok(Action::AwaitChange),
            };
        };
        if membership::has_endpoints(&service) {
            let pods = cx.api().pods_equal_to(&key.namespace, &service.spec.selector);
            let time = self.times.last_change(key, &service, &pods, cx.date());
            let (subsets, truncated) = subsets::truncate(subsets::of(&service, &pods));
            let annotations = [
                (LAST_CHANGE, time.map(|t| t.to_string())),
                (OVER_CAPACITY, truncated.then(|| "truncated".to_owned())),
            ];
            write(&service, subsets, annotations, cx)?;
        }
        Ok(Action::AwaitChange)
    }
}

/// Creates or replaces the Endpoints, unless they are as they should be.
fn write(
    service: &Service,
    subsets: Vec<EndpointSubset>,
    annotations: [(&str, Option<String>); 2],
    cx: &mut Context<'_>,
) -> StatusResult<()> {
    let meta = &service.metadata;
    let labels = labels(service);
    let present = cx.get::<Endpoints>(&meta.namespace, &meta.name);
    if let Some(present) = &present {
        let noted = present.metadata.annotations.contains_key(OVER_CAPACITY);
        let same_capacity = noted == annotations[1].1.is_some();
        if present.subsets == subsets && present.metadata.labels == labels && same_capacity {
            return Ok(());
        }
    }
    let change = |endpoints: &mut Endpoints| {
        endpoints.subsets = subsets;
        endpoints.metadata.labels = labels;
        for (key, value) in annotations {
            match value {
                Some(value) => drop(endpoints.metadata.annotations.insert(key, value)),
                None => drop(endpoints.metadata.annotations.remove(key)),
            }
        }
    };
    let fresh = Endpoints {
        metadata: ObjectMeta::named(meta.namespace.clone(), meta.name.clone()),
        ..Default::default()
    };
    let (verb, article, outcome) = if present.is_some() {
        ("Update", "", cx.modify::<Endpoints>(&meta.namespace, &meta.name, change).map(drop))
    } else {
        let mut endpoints = fresh.clone();
        change(&mut endpoints);
        ("Create", "for service ", cx.create(endpoints).map(drop))
    };
    match outcome {
        Err(_) if namespaces::is_going(&meta.namespace, cx.api()) => Ok(()),
        Err(status) => {
            let place = format!("{}/{}", meta.namespace, meta.name);
            let message = format!("Failed to {} endpoint {article}{place}: {status}", verb.to_lowercase());
            cx.event(&fresh, EventType::Warning, &format!("FailedTo{verb}Endpoint"), message);
            Err(status)
        }
        Ok(()) => Ok(()),
    }
}

/// The service's labels, and whether it is headless.
fn labels(service: &Service) -> StrMap {
    let mut labels = service.metadata.labels.clone();
    if membership::is_headless(service) {
        labels.insert(HEADLESS, "");
    } else {
        labels.remove(HEADLESS);
    }
    labels
}
