//! `orrery test`: scenarios are played, and what they expect is looked at.

use clap::Args;
use orrery_scenario::{Play, Verdict};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::scenario::read;

/// The format of scenario files.
const SCHEMA: &str = include_str!("../../../docs/scenario.schema.json");

/// What to test.
#[derive(Args)]
pub struct Options {
    /// Scenario files.
    #[arg(required_unless_present = "schema")]
    scenarios: Vec<PathBuf>,
    /// Print the JSON Schema of scenario files instead, for editors.
    #[arg(long, conflicts_with = "scenarios")]
    schema: bool,
}

/// Plays every scenario and prints what held and what did not; fails if anything did not.
pub fn run(options: &Options) -> Result<ExitCode, String> {
    if options.schema {
        print!("{SCHEMA}");
        return Ok(ExitCode::SUCCESS);
    }
    let mut sound = true;
    for path in &options.scenarios {
        let (text, holds) = report(path)?;
        print!("{text}");
        sound &= holds;
    }
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Plays one scenario: a line for it and one for each expectation that does not hold; and whether all hold.
pub fn report(path: &Path) -> Result<(String, bool), String> {
    let mut play = Play::new(read(path)?);
    let mut run = play.run().map_err(|e| format!("{}: {e}", path.display()))?;
    play.to_end(&mut run);
    let (scenario, verdicts) = (play.scenario(), play.verdicts());
    let wrong: Vec<&Verdict> = verdicts.iter().filter(|verdict| verdict.wrong.is_some()).collect();
    let (word, held) = (if wrong.is_empty() { "ok" } else { "FAILED" }, verdicts.len() - wrong.len());
    let seconds = run.now() / 1_000_000_000;
    let hash = run.trace_hash();
    let mut text = format!(
        "{word} {}: {held} of {} hold, {} steps, {seconds} s, trace {hash:016x}\n",
        scenario.name,
        verdicts.len(),
        scenario.steps.len(),
    );
    for verdict in &wrong {
        let what = verdict.check.map_or("wait".to_owned(), |check| format!("expect[{check}]"));
        let (name, why) = (&scenario.steps[verdict.step].name, verdict.wrong.as_deref().unwrap_or_default());
        let name = if name.is_empty() { String::new() } else { format!(" ({name})") };
        text += &format!("  steps[{}]{name}.{what}: {why}\n", verdict.step);
    }
    Ok((text, wrong.is_empty()))
}
