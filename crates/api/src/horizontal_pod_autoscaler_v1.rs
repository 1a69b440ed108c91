//! HorizontalPodAutoscalers as `autoscaling/v1` has them: the CPU in a field of its own, and what else there
//! is in annotations (upstream: `pkg/apis/autoscaling/v1/conversion.go`).

use crate::horizontal_pod_autoscaler::{CrossVersionObjectReference, HPAScalingRules, cpu_utilization};
use crate::metrics::{AVERAGE_VALUE, RESOURCE, UTILIZATION, VALUE};
use crate::{
    HorizontalPodAutoscalerBehavior, MetricSpec, MetricStatus, MetricValueStatus, ResourceMetricStatus,
};
use orrery_apimachinery::Order;
use orrery_apimachinery::decode::{Fields, Problem, ProblemKind, Typed, decode, encode};
use orrery_apimachinery::{ObjectMeta, StrMap, Time, Value, gofmt};
use serde_json::{Map, json};

const METRICS: &str = "autoscaling.alpha.kubernetes.io/metrics";
const CURRENT_METRICS: &str = "autoscaling.alpha.kubernetes.io/current-metrics";
const CONDITIONS: &str = "autoscaling.alpha.kubernetes.io/conditions";
const BEHAVIOR: &str = "autoscaling.alpha.kubernetes.io/behavior";

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
    /// The share of the CPU that the pods request which they are to use.
    #[json(omitempty, name = "targetCPUUtilizationPercentage")]
    pub target_cpu_utilization_percentage: Option<i32>,
}

/// How many pods there are, and how many there should be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct HorizontalPodAutoscalerStatus {
    /// The generation that the status speaks of.
    #[json(omitempty)]
    pub observed_generation: Option<i64>,
    /// When the number of pods was last changed.
    #[json(omitempty)]
    pub last_scale_time: Option<Time>,
    /// How many pods there are.
    pub current_replicas: i32,
    /// How many pods there should be.
    pub desired_replicas: i32,
    /// The share of the CPU that the pods request which they use.
    #[json(omitempty, name = "currentCPUUtilizationPercentage")]
    pub current_cpu_utilization_percentage: Option<i32>,
}

impl From<HorizontalPodAutoscaler> for crate::HorizontalPodAutoscaler {
    fn from(v1: HorizontalPodAutoscaler) -> Self {
        let (annotations, spec, status) = (&v1.metadata.annotations, v1.spec, v1.status);
        let mut metrics: Vec<MetricSpec> =
            read(annotations, METRICS, |list| each(list, &metric_spec)).unwrap_or_default();
        metrics.extend(spec.target_cpu_utilization_percentage.map(cpu_utilization));
        let current_metrics = read(annotations, CURRENT_METRICS, |list| each(list, &metric_status))
            .unwrap_or_else(|| {
                status.current_cpu_utilization_percentage.map(cpu_status).into_iter().collect()
            });
        let behavior = read(annotations, BEHAVIOR, |tree| renamed(tree, &str::to_ascii_lowercase));
        let conditions = read(annotations, CONDITIONS, Value::clone).unwrap_or_default();
        let mut metadata = v1.metadata;
        drop_annotations(&mut metadata);
        crate::HorizontalPodAutoscaler {
            metadata,
            spec: crate::HorizontalPodAutoscalerSpec {
                behavior: behavior.filter(|behavior| *behavior != Default::default()),
                max_replicas: spec.max_replicas,
                metrics,
                min_replicas: spec.min_replicas,
                scale_target_ref: spec.scale_target_ref,
            },
            status: crate::HorizontalPodAutoscalerStatus {
                conditions,
                current_metrics,
                current_replicas: status.current_replicas,
                desired_replicas: status.desired_replicas,
                last_scale_time: status.last_scale_time,
                observed_generation: status.observed_generation,
            },
        }
    }
}

impl From<&crate::HorizontalPodAutoscaler> for HorizontalPodAutoscaler {
    fn from(v2: &crate::HorizontalPodAutoscaler) -> Self {
        let (spec, status) = (&v2.spec, &v2.status);
        let mut metadata = v2.metadata.clone();
        drop_annotations(&mut metadata);
        let others: Vec<_> = spec.metrics.iter().filter(|m| cpu_target(m).is_none()).cloned().collect();
        for (name, tree) in [
            (METRICS, list(&others, &|m| metric_to_v1(m, SPEC))),
            (CURRENT_METRICS, list(&status.current_metrics, &|m| metric_to_v1(m, STATUS))),
            (BEHAVIOR, spec.behavior.as_ref().map(behavior_tree)),
            (CONDITIONS, list(&status.conditions, &Value::clone)),
        ] {
            if let Some(tree) = tree {
                metadata.annotations.insert(name, in_order(&tree));
            }
        }
        HorizontalPodAutoscaler {
            metadata,
            spec: HorizontalPodAutoscalerSpec {
                max_replicas: spec.max_replicas,
                min_replicas: spec.min_replicas,
                scale_target_ref: spec.scale_target_ref.clone(),
                target_cpu_utilization_percentage: spec.metrics.iter().find_map(cpu_target),
            },
            status: HorizontalPodAutoscalerStatus {
                current_cpu_utilization_percentage: status.current_metrics.iter().rev().find_map(cpu_use),
                current_replicas: status.current_replicas,
                desired_replicas: status.desired_replicas,
                last_scale_time: status.last_scale_time,
                observed_generation: status.observed_generation,
            },
        }
    }
}

