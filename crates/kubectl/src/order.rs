//! The order that Go's `sort.Sort` leaves (pattern-defeating quicksort): it decides where equal ones stand, which no
//! stable order would tell as kubectl prints it.

/// Up to so many are sorted by insertion.
const FEW: usize = 12;
/// From so many on, a pivot is a median of medians.
const NINTHER: usize = 50;

/// The places `0..len` in the order that `less` says.
pub(crate) fn order(len: usize, less: &dyn Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut sort = Sort { at: (0..len).collect(), less };
    let limit = usize::BITS - len.leading_zeros();
    sort.quick(0, len, limit);
    sort.at
}

/// Sorts a list in that order.
pub(crate) fn sort<T>(items: &mut Vec<T>, less: &dyn Fn(&T, &T) -> bool) {
    let places = order(items.len(), &|a, b| less(&items[a], &items[b]));
    let mut taken: Vec<Option<T>> = items.drain(..).map(Some).collect();
    items.extend(places.into_iter().filter_map(|place| taken[place].take()));
}

/// What a look at the pivots says of what is sorted already.
#[derive(PartialEq)]
enum Hint {
    Unknown,
    Increasing,
    Decreasing,
}

struct Sort<'l> {
    at: Vec<usize>,
    less: &'l dyn Fn(usize, usize) -> bool,
}

