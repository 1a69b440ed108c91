//! How many pods the scheduler places in a second of CPU time, in the shapes of upstream's
//! `test/integration/scheduler_perf`, beside what upstream demands of itself.

use super::alone::{Alone, HIGH, NAMESPACES};
use clap::Args;
use orrery_api::{Kind, Object, Pod};
use serde_json::{Value, json};
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Instant;

/// What to measure.
#[derive(Args)]
pub struct Options {
    /// The shapes, by the beginnings of their names; all if none is given.
    shapes: Vec<String>,
    /// How many nodes there are.
    #[arg(long, default_value_t = 5000)]
    nodes: usize,
}

/// A shape.
struct Shape {
    name: &'static str,
    /// The pods in a second that upstream demands.
    demanded: u32,
    zones: &'static [&'static str],
    before: Pods,
    measured: Pods,
    /// What else comes, five times in a second at the speed that upstream demands.
    beside: Option<fn() -> Value>,
}

/// Pods of one template.
struct Pods {
    count: usize,
    template: fn() -> Value,
}

const ONE: &[&str] = &["zone1"];
const THREE: &[&str] = &["moon-1", "moon-2", "moon-3"];

const SHAPES: [Shape; 9] = [
    Shape {
        name: "SchedulingBasic",
        demanded: 680,
        zones: ONE,
        before: Pods { count: 1000, template: plain },
        measured: Pods { count: 10_000, template: plain },
        beside: None,
    },
    Shape {
        name: "TopologySpreading",
        demanded: 460,
        zones: THREE,
        before: Pods { count: 5000, template: plain },
        measured: Pods { count: 5000, template: || spread("DoNotSchedule") },
        beside: None,
    },
    Shape {
        name: "PreferredTopologySpreading",
        demanded: 125,
        zones: THREE,
        before: Pods { count: 5000, template: plain },
        measured: Pods { count: 5000, template: || spread("ScheduleAnyway") },
        beside: None,
    },
    Shape {
        name: "SchedulingNodeAffinity",
        demanded: 220,
        zones: ONE,
        before: Pods { count: 5000, template: node_affinity },
        measured: Pods { count: 10_000, template: node_affinity },
        beside: None,
    },
    Shape {
        name: "SchedulingPodAffinity",
        demanded: 35,
        zones: ONE,
        before: Pods { count: 5000, template: || rule("podAffinity", "topology.kubernetes.io/zone") },
        measured: Pods { count: 5000, template: || rule("podAffinity", "topology.kubernetes.io/zone") },
        beside: None,
    },
    Shape {
        name: "SchedulingPodAntiAffinity",
        demanded: 70,
        zones: ONE,
        before: Pods { count: 1000, template: || rule("podAntiAffinity", "kubernetes.io/hostname") },
        measured: Pods { count: 2000, template: || rule("podAntiAffinity", "kubernetes.io/hostname") },
        beside: None,
    },
    Shape {
        name: "SchedulingPreferredPodAffinity",
        demanded: 90,
        zones: ONE,
        before: Pods { count: 5000, template: wish },
        measured: Pods { count: 5000, template: wish },
        beside: None,
    },
    Shape {
        name: "PreemptionAsync",
        demanded: 570,
        zones: ONE,
        before: Pods {
            count: 20_000,
            template: || asking("900m", json!({"terminationGracePeriodSeconds": 0})),
        },
        measured: Pods { count: 5000, template: plain },
        beside: Some(|| asking("3", json!({"priorityClassName": HIGH}))),
    },
    Shape {
        name: "Unschedulable",
        demanded: 590,
        zones: ONE,
        before: Pods { count: 0, template: plain },
        measured: Pods { count: 10_000, template: plain },
        beside: Some(|| asking("9", json!({"priorityClassName": HIGH}))),
    },
];

/// A pod that asks for `cpu`, with what else its spec says.
fn asking(cpu: &str, spec: Value) -> Value {
    let requests = json!({"cpu": cpu, "memory": "500Mi"});
    let container = json!({"name": "pause", "image": "registry.k8s.io/pause:3.10", "ports": [{"containerPort": 80}], "resources": {"requests": requests}});
    let mut pod = json!({"metadata": {"generateName": "pod-", "labels": {"color": "blue"}}, "spec": spec});
    pod["spec"]["containers"] = json!([container]);
    pod
}

fn plain() -> Value {
    asking("100m", json!({}))
}

fn blue() -> Value {
    json!({"matchLabels": {"color": "blue"}})
}

fn spread(action: &str) -> Value {
    let constraint = json!({"maxSkew": 5, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": action, "labelSelector": blue()});
    asking("100m", json!({"topologySpreadConstraints": [constraint]}))
}

fn node_affinity() -> Value {
    let zones = json!({"key": "topology.kubernetes.io/zone", "operator": "In", "values": ["zone1", "zone2"]});
    let terms = json!({"nodeSelectorTerms": [{"matchExpressions": [zones]}]});
    asking(
        "100m",
        json!({"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}}),
    )
}

fn term(key: &str) -> Value {
    json!({"topologyKey": key, "labelSelector": blue(), "namespaces": NAMESPACES})
}

fn rule(near: &str, key: &str) -> Value {
    asking(
        "100m",
        json!({"affinity": {near: {"requiredDuringSchedulingIgnoredDuringExecution": [term(key)]}}}),
    )
}

fn wish() -> Value {
    let wishes = json!([{"weight": 1, "podAffinityTerm": term("kubernetes.io/hostname")}]);
    asking(
        "100m",
        json!({"affinity": {"podAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": wishes}}}),
    )
}

fn template(value: &Value) -> Result<Rc<Pod>, String> {
    match Object::decode(Kind::Pod, value) {
        (Object::Pod(pod), problems) if problems.is_empty() => Ok(pod),
        (_, problems) => Err(format!("a template of this benchmark is wrong: {problems:?}")),
    }
}

/// Measures every shape once.
pub fn run(options: &Options) -> Result<ExitCode, String> {
    println!("shape                            pods  pods/s  upstream demands   times");
    for shape in &SHAPES {
        let asked = |name: &String| shape.name.starts_with(name.as_str());
        if options.shapes.is_empty() || options.shapes.iter().any(asked) {
            let (pods, demanded) = (shape.measured.count, shape.demanded);
            let rate = pods as f64 / measure(shape, options.nodes)?;
            let times = rate / f64::from(demanded);
            println!("{:<30} {pods:>6} {rate:>7.0} {demanded:>17} {times:>7.1}", shape.name);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The seconds until all measured pods have got a node.
#[expect(
    clippy::disallowed_methods,
    reason = "this is a benchmark: it measures the machine, not the cluster"
)]
fn measure(shape: &Shape, nodes: usize) -> Result<f64, String> {
    let mut alone = Alone::new(nodes, shape.zones)?;
    alone.pods(NAMESPACES[0], &template(&(shape.before.template)())?, shape.before.count)?;
    alone.run(0)?;
    let end = alone.placed + shape.measured.count;
    alone.pods(NAMESPACES[1], &template(&(shape.measured.template)())?, shape.measured.count)?;
    let beside = shape.beside.map(|beside| template(&beside())).transpose()?;
    let every = shape.demanded as usize / 5;
    let start = Instant::now();
    if let Some(beside) = beside {
        while alone.placed + every < end {
            alone.pods(NAMESPACES[1], &beside, 1)?;
            alone.run(alone.placed + every)?;
        }
    }
    alone.run(end)?;
    Ok(start.elapsed().as_secs_f64())
}
