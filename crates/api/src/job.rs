//! Jobs: pods that run to their end, so many at a time, until enough of them succeeded.

use crate::defaults;
use crate::job_policies::{PodFailurePolicy, SuccessPolicy};
use crate::pod_template::PodTemplateSpec;
use crate::rules::Rules;
use crate::validation::{Errors, Path, job_spec, names};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{LabelSelector, ObjectMeta, Str, Time};
use std::rc::Rc;

/// Every pod counts the same.
pub const NON_INDEXED: &str = "NonIndexed";
/// Every completion has an index, and a pod of its own.
pub const INDEXED: &str = "Indexed";
/// The label with the job's uid.
pub const CONTROLLER_UID: &str = "batch.kubernetes.io/controller-uid";
/// The label with the job's name.
pub const JOB_NAME: &str = "batch.kubernetes.io/job-name";
/// [`CONTROLLER_UID`] as it was called before labels had domains.
pub const LEGACY_CONTROLLER_UID: &str = "controller-uid";
/// [`JOB_NAME`] as it was called before labels had domains.
pub const LEGACY_JOB_NAME: &str = "job-name";

/// Pods that run to their end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct Job {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What it is to be.
    pub spec: JobSpec,
    /// What is known of it.
    pub status: JobStatus,
}

/// How many pods of which template are to run to their end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct JobSpec {
    /// How many pods may run at once.
    #[json(omitempty)]
    pub parallelism: Option<i32>,
    /// How many pods are to succeed. Without it one success is enough.
    #[json(omitempty)]
    pub completions: Option<i32>,
    /// How long the job may be active before the system ends it.
    #[json(omitempty)]
    pub active_deadline_seconds: Option<i64>,
    /// Which failures mean what.
    #[json(omitempty)]
    pub pod_failure_policy: Option<PodFailurePolicy>,
    /// When an indexed job counts as successful before all of its indexes succeeded.
    #[json(omitempty)]
    pub success_policy: Option<SuccessPolicy>,
    /// How many failures the job survives.
    #[json(omitempty)]
    pub backoff_limit: Option<i32>,
    /// How many failures each index survives.
    #[json(omitempty)]
    pub backoff_limit_per_index: Option<i32>,
    /// How many indexes may fail.
    #[json(omitempty)]
    pub max_failed_indexes: Option<i32>,
    /// Which pods belong to it.
    #[json(omitempty)]
    pub selector: Option<LabelSelector>,
    /// Whether labels and selector were given by a person.
    #[json(omitempty)]
    pub manual_selector: Option<bool>,
    /// What the pods look like.
    pub template: Rc<PodTemplateSpec>,
    /// How long the job is kept after its end.
    #[json(omitempty)]
    pub ttl_seconds_after_finished: Option<i32>,
    /// `NonIndexed` or `Indexed`.
    #[json(omitempty)]
    pub completion_mode: Option<Str>,
    /// Whether no pods are to run for now.
    #[json(omitempty)]
    pub suspend: Option<bool>,
    /// When a pod is replaced: `TerminatingOrFailed` or `Failed`.
    #[json(omitempty)]
    pub pod_replacement_policy: Option<Str>,
    /// The controller that is to run the job, if it is not Kubernetes' own.
    #[json(omitempty)]
    pub managed_by: Option<Str>,
}

/// How far the job has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct JobStatus {
    /// What is true of the object, and since when.
    #[json(omitempty)]
    pub conditions: Vec<JobCondition>,
    /// When the controller first looked at the job, or it was resumed.
    #[json(omitempty)]
    pub start_time: Option<Time>,
    /// When the job succeeded.
    #[json(omitempty)]
    pub completion_time: Option<Time>,
    /// Pods that are pending or running and not being deleted.
    #[json(omitempty)]
    pub active: i32,
    /// Pods that succeeded.
    #[json(omitempty)]
    pub succeeded: i32,
    /// Pods that failed.
    #[json(omitempty)]
    pub failed: i32,
    /// Pods that are being deleted and have not ended yet.
    #[json(omitempty)]
    pub terminating: Option<i32>,
    /// Indexes that succeeded, such as `1,3-5`.
    #[json(text)]
    pub completed_indexes: Option<Str>,
    /// Indexes that failed, such as `1,3-5`; empty as long as none did.
    #[json(omitempty)]
    pub failed_indexes: Option<Str>,
    /// Pods that ended and are in no count yet.
    #[json(omitempty)]
    pub uncounted_terminated_pods: Option<UncountedTerminatedPods>,
    /// Active pods that are ready.
    #[json(omitempty)]
    pub ready: Option<i32>,
}

