//! Pods as workload controllers make and remove them, with the events that tell of it
//! (upstream: `RealPodControl` in `pkg/controller/controller_utils.go`).

use crate::namespaces;
use crate::owners::Owner;
use orrery_api::{Kind, Object, Pod, PodTemplateSpec};
use orrery_apimachinery::{ObjectMeta, Reason, Status, StatusResult};
use orrery_client::{Context, DeleteOptions, EventType, Key};

/// No more pods than this are created in a cluster: the limit that Kubernetes publishes for its own size.
///
/// Deviation: upstream tries whatever it is asked for. A simulation shares its memory with the page that
/// shows it, and would take it along. Tests make do with a small cluster.
pub(crate) const MAX_PODS: usize = if cfg!(test) { 1_000 } else { orrery_api::POD_LIMIT };

/// The pod that every pod of `owner` starts as; its labels and its spec are those of the template
/// (upstream: `GetPodFromTemplate`).
pub(crate) fn model(owner: Owner<'_>, template: &PodTemplateSpec) -> Pod {
    let metadata = ObjectMeta {
        namespace: owner.meta.namespace.clone(),
        generate_name: Some(format!("{}-", owner.meta.name).into()),
        labels: template.metadata.labels.clone(),
        annotations: template.metadata.annotations.clone(),
        finalizers: template.metadata.finalizers.clone(),
        owner_references: vec![owner.reference()],
        ..Default::default()
    };
    Pod { metadata, spec: template.spec.clone(), ..Default::default() }
}

/// Creates `pod` for `owner` and tells of it. In a namespace that goes away there is nothing to be done, and
/// that is no failure.
pub(crate) fn create(owner: Owner<'_>, pod: Pod, cx: &mut Context<'_>) -> StatusResult<()> {
    match store(pod, cx) {
        Ok(pod) => {
            let message = format!("Created pod: {}", pod.metadata().name);
            cx.event_about(owner.kind, owner.meta, EventType::Normal, "SuccessfulCreate", message);
            Ok(())
        }
        Err(_) if namespaces::is_going(&owner.meta.namespace, cx.api()) => Ok(()),
        Err(status) => {
            let message = format!("Error creating: {status}");
            cx.event_about(owner.kind, owner.meta, EventType::Warning, "FailedCreate", message);
            Err(status)
        }
    }
}

/// Creates `pod`, as long as the cluster is not full.
pub(crate) fn store(pod: Pod, cx: &mut Context<'_>) -> StatusResult<Object> {
    if cx.api().count(Kind::Pod) < MAX_PODS {
        return cx.create(pod);
    }
    Err(Status::new(Reason::Forbidden, format!("exceeded the simulation's limit of {MAX_PODS} pods")))
}

/// Deletes the pod called `name` for `owner` and tells of it. One that is gone already is no failure.
pub(crate) fn delete(owner: Owner<'_>, name: &str, cx: &mut Context<'_>) -> StatusResult<()> {
    let key = Key::new(Kind::Pod, owner.meta.namespace.clone(), name);
    match cx.delete(&key, &DeleteOptions::default()) {
        Ok(_) => {
            let message = format!("Deleted pod: {name}");
            cx.event_about(owner.kind, owner.meta, EventType::Normal, "SuccessfulDelete", message);
            Ok(())
        }
        Err(status) if status.is_not_found() => Ok(()),
        Err(status) => {
            let message = format!("Error deleting: {status}");
            cx.event_about(owner.kind, owner.meta, EventType::Warning, "FailedDelete", message);
            Err(Status { message: format!("unable to delete pods: {status}"), ..status })
        }
    }
}

/// Does `count` things, numbered from zero, in batches that double while all goes well, so that a refusal
/// that concerns all of them is heard once and not `count` times. Returns how many went well, and the first
/// failure (upstream: `slowStartBatch`).
pub(crate) fn slow_start(
    count: usize,
    act: &mut dyn FnMut(usize) -> StatusResult<()>,
) -> (usize, StatusResult<()>) {
    let (mut done, mut successes, mut batch) = (0, 0, 1);
    let mut outcome = Ok(());
    while done < count && outcome.is_ok() {
        let end = count.min(done + batch);
        for number in done..end {
            match act(number) {
                Ok(()) => successes += 1,
                failure if outcome.is_ok() => outcome = failure,
                Err(_) => {}
            }
        }
        (done, batch) = (end, 2 * batch);
    }
    (successes, outcome)
}
