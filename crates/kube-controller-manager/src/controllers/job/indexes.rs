//! Sets of completion indexes, kept and written as intervals (upstream: `orderedIntervals` in
//! `indexed_job_utils.go`).

use orrery_apimachinery::Order;
use std::fmt;

/// The first and the last of some indexes in a row.
pub(super) type Interval = (i32, i32);

/// A set of indexes: intervals in order that do not touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Indexes(Vec<Interval>);

impl Indexes {
    /// Reads `1,3-5`. What is `completions` or more is left out, and so is what is no number.
    pub(super) fn parse(text: &str, completions: i32) -> Self {
        let mut indexes = Indexes::default();
        for part in text.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (Ok(first), Ok(last)) = (first.parse::<i32>(), last.parse::<i32>()) else { continue };
            if first >= completions {
                break;
            }
            indexes.append((first, last.min(completions - 1)));
        }
        indexes
    }

    /// Adds an interval that does not begin before the last one does.
    fn append(&mut self, (first, last): Interval) {
        match self.0.last_mut() {
            Some(known) if first <= known.1 + 1 => known.1 = known.1.max(last),
            _ => self.0.push((first, last)),
        }
    }

    /// These indexes and those of `more`, which need no order.
    pub(super) fn with(&self, more: &[Interval]) -> Self {
        let mut all = [&self.0, more].concat();
        all.order();
        let mut union = Indexes::default();
        for interval in all {
            union.append(interval);
        }
        union
    }

    /// The intervals in order.
    pub(super) fn intervals(&self) -> &[Interval] {
        &self.0
    }

    /// How many indexes there are.
    pub(super) fn total(&self) -> i32 {
        let mut total = 0;
        for (first, last) in &self.0 {
            total += last - first + 1;
        }
        total
    }

    /// Whether `index` is among them.
    pub(super) fn has(&self, index: i32) -> bool {
        let at = self.0.partition_point(|interval| interval.1 < index);
        self.0.get(at).is_some_and(|interval| interval.0 <= index)
    }

    /// How many indexes are in both sets.
    pub(super) fn shared_with(&self, other: &Indexes) -> i32 {
        let (mut mine, mut theirs, mut shared) = (0, 0, 0);
        while let (Some(a), Some(b)) = (self.0.get(mine), other.0.get(theirs)) {
            shared += (a.1.min(b.1) - a.0.max(b.0) + 1).max(0);
            if a.1 <= b.1 {
                mine += 1;
            } else {
                theirs += 1;
            }
        }
        shared
    }

    /// The first `count` indexes below `completions` that are not among these.
    pub(super) fn first_missing(&self, count: i32, completions: i32) -> Vec<i32> {
        let (mut missing, mut left, mut next) = (Vec::new(), count, 0);
        for &(first, last) in self.0.iter().chain(&[(completions, completions)]) {
            while next < first.min(completions) && left > 0 {
                missing.push(next);
                (next, left) = (next + 1, left - 1);
            }
            next = next.max(last + 1);
        }
        missing
    }
}

/// `1,3-5`; two in a row are written as two, as upstream does.
impl fmt::Display for Indexes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (first, last)) in self.0.iter().enumerate() {
            let comma = if place > 0 { "," } else { "" };
            match last - first {
                0 => write!(f, "{comma}{first}")?,
                1 => write!(f, "{comma}{first},{last}")?,
                _ => write!(f, "{comma}{first}-{last}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexes_are_read_and_written_as_intervals() {
        for (row, text, completions, written, total) in [
            ("nothing", "", 5, "", 0),
            ("single ones and an interval", "1,3-5", 9, "1,3-5", 4),
            ("two in a row are written as two", "0-1,4", 9, "0,1,4", 3),
            ("neighbours are joined", "0,1,2,4", 9, "0-2,4", 4),
            ("an interval is cut off at the completions", "1,3-9", 5, "1,3,4", 3),
            ("what lies beyond the completions is left out", "1,7", 5, "1", 1),
            ("what is no number is left out", "1,x,3-y,4", 9, "1,4", 2),
        ] {
            let indexes = Indexes::parse(text, completions);
            assert_eq!((indexes.to_string().as_str(), indexes.total()), (written, total), "{row}");
        }
    }

    #[test]
    fn sets_are_joined_compared_and_completed() {
        let set = Indexes::parse("1,4-6", 100);
        assert_eq!(set.with(&[(9, 9), (2, 2), (4, 7)]).to_string(), "1,2,4-7,9");
        assert_eq!((0..9).filter(|i| set.has(*i)).collect::<Vec<_>>(), [1, 4, 5, 6]);
        assert_eq!(set.shared_with(&Indexes::parse("0-1,5,6-9", 100)), 3);
        assert_eq!(set.first_missing(4, 100), [0, 2, 3, 7]);
        assert_eq!(set.first_missing(9, 8), [0, 2, 3, 7], "no more than there are");
        assert_eq!(set.first_missing(9, 5), [0, 2, 3], "an interval reaches beyond the completions");
    }
}
