//! Why things are as they are: small clusters that really ran, and what is said of them.

mod chains;
mod ends;
mod mends;
mod reasons;
mod states;

use expect_test::{Expect, expect};
use orrery_api::Kind;
use orrery_apiserver::Session;
use orrery_cluster::{Cluster, Config, Load, Origin, Strain};
use orrery_sim::Duration;
use orrery_view::scene::ObjectRef;
use orrery_view::why::words::{deed, mended, sentences};
use orrery_view::why::{Done, Mend, Start, What, chain, changed_fields, stuck, text};

/// A cluster of three nodes in which the lines of a scenario were done.
fn play(scenario: &str) -> Cluster {
    let mut cluster = Cluster::new(Config::lively(3));
    cluster.pass(Duration::from_secs(10));
    go_on(&mut cluster, scenario);
    cluster
}

/// Does the lines of a scenario: `apply: {a manifest in one line}`, `wait 30s`, `off NODE`, `stop-kubelet NODE`, `stop`,
/// `start`, `kill`, `cut` and `join` a part or a machine, `stop-registry HOST`, `load RATE URL`, `ask POD URL`, else a
/// command of the person's machine.
fn go_on(cluster: &mut Cluster, scenario: &str) {
    for line in scenario.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "wait" => {
                let seconds = rest.trim_end_matches('s').parse().expect("a number of seconds");
                cluster.pass(Duration::from_secs(seconds));
            }
            "off" => assert!(cluster.stop_node(rest), "{rest}"),
            "stop" => assert!(cluster.stop(rest), "{rest}"),
            "start" => assert!(cluster.start(rest), "{rest}"),
            "cut" => assert!(cluster.cut(rest), "{rest}"),
            "join" => assert!(cluster.join(rest), "{rest}"),
            "kill" => assert!(cluster.kill(rest), "{rest}"),
            "stop-registry" => assert!(cluster.set_registry(rest, false), "{rest}"),
            "load" => {
                let (rate, url) = rest.split_once(' ').expect("requests in a second, and a URL");
                let rate: u64 = rate.parse().expect("a number");
                cluster.set_load(Load::new("it", Origin::Node("node-1".into()), url, rate * 1_000));
            }
            "ask" => {
                let (pod, url) = rest.split_once(' ').expect("a pod, and a URL");
                let (namespace, name) = ("default".into(), pod.into());
                cluster.request(&Origin::Pod { namespace, name, container: None }, url);
                cluster.pass(Duration::from_secs(1));
            }
            "strain" => assert!(cluster.strain_node(rest, Strain::Memory), "{rest}"),
            "stop-kubelet" => assert!(cluster.stop_kubelet(rest), "{rest}"),
            // What begins with a brace would be read as JSON.
            "apply:" => kubectl(cluster, "apply -f -", &format!("---\n{rest}\n")),
            _ => kubectl(cluster, line, ""),
        }
    }
}

/// Runs a command line; what stands between quotes is one word.
fn kubectl(cluster: &mut Cluster, line: &str, stdin: &str) {
    let parts = line.strip_prefix("kubectl ").unwrap_or(line).split('\'').enumerate();
    let argv = parts.flat_map(|(i, part)| match i % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect::<Vec<_>>(),
        _ => vec![part.to_owned()],
    });
    let argv: Vec<String> = argv.collect();
    let output = orrery_workstation::run(&argv, &orrery_kubectl::Stdin(stdin.into()), cluster);
    assert_eq!(output.code, 0, "{line}: {}", output.stderr);
}

/// `Pod/one`; the rest of a name that a controller drew may be left out.
fn find(cluster: &Cluster, object: &str) -> ObjectRef {
    found(cluster, object).expect("the object of this test is there")
}

/// The same, if there is one.
fn found(cluster: &Cluster, object: &str) -> Option<ObjectRef> {
    let (kind, name) = object.split_once('/').expect("KIND/NAME");
    let kind = Kind::ALL.iter().find(|known| known.name() == kind).expect("a kind");
    let mut there = cluster.api().objects(*kind).map(|object| object.metadata());
    let meta = there.find(|meta| meta.name.starts_with(name))?;
    Some(ObjectRef::new(kind.name(), &meta.namespace, &meta.name))
}

fn told(scenario: &str, object: &str) -> String {
    let cluster = play(scenario);
    let id = find(&cluster, object);
    let reasons = stuck(&cluster, &id);
    let lines = reasons.iter().map(|reason| {
        let (why, remedy) = sentences(reason);
        let says = reason.says.as_ref().map(|says| format!(" \"{says}\"")).unwrap_or_default();
        let command = reason.command.as_ref().map(|command| format!(" `{command}`")).unwrap_or_default();
        let mend = reason.mend.as_ref().map(|mend| format!(" [{}]", mended(mend))).unwrap_or_default();
        let by =
            reason.by.as_ref().map(|held| format!(" (since {})", deed(&held.begun.act))).unwrap_or_default();
        format!("{why}{by}{says} -> {remedy}{mend}{command}\n")
    });
    lines.collect()
}

fn check(rows: &[(&str, &str, &str, Expect)]) {
    for (row, scenario, object, want) in rows {
        let told = told(scenario, object);
        println!("{row}");
        want.assert_eq(&told);
    }
}

/// A Deployment of one container, in one line.
fn deployment(name: &str, replicas: u32, container: &str) -> String {
    format!(
        "apply: {{apiVersion: apps/v1, kind: Deployment, metadata: {{name: {name}}}, spec: {{replicas: {replicas}, selector: {{matchLabels: {{app: {name}}}}}, template: {{metadata: {{labels: {{app: {name}}}}}, spec: {{containers: [{{name: c, {container}}}]}}}}}}}}"
    )
}

fn pod(name: &str, spec: &str) -> String {
    format!(
        "apply: {{apiVersion: v1, kind: Pod, metadata: {{name: {name}, labels: {{app: {name}}}}}, spec: {{{spec}}}}}"
    )
}

fn service(name: &str, spec: &str) -> String {
    format!("apply: {{apiVersion: v1, kind: Service, metadata: {{name: {name}}}, spec: {{{spec}}}}}")
}

fn lines(lines: &[&str]) -> String {
    lines.join("\n")
}
