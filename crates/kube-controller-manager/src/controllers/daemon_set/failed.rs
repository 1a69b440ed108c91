//! How long failed pods are left alone: a DaemonSet whose pods a kubelet refuses would create them again for ever
//! (upstream: `failedPodsBackoff`).

use orrery_client::Backoff;
use orrery_sim::{Duration, SimTime};
use std::collections::BTreeMap;

/// From a second on, doubling up to a quarter of an hour.
const BACKOFF: Backoff = Backoff { base: Duration::from_secs(1), cap: Duration::from_secs(900) };
/// After so long without a failure they count from the start.
const FORGIVEN: Duration = Duration::from_secs(2 * 900);

/// How often pods failed, and when last, by DaemonSet, generation and node.
#[derive(Clone, Debug, Default)]
pub(super) struct FailedPods(BTreeMap<String, (u32, SimTime)>);

impl FailedPods {
    /// The delay under `key`, while it has not passed.
    pub(super) fn wait(&self, key: &str, now: SimTime) -> Option<Duration> {
        let (failures, last) = self.0.get(key)?;
        let delay = BACKOFF.delay(*failures);
        (now.since(*last) < delay).then_some(delay)
    }

    /// Counts one more failure.
    pub(super) fn count(&mut self, key: String, now: SimTime) {
        self.0.retain(|_, (_, last)| now.since(*last) <= FORGIVEN);
        let (failures, last) = self.0.entry(key).or_insert((0, now));
        *failures += 1;
        *last = now;
    }
}
