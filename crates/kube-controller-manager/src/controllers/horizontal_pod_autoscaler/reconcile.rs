//! One look at an autoscaler (upstream: `reconcileAutoscaler`, `computeReplicasForMetrics`).

use super::explanation::{HpaExplanation, MetricExplanation};
use super::metrics::Target;
use super::normalize::{Wish, windows};
use super::{HorizontalPodAutoscalerController, selectors};
use crate::conditions::set_condition;
use orrery_api::metric_status::MetricStatus;
use orrery_api::{
    HorizontalPodAutoscaler, HorizontalPodAutoscalerCondition, HorizontalPodAutoscalerStatus, Pod,
};
use orrery_client::{Context, EventType, Key, Scale};
use std::rc::Rc;

/// One look: what is looked at, and what will be known of it.
pub(super) struct Look<'a, 'c> {
    controller: &'a mut HorizontalPodAutoscalerController,
    key: &'a Key,
    autoscaler: &'a HorizontalPodAutoscaler,
    status: HorizontalPodAutoscalerStatus,
    told: HpaExplanation,
    cx: &'a mut Context<'c>,
}

/// What all metrics together say.
struct Largest {
    replicas: i32,
    /// What the metric is called that wants most.
    name: String,
}

impl<'a, 'c> Look<'a, 'c> {
    pub(super) fn new(
        controller: &'a mut HorizontalPodAutoscalerController,
        key: &'a Key,
        autoscaler: &'a HorizontalPodAutoscaler,
        cx: &'a mut Context<'c>,
    ) -> Self {
        let spec = &autoscaler.spec;
        let (scale_up_window, scale_down_window) = windows(spec.behavior.as_ref());
        let told = HpaExplanation {
            at: cx.now(),
            min_replicas: spec.min_replicas.unwrap_or(1),
            max_replicas: spec.max_replicas,
            scale_up_window,
            scale_down_window,
            ..Default::default()
        };
        Look { controller, key, autoscaler, status: autoscaler.status.clone(), told, cx }
    }

    /// Looks, and scales if that is what comes out; the status as it is then.
    pub(super) fn reconcile(mut self) -> HorizontalPodAutoscalerStatus {
        match self.scale() {
            Ok((target, scale)) => self.decide(&target, &scale),
            Err(error) => {
                self.warn("FailedGetScale", &error);
                let message =
                    format!("the HPA controller was unable to get the target's current scale: {error}");
                self.set("AbleToScale", "False", "FailedGetScale", &message);
            }
        }
        let known = self.controller.known.entry(self.key.clone()).or_default();
        self.told.recommendations = known.past.recommendations.clone();
        known.explanation = Some(Rc::new(self.told));
        self.status
    }

    /// What is to be scaled, and its scale.
    fn scale(&self) -> Result<(Key, Scale), String> {
        let target = &self.autoscaler.spec.scale_target_ref;
        let version = target.api_version.as_deref().unwrap_or("v1");
        let group = match version.split('/').count() {
            1 => "",
            2 => version.split('/').next().unwrap_or_default(),
            _ => return Err(format!("unexpected GroupVersion string: {version}")),
        };
        let kinds = self.cx.api().kinds().find(|k| k.name() == &*target.kind && k.group() == group);
        let Some(kind) = kinds else {
            return Err(format!("no matches for kind \"{}\" in group \"{group}\"", target.kind));
        };
        let key = Key::new(kind, self.key.namespace.clone(), target.name.clone());
        match self.cx.api().read_scale(&key) {
            Ok(scale) => Ok((key, scale)),
            Err(error) => Err(error.message),
        }
    }

    fn decide(&mut self, target: &Key, scale: &Scale) {
        let message = "the HPA controller was able to get the target's current scale";
        self.set("AbleToScale", "True", "SucceededGetScale", message);
        let current = scale.spec_replicas;
        self.told.current_replicas = current;
        self.controller.known.entry(self.key.clone()).or_default().past.begin(current, self.cx.now());
        let (least, most) = (self.told.min_replicas, self.told.max_replicas);
        if current == 0 && least != 0 {
            let message = "scaling is disabled since the replica count of the target is zero";
            self.set("ScalingActive", "False", "ScalingDisabled", message);
            self.count(current, current, Vec::new());
        } else if current > most {
            self.rescale(
                target,
                current,
                most,
                "Current number of replicas above Spec.MaxReplicas".into(),
                Vec::new(),
            );
        } else if current < least {
            self.rescale(
                target,
                current,
                least,
                "Current number of replicas below Spec.MinReplicas".into(),
                Vec::new(),
            );
        } else {
            self.follow_metrics(target, scale);
        }
    }

    /// Does what the metrics say.
    fn follow_metrics(&mut self, target: &Key, scale: &Scale) {
        let (current, mut statuses) = (scale.spec_replicas, Vec::new());
        let largest = match self.ask_metrics(scale, &mut statuses) {
            Ok(largest) => largest,
            Err(error) => {
                self.count(current, self.status.desired_replicas, statuses);
                return self.warn("FailedComputeMetricsReplicas", &error);
            }
        };
        // Less than none is none.
        let proposal = largest.replicas.max(0);
        self.told.proposal = Some(proposal);
        let reason = match proposal {
            _ if proposal > current => format!("{} above target", largest.name),
            _ if proposal < current => "All metrics below target".into(),
            _ => String::new(),
        };
        let desired = self.normalize(current, proposal);
        if desired == current {
            self.told.desired_replicas = Some(current);
            return self.count(current, current, statuses);
        }
        self.rescale(target, current, desired, reason, statuses);
    }

