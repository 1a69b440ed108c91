//! A namespace, and what may be used in it.

use super::{Look, Story, limit_range, resource_quota};
use orrery_api::{LimitRange, ResourceQuota};
use orrery_apimachinery::{Str, Value};

pub(super) fn describe(story: &mut Story, look: &Look<'_>, name: &Str, tree: &Value) {
    story.tell(
        tree,
        "Name:\t{metadata.name}\nLabels:\t{+metadata.labels}\nAnnotations:\t{*metadata.annotations}
Status:\t{status.phase}",
    );
    story.table(
        "Conditions:\n  Type\tStatus\tLastTransitionTime\tReason\tMessage\n  ----\t------\t------------------\t------\t-------",
        &tree["status"]["conditions"],
        "  {type}\t{status}\t{lastTransitionTime}\t{reason}\t{message}",
    );
    let quotas: Vec<_> = look.api.list_in::<ResourceQuota>(name).collect();
    story.line(0, if quotas.is_empty() { "\nNo resource quota." } else { "\nResource Quotas" });
    for quota in quotas {
        story.field(1, "Name", &quota.metadata.name);
        resource_quota::amounts(story, 1, quota, "* ", "---");
    }
    let ranges: Vec<_> = look.api.list_in::<LimitRange>(name).collect();
    if ranges.is_empty() {
        return story.line(0, "\nNo LimitRange resource.");
    }
    story.line(0, "\nResource Limits");
    limit_range::HEADS.iter().for_each(|head| story.line(0, &[" ", head].concat()));
    ranges.iter().for_each(|range| limit_range::limits(story, " ", &range.spec.limits));
}
