//! The one small trait that every loop implements.

use orrery_apimachinery::StatusResult;
use orrery_client::{ApiServer, Backoff, Cause, Change, Context, Key, WorkQueue};
use orrery_sim::{Duration, SimTime};

/// What a controller wants after it has looked at a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Look again when something changes.
    AwaitChange,
    /// Look again after this long at the latest, because time itself will change the answer.
    RequeueAfter(Duration),
    /// It failed: look again as after an error, but after this long at the latest.
    RetryWithin(Duration),
}

/// Collects the keys that a change makes a controller look at.
#[derive(Debug, Default)]
pub struct Wake {
    keys: Vec<Woken>,
}

/// A key to look at, and when.
#[derive(Debug)]
struct Woken {
    key: Key,
    delay: Duration,
    /// Whether the look is for its own sake and takes place whatever else the key is looked at for until then.
    apart: bool,
}

impl Wake {
    /// Look at `key` now.
    pub fn key(&mut self, key: Key) {
        self.key_soon(key, Duration::ZERO);
    }

    /// Look at `key` because of this change, though only after `delay`: others like it are looked at together.
    pub fn key_soon(&mut self, key: Key, delay: Duration) {
        self.keys.push(Woken { key, delay, apart: false });
    }

    /// Look at `key` once `delay` has passed, because time itself will change the answer (upstream: `AddAfter`).
    pub fn key_after(&mut self, key: Key, delay: Duration) {
        self.keys.push(Woken { key, delay, apart: !delay.is_zero() });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Puts the keys into `queue`.
    pub(crate) fn fill(&mut self, queue: &mut WorkQueue<Key>, now: SimTime, cause: Cause) {
        for Woken { key, delay, apart } in self.keys.drain(..) {
            if apart {
                queue.add_after(key, now + delay, cause);
            } else {
                queue.add(key, now + delay, cause);
            }
        }
    }
}

/// A control loop: handlers that only compute keys, and a level-triggered `sync`.
pub trait Controller {
    /// The name by which upstream records its events and writes, such as `replicaset-controller`.
    const NAME: &'static str;

    /// How long a key waits after an error.
    const RETRY: Backoff = Backoff::WORK_QUEUE;

    /// How often a key is tried again before it has to wait for a change (upstream: `maxRetries`).
    const TRIES: u32 = u32::MAX;

    /// Computes the keys to look at after a change; reads, never writes.
    fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake);

    /// Reads the present, moves one step towards what is desired.
    ///
    /// An error puts the key back with back-off.
    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action>;
}
