//! A Job.

use super::{Story, pod_template, workload};
use orrery_api::Job;
use orrery_api::printers::human_duration;
use orrery_apimachinery::Value;

/// So much is told of the indexes at least before they are cut at a comma.
const INDEXES: usize = 50;

pub(super) fn describe(story: &mut Story, job: &Job, tree: &Value) {
    story.tell(
        tree,
        "Name:\t{metadata.name}\nNamespace:\t{metadata.namespace}\nSelector:\t{%spec.selector}
Labels:\t{+metadata.labels}\nAnnotations:\t{*metadata.annotations}",
    );
    workload::controlled_by(story, tree);
    story.tell(
        tree,
        "?Parallelism:\t{spec.parallelism}\nCompletions:\t{spec.completions?<unset>}
?Completion Mode:\t{spec.completionMode}\n?Suspend:\t{spec.suspend}\n?Backoff Limit:\t{spec.backoffLimit}
?TTL Seconds After Finished:\t{spec.ttlSecondsAfterFinished}\n?Start Time:\t{status.startTime}
?Completed At:\t{status.completionTime}",
    );
    if let (Some(start), Some(end)) = (job.status.start_time, job.status.completion_time) {
        story.field(0, "Duration", &human_duration(end.0 - start.0));
    }
    story.tell(tree, "?Active Deadline Seconds:\t{spec.activeDeadlineSeconds}s");
    let statuses = match job.status.ready {
        None => {
            "Pods Statuses:\t{#status.active} Active / {#status.succeeded} Succeeded / {#status.failed} Failed"
        }
        Some(_) => {
            "Pods Statuses:\t{#status.active} Active ({status.ready} Ready) / {#status.succeeded} Succeeded / {#status.failed} Failed"
        }
    };
    story.tell(tree, statuses);
    if tree["spec"]["completionMode"] == "Indexed" {
        let indexes = tree["status"]["completedIndexes"].as_str().unwrap_or("<none>");
        story.field(0, "Completed Indexes", &cut(indexes));
    }
    story.0 += &pod_template::describe(&job.spec.template);
}

/// Upstream: `capIndexesListOrNone`.
fn cut(indexes: &str) -> String {
    match indexes.get(INDEXES..).and_then(|rest| rest.find(',')) {
        Some(comma) => [&indexes[..INDEXES + comma + 1], "..."].concat(),
        None => indexes.into(),
    }
}
