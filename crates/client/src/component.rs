//! The one trait by which the cluster drives every component.

use orrery_apiserver::{ApiServer, Change};
use orrery_sim::{Duration, SimTime};

/// How long after a write its watchers hear of it.
pub const WATCH_LATENCY: Duration = Duration::from_millis(2);

/// A program of the control plane or of a node. It talks to nothing but the API server.
pub trait Component {
    /// Hears of a change. Only computes which keys to look at; never writes.
    fn observe(&mut self, change: &Change, api: &ApiServer, now: SimTime);

    /// When it next has something to do; `None` while it only waits for changes.
    fn next(&self) -> Option<SimTime>;

    /// Does one unit of the work that is due at `now`.
    fn run(&mut self, api: &mut ApiServer, now: SimTime);
}
