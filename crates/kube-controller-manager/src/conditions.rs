//! Conditions, as every controller writes them.

use orrery_api::{Condition, HorizontalPodAutoscalerCondition, NamespaceCondition, PodCondition};
use orrery_apimachinery::Time;

/// A condition of any kind of object: each kind has a type of its own for it, with the same fields.
pub(crate) trait AnyCondition {
    /// Whether both are about the same.
    fn same_type(&self, other: &Self) -> bool;

    /// Whether both are as true.
    fn same_status(&self, other: &Self) -> bool;

    /// When the status last changed.
    fn since(&mut self) -> &mut Option<Time>;
}

macro_rules! conditions {
    ($($ty:ident)*) => {
        $(impl AnyCondition for $ty {
            fn same_type(&self, other: &Self) -> bool {
                self.type_ == other.type_
            }

            fn same_status(&self, other: &Self) -> bool {
                self.status == other.status
            }

            fn since(&mut self) -> &mut Option<Time> {
                &mut self.last_transition_time
            }
        })*
    };
}

conditions!(Condition HorizontalPodAutoscalerCondition NamespaceCondition PodCondition);

/// Sets a condition as of `date`; one that is there already keeps its date unless its status changes (upstream:
/// `UpdatePodCondition`, `SetStatusCondition`).
pub(crate) fn set_condition<C: AnyCondition>(conditions: &mut Vec<C>, mut condition: C, date: Time) {
    *condition.since() = Some(date);
    let Some(known) = conditions.iter_mut().find(|known| known.same_type(&condition)) else {
        return conditions.push(condition);
    };
    if known.same_status(&condition) {
        *condition.since() = *known.since();
    }
    *known = condition;
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
