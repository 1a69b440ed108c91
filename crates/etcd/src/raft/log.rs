//! A member's log: what it forgot because it is decided, and the entries after that.

use super::{Index, Mark, Term};
use crate::Revision;

/// So many decided entries are kept for members that lag behind; who lags further gets a snapshot
/// (upstream: `SnapshotCatchUpEntries`, which is 5,000).
const KEPT: usize = 500;

/// One entry: the term in which a leader took it up, and the write that it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) term: Term,
    /// The store's revision after the entry; the entry with which a leader begins its term leaves it as it was.
    pub(crate) revision: Revision,
}

/// The log.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log {
    /// The last entry that is forgotten.
    base: Mark,
    /// The store's revision after it.
    base_revision: Revision,
    entries: Vec<Entry>,
}

impl Log {
    /// The last entry.
    pub(crate) fn last(&self) -> Mark {
        let index = self.base.index + self.entries.len() as u64;
        Mark { term: self.entries.last().map_or(self.base.term, |e| e.term), index }
    }

    /// The store's revision after the last entry.
    pub(crate) fn revision(&self) -> Revision {
        self.entries.last().map_or(self.base_revision, |e| e.revision)
    }

    /// The last entry that is forgotten, and the store's revision after it.
    pub(crate) fn base(&self) -> (Mark, Revision) {
        (self.base, self.base_revision)
    }

    /// The term of the entry at `index`; `None` when it is forgotten or not there.
    pub(crate) fn term_at(&self, index: Index) -> Option<Term> {
        if index == self.base.index {
            return Some(self.base.term);
        }
        self.at(index).map(|entry| entry.term)
    }

    /// The entry at `index`, while it is here.
    pub(crate) fn at(&self, index: Index) -> Option<&Entry> {
        self.entries.get(self.place(index)?)
    }

    /// Where the entry at `index` stands, or would stand.
    fn place(&self, index: Index) -> Option<usize> {
        usize::try_from(index.checked_sub(self.base.index + 1)?).ok()
    }

    /// The entries from `index` on; `None` when some of them are forgotten.
    pub(crate) fn from(&self, index: Index) -> Option<&[Entry]> {
        self.entries.get(self.place(index)?..)
    }

    pub(crate) fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Takes over the entries that follow `before`, with which this log agrees: what contradicts them goes, what is
    /// here already stays.
    pub(crate) fn splice(&mut self, before: Mark, entries: &[Entry]) {
        for (i, entry) in entries.iter().enumerate() {
            let index = before.index + 1 + i as u64;
            let Some(place) = self.place(index) else { continue };
            if self.entries.get(place).is_some_and(|own| own.term == entry.term) {
                continue;
            }
            self.entries.truncate(place);
            self.entries.push(*entry);
        }
    }

    /// Starts anew after `base`.
    pub(crate) fn reset(&mut self, base: Mark, revision: Revision) {
        *self = Log { base, base_revision: revision, entries: Vec::new() };
    }

    /// Forgets decided entries when there are many.
    pub(crate) fn compact(&mut self, commit: Index) {
        let decided = usize::try_from(commit - self.base.index).unwrap_or(usize::MAX);
        if decided < 2 * KEPT {
            return;
        }
        let goes = decided - KEPT;
        let last = self.entries[goes - 1];
        self.base = Mark { term: last.term, index: self.base.index + goes as u64 };
        self.base_revision = last.revision;
        self.entries.drain(..goes);
    }
}
