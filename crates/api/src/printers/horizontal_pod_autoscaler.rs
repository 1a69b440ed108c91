//! `kubectl get horizontalpodautoscalers`.

use super::{Column, Printed, age, narrow};
use crate::metrics::{CONTAINER_RESOURCE, EXTERNAL, OBJECT, PODS, RESOURCE};
use crate::{HorizontalPodAutoscaler, MetricSpec, MetricStatus, MetricTarget, MetricValueStatus};
use orrery_apimachinery::{Quantity, Time};

/// How many metrics a cell shows before it only counts.
const SHOWN: usize = 2;

impl Printed for HorizontalPodAutoscaler {
    const COLUMNS: &[Column] = &[
        narrow("NAME"),
        narrow("REFERENCE"),
        narrow("TARGETS"),
        narrow("MINPODS"),
        narrow("MAXPODS"),
        narrow("REPLICAS"),
        narrow("AGE"),
    ];

    fn cells(&self, now: Time) -> Vec<String> {
        let (meta, spec, status) = (&self.metadata, &self.spec, &self.status);
        let target = &spec.scale_target_ref;
        vec![
            meta.name.to_string(),
            format!("{}/{}", target.kind, target.name),
            targets(&spec.metrics, &status.current_metrics),
            spec.min_replicas.map_or_else(|| "<unset>".into(), |n| n.to_string()),
            spec.max_replicas.to_string(),
            status.current_replicas.to_string(),
            age(meta.creation_timestamp, now),
        ]
    }
}

/// What the metrics are, and what they are to be (upstream: `formatHPAMetrics`).
fn targets(metrics: &[MetricSpec], statuses: &[MetricStatus]) -> String {
    let statuses = statuses.iter().map(Some).chain(std::iter::repeat(None));
    let shown: Vec<String> =
        metrics.iter().zip(statuses).take(SHOWN).map(|(metric, status)| target(metric, status)).collect();
    match metrics.len() {
        0 => "<none>".into(),
        1..=SHOWN => shown.join(", "),
        count => format!("{} + {} more...", shown.join(", "), count - SHOWN),
    }
}

fn target(metric: &MetricSpec, status: Option<&MetricStatus>) -> String {
    match (&*metric.type_, metric) {
        (EXTERNAL, MetricSpec { external: Some(source), .. }) => {
            let current = status.and_then(|s| s.external.as_ref()).map(|s| &s.current);
            amounts(&source.target, current)
        }
        (OBJECT, MetricSpec { object: Some(source), .. }) => {
            let current = status.and_then(|s| s.object.as_ref()).map(|s| &s.current);
            amounts(&source.target, current)
        }
        (PODS, MetricSpec { pods: Some(source), .. }) => {
            let current = status.and_then(|s| s.pods.as_ref()).map(|s| amount(s.current.average_value));
            pair(current, amount(source.target.average_value))
        }
        (RESOURCE, MetricSpec { resource: Some(source), .. }) => {
            let current = status.and_then(|s| s.resource.as_ref()).map(|s| &s.current);
            usage(&source.name, &source.target, current)
        }
        (CONTAINER_RESOURCE, MetricSpec { container_resource: Some(source), .. }) => {
            let current = status.and_then(|s| s.container_resource.as_ref()).map(|s| &s.current);
            usage(&source.name, &source.target, current)
        }
        _ => "<unknown type>".into(),
    }
}

/// `5/10`, or `5/10 (avg)` where it is per pod.
fn amounts(target: &MetricTarget, current: Option<&MetricValueStatus>) -> String {
    match target.average_value {
        Some(average) => {
            let current = current.and_then(|c| c.average_value).map(|c| c.to_string());
            format!("{} (avg)", pair(current, average.to_string()))
        }
        None => pair(current.map(|c| amount(c.value)), amount(target.value)),
    }
}

/// `cpu: 40%/80%` or `memory: 50Mi/100Mi`.
fn usage(name: &str, target: &MetricTarget, current: Option<&MetricValueStatus>) -> String {
    let percent = |n: i32| format!("{n}%");
    let pair = match target.average_value {
        Some(average) => pair(current.map(|c| amount(c.average_value)), average.to_string()),
        None => pair(
            current.and_then(|c| c.average_utilization).map(percent),
            target.average_utilization.map_or_else(|| "<auto>".into(), percent),
        ),
    };
    format!("{name}: {pair}")
}

fn pair(current: Option<String>, target: String) -> String {
    format!("{}/{target}", current.as_deref().unwrap_or("<unknown>"))
}

fn amount(amount: Option<Quantity>) -> String {
    amount.map_or_else(|| "<nil>".into(), |amount| amount.to_string())
}
