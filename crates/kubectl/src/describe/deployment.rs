//! A Deployment, and the ReplicaSets that it has.

use super::{Look, Story, pod_template, workload};
use orrery_api::{Deployment, PodTemplateSpec, ReplicaSet};
use orrery_apimachinery::{Order, Value};
use std::rc::Rc;

/// The label that tells the templates of ReplicaSets from that of their Deployment.
const TEMPLATE_HASH: &str = "pod-template-hash";

pub(super) fn describe(story: &mut Story, look: &Look<'_>, deployment: &Deployment, tree: &Value) {
    story.tell(
        tree,
        "Name:\t{metadata.name}\nNamespace:\t{metadata.namespace}\nCreationTimestamp:\t{metadata.creationTimestamp}
Labels:\t{+metadata.labels}\nAnnotations:\t{*metadata.annotations}\nSelector:\t{%spec.selector}
Replicas:\t{spec.replicas} desired | {#status.updatedReplicas} updated | {#status.replicas} total | {#status.availableReplicas} available | {#status.unavailableReplicas} unavailable
StrategyType:\t{spec.strategy.type}\nMinReadySeconds:\t{#spec.minReadySeconds}
?RollingUpdateStrategy:\t{spec.strategy.rollingUpdate.maxUnavailable} max unavailable, {spec.strategy.rollingUpdate.maxSurge} max surge",
    );
    story.0 += &pod_template::describe(&deployment.spec.template);
    workload::conditions(story, tree);
    let [old, new] = sets(look, deployment);
    if !old.is_empty() || !new.is_empty() {
        story.field(0, "OldReplicaSets", &named(&old));
        story.field(0, "NewReplicaSet", &named(&new));
    }
}

/// Those of former templates, and that of the present one, the oldest in front.
fn sets(look: &Look<'_>, deployment: &Deployment) -> [Vec<Rc<ReplicaSet>>; 2] {
    let meta = &deployment.metadata;
    let mut all: Vec<Rc<ReplicaSet>> = Vec::new();
    for set in look.api.list_in::<ReplicaSet>(&meta.namespace) {
        if set.metadata.controller().is_some_and(|owner| owner.uid == meta.uid) {
            all.push(set.clone());
        }
    }
    all.order_by_key(|set| set.metadata.creation_timestamp);
    let present = all.iter().position(|set| is_equal(&set.spec.template, &deployment.spec.template));
    let new = present.map(|place| all.remove(place));
    [all, new.into_iter().collect()]
}

/// Upstream: `EqualIgnoreHash`.
fn is_equal(of_set: &PodTemplateSpec, of_deployment: &PodTemplateSpec) -> bool {
    let mut bare = of_set.clone();
    bare.metadata.labels.remove(TEMPLATE_HASH);
    bare == *of_deployment
}

fn named(sets: &[Rc<ReplicaSet>]) -> String {
    let told: Vec<String> = sets
        .iter()
        .map(|set| {
            let (name, replicas) = (&set.metadata.name, set.spec.replicas.unwrap_or(0));
            format!("{name} ({}/{replicas} replicas created)", set.status.replicas)
        })
        .collect();
    if told.is_empty() { "<none>".into() } else { told.join(", ") }
}
