//! A PodDisruptionBudget.

use super::Story;
use orrery_apimachinery::Value;

pub(super) fn describe(story: &mut Story, tree: &Value) {
    story.tell(tree, "Name:\t{metadata.name}\nNamespace:\t{metadata.namespace}");
    let at_least = tree["spec"].get("minAvailable").is_some();
    story.tell(
        tree,
        if at_least {
            "Min available:\t{spec.minAvailable}"
        } else {
            "?Max unavailable:\t{spec.maxUnavailable}"
        },
    );
    let selective = tree["spec"].get("selector").is_some();
    story.tell(tree, if selective { "Selector:\t{%spec.selector}" } else { "Selector:\t<unset>" });
    story.tell(
        &tree["status"],
        "Status:\n    Allowed disruptions:\t{#disruptionsAllowed}\n    Current:\t{#currentHealthy}
    Desired:\t{#desiredHealthy}\n    Total:\t{#expectedPods}",
    );
}
