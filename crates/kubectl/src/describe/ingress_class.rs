//! An IngressClass.

use super::Story;
use orrery_apimachinery::Value;

pub(super) fn describe(story: &mut Story, tree: &Value) {
    story.tell(
        tree,
        "Name:\t{metadata.name}\nLabels:\t{+metadata.labels}\nAnnotations:\t{*metadata.annotations}
Controller:\t{spec.controller}",
    );
    if let Some(parameters) = tree["spec"].get("parameters") {
        story.tell(parameters, "Parameters:\n?  APIGroup:\t{apiGroup}\n  Kind:\t{kind}\n  Name:\t{name}");
    }
}
