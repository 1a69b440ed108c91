//! A queue of keys to look at (upstream: `client-go/util/workqueue`).

use crate::{Backoff, Cause};
use orrery_sim::SimTime;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::hash::Hash;

/// Keys, each due at one instant: a key that is added twice is looked at once, and the earliest
/// deadline wins. With each key goes what it was added because of.
#[derive(Clone, Debug)]
struct Lane<K> {
    due: BTreeMap<(SimTime, u64), K>,
    keys: FxHashMap<K, (SimTime, u64, Cause)>,
}

impl<K: Hash + Eq + Clone> Lane<K> {
    fn new() -> Self {
        Lane { due: BTreeMap::new(), keys: FxHashMap::default() }
    }

    fn add(&mut self, key: K, at: SimTime, seq: u64, cause: Cause) {
        if let Some(&(known, seq, _)) = self.keys.get(&key) {
            if known <= at {
                return;
            }
            self.due.remove(&(known, seq));
        }
        self.due.insert((at, seq), key.clone());
        self.keys.insert(key, (at, seq, cause));
    }

    fn first(&self) -> Option<(SimTime, u64)> {
        self.due.keys().next().copied()
    }

    /// Takes `key` out if it is due at `now`; returns what it was added because of.
    fn take(&mut self, key: &K, now: SimTime) -> Option<Cause> {
        let &(at, seq, cause) = self.keys.get(key).filter(|(at, ..)| *at <= now)?;
        self.due.remove(&(at, seq));
        self.keys.remove(key);
        Some(cause)
    }
}

/// The keys that are to be looked at, and those that wait for their time: a look because of a change does not
/// spare a key the look that was set for later (upstream: the queue, and the delaying queue before it).
#[derive(Clone, Debug)]
pub struct WorkQueue<K> {
    ready: Lane<K>,
    waiting: Lane<K>,
    failures: FxHashMap<K, u32>,
    backoff: Backoff,
    seq: u64,
}

impl<K: Hash + Eq + Clone> Default for WorkQueue<K> {
    fn default() -> Self {
        WorkQueue::new(Backoff::WORK_QUEUE)
    }
}

impl<K: Hash + Eq + Clone> WorkQueue<K> {
    /// An empty queue that retries with `backoff`.
    pub fn new(backoff: Backoff) -> Self {
        WorkQueue {
            ready: Lane::new(),
            waiting: Lane::new(),
            failures: FxHashMap::default(),
            backoff,
            seq: 0,
        }
    }

    /// Adds `key` because something changed, due at `at`. A key that is due earlier stays as it is.
    pub fn add(&mut self, key: K, at: SimTime, cause: Cause) {
        self.seq += 1;
        self.ready.add(key, at, self.seq, cause);
    }

    /// Adds `key` because time passes, due at `at`, whatever else it is looked at for until then.
    pub fn add_after(&mut self, key: K, at: SimTime, cause: Cause) {
        self.seq += 1;
        self.waiting.add(key, at, self.seq, cause.later());
    }

    /// Adds `key` after a failure: later with every failure since it was last forgotten. After so many `tries`
    /// it is forgotten, and waits for a change.
    pub fn retry(&mut self, key: K, now: SimTime, cause: Cause, tries: u32) {
        let failures = self.failures.entry(key.clone()).or_insert(0);
        if *failures >= tries {
            return self.forget(&key);
        }
        *failures += 1;
        let at = now + self.backoff.delay(*failures);
        self.add_after(key, at, cause);
    }

    /// Forgets the failures of `key`: it went well.
    pub fn forget(&mut self, key: &K) {
        self.failures.remove(key);
    }

    fn first(&self) -> Option<(SimTime, u64)> {
        match (self.ready.first(), self.waiting.first()) {
            (Some(ready), Some(waiting)) => Some(ready.min(waiting)),
            (ready, waiting) => ready.or(waiting),
        }
    }

    /// When the next key is due.
    pub fn next(&self) -> Option<SimTime> {
        self.first().map(|(at, _)| at)
    }

    /// Takes the next key that is due at `now`, with what it was added because of.
    pub fn pop(&mut self, now: SimTime) -> Option<(K, Cause)> {
        let first = self.first().filter(|(at, _)| *at <= now)?;
        let key = self.ready.due.get(&first).or_else(|| self.waiting.due.get(&first))?.clone();
        let (change, timer) = (self.ready.take(&key, now), self.waiting.take(&key, now));
        Some((key, change.or(timer)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_looked_at_once_and_the_earliest_deadline_wins() {
        let mut queue = WorkQueue::default();
        queue.add("a", SimTime::from_secs(5), 1.into());
        queue.add("b", SimTime::from_secs(2), 2.into());
        queue.add("a", SimTime::from_secs(1), 3.into());
        queue.add("a", SimTime::from_secs(9), 4.into());
        assert_eq!(queue.next(), Some(SimTime::from_secs(1)));
        assert_eq!(queue.pop(SimTime::from_secs(3)), Some(("a", 3.into())));
        assert_eq!(queue.pop(SimTime::from_secs(3)), Some(("b", 2.into())));
        assert_eq!(queue.pop(SimTime::from_secs(99)), None);
    }

    #[test]
    fn a_look_because_of_a_change_leaves_what_was_set_for_later() {
        let mut queue = WorkQueue::default();
        queue.add_after("a", SimTime::from_secs(9), 1.into());
        queue.add_after("a", SimTime::from_secs(20), 2.into());
        queue.add("a", SimTime::from_secs(5), 3.into());
        assert_eq!(queue.pop(SimTime::from_secs(5)), Some(("a", 3.into())));
        assert_eq!((queue.next(), queue.pop(SimTime::from_secs(8))), (Some(SimTime::from_secs(9)), None));
        queue.add("a", SimTime::from_secs(9), 4.into());
        assert_eq!(queue.pop(SimTime::from_secs(9)), Some(("a", 4.into())), "both are due: one look");
        assert_eq!(queue.next(), None);
    }

    #[test]
    fn failures_delay_a_key_until_it_is_forgotten() {
        let mut queue = WorkQueue::default();
        for expected_ms in [5, 10, 20] {
            queue.retry("a", SimTime::ZERO, Cause::TIME, 3);
            assert_eq!(queue.next(), Some(SimTime::from_millis(expected_ms)));
            queue.pop(SimTime::from_secs(1));
        }
        queue.retry("a", SimTime::ZERO, Cause::TIME, 3);
        assert_eq!(queue.next(), None, "after three tries it waits for a change, and begins anew");
        queue.retry("a", SimTime::ZERO, Cause::TIME, 3);
        assert_eq!(queue.next(), Some(SimTime::from_millis(5)));
    }
}
