//! Watches what containers use and says what they should request (upstream: `vpa-recommender`).
//!
//! Deviation: a container is watched from the moment on that an autoscaler is about it; upstream's recommender knows all
//! pods from its own start on.

use super::api::{self, ContainerPolicy, ContainerRecommendation, Recommendation, Status, Vpa};
use super::estimator::{Amounts, Estimate, Sample, Usage};
use crate::{Action, Controller, Wake};
use orrery_api::resources::{CPU, MEMORY};
use orrery_api::{Container, Pod, ResourceList};
use orrery_apimachinery::{Quantity, StatusResult, Str};
use orrery_client::{ApiServer, Change, Context, Key, Op};
use orrery_sim::Duration;
use std::collections::BTreeMap;
use std::rc::Rc;

/// How often it looks (upstream: `--recommender-interval`).
const INTERVAL: Duration = Duration::from_secs(60);
/// What a pod is never recommended less than (upstream: `--pod-recommendation-min-cpu-millicores`, `…-min-memory-mb`).
const MIN_POD: Amounts = Amounts { cpu: 25, memory: 250 << 20 };
const NANOS_IN_A_MILLI: u64 = 1_000_000;

/// The loop; it remembers what the containers of each autoscaler used, by their names.
#[derive(Clone, Debug, Default)]
pub struct VpaRecommender {
    usage: BTreeMap<Key, BTreeMap<Str, Usage>>,
}

impl Controller for VpaRecommender {
    const NAME: &'static str = "vpa-recommender";

    fn observe(&mut self, change: &Change, _api: &ApiServer, wake: &mut Wake) {
        if let Some(key) = api::key(&change.value).filter(|_| change.op == Op::Added) {
            wake.key_after(key, INTERVAL);
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let Some(vpa) = api::get(cx.api(), key) else {
            self.usage.remove(key);
            return Ok(Action::AwaitChange);
        };
        let mut status = vpa.status.clone();
        let date = cx.date();
        match vpa.pods(cx.api()) {
            Err(error) => {
                let message = format!("Cannot read targetRef. Reason: {error}");
                status.set("ConfigUnsupported", "True", "", &message, date);
            }
            Ok(pods) => {
                status.unset("ConfigUnsupported");
                let usage = self.usage.entry(key.clone()).or_default();
                watch(usage, &vpa, &pods, cx.api());
                let made = recommend(usage, &vpa);
                if !made.is_empty() {
                    status.recommendation = Some(Recommendation { container_recommendations: made });
                }
                tell(&mut status, !pods.is_empty(), cx);
            }
        }
        if status != vpa.status {
            cx.update_status(vpa.with(&status))?;
        }
        Ok(Action::RequeueAfter(INTERVAL))
    }
}

/// Upstream: `UpdateConditions`.
fn tell(status: &mut Status, matches: bool, cx: &Context<'_>) {
    let (reason, message) =
        if matches { ("", "") } else { ("NoPodsMatched", "No pods match this VPA object") };
    if matches {
        status.unset("NoPodsMatched");
    } else {
        status.set("NoPodsMatched", "True", reason, message, cx.date());
    }
    if status.recommendation.is_some() {
        status.set("RecommendationProvided", "True", "", "", cx.date());
    } else {
        status.set("RecommendationProvided", "False", reason, message, cx.date());
    }
}

/// Counts what metrics-server has measured since the last look.
fn watch(usage: &mut BTreeMap<Str, Usage>, vpa: &Vpa, pods: &[Rc<Pod>], api: &ApiServer) {
    let is_there = |name: &Str| pods.iter().any(|pod| pod.metadata.name == *name);
    usage.values_mut().for_each(|one| one.retain(is_there));
    let Some(metrics) = api.metrics() else { return };
    for pod in pods {
        let Some(item) = metrics.pod_metrics(vpa.namespace(), &pod.metadata.name) else { continue };
        for c in &item.containers {
            let cpu = c.cpu_nanos / NANOS_IN_A_MILLI;
            let container = pod.spec.containers.iter().find(|known| known.name == c.name);
            let used = Amounts { cpu, memory: c.memory_bytes };
            let sample = Sample { at: item.timestamp, used, requested: container.map_or(0, requested) };
            usage.entry(c.name.clone()).or_insert_with(Usage::new).add(&pod.metadata.name, sample);
        }
    }
}

fn requested(container: &Container) -> u64 {
    container.resources.requests.get(CPU).map_or(0, |request| request.milli_value().unsigned_abs())
}

/// What each container should request, within what its policy allows.
fn recommend(usage: &BTreeMap<Str, Usage>, vpa: &Vpa) -> Vec<ContainerRecommendation> {
    let wanted = |name: &Str| vpa.policy(name).is_none_or(|policy| policy.mode.as_deref() != Some("Off"));
    let count = usage.keys().filter(|name| wanted(name)).count().max(1) as u64;
    let least = Amounts { cpu: MIN_POD.cpu / count, memory: MIN_POD.memory / count };
    let mut made = Vec::new();
    for (name, used) in usage {
        if let Some(estimate) = used.estimate(least).filter(|_| wanted(name)) {
            made.push(within(name, &estimate, vpa.policy(name)));
        }
    }
    made
}

/// An estimate as far as a policy lets it be (upstream: `ApplyVPAPolicy`).
fn within(name: &Str, estimate: &Estimate, policy: Option<&ContainerPolicy>) -> ContainerRecommendation {
    let controlled = |resource: &str| {
        let list = policy.and_then(|policy| policy.controlled_resources.as_ref());
        list.is_none_or(|list| list.iter().any(|one| &**one == resource))
    };
    let listed = |amounts: Amounts, capped: bool| {
        let mut list = ResourceList::new();
        let cpu = Quantity::from_millis(amounts.cpu.cast_signed());
        let memory = Quantity::from_units(amounts.memory.cast_signed());
        for (resource, amount) in [(CPU, cpu), (MEMORY, memory)] {
            if controlled(resource) {
                let allowed =
                    policy.filter(|_| capped).map_or(amount, |policy| cap(amount, resource, policy));
                list.insert(resource.into(), allowed);
            }
        }
        list
    };
    ContainerRecommendation {
        container_name: Some(name.clone()),
        lower_bound: listed(estimate.lower, true),
        target: listed(estimate.target, true),
        uncapped_target: listed(estimate.target, false),
        upper_bound: listed(estimate.upper, true),
    }
}

fn cap(amount: Quantity, resource: &str, policy: &ContainerPolicy) -> Quantity {
    let least = policy.min_allowed.get(resource).map_or(amount, |least| amount.max(*least));
    policy.max_allowed.get(resource).map_or(least, |most| least.min(*most))
}
