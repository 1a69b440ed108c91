//! LimitRanger: containers get the requests and limits that their namespace gives by default, and what asks
//! for too much or too little is refused (upstream: `plugin/pkg/admission/limitranger`).

use crate::ApiServer;
use orrery_api::limit_range::{CONTAINER, PERSISTENT_VOLUME_CLAIM, POD};
use orrery_api::{
    Container, LimitRange, LimitRangeItem, Object, PersistentVolumeClaim, Pod, PodSpec, ResourceList,
    pod_resources,
};
use orrery_apimachinery::{Quantity, StatusResult, Str};
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::rc::Rc;

/// Tells which requests and limits of a pod are not its own.
pub(super) const ANNOTATION: &str = "kubernetes.io/limit-ranger";

fn ranges<'a>(server: &'a ApiServer, namespace: &Str) -> impl Iterator<Item = &'a Rc<LimitRange>> {
    server.list_in::<LimitRange>(namespace)
}

/// Fills in what the containers leave out.
pub(super) fn mutate(server: &ApiServer, pod: &mut Rc<Pod>) {
    let namespace = pod.metadata.namespace.clone();
    for range in ranges(server, &namespace) {
        let (requests, limits) = defaults(range);
        if requests.is_empty() && limits.is_empty() {
            continue;
        }
        let pod = Rc::make_mut(pod);
        let spec = Rc::make_mut(&mut pod.spec);
        let told = fill(spec, &requests, &limits);
        if !told.is_empty() {
            let text = format!("LimitRanger plugin set: {}", told.join("; "));
            pod.metadata.annotations.insert(ANNOTATION, text);
        }
    }
}

/// The default requests and limits of containers.
fn defaults(range: &LimitRange) -> (ResourceList, ResourceList) {
    let (mut requests, mut limits) = (ResourceList::new(), ResourceList::new());
    for item in range.spec.limits.iter().filter(|item| &*item.type_ == CONTAINER) {
        requests.extend(item.default_request.iter().map(|(name, amount)| (name.clone(), *amount)));
        limits.extend(item.default.iter().map(|(name, amount)| (name.clone(), *amount)));
    }
    (requests, limits)
}

/// Fills in requests and limits and tells which.
fn fill(spec: &mut PodSpec, requests: &ResourceList, limits: &ResourceList) -> Vec<String> {
    let mut told = Vec::new();
    let containers = spec.containers.iter_mut().map(|container| ("container", container));
    let initial = spec.init_containers.iter_mut().map(|container| ("init container", container));
    for (what, container) in containers.chain(initial) {
        let Container { name, resources, .. } = container;
        for (of, own, given) in
            [("request", &mut resources.requests, requests), ("limit", &mut resources.limits, limits)]
        {
            let missing: Vec<&Str> = given.keys().filter(|name| !own.contains_key(*name)).collect();
            own.extend(missing.iter().map(|name| ((*name).clone(), given[*name])));
            if !missing.is_empty() {
                let missing: Vec<&str> = missing.into_iter().map(|name| &**name).collect();
                told.push(format!("{} {of} for {what} {name}", missing.join(", ")));
            }
        }
    }
    told
}

/// Refuses what is out of bounds.
pub(super) fn validate(server: &ApiServer, object: &Object) -> StatusResult<()> {
    for range in ranges(server, &object.metadata().namespace) {
        let mut broken = Vec::new();
        for item in &range.spec.limits {
            match object {
                Object::Pod(pod) => check_pod(item, &pod.spec, &mut broken),
                Object::PersistentVolumeClaim(claim) => check_claim(item, claim, &mut broken),
                _ => {}
            }
        }
        if !broken.is_empty() {
            return Err(super::refusal(object, &aggregate(broken)));
        }
    }
    Ok(())
}

/// Several errors as one, each told once (upstream: `utilerrors.NewAggregate`).
fn aggregate(errors: Vec<String>) -> String {
    let mut seen = BTreeSet::new();
    let distinct: Vec<&str> = errors.iter().filter(|e| seen.insert(&***e)).map(|e| &**e).collect();
    match distinct[..] {
        [one] => one.into(),
        _ => format!("[{}]", distinct.join(", ")),
    }
}

