//! The scheduler against a real API server.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod between_pods;
mod cluster;
mod disks;
mod preemption;
mod settings;
mod verdicts;
mod waiting;
