//! The run as a strip: how much happened when, and what the person did.

use orrery_api::Kind;
use orrery_apiserver::ApiServer;
use orrery_sim::SimTime;
use std::cmp::Ordering;

use crate::scene::Text;

const NANOS: u64 = 1_000_000_000;
/// A run is shown with at least this much room ahead.
const SHORTEST_S: u64 = 60;

/// Something the person did.
#[derive(Clone, PartialEq, Debug)]
pub struct Mark {
    /// Virtual time in nanoseconds.
    pub at: u64,
    /// What, in one or two words.
    pub label: Text,
}

/// The strip.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Timeline {
    /// Length of the strip in nanoseconds.
    pub span: u64,
    /// Writes in each of equally long stretches.
    pub bins: Vec<u32>,
}

/// Writes counted by the second, carried along as a branch of the run grows so that no frame counts the whole run again. What
/// was counted stays known when the run goes back.
#[derive(Clone, Debug, Default)]
pub struct Density {
    /// What was written before is counted.
    counted: SimTime,
    seconds: Vec<u32>,
}

impl Density {
    /// Counts what was written before `now` and is not counted yet.
    pub fn follow(&mut self, api: &ApiServer, now: SimTime) {
        let (writes, counted) = (api.writes(), self.counted);
        if now <= counted {
            return;
        }
        let side = |at: SimTime, edge| if at < edge { Ordering::Less } else { Ordering::Greater };
        let place = |edge| writes.binary_search_by(|write| side(write.time, edge)).unwrap_or_else(|at| at);
        for write in writes.focus().narrow(place(counted)..place(now)) {
            // Heartbeats and the events that comment on a change are not changes themselves.
            if matches!(write.kind, Kind::Lease | Kind::Event) {
                continue;
            }
            let second = write.time.as_secs() as usize;
            if self.seconds.len() <= second {
                self.seconds.resize(second + 1, 0);
            }
            self.seconds[second] += 1;
        }
        self.counted = now;
    }

    /// The strip up to `end`, in `count` stretches.
    pub fn timeline(&self, end: u64, count: usize) -> Timeline {
        let span = span_s(end / NANOS + 1);
        let mut bins = vec![0; count];
        for (second, writes) in self.seconds.iter().enumerate().filter(|(_, writes)| **writes > 0) {
            let bin = (second as u64 * count as u64 / span) as usize;
            if let Some(bin) = bins.get_mut(bin) {
                *bin += writes;
            }
        }
        Timeline { span: span * NANOS, bins }
    }
}

/// The next round length that holds so many seconds: the strip jumps now and then instead of creeping all the time.
fn span_s(seconds: u64) -> u64 {
    let mut span = SHORTEST_S;
    while span < seconds {
        span *= 2;
    }
    span
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strip_grows_by_doubling() {
        for (seconds, want) in [(0, 60), (60, 60), (61, 120), (1000, 1920)] {
            assert_eq!(span_s(seconds), want, "{seconds} s");
        }
    }

    #[test]
    fn writes_fall_into_their_stretch() {
        let density = Density { counted: SimTime::ZERO, seconds: vec![3, 0, 0, 0, 0, 2] };
        let strip = density.timeline(6 * NANOS, 12);
        assert_eq!(strip.bins, [3, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    }
}
