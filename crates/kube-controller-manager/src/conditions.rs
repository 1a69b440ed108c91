//! Conditions of pods, as every controller writes them.

use orrery_api::{Pod, PodCondition};
use orrery_apimachinery::Time;

/// Sets a condition of the pod; its date changes only with its status (upstream: `UpdatePodCondition`).
pub(crate) fn set_pod_condition(pod: &mut Pod, condition: PodCondition, date: Time) {
    let conditions = &mut pod.status.conditions;
    let Some(known) = conditions.iter_mut().find(|c| c.type_ == condition.type_) else {
        conditions.push(PodCondition { last_transition_time: Some(date), ..condition });
        return;
    };
    let since = if known.status == condition.status { known.last_transition_time } else { Some(date) };
    *known = PodCondition { last_transition_time: since, ..condition };
}

/// The condition that says why a pod was deleted although it did nothing wrong.
pub(crate) fn disruption_target(reason: &str, message: &str) -> PodCondition {
    PodCondition {
        type_: "DisruptionTarget".into(),
        status: "True".into(),
        reason: Some(reason.into()),
        message: Some(message.into()),
        ..Default::default()
    }
}
