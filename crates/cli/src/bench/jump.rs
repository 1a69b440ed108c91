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

/// What something comes to, the bytes that it holds, and those by which the memory of a WebAssembly program grew for it.
fn held<T>(make: impl FnOnce() -> T) -> (T, [u64; 2]) {
    let before = [crate::ALLOCATOR.allocated(), linear()];
    let made = make();
    let after = [crate::ALLOCATOR.allocated(), linear()];
    (made, [0, 1].map(|i| after[i].saturating_sub(before[i]) as u64))
}

/// The size of the program's linear memory, in bytes.
#[cfg(target_arch = "wasm32")]
fn linear() -> usize {
    core::arch::wasm32::memory_size(0) << 16
}

/// There is no such thing.
#[cfg(not(target_arch = "wasm32"))]
fn linear() -> usize {
    0
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / 1_048_576.0
}

/// The middle of some figures, and the largest.
fn middle<T: Copy + PartialOrd>(mut all: Vec<T>) -> Option<(T, T)> {
    all.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    Some((*all.get(all.len() / 2)?, *all.last()?))
}

/// Measures: the hour with and without checkpoints, and then the way to instants by chance. The first half of the jumps go
/// anywhere in the hour, the others into its busiest part, while the pods start.
#[expect(
    clippy::disallowed_methods,
    reason = "this is a benchmark: it measures the machine, not the cluster"
)]
pub fn run(options: &Options) -> Result<ExitCode, String> {
    let start = Instant::now();
    let (alone, [alone_takes, alone_grows]) = held(|| straight(options));
    let (alone, without) = (alone?, start.elapsed());
    let start = Instant::now();
    let (run, [run_takes, run_grows]) = held(|| recorded(options));
    let (mut run, with) = (run?, start.elapsed());
    if alone.trace_hash() != run.trace_hash() {
        return Err("checkpoints change the run".into());
    }
    let start = Instant::now();
    let clones: Vec<Cluster> = (0..CLONES).map(|_| run.cluster().clone()).collect();
    let clone = start.elapsed().as_secs_f64() * 1e3 / clones.len() as f64;
    drop(clones);
    let (with, without) = (with.as_secs_f64(), without.as_secs_f64());
    let (events, writes) = (run.cluster().events(), run.cluster().api().revision());
    println!("pods    events  writes  CPU without  CPU with  clone");
    println!("{:>6} {events:>7} {writes:>7}  {without:>9.2} s  {with:>6.2} s  {clone:>4.2} ms", options.pods);
    let (kept, thought) = run.checkpoints();
    let own = run_takes.saturating_sub(alone_takes);
    println!("the run alone  {kept} checkpoints  as the run thinks");
    println!("{:>9.1} MiB  {:>10.1} MiB  {:>13.1} MiB", mib(alone_takes), mib(own), mib(thought));
    if run_grows > 0 {
        let own = run_grows.saturating_sub(alone_grows);
        println!("{:>9.1} MiB  {:>10.1} MiB  of linear memory", mib(alone_grows), mib(own));
    }
    let hash = run.trace_hash();
    drop(alone);
    jump(options, &mut run);
    run.seek(HOUR * SECOND, &mut || true);
    if run.trace_hash() != hash {
        return Err("going somewhere changes the run".into());
    }
    weigh(run);
    Ok(ExitCode::SUCCESS)
}

/// Goes to instants by chance, and prints how long that takes, and how much happens on the way.
#[expect(
    clippy::disallowed_methods,
    reason = "this is a benchmark: it measures the machine, not the cluster"
)]
fn jump(options: &Options, run: &mut Run) {
    println!("jumps into        median     worst  events on the way");
    let mut chance = Random::stream(SEED, "jumps");
    for (part, until) in [("the hour", HOUR), ("its busy part", BUSY)] {
        let (mut times, mut ways) = (Vec::new(), Vec::new());
        for _ in 0..options.jumps.max(1) {
            let to = chance.below(until * SECOND);
            let start = Instant::now();
            run.seek(to, &mut || false);
            let there = run.cluster().events();
            run.seek(to, &mut || true);
            times.push(start.elapsed().as_secs_f64() * 1e3);
            ways.push(run.cluster().events() - there);
        }
        let (Some((median, worst)), Some((way, longest))) = (middle(times), middle(ways)) else { continue };
        println!("{part:<13} {median:>8.1} ms {worst:>6.1} ms  {way:>6} {longest:>6}");
    }
}

/// Prints what each checkpoint takes that neither the run nor a later one shares: what is free once it is gone, the first
/// first.
fn weigh(run: Run) {
    let here = run.cluster().clone();
    let mut each = Vec::new();
    for kept in run.into_checkpoints() {
        let before = crate::ALLOCATOR.allocated();
        drop(kept);
        each.push(before.saturating_sub(crate::ALLOCATOR.allocated()) as u64);
    }
    drop(here);
    if let Some((median, worst)) = middle(each) {
        println!("a checkpoint takes {:.2} MiB, the largest {:.2} MiB", mib(median), mib(worst));
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
