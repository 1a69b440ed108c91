//! What an autoscaler saw of its metrics.

use crate::horizontal_pod_autoscaler::CrossVersionObjectReference;
use crate::metrics::MetricIdentifier;
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{Quantity, Str};

/// A metric, and what it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct MetricStatus {
    /// The resources of one of the pods' containers.
    #[json(omitempty)]
    pub container_resource: Option<ContainerResourceMetricStatus>,
    /// Something outside of the cluster.
    #[json(omitempty)]
    pub external: Option<ExternalMetricStatus>,
    /// Another object.
    #[json(omitempty)]
    pub object: Option<ObjectMetricStatus>,
    /// The pods.
    #[json(omitempty)]
    pub pods: Option<PodsMetricStatus>,
    /// The pods' own resources.
    #[json(omitempty)]
    pub resource: Option<ResourceMetricStatus>,
    /// Which of them: `Resource`, `ContainerResource`, `Pods`, `Object` or `External`.
    pub type_: Str,
}

/// A metric of another object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ObjectMetricStatus {
    /// What it is.
    pub current: MetricValueStatus,
    /// The object.
    pub described_object: CrossVersionObjectReference,
    /// The metric.
    pub metric: MetricIdentifier,
}

/// A metric of the pods.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PodsMetricStatus {
    /// What it is.
    pub current: MetricValueStatus,
    /// The metric.
    pub metric: MetricIdentifier,
}

/// A resource of the pods.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ResourceMetricStatus {
    /// What its use is.
    pub current: MetricValueStatus,
    /// The resource.
    pub name: Str,
}

/// A resource of one of the pods' containers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ContainerResourceMetricStatus {
    /// The container.
    pub container: Str,
    /// What its use is.
    pub current: MetricValueStatus,
    /// The resource.
    pub name: Str,
}

/// A metric from outside of the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ExternalMetricStatus {
    /// What it is.
    pub current: MetricValueStatus,
    /// The metric.
    pub metric: MetricIdentifier,
}

/// What a metric is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct MetricValueStatus {
    /// A percentage of what the pods request.
    #[json(omitempty)]
    pub average_utilization: Option<i32>,
    /// An amount for each pod.
    #[json(omitempty)]
    pub average_value: Option<Quantity>,
    /// An amount for all pods together.
    #[json(omitempty)]
    pub value: Option<Quantity>,
}
