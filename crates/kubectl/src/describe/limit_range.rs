//! A LimitRange: a line for each resource of each type.

use orrery_api::LimitRange;
use orrery_api::resources::ResourceList;
use orrery_apimachinery::Str;
use std::fmt::Write;

const HEADS: &str = "Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio
----\t--------\t---\t---\t---------------\t-------------\t-----------------------\n";

pub(super) fn describe(range: &LimitRange) -> String {
    let meta = &range.metadata;
    let mut text = format!("Name:\t{}\nNamespace:\t{}\n{HEADS}", meta.name, meta.namespace);
    for item in &range.spec.limits {
        let columns =
            [&item.min, &item.max, &item.default_request, &item.default, &item.max_limit_request_ratio];
        // Upstream walks a map whose order changes from run to run.
        let mut resources: Vec<&Str> = columns.iter().flat_map(|list| list.keys()).collect();
        resources.sort_unstable();
        resources.dedup();
        for resource in resources {
            write!(text, "{}\t{resource}", item.type_).expect("a string takes everything");
            for column in columns {
                write!(text, "\t{}", amount(column, resource)).expect("a string takes everything");
            }
            text.push('\n');
        }
    }
    text
}

fn amount(list: &ResourceList, resource: &Str) -> String {
    list.get(resource).map_or("-".into(), ToString::to_string)
}
