//! The pods of a Job (upstream: the second half of `manageJob`, `indexed_job_utils.go`).

use super::TRACKING;
use super::pods::{COMPLETION_INDEX, is_indexed, number};
use super::sync::Look;
use crate::owners::Owner;
use crate::pod_control;
use orrery_api::{Container, EnvVar, EnvVarSource, Job, ObjectFieldSelector, Pod};
use orrery_apimachinery::{StatusResult, Str};
use orrery_client::Context;
use std::rc::Rc;

/// The variable by which a container knows its index.
const INDEX_VARIABLE: &str = "JOB_COMPLETION_INDEX";
/// A generated name has room for so much in front of its suffix (upstream: `MaxGeneratedNameLength`).
const PREFIX_LENGTH: usize = 58;

/// Creates `count` pods, one for each of `indexes` if the Job has indexes.
pub(super) fn pods(look: &mut Look, count: usize, indexes: &[i32], cx: &mut Context<'_>) -> StatusResult<()> {
    let job = look.job.clone();
    let owner = Owner::of(&*job);
    let model = model(&job);
    let (created, outcome) = pod_control::slow_start(count, &mut |place| {
        let mut pod = model.clone();
        if let Some(index) = indexes.get(place) {
            take_index(&mut pod, *index, look);
        }
        pod_control::create(owner, pod, cx)
    });
    look.active += number(created);
    outcome
}

/// What all pods of the Job have in common.
fn model(job: &Job) -> Pod {
    let mut pod = pod_control::model(Owner::of(job), &job.spec.template);
    if !pod.metadata.has_finalizer(TRACKING) {
        pod.metadata.finalizers.push(TRACKING.into());
    }
    if is_indexed(job) {
        let spec = Rc::make_mut(&mut pod.spec);
        spec.init_containers.iter_mut().for_each(add_index_variable);
        spec.containers.iter_mut().for_each(add_index_variable);
    }
    pod
}

/// Upstream: `addCompletionIndexEnvVariable`.
fn add_index_variable(container: &mut Container) {
    if container.env.iter().any(|variable| &*variable.name == INDEX_VARIABLE) {
        return;
    }
    let field = ObjectFieldSelector {
        field_path: format!("metadata.labels['{COMPLETION_INDEX}']").into(),
        ..Default::default()
    };
    let source = EnvVarSource { field_ref: Some(field), ..Default::default() };
    container.env.push(EnvVar { name: INDEX_VARIABLE.into(), value: None, value_from: Some(source) });
}

/// Makes a pod the one of an index: its name, its host name, its label and its annotations.
fn take_index(pod: &mut Pod, index: i32, look: &Look) {
    let job = &look.job;
    let meta = &mut pod.metadata;
    let value = Str::from(index.to_string());
    meta.generate_name = Some(prefix(&job.metadata.name, index).into());
    meta.annotations.insert(COMPLETION_INDEX, value.clone());
    meta.labels.insert(COMPLETION_INDEX, value);
    if job.spec.backoff_limit_per_index.is_some() {
        look.unreplaced.tell(job, index, &mut meta.annotations);
    }
    Rc::make_mut(&mut pod.spec).hostname = Some(format!("{}-{index}", job.metadata.name).into());
}

/// What the names of the pods of an index begin with (upstream: `podGenerateNameWithIndex`).
fn prefix(name: &str, index: i32) -> String {
    let end = format!("-{index}-");
    let start = name.get(..PREFIX_LENGTH - end.len()).unwrap_or(name);
    format!("{start}{end}")
}
