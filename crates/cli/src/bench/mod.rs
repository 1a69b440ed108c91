//! `orrery bench`: how much CPU time things take.

mod alone;
mod hour;
mod jump;
mod load;
mod pods;
mod scheduler;

use clap::{Args, Subcommand};
use std::process::ExitCode;

/// What to measure.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Options {
    #[command(subcommand)]
    part: Option<Part>,
    #[command(flatten)]
    pods: pods::Options,
}

/// A part that is measured alone.
#[derive(Subcommand)]
enum Part {
    /// Measure what an hour costs in which nobody does anything: 34 pods of which one crashes, and 30,000 pods.
    Hour(hour::Options),
    /// Measure how long it takes to go to any instant of an hour's run, and what checkpoints cost.
    Jump(jump::Options),
    /// Measure what a steady load costs.
    Load(load::Options),
    /// Measure how many pods the scheduler places in a second, on 5,000 nodes.
    Scheduler(scheduler::Options),
}

/// Measures.
pub fn run(options: &Options) -> Result<ExitCode, String> {
    match &options.part {
        Some(Part::Hour(options)) => hour::run(options),
        Some(Part::Jump(options)) => jump::run(options),
        Some(Part::Load(options)) => load::run(options),
        Some(Part::Scheduler(options)) => scheduler::run(options),
        None => pods::run(&options.pods),
    }
}
