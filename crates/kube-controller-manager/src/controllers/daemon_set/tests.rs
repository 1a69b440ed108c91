//! What a DaemonSet does, told by what stands on each node and by what it tells.

mod rollouts;

use super::DaemonSetController;
use super::template::target;
use crate::testing::Workbench;
use expect_test::{Expect, expect};
use orrery_api::{DaemonSet, Node, Pod, Taint};
use orrery_apimachinery::decode::encode;
use orrery_apimachinery::{ObjectMeta, Value};
use orrery_client::{Key, Propagation};
use orrery_sim::Duration;
use serde_json::json;
use std::fmt::Write;
use std::rc::Rc;

type Bench = Workbench<DaemonSetController>;

const SOON: Duration = Duration::from_millis(100);

fn manifest(pod: &Value) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "agent", "namespace": "default"},
        "spec": {
            "selector": {"matchLabels": {"app": "agent"}},
            "template": {"metadata": {"labels": {"app": "agent"}}, "spec": pod},
        },
    })
}

fn plain() -> Value {
    json!({"containers": [{"name": "c", "image": "agent:1"}]})
}

fn add_node(bench: &mut Bench, name: &str) {
    bench.create(Node { metadata: ObjectMeta::named("", name), ..Default::default() });
    // Every node starts as not ready.
    bench.modify::<Node>("", name, |node| node.spec.taints.clear());
}

/// Three nodes and a DaemonSet, as it says itself.
fn bench(set: Value) -> Bench {
    let mut bench = Bench::new();
    for name in ["node-1", "node-2", "node-3"] {
        add_node(&mut bench, name);
    }
    bench.apply(set);
    settle(&mut bench);
    bench
}

fn taint(bench: &mut Bench, node: &str, key: &str, effect: &str) {
    let taint = Taint { key: key.into(), effect: effect.into(), ..Default::default() };
    bench.modify::<Node>("", node, |node| node.spec.taints.push(taint));
}

fn change(bench: &mut Bench, change: impl FnOnce(&mut DaemonSet)) {
    bench.modify::<DaemonSet>("default", "agent", change);
}

/// One round of what scheduler and kubelets do: new pods run on their nodes, deleted ones go.
fn nodes_work(bench: &mut Bench, ready: impl Fn(&Pod) -> bool) {
    for pod in bench.pods() {
        if pod.metadata.terminating() {
            bench.remove_pod(&pod);
        } else if pod.node_name.is_none()
            && let Some(node) = target(&pod).filter(|node| bench.get::<Node>("", node).is_some())
        {
            let request = bench.request();
            bench.api.bind(&request, "default", &pod.metadata.name, node).expect("it has no node yet");
            bench.set_ready(&pod, "10.244.0.1", ready(&pod));
        }
    }
    bench.pass(SOON);
}

fn settle(bench: &mut Bench) {
    bench.pass(SOON);
    for _ in 0..3 {
        nodes_work(bench, |_| true);
    }
}

fn fail(bench: &mut Bench, node: &str) {
    let pod = bench.pods().into_iter().find(|pod| pod.node_name.as_deref() == Some(node));
    let name = &pod.expect("the node has a pod").metadata.name;
    bench.modify_status::<Pod>("default", name, |pod| pod.status.phase = Some("Failed".into()));
    bench.pass(SOON);
}

/// What stands on each node.
fn pods(bench: &Bench) -> String {
    let mut words = Vec::new();
    for pod in bench.pods() {
        let image = pod.spec.containers[0].image.as_deref().unwrap_or_default();
        let state = match pod.status.phase.as_deref() {
            _ if pod.metadata.terminating() => "going",
            _ if pod.node_name.is_none() => "waiting",
            _ if crate::pods::is_ready(&pod) => "ready",
            phase => phase.unwrap_or_default(),
        };
        words.push(format!("{} {image} {state}", target(&pod).map_or("nowhere", |node| node)));
    }
    words.sort();
    words.join(", ")
}

/// On how many nodes there is what, zeros left out.
fn status(bench: &Bench) -> String {
    let set = bench.get::<DaemonSet>("default", "agent").expect("the DaemonSet is there");
    let s = &set.status;
    let numbers = [
        ("desired", s.desired_number_scheduled),
        ("current", s.current_number_scheduled),
        ("updated", s.updated_number_scheduled),
        ("ready", s.number_ready),
        ("available", s.number_available),
        ("unavailable", s.number_unavailable),
        ("misscheduled", s.number_misscheduled),
    ];
    let told = numbers.iter().filter(|(_, n)| *n != 0).map(|(name, n)| format!("{n} {name}"));
    told.collect::<Vec<_>>().join(", ")
}

