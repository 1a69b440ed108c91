//! What each metric of an autoscaler says (upstream: `computeReplicasForMetric` and the functions for each type of
//! metric, in `horizontal.go`).

use super::explanation::{MetricExplanation, PodShare};
use super::metrics_client as client;
use super::replica_calculator::{
    Count, Goal, group_pods, pod_requests, replicas_for_average, replicas_for_pods, replicas_for_value,
};
use orrery_api::Pod;
use orrery_api::metric_status::{
    ContainerResourceMetricStatus, ExternalMetricStatus, MetricStatus, MetricValueStatus, ObjectMetricStatus,
    PodsMetricStatus, ResourceMetricStatus,
};
use orrery_api::metrics::{
    AVERAGE_VALUE, ContainerResourceMetricSource, ExternalMetricSource, MetricIdentifier, MetricSpec,
    MetricTarget, ObjectMetricSource, PodsMetricSource, ResourceMetricSource, VALUE,
};
use orrery_apimachinery::{LabelSelector, Quantity, Str, Time};
use orrery_client::ApiServer;
use orrery_sim::SimTime;
use std::rc::Rc;

/// What metrics are measured against.
pub(super) struct Target<'a> {
    pub(super) api: &'a ApiServer,
    pub(super) now: SimTime,
    pub(super) namespace: &'a Str,
    pub(super) pods: &'a [Rc<Pod>],
    pub(super) spec_replicas: i32,
    pub(super) status_replicas: i32,
}

/// What a metric proposes.
pub(super) struct Proposal {
    pub(super) replicas: i32,
    /// What it is called in events.
    pub(super) name: String,
    pub(super) status: MetricStatus,
}

/// Why a metric proposes nothing.
pub(super) struct Failure {
    /// The reason of the event and of the condition.
    pub(super) reason: &'static str,
    /// What both say.
    pub(super) error: String,
    /// The error as the autoscaler passes it on.
    pub(super) passed_on: String,
}

/// A count, what to call it in events, and the status; or the error, and the error as it is passed on.
type Counted = Result<(Count, String, MetricStatus), (String, String)>;

