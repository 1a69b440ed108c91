//! How long it takes to go to any instant of an hour's run, and what the checkpoints for it cost.

use super::pods::manifests;
use clap::Args;
use orrery_cluster::{Cluster, Config};
use orrery_run::{Run, SEED, perform};
use orrery_share::Action;
use orrery_sim::{Random, SimTime};
use std::process::ExitCode;
use std::time::Instant;

/// What to measure.
#[derive(Args)]
pub struct Options {
    /// Nodes.
    #[arg(long, default_value_t = 100)]
    nodes: u32,
    /// Pods, in Deployments of a hundred.
    #[arg(long, default_value_t = 5_000)]
    pods: usize,
    /// How many instants to go to.
    #[arg(long, default_value_t = 200)]
    jumps: usize,
}

const SECOND: u64 = 1_000_000_000;
const HOUR: u64 = 3_600;
/// The pods start within so many seconds.
const BUSY: u64 = 120;
/// So often a cluster is cloned to know how long it takes.
const CLONES: usize = 20;
const CONTAINER: &str = "{name: web, image: nginx:1.27, resources: {requests: {cpu: 10m, memory: 16Mi}}}";

/// An hour in which the pods start, a Deployment of them is restarted, and a node fails and comes back.
fn hour(options: &Options) -> Result<[(u64, Action); 4], String> {
    let name = || "node-7".to_owned();
    let restart = ["rollout", "restart", "deployment/web-3"].map(String::from).to_vec();
    let text = manifests(options.nodes as usize, options.pods, CONTAINER)?;
    Ok([
        (10, Action::Apply { text }),
        (1_200, Action::Kubectl { line: restart, files: Vec::new() }),
        (2_400, Action::StopNode { name: name() }),
        (3_000, Action::StartNode { name: name() }),
    ])
}

/// The hour without any checkpoint.
fn straight(options: &Options) -> Result<Cluster, String> {
    let mut cluster = Cluster::new(Config { seed: SEED, ..Config::lively(options.nodes as usize) });
    for (at, action) in hour(options)? {
        cluster.run(SimTime::from_secs(at), &mut || true);
        perform(&mut cluster, &action);
    }
    cluster.run(SimTime::from_secs(HOUR), &mut || true);
    Ok(cluster)
}

/// The hour as a run.
fn recorded(options: &Options) -> Result<Run, String> {
    let mut run = Run::new(SEED, options.nodes, None);
    for (at, action) in hour(options)? {
        run.run(at * SECOND, &mut || true);
        run.act(action);
    }
    run.run(HOUR * SECOND, &mut || true);
    Ok(run)
}

/// The memory that this program holds, in bytes; nothing where the system does not tell.
fn resident() -> u64 {
    let told = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    told.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4_096
}

/// Measures: the hour with and without checkpoints, and then the way to instants by chance. The first half of the jumps go
/// anywhere in the hour, the others into its busiest part, while the pods start.
#[expect(
    clippy::disallowed_methods,
    reason = "this is a benchmark: it measures the machine, not the cluster"
)]
pub fn run(options: &Options) -> Result<ExitCode, String> {
    let memory = resident();
    let start = Instant::now();
    let alone = straight(options)?;
    let (without, alone_memory) = (start.elapsed(), resident().saturating_sub(memory));
    let start = Instant::now();
    let mut run = recorded(options)?;
    let (with, run_memory) = (start.elapsed(), resident().saturating_sub(memory + alone_memory));
    if alone.trace_hash() != run.trace_hash() {
        return Err("checkpoints change the run".into());
    }
    let start = Instant::now();
    let clones: Vec<Cluster> = (0..CLONES).map(|_| run.cluster().clone()).collect();
    let clone = start.elapsed().as_secs_f64() * 1e3 / clones.len() as f64;
    let kept = run.checkpoints() as u64;
    let each = run_memory.saturating_sub(alone_memory) / kept / 1_024;
    let (with, without) = (with.as_secs_f64(), without.as_secs_f64());
    println!("pods   events  CPU without  CPU with  checkpoints  KiB each  clone");
    println!(
        "{:>5} {:>7}  {without:>9.2} s  {with:>6.2} s  {kept:>11}  {each:>8}  {clone:>4.2} ms",
        options.pods,
        run.cluster().events()
    );
    let hash = run.trace_hash();
    jump(options, &mut run);
    run.seek(HOUR * SECOND, &mut || true);
    if run.trace_hash() != hash {
        return Err("going somewhere changes the run".into());
    }
    Ok(ExitCode::SUCCESS)
}

/// Goes to instants by chance, and prints how long that takes.
#[expect(
    clippy::disallowed_methods,
    reason = "this is a benchmark: it measures the machine, not the cluster"
)]
fn jump(options: &Options, run: &mut Run) {
    println!("jumps into        median     worst");
    let mut chance = Random::stream(SEED, "jumps");
    for (part, until) in [("the hour", HOUR), ("its busy part", BUSY)] {
        let mut times = Vec::new();
        for _ in 0..options.jumps.max(1) {
            let to = chance.below(until * SECOND);
            let start = Instant::now();
            run.seek(to, &mut || true);
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
        println!("{part:<13} {median:>8.1} ms {worst:>6.1} ms");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same on every machine: how many events lie between an instant and the nearest checkpoint before it.
    #[test]
    fn no_instant_is_far_from_a_checkpoint() {
        let options = Options { nodes: 10, pods: 500, jumps: 0 };
        let mut run = recorded(&options).expect("the pods fit");
        assert_eq!(run.trace_hash(), straight(&options).expect("the pods fit").trace_hash());
        let mut chance = Random::stream(SEED, "jumps");
        for _ in 0..100 {
            let to = chance.below(BUSY * SECOND);
            run.seek(to, &mut || false);
            let there = run.cluster().events();
            run.seek(to, &mut || true);
            let ran = run.cluster().events() - there;
            assert!(ran < 4_000, "{ran} events to {to}");
        }
    }
}
