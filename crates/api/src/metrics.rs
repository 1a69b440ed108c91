//! What tells an autoscaler how much work there is.

use crate::horizontal_pod_autoscaler::CrossVersionObjectReference;
use crate::validation::resources::{self, RawQuantity};
use crate::validation::{Errors, Path, names};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{LabelSelector, Quantity, Str};

/// A metric of the pods' own resources.
pub const RESOURCE: &str = "Resource";
/// A metric of the resources of one of the pods' containers.
pub const CONTAINER_RESOURCE: &str = "ContainerResource";
/// A metric of the pods.
pub const PODS: &str = "Pods";
/// A metric of another object.
pub const OBJECT: &str = "Object";
/// A metric from outside of the cluster.
pub const EXTERNAL: &str = "External";
/// A target as a percentage of what is requested.
pub const UTILIZATION: &str = "Utilization";
/// A target for all pods together.
pub const VALUE: &str = "Value";
/// A target for each pod.
pub const AVERAGE_VALUE: &str = "AverageValue";

/// A metric, and what it is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct MetricSpec {
    /// Which of them: `Resource`, `ContainerResource`, `Pods`, `Object` or `External`.
    pub type_: Str,
    /// Another object.
    #[json(omitempty)]
    pub object: Option<ObjectMetricSource>,
    /// The pods.
    #[json(omitempty)]
    pub pods: Option<PodsMetricSource>,
    /// The pods' own resources.
    #[json(omitempty)]
    pub resource: Option<ResourceMetricSource>,
    /// The resources of one of the pods' containers.
    #[json(omitempty)]
    pub container_resource: Option<ContainerResourceMetricSource>,
    /// Something outside of the cluster.
    #[json(omitempty)]
    pub external: Option<ExternalMetricSource>,
}

/// A metric of another object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ObjectMetricSource {
    /// The object.
    pub described_object: CrossVersionObjectReference,
    /// What it is to be.
    pub target: MetricTarget,
    /// The metric.
    pub metric: MetricIdentifier,
}

/// A metric of the pods.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PodsMetricSource {
    /// The metric.
    pub metric: MetricIdentifier,
    /// What it is to be.
    pub target: MetricTarget,
}

/// A resource of the pods.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ResourceMetricSource {
    /// The resource.
    pub name: Str,
    /// What its use is to be.
    pub target: MetricTarget,
}

/// A resource of one of the pods' containers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ContainerResourceMetricSource {
    /// The resource.
    pub name: Str,
    /// What its use is to be.
    pub target: MetricTarget,
    /// The container.
    pub container: Str,
}

/// A metric from outside of the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ExternalMetricSource {
    /// The metric.
    pub metric: MetricIdentifier,
    /// What it is to be.
    pub target: MetricTarget,
}

/// A metric by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct MetricIdentifier {
    /// The name.
    pub name: Str,
    /// Which of the metric's series.
    #[json(omitempty)]
    pub selector: Option<LabelSelector>,
}

/// What a metric is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct MetricTarget {
    /// Which of them: `Utilization`, `Value` or `AverageValue`.
    pub type_: Str,
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

impl MetricSpec {
    /// Whether the metric can tell that the first pod is needed.
    pub(crate) fn works_without_pods(&self) -> bool {
        matches!(&*self.type_, OBJECT | EXTERNAL)
    }

    /// Upstream: `validateMetricSpec` of `pkg/apis/autoscaling/validation`.
    pub(crate) fn check(&self, path: &Path, errors: &mut Errors) {
        let type_path = path.field("type");
        if self.type_.is_empty() {
            errors.required(&type_path, "must specify a metric source type");
        }
        let types = [CONTAINER_RESOURCE, EXTERNAL, OBJECT, PODS, RESOURCE];
        errors.one_of(&type_path, Some(&self.type_), &types);
        let sources = [
            (OBJECT, "object", self.object.is_some()),
            (EXTERNAL, "external", self.external.is_some()),
            (PODS, "pods", self.pods.is_some()),
            (RESOURCE, "resource", self.resource.is_some()),
            (CONTAINER_RESOURCE, "containerResource", self.container_resource.is_some()),
        ];
        let given = || sources.iter().filter(|(.., given)| *given);
        if let Some((_, name, _)) = given().next() {
            self.check_source(name, &path.field(name), errors);
        }
        if let Some((_, name, false)) = sources.iter().find(|(type_, ..)| *type_ == &*self.type_) {
            errors.required(&path.field(name), "must populate information for the given metric source");
        }
        for (_, name, _) in given().filter(|(type_, ..)| given().count() > 1 && *type_ != &*self.type_) {
            errors.forbidden(&path.field(name), "must populate the given metric source only");
        }
    }

