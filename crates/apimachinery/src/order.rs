//! Sorting with little code. std's sorts are compiled anew for every type of item and weigh six kilobytes each; here
//! all types share one merge sort, over the positions of the items.

use std::cmp::Ordering;

/// Stable sorts of slices.
pub trait Order<T> {
    /// Sorts by a comparison.
    fn order_by(&mut self, compare: impl FnMut(&T, &T) -> Ordering);

    /// Sorts by a key that is worked out at every comparison.
    fn order_by_key<K: Ord>(&mut self, key: impl FnMut(&T) -> K) {
        let mut key = key;
        self.order_by(|a, b| key(a).cmp(&key(b)));
    }

    /// Sorts by the items themselves.
    fn order(&mut self)
    where
        T: Ord,
    {
        self.order_by(T::cmp);
    }
}

impl<T> Order<T> for [T] {
    fn order_by(&mut self, mut compare: impl FnMut(&T, &T) -> Ordering) {
        let places = sorted(self.len(), &mut |a, b| compare(&self[a], &self[b]));
        arrange(places, &mut |a, b| self.swap(a, b));
    }
}

/// The positions `0..count` in the order of what stands there: a merge sort from the bottom up.
fn sorted(count: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut from: Vec<usize> = (0..count).collect();
    let mut to = Vec::with_capacity(count);
    let mut width = 1;
    while width < count {
        to.clear();
        for start in (0..count).step_by(2 * width) {
            let (mut a, middle) = (start, (start + width).min(count));
            let (mut b, end) = (middle, (start + 2 * width).min(count));
            while a < middle || b < end {
                let first = b == end || (a < middle && compare(from[a], from[b]) != Ordering::Greater);
                let taken = if first { &mut a } else { &mut b };
                to.push(from[*taken]);
                *taken += 1;
            }
        }
        std::mem::swap(&mut from, &mut to);
        width *= 2;
    }
    from
}

/// Swaps items until every place holds the one that `places` names, cycle by cycle.
fn arrange(mut places: Vec<usize>, swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..places.len() {
        let mut at = start;
        loop {
            let next = std::mem::replace(&mut places[at], at);
            if next == start {
                break;
            }
            swap(at, next);
            at = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_come_in_order_and_equal_ones_stay_as_they_were() {
        let mut numbers = 12_345_u32;
        for length in 0..200 {
            let mut items: Vec<(u32, usize)> = Vec::new();
            for position in 0..length {
                numbers = numbers.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                items.push((numbers >> 28, position));
            }
            let mut expected = items.clone();
            expected.sort();
            items.order_by_key(|item| item.0);
            assert_eq!(items, expected, "the number of an item tells where it stood among its equals");
            items.order_by(|a, b| b.cmp(a));
            expected.reverse();
            assert_eq!(items, expected);
            items.order();
            expected.reverse();
            assert_eq!(items, expected);
        }
    }
}