fn check_pod(item: &LimitRangeItem, spec: &PodSpec, broken: &mut Vec<String>) {
    match &*item.type_ {
        CONTAINER => {
            for container in spec.containers.iter().chain(&spec.init_containers) {
                let resources = &container.resources;
                Usage { requests: &resources.requests, limits: &resources.limits }.check(item, broken);
            }
        }
        POD => {
            let requests = pod_resources::of_containers(spec, |c| &c.resources.requests);
            let limits = pod_resources::of_containers(spec, |c| &c.resources.limits);
            Usage { requests: &requests, limits: &limits }.check(item, broken);
        }
        _ => {}
    }
}

/// Only the requests of claims are bounded.
fn check_claim(item: &LimitRangeItem, claim: &PersistentVolumeClaim, broken: &mut Vec<String>) {
    if &*item.type_ != PERSISTENT_VOLUME_CLAIM {
        return;
    }
    let usage = Usage { requests: &claim.spec.resources.requests, limits: &ResourceList::new() };
    broken.extend(item.min.iter().filter_map(|(name, least)| usage.below(item, name, *least)));
    broken.extend(item.max.iter().filter_map(|(name, most)| {
        let start = format!("maximum {name} usage per {} is {most}", item.type_);
        match usage.requests.get(name) {
            None => Some(format!("{start}.  No request is specified")),
            Some(request) => (request > most).then(|| format!("{start}, but request is {request}")),
        }
    }));
}

/// What a container or a pod asks for.
struct Usage<'a> {
    requests: &'a ResourceList,
    limits: &'a ResourceList,
}

impl Usage<'_> {
    fn check(&self, item: &LimitRangeItem, broken: &mut Vec<String>) {
        broken.extend(item.min.iter().filter_map(|(name, least)| self.below(item, name, *least)));
        broken.extend(item.max.iter().filter_map(|(name, most)| self.above(item, name, *most)));
        let ratios = &item.max_limit_request_ratio;
        broken.extend(ratios.iter().filter_map(|(name, most)| self.too_elastic(item, name, *most)));
    }

    fn below(&self, item: &LimitRangeItem, name: &str, least: Quantity) -> Option<String> {
        let start = format!("minimum {name} usage per {} is {least}", item.type_);
        match (self.requests.get(name), self.limits.get(name)) {
            (None, _) => Some(format!("{start}.  No request is specified")),
            (Some(request), _) if *request < least => Some(format!("{start}, but request is {request}")),
            (_, Some(limit)) if *limit < least => Some(format!("{start}, but limit is {limit}")),
            _ => None,
        }
    }

    fn above(&self, item: &LimitRangeItem, name: &str, most: Quantity) -> Option<String> {
        let start = format!("maximum {name} usage per {} is {most}", item.type_);
        match (self.limits.get(name), self.requests.get(name)) {
            (None, _) => Some(format!("{start}.  No limit is specified")),
            (Some(limit), _) if *limit > most => Some(format!("{start}, but limit is {limit}")),
            (_, Some(request)) if *request > most => Some(format!("{start}, but request is {request}")),
            _ => None,
        }
    }

    fn too_elastic(&self, item: &LimitRangeItem, name: &str, most: Quantity) -> Option<String> {
        let start = format!("{name} max limit to request ratio per {} is {most}", item.type_);
        let given = |list: &ResourceList| list.get(name).copied().filter(|amount| !amount.is_zero());
        match (given(self.requests), given(self.limits)) {
            (None, _) => Some(format!("{start}, but no request is specified or request is 0")),
            (_, None) => Some(format!("{start}, but no limit is specified or limit is 0")),
            (Some(request), Some(limit)) => (limit.cmp_times(most, request) == Ordering::Greater)
                .then(|| format!("{start}, but provided ratio is {}", limit.times(request))),
        }
    }
}
