//! CPU time until every pod of a Deployment runs.

use clap::Args;
use orrery_api::Pod;
use orrery_cluster::{Cluster, Config};
use orrery_kubectl::Stdin;
use orrery_sim::{Duration, SimTime};
use std::process::ExitCode;
use std::time::Instant;

/// What to measure.
#[derive(Args)]
#[group(skip)]
pub struct Options {
    /// Sizes, as NODES/PODS.
    #[arg(default_values = ["10/100", "100/2000", "1000/20000"])]
    sizes: Vec<String>,
}

/// Measures every size once.
pub fn run(options: &Options) -> Result<ExitCode, String> {
    println!("nodes    pods  CPU to Running  events  writes  virtual time  trace hash");
    for size in &options.sizes {
        let parse = |text: &str| text.parse::<usize>().map_err(|_| format!("'{size}' is not NODES/PODS"));
        let (nodes, pods) = size.split_once('/').ok_or_else(|| format!("'{size}' is not NODES/PODS"))?;
        measure(parse(nodes)?, parse(pods)?)?;
    }
    Ok(ExitCode::SUCCESS)
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is a benchmark: it measures the machine, not the cluster"
)]
fn measure(nodes: usize, pods: usize) -> Result<(), String> {
    let mut cluster = Cluster::new(Config::lively(nodes));
    cluster.run(SimTime::from_secs(10), &mut || true);
    let start = Instant::now();
    apply(&mut cluster, nodes, pods, PLAIN)?;
    let deadline = cluster.now() + Duration::from_secs(3_600);
    while running(&cluster) < pods {
        if cluster.now() >= deadline {
            return Err(format!(
                "only {} of {pods} pods run after an hour of virtual time",
                running(&cluster)
            ));
        }
        let until = cluster.now() + Duration::from_secs(1);
        cluster.run(until, &mut || true);
    }
    println!(
        "{nodes:>5} {pods:>7}  {:>11.1} ms  {:>6}  {:>6}  {:>12}  {:016x}",
        start.elapsed().as_secs_f64() * 1e3,
        cluster.events(),
        cluster.api().revision(),
        cluster.now(),
        cluster.trace_hash()
    );
    Ok(())
}

/// A container that is asked for nothing.
const PLAIN: &str = "{name: web, image: nginx:1.27, resources: {requests: {cpu: 10m, memory: 16Mi}}}";

/// One Deployment for every hundred pods.
pub(super) fn manifests(nodes: usize, pods: usize, container: &str) -> Result<String, String> {
    // The pods of a full cluster must fit: at most 110 a node.
    if pods > nodes * 110 {
        return Err(format!("{pods} pods do not fit on {nodes} nodes"));
    }
    let deployment = |i: usize| {
        let replicas = 100.min(pods - i * 100);
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web-{i}}}\nspec:\n  replicas: {replicas}\n  selector: {{matchLabels: {{app: web-{i}}}}}\n  template:\n    metadata: {{labels: {{app: web-{i}}}}}\n    spec: {{containers: [{container}]}}\n"
        )
    };
    Ok((0..pods.div_ceil(100)).map(deployment).collect::<Vec<_>>().join("---\n"))
}

/// Applies them.
pub(super) fn apply(cluster: &mut Cluster, nodes: usize, pods: usize, container: &str) -> Result<(), String> {
    let argv = ["apply", "-f", "-"].map(String::from);
    let output = orrery_kubectl::run(&argv, &Stdin(manifests(nodes, pods, container)?), cluster);
    if output.code == 0 { Ok(()) } else { Err(output.stderr) }
}

pub(super) fn running(cluster: &Cluster) -> usize {
    cluster.api().list::<Pod>().filter(|p| p.status.phase.as_deref() == Some("Running")).count()
}