    /// The rules for the source under that name.
    fn check_source(&self, name: &str, path: &Path, errors: &mut Errors) {
        match name {
            "object" => self.object.iter().for_each(|s| s.check(path, errors)),
            "external" => self.external.iter().for_each(|s| s.check(path, errors)),
            "pods" => self.pods.iter().for_each(|s| s.check(path, errors)),
            "resource" => self.resource.iter().for_each(|s| s.check(path, errors)),
            _ => self.container_resource.iter().for_each(|s| s.check(path, errors)),
        }
    }
}

impl ObjectMetricSource {
    fn check(&self, path: &Path, errors: &mut Errors) {
        check_reference(&self.described_object, &path.field("describedObject"), errors);
        self.metric.check(&path.field("metric"), errors);
        let target = path.field("target");
        self.target.check(&target, errors);
        if self.target.value.is_none() && self.target.average_value.is_none() {
            errors.required(&target.field("averageValue"), "must set either a target value or averageValue");
        }
    }
}

impl ExternalMetricSource {
    fn check(&self, path: &Path, errors: &mut Errors) {
        self.metric.check(&path.field("metric"), errors);
        let target = path.field("target");
        self.target.check(&target, errors);
        match (self.target.value.is_some(), self.target.average_value.is_some()) {
            (false, false) => {
                let detail = "must set either a target value for metric or a per-pod target";
                errors.required(&target.field("averageValue"), detail);
            }
            (true, true) => {
                let detail = "may not set both a target value for metric and a per-pod target";
                errors.forbidden(&target.field("value"), detail);
            }
            _ => {}
        }
    }
}

impl PodsMetricSource {
    fn check(&self, path: &Path, errors: &mut Errors) {
        self.metric.check(&path.field("metric"), errors);
        let target = path.field("target");
        self.target.check(&target, errors);
        if self.target.average_value.is_none() {
            errors.required(&target.field("averageValue"), "must specify a positive target averageValue");
        }
    }
}

impl ResourceMetricSource {
    fn check(&self, path: &Path, errors: &mut Errors) {
        if self.name.is_empty() {
            errors.required(&path.field("name"), "must specify a resource name");
        }
        self.target.check_use(&path.field("target"), errors);
    }
}

impl ContainerResourceMetricSource {
    fn check(&self, path: &Path, errors: &mut Errors) {
        let (name, container) = (path.field("name"), path.field("container"));
        if self.name.is_empty() {
            errors.required(&name, "must specify a resource name");
        } else {
            resources::container_name(&self.name, &name, errors);
        }
        if self.container.is_empty() {
            errors.required(&container, "must specify a container");
        } else {
            errors.each_invalid(&container, &self.container, names::dns_label(&self.container, false));
        }
        self.target.check_use(&path.field("target"), errors);
    }
}

impl MetricIdentifier {
    fn check(&self, path: &Path, errors: &mut Errors) {
        check_segment(&self.name, "must specify a metric name", &path.field("name"), errors);
    }
}

impl MetricTarget {
    fn check(&self, path: &Path, errors: &mut Errors) {
        let type_path = path.field("type");
        if self.type_.is_empty() {
            errors.required(&type_path, "must specify a metric target type");
        }
        if !matches!(&*self.type_, UTILIZATION | VALUE | AVERAGE_VALUE) {
            let detail = "must be either Utilization, Value, or AverageValue";
            errors.invalid(&type_path, &self.type_, detail);
        }
        for (name, amount) in [("value", &self.value), ("averageValue", &self.average_value)] {
            if let Some(amount) = amount.filter(|amount| *amount <= Quantity::ZERO) {
                errors.invalid(&path.field(name), &RawQuantity(amount), "must be positive");
            }
        }
        if let Some(percent) = self.average_utilization.filter(|percent| *percent < 1) {
            errors.invalid(&path.field("averageUtilization"), &percent, "must be greater than 0");
        }
    }

    /// The rules for a target of the use of a resource.
    fn check_use(&self, path: &Path, errors: &mut Errors) {
        self.check(path, errors);
        match (self.average_utilization.is_some(), self.average_value.is_some()) {
            (false, false) => {
                let detail = "must set either a target raw value or a target utilization";
                errors.required(&path.field("averageUtilization"), detail);
            }
            (true, true) => {
                let detail = "may not set both a target raw value and a target utilization";
                errors.forbidden(&path.field("averageValue"), detail);
            }
            _ => {}
        }
    }
}

/// The rules for a reference to what has a scale or a metric.
pub(crate) fn check_reference(reference: &CrossVersionObjectReference, path: &Path, errors: &mut Errors) {
    check_segment(&reference.kind, "", &path.field("kind"), errors);
    check_segment(&reference.name, "", &path.field("name"), errors);
}

/// A name that is a part of an address.
fn check_segment(name: &Str, absent: &str, path: &Path, errors: &mut Errors) {
    if name.is_empty() {
        errors.required(path, absent);
    } else {
        errors.each_invalid(path, name, names::path_segment(name, false));
    }
}
