//! How often how much was used: exponential buckets whose content loses half of its weight every day (upstream:
//! `pkg/recommender/util`, `decayingHistogram` and `exponentialHistogramOptions`), in integers.

/// Each bucket is a twentieth wider than the one before.
const GROWTH_PERCENT: u64 = 105;
/// Bounds are kept in millionths, so that their rounding does not show.
const PARTS: u64 = 1_000_000;
/// A weight of one.
const ONE: u64 = 1 << 20;
/// What a minute leaves of a weight, in parts of 2^32: half is left after a day.
const MINUTE_LEAVES: u128 = 4_292_900_401;

/// A histogram of amounts.
#[derive(Clone, Debug)]
pub(super) struct Histogram {
    /// How wide the first bucket is.
    first: u64,
    weights: Vec<u64>,
    /// Up to which minute weights have decayed.
    minute: u64,
}

impl Histogram {
    /// A histogram whose first bucket is that wide, with buckets for a hundred thousand times as much.
    pub(super) fn new(first: u64) -> Self {
        let (mut count, mut start, mut width) = (1, 0, PARTS);
        while start < 100_000 * PARTS {
            start += width;
            width = width * GROWTH_PERCENT / 100;
            count += 1;
        }
        Histogram { first, weights: vec![0; count], minute: 0 }
    }

    /// Lets weights decay until `minute`.
    pub(super) fn decay(&mut self, minute: u64) {
        while self.minute < minute && self.weights.iter().any(|weight| *weight > 0) {
            for weight in &mut self.weights {
                *weight = ((u128::from(*weight) * MINUTE_LEAVES) >> 32) as u64;
            }
            self.minute += 1;
        }
        self.minute = minute;
    }

    /// Counts an amount; the weight is in thousandths.
    pub(super) fn add(&mut self, amount: u64, weight_milli: u64) {
        let (mut end, mut width, mut bucket) = (self.first * PARTS, self.first * PARTS, 0);
        while end <= amount.saturating_mul(PARTS) && bucket + 1 < self.weights.len() {
            width = width * GROWTH_PERCENT / 100;
            end += width;
            bucket += 1;
        }
        self.weights[bucket] += weight_milli * ONE / 1000;
    }

    /// The amount that is not exceeded in so many percent: the end of the bucket in which it is; zero where nothing was
    /// counted.
    pub(super) fn percentile(&self, percent: u64) -> u64 {
        let total: u64 = self.weights.iter().sum();
        if total == 0 {
            return 0;
        }
        let (mut start, mut width, mut sum) = (0, self.first * PARTS, 0);
        for (bucket, weight) in self.weights.iter().enumerate() {
            sum += weight;
            if bucket + 1 == self.weights.len() {
                break;
            }
            start += width;
            if u128::from(sum) * 100 >= u128::from(total) * u128::from(percent) {
                break;
            }
            width = width * GROWTH_PERCENT / 100;
        }
        start / PARTS
    }
}
