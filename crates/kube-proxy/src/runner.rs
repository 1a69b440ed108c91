//! How often rules are written (upstream: `pkg/util/async/bounded_frequency_runner.go`, as
//! `pkg/proxy/iptables/proxier.go` makes one).

use orrery_sim::{Duration, SimTime};

/// The least time between two syncs, where several follow each other (`minSyncPeriod` of kubeadm's configuration).
const MIN_SYNC_PERIOD: Duration = Duration::from_secs(1);
/// How many may follow each other at once after a quiet while (`burstSyncs`).
const BURST_SYNCS: u32 = 2;

/// Decides when to sync.
#[derive(Clone, Debug)]
pub(crate) struct Runner {
    /// Time that has been saved up; a sync costs one period of it.
    credit: Duration,
    /// Up to when credit was counted.
    counted: SimTime,
    last: SimTime,
    /// When the next sync is, if one was asked for.
    pub next: Option<SimTime>,
}

impl Runner {
    pub(crate) fn new() -> Self {
        let credit = MIN_SYNC_PERIOD * BURST_SYNCS;
        Runner { credit, counted: SimTime::ZERO, last: SimTime::ZERO, next: None }
    }

    /// Asks for a sync: now, or as soon as may be.
    pub(crate) fn ask(&mut self, now: SimTime) {
        self.count(now);
        let at = if self.credit >= MIN_SYNC_PERIOD { now } else { self.last + MIN_SYNC_PERIOD };
        self.next = Some(self.next.map_or(at, |next| next.min(at)));
    }

    /// A sync takes place.
    pub(crate) fn ran(&mut self, now: SimTime) {
        self.count(now);
        self.credit = self.credit.saturating_sub(MIN_SYNC_PERIOD);
        (self.last, self.next) = (now, None);
    }

    fn count(&mut self, now: SimTime) {
        self.credit = (self.credit + now.since(self.counted)).min(MIN_SYNC_PERIOD * BURST_SYNCS);
        self.counted = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_two_syncs_are_at_once_and_the_others_a_second_apart() {
        let mut runner = Runner::new();
        let mut ran = Vec::new();
        for change in [10_000, 10_100, 10_200, 10_300, 11_150, 14_000, 14_010, 14_020] {
            let at = SimTime::from_millis(change);
            while let Some(next) = runner.next.filter(|next| *next <= at) {
                runner.ran(next);
                ran.push(next.as_millis());
            }
            runner.ask(at);
            while let Some(next) = runner.next.filter(|next| *next <= at) {
                runner.ran(next);
                ran.push(next.as_millis());
            }
        }
        assert_eq!(ran, [10_000, 10_100, 11_100, 12_100, 14_000, 14_010]);
        assert_eq!(runner.next, Some(SimTime::from_millis(15_010)));
    }
}
