//! A ReplicaSet, or a ReplicationController.

use super::{Look, Story, pod_template, workload};
use orrery_api::PodTemplateSpec;
use orrery_apimachinery::Value;

pub(super) fn describe(story: &mut Story, look: &Look<'_>, template: Option<&PodTemplateSpec>, tree: &Value) {
    story.tell(tree, "Name:\t{metadata.name}\nNamespace:\t{metadata.namespace}");
    let set_based = tree["spec"]["selector"].get("matchLabels").is_some()
        || tree["spec"]["selector"].get("matchExpressions").is_some();
    story.tell(
        tree,
        if set_based { "Selector:\t{%spec.selector}" } else { "Selector:\t{spec.selector?<none>}" },
    );
    story.tell(tree, "Labels:\t{+metadata.labels}\nAnnotations:\t{*metadata.annotations}");
    if tree["kind"] == "ReplicaSet" {
        workload::controlled_by(story, tree);
    }
    story.tell(tree, "Replicas:\t{#status.replicas} current / {#spec.replicas} desired");
    workload::pods(story, look, tree);
    match template {
        Some(template) => story.0 += &pod_template::describe(template),
        None => story.0 += "Pod Template:\n  <unset>",
    }
    workload::conditions(story, tree);
}
