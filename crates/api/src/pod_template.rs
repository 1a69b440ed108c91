//! PodTemplates: the pattern that controllers make pods from, within them and by itself.

use crate::defaults;
use crate::pod_spec::PodSpec;
use crate::rules::Rules;
use crate::validation::{Errors, Path, pod};
use orrery_apimachinery::ObjectMeta;
use orrery_apimachinery::decode::Fields;
use std::rc::Rc;

/// A pattern for pods, kept as an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PodTemplate {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What the pods look like.
    pub template: Rc<PodTemplateSpec>,
}

/// What the pods of a controller look like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PodTemplateSpec {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What it is to be.
    pub spec: Rc<PodSpec>,
}

impl Rules for PodTemplate {
    const COUNTS_GENERATION: bool = true;

    fn same_desired(&self, old: &Self) -> bool {
        self.template == old.template
    }

    fn set_defaults(&mut self) {
        defaults::template(&mut self.template);
    }

    fn check(&self, errors: &mut Errors) {
        pod::template(&self.template, &Path::Root("template"), errors);
    }
}
