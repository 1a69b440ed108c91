//! A CSINode: the drivers on a node.

use super::Story;
use super::story::list;
use orrery_apimachinery::Value;

pub(super) fn describe(story: &mut Story, tree: &Value) {
    story.tell(
        tree,
        "Name:\t{metadata.name}\nLabels:\t{+metadata.labels}\nAnnotations:\t{*metadata.annotations}
CreationTimestamp:\t{metadata.creationTimestamp}\nSpec:",
    );
    let drivers = list(&tree["spec"]["drivers"]);
    if !drivers.is_empty() {
        story.line(1, "Drivers:");
    }
    for driver in drivers {
        story.tell(driver, "    {name}:\n      Node ID:\t{nodeID}");
        if driver["allocatable"].get("count").is_some() {
            story.tell(driver, "      Allocatables:\n        Count:\t{allocatable.count}");
        }
        story.tell(driver, "?      Topology Keys:\t{topologyKeys}");
    }
}
