//! The change log that watches read.

use crate::{Revision, store::Compacted};
use imbl::Vector;
use orrery_sim::SimTime;

/// What a write did to its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// The key was not there before.
    Added,
    /// The key has a new value.
    Modified,
    /// The key is gone; the change carries its last value.
    Deleted,
}

/// One write.
#[derive(Clone, Debug)]
pub struct Change<V> {
    /// The revision that the write made.
    pub revision: Revision,
    /// When it was made.
    pub time: SimTime,
    /// What it did.
    pub op: Op,
    /// The value after the write; for a deletion, the last one.
    pub value: V,
    /// The value before the write.
    pub previous: Option<V>,
}

/// The changes since the last compaction, in the order of their revisions, without gaps.
#[derive(Clone, Debug)]
pub struct Log<V: Clone> {
    compacted: Revision,
    changes: Vector<Change<V>>,
}

impl<V: Clone> Default for Log<V> {
    fn default() -> Self {
        Log { compacted: 0, changes: Vector::new() }
    }
}

impl<V: Clone> Log<V> {
    pub(crate) fn push(&mut self, change: Change<V>) {
        self.changes.push_back(change);
    }

    /// The change that made `revision`; `None` when it is compacted or has not happened.
    pub fn get(&self, revision: Revision) -> Option<&Change<V>> {
        let index = revision.checked_sub(self.compacted + 1)?;
        self.changes.get(usize::try_from(index).ok()?)
    }

    /// The changes after `revision`, oldest first. An error when some of them are compacted:
    /// the watcher must list again.
    pub fn since(&self, revision: Revision) -> Result<impl Iterator<Item = &Change<V>>, Compacted> {
        if revision < self.compacted {
            return Err(Compacted { oldest: self.compacted });
        }
        let skip = usize::try_from(revision - self.compacted).unwrap_or(usize::MAX).min(self.changes.len());
        Ok(self.changes.focus().narrow(skip..).into_iter())
    }

    /// Forgets the changes up to and including `revision`.
    pub(crate) fn compact(&mut self, revision: Revision) {
        let n = revision.saturating_sub(self.compacted).min(self.changes.len() as u64);
        self.changes = self.changes.skip(usize::try_from(n).unwrap_or(usize::MAX));
        self.compacted += n;
    }
}
