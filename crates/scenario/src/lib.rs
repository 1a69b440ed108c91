//! Scenario files: a cluster, steps that are taken on it, what is expected of each, and what a person is told meanwhile.
//! `docs/scenarios.md` lists every field.
//!
//! A scenario is recorded (`orrery run`), tested (`orrery test`) and shown (the page) from the same file. It is read by the
//! reader of manifests: every problem is told at once, at its line and column.

mod check;
mod deed;
mod fault;
mod format;
mod goal;
mod group;
mod play;
mod read;
mod values;

pub use check::Verdict;
pub use deed::{Deed, heard};
pub use fault::Fault;
pub use format::{Check, LoadStep, Machines, Nodes, RequestStep, Scenario, Step, Wait};
pub use play::{LOOK, Play};
pub use read::{MOST_STEPS, read};
pub use values::{Line, Pace, Phrase, Place, Rate, Scalar, Seconds, View};