    fn normalize(&mut self, current: i32, proposal: i32) -> i32 {
        let spec = &self.autoscaler.spec;
        let wish = Wish {
            now: self.cx.now(),
            behavior: spec.behavior.as_ref(),
            min_replicas: self.told.min_replicas,
            max_replicas: spec.max_replicas,
            current_replicas: current,
            desired_replicas: proposal,
        };
        let known = self.controller.known.entry(self.key.clone()).or_default();
        let normalized = known.past.normalize(wish);
        let (reason, message) = normalized.able_to_scale;
        self.set("AbleToScale", "True", reason, message);
        let (reason, message) = normalized.scaling_limited;
        self.set("ScalingLimited", if normalized.limited { "True" } else { "False" }, reason, message);
        self.told.steps = normalized.steps;
        normalized.replicas
    }

    fn rescale(
        &mut self,
        target: &Key,
        current: i32,
        desired: i32,
        reason: String,
        statuses: Vec<MetricStatus>,
    ) {
        self.told.reason = reason.as_str().into();
        if let Err(error) = self.cx.scale(target, desired) {
            let error = error.message;
            self.warn("FailedRescale", &format!("New size: {desired}; reason: {reason}; error: {error}"));
            let message = format!("the HPA controller was unable to update the target scale: {error}");
            self.set("AbleToScale", "False", "FailedUpdateScale", &message);
            return self.count(current, self.status.desired_replicas, statuses);
        }
        let message = format!("the HPA controller was able to update the target scale to {desired}");
        self.set("AbleToScale", "True", "SucceededRescale", &message);
        let message = format!("New size: {desired}; reason: {reason}");
        self.cx.event(self.autoscaler, EventType::Normal, "SuccessfulRescale", message);
        if let Some(behavior) = &self.autoscaler.spec.behavior {
            let known = self.controller.known.entry(self.key.clone()).or_default();
            known.past.scaled(behavior, current, desired, self.cx.now());
        }
        self.told.desired_replicas = Some(desired);
        self.count(current, desired, statuses);
        self.status.last_scale_time = Some(self.cx.date());
    }

    /// Asks every metric; the largest answer counts, unless it would take pods away while another has none.
    fn ask_metrics(&mut self, scale: &Scale, statuses: &mut Vec<MetricStatus>) -> Result<Largest, String> {
        let pods = self.selected(&scale.selector)?;
        let metrics = &self.autoscaler.spec.metrics;
        let (mut largest, mut first, mut invalid) = (Largest { replicas: 0, name: String::new() }, None, 0);
        for (nth, metric) in metrics.iter().enumerate() {
            let mut told = MetricExplanation::default();
            let target = Target {
                api: self.cx.api(),
                now: self.cx.now(),
                namespace: &self.key.namespace,
                pods: &pods,
                spec_replicas: scale.spec_replicas,
                status_replicas: scale.status_replicas,
            };
            let evaluated = target.evaluate(metric, &mut told);
            self.told.metrics.push(told);
            match evaluated {
                Ok(proposal) => {
                    statuses.push(proposal.status);
                    if largest.replicas == 0 || proposal.replicas > largest.replicas {
                        largest = Largest { replicas: proposal.replicas, name: proposal.name };
                        self.told.decisive = Some(nth);
                    }
                }
                Err(failure) => {
                    self.warn(failure.reason, &failure.error);
                    statuses.push(MetricStatus::default());
                    invalid += 1;
                    first.get_or_insert(failure);
                }
            }
        }
        if let Some(failure) =
            first.filter(|_| invalid >= metrics.len() || largest.replicas < scale.spec_replicas)
        {
            let message = format!("the HPA was unable to compute the replica count: {}", failure.error);
            self.set("ScalingActive", "False", failure.reason, &message);
            self.told.decisive = None;
            return Err(format!(
                "invalid metrics ({invalid} invalid out of {}), first error is: {}",
                metrics.len(),
                failure.passed_on
            ));
        }
        let message =
            format!("the HPA was able to successfully calculate a replica count from {}", largest.name);
        self.set("ScalingActive", "True", "ValidMetricFound", &message);
        Ok(largest)
    }

    /// The pods of the target (upstream: `validateAndParseSelector`).
    fn selected(&mut self, selector: &str) -> Result<Vec<Rc<Pod>>, String> {
        if selector.is_empty() {
            self.warn("SelectorRequired", "selector is required");
            let message = "the HPA target's scale is missing a selector";
            self.set("ScalingActive", "False", "InvalidSelector", message);
            return Err("selector is required".into());
        }
        let parsed = match selectors::parse(selector) {
            Ok(parsed) => parsed,
            Err(error) => return Err(self.bad_selector("InvalidSelector", error)),
        };
        self.controller.remember(self.key, &parsed);
        let pods = self.cx.api().pods_matching(&self.key.namespace, &parsed);
        if let Some(all) = self.controller.ambiguous(&self.key.namespace, &pods) {
            let error = format!("pods by selector {selector} are controlled by multiple HPAs: {all}");
            return Err(self.bad_selector("AmbiguousSelector", error));
        }
        Ok(pods)
    }

    fn bad_selector(&mut self, reason: &str, error: String) -> String {
        self.warn(reason, &error);
        self.set("ScalingActive", "False", reason, &error);
        error
    }

    /// Upstream: `setStatus`.
    fn count(&mut self, current: i32, desired: i32, metrics: Vec<MetricStatus>) {
        self.status.current_replicas = current;
        self.status.desired_replicas = desired;
        self.status.current_metrics = metrics;
        self.status.observed_generation = None;
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
        set_condition(&mut self.status.conditions, condition, self.cx.date());
    }
}
