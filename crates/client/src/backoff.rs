//! Exponential back-off.

use orrery_sim::Duration;

/// A delay that doubles with every failure, up to a cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The delay after the first failure.
    pub base: Duration,
    /// The longest delay.
    pub cap: Duration,
}

impl Backoff {
    /// How work queues retry (upstream: `DefaultTypedControllerRateLimiter`): 5 ms doubling to 1000 s.
    pub const WORK_QUEUE: Backoff =
        Backoff { base: Duration::from_millis(5), cap: Duration::from_secs(1_000) };

    /// The delay after `failures` failures; the first is number one.
    pub fn delay(&self, failures: u32) -> Duration {
        let factor = 1u32.checked_shl(failures.saturating_sub(1)).filter(|f| *f > 0);
        factor.and_then(|f| self.base.checked_mul(f)).map_or(self.cap, |d| d.min(self.cap))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_doubles_up_to_the_cap() {
        let delays: Vec<u128> =
            [1, 2, 3, 18, 19, 40].map(|n| Backoff::WORK_QUEUE.delay(n).as_millis()).into();
        assert_eq!(delays, [5, 10, 20, 655_360, 1_000_000, 1_000_000]);
    }
}
