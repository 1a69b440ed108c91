//! The condition that newer APIs share (upstream: `metav1.Condition`).

use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{Str, Time};

/// One thing that is true or not of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct Condition {
    /// The type.
    pub type_: Str,
    /// `True`, `False` or `Unknown`.
    pub status: Str,
    /// The generation that the status speaks of.
    #[json(omitempty)]
    pub observed_generation: i64,
    /// When the status last changed.
    pub last_transition_time: Option<Time>,
    /// Why, in one word.
    pub reason: Str,
    /// Details for people.
    pub message: Str,
}
