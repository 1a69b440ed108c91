//! `orrery`: the same engine as in the page, without a browser.

use clap::{Parser, Subcommand};
use orrery_cli::{apply, bench, kubectl, link, replay, run, sh, test, why};
use std::process::ExitCode;

/// A working model of a Kubernetes cluster.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Apply manifests to a new cluster, let it work, and print what became of them.
    Apply(apply::Options),
    /// Measure the CPU time that it takes until all pods of a Deployment run, or that the scheduler takes alone.
    Bench(bench::Options),
    /// Run kubectl against the saved state of a cluster.
    Kubectl(kubectl::Options),
    /// Turn manifests or a saved run into a link, or a link into a saved run.
    Link(link::Options),
    /// Play a link or a saved run, and print what it comes to.
    Replay(replay::Options),
    /// Run scenarios and write down everything that happened.
    Run(run::Options),
    /// Sit at the console of a cluster: kubectl, pipes, files, and what follows while virtual time passes.
    Sh(sh::Options),
    /// Play scenarios and look whether what they expect holds.
    Test(test::Options),
    /// Apply manifests to a new cluster, let it work, and explain why an object is as it is.
    Why(why::Options),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Apply(options) => apply::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Kubectl(options) => kubectl::run(&options),
        Command::Link(options) => link::run(&options),
        Command::Replay(options) => replay::run(&options),
        Command::Run(options) => run::run(&options),
        Command::Sh(options) => sh::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Why(options) => why::run(&options),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
