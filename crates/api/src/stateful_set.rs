//! StatefulSets: pods with names, places and claims of their own.

use crate::defaults::{self, fill};
use crate::pod_template::PodTemplateSpec;
use crate::rules::Rules;
use crate::validation::{Bare, Errors, NameRule, Path, intstr, metadata, names, workload};
use crate::{PersistentVolumeClaim, PersistentVolumeClaimSpec, PersistentVolumeClaimStatus};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{IntOrString, LabelSelector, ObjectMeta, Str, Time};
use std::rc::Rc;

/// One pod is ready before the next one is made.
pub const ORDERED_READY: &str = "OrderedReady";
/// All pods are made and stopped at once.
pub const PARALLEL: &str = "Parallel";
/// The strategy that replaces one pod after the other.
const ROLLING_UPDATE: &str = "RollingUpdate";
/// The strategy that waits for somebody to delete the old pods.
const ON_DELETE: &str = "OnDelete";
/// Claims stay when their pod goes.
const RETAIN: &str = "Retain";

const ONLY_THESE: &str = "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

/// Pods with names, places and claims of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct StatefulSet {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What it is to be.
    pub spec: StatefulSetSpec,
    /// What is known of it.
    pub status: StatefulSetStatus,
}

/// What the pods are to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct StatefulSetSpec {
    /// How many pods there are to be.
    #[json(omitempty)]
    pub replicas: Option<i32>,
    /// Which pods belong to it.
    pub selector: Option<LabelSelector>,
    /// What the pods look like.
    pub template: Rc<PodTemplateSpec>,
    /// Claims of which every pod gets its own.
    #[json(omitempty)]
    pub volume_claim_templates: Vec<VolumeClaimTemplate>,
    /// The Service that the pods have their host names from.
    pub service_name: Str,
    /// `OrderedReady` or `Parallel`.
    #[json(text)]
    pub pod_management_policy: Option<Str>,
    /// How old pods are replaced by new ones.
    pub update_strategy: StatefulSetUpdateStrategy,
    /// How many old ControllerRevisions are kept.
    #[json(omitempty)]
    pub revision_history_limit: Option<i32>,
    /// How long a new pod must be ready to count as available.
    #[json(omitempty)]
    pub min_ready_seconds: i32,
    /// What becomes of claims whose pod goes.
    #[json(omitempty)]
    pub persistent_volume_claim_retention_policy: Option<StatefulSetPersistentVolumeClaimRetentionPolicy>,
    /// From where the pods are counted.
    #[json(omitempty)]
    pub ordinals: Option<StatefulSetOrdinals>,
}

/// From where the pods are counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct StatefulSetOrdinals {
    /// The first pod's number.
    pub start: i32,
}

/// What becomes of claims whose pod goes: `Retain` or `Delete`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct StatefulSetPersistentVolumeClaimRetentionPolicy {
    /// When the StatefulSet is deleted.
    #[json(text)]
    pub when_deleted: Option<Str>,
    /// When the StatefulSet is to have fewer pods.
    #[json(text)]
    pub when_scaled: Option<Str>,
}

/// How old pods are replaced by new ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct StatefulSetUpdateStrategy {
    /// `RollingUpdate` or `OnDelete`.
    #[json(text)]
    pub type_: Option<Str>,
    /// How far a rolling update goes.
    #[json(omitempty)]
    pub rolling_update: Option<RollingUpdateStatefulSetStrategy>,
}

/// How far a rolling update goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct RollingUpdateStatefulSetStrategy {
    /// Pods below this number stay as they are.
    #[json(omitempty)]
    pub partition: Option<i32>,
    /// How many pods may be missing; a feature that is off in 1.32.
    #[json(omitempty)]
    pub max_unavailable: Option<IntOrString>,
}

