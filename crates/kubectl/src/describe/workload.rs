//! What is told of all that makes pods: how many there are of them.

use super::{Look, Story};
use orrery_api::Pod;
use orrery_apimachinery::Value;

/// `Pods Status: 2 Running / 1 Waiting / 0 Succeeded / 0 Failed` (upstream: `getPodStatusForController`).
pub(super) fn pods(story: &mut Story, look: &Look<'_>, tree: &Value) {
    let uid = tree["metadata"]["uid"].as_str();
    let mut counts = [0; 4];
    for pod in look.api.list::<Pod>() {
        let phase = pod.status.phase.as_deref();
        let place = ["Running", "Pending", "Succeeded", "Failed"].iter().position(|p| phase == Some(*p));
        let owned = pod.metadata.controller().is_some_and(|owner| uid == Some(&*owner.uid));
        if let Some(place) = place.filter(|_| owned) {
            counts[place] += 1;
        }
    }
    let [running, waiting, succeeded, failed] = counts;
    let text = format!("{running} Running / {waiting} Waiting / {succeeded} Succeeded / {failed} Failed");
    story.field(0, "Pods Status", &text);
}

/// Type, status and reason of each condition.
pub(super) fn conditions(story: &mut Story, tree: &Value) {
    story.table(
        "Conditions:\n  Type\tStatus\tReason\n  ----\t------\t------",
        &tree["status"]["conditions"],
        "  {type} \t{status}\t{reason}",
    );
}

/// The kind and name of the controller, if there is one.
pub(super) fn controlled_by(story: &mut Story, tree: &Value) {
    for owner in super::story::list(&tree["metadata"]["ownerReferences"]) {
        if owner["controller"] == true {
            story.tell(owner, "Controlled By:\t{kind}/{name}");
        }
    }
}
