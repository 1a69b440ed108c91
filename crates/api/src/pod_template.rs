//! The pattern that controllers make pods from.

use crate::pod_spec::PodSpec;
use orrery_apimachinery::ObjectMeta;
use orrery_apimachinery::decode::Fields;
use std::rc::Rc;

/// What the pods of a controller look like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PodTemplateSpec {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What it is to be.
    pub spec: Rc<PodSpec>,
}
