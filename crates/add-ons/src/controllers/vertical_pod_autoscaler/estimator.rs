//! What containers used, and what they should therefore request (upstream: `pkg/recommender/logic`,
//! `pkg/recommender/model`).

use super::histogram::Histogram;
use orrery_apimachinery::Str;
use orrery_sim::SimTime;
use std::collections::BTreeMap;

/// The first bucket of the processor is ten thousandths wide, that of memory ten megabytes.
const CPU_BUCKET: u64 = 10;
const MEMORY_BUCKET: u64 = 10_000_000;
/// A sample of the processor weighs what the container requests, and no less than this.
const MIN_SAMPLE_WEIGHT: u64 = 100;
/// For how long one peak of the memory stands.
const MEMORY_PEAK_SECONDS: u64 = 24 * 60 * 60;
/// Added to what was seen, in percent.
const SAFETY_MARGIN: u64 = 15;
/// The most that can be recommended.
const MAX_AMOUNT: u128 = 100_000_000_000_000;
const MILLIS_IN_A_DAY: u64 = 24 * 60 * 60 * 1000;
const MINUTES_IN_A_DAY: u64 = 24 * 60;

/// What all containers of one name used.
#[derive(Clone, Debug)]
pub(super) struct Usage {
    cpu: Histogram,
    memory: Histogram,
    samples: u64,
    first: SimTime,
    last: SimTime,
    /// By pod: when it was last measured, and the peak of its memory since a moment.
    pods: BTreeMap<Str, Peak>,
}

/// The peak of a container's memory.
#[derive(Clone, Copy, Debug)]
struct Peak {
    measured: SimTime,
    since: SimTime,
    bytes: u64,
}

/// Amounts of both resources: thousandths of a processor, and bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Amounts {
    pub(super) cpu: u64,
    pub(super) memory: u64,
}

/// What a container should request at least, best and at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Estimate {
    pub(super) lower: Amounts,
    pub(super) target: Amounts,
    pub(super) upper: Amounts,
}

/// One measurement of a container.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    pub(super) at: SimTime,
    pub(super) used: Amounts,
    /// What it requests of the processor, in thousandths.
    pub(super) requested: u64,
}

impl Usage {
    pub(super) fn new() -> Self {
        Usage {
            cpu: Histogram::new(CPU_BUCKET),
            memory: Histogram::new(MEMORY_BUCKET),
            samples: 0,
            first: SimTime::ZERO,
            last: SimTime::ZERO,
            pods: BTreeMap::new(),
        }
    }

    /// Counts what the container of a pod used, once.
    pub(super) fn add(&mut self, pod: &Str, sample: Sample) {
        let Sample { at, used, requested } = sample;
        let known = self.pods.get(pod).copied();
        if known.is_some_and(|known| known.measured >= at) {
            return;
        }
        self.decay(at);
        self.cpu.add(used.cpu, requested.max(MIN_SAMPLE_WEIGHT));
        if self.samples == 0 {
            self.first = at;
        }
        (self.samples, self.last) = (self.samples + 1, self.last.max(at));
        let peak = match known {
            Some(peak) if at.since(peak.since).as_secs() < MEMORY_PEAK_SECONDS => {
                Peak { measured: at, bytes: peak.bytes.max(used.memory), ..peak }
            }
            over => {
                self.keep(over);
                Peak { measured: at, since: at, bytes: used.memory }
            }
        };
        self.pods.insert(pod.clone(), peak);
    }

    /// Forgets the pods that are no more; the peaks of their memory stay.
    pub(super) fn retain(&mut self, is_there: impl Fn(&Str) -> bool) {
        let gone: Vec<Str> = self.pods.keys().filter(|pod| !is_there(pod)).cloned().collect();
        for pod in gone {
            let peak = self.pods.remove(&pod);
            self.keep(peak);
        }
    }

    fn keep(&mut self, peak: Option<Peak>) {
        if let Some(peak) = peak {
            self.memory.add(peak.bytes, 1000);
        }
    }

    fn decay(&mut self, at: SimTime) {
        let minute = at.since(SimTime::ZERO).as_secs() / 60;
        self.cpu.decay(minute);
        self.memory.decay(minute);
    }

    /// What the container should request; `None` before it was measured. `least` is what is never undercut.
    pub(super) fn estimate(&self, least: Amounts) -> Option<Estimate> {
        if self.samples == 0 {
            return None;
        }
        let mut memory = self.memory.clone();
        for peak in self.pods.values() {
            memory.add(peak.bytes, 1000);
        }
        let at = |percent| {
            let margin = |seen: u64| seen + seen * SAFETY_MARGIN / 100;
            Amounts { cpu: margin(self.cpu.percentile(percent)), memory: margin(memory.percentile(percent)) }
        };
        let scaled = |amounts: Amounts, scale: &dyn Fn(u64) -> u64| Amounts {
            cpu: scale(amounts.cpu).max(least.cpu),
            memory: scale(amounts.memory).max(least.memory),
        };
        let (sure, of) = self.confidence();
        Some(Estimate {
            lower: scaled(at(50), &|amount| confident_lower(amount, sure, of)),
            target: scaled(at(90), &|amount| amount),
            upper: scaled(at(95), &|amount| confident_upper(amount, sure, of)),
        })
    }

    /// How sure it is, as a fraction: one after a day with a sample in every minute.
    fn confidence(&self) -> (u128, u128) {
        let (days, samples) = (self.last.since(self.first).as_millis(), self.samples);
        let by_time = (days, u128::from(MILLIS_IN_A_DAY));
        let by_samples = (u128::from(samples), u128::from(MINUTES_IN_A_DAY));
        if by_time.0 * by_samples.1 < by_samples.0 * by_time.1 { by_time } else { by_samples }
    }
}

/// `amount × (1 + 0.001 / confidence)^-2`.
fn confident_lower(amount: u64, sure: u128, of: u128) -> u64 {
    if sure == 0 {
        return 0;
    }
    let (part, whole) = (1000 * sure, 1000 * sure + of);
    (u128::from(amount) * part / whole * part / whole) as u64
}

/// `amount × (1 + 1 / confidence)`.
fn confident_upper(amount: u64, sure: u128, of: u128) -> u64 {
    if sure == 0 {
        return MAX_AMOUNT as u64;
    }
    (u128::from(amount) * (sure + of) / sure).min(MAX_AMOUNT) as u64
}
