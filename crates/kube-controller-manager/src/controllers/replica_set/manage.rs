//! Creates pods that are missing and deletes pods that are too many (upstream: `manageReplicas`).

use super::rank;
use crate::{namespaces, owners};
use orrery_api::{Kind, Pod, ReplicaSet};
use orrery_apimachinery::{ObjectMeta, Reason, Status, StatusResult};
use orrery_client::{Context, DeleteOptions, EventType, Key};
use std::rc::Rc;

/// At most so many pods are created or deleted in one look (upstream: `BurstReplicas`).
const BURST: usize = 500;

/// No more pods than this are created in a cluster: the limit that Kubernetes publishes for its own size.
///
/// Deviation: upstream tries whatever it is asked for. A simulation shares its memory with the page that
/// shows it, and would take it along. Tests make do with a small cluster.
const MAX_PODS: usize = if cfg!(test) { 1_000 } else { orrery_api::POD_LIMIT };

/// Moves the number of `pods` towards the one that is asked for; true when that takes another look.
pub(super) fn replicas(set: &ReplicaSet, pods: &[Rc<Pod>], cx: &mut Context<'_>) -> StatusResult<bool> {
    let wanted = usize::try_from(set.spec.replicas.unwrap_or(1)).unwrap_or(0);
    let difference = pods.len().abs_diff(wanted);
    let count = difference.min(BURST);
    if pods.len() < wanted {
        create(set, count, cx)?;
    } else if pods.len() > wanted {
        delete(set, rank::first_to_go(set, pods, count, cx), cx)?;
    }
    Ok(difference > BURST)
}

/// Creates `count` pods in batches that double while all goes well, so that a refusal that concerns all
/// of them is heard once and not `count` times (upstream: `slowStartBatch`).
fn create(set: &ReplicaSet, count: usize, cx: &mut Context<'_>) -> StatusResult<()> {
    let model = model(set);
    let (mut left, mut batch) = (count, 1);
    while left > 0 {
        batch = left.min(batch);
        let outcomes: Vec<_> = (0..batch).map(|_| create_one(set, model.clone(), cx)).collect();
        outcomes.into_iter().collect::<StatusResult<()>>()?;
        left -= batch;
        batch *= 2;
    }
    Ok(())
}

/// The pod that every pod of the ReplicaSet starts as; its labels and its spec are those of the template.
fn model(set: &ReplicaSet) -> Pod {
    let template = &set.spec.template;
    let metadata = ObjectMeta {
        namespace: set.metadata.namespace.clone(),
        generate_name: Some(format!("{}-", set.metadata.name).into()),
        labels: template.metadata.labels.clone(),
        annotations: template.metadata.annotations.clone(),
        finalizers: template.metadata.finalizers.clone(),
        owner_references: vec![owners::controller_reference(set)],
        ..Default::default()
    };
    Pod { metadata, spec: template.spec.clone(), ..Default::default() }
}

fn create_one(set: &ReplicaSet, pod: Pod, cx: &mut Context<'_>) -> StatusResult<()> {
    let full = cx.api().count(Kind::Pod) >= MAX_PODS;
    let outcome = if full { Err(too_many()) } else { cx.create(pod) };
    match outcome {
        Ok(pod) => {
            let message = format!("Created pod: {}", pod.metadata().name);
            cx.event(set, EventType::Normal, "SuccessfulCreate", message);
            Ok(())
        }
        // Nothing more is to be done in a namespace that goes away.
        Err(_) if namespaces::is_going(&set.metadata.namespace, cx.api()) => Ok(()),
        Err(status) => {
            cx.event(set, EventType::Warning, "FailedCreate", format!("Error creating: {status}"));
            Err(status)
        }
    }
}

fn too_many() -> Status {
    Status::new(Reason::Forbidden, format!("exceeded the simulation's limit of {MAX_PODS} pods"))
}

fn delete(set: &ReplicaSet, pods: Vec<Rc<Pod>>, cx: &mut Context<'_>) -> StatusResult<()> {
    let outcomes: Vec<_> = pods.iter().map(|pod| delete_one(set, pod, cx)).collect();
    outcomes.into_iter().collect()
}

fn delete_one(set: &ReplicaSet, pod: &Pod, cx: &mut Context<'_>) -> StatusResult<()> {
    let key = Key::new(Kind::Pod, pod.metadata.namespace.clone(), pod.metadata.name.clone());
    match cx.delete(&key, &DeleteOptions::default()) {
        Ok(_) => {
            let message = format!("Deleted pod: {}", key.name);
            cx.event(set, EventType::Normal, "SuccessfulDelete", message);
            Ok(())
        }
        Err(status) if status.is_not_found() => Ok(()),
        Err(status) => {
            cx.event(set, EventType::Warning, "FailedDelete", format!("Error deleting: {status}"));
            Err(status)
        }
    }
}
