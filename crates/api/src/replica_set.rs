//! ReplicaSets: so many pods of one template.

use crate::defaults;
use crate::pod_template::PodTemplateSpec;
use crate::rules::Rules;
use crate::validation::{Errors, Path, pod, workload};
use crate::wire::{is_default, text};
use orrery_apimachinery::{LabelSelector, ObjectMeta, Str, Time};
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// So many pods of one template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ReplicaSet {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What it is to be.
    pub spec: ReplicaSetSpec,
    /// What is known of it.
    pub status: ReplicaSetStatus,
}

/// How many pods of which template there are to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ReplicaSetSpec {
    /// How long a new pod must be ready to count as available.
    #[serde(skip_serializing_if = "is_default")]
    pub min_ready_seconds: i32,
    /// How many pods there are to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<i32>,
    /// Which pods belong to it.
    pub selector: Option<LabelSelector>,
    /// What the pods look like.
    pub template: Rc<PodTemplateSpec>,
}

/// How many pods there are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ReplicaSetStatus {
    /// Pods that have been ready for `minReadySeconds`.
    #[serde(skip_serializing_if = "is_default")]
    pub available_replicas: i32,
    /// What is true of the object, and since when.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<ReplicaSetCondition>,
    /// Pods that have all labels of the template.
    #[serde(skip_serializing_if = "is_default")]
    pub fully_labeled_replicas: i32,
    /// The generation that the status speaks of.
    #[serde(skip_serializing_if = "is_default")]
    pub observed_generation: i64,
    /// Pods that are ready.
    #[serde(skip_serializing_if = "is_default")]
    pub ready_replicas: i32,
    /// How many pods there are.
    pub replicas: i32,
}

/// One thing that is true or not of a ReplicaSet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ReplicaSetCondition {
    /// When the status last changed.
    pub last_transition_time: Option<Time>,
    /// Details for people.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub message: Option<Str>,
    /// Why, in one word.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub reason: Option<Str>,
    /// `True`, `False` or `Unknown`.
    pub status: Str,
    /// The type.
    pub type_: Str,
}

impl Rules for ReplicaSet {
    fn set_defaults(&mut self) {
        self.spec.replicas.get_or_insert(1);
        defaults::template(&mut self.spec.template);
    }

    fn check(&self, errors: &mut Errors) {
        let (path, spec) = (&Path::Root("spec"), &self.spec);
        errors.non_negative(&path.field("replicas"), i64::from(spec.replicas.unwrap_or(1)));
        errors.non_negative(&path.field("minReadySeconds"), i64::from(spec.min_ready_seconds));
        workload::selector(spec.selector.as_ref(), path, errors);
        pod::replicated_template(&spec.template, spec.selector.as_ref(), &path.field("template"), errors);
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        self.check(errors);
        errors.immutable(&Path::Root("spec").field("selector"), &self.spec.selector, &old.spec.selector);
    }
}