fn picture(bench: &Bench) -> String {
    format!("{}\n{}\n", pods(bench), status(bench))
}

fn told(bench: &Bench, reason: &str) -> usize {
    bench.events().lines().filter(|line| line.contains(reason)).count()
}

#[test]
fn every_node_that_fits_has_one_pod() {
    type Row = (&'static str, fn() -> Bench, Expect);
    let rows: [Row; 9] = [
        (
            "one pod on each",
            || bench(manifest(&plain())),
            expect![[r#"
                node-1 agent:1 ready, node-2 agent:1 ready, node-3 agent:1 ready
                3 desired, 3 current, 3 updated, 3 ready, 3 available
            "#]],
        ),
        (
            "only nodes with the label, and one that gets it later",
            || {
                let mut pod = plain();
                pod["nodeSelector"] = json!({"disk": "ssd"});
                let mut bench = bench(manifest(&pod));
                bench.modify::<Node>("", "node-2", |node| {
                    node.metadata.labels.insert("disk", "ssd");
                });
                settle(&mut bench);
                bench
            },
            expect![[r#"
                node-2 agent:1 ready
                1 desired, 1 current, 1 updated, 1 ready, 1 available
            "#]],
        ),
        (
            "the affinity of the template is heeded and replaced",
            || {
                let mut pod = plain();
                let term = json!({"matchFields": [{"key": "metadata.name", "operator": "NotIn", "values": ["node-3"]}]});
                pod["affinity"] = json!({"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}});
                bench(manifest(&pod))
            },
            expect![[r#"
                node-1 agent:1 ready, node-2 agent:1 ready
                2 desired, 2 current, 2 updated, 2 ready, 2 available
            "#]],
        ),
        (
            "the node that the template names",
            || {
                let mut pod = plain();
                pod["nodeName"] = json!("node-2");
                bench(manifest(&pod))
            },
            expect![[r#"
                node-2 agent:1 Pending
                1 desired, 1 current, 1 updated, 1 unavailable
            "#]],
        ),
        (
            "cordoned and troubled nodes too",
            || {
                let mut bench = bench(manifest(&plain()));
                taint(&mut bench, "node-1", "node.kubernetes.io/unschedulable", "NoSchedule");
                taint(&mut bench, "node-2", "node.kubernetes.io/not-ready", "NoExecute");
                settle(&mut bench);
                bench
            },
            expect![[r#"
                node-1 agent:1 ready, node-2 agent:1 ready, node-3 agent:1 ready
                3 desired, 3 current, 3 updated, 3 ready, 3 available
            "#]],
        ),
        (
            "a node that takes no more pods keeps the one that it has, but it counts as misplaced",
            || {
                let mut bench = bench(manifest(&plain()));
                taint(&mut bench, "node-1", "dedicated", "NoSchedule");
                settle(&mut bench);
                bench
            },
            expect![[r#"
                node-1 agent:1 ready, node-2 agent:1 ready, node-3 agent:1 ready
                2 desired, 2 current, 2 updated, 2 ready, 2 available, 1 misscheduled
            "#]],
        ),
        (
            "a node that throws pods out has none",
            || {
                let mut bench = bench(manifest(&plain()));
                taint(&mut bench, "node-1", "maintenance", "NoExecute");
                settle(&mut bench);
                bench
            },
            expect![[r#"
                node-2 agent:1 ready, node-3 agent:1 ready
                2 desired, 2 current, 2 updated, 2 ready, 2 available
            "#]],
        ),
        (
            "a node that comes gets one",
            || {
                let mut bench = bench(manifest(&plain()));
                add_node(&mut bench, "node-4");
                settle(&mut bench);
                bench
            },
            expect![[r#"
                node-1 agent:1 ready, node-2 agent:1 ready, node-3 agent:1 ready, node-4 agent:1 ready
                4 desired, 4 current, 4 updated, 4 ready, 4 available
            "#]],
        ),
        (
            "a pod that waits for a node that is gone goes with the next look",
            || {
                let mut bench = bench(manifest(&plain()));
                add_node(&mut bench, "node-4");
                bench.pass(SOON);
                let key = Key::new(orrery_api::Kind::Node, "", "node-4");
                let node = bench.api.object(&key).expect("the node is there").clone();
                bench.delete(&node, Propagation::Background);
                fail(&mut bench, "node-1");
                settle(&mut bench);
                bench
            },
            expect![[r#"
                node-1 agent:1 ready, node-2 agent:1 ready, node-3 agent:1 ready
                3 desired, 3 current, 3 updated, 3 ready, 3 available
            "#]],
        ),
    ];
    for (row, make, expected) in rows {
        let bench = make();
        expected.assert_eq(&picture(&bench));
        assert_eq!(bench.next(), None, "{row}: nothing is left to do");
    }
}

#[test]
fn pods_are_pinned_to_their_node_and_live_with_its_troubles() {
    let mut pod = plain();
    pod["hostNetwork"] = json!(true);
    pod["tolerations"] = json!([{"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5}]);
    let bench = bench(manifest(&pod));
    let pods = bench.pods();
    let mut text = String::new();
    for toleration in &pods[0].spec.tolerations {
        let part = |text: &Option<orrery_apimachinery::Str>| text.as_deref().unwrap_or_default().to_owned();
        let (key, effect) = (part(&toleration.key), part(&toleration.effect));
        writeln!(text, "{key} {effect} {:?}", toleration.toleration_seconds).expect("it is memory");
    }
    writeln!(text, "{}", encode(&pods[0].spec.affinity)).expect("it is memory");
    for (key, value) in pods[0].metadata.labels.iter() {
        writeln!(text, "{key}={value}").expect("it is memory");
    }
    expect![[r#"
        node.kubernetes.io/not-ready NoExecute None
        node.kubernetes.io/unreachable NoExecute None
        node.kubernetes.io/disk-pressure NoSchedule None
        node.kubernetes.io/memory-pressure NoSchedule None
        node.kubernetes.io/pid-pressure NoSchedule None
        node.kubernetes.io/unschedulable NoSchedule None
        node.kubernetes.io/network-unavailable NoSchedule None
        {"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchFields":[{"key":"metadata.name","operator":"In","values":["node-1"]}]}]}}}
        app=agent
        controller-revision-hash=fb985b96f
        pod-template-generation=1
    "#]].assert_eq(&text);
}

#[test]
fn failed_pods_are_replaced_later_and_later() {
    let mut bench = bench(manifest(&plain()));
    let mut waits = Vec::new();
    for _ in 0..4 {
        let before = told(&bench, "FailedDaemonPod");
        fail(&mut bench, "node-2");
        let mut waited = 0;
        while told(&bench, "FailedDaemonPod") == before {
            bench.pass(Duration::from_secs(1));
            waited += 1;
        }
        settle(&mut bench);
        waits.push(waited);
    }
    assert_eq!(waits, [0, 1, 2, 4]);
    let event = bench.events().lines().find(|line| line.contains("FailedDaemonPod")).map(str::to_owned);
    let event = event.expect("there is one");
    assert!(
        event.starts_with("Warning FailedDaemonPod DaemonSet/agent: Found failed daemon pod default/agent-")
    );
    assert!(event.ends_with(" on node node-2, will try to kill it"), "{event}");
}

#[test]
fn pods_are_adopted_and_released_by_their_labels() {
    let mut bench = Bench::new();
    add_node(&mut bench, "node-1");
    let spec = json!({"containers": [{"name": "c", "image": "agent:0"}], "nodeName": "node-1"});
    bench.apply(json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "lone", "namespace": "default", "labels": {"app": "agent"}}, "spec": spec}));
    change_nothing_until_adopted(&mut bench);
    bench.modify::<Pod>("default", "lone", |pod| {
        pod.metadata.labels.insert("app", "other");
    });
    bench.pass(SOON);
    let lone = bench.get::<Pod>("default", "lone").expect("it stays");
    assert!(lone.metadata.controller().is_none());
    assert_eq!(bench.pods().len(), 2, "another takes its place");
}

fn change_nothing_until_adopted(bench: &mut Bench) {
    let mut set = manifest(&plain());
    set["spec"]["updateStrategy"] = json!({"type": "OnDelete"});
    bench.apply(set);
    bench.pass(SOON);
    let lone = bench.get::<Pod>("default", "lone").expect("it stays");
    assert_eq!(lone.metadata.controller().map(|owner| &*owner.name), Some("agent"));
    assert_eq!(bench.pods().len(), 1, "the node has its pod");
}