/// A claim within a StatefulSet: other than everywhere else, an object within an object states its type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
#[json(name = "PersistentVolumeClaim")]
pub struct VolumeClaimTemplate {
    /// `PersistentVolumeClaim`.
    #[json(text)]
    pub kind: Option<Str>,
    /// `v1`.
    #[json(text)]
    pub api_version: Option<Str>,
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What storage is asked for.
    pub spec: PersistentVolumeClaimSpec,
    /// A claim has one, if only by default.
    pub status: PersistentVolumeClaimStatus,
}

/// How many pods there are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct StatefulSetStatus {
    /// The generation that the status speaks of.
    #[json(omitempty)]
    pub observed_generation: i64,
    /// How many pods there are.
    pub replicas: i32,
    /// Pods that are ready.
    #[json(omitempty)]
    pub ready_replicas: i32,
    /// Pods of the template that `currentRevision` is.
    #[json(omitempty)]
    pub current_replicas: i32,
    /// Pods of the template that `updateRevision` is.
    #[json(omitempty)]
    pub updated_replicas: i32,
    /// The ControllerRevision that pods are updated from.
    #[json(text)]
    pub current_revision: Option<Str>,
    /// The ControllerRevision that pods are updated to.
    #[json(text)]
    pub update_revision: Option<Str>,
    /// How often the name of a new ControllerRevision was taken already.
    #[json(omitempty)]
    pub collision_count: Option<i32>,
    /// What is true of the object, and since when.
    #[json(omitempty)]
    pub conditions: Vec<StatefulSetCondition>,
    /// Pods that have been ready for `minReadySeconds`.
    pub available_replicas: i32,
}

/// One thing that is true or not of a StatefulSet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct StatefulSetCondition {
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

impl VolumeClaimTemplate {
    /// The claim itself.
    pub fn claim(&self) -> PersistentVolumeClaim {
        PersistentVolumeClaim {
            metadata: self.metadata.clone(),
            spec: self.spec.clone(),
            status: self.status.clone(),
        }
    }

    fn set_defaults(&mut self) {
        self.api_version = Some("v1".into());
        self.kind = Some("PersistentVolumeClaim".into());
        fill(&mut self.status.phase, "Pending");
        defaults::claim_spec(&mut self.spec);
    }
}

impl Rules for StatefulSet {
    const NAME: NameRule = names::dns_label;
    const COUNTS_GENERATION: bool = true;

    fn set_defaults(&mut self) {
        let spec = &mut self.spec;
        fill(&mut spec.pod_management_policy, ORDERED_READY);
        let strategy = &mut spec.update_strategy;
        if strategy.type_.is_none() {
            fill(&mut strategy.type_, ROLLING_UPDATE);
            strategy.rolling_update.get_or_insert_default();
        }
        if let (Some(ROLLING_UPDATE), Some(rolling)) =
            (strategy.type_.as_deref(), &mut strategy.rolling_update)
        {
            rolling.partition.get_or_insert(0);
        }
        let retention = spec.persistent_volume_claim_retention_policy.get_or_insert_default();
        fill(&mut retention.when_deleted, RETAIN);
        fill(&mut retention.when_scaled, RETAIN);
        spec.replicas.get_or_insert(1);
        spec.revision_history_limit.get_or_insert(10);
        defaults::template(&mut spec.template);
        spec.volume_claim_templates.iter_mut().for_each(VolumeClaimTemplate::set_defaults);
    }

