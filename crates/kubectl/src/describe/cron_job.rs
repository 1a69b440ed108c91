//! A CronJob, and the template of its Jobs.

use super::story::list;
use super::{Story, pod_template};
use orrery_api::CronJob;
use orrery_apimachinery::Value;

pub(super) fn describe(story: &mut Story, job: &CronJob, tree: &Value) {
    story.tell(
        tree,
        "Name:\t{metadata.name}\nNamespace:\t{metadata.namespace}\nLabels:\t{+metadata.labels}
Annotations:\t{*metadata.annotations}\nSchedule:\t{spec.schedule}\nConcurrency Policy:\t{spec.concurrencyPolicy}
Suspend:\t{^spec.suspend?<unset>}\nSuccessful Job History Limit:\t{spec.successfulJobsHistoryLimit?<unset>}
Failed Job History Limit:\t{spec.failedJobsHistoryLimit?<unset>}",
    );
    let deadline = job.spec.starting_deadline_seconds;
    let deadline = deadline.map_or_else(|| "<unset>".into(), |seconds| format!("{seconds}s"));
    story.field(0, "Starting Deadline Seconds", &deadline);
    let template = &tree["spec"]["jobTemplate"];
    let selector = match template["spec"].get("selector") {
        None => "Selector:\t<unset>",
        Some(_) => "Selector:\t{%spec.selector}",
    };
    story.tell(template, selector);
    story.tell(
        template,
        "Parallelism:\t{spec.parallelism?<unset>}\nCompletions:\t{spec.completions?<unset>}
?Active Deadline Seconds:\t{spec.activeDeadlineSeconds}s",
    );
    story.0 += &pod_template::describe(&job.spec.job_template.spec.template);
    story.tell(tree, "Last Schedule Time:\t{status.lastScheduleTime?<unset>}");
    let active: Vec<&str> =
        list(&tree["status"]["active"]).iter().filter_map(|job| job["name"].as_str()).collect();
    story.field(
        0,
        "Active Jobs",
        if active.is_empty() { "<none>".into() } else { active.join(", ") }.as_str(),
    );
}
