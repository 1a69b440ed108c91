//! The agenda: what will happen, in order.

use crate::SimTime;
use std::collections::BTreeMap;

/// Names one scheduled event, so that it can be cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// When the event is due.
    pub at: SimTime,
    seq: u64,
}

/// A queue of events in virtual time: earliest first, first in first out at equal times.
#[derive(Clone, Debug)]
pub struct Agenda<E> {
    entries: BTreeMap<Entry, E>,
    next_seq: u64,
}

impl<E> Default for Agenda<E> {
    fn default() -> Self {
        Agenda { entries: BTreeMap::new(), next_seq: 0 }
    }
}

impl<E> Agenda<E> {
    /// Puts `event` at `at`; the entry cancels it.
    pub fn schedule(&mut self, at: SimTime, event: E) -> Entry {
        let entry = Entry { at, seq: self.next_seq };
        self.next_seq += 1;
        self.entries.insert(entry, event);
        entry
    }

    /// Takes an event off the agenda; `None` when it has happened or was cancelled before.
    pub fn cancel(&mut self, entry: Entry) -> Option<E> {
        self.entries.remove(&entry)
    }

    /// When the next event is due.
    pub fn next_at(&self) -> Option<SimTime> {
        self.entries.keys().next().map(|e| e.at)
    }

    /// Takes the next event.
    pub fn pop(&mut self) -> Option<(SimTime, E)> {
        self.entries.pop_first().map(|(entry, event)| (entry.at, event))
    }

    /// Everything that will happen, in order.
    pub fn iter(&self) -> impl Iterator<Item = (SimTime, &E)> {
        self.entries.iter().map(|(entry, event)| (entry.at, event))
    }

    /// How many events are scheduled.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is scheduled.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_in_order_of_time_and_first_in_first_out_at_equal_times() {
        let mut agenda = Agenda::default();
        agenda.schedule(SimTime::from_secs(2), "late");
        agenda.schedule(SimTime::from_secs(1), "first of two");
        agenda.schedule(SimTime::from_secs(1), "second of two");
        let cancelled = agenda.schedule(SimTime::from_secs(1), "cancelled");
        assert_eq!(agenda.cancel(cancelled), Some("cancelled"));
        assert_eq!(agenda.cancel(cancelled), None);
        let order: Vec<_> = std::iter::from_fn(|| agenda.pop()).map(|(_, e)| e).collect();
        assert_eq!(order, ["first of two", "second of two", "late"]);
    }
}
