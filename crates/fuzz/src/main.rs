//! Random texts into everything that reads texts: `cargo xtask fuzz TARGET --seconds 60 --seed 1`.
//!
//! Texts of the corpus are bent, cut and spliced. A text that makes a target do something that no text did before
//! joins the corpus. A crash, or a broken promise of the target, ends the run; the text that caused it is left in a file.

#![expect(clippy::disallowed_methods, reason = "how long a run takes is told by a real clock")]

mod corpus;
mod link;
mod mutate;
mod random;
mod targets;

use random::Random;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use targets::{TARGETS, Target};

/// A text that takes longer than this is as bad as one that crashes.
const PATIENCE: Duration = Duration::from_secs(5);
/// Texts that are kept at most.
const MOST_KEPT: usize = 20_000;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    let Some(target) = words.first().and_then(|name| TARGETS.iter().find(|target| target.name == *name))
    else {
        eprintln!("fuzz TARGET [--seconds 60] [--seed 1]\ntargets: {}", names.join(", "));
        return ExitCode::FAILURE;
    };
    let number = |flag: &str, otherwise: u64| {
        let at = words.iter().position(|word| word == flag);
        at.and_then(|at| words.get(at + 1)?.parse().ok()).unwrap_or(otherwise)
    };
    let limit = Duration::from_secs(number("--seconds", 60));
    match run(target, limit, number("--seed", 1)) {
        Ok(summary) => {
            println!("{summary}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn run(target: &Target, limit: Duration, seed: u64) -> Result<String, String> {
    let (mut random, start) = (Random::new(seed), Instant::now());
    let mut kept = corpus::of(target.name)?;
    let (given, mut seen) = (kept.len(), BTreeSet::new());
    for text in &kept {
        seen.insert(attempt(target, text)?);
    }
    let mut executions = given;
    while start.elapsed() < limit {
        let text = mutate::mutate(&kept, target.words, &mut random);
        let new = seen.insert(attempt(target, &text)?);
        if new && kept.len() < MOST_KEPT {
            kept.push(text);
        }
        executions += 1;
    }
    let seconds = start.elapsed().as_secs();
    let found = kept.len() - given;
    Ok(format!(
        "{}: {executions} texts in {seconds} s, {found} of them did something new, no crash",
        target.name
    ))
}

/// What the target did with the text, as a number; or why it should not have.
fn attempt(target: &Target, text: &[u8]) -> Result<u64, String> {
    let start = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| (target.run)(text)));
    let slow = start.elapsed() > PATIENCE;
    match outcome {
        Ok(shape) if !slow => Ok(shape),
        _ => {
            let what = if slow { "takes too long" } else { "crashes" };
            let path = std::env::temp_dir().join(format!("orrery-fuzz-{}", target.name));
            std::fs::write(&path, text).map_err(|error| error.to_string())?;
            Err(format!("{} {what} over the text in {}", target.name, path.display()))
        }
    }
}