impl Sort<'_> {
    fn less(&self, i: usize, j: usize) -> bool {
        (self.less)(self.at[i], self.at[j])
    }

    fn swap(&mut self, i: usize, j: usize) {
        self.at.swap(i, j);
    }

    fn quick(&mut self, mut a: usize, mut b: usize, mut limit: u32) {
        let (mut balanced, mut partitioned) = (true, true);
        loop {
            let length = b - a;
            if length <= FEW {
                return self.insertion(a, b);
            }
            if limit == 0 {
                return self.heap(a, b);
            }
            if !balanced {
                self.break_patterns(a, b);
                limit -= 1;
            }
            let (mut pivot, mut hint) = self.pivot(a, b);
            if hint == Hint::Decreasing {
                self.at[a..b].reverse();
                pivot = (b - 1) - (pivot - a);
                hint = Hint::Increasing;
            }
            if balanced && partitioned && hint == Hint::Increasing && self.nearly_sorted(a, b) {
                return;
            }
            // What stands before is no less than the pivot: all that equals it goes to the front.
            if a > 0 && !self.less(a - 1, pivot) {
                a = self.partition_equal(a, b, pivot);
                continue;
            }
            let middle;
            (middle, partitioned) = self.partition(a, b, pivot);
            let (left, right) = (middle - a, b - middle);
            balanced = left.min(right) >= length / 8;
            if left < right {
                self.quick(a, middle, limit);
                a = middle + 1;
            } else {
                self.quick(middle + 1, b, limit);
                b = middle;
            }
        }
    }

    fn insertion(&mut self, a: usize, b: usize) {
        for i in a + 1..b {
            let mut j = i;
            while j > a && self.less(j, j - 1) {
                self.swap(j, j - 1);
                j -= 1;
            }
        }
    }

    fn heap(&mut self, a: usize, b: usize) {
        let length = b - a;
        for root in (0..=(length - 1) / 2).rev() {
            self.sift_down(root, length, a);
        }
        for last in (0..length).rev() {
            self.swap(a, a + last);
            self.sift_down(0, last, a);
        }
    }

    fn sift_down(&mut self, mut root: usize, end: usize, first: usize) {
        loop {
            let mut child = 2 * root + 1;
            if child >= end {
                return;
            }
            if child + 1 < end && self.less(first + child, first + child + 1) {
                child += 1;
            }
            if !self.less(first + root, first + child) {
                return;
            }
            self.swap(first + root, first + child);
            root = child;
        }
    }

    /// Scatters three of them by a generator that starts from the length (Go: `breakPatterns`).
    fn break_patterns(&mut self, a: usize, b: usize) {
        let length = b - a;
        let mask = (1_u64 << (u64::BITS - (length as u64).leading_zeros())) - 1;
        let mut random = length as u64;
        let middle = a + (length / 4) * 2 - 1;
        for i in 0..3 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let mut other = (random & mask) as usize;
            if other >= length {
                other -= length;
            }
            self.swap(middle - 1 + i, a + other);
        }
    }

    fn pivot(&self, a: usize, b: usize) -> (usize, Hint) {
        let quarter = (b - a) / 4;
        let (mut i, mut j, mut k) = (a + quarter, a + quarter * 2, a + quarter * 3);
        let mut swaps = 0;
        if b - a >= NINTHER {
            for middle in [&mut i, &mut j, &mut k] {
                *middle = self.median([*middle - 1, *middle, *middle + 1], &mut swaps);
            }
        }
        j = self.median([i, j, k], &mut swaps);
        match swaps {
            0 => (j, Hint::Increasing),
            12 => (j, Hint::Decreasing),
            _ => (j, Hint::Unknown),
        }
    }

    fn median(&self, mut at: [usize; 3], swaps: &mut usize) -> usize {
        for (i, j) in [(0, 1), (1, 2), (0, 1)] {
            if self.less(at[j], at[i]) {
                at.swap(i, j);
                *swaps += 1;
            }
        }
        at[1]
    }

    /// Puts a few in their place; says whether all are sorted then.
    fn nearly_sorted(&mut self, a: usize, b: usize) -> bool {
        let mut i = a + 1;
        for _ in 0..5 {
            while i < b && !self.less(i, i - 1) {
                i += 1;
            }
            if i == b {
                return true;
            }
            if b - a < NINTHER {
                return false;
            }
            self.swap(i, i - 1);
            if i - a >= 2 {
                let mut j = i - 1;
                while j >= 1 && self.less(j, j - 1) {
                    self.swap(j, j - 1);
                    j -= 1;
                }
            }
            let mut j = i + 1;
            while j < b && self.less(j, j - 1) {
                self.swap(j, j - 1);
                j += 1;
            }
        }
        false
    }

    /// Where the pivot stands in the end, and whether nothing had to move for it.
    fn partition(&mut self, a: usize, b: usize, pivot: usize) -> (usize, bool) {
        self.swap(a, pivot);
        let (mut i, mut j) = (a + 1, b - 1);
        let mut untouched = true;
        loop {
            while i <= j && self.less(i, a) {
                i += 1;
            }
            while i <= j && !self.less(j, a) {
                j -= 1;
            }
            if i > j {
                self.swap(j, a);
                return (j, untouched);
            }
            self.swap(i, j);
            untouched = false;
            i += 1;
            j -= 1;
        }
    }

    /// Where what is greater than the pivot begins.
    fn partition_equal(&mut self, a: usize, b: usize, pivot: usize) -> usize {
        self.swap(a, pivot);
        let (mut i, mut j) = (a + 1, b - 1);
        loop {
            while i <= j && !self.less(a, i) {
                i += 1;
            }
            while i <= j && self.less(a, j) {
                j -= 1;
            }
            if i > j {
                return i;
            }
            self.swap(i, j);
            i += 1;
            j -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_equal_ones_keep_their_order_and_many_stand_as_go_leaves_them() {
        assert_eq!(order(5, &|a, b| a % 2 < b % 2), [0, 2, 4, 1, 3]);
        let sorted = order(40, &|a, b| a % 3 < b % 3);
        assert!(sorted.is_sorted_by_key(|place| place % 3), "{sorted:?}");
        assert!(!sorted.is_sorted_by_key(|place| (place % 3, *place)), "{sorted:?}");
        for len in [0, 1, 13, 100, 1_000] {
            let down = order(len, &|a, b| b < a);
            assert_eq!(down, (0..len).rev().collect::<Vec<_>>(), "{len}");
        }
    }
}
