//! `orrery replay`: what a link or a saved run comes to, without a browser.

use crate::link;
use clap::Args;
use orrery_apimachinery::duration;
use orrery_run::{Changed, Comparison, Moment, Run, What, label};
use std::fmt::Write;
use std::process::ExitCode;

/// What to play, and what to print.
#[derive(Args)]
pub struct Options {
    /// A link, or a file with a saved run or with manifests.
    given: String,
    /// Play until this instant, such as `90s` or `1h10m`, instead of the one at which the link opens.
    #[arg(long, value_name = "T", value_parser = instant)]
    until: Option<u64>,
    /// Play this branch of a saved run, counted from 1, instead of the one on which it stands.
    #[arg(long, value_name = "N")]
    branch: Option<usize>,
    /// Print the trace hash and nothing else.
    #[arg(long)]
    hash: bool,
    /// Print what is different at the second instant from what was at the first.
    #[arg(long, num_args = 2, value_names = ["T1", "T2"], value_parser = instant, conflicts_with = "hash")]
    compare: Option<Vec<u64>>,
    /// Compare with this branch at the second instant, counted from 1.
    #[arg(long, value_name = "N", requires = "compare")]
    with: Option<usize>,
}

/// Plays.
pub fn run(options: &Options) -> Result<ExitCode, String> {
    let saved = link::given(&options.given)?;
    let branch = link::branch(&saved, options.branch)?;
    let mut run = Run::open(&saved);
    run.switch(branch);
    if let Some([a, b]) = options.compare.as_deref() {
        let other = options.with.map_or(Ok(branch), |with| link::branch(&saved, Some(with)))?;
        print!("{}", lines(&run.compare(Moment { branch, at: *a }, Moment { branch: other, at: *b })));
        return Ok(ExitCode::SUCCESS);
    }
    run.run(options.until.unwrap_or(saved.run.at), &mut || true);
    if options.hash {
        println!("{:016x}", run.trace_hash());
    } else {
        print!("{}", summary(&run));
    }
    Ok(ExitCode::SUCCESS)
}

fn instant(text: &str) -> Result<u64, String> {
    u64::try_from(duration::parse(text)?).map_err(|_| "before the beginning".to_owned())
}

/// The steps that were taken, and what there is at the end.
fn summary(run: &Run) -> String {
    let (mut text, api) = (String::new(), run.cluster().api());
    for step in &run.steps()[..run.taken()] {
        line(&mut text, format_args!("{:>10.3} s  {}", step.at as f64 / 1e9, label(&step.action)));
    }
    let objects: usize = api.kinds().map(|kind| api.count(kind)).sum();
    let (steps, events, writes) = (run.steps().len(), run.cluster().events(), api.revision());
    line(&mut text, format_args!("time       {:.3} s", run.now() as f64 / 1e9));
    line(&mut text, format_args!("steps      {} of {steps}", run.taken()));
    line(&mut text, format_args!("events     {events}"));
    line(&mut text, format_args!("writes     {writes}"));
    line(&mut text, format_args!("objects    {objects}"));
    line(&mut text, format_args!("trace hash {:016x}", run.trace_hash()));
    text
}

/// An object in a line: `+` for one that is new, `-` for one that is gone, `~` for one of which the fields follow.
fn lines(comparison: &Comparison) -> String {
    let mut text = String::new();
    for Changed { id, what } in &comparison.changed {
        let sign = match what {
            What::Added => '+',
            What::Removed => '-',
            What::Fields(_) => '~',
        };
        let slash = if id.namespace.is_empty() { "" } else { "/" };
        line(&mut text, format_args!("{sign} {} {}{slash}{}", id.kind, id.namespace, id.name));
        let What::Fields(fields) = what else { continue };
        for field in fields {
            let side = |side: &Option<String>| side.clone().unwrap_or_else(|| "(none)".to_owned());
            let (old, new) = (side(&field.old), side(&field.new));
            let (old, new) = (old.replace('\n', "\\n"), new.replace('\n', "\\n"));
            line(&mut text, format_args!("    {}: {old} -> {new}", field.path));
        }
    }
    if comparison.heartbeats > 0 {
        line(&mut text, format_args!("{} heartbeat times are different, too", comparison.heartbeats));
    }
    text
}

fn line(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    writeln!(text, "{arguments}").expect("writing into a text cannot fail");
}
