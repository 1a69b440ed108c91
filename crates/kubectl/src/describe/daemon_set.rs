//! A DaemonSet.

use super::{Look, Story, pod_template, workload};
use orrery_api::DaemonSet;
use orrery_apimachinery::Value;

pub(super) fn describe(story: &mut Story, look: &Look<'_>, set: &DaemonSet, tree: &Value) {
    story.tell(
        tree,
        "Name:\t{metadata.name}\nSelector:\t{%spec.selector}
Node-Selector:\t{spec.template.spec.nodeSelector?<none>}\nLabels:\t{+metadata.labels}
Annotations:\t{*metadata.annotations}
Desired Number of Nodes Scheduled: {#status.desiredNumberScheduled}
Current Number of Nodes Scheduled: {#status.currentNumberScheduled}
Number of Nodes Scheduled with Up-to-date Pods: {#status.updatedNumberScheduled}
Number of Nodes Scheduled with Available Pods: {#status.numberAvailable}
Number of Nodes Misscheduled: {#status.numberMisscheduled}",
    );
    workload::pods(story, look, tree);
    story.0 += &pod_template::describe(&set.spec.template);
}
