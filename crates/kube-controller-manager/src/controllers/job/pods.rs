//! What a Job asks of its pods.

use super::indexes::Interval;
use orrery_api::job::INDEXED;
use orrery_api::{Job, Pod};
use std::rc::Rc;

/// The annotation and label with a pod's completion index.
pub(super) const COMPLETION_INDEX: &str = "batch.kubernetes.io/job-completion-index";

/// Whether every completion of the Job has an index.
pub(super) fn is_indexed(job: &Job) -> bool {
    job.spec.completion_mode.as_deref() == Some(INDEXED)
}

/// Whether the Job starts no pods for now.
pub(super) fn is_suspended(job: &Job) -> bool {
    job.spec.suspend == Some(true)
}

/// Whether a pod is replaced only once it has ended (upstream: `onlyReplaceFailedPods`).
pub(super) fn waits_for_end(job: &Job) -> bool {
    job.spec.pod_replacement_policy.as_deref() == Some("Failed") || job.spec.pod_failure_policy.is_some()
}

/// Whether the pod counts as failed. One that is deleted does, unless its end is waited for
/// (upstream: `isPodFailed`).
pub(super) fn has_failed(pod: &Pod, job: &Job) -> bool {
    match pod.status.phase.as_deref() {
        Some("Failed") => true,
        Some("Succeeded") => false,
        _ => pod.metadata.terminating() && !waits_for_end(job),
    }
}

/// Whether the pod has succeeded.
pub(super) fn has_succeeded(pod: &Pod) -> bool {
    pod.status.phase.as_deref() == Some("Succeeded")
}

/// Whether the pod is being deleted and has not ended yet.
pub(super) fn is_stopping(pod: &Pod) -> bool {
    pod.metadata.terminating() && !crate::pods::is_over(pod)
}

/// The index that the pod completes.
pub(super) fn completion_index(pod: &Pod) -> Option<i32> {
    let index = pod.metadata.annotations.get(COMPLETION_INDEX)?.parse().ok()?;
    (index >= 0).then_some(index)
}

/// The indexes of pods, in no order.
pub(super) fn indexes(pods: &[Rc<Pod>]) -> Vec<Interval> {
    let mut indexes = Vec::new();
    for pod in pods {
        indexes.extend(completion_index(pod).map(|index| (index, index)));
    }
    indexes
}

/// How many there are, as the API counts.
pub(super) fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