/// Takes the annotations out that stand for fields: only `autoscaling/v1` shows them.
pub(crate) fn drop_annotations(metadata: &mut ObjectMeta) {
    for name in [METRICS, CURRENT_METRICS, CONDITIONS, BEHAVIOR] {
        metadata.annotations.remove(name);
    }
}

fn cpu_target(metric: &MetricSpec) -> Option<i32> {
    let resource = metric.resource.as_ref().filter(|r| &*r.name == "cpu")?;
    resource.target.average_utilization
}

fn cpu_use(metric: &MetricStatus) -> Option<i32> {
    let resource = metric.resource.as_ref().filter(|r| &*r.name == "cpu")?;
    resource.current.average_utilization
}

fn cpu_status(percent: i32) -> MetricStatus {
    let current = MetricValueStatus { average_utilization: Some(percent), ..Default::default() };
    let resource = Some(ResourceMetricStatus { name: "cpu".into(), current });
    MetricStatus { type_: RESOURCE.into(), resource, ..Default::default() }
}

/// An annotation in the form of today. One that cannot be read is as good as none.
fn read<T: Typed>(annotations: &StrMap, name: &str, change: impl Fn(&Value) -> Value) -> Option<T> {
    let tree: Value = serde_json::from_str(annotations.get(name)?).ok()?;
    let (object, problems) = decode(&change(&tree));
    let known = |problem: &Problem| !matches!(problem.kind, ProblemKind::UnknownField { .. });
    (!problems.iter().any(known)).then_some(object)
}

/// Where the fields of a metric are: the source, and for each field its name in v1 and its path in v2. An
/// exclamation mark is at an amount that v1 always has.
type Layout = &'static [(&'static str, &'static [(&'static str, &'static str)])];

const SPEC: Layout = &[
    (
        "object",
        &[
            ("target", "describedObject"),
            ("metricName", "metric.name"),
            ("targetValue!", "target.value"),
            ("selector", "metric.selector"),
            ("averageValue", "target.averageValue"),
        ],
    ),
    (
        "pods",
        &[
            ("metricName", "metric.name"),
            ("targetAverageValue!", "target.averageValue"),
            ("selector", "metric.selector"),
        ],
    ),
    (
        "resource",
        &[
            ("name", "name"),
            ("targetAverageUtilization", "target.averageUtilization"),
            ("targetAverageValue", "target.averageValue"),
        ],
    ),
    (
        "containerResource",
        &[
            ("name", "name"),
            ("targetAverageUtilization", "target.averageUtilization"),
            ("targetAverageValue", "target.averageValue"),
            ("container", "container"),
        ],
    ),
    (
        "external",
        &[
            ("metricName", "metric.name"),
            ("metricSelector", "metric.selector"),
            ("targetValue", "target.value"),
            ("targetAverageValue", "target.averageValue"),
        ],
    ),
];

const STATUS: Layout = &[
    (
        "object",
        &[
            ("target", "describedObject"),
            ("metricName", "metric.name"),
            ("currentValue!", "current.value"),
            ("selector", "metric.selector"),
            ("averageValue", "current.averageValue"),
        ],
    ),
    (
        "pods",
        &[
            ("metricName", "metric.name"),
            ("currentAverageValue!", "current.averageValue"),
            ("selector", "metric.selector"),
        ],
    ),
    (
        "resource",
        &[
            ("name", "name"),
            ("currentAverageUtilization", "current.averageUtilization"),
            ("currentAverageValue!", "current.averageValue"),
        ],
    ),
    (
        "containerResource",
        &[
            ("name", "name"),
            ("currentAverageUtilization", "current.averageUtilization"),
            ("currentAverageValue!", "current.averageValue"),
            ("container", "container"),
        ],
    ),
    (
        "external",
        &[
            ("metricName", "metric.name"),
            ("metricSelector", "metric.selector"),
            ("currentValue!", "current.value"),
            ("currentAverageValue", "current.averageValue"),
        ],
    ),
];

/// A metric with every field moved by `put`, which gets the field's name in v1, its path in v2, and whether v1
/// always has it.
fn moved(metric: &Value, layout: Layout, put: impl Fn(&Value, &mut Value, &str, &str, bool)) -> Value {
    let mut out = json!({"type": metric["type"]});
    for (source, fields) in layout.iter().filter(|(source, _)| metric[source].is_object()) {
        let mut made = Value::Object(Map::new());
        for (v1, v2) in *fields {
            let name = v1.trim_end_matches('!');
            put(&metric[source], &mut made, name, v2, name != *v1);
        }
        out[source] = made;
    }
    out
}

