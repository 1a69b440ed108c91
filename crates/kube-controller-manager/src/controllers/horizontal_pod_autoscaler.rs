//! Scales workloads between the bounds of their autoscalers (upstream: `pkg/controller/podautoscaler`).
//!
//! The cluster serves no metrics, so a metric can be asked for but never answered: the bounds are kept, and what
//! is missing is told as upstream tells it.

#[cfg(test)]
mod tests;

use crate::conditions::set_condition;
use crate::{Action, Controller, Wake};
use orrery_api::metric_status::MetricStatus;
use orrery_api::metrics::MetricSpec;
use orrery_api::{
    HorizontalPodAutoscaler, HorizontalPodAutoscalerCondition, HorizontalPodAutoscalerStatus, Object,
};
use orrery_apimachinery::{StatusResult, Time};
use orrery_client::{ApiServer, Change, Context, EventType, Key, Op};
use orrery_sim::Duration;

/// How often every autoscaler is looked at (upstream: `--horizontal-pod-autoscaler-sync-period`).
const SYNC_PERIOD: Duration = Duration::from_secs(15);

/// The controller; it remembers nothing.
#[derive(Clone, Debug, Default)]
pub struct HorizontalPodAutoscalerController;

impl Controller for HorizontalPodAutoscalerController {
    const NAME: &'static str = "horizontal-pod-autoscaler";

    fn observe(&mut self, change: &Change, _api: &ApiServer, wake: &mut Wake) {
        if matches!(change.value, Object::HorizontalPodAutoscaler(_)) && change.op == Op::Added {
            wake.key_after(Key::of(&change.value), SYNC_PERIOD);
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let Some(autoscaler) = cx.get::<HorizontalPodAutoscaler>(&key.namespace, &key.name) else {
            return Ok(Action::AwaitChange);
        };
        let mut look =
            Look { now: cx.date(), status: autoscaler.status.clone(), autoscaler: &autoscaler, cx };
        look.reconcile();
        let status = look.status;
        if status != autoscaler.status {
            cx.modify_status::<HorizontalPodAutoscaler>(&key.namespace, &key.name, |h| h.status = status)?;
        }
        Ok(Action::RequeueAfter(SYNC_PERIOD))
    }
}

/// One look at an autoscaler: what it is, and what will be known of it.
struct Look<'a, 'c> {
    autoscaler: &'a HorizontalPodAutoscaler,
    status: HorizontalPodAutoscalerStatus,
    now: Time,
    cx: &'a mut Context<'c>,
}

impl Look<'_, '_> {
    /// Upstream: `reconcileAutoscaler`.
    fn reconcile(&mut self) {
        let (target, current) = match self.target() {
            Ok(found) => found,
            Err(error) => {
                self.warn("FailedGetScale", &error);
                let message =
                    format!("the HPA controller was unable to get the target's current scale: {error}");
                return self.set("AbleToScale", "False", "FailedGetScale", &message);
            }
        };
        let message = "the HPA controller was able to get the target's current scale";
        self.set("AbleToScale", "True", "SucceededGetScale", message);
        let spec = &self.autoscaler.spec;
        let (least, most) = (spec.min_replicas.unwrap_or(1), spec.max_replicas);
        if current == 0 && least != 0 {
            let message = "scaling is disabled since the replica count of the target is zero";
            self.set("ScalingActive", "False", "ScalingDisabled", message);
            self.count(current, current, Vec::new());
        } else if current > most {
            self.rescale(&target, current, most, "Current number of replicas above Spec.MaxReplicas");
        } else if current < least {
            self.rescale(&target, current, least, "Current number of replicas below Spec.MinReplicas");
        } else {
            self.ask_metrics(current);
        }
    }

    /// What is to be scaled, and the replicas that it asks for.
    fn target(&self) -> Result<(Key, i32), String> {
        let target = &self.autoscaler.spec.scale_target_ref;
        let version = target.api_version.as_deref().unwrap_or("v1");
        let group = version.split_once('/').map_or("", |(group, _)| group);
        let kinds = self.cx.api().kinds().find(|k| k.name() == &*target.kind && k.group() == group);
        let Some(kind) = kinds else {
            return Err(format!("no matches for kind \"{}\" in group \"{group}\"", target.kind));
        };
        let key = Key::new(kind, self.autoscaler.metadata.namespace.clone(), target.name.clone());
        if self.cx.api().object(&key).is_none() {
            return Err(format!("{} \"{}\" not found", key.resource(), key.name));
        }
        match self.cx.api().replicas(&key) {
            Some(replicas) => Ok((key, replicas)),
            None => Err("the server could not find the requested resource".into()),
        }
    }

