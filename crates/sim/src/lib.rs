//! Virtual time, the agenda of things that will happen, named random streams and the trace.
//!
//! This crate knows nothing of Kubernetes. It is the floor that every component stands on, and the
//! reason why a run is a value: the same seed and the same commands give the same trace hash, in
//! any process, natively and in wasm.

mod agenda;
mod random;
mod time;
mod trace;

pub use agenda::{Agenda, Entry};
pub use random::Random;
pub use time::SimTime;
pub use trace::TraceHash;

pub use core::time::Duration;
