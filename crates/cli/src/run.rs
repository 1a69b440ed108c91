//! `orrery run`: scenarios in, everything that happened out.

use crate::scenario::{Fault, LoadStep, Pace, RequestStep, Scenario, Step, read};
use clap::Args;
use orrery_apimachinery::Quantity;
use orrery_apiserver::{Op, Session};
use orrery_cluster::{Cluster, Config, Load, Origin, SchedulerSettings, Settle, Strain};
use orrery_kubectl::{Output, Stdin};
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
        let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        let scenario = read(&text).map_err(|e| format!("{}: {e}", path.display()))?;
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
    let nodes = shape.workers.unwrap_or(hardware.nodes);
    let mut config = match shape.runtime {
        Pace::Immediate => Config::conformance(nodes, quantity(&hardware.cpu)?, quantity(&hardware.memory)?),
        // Every change is kept to be written down.
        Pace::Lively => Config { log_limit: usize::MAX, ..Config::lively(nodes) },
    }
    .with_topology(shape.topology())
    .with_node_groups(shape.node_groups.iter().map(|group| group.read()).collect::<Result<_, _>>()?);
    config.seed = hardware.seed;
    if let Some(told) = &scenario.scheduler {
        config.scheduler =
            SchedulerSettings::read(told).map_err(|e| format!("{}: scheduler: {e}", scenario.name))?;
    }
    let mut cluster = Cluster::new(config);
    cluster.settle(Settle::default());
    prepare(&mut cluster, scenario);
    let namespace = format!("sc-{}", scenario.name);
    kubectl(&mut cluster, &["create", "namespace", &namespace], "");
    cluster.settle(Settle::default());
    if let Some(second) = scenario.start_second {
        let wait = (second + 60 - cluster.now().as_secs() % 60) % 60;
        cluster.pass(Duration::from_secs(wait));
    }
    let namespaces: Vec<&String> = [&namespace].into_iter().chain(&scenario.extra_namespaces).collect();
    let steps: Vec<Value> = scenario.steps.iter().map(|step| take(&mut cluster, step, &namespace)).collect();
    Ok(json!({
        "scenario": scenario.name,
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
    for (node, labels) in &scenario.nodes.label {
        for (key, value) in labels {
            kubectl(cluster, &["label", "node", node, &format!("{key}={value}")], "");
        }
    }
    for (node, taints) in &scenario.nodes.taint {
        for taint in taints {
            kubectl(cluster, &["taint", "node", node, taint], "");
        }
    }
    cluster.settle(Settle::default());
}

fn kubectl(cluster: &mut Cluster, argv: &[&str], stdin: &str) -> Output {
    let argv: Vec<String> = argv.iter().map(ToString::to_string).collect();
    orrery_kubectl::run(&argv, &Stdin(stdin.into()), cluster)
}

/// Takes one step and waits until the cluster has settled.
fn take(cluster: &mut Cluster, step: &Step, namespace: &str) -> Value {
    let started = cluster.now();
    if let Some(seconds) = step.sleep {
        cluster.pass(Duration::from_secs_f64(seconds));
        return json!({"step": step.name, "t": seconds_of(started)});
    }
    let in_namespace = ["-n", namespace];
    let asked = step.request.as_ref().map(|request| ask(cluster, request));
    let asked = asked.or(step.load.as_ref().map(|load| put_load(cluster, load)));
    let output = match (&step.fault, &step.apply, &step.kubectl) {
        _ if asked.is_some() => asked.map_or_else(Output::default, said),
        (Some(fault), ..) => strike(cluster, fault, namespace),
        (None, Some(manifest), _) => {
            kubectl(cluster, &[["apply", "-f", "-"].as_slice(), &in_namespace].concat(), manifest)
        }
        (None, None, Some(argv)) => {
            let mut argv: Vec<&str> = argv.iter().map(String::as_str).collect();
            if !step.no_namespace && !argv.contains(&"-n") {
                // What follows a lone `--` is the container's.
                let end = argv.iter().position(|word| *word == "--").unwrap_or(argv.len());
                argv.splice(end..end, in_namespace);
            }
            kubectl(cluster, &argv, &step.stdin)
        }
        (None, None, None) => step.run.as_ref().map_or_else(Output::default, |line| {
            let argv: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            orrery_workstation::run(&argv, &Stdin(step.stdin.clone()), cluster)
        }),
    };
    let default = Settle::default();
    let seconds = |given: Option<f64>, default: Duration| given.map_or(default, Duration::from_secs_f64);
    cluster.settle(Settle {
        quiet: seconds(step.quiet, default.quiet),
        timeout: seconds(step.timeout, default.timeout),
    });
    json!({
        "step": step.name,
        "t": seconds_of(started),
        "rc": output.code,
        "stdout": output.stdout.trim_end(),
        "stderr": output.stderr.trim_end(),
    })
}

/// Sends a request: the way that it took.
fn ask(cluster: &mut Cluster, request: &RequestStep) -> Result<String, String> {
    let from: Origin = request.from.parse()?;
    Ok(cluster.request(&from, &request.to).to_string())
}

/// Turns a load on or off: what became of one that has come to its end.
fn put_load(cluster: &mut Cluster, step: &LoadStep) -> Result<String, String> {
    if step.stop {
        let found = cluster.stop_load(&step.name);
        return match cluster.load(&step.name).filter(|_| found) {
            Some(status) => Ok(status.to_string()),
            None => Err(format!("there is no load {}", step.name)),
        };
    }
    let milli = (step.rate * 1_000.0).round() as u64;
    let length = step.seconds.map(Duration::from_secs_f64);
    let mut load = Load::new(&step.name, step.from.parse()?, &step.to, milli);
    (load.keep_alive, load.until) = (step.keep_alive, length.map(|length| cluster.now() + length));
    cluster.set_load(load);
    let Some(length) = length else { return Ok(String::new()) };
    cluster.pass(length);
    Ok(cluster.load(&step.name).map(|status| status.to_string()).unwrap_or_default())
}

fn said(outcome: Result<String, String>) -> Output {
    match outcome {
        Ok(stdout) => Output { stdout, ..Output::default() },
        Err(stderr) => Output { stderr, code: 1, ..Output::default() },
    }
}

/// Lets something break, or mends it; what was meant has to be there.
fn strike(cluster: &mut Cluster, fault: &Fault, namespace: &str) -> Output {
    let found = match fault {
        Fault::StopKubelet(node) => cluster.stop_kubelet(node),
        Fault::PowerOff(node) => cluster.stop_node(node),
        Fault::Stop(name) => cluster.stop(name),
        Fault::Kill(name) => cluster.kill(name),
        Fault::Start(name) => cluster.start(name),
        Fault::Cut(name) => cluster.cut(name),
        Fault::Join(name) => cluster.join(name),
        Fault::Lose(name) => cluster.lose(name),
        Fault::Snapshot(name) => cluster.snapshot(name),
        Fault::Restore(name) => cluster.restore(name),
        Fault::KillContainer(name) => {
            name.split_once('/').is_some_and(|(pod, name)| cluster.kill_container(namespace, pod, name))
        }
        Fault::UseMemory(node) => cluster.strain_node(node, Strain::Memory),
        Fault::FillDisk(node) => cluster.strain_node(node, Strain::Disk),
        Fault::UsePids(node) => cluster.strain_node(node, Strain::Pids),
        Fault::Relieve(node) => cluster.relieve_node(node),
        Fault::StopRegistry(host) => cluster.set_registry(host, false),
        Fault::StartRegistry(host) => cluster.set_registry(host, true),
        Fault::AddNode => !cluster.add_node().is_empty(),
        Fault::RemoveNode(node) => cluster.remove_node(node),
    };
    let stderr = if found { String::new() } else { format!("{fault:?}: not found") };
    Output { code: i32::from(!found), stderr, ..Default::default() }
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
