//! DaemonSets: one pod of a template on every node that fits.

use crate::defaults::{self, fill};
use crate::pod_template::PodTemplateSpec;
use crate::rules::Rules;
use crate::validation::{Bare, Errors, Path, intstr, pod, workload};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{IntOrString, LabelSelector, ObjectMeta, Str, Time};
use std::rc::Rc;

/// The strategy that waits for somebody to delete the old pods.
pub const ON_DELETE: &str = "OnDelete";
/// The strategy that replaces pods a few at a time.
const ROLLING_UPDATE: &str = "RollingUpdate";

/// One pod of a template on every node that fits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct DaemonSet {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What it is to be.
    pub spec: DaemonSetSpec,
    /// What is known of it.
    pub status: DaemonSetStatus,
}

/// What the pod on every node is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct DaemonSetSpec {
    /// Which pods belong to it.
    pub selector: Option<LabelSelector>,
    /// What the pods look like.
    pub template: Rc<PodTemplateSpec>,
    /// How old pods are replaced by new ones.
    pub update_strategy: DaemonSetUpdateStrategy,
    /// How long a new pod must be ready to count as available.
    #[json(omitempty)]
    pub min_ready_seconds: i32,
    /// How many old ControllerRevisions are kept.
    #[json(omitempty)]
    pub revision_history_limit: Option<i32>,
}

/// How old pods are replaced by new ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct DaemonSetUpdateStrategy {
    /// `RollingUpdate` or `OnDelete`.
    #[json(text)]
    pub type_: Option<Str>,
    /// How far a rolling update may go at once.
    #[json(omitempty)]
    pub rolling_update: Option<RollingUpdateDaemonSet>,
}

/// How far a rolling update may go at once: one of the two is 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct RollingUpdateDaemonSet {
    /// How many nodes may be without an available pod, as a number or a percentage.
    #[json(omitempty)]
    pub max_unavailable: Option<IntOrString>,
    /// How many nodes may have an old pod and a new one, as a number or a percentage.
    #[json(omitempty)]
    pub max_surge: Option<IntOrString>,
}

/// On how many nodes there is what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct DaemonSetStatus {
    /// Nodes that have a pod and should.
    pub current_number_scheduled: i32,
    /// Nodes that have a pod and should not.
    pub number_misscheduled: i32,
    /// Nodes that should have a pod.
    pub desired_number_scheduled: i32,
    /// Nodes whose pod is ready.
    pub number_ready: i32,
    /// The generation that the status speaks of.
    #[json(omitempty)]
    pub observed_generation: i64,
    /// Nodes with a pod of the present template.
    #[json(omitempty)]
    pub updated_number_scheduled: i32,
    /// Nodes whose pod has been ready for `minReadySeconds`.
    #[json(omitempty)]
    pub number_available: i32,
    /// Nodes without an available pod that should have one.
    #[json(omitempty)]
    pub number_unavailable: i32,
    /// How often the name of a new ControllerRevision was taken already.
    #[json(omitempty)]
    pub collision_count: Option<i32>,
    /// What is true of the object, and since when.
    #[json(omitempty)]
    pub conditions: Vec<DaemonSetCondition>,
}

/// One thing that is true or not of a DaemonSet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct DaemonSetCondition {
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

impl Rules for DaemonSet {
    const COUNTS_GENERATION: bool = true;

    fn set_defaults(&mut self) {
        let spec = &mut self.spec;
        fill(&mut spec.update_strategy.type_, ROLLING_UPDATE);
        if spec.update_strategy.type_.as_deref() == Some(ROLLING_UPDATE) {
            let rolling = spec.update_strategy.rolling_update.get_or_insert_default();
            rolling.max_unavailable.get_or_insert(IntOrString::Int(1));
            rolling.max_surge.get_or_insert(IntOrString::Int(0));
        }
        spec.revision_history_limit.get_or_insert(10);
        defaults::template(&mut spec.template);
    }

    fn check(&self, errors: &mut Errors) {
        let (path, spec) = (&Path::Root("spec"), &self.spec);
        let template = &path.field("template");
        let selector = spec.selector.as_ref();
        if workload::valid_selector(selector, path, errors) {
            workload::matching_selector(selector, &spec.template, template, errors);
        }
        workload::not_empty(selector, "daemonset", path, errors);
        pod::template(&spec.template, template, errors);
        workload::running_on(&spec.template.spec, "DaemonSet", &template.field("spec"), errors);
        errors.non_negative(&path.field("minReadySeconds"), i64::from(spec.min_ready_seconds));
        check_strategy(&spec.update_strategy, &path.field("updateStrategy"), errors);
        let limit = spec.revision_history_limit.unwrap_or_default();
        errors.non_negative(&path.field("revisionHistoryLimit"), i64::from(limit));
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        self.check(errors);
        errors.immutable(&Path::Root("spec").field("selector"), &self.spec.selector, &old.spec.selector);
    }
}

fn check_strategy(strategy: &DaemonSetUpdateStrategy, path: &Path, errors: &mut Errors) {
    match (strategy.type_.as_deref(), &strategy.rolling_update) {
        (Some(ON_DELETE), _) => {}
        (Some(ROLLING_UPDATE), None) => errors.required(&path.field("rollingUpdate"), ""),
        (Some(ROLLING_UPDATE), Some(rolling)) => {
            check_rolling_update(rolling, &path.field("rollingUpdate"), errors);
        }
        (other, rolling) => {
            let (go, inner) = ("apps.DaemonSetUpdateStrategy", "apps.RollingUpdateDaemonSet");
            let shown = workload::shown_strategy(go, other, inner, rolling.is_some());
            errors.not_supported(path, &Bare(&shown), &[ROLLING_UPDATE, ON_DELETE]);
        }
    }
}

fn check_rolling_update(rolling: &RollingUpdateDaemonSet, path: &Path, errors: &mut Errors) {
    let zero = IntOrString::Int(0);
    let unavailable = rolling.max_unavailable.as_ref().unwrap_or(&zero);
    let surge = rolling.max_surge.as_ref().unwrap_or(&zero);
    let (unavailable_path, surge_path) = (path.field("maxUnavailable"), path.field("maxSurge"));
    intstr::non_negative_or_percent(unavailable, &unavailable_path, errors);
    intstr::non_negative_or_percent(surge, &surge_path, errors);
    intstr::at_most_100_percent(unavailable, &unavailable_path, errors);
    intstr::at_most_100_percent(surge, &surge_path, errors);
    match (intstr::number_or_percent(unavailable), intstr::number_or_percent(surge)) {
        (0, 0) => errors.required(&unavailable_path, "cannot be 0 when maxSurge is 0"),
        (0, _) | (_, 0) => {}
        _ => errors.invalid(&surge_path, surge, "may not be set when maxUnavailable is non-zero"),
    }
}
