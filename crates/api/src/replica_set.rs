//! ReplicaSets: so many pods of one template.

use crate::defaults;
use crate::pod_template::PodTemplateSpec;
use crate::rules::Rules;
use crate::validation::{Errors, Path, workload};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{LabelSelector, ObjectMeta, Str, Time};
use std::rc::Rc;

/// So many pods of one template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ReplicaSet {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What it is to be.
    pub spec: ReplicaSetSpec,
    /// What is known of it.
    pub status: ReplicaSetStatus,
}

/// How many pods of which template there are to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ReplicaSetSpec {
    /// How many pods there are to be.
    #[json(omitempty)]
    pub replicas: Option<i32>,
    /// How long a new pod must be ready to count as available.
    #[json(omitempty)]
    pub min_ready_seconds: i32,
    /// Which pods belong to it.
    pub selector: Option<LabelSelector>,
    /// What the pods look like.
    pub template: Rc<PodTemplateSpec>,
}

/// How many pods there are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ReplicaSetStatus {
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
    pub conditions: Vec<ReplicaSetCondition>,
}

/// One thing that is true or not of a ReplicaSet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ReplicaSetCondition {
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

impl Rules for ReplicaSet {
    const COUNTS_GENERATION: bool = true;

    fn set_defaults(&mut self) {
        self.spec.replicas.get_or_insert(1);
        defaults::template(&mut self.spec.template);
    }

    fn check(&self, errors: &mut Errors) {
        let (path, spec) = (&Path::Root("spec"), &self.spec);
        errors.non_negative(&path.field("replicas"), i64::from(spec.replicas.unwrap_or(1)));
        errors.non_negative(&path.field("minReadySeconds"), i64::from(spec.min_ready_seconds));
        workload::replicas(spec.selector.as_ref(), &spec.template, path, errors);
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        self.check(errors);
        errors.immutable(&Path::Root("spec").field("selector"), &self.spec.selector, &old.spec.selector);
    }
}
