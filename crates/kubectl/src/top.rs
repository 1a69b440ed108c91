//! `kubectl top`: what nodes and pods use (upstream: `kubectl/pkg/cmd/top` and `kubectl/pkg/metricsutil`).

use crate::command::Cx;
use crate::create::usage;
use crate::{Args, Failure, target};
use orrery_api::{Kind, Node, Object, resources};
use orrery_apimachinery::{Order, Quantity, Status};
use orrery_apiserver::{Metrics, PodMetrics};

/// Pods that are older are expected to have metrics, in seconds (upstream: `metricsCreationDelay`).
const CREATION_DELAY: i64 = 120;
/// A column is so wide at least, and so far from the next (upstream: `printers.GetNewTabWriter`).
const NARROWEST: usize = 6;
const PADDING: usize = 3;

/// A line of what is measured: its words, billionths of a processor, and bytes.
struct Line {
    words: Vec<String>,
    nanos: u64,
    bytes: u64,
}

/// What is said of a command with too many words, or with flags that exclude each other.
fn check(args: &Args, both: &str) -> Result<(), Failure> {
    if args.words.len() > 1 {
        return Err(usage(args, args.command));
    }
    if !matches!(args.flag("sort-by"), None | Some("" | "cpu" | "memory")) {
        return Err(Failure::usage("--sort-by accepts only cpu or memory"));
    }
    if !args.words.is_empty() && (args.flag("selector").is_some() || args.flag("field-selector").is_some()) {
        return Err(Failure::usage(both));
    }
    Ok(())
}

/// What metrics-server answers.
fn metrics(cx: &mut Cx<'_>) -> Result<Metrics, Failure> {
    cx.session.measure();
    cx.api().metrics().cloned().ok_or_else(|| Failure::usage("Metrics API not available"))
}

/// `kubectl top pod`
pub(crate) fn pods(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    check(args, "only one of NAME or selector can be provided")?;
    let everywhere = args.on("all-namespaces");
    let metrics = metrics(cx)?;
    let mut pods = target::list(cx.api(), Kind::Pod, args)?;
    if let Some(name) = args.words.first() {
        pods.retain(|pod| *pod.metadata().name == **name);
        if !everywhere && metrics.pod_metrics(args.namespace(), name).is_none() {
            let name = [args.namespace(), "/", name].concat();
            return Err(Status::not_found("podmetrics.metrics.k8s.io", &name).into());
        }
    }
    let known = |pod: &Object| metrics.pod_metrics(&pod.metadata().namespace, &pod.metadata().name);
    let measured: Vec<&PodMetrics> = pods.iter().filter_map(known).collect();
    if measured.is_empty() {
        no_metrics(cx, &pods)?;
        match everywhere {
            true => cx.output.tell("No resources found\n"),
            false => cx.output.tell(&format!("No resources found in {} namespace.\n", args.namespace())),
        }
        return Ok(());
    }
    print_pods(cx, args, &measured);
    Ok(())
}

/// Whether it is a failure that there are none (upstream: `verifyEmptyMetrics`).
fn no_metrics(cx: &Cx<'_>, pods: &[Object]) -> Result<(), Failure> {
    let now = cx.api().date(cx.session.now());
    for pod in pods {
        let meta = pod.metadata();
        let age = meta.creation_timestamp.map_or(0, |created| now.0 - created.0);
        if age > CREATION_DELAY {
            let (namespace, name) = (&meta.namespace, &meta.name);
            let age = orrery_apimachinery::duration::print(age.unsigned_abs() * 1_000_000_000);
            return Err(Failure::usage(format!(
                "Metrics not available for pod {namespace}/{name}, age: {age}"
            )));
        }
    }
    if pods.is_empty() { Ok(()) } else { Err(Failure::usage("metrics not available yet")) }
}

fn print_pods(cx: &mut Cx<'_>, args: &Args, pods: &[&PodMetrics]) {
    let (everywhere, apart) = (args.on("all-namespaces"), args.on("containers"));
    let mut heads: Vec<&str> = Vec::new();
    heads.extend(everywhere.then_some("NAMESPACE"));
    heads.extend(apart.then_some("POD"));
    heads.extend(["NAME", "CPU(cores)", "MEMORY(bytes)"]);
    let mut groups: Vec<Vec<Line>> = Vec::new();
    for pod in pods {
        let start: Vec<String> = everywhere.then(|| pod.namespace.to_string()).into_iter().collect();
        let line = |words: Vec<String>, nanos, bytes| Line { words, nanos, bytes };
        let sum = |of: fn(&orrery_apiserver::ContainerMetrics) -> u64| pod.containers.iter().map(of).sum();
        let whole = line(
            [start.clone(), vec![pod.name.to_string()]].concat(),
            sum(|c| c.cpu_nanos),
            sum(|c| c.memory_bytes),
        );
        let mut group = vec![whole];
        if apart {
            let mut parts = Vec::new();
            for c in &pod.containers {
                let words = [start.clone(), vec![pod.name.to_string(), c.name.to_string()]].concat();
                parts.push(line(words, c.cpu_nanos, c.memory_bytes));
            }
            sort(&mut parts, args);
            group.append(&mut parts);
        }
        groups.push(group);
    }
    // Pods stand in the order of what they use as a whole.
    groups.order_by_key(|group| key(&group[0], args));
    let mut rows = Vec::new();
    let (mut nanos, mut bytes) = (0, 0);
    for group in groups {
        nanos += group[0].nanos;
        bytes += group[0].bytes;
        for line in group.into_iter().skip(usize::from(apart)) {
            rows.push([line.words, vec![cpu(line.nanos), memory(line.bytes)]].concat());
        }
    }
    if args.on("sum") {
        // Upstream counts the columns of the heads, and without these only three.
        let columns = if args.on("no-headers") { 3 } else { heads.len() };
        let blank = |count: usize| vec![String::new(); count];
        rows.push([blank(columns - 2), vec!["________".into(), "________".into()]].concat());
        rows.push([blank(columns - 2), vec![cpu(nanos), memory(bytes)]].concat());
    }
    table(cx, args, &heads, rows);
}

