//! The store: keys in buckets, one revision for all.

use crate::{Change, Log, Op, Revision};
use equivalent::Equivalent;
use imbl::shared_ptr::RcK;
use imbl::{GenericHashMap, GenericOrdMap};
use orrery_sim::SimTime;
use rustc_hash::FxBuildHasher;
use std::hash::Hash;
use std::ops::RangeBounds;

/// A watcher asked for changes that are forgotten; it must list and watch from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compacted {
    /// The oldest revision from which a watch can still start.
    pub oldest: Revision,
}

/// A bucket holds every value twice: to be looked up, and in order.
#[derive(Clone, Debug)]
struct Bucket<K: Ord + Hash + Clone, V: Clone> {
    by_key: GenericHashMap<K, V, FxBuildHasher, RcK>,
    in_order: GenericOrdMap<K, V, RcK>,
}

impl<K: Ord + Hash + Clone, V: Clone> Bucket<K, V> {
    fn new() -> Self {
        Bucket { by_key: GenericHashMap::default(), in_order: GenericOrdMap::new() }
    }

    fn insert(&mut self, key: K, value: V) -> Option<V> {
        self.in_order.insert(key.clone(), value.clone());
        self.by_key.insert(key, value)
    }

    fn remove(&mut self, key: &K) -> Option<V> {
        self.in_order.remove(key);
        self.by_key.remove(key)
    }
}

/// A revisioned store of values under keys. Keys live in numbered buckets (one per kind of object),
/// so that one kind's number of objects does not slow another's.
///
/// Cloning it takes a snapshot: the maps are persistent and shared until one side writes.
#[derive(Clone, Debug)]
pub struct Store<K: Ord + Hash + Clone, V: Clone> {
    buckets: Vec<Bucket<K, V>>,
    revision: Revision,
    log: Log<V>,
}

impl<K: Ord + Hash + Clone, V: Clone> Store<K, V> {
    /// An empty store with `buckets` buckets.
    pub fn new(buckets: usize) -> Self {
        Store { buckets: (0..buckets).map(|_| Bucket::new()).collect(), revision: 0, log: Log::default() }
    }

    /// The revision of the last write.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// The value under `key`, which may be a borrowed form of the key.
    pub fn get<Q: Hash + Equivalent<K>>(&self, bucket: usize, key: &Q) -> Option<&V> {
        self.buckets[bucket].by_key.get(key)
    }

    /// Pairs of a bucket in the order of their keys.
    pub fn range<R: RangeBounds<K>>(&self, bucket: usize, range: R) -> impl Iterator<Item = (&K, &V)> {
        self.buckets[bucket].in_order.range(range)
    }

    /// All values of a bucket in the order of their keys.
    pub fn values(&self, bucket: usize) -> impl Iterator<Item = &V> {
        self.buckets[bucket].in_order.values()
    }

    /// How many keys a bucket holds.
    pub fn len(&self, bucket: usize) -> usize {
        self.buckets[bucket].in_order.len()
    }

    /// Whether a bucket is empty.
    pub fn is_empty(&self, bucket: usize) -> bool {
        self.buckets[bucket].in_order.is_empty()
    }

    /// Writes the value that `make` builds for the next revision, and returns that revision.
    pub fn put(
        &mut self,
        time: SimTime,
        bucket: usize,
        key: K,
        make: impl FnOnce(Revision) -> V,
    ) -> Revision {
        self.revision += 1;
        let value = make(self.revision);
        let previous = self.buckets[bucket].insert(key, value.clone());
        let op = if previous.is_some() { Op::Modified } else { Op::Added };
        self.log.push(Change { revision: self.revision, time, op, value, previous });
        self.revision
    }

    /// Removes `key`; the change carries what `make` says the last value was at the new revision.
    /// `None`, and no write, when the key is not there.
    pub fn delete(
        &mut self,
        time: SimTime,
        bucket: usize,
        key: &K,
        make: impl FnOnce(&V, Revision) -> V,
    ) -> Option<Revision> {
        let previous = self.buckets[bucket].remove(key)?;
        self.revision += 1;
        let value = make(&previous, self.revision);
        self.log.push(Change {
            revision: self.revision,
            time,
            op: Op::Deleted,
            value,
            previous: Some(previous),
        });
        Some(self.revision)
    }

    /// The change log.
    pub fn log(&self) -> &Log<V> {
        &self.log
    }

    /// Forgets the changes up to and including `revision`; watches can start from there on only.
    pub fn compact(&mut self, revision: Revision) {
        self.log.compact(revision);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(store: &mut Store<&'static str, u32>, key: &'static str, value: u32) -> Revision {
        store.put(SimTime::ZERO, 0, key, |_| value)
    }

    #[test]
    fn every_write_gets_the_next_revision_and_one_change() {
        let mut store = Store::new(2);
        assert_eq!(put(&mut store, "a", 1), 1);
        assert_eq!(put(&mut store, "a", 2), 2);
        assert_eq!(store.delete(SimTime::ZERO, 0, &"a", |v, _| *v), Some(3));
        assert_eq!(store.delete(SimTime::ZERO, 0, &"a", |v, _| *v), None, "nothing there, nothing written");
        let ops: Vec<_> = store.log().since(0).expect("nothing compacted").map(|c| (c.op, c.value)).collect();
        assert_eq!(ops, [(Op::Added, 1), (Op::Modified, 2), (Op::Deleted, 2)]);
        assert_eq!(store.revision(), 3);
    }

    #[test]
    fn a_clone_is_a_snapshot_that_later_writes_do_not_change() {
        let mut store = Store::new(1);
        put(&mut store, "a", 1);
        let snapshot = store.clone();
        put(&mut store, "a", 2);
        put(&mut store, "b", 3);
        assert_eq!(snapshot.get(0, &"a"), Some(&1));
        assert_eq!(snapshot.len(0), 1);
        assert_eq!(store.values(0).copied().collect::<Vec<_>>(), [2, 3]);
    }

    #[test]
    fn a_watch_from_before_a_compaction_must_list_again() {
        let mut store = Store::new(1);
        (1..=5).for_each(|n| {
            put(&mut store, "a", n);
        });
        store.compact(3);
        assert_eq!(store.log().since(2).err(), Some(Compacted { oldest: 3 }));
        let left: Vec<_> = store.log().since(3).expect("still there").map(|c| c.revision).collect();
        assert_eq!(left, [4, 5]);
        assert!(store.log().get(3).is_none());
        assert_eq!(store.log().get(4).map(|c| c.value), Some(4));
    }
}
