//! What one hour of a cluster's life costs in which nobody does anything.

use super::pods::{apply, running};
use clap::Args;
use orrery_cluster::{Cluster, Config};
use orrery_kubectl::Stdin;
use orrery_sim::{Duration, SimTime};
use std::process::ExitCode;
use std::time::Instant;

/// What to measure.
#[derive(Args)]
pub struct Options {
    /// Leave out the cluster of 1,000 nodes.
    #[arg(long)]
    small: bool,
}

/// How long the cluster has to come to rest before the hour begins.
const REST: Duration = Duration::from_secs(120);
const HOUR: Duration = Duration::from_secs(3_600);

/// A container that is asked for its health all the time.
const PROBED: &str = "{name: web, image: nginx:1.27, resources: {requests: {cpu: 10m, memory: 16Mi}}, livenessProbe: {httpGet: {path: /, port: 80}}, readinessProbe: {httpGet: {path: /, port: 80}}}";

/// A pod that crashes as often as it is started.
const CRASHING: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: crashing}\nspec: {containers: [{name: c, image: 'busybox:1.36', command: [sh, -c, 'echo no; exit 1']}]}\n";

/// Measures.
pub fn run(options: &Options) -> Result<ExitCode, String> {
    println!("nodes    pods  CPU of an hour  events  writes  trace hash");
    measure(3, 33, true)?;
    if !options.small {
        measure(1_000, 30_000, false)?;
    }
    Ok(ExitCode::SUCCESS)
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is a benchmark: it measures the machine, not the cluster"
)]
fn measure(nodes: usize, pods: usize, crashing: bool) -> Result<(), String> {
    let mut cluster = at_rest(nodes, pods, crashing)?;
    let start = Instant::now();
    let (events, writes) = hour(&mut cluster);
    let (cpu, pods) = (start.elapsed().as_secs_f64() * 1e3, pods + usize::from(crashing));
    println!("{nodes:>5} {pods:>7}  {cpu:>11.1} ms  {events:>6}  {writes:>6}  {:016x}", cluster.trace_hash());
    Ok(())
}

/// A cluster in which all pods run, but for the one that crashes.
fn at_rest(nodes: usize, pods: usize, crashing: bool) -> Result<Cluster, String> {
    let mut cluster = Cluster::new(Config::lively(nodes));
    cluster.run(SimTime::from_secs(10), &mut || true);
    apply(&mut cluster, nodes, pods, PROBED)?;
    if crashing {
        let argv = ["apply", "-f", "-"].map(String::from);
        orrery_kubectl::run(&argv, &Stdin(CRASHING.into()), &mut cluster);
    }
    while running(&cluster) < pods && cluster.now() < SimTime::ZERO + HOUR {
        let until = cluster.now() + REST;
        cluster.run(until, &mut || true);
    }
    Ok(cluster)
}

/// Lets an hour pass; how many events and writes it took.
fn hour(cluster: &mut Cluster) -> (u64, u64) {
    let before = (cluster.events(), cluster.api().revision());
    let until = cluster.now() + HOUR;
    cluster.run(until, &mut || true);
    (cluster.events() - before.0, cluster.api().revision() - before.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same on every machine. Probes that pass, heartbeats and timers that find nothing cost no event.
    #[test]
    fn an_hour_costs_what_happens_in_it() {
        for (row, crashing, events, writes) in [
            ("nothing happens where everything is well", false, 0..=10, 0..=2),
            ("a pod that crashes is restarted twelve times", true, 12..=600, 12..=200),
        ] {
            let mut cluster = at_rest(3, 33, crashing).expect("the pods fit");
            let cost = hour(&mut cluster);
            assert!(events.contains(&cost.0) && writes.contains(&cost.1), "{row}: {cost:?}");
        }
    }
}
