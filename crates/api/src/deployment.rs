//! Deployments: rollouts from one template to the next.

use crate::defaults::{self, fill};
use crate::pod_template::PodTemplateSpec;
use crate::rules::Rules;
use crate::validation::{Bare, Errors, Path, intstr, workload};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{IntOrString, LabelSelector, ObjectMeta, Str, Time};
use std::rc::Rc;

/// The strategy that replaces pods a few at a time.
pub const ROLLING_UPDATE: &str = "RollingUpdate";
/// The strategy that stops all old pods before it starts new ones.
pub const RECREATE: &str = "Recreate";

/// Pods of a template, and rollouts from one template to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct Deployment {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What it is to be.
    pub spec: DeploymentSpec,
    /// What is known of it.
    pub status: DeploymentStatus,
}

/// What the deployment is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct DeploymentSpec {
    /// How many pods there are to be.
    #[json(omitempty)]
    pub replicas: Option<i32>,
    /// Which pods belong to it.
    pub selector: Option<LabelSelector>,
    /// What the pods look like.
    pub template: Rc<PodTemplateSpec>,
    /// How old pods are replaced by new ones.
    pub strategy: DeploymentStrategy,
    /// How long a new pod must be ready to count as available.
    #[json(omitempty)]
    pub min_ready_seconds: i32,
    /// How many old ReplicaSets are kept.
    #[json(omitempty)]
    pub revision_history_limit: Option<i32>,
    /// Whether the rollout is held.
    #[json(omitempty)]
    pub paused: bool,
    /// How long the rollout may stand still before it counts as failed.
    #[json(omitempty)]
    pub progress_deadline_seconds: Option<i32>,
}

/// How old pods are replaced by new ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct DeploymentStrategy {
    /// `RollingUpdate` or `Recreate`.
    #[json(text)]
    pub type_: Option<Str>,
    /// How far a rolling update may go at once.
    #[json(omitempty)]
    pub rolling_update: Option<RollingUpdateDeployment>,
}

/// How far a rolling update may go at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct RollingUpdateDeployment {
    /// How many pods may be missing, as a number or a percentage.
    #[json(omitempty)]
    pub max_unavailable: Option<IntOrString>,
    /// How many pods may be too many, as a number or a percentage.
    #[json(omitempty)]
    pub max_surge: Option<IntOrString>,
}

/// How far the rollout has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct DeploymentStatus {
    /// The generation that the status speaks of.
    #[json(omitempty)]
    pub observed_generation: i64,
    /// How many pods there are.
    #[json(omitempty)]
    pub replicas: i32,
    /// Pods of the present template.
    #[json(omitempty)]
    pub updated_replicas: i32,
    /// Pods that are ready.
    #[json(omitempty)]
    pub ready_replicas: i32,
    /// Pods that have been ready for `minReadySeconds`.
    #[json(omitempty)]
    pub available_replicas: i32,
    /// Pods that are missing or not available yet.
    #[json(omitempty)]
    pub unavailable_replicas: i32,
    /// What is true of the object, and since when.
    #[json(omitempty)]
    pub conditions: Vec<DeploymentCondition>,
    /// How often the name of a new ReplicaSet was taken already.
    #[json(omitempty)]
    pub collision_count: Option<i32>,
}

/// One thing that is true or not of a deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct DeploymentCondition {
    /// The type.
    pub type_: Str,
    /// `True`, `False` or `Unknown`.
    pub status: Str,
    /// When the condition was last written.
    pub last_update_time: Option<Time>,
    /// When the status last changed.
    pub last_transition_time: Option<Time>,
    /// Why, in one word.
    #[json(text)]
    pub reason: Option<Str>,
    /// Details for people.
    #[json(text)]
    pub message: Option<Str>,
}

impl Rules for Deployment {
    const COUNTS_GENERATION: bool = true;

