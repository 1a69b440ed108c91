//! A LimitRange: a line for each resource of each type.

use super::Story;
use orrery_api::resources::ResourceList;
use orrery_api::{LimitRange, LimitRangeItem};
use orrery_apimachinery::{Order, Str};

/// What stands above the lines.
pub(super) const HEADS: [&str; 2] = [
    "Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio",
    "----\t--------\t---\t---\t---------------\t-------------\t-----------------------",
];

pub(super) fn describe(story: &mut Story, range: &LimitRange) {
    let meta = &range.metadata;
    story.field(0, "Name", &meta.name);
    story.field(0, "Namespace", &meta.namespace);
    HEADS.iter().for_each(|head| story.line(0, head));
    limits(story, "", &range.spec.limits);
}

/// A line for each resource of each type.
pub(super) fn limits(story: &mut Story, indent: &str, limits: &[LimitRangeItem]) {
    for item in limits {
        let columns =
            [&item.min, &item.max, &item.default_request, &item.default, &item.max_limit_request_ratio];
        // Upstream walks a map whose order changes from run to run.
        let mut resources: Vec<&Str> = columns.iter().flat_map(|list| list.keys()).collect();
        resources.order();
        resources.dedup();
        for resource in resources {
            let mut line = [indent, &item.type_, "\t", resource].concat();
            for column in columns {
                line.push('\t');
                line += &amount(column, resource);
            }
            story.line(0, &line);
        }
    }
}

fn amount(list: &ResourceList, resource: &Str) -> String {
    list.get(resource).map_or("-".into(), ToString::to_string)
}
