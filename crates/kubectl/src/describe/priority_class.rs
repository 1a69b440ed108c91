//! A PriorityClass.

use super::Story;
use orrery_apimachinery::Value;

pub(super) fn describe(story: &mut Story, tree: &Value) {
    story.tell(
        tree,
        "Name:\t{metadata.name}\nValue:\t{#value}\nGlobalDefault:\t{globalDefault?false}
PreemptionPolicy:\t{preemptionPolicy}\nDescription:\t{description}\nAnnotations:\t{metadata.annotations?<none>}",
    );
}