    fn check(&self, errors: &mut Errors) {
        let (path, spec) = (&Path::Root("spec"), &self.spec);
        check_policies(spec, path, errors);
        errors.non_negative(&path.field("replicas"), i64::from(spec.replicas.unwrap_or(1)));
        errors.non_negative(&path.field("minReadySeconds"), i64::from(spec.min_ready_seconds));
        let start = spec.ordinals.as_ref().map_or(0, |ordinals| ordinals.start);
        errors.non_negative(&path.field("ordinals.start"), i64::from(start));
        let (template, selector) = (&path.field("template"), spec.selector.as_ref());
        if workload::selector(selector, "statefulset", "", path, errors) {
            // Upstream does not look into the pods' spec: their volumes come with the claims.
            workload::matching_selector(selector, &spec.template, template, errors);
            let meta = &spec.template.metadata;
            metadata::labels(&meta.labels, &template.field("labels"), errors);
            metadata::annotations(&meta.annotations, &template.field("annotations"), errors);
        }
        workload::running_on(&spec.template.spec, "StatefulSet", &template.field("spec"), errors);
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        self.check(errors);
        let (new, old) = (&self.spec, &old.spec);
        let same = new.selector == old.selector
            && new.service_name == old.service_name
            && new.pod_management_policy == old.pod_management_policy
            && new.revision_history_limit == old.revision_history_limit
            && new.volume_claim_templates == old.volume_claim_templates;
        if !same {
            errors.forbidden(&Path::Root("spec"), ONLY_THESE);
        }
    }
}

fn check_policies(spec: &StatefulSetSpec, path: &Path, errors: &mut Errors) {
    match spec.pod_management_policy.as_deref() {
        None => errors.required(&path.field("podManagementPolicy"), ""),
        Some(ORDERED_READY | PARALLEL) => {}
        Some(other) => {
            let detail = format!("must be '{ORDERED_READY}' or '{PARALLEL}'");
            errors.invalid(&path.field("podManagementPolicy"), other, detail);
        }
    }
    check_strategy(&spec.update_strategy, &path.field("updateStrategy"), errors);
    let policy = spec.persistent_volume_claim_retention_policy.as_ref();
    for (name, value) in
        [("whenDeleted", policy.map(|p| &p.when_deleted)), ("whenScaled", policy.map(|p| &p.when_scaled))]
    {
        if let Some(value) = value {
            let path = path.field("persistentVolumeClaimRetentionPolicy");
            errors.one_of(&path.field(name), value.as_deref(), &[RETAIN, "Delete"]);
        }
    }
}

fn check_strategy(strategy: &StatefulSetUpdateStrategy, path: &Path, errors: &mut Errors) {
    let inner = "apps.RollingUpdateStatefulSetStrategy";
    match (strategy.type_.as_deref(), &strategy.rolling_update) {
        (None, _) => errors.required(path, ""),
        (Some(ON_DELETE), Some(rolling)) => {
            let partition = rolling.partition.unwrap_or_default();
            let shown =
                format!("{inner}{{Partition:{partition}, MaxUnavailable:(*intstr.IntOrString)(nil)}}");
            let detail = format!("only allowed for updateStrategy '{ROLLING_UPDATE}'");
            errors.invalid(&path.field("rollingUpdate"), &Bare(&shown), detail);
        }
        (Some(ROLLING_UPDATE), Some(rolling)) => {
            check_rolling_update(rolling, &path.field("rollingUpdate"), errors);
        }
        (Some(ON_DELETE | ROLLING_UPDATE), None) => {}
        (other, rolling) => {
            let go = "apps.StatefulSetUpdateStrategy";
            let shown = workload::shown_strategy(go, other, inner, rolling.is_some());
            errors.invalid(path, &Bare(&shown), format!("must be '{ROLLING_UPDATE}' or '{ON_DELETE}'"));
        }
    }
}

fn check_rolling_update(rolling: &RollingUpdateStatefulSetStrategy, path: &Path, errors: &mut Errors) {
    errors.non_negative(&path.field("partition"), i64::from(rolling.partition.unwrap_or_default()));
    if let Some(unavailable) = &rolling.max_unavailable {
        let path = path.field("maxUnavailable");
        intstr::non_negative_or_percent(unavailable, &path, errors);
        if intstr::number_or_percent(unavailable) == 0 {
            errors.invalid(&path, unavailable, "cannot be 0");
        }
        intstr::at_most_100_percent(unavailable, &path, errors);
    }
}