    /// Annotations count: ReplicaSets get them too. Those that the controller itself writes come with the status.
    fn same_desired(&self, old: &Self) -> bool {
        self.spec == old.spec && self.metadata.annotations == old.metadata.annotations
    }

    fn set_defaults(&mut self) {
        let spec = &mut self.spec;
        spec.replicas.get_or_insert(1);
        spec.revision_history_limit.get_or_insert(10);
        spec.progress_deadline_seconds.get_or_insert(600);
        fill(&mut spec.strategy.type_, ROLLING_UPDATE);
        if spec.strategy.type_.as_deref() == Some(ROLLING_UPDATE) {
            let rolling = spec.strategy.rolling_update.get_or_insert_default();
            let quarter = || IntOrString::String("25%".into());
            rolling.max_unavailable.get_or_insert_with(quarter);
            rolling.max_surge.get_or_insert_with(quarter);
        }
        defaults::template(&mut spec.template);
    }

    fn check(&self, errors: &mut Errors) {
        let (path, spec) = (&Path::Root("spec"), &self.spec);
        errors.non_negative(&path.field("replicas"), i64::from(spec.replicas.unwrap_or(1)));
        workload::replicas(spec.selector.as_ref(), &spec.template, path, errors);
        check_strategy(&spec.strategy, &path.field("strategy"), errors);
        errors.non_negative(&path.field("minReadySeconds"), i64::from(spec.min_ready_seconds));
        let limit = spec.revision_history_limit.unwrap_or_default();
        errors.non_negative(&path.field("revisionHistoryLimit"), i64::from(limit));
        if let Some(deadline) = spec.progress_deadline_seconds {
            let path = path.field("progressDeadlineSeconds");
            errors.non_negative(&path, i64::from(deadline));
            if deadline <= spec.min_ready_seconds {
                errors.invalid(&path, &deadline, "must be greater than minReadySeconds");
            }
        }
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        self.check(errors);
        errors.immutable(&Path::Root("spec").field("selector"), &self.spec.selector, &old.spec.selector);
    }
}

fn check_strategy(strategy: &DeploymentStrategy, path: &Path, errors: &mut Errors) {
    match (strategy.type_.as_deref(), &strategy.rolling_update) {
        (Some(RECREATE), Some(_)) => {
            let detail = "may not be specified when strategy `type` is 'Recreate'";
            errors.forbidden(&path.field("rollingUpdate"), detail);
        }
        (Some(RECREATE), None) => {}
        (Some(ROLLING_UPDATE), Some(rolling)) => {
            check_rolling_update(rolling, &path.field("rollingUpdate"), errors);
        }
        (Some(ROLLING_UPDATE), None) => {
            errors.required(&path.field("rollingUpdate"), "this should be defaulted and never be nil");
        }
        (other, rolling) => {
            let (go, inner) = ("apps.DeploymentStrategy", "apps.RollingUpdateDeployment");
            let shown = workload::shown_strategy(go, other, inner, rolling.is_some());
            errors.not_supported(path, &Bare(&shown), &[RECREATE, ROLLING_UPDATE]);
        }
    }
}

fn check_rolling_update(rolling: &RollingUpdateDeployment, path: &Path, errors: &mut Errors) {
    let zero = IntOrString::Int(0);
    let unavailable = rolling.max_unavailable.as_ref().unwrap_or(&zero);
    let surge = rolling.max_surge.as_ref().unwrap_or(&zero);
    intstr::non_negative_or_percent(unavailable, &path.field("maxUnavailable"), errors);
    intstr::non_negative_or_percent(surge, &path.field("maxSurge"), errors);
    if intstr::number_or_percent(unavailable) == 0 && intstr::number_or_percent(surge) == 0 {
        errors.invalid(&path.field("maxUnavailable"), unavailable, "may not be 0 when `maxSurge` is 0");
    }
    intstr::at_most_100_percent(unavailable, &path.field("maxUnavailable"), errors);
}
