//! A queue of keys to look at (upstream: `client-go/util/workqueue`).

use crate::{Backoff, Revision};
use orrery_sim::SimTime;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::hash::Hash;

/// Keys, each due at one instant: a key that is added twice is looked at once, and the earliest
/// deadline wins. With each key goes the write because of which it was added.
#[derive(Clone, Debug)]
pub struct WorkQueue<K> {
    due: BTreeMap<(SimTime, u64), K>,
    keys: FxHashMap<K, (SimTime, u64, Revision)>,
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
            due: BTreeMap::new(),
            keys: FxHashMap::default(),
            failures: FxHashMap::default(),
            backoff,
            seq: 0,
        }
    }

    /// Adds `key`, due at `at`. A key that is due earlier stays as it is.
    pub fn add(&mut self, key: K, at: SimTime, cause: Revision) {
        if let Some(&(known, seq, _)) = self.keys.get(&key) {
            if known <= at {
                return;
            }
            self.due.remove(&(known, seq));
        }
        self.seq += 1;
        self.due.insert((at, self.seq), key.clone());
        self.keys.insert(key, (at, self.seq, cause));
    }

    /// Adds `key` after a failure: later with every failure since it was last forgotten.
    pub fn retry(&mut self, key: K, now: SimTime, cause: Revision) {
        let failures = self.failures.entry(key.clone()).or_insert(0);
        *failures += 1;
        let at = now + self.backoff.delay(*failures);
        self.add(key, at, cause);
    }

    /// Forgets the failures of `key`: it went well.
    pub fn forget(&mut self, key: &K) {
        self.failures.remove(key);
    }

    /// When the next key is due.
    pub fn next(&self) -> Option<SimTime> {
        self.due.keys().next().map(|(at, _)| *at)
    }

    /// Takes the next key that is due at `now`, with the write because of which it was added.
    pub fn pop(&mut self, now: SimTime) -> Option<(K, Revision)> {
        let entry = self.due.first_entry().filter(|e| e.key().0 <= now)?;
        let key = entry.remove();
        let (_, _, cause) = self.keys.remove(&key).expect("every due key is known");
        Some((key, cause))
    }

    /// How many keys wait.
    pub fn len(&self) -> usize {
        self.due.len()
    }

    /// Whether no key waits.
    pub fn is_empty(&self) -> bool {
        self.due.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_looked_at_once_and_the_earliest_deadline_wins() {
        let mut queue = WorkQueue::default();
        queue.add("a", SimTime::from_secs(5), 1);
        queue.add("b", SimTime::from_secs(2), 2);
        queue.add("a", SimTime::from_secs(1), 3);
        queue.add("a", SimTime::from_secs(9), 4);
        assert_eq!(queue.next(), Some(SimTime::from_secs(1)));
        assert_eq!(queue.pop(SimTime::from_secs(3)), Some(("a", 3)));
        assert_eq!(queue.pop(SimTime::from_secs(3)), Some(("b", 2)));
        assert_eq!(queue.pop(SimTime::from_secs(99)), None);
    }

    #[test]
    fn failures_delay_a_key_until_it_is_forgotten() {
        let mut queue = WorkQueue::default();
        for expected_ms in [5, 10, 20] {
            queue.retry("a", SimTime::ZERO, 0);
            assert_eq!(queue.next(), Some(SimTime::from_millis(expected_ms)));
            queue.pop(SimTime::from_secs(1));
        }
        queue.forget(&"a");
        queue.retry("a", SimTime::ZERO, 0);
        assert_eq!(queue.next(), Some(SimTime::from_millis(5)));
    }
}
