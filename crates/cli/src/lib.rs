//! `orrery`: the same engine as in the page, without a browser.

pub mod apply;
pub mod bench;
mod files;
pub mod kubectl;
pub mod link;
pub mod replay;
pub mod run;
pub mod scenario;
pub mod sh;
pub mod test;
pub mod why;

/// Counts what this program holds, for measurements.
#[global_allocator]
pub static ALLOCATOR: cap::Cap<std::alloc::System> = cap::Cap::new(std::alloc::System, usize::MAX);
