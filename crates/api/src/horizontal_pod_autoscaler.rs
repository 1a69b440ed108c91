//! HorizontalPodAutoscalers: as many pods as their work needs.

use crate::horizontal_pod_autoscaler_v1;
use crate::metric_status::MetricStatus;
use crate::metrics::{
    MetricSpec, MetricTarget, RESOURCE, ResourceMetricSource, UTILIZATION, check_reference,
};
use crate::rules::Rules;
use crate::validation::{Errors, Path};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{ObjectMeta, Str, Time};

/// Of several policies the one that changes most.
pub const MAX: &str = "Max";
/// Of several policies the one that changes least.
pub const MIN: &str = "Min";
/// No change in this direction.
pub const DISABLED: &str = "Disabled";
/// A policy that counts pods.
pub const PODS_POLICY: &str = "Pods";
/// A policy that counts percent of the pods.
pub const PERCENT_POLICY: &str = "Percent";

/// The share of what pods request of the CPU that is aimed at when no metric is given.
const DEFAULT_CPU_UTILIZATION: i32 = 80;
const MAX_PERIOD_SECONDS: i32 = 1800;
const MAX_WINDOW_SECONDS: i32 = 3600;

/// As many pods as their work needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct HorizontalPodAutoscaler {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What it is to be.
    pub spec: HorizontalPodAutoscalerSpec,
    /// What is known of it.
    pub status: HorizontalPodAutoscalerStatus,
}

/// What is scaled, between which bounds, and by what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct HorizontalPodAutoscalerSpec {
    /// What is scaled.
    pub scale_target_ref: CrossVersionObjectReference,
    /// How many pods there are at least.
    #[json(omitempty)]
    pub min_replicas: Option<i32>,
    /// How many pods there may be.
    pub max_replicas: i32,
    /// What tells how much work there is. The metric that wants most pods decides.
    #[json(omitempty)]
    pub metrics: Vec<MetricSpec>,
    /// How fast it scales.
    #[json(omitempty)]
    pub behavior: Option<HorizontalPodAutoscalerBehavior>,
}

/// An object of the same namespace, whatever version its kind is served in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct CrossVersionObjectReference {
    /// The object's kind.
    pub kind: Str,
    /// The name.
    pub name: Str,
    /// The object's API version.
    #[json(text)]
    pub api_version: Option<Str>,
}

/// How fast it scales, in both directions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct HorizontalPodAutoscalerBehavior {
    /// To more pods.
    #[json(omitempty)]
    pub scale_up: Option<HPAScalingRules>,
    /// To fewer pods.
    #[json(omitempty)]
    pub scale_down: Option<HPAScalingRules>,
}

/// How fast it scales in one direction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct HPAScalingRules {
    /// How far back the most cautious wish counts.
    #[json(omitempty)]
    pub stabilization_window_seconds: Option<i32>,
    /// Which policy counts: `Max`, `Min` or `Disabled`.
    #[json(omitempty)]
    pub select_policy: Option<Str>,
    /// How much may change within a while.
    #[json(omitempty)]
    pub policies: Option<Vec<HPAScalingPolicy>>,
}

/// How much may change within a while.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct HPAScalingPolicy {
    /// `Pods` or `Percent`.
    pub type_: Str,
    /// How much.
    pub value: i32,
    /// How long the while is.
    pub period_seconds: i32,
}

/// How many pods there are, how many there should be, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct HorizontalPodAutoscalerStatus {
    /// The generation that the status speaks of.
    #[json(omitempty)]
    pub observed_generation: Option<i64>,
    /// When the number of pods was last changed.
    #[json(omitempty)]
    pub last_scale_time: Option<Time>,
    /// How many pods there are.
    #[json(omitempty)]
    pub current_replicas: i32,
    /// How many pods there should be.
    pub desired_replicas: i32,
    /// What the metrics say.
    #[json(null_if_empty)]
    pub current_metrics: Vec<MetricStatus>,
    /// What is true of the object, and since when.
    #[json(omitempty)]
    pub conditions: Vec<HorizontalPodAutoscalerCondition>,
}

/// One thing that is true or not of an autoscaler.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct HorizontalPodAutoscalerCondition {
    /// The type.
    pub type_: Str,
    /// `True`, `False` or `Unknown`.
    pub status: Str,
    /// When the status last changed.
    pub last_transition_time: Option<Time>,
    /// Why, in one word.
    #[json(text)]
    pub reason: Option<Str>,
    /// Details for people.
    #[json(text)]
    pub message: Option<Str>,
}