/// Pods that ended and are in no count yet, by uid.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct UncountedTerminatedPods {
    /// Those that succeeded.
    #[json(omitempty)]
    pub succeeded: Vec<Str>,
    /// Those that failed.
    #[json(omitempty)]
    pub failed: Vec<Str>,
}

/// One thing that is true or not of a job.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct JobCondition {
    /// The type.
    pub type_: Str,
    /// `True`, `False` or `Unknown`.
    pub status: Str,
    /// When the condition was last looked at.
    pub last_probe_time: Option<Time>,
    /// When the status last changed.
    pub last_transition_time: Option<Time>,
    /// Why, in one word.
    #[json(text)]
    pub reason: Option<Str>,
    /// Details for people.
    #[json(text)]
    pub message: Option<Str>,
}

impl Rules for Job {
    const COUNTS_GENERATION: bool = true;

    fn set_defaults(&mut self) {
        let spec = &mut self.spec;
        if spec.completions.is_none() && spec.parallelism.is_none() {
            spec.completions = Some(1);
        }
        spec.parallelism.get_or_insert(1);
        let limit = if spec.backoff_limit_per_index.is_some() { i32::MAX } else { 6 };
        spec.backoff_limit.get_or_insert(limit);
        if self.metadata.labels.is_empty() {
            self.metadata.labels = spec.template.metadata.labels.clone();
        }
        spec.completion_mode.get_or_insert_with(|| NON_INDEXED.into());
        spec.suspend.get_or_insert(false);
        let replacement = match &mut spec.pod_failure_policy {
            Some(policy) => {
                policy.set_defaults();
                "Failed"
            }
            None => "TerminatingOrFailed",
        };
        spec.pod_replacement_policy.get_or_insert_with(|| replacement.into());
        spec.manual_selector.get_or_insert(false);
        defaults::template(&mut spec.template);
    }

    fn check(&self, errors: &mut Errors) {
        check_generated_selector(self, errors);
        job_spec::with_selector(&self.spec, &Path::Root("spec"), errors);
        check_longest_hostname(self, errors);
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        self.check(errors);
        let never_ran = old.spec.suspend == Some(true) && old.status.start_time.is_none();
        job_spec::update(&self.spec, &old.spec, never_ran, &Path::Root("spec"), errors);
    }
}

/// What the server generated must be there as it was generated (upstream: `validateGeneratedSelector`).
fn check_generated_selector(job: &Job, errors: &mut Errors) {
    let (meta, spec) = (&job.metadata, &job.spec);
    let Some(selector) = spec.selector.as_ref().filter(|_| spec.manual_selector != Some(true)) else {
        return;
    };
    let generated = [
        (LEGACY_CONTROLLER_UID, &meta.uid),
        (LEGACY_JOB_NAME, &meta.name),
        (CONTROLLER_UID, &meta.uid),
        (JOB_NAME, &meta.name),
    ];
    let (root, labels) = (Path::Root("spec"), &spec.template.metadata.labels);
    let (template, metadata) = (root.field("template"), "metadata");
    let path = template.field(metadata);
    for (key, value) in generated {
        let (list, detail) = (path.field("labels"), format!("must be '{value}'"));
        match labels.get(key) {
            None => errors.required(&list.key(key), &detail),
            Some(other) if other != value => errors.invalid(&list.key(key), labels, detail),
            Some(_) => {}
        }
    }
    if !selector.matches(&generated.into_iter().map(|(key, value)| (key, value.clone())).collect()) {
        errors.invalid(&root.field("selector"), selector, "`selector` not auto-generated");
    }
}

/// The pods of an indexed job are called after it and their index, and a host name has its limits.
fn check_longest_hostname(job: &Job, errors: &mut Errors) {
    let indexed = job.spec.completion_mode.as_deref() == Some(INDEXED);
    let Some(completions) = job.spec.completions.filter(|n| indexed && *n > 0) else { return };
    let name = &job.metadata.name;
    let hostname = format!("{name}-{}", completions - 1);
    if !names::dns_label(&hostname, false).is_empty() {
        let detail = format!("will not able to create pod with invalid DNS label: {hostname}");
        errors.invalid(&Path::Root("metadata").field("name"), name, detail);
    }
}
