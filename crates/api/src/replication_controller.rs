//! ReplicationControllers: so many pods of one template, as before ReplicaSets.

use crate::defaults;
use crate::pod_template::PodTemplateSpec;
use crate::rules::Rules;
use crate::validation::{Errors, Path, workload};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{ObjectMeta, Str, StrMap, Time};
use std::rc::Rc;

/// So many pods of one template, found by plain labels.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ReplicationController {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What it is to be.
    pub spec: ReplicationControllerSpec,
    /// What is known of it.
    pub status: ReplicationControllerStatus,
}

/// How many pods of which template there are to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ReplicationControllerSpec {
    /// How many pods there are to be.
    #[json(omitempty)]
    pub replicas: Option<i32>,
    /// How long a new pod must be ready to count as available.
    #[json(omitempty)]
    pub min_ready_seconds: i32,
    /// Labels of the pods that belong to it.
    #[json(omitempty)]
    pub selector: StrMap,
    /// What the pods look like.
    #[json(omitempty)]
    pub template: Option<Rc<PodTemplateSpec>>,
}

/// How many pods there are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ReplicationControllerStatus {
    /// How many pods there are.
    pub replicas: i32,
    /// Pods that have all labels of the template.
    #[json(omitempty)]
    pub fully_labeled_replicas: i32,
    /// Pods that are ready.
    #[json(omitempty)]
    pub ready_replicas: i32,
    /// Pods that have been ready for `minReadySeconds`.
    #[json(omitempty)]
    pub available_replicas: i32,
    /// The generation that the status speaks of.
    #[json(omitempty)]
    pub observed_generation: i64,
    /// What is true of the object, and since when.
    #[json(omitempty)]
    pub conditions: Vec<ReplicationControllerCondition>,
}

/// One thing that is true or not of a ReplicationController.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ReplicationControllerCondition {
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

impl Rules for ReplicationController {
    const COUNTS_GENERATION: bool = true;

    fn set_defaults(&mut self) {
        let spec = &mut self.spec;
        spec.replicas.get_or_insert(1);
        let Some(template) = &mut spec.template else { return };
        if spec.selector.is_empty() {
            spec.selector = template.metadata.labels.clone();
        }
        if self.metadata.labels.is_empty() {
            self.metadata.labels = template.metadata.labels.clone();
        }
        defaults::template(template);
    }

    fn check(&self, errors: &mut Errors) {
        let (path, spec) = (&Path::Root("spec"), &self.spec);
        errors.non_negative(&path.field("minReadySeconds"), i64::from(spec.min_ready_seconds));
        if spec.selector.is_empty() {
            errors.required(&path.field("selector"), "");
        }
        errors.non_negative(&path.field("replicas"), i64::from(spec.replicas.unwrap_or(1)));
        let path = path.field("template");
        let Some(template) = &spec.template else { return errors.required(&path, "") };
        let labels = &template.metadata.labels;
        workload::matching(
            spec.selector.iter().all(|(k, v)| labels.get(k) == Some(v)),
            template,
            &path,
            errors,
        );
        workload::replicated_template(template, "ReplicationController", &path, errors);
    }
}