impl Rules for HorizontalPodAutoscaler {
    fn set_defaults(&mut self) {
        horizontal_pod_autoscaler_v1::drop_annotations(&mut self.metadata);
        let spec = &mut self.spec;
        spec.min_replicas.get_or_insert(1);
        if spec.metrics.is_empty() {
            spec.metrics.push(cpu_utilization(DEFAULT_CPU_UTILIZATION));
        }
        if let Some(behavior) = &mut spec.behavior {
            let up = behavior.scale_up.get_or_insert_default();
            up.stabilization_window_seconds.get_or_insert(0);
            fill_rules(up, &[(PODS_POLICY, 4), (PERCENT_POLICY, 100)]);
            fill_rules(behavior.scale_down.get_or_insert_default(), &[(PERCENT_POLICY, 100)]);
        }
    }

    fn check(&self, errors: &mut Errors) {
        check_spec(&self.spec, 1, errors);
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        check_spec(&self.spec, if old.spec.min_replicas == Some(0) { 0 } else { 1 }, errors);
    }
}

/// The metric that looks at the CPU alone.
pub(crate) fn cpu_utilization(percent: i32) -> MetricSpec {
    let target =
        MetricTarget { type_: UTILIZATION.into(), average_utilization: Some(percent), ..Default::default() };
    let resource = Some(ResourceMetricSource { name: "cpu".into(), target });
    MetricSpec { type_: RESOURCE.into(), resource, ..Default::default() }
}

fn fill_rules(rules: &mut HPAScalingRules, policies: &[(&str, i32)]) {
    rules.select_policy.get_or_insert_with(|| MAX.into());
    let policy =
        |&(type_, value): &(&str, i32)| HPAScalingPolicy { type_: type_.into(), value, period_seconds: 15 };
    rules.policies.get_or_insert_with(|| policies.iter().map(policy).collect());
}

fn check_spec(spec: &HorizontalPodAutoscalerSpec, least: i32, errors: &mut Errors) {
    let path = &Path::Root("spec");
    if let Some(min) = spec.min_replicas.filter(|min| *min < least) {
        let detail = format!("must be greater than or equal to {least}");
        errors.invalid(&path.field("minReplicas"), &min, detail);
    }
    let (max, at) = (spec.max_replicas, path.field("maxReplicas"));
    if max < 1 {
        errors.invalid(&at, &max, "must be greater than 0");
    }
    if spec.min_replicas.is_some_and(|min| max < min) {
        errors.invalid(&at, &max, "must be greater than or equal to `minReplicas`");
    }
    check_reference(&spec.scale_target_ref, &path.field("scaleTargetRef"), errors);
    let metrics = path.field("metrics");
    spec.metrics.iter().enumerate().for_each(|(i, metric)| metric.check(&metrics.index(i), errors));
    if spec.min_replicas == Some(0) && !spec.metrics.iter().any(MetricSpec::works_without_pods) {
        let detail =
            "must specify at least one Object or External metric to support scaling to zero replicas";
        errors.forbidden(&metrics, detail);
    }
    if let Some(behavior) = &spec.behavior {
        let path = path.field("behavior");
        for (name, rules) in [("scaleUp", &behavior.scale_up), ("scaleDown", &behavior.scale_down)] {
            if let Some(rules) = rules {
                check_rules(rules, &path.field(name), errors);
            }
        }
    }
}

fn check_rules(rules: &HPAScalingRules, path: &Path, errors: &mut Errors) {
    let window = rules.stabilization_window_seconds.unwrap_or(0);
    let at = path.field("stabilizationWindowSeconds");
    if window < 0 {
        errors.invalid(&at, &window, "must be greater than or equal to zero");
    }
    if window > MAX_WINDOW_SECONDS {
        errors.invalid(&at, &window, format!("must be less than or equal to {MAX_WINDOW_SECONDS}"));
    }
    if let Some(select) = &rules.select_policy {
        errors.one_of(&path.field("selectPolicy"), Some(select), &[DISABLED, MAX, MIN]);
    }
    let (list, policies) = (path.field("policies"), rules.policies.as_deref().unwrap_or_default());
    if policies.is_empty() {
        errors.required(&list, "must specify at least one Policy");
    }
    for (i, policy) in policies.iter().enumerate() {
        let at = list.index(i);
        errors.one_of(&at.field("type"), Some(&policy.type_), &[PERCENT_POLICY, PODS_POLICY]);
        let period = policy.period_seconds;
        for (name, number) in [("value", policy.value), ("periodSeconds", period)] {
            if number <= 0 {
                errors.invalid(&at.field(name), &number, "must be greater than zero");
            }
        }
        if period > MAX_PERIOD_SECONDS {
            let detail = format!("must be less than or equal to {MAX_PERIOD_SECONDS}");
            errors.invalid(&at.field("periodSeconds"), &period, detail);
        }
    }
}
