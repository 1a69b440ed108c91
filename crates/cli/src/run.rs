//! `orrery run`: scenarios in, everything that happened out.

use crate::scenario::read;
use clap::Args;
use orrery_apimachinery::Quantity;
use orrery_apiserver::{Op, Session};
use orrery_cluster::{Cluster, Config, SchedulerSettings, Settle};
use orrery_kubectl::Stdin;
use orrery_scenario::{Deed, LOOK, Pace, Play, Scenario, Seconds, Step, heard};
use orrery_sim::{Duration, SimTime};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What to run.
#[derive(Args)]
pub struct Options {
    /// Scenario files.
    #[arg(required = true)]
    scenarios: Vec<PathBuf>,
    /// The directory for the outcomes, one `NAME.json` each.
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    hardware: Hardware,
    /// Do not name the scenarios as they run.
    #[arg(long)]
    quiet: bool,
}

/// The cluster to run on.
#[derive(Args, Clone, Debug)]
pub struct Hardware {
    /// How many nodes there are.
    #[arg(long, default_value_t = 3)]
    nodes: usize,
    /// The CPUs of each node.
    #[arg(long, default_value = "4")]
    cpu: String,
    /// The memory of each node.
    #[arg(long, default_value = "16Gi")]
    memory: String,
    /// The seed of the run.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl Default for Hardware {
    /// The cluster on which the recordings were made.
    fn default() -> Self {
        Hardware { nodes: 3, cpu: "4".into(), memory: "16Gi".into(), seed: 1 }
    }
}

/// Runs every scenario.
pub fn run(options: &Options) -> Result<ExitCode, String> {
    std::fs::create_dir_all(&options.out).map_err(|e| format!("{}: {e}", options.out.display()))?;
    for path in &options.scenarios {
        let scenario = read(path)?;
        let outcome = play(&scenario, &options.hardware)?;
        write(&options.out, &scenario.name, &outcome)?;
        if !options.quiet {
            println!(
                "{}: {} steps, {} changes",
                scenario.name,
                scenario.steps.len(),
                outcome["log"].as_array().map_or(0, Vec::len)
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn write(out: &Path, name: &str, outcome: &Value) -> Result<(), String> {
    let path = out.join(format!("{name}.json"));
    std::fs::write(&path, outcome.to_string()).map_err(|e| format!("{}: {e}", path.display()))
}

/// Plays one scenario on a cluster of its own and returns what `run` writes down.
pub fn play(scenario: &Scenario, hardware: &Hardware) -> Result<Value, String> {
    let quantity = |text: &str| Quantity::parse(text).ok_or_else(|| format!("'{text}' is not a quantity"));
    let shape = &scenario.cluster;
    let nodes = shape.workers.map_or(hardware.nodes, |nodes| nodes.unsigned_abs() as usize);
    let mut config = match shape.runtime {
        Pace::Immediate => Config::conformance(nodes, quantity(&hardware.cpu)?, quantity(&hardware.memory)?),
        // Every change is kept to be written down.
        Pace::Lively => Config { log_limit: usize::MAX, ..Config::lively(nodes) },
    }
    .with_topology(shape.layout())
    .with_node_groups(shape.groups()?);
    config.seed = hardware.seed;
    if let Some(told) = &scenario.scheduler {
        config.scheduler =
            SchedulerSettings::read(told).map_err(|e| format!("{}: scheduler: {e}", scenario.name))?;
    }
    let mut cluster = Cluster::new(config);
    cluster.settle(Settle::default());
    prepare(&mut cluster, scenario);
    let namespace = scenario.home();
    let line = ["create", "namespace", &namespace].map(str::to_owned);
    orrery_kubectl::run(&line, &Stdin::default(), &mut cluster);
    cluster.settle(Settle::default());
    if let Some(second) = scenario.start_second {
        let wait = (u64::from(second.unsigned_abs()) + 60 - cluster.now().as_secs() % 60) % 60;
        cluster.pass(Duration::from_secs(wait));
    }
    let extra = scenario.extra_namespaces.iter().map(|name| &**name);
    let namespaces: Vec<&str> = [&*namespace].into_iter().chain(extra).collect();
    let mut playing = Play::new(scenario.clone());
    let steps: Vec<Value> = scenario.steps.iter().map(|_| take(&mut cluster, &mut playing)).collect();
    Ok(json!({
        "scenario": *scenario.name,
        "version": env!("CARGO_PKG_VERSION"),
        "seed": hardware.seed,
        "traceHash": format!("{:016x}", cluster.trace_hash()),
        "nodes": nodes,
        "namespaces": namespaces,
        "steps": steps,
        "log": log(&cluster),
    }))
}

fn prepare(cluster: &mut Cluster, scenario: &Scenario) {
    for line in scenario.nodes.lines() {
        orrery_kubectl::run(&line, &Stdin::default(), cluster);
    }
    cluster.settle(Settle::default());
}

/// Takes the next step and waits for its end: as long as it sleeps, for what it waits for, or until the cluster has settled.
fn take(cluster: &mut Cluster, play: &mut Play) -> Value {
    let started = cluster.now();
    let scenario = play.scenario().clone();
    let step = &scenario.steps[play.next()];
    let output = match play.begin(cluster) {
        Some(Deed::Command { line, files }) => {
            let stdin = files.into_iter().next().unwrap_or_default();
            Some(orrery_workstation::run(&line, &Stdin(stdin.text), cluster))
        }
        Some(Deed::Act(action)) => {
            let outcome = orrery_run::perform(cluster, &action);
            Some(heard(&action, &outcome, cluster))
        }
        None => None,
    };
    let mut told = json!({"step": *step.name, "t": seconds_of(started)});
    if output.is_some() || step.sleep.is_none() {
        let output = output.clone().unwrap_or_default();
        told["rc"] = output.code.into();
        told["stdout"] = output.stdout.trim_end().into();
        told["stderr"] = output.stderr.trim_end().into();
    }
    play.done(cluster, output);
    match (&step.sleep, &step.wait) {
        (Some(Seconds(length)), _) => cluster.pass(*length),
        (None, Some(_)) => {
            while !play.look(cluster) {
                cluster.pass(LOOK);
            }
        }
        (None, None) => settle(cluster, step),
    }
    told
}

fn settle(cluster: &mut Cluster, step: &Step) {
    let default = Settle::default();
    cluster.settle(Settle {
        quiet: step.quiet.map_or(default.quiet, |told| told.0),
        timeout: step.timeout.map_or(default.timeout, |told| told.0),
    });
}

fn seconds_of(time: SimTime) -> f64 {
    time.as_micros() as f64 / 1e6
}

/// Every change of every object, in the order of the store's revisions.
fn log(cluster: &Cluster) -> Vec<Value> {
    let changes = cluster.api().watch(0).expect("a conformance cluster keeps every change");
    changes
        .map(|change| {
            let op = match change.op {
                Op::Added => "ADDED",
                Op::Modified => "MODIFIED",
                Op::Deleted => "DELETED",
            };
            json!([
                seconds_of(change.time),
                change.revision.to_string(),
                op,
                change.value.kind().name(),
                change.value.to_value(),
            ])
        })
        .collect()
}