impl Target<'_> {
    /// What a metric says; `told` is what is written down of it.
    pub(super) fn evaluate(
        &self,
        metric: &MetricSpec,
        told: &mut MetricExplanation,
    ) -> Result<Proposal, Failure> {
        let pods = &mut told.pods;
        let (counted, reason, what) = if let Some(source) = &metric.resource {
            (self.resource(source, pods), "FailedGetResourceMetric", format!("{} resource", source.name))
        } else if let Some(source) = &metric.container_resource {
            let counted = self.container_resource(source, pods);
            (counted, "FailedGetContainerResourceMetric", format!("{} container", source.container))
        } else if let Some(source) = &metric.pods {
            (self.pods(source, pods), "FailedGetPodsMetric", "pods".into())
        } else if let Some(source) = &metric.object {
            (self.object(source), "FailedGetObjectMetric", "object".into())
        } else {
            let source = metric.external.as_ref().expect("validation asks for the source of every metric");
            (self.external(source), "FailedGetExternalMetric", format!("{} external", source.metric.name))
        };
        match counted {
            Ok((count, name, status)) => {
                told.name = name.as_str().into();
                told.formula = Some(count.formula);
                Ok(Proposal {
                    replicas: count.replicas,
                    name,
                    status: MetricStatus { type_: metric.type_.clone(), ..status },
                })
            }
            Err((error, passed_on)) => {
                told.name = what.as_str().into();
                told.error = Some(error.as_str().into());
                Err(Failure {
                    reason,
                    error,
                    passed_on: format!("failed to get {what} metric value: {passed_on}"),
                })
            }
        }
    }

    fn date(&self) -> Time {
        self.api.date(self.now)
    }

    fn resource(&self, source: &ResourceMetricSource, pods: &mut Vec<PodShare>) -> Counted {
        let (count, current) = self.usage(&source.name, "", &source.target, pods)?;
        let name = called(&source.name, "", &source.target);
        let resource = Some(ResourceMetricStatus { name: source.name.clone(), current });
        Ok((count, name, MetricStatus { resource, ..Default::default() }))
    }

    fn container_resource(
        &self,
        source: &ContainerResourceMetricSource,
        pods: &mut Vec<PodShare>,
    ) -> Counted {
        let (count, current) = self.usage(&source.name, &source.container, &source.target, pods)?;
        let name = called(&source.name, " container", &source.target);
        let (container, resource) = (source.container.clone(), source.name.clone());
        let status = ContainerResourceMetricStatus { container, name: resource, current };
        Ok((count, name, MetricStatus { container_resource: Some(status), ..Default::default() }))
    }

    /// Upstream: `computeStatusForResourceMetricGeneric`.
    fn usage(
        &self,
        resource: &str,
        container: &str,
        target: &MetricTarget,
        pods: &mut Vec<PodShare>,
    ) -> Result<(Count, MetricValueStatus), (String, String)> {
        let (goal, use_of) = match (target.average_value, target.average_utilization) {
            (Some(average), _) => (Goal::Average(average.milli_value()), "usage"),
            (None, percent) => (Goal::Utilization(percent.unwrap_or_default().into()), "utilization"),
        };
        let counted = self.count_usage(resource, container, goal, pods);
        let count = counted.map_err(|error| alike(format!("failed to get {resource} {use_of}: {error}")))?;
        let percent = matches!(goal, Goal::Utilization(_)).then_some(count.current as i32);
        let average_value = Some(Quantity::from_millis(count.average));
        Ok((count, MetricValueStatus { average_utilization: percent, average_value, value: None }))
    }

    fn count_usage(
        &self,
        resource: &str,
        container: &str,
        goal: Goal,
        pods: &mut Vec<PodShare>,
    ) -> Result<Count, String> {
        let measured = client::resource(self.api, self.pods, resource, container)
            .map_err(|error| format!("unable to get metrics for resource {resource}: {error}"))?;
        *pods = group_pods(self.pods, &measured, resource, self.date());
        if let Goal::Utilization(_) = goal {
            let requests = pod_requests(self.pods, container, resource);
            // That nothing is measured is told first.
            if pods.iter().any(|share| share.counted.is_some()) {
                for (share, request) in pods.iter_mut().zip(requests?) {
                    share.request = request;
                }
            }
        }
        replicas_for_pods(pods, self.spec_replicas, goal)
    }

    fn pods(&self, source: &PodsMetricSource, pods: &mut Vec<PodShare>) -> Counted {
        let name = &source.metric.name;
        let measured = client::pods(self.api, self.pods, &source.metric, self.now)
            .map_err(|error| alike(format!("unable to get metric {name}: {error}")))?;
        *pods = group_pods(self.pods, &measured, "", self.date());
        let goal = Goal::Average(source.target.average_value.unwrap_or_default().milli_value());
        let count = replicas_for_pods(pods, self.spec_replicas, goal).map_err(alike)?;
        let status = PodsMetricStatus { metric: source.metric.clone(), current: average(count.average) };
        Ok((count, format!("pods metric {name}"), MetricStatus { pods: Some(status), ..Default::default() }))
    }

    fn object(&self, source: &ObjectMetricSource) -> Counted {
        let (object, metric, target) = (&source.described_object, &source.metric, &source.target);
        let read = || {
            client::object(self.api, self.namespace, object, metric, self.now).map_err(|error| {
                let (kind, namespace, name) = (&object.kind, self.namespace, &metric.name);
                format!("unable to get metric {name}: {kind} on {namespace} {}/{error}", object.name)
            })
        };
        match (&*target.type_, target.value, target.average_value) {
            (VALUE, Some(wanted), _) => {
                let count = read()
                    .and_then(|usage| {
                        replicas_for_value(usage, wanted.milli_value(), self.spec_replicas, self.pods)
                    })
                    .map_err(alike)?;
                let (described_object, metric) = (object.clone(), metric.clone());
                let name = format!("{} metric {}", object.kind, metric.name);
                let status = ObjectMetricStatus { described_object, metric, current: value(count.current) };
                Ok((count, name, MetricStatus { object: Some(status), ..Default::default() }))
            }
            (AVERAGE_VALUE, _, Some(wanted)) => {
                let passed_on = |error| format!("failed to get {} object metric: {error}", metric.name);
                let usage = read().map_err(|error| (error.clone(), passed_on(error)))?;
                let count = replicas_for_average(usage, wanted.milli_value(), self.status_replicas);
                let current = average(count.average);
                // Upstream does not say here what the object is.
                let status = ObjectMetricStatus { metric: metric.clone(), current, ..Default::default() };
                Ok((
                    count,
                    external_name(metric),
                    MetricStatus { object: Some(status), ..Default::default() },
                ))
            }
            _ => Err(alike(
                "invalid object metric source: neither a value target nor an average value target was set"
                    .into(),
            )),
        }
    }

    fn external(&self, source: &ExternalMetricSource) -> Counted {
        let (metric, target) = (&source.metric, &source.target);
        let (name, namespace) = (&metric.name, self.namespace);
        let usage = client::external(self.api, namespace, metric, self.now).map_err(|error| {
            format!("unable to get external metric {namespace}/{name}/{}: {error}", printed(metric))
        });
        let (count, current) = if let Some(wanted) = target.average_value {
            let passed_on = |error| format!("failed to get {name} external metric: {error}");
            let usage = usage.map_err(|error| (error.clone(), passed_on(error)))?;
            let count = replicas_for_average(usage, wanted.milli_value(), self.status_replicas);
            (count, average(count.average))
        } else {
            let passed_on = |error| format!("failed to get external metric {name}: {error}");
            let wanted = target.value.unwrap_or_default().milli_value();
            let count = usage
                .and_then(|usage| replicas_for_value(usage, wanted, self.spec_replicas, self.pods))
                .map_err(|error| (error.clone(), passed_on(error)))?;
            (count, value(count.current))
        };
        let status = ExternalMetricStatus { metric: metric.clone(), current };
        Ok((count, external_name(metric), MetricStatus { external: Some(status), ..Default::default() }))
    }
}

/// An error that is passed on as it is.
fn alike(error: String) -> (String, String) {
    (error.clone(), error)
}

fn called(resource: &str, container: &str, target: &MetricTarget) -> String {
    match target.average_value {
        Some(_) => format!("{resource} resource"),
        None => format!("{resource}{container} resource utilization (percentage of request)"),
    }
}

fn external_name(metric: &MetricIdentifier) -> String {
    format!("external metric {}({})", metric.name, printed(metric))
}

/// The selector as Go prints it.
fn printed(metric: &MetricIdentifier) -> String {
    metric.selector.as_ref().map_or_else(|| "nil".into(), LabelSelector::go_string)
}

fn average(millis: i64) -> MetricValueStatus {
    MetricValueStatus { average_value: Some(Quantity::from_millis(millis)), ..Default::default() }
}

fn value(millis: i64) -> MetricValueStatus {
    MetricValueStatus { value: Some(Quantity::from_millis(millis)), ..Default::default() }
}
