//! What the tests on both machines share: runs, and what they came to on this machine.

mod links;
mod story;

pub use links::{TRACES, traces};
pub use story::play;

/// The seed of the run.
pub const SEED: u64 = 7;

/// What the run gave on the machine that built the tests: fingerprint and number of writes.
pub fn on_the_building_machine() -> (u64, u64) {
    let number = |text: &str| text.parse().expect("the build script printed a number");
    (number(env!("TRACE_HASH")), number(env!("TRACE_WRITES")))
}
