//! Reads metrics from the API server (upstream: `metrics/client.go`).

use super::replica_calculator::PodMetric;
use orrery_api::metrics::MetricIdentifier;
use orrery_api::resources::{CPU, MEMORY};
use orrery_api::{CrossVersionObjectReference, Kind, Pod};
use orrery_apimachinery::Str;
use orrery_client::{ApiServer, NoMetric, PodMetrics};
use orrery_sim::SimTime;
use std::rc::Rc;

/// How long a custom metric is taken to have been measured (upstream: `metricServerDefaultMetricWindow`).
const DEFAULT_WINDOW: i64 = 60;
const NANOS_IN_A_MILLI: u64 = 1_000_000;

/// What the pods use of a resource, in their order; with the name of a container, what that container uses.
///
/// Errors: nothing is served, or nothing was measured, in upstream's words.
pub(super) fn resource(
    api: &ApiServer,
    pods: &[Rc<Pod>],
    resource: &str,
    container: &str,
) -> Result<Vec<Option<PodMetric>>, String> {
    const FAILED: &str = "unable to fetch metrics from resource metrics API";
    let Some(metrics) = api.metrics() else {
        return Err(format!(
            "{FAILED}: the server could not find the requested resource (get pods.metrics.k8s.io)"
        ));
    };
    let (mut measured, mut items) = (Vec::with_capacity(pods.len()), 0);
    for pod in pods {
        let item = metrics.pod_metrics(&pod.metadata.namespace, &pod.metadata.name);
        items += usize::from(item.is_some());
        let Some(item) = item else {
            measured.push(None);
            continue;
        };
        if !container.is_empty() && !item.containers.iter().any(|c| &*c.name == container) {
            let pod = format!("{}/{}", item.namespace, item.name);
            return Err(format!(
                "failed to get container metrics: container {container} not present in metrics for pod {pod}"
            ));
        }
        measured.push(usage(item, resource, container).map(|value| PodMetric {
            timestamp: api.date(item.timestamp),
            window: item.window.as_secs().cast_signed(),
            value,
        }));
    }
    if items == 0 {
        return Err("no metrics returned from resource metrics API".into());
    }
    Ok(measured)
}

/// What a pod, or one of its containers, uses of a resource, in thousandths; `None` for what is not measured.
fn usage(item: &PodMetrics, resource: &str, container: &str) -> Option<i64> {
    let mut sum = 0;
    for c in item.containers.iter().filter(|c| container.is_empty() || &*c.name == container) {
        sum += match resource {
            CPU => c.cpu_nanos.div_ceil(NANOS_IN_A_MILLI),
            MEMORY => c.memory_bytes.saturating_mul(1000),
            _ => return None,
        };
    }
    (!item.containers.is_empty()).then(|| i64::try_from(sum).unwrap_or(i64::MAX))
}

/// What a metric of the pods is, in their order.
///
/// Errors: as [`resource`].
pub(super) fn pods(
    api: &ApiServer,
    pods: &[Rc<Pod>],
    metric: &MetricIdentifier,
    now: SimTime,
) -> Result<Vec<Option<PodMetric>>, String> {
    let (mut measured, mut items) = (Vec::with_capacity(pods.len()), 0);
    for pod in pods {
        let (name, selector) = (&metric.name, metric.selector.as_ref());
        let meta = &pod.metadata;
        match api.custom_metric(Kind::Pod, &meta.namespace, &meta.name, name, selector, now) {
            Ok(value) => {
                items += 1;
                let timestamp = api.date(value.timestamp);
                measured.push(Some(PodMetric { timestamp, window: DEFAULT_WINDOW, value: value.milli }));
            }
            Err(NoMetric::NotFound) => measured.push(None),
            Err(NoMetric::NotRegistered) => return Err(unregistered("custom")),
        }
    }
    match (items, api.serves_custom_metrics()) {
        (_, false) => Err(unregistered("custom")),
        (0, true) => Err("no metrics returned from custom metrics API".into()),
        _ => Ok(measured),
    }
}

/// What a metric of an object is, in thousandths.
///
/// Errors: as [`resource`].
pub(super) fn object(
    api: &ApiServer,
    namespace: &Str,
    object: &CrossVersionObjectReference,
    metric: &MetricIdentifier,
    now: SimTime,
) -> Result<i64, String> {
    const FAILED: &str = "unable to fetch metrics from custom metrics API";
    if !api.serves_custom_metrics() {
        return Err(unregistered("custom"));
    }
    let version = object.api_version.as_deref().unwrap_or("v1");
    let group = version.split_once('/').map_or("", |(group, _)| group);
    let Some(kind) = api.kinds().find(|kind| kind.name() == &*object.kind && kind.group() == group) else {
        return Err(format!("{FAILED}: no matches for kind \"{}\" in group \"{group}\"", object.kind));
    };
    // An autoscaler sees no namespace but its own.
    let (within, name) = if kind == Kind::Namespace { ("", namespace) } else { (&**namespace, &object.name) };
    let value = api.custom_metric(kind, within, name, &metric.name, metric.selector.as_ref(), now);
    value.map(|value| value.milli).map_err(|_| {
        let (metric, resource) = (&metric.name, kind.resource());
        format!("{FAILED}: the server could not find the metric {metric} for {resource} {name}")
    })
}

/// What all series of an external metric come to, in thousandths.
///
/// Errors: as [`resource`].
pub(super) fn external(
    api: &ApiServer,
    namespace: &Str,
    metric: &MetricIdentifier,
    now: SimTime,
) -> Result<i64, String> {
    match api.external_metrics(namespace, &metric.name, metric.selector.as_ref(), now) {
        Err(NoMetric::NotRegistered) => Err(unregistered("external")),
        Err(NoMetric::NotFound) => Err("no metrics returned from external metrics API".into()),
        Ok(values) if values.is_empty() => Err("no metrics returned from external metrics API".into()),
        Ok(values) => Ok(values.iter().fold(0, |sum: i64, value| sum.saturating_add(value.milli))),
    }
}

fn unregistered(api: &str) -> String {
    format!(
        "unable to fetch metrics from {api} metrics API: no {api} metrics API ({api}.metrics.k8s.io) registered"
    )
}
