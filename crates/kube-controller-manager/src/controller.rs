//! The one small trait that every loop implements.

use orrery_apimachinery::StatusResult;
use orrery_client::{ApiServer, Backoff, Change, Context, Key};
use orrery_sim::Duration;

/// What a controller wants after it has looked at a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Look again when something changes.
    AwaitChange,
    /// Look again after this long at the latest, because time itself will change the answer.
    RequeueAfter(Duration),
}

/// Collects the keys that a change makes a controller look at.
#[derive(Debug, Default)]
pub struct Wake {
    keys: Vec<(Key, Duration)>,
}

impl Wake {
    /// Look at `key` now.
    pub fn key(&mut self, key: Key) {
        self.keys.push((key, Duration::ZERO));
    }

    /// Look at `key` after a while.
    pub fn key_after(&mut self, key: Key, delay: Duration) {
        self.keys.push((key, delay));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub(crate) fn drain(&mut self) -> impl Iterator<Item = (Key, Duration)> {
        self.keys.drain(..)
    }
}

/// A control loop: handlers that only compute keys, and a level-triggered `sync`.
pub trait Controller {
    /// The name by which upstream records its events and writes, such as `replicaset-controller`.
    const NAME: &'static str;

    /// How long a key waits after an error.
    const RETRY: Backoff = Backoff::WORK_QUEUE;

    /// Computes the keys to look at after a change; reads, never writes.
    fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake);

    /// Reads the present, moves one step towards what is desired.
    ///
    /// An error puts the key back with back-off.
    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action>;
}
