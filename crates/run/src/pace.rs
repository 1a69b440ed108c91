//! How far one step goes.

/// What a step ends at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Pace {
    /// A program of the cluster did one unit of its work.
    Reconcile,
    /// An object was written.
    #[default]
    Change,
    /// A second went by.
    Second,
    /// An event was recorded.
    Event,
    /// The person did something.
    Action,
}
