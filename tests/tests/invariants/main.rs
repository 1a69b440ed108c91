//! What must hold after every event, whatever people do and whatever breaks.
//!
//! From a seed come manifests, edits and faults; after every event each check of [`checks`] looks at what was
//! written. At the end everything that was broken is mended, and the cluster must come to what is asked of it.
//! A failure tells the smallest list of steps that still shows it.
//! `INVARIANT_SEEDS=100..200 cargo test -p orrery-tests --test invariants` tries other seeds.

mod checks;
mod heal;
mod run;
mod steps;
mod workloads;

use libtest_mimic::{Arguments, Trial};
use std::ops::Range;

/// The seeds of an ordinary run.
const SEEDS: Range<u64> = 1..101;

fn seeds() -> Range<u64> {
    let Ok(text) = std::env::var("INVARIANT_SEEDS") else { return SEEDS };
    let (from, to) = text.split_once("..").expect("INVARIANT_SEEDS is written as FROM..TO");
    let number = |text: &str| text.parse().expect("a seed is a number");
    number(from)..number(to)
}

fn main() {
    let arguments = Arguments::from_args();
    let trial = |seed| Trial::test(format!("seed {seed}"), move || run::check(seed).map_err(Into::into));
    libtest_mimic::run(&arguments, seeds().map(trial).collect()).exit();
}
