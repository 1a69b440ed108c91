//! How long answers take, counted in classes that are about a tenth wide.

use super::Latency;

/// Classes between two powers of two.
const PARTS: u32 = 8;

/// How many answers took how long.
#[derive(Clone, Debug, Default)]
pub(crate) struct Latencies {
    counts: Vec<u64>,
    count: u64,
    /// Microseconds of all together.
    total: u64,
}

impl Latencies {
    /// Counts answers that took so many microseconds.
    pub(crate) fn add(&mut self, micros: u64, count: u64) {
        let class = class(micros);
        if self.counts.len() <= class {
            self.counts.resize(class + 1, 0);
        }
        self.counts[class] += count;
        self.count += count;
        self.total = self.total.saturating_add(micros.saturating_mul(count));
    }

    /// What so many thousandths of them do not exceed, in microseconds.
    pub(crate) fn quantile(&self, milli: u64) -> u64 {
        let wanted = (self.count * milli).div_ceil(1_000);
        let mut seen = 0;
        for (class, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted && seen > 0 {
                return upper(class);
            }
        }
        0
    }

    pub(crate) fn summary(&self) -> Latency {
        Latency {
            p50_micros: self.quantile(500),
            p99_micros: self.quantile(990),
            mean_micros: self.total.checked_div(self.count).unwrap_or(0),
        }
    }
}

/// The class of a number of microseconds.
fn class(micros: u64) -> usize {
    let micros = micros.max(u64::from(PARTS));
    let power = micros.ilog2() - PARTS.ilog2();
    (power * PARTS) as usize + ((micros >> power) - u64::from(PARTS)) as usize
}

/// The most microseconds of a class.
fn upper(class: usize) -> u64 {
    let (power, part) = (class as u32 / PARTS, class as u64 % u64::from(PARTS));
    ((u64::from(PARTS) + part + 1) << power) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_in_its_class_and_classes_are_narrow() {
        for micros in [0, 1, 7, 8, 9, 15, 16, 17, 999, 1_000, 1_023, 1_024, 250_000, 10_000_000] {
            let (least, most) = (class(micros).checked_sub(1).map_or(0, upper), upper(class(micros)));
            assert!(
                (least < micros || micros < 8) && micros <= most,
                "{micros}: {least} < {micros} <= {most}"
            );
            assert!(most - least <= most / 8 + 8, "{micros}: the class reaches from {least} to {most}");
        }
    }

    #[test]
    fn quantiles_are_those_of_what_was_counted() {
        let mut latencies = Latencies::default();
        assert_eq!(latencies.summary(), Latency::default(), "nothing was counted");
        latencies.add(1_000, 98);
        latencies.add(80_000, 2);
        let summary = latencies.summary();
        assert_eq!((summary.p50_micros, summary.p99_micros, summary.mean_micros), (1_023, 81_919, 2_580));
    }
}