fn metric_to_v1(metric: &Value, layout: Layout) -> Value {
    moved(metric, layout, |from, to, v1, v2, always| {
        let value = v2.split('.').fold(from, |tree, key| &tree[key]);
        if !value.is_null() {
            to[v1] = value.clone();
        } else if always {
            to[v1] = "0".into();
        }
    })
}

fn metric_to_v2(metric: &Value, layout: Layout) -> Value {
    moved(metric, layout, |from, to, v1, v2, always| {
        let value = match &from[v1] {
            Value::Null if always => "0".into(),
            value => value.clone(),
        };
        if !value.is_null() {
            *v2.split('.').fold(to, |tree, key| &mut tree[key]) = value;
        }
    })
}

fn metric_status(metric: &Value) -> Value {
    metric_to_v2(metric, STATUS)
}

/// In v1 a target is of the type of the field that is set.
fn metric_spec(metric: &Value) -> Value {
    let mut metric = metric_to_v2(metric, SPEC);
    for (source, _) in SPEC {
        let Some(target) = metric.get_mut(source).and_then(|source| source.get_mut("target")) else {
            continue;
        };
        let set = |field: &str| !target[field].is_null();
        let value = match *source {
            "external" => set("value"),
            "object" => !set("averageValue"),
            _ => false,
        };
        let type_ = match () {
            () if value => VALUE,
            () if set("averageUtilization") => UTILIZATION,
            () => AVERAGE_VALUE,
        };
        target["type"] = type_.into();
    }
    metric
}

fn each(list: &Value, change: &dyn Fn(&Value) -> Value) -> Value {
    list.as_array().map_or(Value::Null, |items| items.iter().map(change).collect())
}

/// The trees of some structs, if there are any.
fn list<T: Typed>(items: &[T], change: &dyn Fn(&Value) -> Value) -> Option<Value> {
    (!items.is_empty()).then(|| items.iter().map(|item| change(&encode(item))).collect())
}

/// The tree of a behaviour. It is written under the names of Go's fields, all of them.
fn behavior_tree(behavior: &HorizontalPodAutoscalerBehavior) -> Value {
    let rules = |rules: &Option<HPAScalingRules>| {
        rules.as_ref().map(|rules| {
            let policies = rules.policies.as_ref().map(|policies| {
                policies
                    .iter()
                    .map(|policy| renamed(&encode(policy), &str::to_ascii_uppercase))
                    .collect::<Value>()
            });
            json!({
                "StabilizationWindowSeconds": rules.stabilization_window_seconds,
                "SelectPolicy": rules.select_policy.as_deref(),
                "Policies": policies,
            })
        })
    };
    json!({"ScaleUp": rules(&behavior.scale_up), "ScaleDown": rules(&behavior.scale_down)})
}

/// A tree with the first letter of every key changed.
fn renamed(tree: &Value, case: &dyn Fn(&str) -> String) -> Value {
    match tree {
        Value::Array(items) => items.iter().map(|item| renamed(item, case)).collect(),
        Value::Object(entries) => {
            let key = |key: &str| key.get(..1).map_or_else(String::new, |first| case(first) + &key[1..]);
            Value::Object(entries.iter().map(|(k, v)| (key(k), renamed(v, case))).collect())
        }
        plain => plain.clone(),
    }
}

/// In which order Go writes fields, as far as it is not that of the alphabet.
const ORDER: [&str; 25] = [
    "type",
    "object",
    "pods",
    "resource",
    "kind",
    "name",
    "target",
    "metricName",
    "metricSelector",
    "targetValue",
    "targetAverageUtilization",
    "targetAverageValue",
    "currentValue",
    "currentAverageUtilization",
    "currentAverageValue",
    "selector",
    "matchLabels",
    "status",
    "lastTransitionTime",
    "reason",
    "ScaleUp",
    "StabilizationWindowSeconds",
    "SelectPolicy",
    "Type",
    "Value",
];

/// The text of a tree as Go writes it.
fn in_order(tree: &Value) -> String {
    match tree {
        Value::Array(items) => format!("[{}]", items.iter().map(in_order).collect::<Vec<_>>().join(",")),
        Value::Object(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            let place = |key: &str| ORDER.iter().position(|k| *k == key).unwrap_or(ORDER.len());
            entries.order_by_key(|(key, _)| place(key));
            let entries: Vec<_> = entries
                .into_iter()
                .map(|(k, v)| format!("{}:{}", Value::from(k.as_str()), in_order(v)))
                .collect();
            format!("{{{}}}", entries.join(","))
        }
        plain => gofmt::json(plain),
    }
}