/// `kubectl top node`
pub(crate) fn nodes(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    check(args, "only one of NAME or --selector can be provided")?;
    let metrics = metrics(cx)?;
    if let Some(name) = args.words.first()
        && metrics.node_metrics(name).is_none()
    {
        return Err(Status::not_found("nodemetrics.metrics.k8s.io", name).into());
    }
    let mut nodes = target::list(cx.api(), Kind::Node, args)?;
    nodes.retain(|node| args.words.first().is_none_or(|name| *node.metadata().name == **name));
    let (mut lines, mut missing) = (Vec::new(), Vec::new());
    for node in &nodes {
        let Object::Node(node) = node else { continue };
        let name = node.metadata.name.to_string();
        match metrics.node_metrics(&name) {
            Some(m) => {
                let line = Line { words: vec![name], nanos: m.cpu_nanos, bytes: m.memory_bytes };
                lines.push((key(&line, args), line, node));
            }
            None => missing.push([name].into_iter().chain((0..4).map(|_| "<unknown>".into())).collect()),
        }
    }
    if lines.is_empty() {
        return Err(Failure::usage("metrics not available yet"));
    }
    lines.order_by_key(|line| line.0.clone());
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (_, line, node) in lines {
        let room = |resource| room(node, resource, args.on("show-capacity"));
        let cpu_share = share(line.nanos.div_ceil(1_000_000), room(resources::CPU).map(|q| q.milli_value()));
        let memory_share = share(line.bytes, room(resources::MEMORY).map(|q| q.value()));
        let mut row = line.words;
        row.push(cpu(line.nanos));
        row.extend(cpu_share);
        row.push(memory(line.bytes));
        row.extend(memory_share);
        rows.push(row);
    }
    rows.append(&mut missing);
    table(cx, args, &["NAME", "CPU(cores)", "CPU(%)", "MEMORY(bytes)", "MEMORY(%)"], rows);
    Ok(())
}

fn room<'a>(node: &'a Node, resource: &str, capacity: bool) -> Option<&'a Quantity> {
    let list = if capacity { &node.status.capacity } else { &node.status.allocatable };
    list.get(resource)
}

/// How many hundredths of what is there are used.
fn share(used: u64, there: Option<i64>) -> Option<String> {
    let there = u128::from(there?.unsigned_abs()).max(1);
    Some(format!("{}%", u128::from(used) * 100 / there))
}

fn cpu(nanos: u64) -> String {
    format!("{}m", nanos.div_ceil(1_000_000))
}

fn memory(bytes: u64) -> String {
    format!("{}Mi", bytes >> 20)
}

/// By what lines are sorted: what is used most comes first, or else by their names.
fn key(line: &Line, args: &Args) -> (u64, Vec<String>) {
    match args.flag("sort-by") {
        Some("cpu") => (u64::MAX - line.nanos.div_ceil(1_000_000), Vec::new()),
        Some("memory") => (u64::MAX - line.bytes, Vec::new()),
        _ => (0, line.words.clone()),
    }
}

fn sort(lines: &mut [Line], args: &Args) {
    lines.order_by_key(|line| key(line, args));
}

/// Prints a table, in which every cell is followed by blanks.
fn table(cx: &mut Cx<'_>, args: &Args, heads: &[&str], mut rows: Vec<Vec<String>>) {
    if !args.on("no-headers") {
        rows.insert(0, heads.iter().map(|head| (*head).to_owned()).collect());
    }
    let mut widths = Vec::new();
    for row in &rows {
        for (column, cell) in row.iter().enumerate() {
            let width = (cell.len() + PADDING).max(NARROWEST);
            match widths.get_mut(column) {
                Some(widest) => *widest = width.max(*widest),
                None => widths.push(width),
            }
        }
    }
    for row in &rows {
        for (cell, width) in row.iter().zip(&widths) {
            cx.output.stdout.push_str(cell);
            cx.output.stdout.extend(std::iter::repeat_n(' ', width - cell.len()));
        }
        cx.output.stdout.push('\n');
    }
}
