//! The two beats of a kubelet: it relists its containers every second (upstream: `pleg`), and starts
//! what waits in its queue of pods to look at again every second (upstream: `syncTicker`).

use orrery_sim::{Duration, SimTime};

const PERIOD: Duration = Duration::from_secs(1);

/// Something that happens every second, or in a longer period, at a phase of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Beat {
    phase_nanos: u64,
    period_nanos: u64,
}

impl Beat {
    /// A beat `millis` milliseconds into every second.
    pub(crate) fn at_millis(millis: u64) -> Self {
        Beat::every(PERIOD, millis % 1_000)
    }

    /// A beat `millis` milliseconds into every `period`.
    pub(crate) fn every(period: Duration, millis: u64) -> Self {
        Beat { phase_nanos: millis * 1_000_000, period_nanos: period.as_secs() * 1_000_000_000 }
    }

    /// The last beat up to and including `now`; the beginning of time when there was none.
    pub(crate) fn last(self, now: SimTime) -> SimTime {
        let period = self.period_nanos;
        match now.as_nanos().checked_sub(self.phase_nanos) {
            Some(since) => SimTime::from_nanos(self.phase_nanos + since / period * period),
            None => SimTime::ZERO,
        }
    }

    /// The first beat that is not before `at`.
    pub(crate) fn from(self, at: SimTime) -> SimTime {
        let period = self.period_nanos;
        let since = at.as_nanos().saturating_sub(self.phase_nanos);
        SimTime::from_nanos(self.phase_nanos + since.div_ceil(period) * period)
    }

    /// The first beat after `at`.
    pub(crate) fn after(self, at: SimTime) -> SimTime {
        self.from(SimTime::from_nanos(at.as_nanos() + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beats_fall_at_their_phase_of_every_second() {
        let beat = Beat::at_millis(300);
        for (at_ms, last_ms, from_ms, after_ms) in [
            (0, 0, 300, 300),
            (300, 300, 300, 1_300),
            (301, 300, 1_300, 1_300),
            (1_299, 300, 1_300, 1_300),
            (1_300, 1_300, 1_300, 2_300),
        ] {
            let at = SimTime::from_millis(at_ms);
            let beats = (beat.last(at), beat.from(at), beat.after(at));
            let expected = (
                SimTime::from_millis(last_ms),
                SimTime::from_millis(from_ms),
                SimTime::from_millis(after_ms),
            );
            assert_eq!(beats, expected, "at {at_ms} ms");
        }
    }
}