    fn rescale(&mut self, target: &Key, current: i32, desired: i32, reason: &str) {
        if let Err(error) = self.cx.scale(target, desired) {
            let message = format!("New size: {desired}; reason: {reason}; error: {}", error.message);
            self.warn("FailedRescale", &message);
            let message =
                format!("the HPA controller was unable to update the target scale: {}", error.message);
            self.set("AbleToScale", "False", "FailedUpdateScale", &message);
            return self.count(current, self.status.desired_replicas, Vec::new());
        }
        let message = format!("the HPA controller was able to update the target scale to {desired}");
        self.set("AbleToScale", "True", "SucceededRescale", &message);
        let message = format!("New size: {desired}; reason: {reason}");
        self.cx.event(self.autoscaler, EventType::Normal, "SuccessfulRescale", message);
        self.count(current, desired, Vec::new());
        self.status.last_scale_time = Some(self.now);
    }

    /// Asks for every metric; as none is served, nothing is scaled (upstream: `computeReplicasForMetrics`).
    fn ask_metrics(&mut self, current: i32) {
        let metrics = &self.autoscaler.spec.metrics;
        let mut first = None;
        for metric in metrics {
            let (reason, error, what) = unserved(metric, &self.autoscaler.metadata.namespace);
            self.warn(reason, &error);
            first.get_or_insert((reason, error, what));
        }
        let Some((reason, error, what)) = first else { return };
        let message = format!("the HPA was unable to compute the replica count: {error}");
        self.set("ScalingActive", "False", reason, &message);
        self.count(current, self.status.desired_replicas, vec![MetricStatus::default(); metrics.len()]);
        let count = metrics.len();
        let message = format!(
            "invalid metrics ({count} invalid out of {count}), first error is: failed to get {what} metric value: {error}"
        );
        self.warn("FailedComputeMetricsReplicas", &message);
    }

    fn count(&mut self, current: i32, desired: i32, metrics: Vec<MetricStatus>) {
        self.status.current_replicas = current;
        self.status.desired_replicas = desired;
        self.status.current_metrics = metrics;
    }

    fn warn(&mut self, reason: &str, message: &str) {
        self.cx.event(self.autoscaler, EventType::Warning, reason, message);
    }

    fn set(&mut self, type_: &str, status: &str, reason: &str, message: &str) {
        let condition = HorizontalPodAutoscalerCondition {
            type_: type_.into(),
            status: status.into(),
            reason: Some(reason.into()),
            message: Some(message.into()),
            ..Default::default()
        };
        set_condition(&mut self.status.conditions, condition, self.now);
    }
}

/// Why a metric is not to be had: the reason of the event, the error, and what the metric is called.
fn unserved(metric: &MetricSpec, namespace: &str) -> (&'static str, String, String) {
    const RESOURCE: &str = "unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)";
    const CUSTOM: &str = "unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered";
    const EXTERNAL: &str = "unable to fetch metrics from external metrics API: no external metrics API (external.metrics.k8s.io) registered";
    if let Some(source) = &metric.resource {
        let use_of = if source.target.average_utilization.is_some() { "utilization" } else { "usage" };
        let name = &source.name;
        let error =
            format!("failed to get {name} {use_of}: unable to get metrics for resource {name}: {RESOURCE}");
        ("FailedGetResourceMetric", error, format!("{name} resource"))
    } else if let Some(source) = &metric.container_resource {
        let use_of = if source.target.average_utilization.is_some() { "utilization" } else { "usage" };
        let name = &source.name;
        let error =
            format!("failed to get {name} {use_of}: unable to get metrics for resource {name}: {RESOURCE}");
        ("FailedGetContainerResourceMetric", error, format!("{} container", source.container))
    } else if let Some(source) = &metric.pods {
        let error = format!("unable to get metric {}: {CUSTOM}", source.metric.name);
        ("FailedGetPodsMetric", error, "pods".into())
    } else if let Some(source) = &metric.object {
        let (object, name) = (&source.described_object, &source.metric.name);
        let error =
            format!("unable to get metric {name}: {} on {namespace} {}/{CUSTOM}", object.kind, object.name);
        ("FailedGetObjectMetric", error, "object".into())
    } else {
        let name = metric.external.as_ref().map(|source| source.metric.name.to_string()).unwrap_or_default();
        let error = format!("unable to get external metric {namespace}/{name}/nil: {EXTERNAL}");
        ("FailedGetExternalMetric", error, format!("{name} external"))
    }
}
