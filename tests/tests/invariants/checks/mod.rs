//! The checks: a file each.

mod budgets;
mod nodes;
mod ordinals;
mod quotas;
mod rollouts;
mod watch;

use orrery_apiserver::{ApiServer, Change};

/// Something that must hold after every write.
pub(crate) trait Check {
    /// Looks at a write; `api` is as it is after the event that made it.
    fn see(&mut self, change: &Change, api: &ApiServer) -> Result<(), String>;

    /// Looks at everything, once all writes of an event were seen.
    fn rest(&self, _api: &ApiServer) -> Result<(), String> {
        Ok(())
    }
}

/// One of each.
pub(crate) fn all() -> Vec<Box<dyn Check>> {
    vec![
        Box::new(nodes::NoNodeIsOvercommitted),
        Box::new(rollouts::RolloutsKeepTheirLimits),
        Box::new(budgets::EvictionsKeepTheBudget),
        Box::new(ordinals::OnePodPerOrdinalInOrder),
        Box::new(quotas::QuotaIsNeverExceeded),
        Box::<watch::ListAndWatchAreTheStore>::default(),
    ]
}

/// Who wrote.
fn actor<'a>(change: &Change, api: &'a ApiServer) -> &'a str {
    api.write(change.revision).map_or("", |write| &write.actor)
}

/// Fails with the sentence unless it holds.
fn demand(holds: bool, sentence: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(sentence()) }
}
