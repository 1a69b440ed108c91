//! What an autoscaler saw of its metrics.

use crate::horizontal_pod_autoscaler::CrossVersionObjectReference;
use crate::metrics::MetricIdentifier;
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{Quantity, Str};

/// A metric, and what it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct MetricStatus {
    /// Which of them: `Resource`, `ContainerResource`, `Pods`, `Object` or `External`.
    pub type_: Str,
    /// Another object.
    #[json(omitempty)]
    pub object: Option<ObjectMetricStatus>,
    /// The pods.
    #[json(omitempty)]
    pub pods: Option<PodsMetricStatus>,
    /// The pods' own resources.
    #[json(omitempty)]
    pub resource: Option<ResourceMetricStatus>,
    /// The resources of one of the pods' containers.
    #[json(omitempty)]
    pub container_resource: Option<ContainerResourceMetricStatus>,
    /// Something outside of the cluster.
    #[json(omitempty)]
    pub external: Option<ExternalMetricStatus>,
}

/// A metric of another object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ObjectMetricStatus {
    /// The metric.
    pub metric: MetricIdentifier,
    /// What it is.
    pub current: MetricValueStatus,
    /// The object.
    pub described_object: CrossVersionObjectReference,
}

/// A metric of the pods.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PodsMetricStatus {
    /// The metric.
    pub metric: MetricIdentifier,
    /// What it is.
    pub current: MetricValueStatus,
}

/// A resource of the pods.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ResourceMetricStatus {
    /// The resource.
    pub name: Str,
    /// What its use is.
    pub current: MetricValueStatus,
}

/// A resource of one of the pods' containers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ContainerResourceMetricStatus {
    /// The resource.
    pub name: Str,
    /// What its use is.
    pub current: MetricValueStatus,
    /// The container.
    pub container: Str,
}

/// A metric from outside of the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ExternalMetricStatus {
    /// The metric.
    pub metric: MetricIdentifier,
    /// What it is.
    pub current: MetricValueStatus,
}

/// What a metric is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct MetricValueStatus {
    /// An amount for all pods together.
    #[json(omitempty)]
    pub value: Option<Quantity>,
    /// An amount for each pod.
    #[json(omitempty)]
    pub average_value: Option<Quantity>,
    /// A percentage of what the pods request.
    #[json(omitempty)]
    pub average_utilization: Option<i32>,
}
