//! A StatefulSet, and the claims that it makes.

use super::persistent_volume_claim::class;
use super::story::list;
use super::{Look, Story, pod_template, workload};
use orrery_api::StatefulSet;
use orrery_apimachinery::Value;

pub(super) fn describe(story: &mut Story, look: &Look<'_>, set: &StatefulSet, tree: &Value) {
    story.tell(
        tree,
        "Name:\t{metadata.name}\nNamespace:\t{metadata.namespace}\nCreationTimestamp:\t{metadata.creationTimestamp}
Selector:\t{%spec.selector}\nLabels:\t{+metadata.labels}\nAnnotations:\t{*metadata.annotations}
Replicas:\t{#spec.replicas} desired | {#status.replicas} total\nUpdate Strategy:\t{spec.updateStrategy.type}
?  Partition:\t{spec.updateStrategy.rollingUpdate.partition}
?  MaxUnavailable:\t{spec.updateStrategy.rollingUpdate.maxUnavailable}",
    );
    workload::pods(story, look, tree);
    story.0 += &pod_template::describe(&set.spec.template);
    claims(story, &tree["spec"]["volumeClaimTemplates"]);
}

/// Upstream: `describeVolumeClaimTemplates`.
fn claims(story: &mut Story, templates: &Value) {
    if list(templates).is_empty() {
        return story.line(0, "Volume Claims:\t<none>");
    }
    story.line(0, "Volume Claims:");
    for claim in list(templates) {
        story.tell(claim, "  Name:\t{metadata.name}");
        story.field(1, "StorageClass", class(claim));
        story.tell(
            claim,
            "  Labels:\t{+metadata.labels}\n  Annotations:\t{+metadata.annotations}
  Capacity:\t{spec.resources.requests.storage?<default>}\n  Access Modes:\t{spec.accessModes?[]}",
        );
    }
}
