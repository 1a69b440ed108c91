//! What the scheduler tells in the conditions of a pod.

use orrery_api::{PodCondition, PodStatus};

/// Sets a condition; the date at which it turned stays while it is true of the same thing
/// (upstream: `podutil.UpdatePodCondition`).
pub(crate) fn set(status: &mut PodStatus, mut condition: PodCondition) {
    match status.conditions.iter_mut().find(|known| known.type_ == condition.type_) {
        Some(known) => {
            if known.status == condition.status {
                condition.last_transition_time = known.last_transition_time;
            }
            *known = condition;
        }
        None => status.conditions.push(condition),
    }
}
