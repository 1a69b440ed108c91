//! What a steady load costs: 1,000 requests in a second for a minute, to a Service of 100 pods.

use super::pods::running;
use clap::Args;
use orrery_cluster::{Cluster, Config, Load, LoadStatus, Origin};
use orrery_kubectl::Stdin;
use orrery_sim::{Duration, SimTime};
use std::process::ExitCode;
use std::time::Instant;

/// What to measure.
#[derive(Args)]
pub struct Options {
    /// Requests in a second.
    #[arg(long, default_value_t = 1_000)]
    rate: u64,
    /// Pods behind the Service.
    #[arg(long, default_value_t = 100)]
    pods: usize,
    /// Nodes.
    #[arg(long, default_value_t = 4)]
    nodes: usize,
    /// Seconds.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
}

/// A web server behind a Service.
const WEB: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: PODS, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: 'nginx:1.27', resources: {requests: {cpu: 10m, memory: 16Mi}}}]}}}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {clusterIP: 10.96.0.80, selector: {app: web}, ports: [{port: 80}]}\n";
const URL: &str = "http://10.96.0.80/";

/// Measures the minute with the load, and the minute before it.
#[expect(
    clippy::disallowed_methods,
    reason = "this is a benchmark: it measures the machine, not the cluster"
)]
pub fn run(options: &Options) -> Result<ExitCode, String> {
    let mut cluster = at_rest(options)?;
    println!("pods  requests/s  seconds  CPU      events  lost");
    for rate in [0, options.rate] {
        let (start, events) = (Instant::now(), cluster.events());
        let lost = minute(&mut cluster, rate, options.seconds).map_or(0, |status| status.errors());
        let (cpu, events) = (start.elapsed().as_secs_f64() * 1e3, cluster.events() - events);
        let (pods, seconds) = (options.pods, options.seconds);
        println!("{pods:>4}  {rate:>10}  {seconds:>7}  {cpu:>6.1} ms  {events:>5}  {lost:>4}");
    }
    Ok(ExitCode::SUCCESS)
}

/// A cluster in which all pods run.
fn at_rest(options: &Options) -> Result<Cluster, String> {
    let mut cluster = Cluster::new(Config::lively(options.nodes));
    cluster.run(SimTime::from_secs(10), &mut || true);
    let text = WEB.replace("PODS", &options.pods.to_string());
    let argv = ["apply", "-f", "-"].map(String::from);
    orrery_kubectl::run(&argv, &Stdin(text), &mut cluster);
    let deadline = cluster.now() + Duration::from_secs(600);
    while running(&cluster) < options.pods && cluster.now() < deadline {
        let until = cluster.now() + Duration::from_secs(30);
        cluster.run(until, &mut || true);
    }
    if running(&cluster) < options.pods {
        return Err(format!("{} of {} pods run", running(&cluster), options.pods));
    }
    let until = cluster.now() + Duration::from_secs(60);
    cluster.run(until, &mut || true);
    Ok(cluster)
}

/// Lets so many seconds pass with a load; what became of it.
fn minute(cluster: &mut Cluster, rate: u64, seconds: u64) -> Option<LoadStatus> {
    let until = cluster.now() + Duration::from_secs(seconds);
    if rate > 0 {
        let load = Load::new("bench", Origin::Node("node-1".into()), URL, rate * 1_000);
        cluster.set_load(Load { until: Some(until), ..load });
    }
    cluster.run(until, &mut || true);
    cluster.load("bench")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> Options {
        Options { rate: 200, pods: 8, nodes: 2, seconds: 30 }
    }

    #[test]
    fn without_a_load_nothing_happens_and_with_one_every_pod_has_its_share() {
        let mut cluster = at_rest(&options()).expect("the pods fit");
        let before = cluster.events();
        assert!(minute(&mut cluster, 0, 30).is_none());
        assert!(cluster.events() - before <= 5, "a cluster at rest costs nothing");
        let status = minute(&mut cluster, 200, 30).expect("there is a load");
        assert_eq!((status.sent, status.errors(), status.in_flight), (6_000, 0, 0), "{status}");
        for pod in &status.pods {
            assert!((650..=850).contains(&pod.answered), "an eighth, more or less: {status}");
        }
        assert_eq!(status.pods.len(), 8, "{status}");
    }

    #[test]
    fn the_same_seed_counts_the_same_in_one_go_and_in_small_steps() {
        let whole = {
            let mut cluster = at_rest(&options()).expect("the pods fit");
            minute(&mut cluster, 200, 30)
        };
        let mut cluster = at_rest(&options()).expect("the pods fit");
        let until = cluster.now() + Duration::from_secs(30);
        let load = Load::new("bench", Origin::Node("node-1".into()), URL, 200_000);
        cluster.set_load(Load { until: Some(until), ..load });
        while cluster.now() < until {
            let status = cluster.load("bench").expect("there is a load");
            let answered: u64 = status.answered.iter().map(|(_, count)| count).sum();
            let failed: u64 = status.failed.iter().map(|(_, count)| count).sum();
            assert_eq!(status.sent, answered + failed + status.in_flight, "nothing is lost from the books");
            let step = (cluster.now() + Duration::from_millis(37)).min(until);
            cluster.run(step, &mut || true);
        }
        assert_eq!(cluster.load("bench"), whole);
    }
}
