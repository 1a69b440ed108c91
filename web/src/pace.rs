//! The paces of the transport by name, as its switch and the browser's storage have them.

use orrery_run::Pace;

/// All of them, the shortest first.
pub const ALL: [Pace; 5] = [Pace::Reconcile, Pace::Change, Pace::Second, Pace::Event, Pace::Action];

/// The name of one.
pub fn name(pace: Pace) -> &'static str {
    match pace {
        Pace::Reconcile => "reconcile",
        Pace::Change => "change",
        Pace::Second => "second",
        Pace::Event => "event",
        Pace::Action => "action",
    }
}

/// The one of a name.
pub fn named(wanted: &str) -> Option<Pace> {
    ALL.into_iter().find(|pace| name(*pace) == wanted)
}
