//! The processor time that requests take of a container, and how long they wait for it.
//!
//! A container works on its requests one after another with as much of the processors as it may use; a single request
//! never uses more than one. Each request that comes adds to what it has to do; so the time at which all is done, and
//! what was used up to any instant, are computed and not stepped through.

use orrery_sim::{Duration, SimTime};
use std::collections::VecDeque;

/// Requests wait no longer than this: then the queue of connections is full.
const LONGEST: Duration = Duration::from_secs(30);
/// What was used is known at instants so far apart, and for so long.
const APART: Duration = Duration::from_secs(1);
const KEPT: usize = 64;
/// Within such a time the requests of a batch come one by one.
const TICK_NANOS: u64 = 100_000_000;

/// What requests have taken of a container.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meter {
    /// Oldest first.
    knots: VecDeque<Knot>,
    /// What the last request takes.
    cost: u64,
}

/// How it stood at an instant.
#[derive(Clone, Copy, Debug, Default)]
struct Knot {
    at: SimTime,
    /// Nanoseconds of a processor that were used until then.
    used: u64,
    /// What all requests take that have come until then, and when all is done.
    work: u64,
    done: SimTime,
    /// Thousandths of a processor that it works with.
    pace: u64,
    /// How many have come.
    requests: u64,
}

impl Knot {
    /// What is used until an instant after it, if nothing else comes.
    fn used_at(&self, at: SimTime) -> u64 {
        let open = self.done.since(at.min(self.done)).as_nanos() as u64;
        self.work.saturating_sub(open / 1_000 * self.pace)
    }
}

impl Meter {
    /// How long what comes now has to wait.
    pub(crate) fn wait(&self, now: SimTime) -> Duration {
        self.knots.back().map_or(Duration::ZERO, |last| last.done.since(now.min(last.done)))
    }

    /// Takes in requests, each of which takes `cost` of a processor; how long the answer to one takes, or `None` when
    /// there is no room for them. `pace` is how much of the processors may be used, in thousandths.
    pub(crate) fn take(
        &mut self,
        now: SimTime,
        cost: Duration,
        batch: Option<u64>,
        pace: u64,
    ) -> Option<Duration> {
        let (wait, pace) = (self.wait(now), pace.max(1));
        if wait > LONGEST {
            return None;
        }
        let count = batch.unwrap_or(1);
        let (cost, last) = (cost.as_nanos() as u64, self.knots.back().copied().unwrap_or_default());
        let busy = cost.saturating_mul(count).saturating_mul(1_000) / pace;
        let service = cost * 1_000 / pace.min(1_000);
        self.cost = cost;
        // Those of a batch come one by one and find others before them (M/D/1).
        let load = if batch.is_some() { (busy.saturating_mul(1_000) / TICK_NANOS).min(950) } else { 0 };
        let others = service * load / (2 * (1_000 - load));
        self.push(Knot {
            at: now,
            used: last.used_at(now),
            work: last.work + cost * count,
            done: last.done.max(now) + Duration::from_nanos(busy),
            pace,
            requests: last.requests + count,
        });
        Some(wait + Duration::from_nanos(service + others))
    }

    fn push(&mut self, knot: Knot) {
        let len = self.knots.len();
        if len >= 2 && self.knots[len - 1].at.since(self.knots[len - 2].at) < APART {
            self.knots.pop_back();
        }
        if self.knots.len() == KEPT {
            self.knots.pop_front();
        }
        self.knots.push_back(knot);
    }

    /// Nanoseconds of a processor that were used until an instant, and how many requests had come.
    pub(crate) fn at(&self, at: SimTime) -> (u64, u64) {
        let later = self.knots.iter().position(|knot| knot.at > at);
        let (before, after) = match later {
            None => {
                let last = self.knots.back().copied().unwrap_or_default();
                return (last.used_at(at), last.requests);
            }
            // Before the first that is known nothing was used, or it is too long ago to be asked for.
            Some(0) => return (0, 0),
            Some(later) => (&self.knots[later - 1], &self.knots[later]),
        };
        let (part, whole) =
            (at.since(before.at).as_micros() as u64, after.at.since(before.at).as_micros() as u64);
        let between = |from: u64, to: u64| from + (to - from).saturating_mul(part) / whole.max(1);
        (between(before.used, after.used), between(before.requests, after.requests))
    }

    /// How many requests wait, or are worked on.
    pub(crate) fn waiting(&self, now: SimTime) -> i64 {
        let Some(last) = self.knots.back() else { return 0 };
        let open = last.work - last.used_at(now).min(last.work);
        open.checked_div(self.cost).and_then(|count| i64::try_from(count).ok()).unwrap_or(0)
    }

    /// Thousandths of a processor that were used in the last second.
    pub(crate) fn millis(&self, now: SimTime) -> u64 {
        let before = SimTime::from_nanos(now.as_nanos().saturating_sub(APART.as_nanos() as u64));
        (self.at(now).0 - self.at(before).0.min(self.at(now).0)) / 1_000_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLISECOND: Duration = Duration::from_millis(1);

    /// Ten batches in a second, of as many requests.
    fn second(meter: &mut Meter, from: u64, count: u64, cost: Duration, pace: u64) -> Vec<Option<u128>> {
        let took = |i| meter.take(SimTime::from_millis(from + 100 * i), cost, Some(count), pace);
        (0..10_u64).map(took).map(|took| took.map(|took| took.as_millis())).collect()
    }

    #[test]
    fn requests_take_what_they_cost() {
        let mut meter = Meter::default();
        for i in 0..20 {
            second(&mut meter, i * 1_000, 10, MILLISECOND, 1_000);
        }
        assert_eq!(meter.millis(SimTime::from_secs(20)), 100, "100 requests in a second, a millisecond each");
        let (used, requests) = meter.at(SimTime::from_millis(12_500));
        assert!((1_240_000_000..=1_260_000_000).contains(&used), "{used}");
        assert!((1_240..=1_260).contains(&requests), "{requests}");
        assert_eq!(meter.millis(SimTime::from_secs(22)), 0, "nobody asks any more");
    }

    #[test]
    fn who_may_use_less_answers_later_and_never_uses_more() {
        for (row, count, pace, expected, used) in [
            ("there is enough", 10, 1_000, (1, 1), 100),
            ("one processor is busy", 100, 1_000, (10, 10), 1_000),
            ("twice of what it can do", 200, 1_000, (10, 910), 1_000),
            ("half a processor, and twice of that", 100, 500, (21, 921), 500),
            ("four processors", 100, 4_000, (1, 1), 1_000),
        ] {
            let mut meter = Meter::default();
            let took = second(&mut meter, 0, count, MILLISECOND, pace);
            let first_and_last = (took[0].expect("room"), took[9].expect("room"));
            assert_eq!(first_and_last, expected, "{row}");
            let seen = meter.millis(SimTime::from_secs(1));
            assert!(seen.abs_diff(used) <= used / 100, "{row}: {seen}");
        }
    }

    #[test]
    fn a_queue_that_is_full_takes_nobody() {
        let mut meter = Meter::default();
        assert!(meter.take(SimTime::ZERO, Duration::from_secs(31), None, 1_000).is_some());
        assert_eq!(meter.take(SimTime::from_millis(1), MILLISECOND, None, 1_000), None);
    }
}
