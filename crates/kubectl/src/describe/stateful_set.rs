//! A StatefulSet, and the claims that it makes.

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
    story.table(
        "Volume Claims:",
        templates,
        "  Name:\t{metadata.name}\n  StorageClass:\t{spec.storageClassName}\n  Labels:\t{+metadata.labels}
  Annotations:\t{+metadata.annotations}\n  Capacity:\t{spec.resources.requests.storage?<default>}
  Access Modes:\t{spec.accessModes?[]}",
    );
}
