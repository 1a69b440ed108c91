//! Nodes that fall silent, fall ill and come back.

use super::*;
use crate::testing::Workbench;
use expect_test::{Expect, expect};
use orrery_api::{Container, Lease, LeaseSpec, NodeCondition, Pod, PodCondition, PodSpec, Resource};
use orrery_apimachinery::{ObjectMeta, StrMap};
use orrery_client::Propagation;

type Bench = Workbench<NodeLifecycleController>;

fn condition(type_: &str, status: &str, date: orrery_apimachinery::Time) -> NodeCondition {
    NodeCondition {
        type_: type_.into(),
        status: status.into(),
        last_heartbeat_time: Some(date),
        last_transition_time: Some(date),
        ..Default::default()
    }
}

/// A node whose kubelet has registered it, is ready and renews its Lease steadily.
fn node(bench: &mut Bench, name: &str) {
    let date = bench.api.date(bench.now);
    let mut node = Node { metadata: ObjectMeta::named("", name), ..Default::default() };
    node.status.conditions = ["MemoryPressure", "DiskPressure", "PIDPressure"]
        .into_iter()
        .map(|type_| condition(type_, "False", date))
        .chain([condition("Ready", "True", date)])
        .collect();
    bench.create(node);
    let mut lease = Lease { metadata: ObjectMeta::named(LEASE_NAMESPACE, name), ..Default::default() };
    lease.metadata.annotations = StrMap::from_iter([("orrery.dev/heartbeat", "steady")]);
    lease.spec = LeaseSpec { renew_time: Some(bench.api.micro_date(bench.now)), ..Default::default() };
    bench.create(lease);
}

fn set_condition(bench: &mut Bench, node: &str, type_: &str, status: &str) {
    let date = bench.api.date(bench.now);
    bench.modify_status::<Node>("", node, |node| {
        node.status.conditions.retain(|c| &*c.type_ != type_);
        node.status.conditions.push(condition(type_, status, date));
    });
}

/// The kubelet falls silent; its last renewal is now.
fn stop(bench: &mut Bench, name: &str) {
    let date = bench.api.micro_date(bench.now);
    bench.modify::<Lease>(LEASE_NAMESPACE, name, |lease| {
        lease.metadata.annotations.remove("orrery.dev/heartbeat");
        lease.spec.renew_time = Some(date);
    });
}

fn start(bench: &mut Bench, name: &str) {
    bench.modify::<Lease>(LEASE_NAMESPACE, name, |lease| {
        lease.metadata.annotations.insert("orrery.dev/heartbeat", "steady");
    });
    set_condition(bench, name, "Ready", "True");
}

fn ready_pod(bench: &mut Bench, node: &str) {
    let spec = PodSpec {
        containers: vec![Container { name: "c".into(), image: Some("nginx".into()), ..Default::default() }],
        ..Default::default()
    };
    bench.create(Pod {
        metadata: ObjectMeta::named("default", "web"),
        spec: Rc::new(spec),
        ..Default::default()
    });
    let request = bench.request();
    bench.api.bind(&request, "default", "web", node).expect("the pod is not bound");
    bench.modify_status::<Pod>("default", "web", |pod| {
        let ready = PodCondition { type_: "Ready".into(), status: "True".into(), ..Default::default() };
        pod.status.conditions.push(ready);
    });
}

/// Three nodes that have been well for a minute.
fn three_nodes() -> Bench {
    let mut bench = Bench::new();
    bench.create_namespace(LEASE_NAMESPACE);
    ["node-1", "node-2", "node-3"].into_iter().for_each(|name| node(&mut bench, name));
    bench.pass(Duration::from_secs(60));
    bench
}

/// The nodes' taints, `Ready` conditions and how they came to be.
fn nodes(bench: &Bench) -> String {
    let line = |node: &Rc<Node>| {
        let taints: Vec<String> =
            node.spec.taints.iter().map(|t| format!(" {}:{}", t.key, t.effect)).collect();
        let ready = node.status.conditions.iter().find(|c| &*c.type_ == "Ready");
        let status = ready.map_or_else(Str::default, |c| c.status.clone());
        format!("{} Ready={status}{}\n", node.metadata.name, taints.concat())
    };
    bench.api.list::<Node>().map(line).collect()
}

#[test]
fn taints_follow_the_condition_of_a_node() {
    type Row = (&'static str, fn(&mut Bench), Expect);
    let rows: [Row; 9] = [
        (
            "a node that is well has no taint, not even its first",
            |_| {},
            expect![[r#"
            node-1 Ready=True
            node-2 Ready=True
            node-3 Ready=True
        "#]],
        ),
        (
            "a cordoned node",
            |bench| bench.modify::<Node>("", "node-1", |n| n.spec.unschedulable = true),
            expect![[r#"
            node-1 Ready=True node.kubernetes.io/unschedulable:NoSchedule
            node-2 Ready=True
            node-3 Ready=True
        "#]],
        ),
        (
            "a node that is uncordoned",
            |bench| {
                bench.modify::<Node>("", "node-1", |n| n.spec.unschedulable = true);
                bench.pass(Duration::from_secs(1));
                bench.modify::<Node>("", "node-1", |n| n.spec.unschedulable = false);
            },
            expect![[r#"
                node-1 Ready=True
                node-2 Ready=True
                node-3 Ready=True
            "#]],
        ),
        (
            "a node short of memory",
            |bench| set_condition(bench, "node-1", "MemoryPressure", "True"),
            expect![[r#"
            node-1 Ready=True node.kubernetes.io/memory-pressure:NoSchedule
            node-2 Ready=True
            node-3 Ready=True
        "#]],
        ),
        (
            "a kubelet that is not ready",
            |bench| set_condition(bench, "node-1", "Ready", "False"),
            expect![[r#"
            node-1 Ready=False node.kubernetes.io/not-ready:NoSchedule node.kubernetes.io/not-ready:NoExecute
            node-2 Ready=True
            node-3 Ready=True
        "#]],
        ),
        (
            "a kubelet that is silent",
            |bench| stop(bench, "node-1"),
            expect![[r#"
            node-1 Ready=Unknown node.kubernetes.io/unreachable:NoSchedule node.kubernetes.io/unreachable:NoExecute
            node-2 Ready=True
            node-3 Ready=True
        "#]],
        ),
        (
            "a kubelet that comes back",
            |bench| {
                stop(bench, "node-1");
                bench.pass(Duration::from_secs(100));
                start(bench, "node-1");
            },
            expect![[r#"
                node-1 Ready=True
                node-2 Ready=True
                node-3 Ready=True
            "#]],
        ),
        (
            "no node is well any more: pods may stay where they are",
            |bench| {
                stop(bench, "node-1");
                bench.pass(Duration::from_secs(20));
                stop(bench, "node-2");
                stop(bench, "node-3");
            },
            expect![[r#"
                node-1 Ready=Unknown node.kubernetes.io/unreachable:NoSchedule
                node-2 Ready=Unknown node.kubernetes.io/unreachable:NoSchedule
                node-3 Ready=Unknown node.kubernetes.io/unreachable:NoSchedule
            "#]],
        ),
        (
            "taints of other people stay",
            |bench| {
                bench.modify::<Node>("", "node-1", |n| {
                    let (key, effect) = ("example.com/gpu".into(), "NoSchedule".into());
                    n.spec.taints.push(orrery_api::Taint { key, effect, ..Default::default() });
                });
                set_condition(bench, "node-1", "DiskPressure", "True");
            },
            expect![[r#"
                node-1 Ready=True example.com/gpu:NoSchedule node.kubernetes.io/disk-pressure:NoSchedule
                node-2 Ready=True
                node-3 Ready=True
            "#]],
        ),
    ];
    for (row, act, expected) in rows {
        let mut bench = three_nodes();
        act(&mut bench);
        bench.pass(Duration::from_secs(300));
        expected.assert_eq(&nodes(&bench));
        assert_eq!(bench.next(), None, "{row}: nothing is left to do");
    }
}

#[test]
fn a_node_that_stops_is_given_up_step_by_step() {
    let mut bench = three_nodes();
    ready_pod(&mut bench, "node-1");
    bench.pass(Duration::from_secs(3));
    let before = bench.written().len();
    stop(&mut bench, "node-1");
    bench.pass(Duration::from_secs(120));
    expect![[r#"
        00:01:45.000 PUT Node node-1/status
        00:01:45.000 PUT Pod default/web/status
        00:01:45.002 PUT Node node-1
        00:01:50.000 PUT Node node-1
    "#]]
    .assert_eq(&bench.written()[before..]);
    expect![[r#"
        Normal RegisteredNode Node/node-1: Node node-1 event: Registered Node node-1 in Controller
        Normal NodeNotReady Node/node-1: Node node-1 status is now: NodeNotReady
        Normal RegisteredNode Node/node-2: Node node-2 event: Registered Node node-2 in Controller
        Normal RegisteredNode Node/node-3: Node node-3 event: Registered Node node-3 in Controller
        Warning NodeNotReady Pod/web: Node is not ready
    "#]]
    .assert_eq(&bench.events());
    let node = bench.get::<Node>("", "node-1").expect("the node is there");
    for condition in &node.status.conditions {
        assert_eq!(condition.message.as_deref(), Some("Kubelet stopped posting node status."));
    }
}

#[test]
fn a_controller_that_starts_hears_the_nodes_out_before_it_judges() {
    let mut bench = three_nodes();
    stop(&mut bench, "node-1");
    bench.pass(Duration::from_secs(30));
    bench.restart();
    bench.pass(Duration::from_secs(35));
    assert!(nodes(&bench).starts_with("node-1 Ready=True"), "{}", nodes(&bench));
    bench.pass(Duration::from_secs(20));
    assert!(nodes(&bench).starts_with("node-1 Ready=Unknown"), "{}", nodes(&bench));
}

#[test]
fn the_older_label_of_a_node_follows_the_newer_one() {
    let mut bench = three_nodes();
    bench.modify::<Node>("", "node-1", |n| {
        n.metadata.labels.insert("kubernetes.io/arch", "arm64");
    });
    bench.pass(Duration::from_secs(5));
    let node = bench.get::<Node>("", "node-1").expect("the node is there");
    assert_eq!(node.metadata.labels.get("beta.kubernetes.io/arch").map(|v| &**v), Some("arm64"));
}

#[test]
fn nodes_are_given_up_one_by_one() {
    let mut bench = three_nodes();
    node(&mut bench, "node-4");
    bench.pass(Duration::from_secs(5));
    ["node-1", "node-2"].into_iter().for_each(|name| stop(&mut bench, name));
    bench.pass(Duration::from_secs(300));
    let given_up = |name: &str| {
        let node = bench.get::<Node>("", name).expect("the node is there");
        let taint =
            node.spec.taints.iter().find(|t| &*t.effect == "NoExecute").expect("it was given up").clone();
        bench.api.instant(taint.time_added.expect("the controller dates its taints"))
    };
    assert_eq!(given_up("node-2").since(given_up("node-1")), Duration::from_secs(10));
}

#[test]
fn a_node_that_never_told_anything_is_unknown_after_a_minute() {
    let mut bench = Bench::new();
    bench.create(Node { metadata: ObjectMeta::named("", "mute"), ..Default::default() });
    bench.pass(Duration::from_secs(120));
    let node = bench.get::<Node>("", "mute").expect("the node is there");
    let ready =
        node.status.conditions.iter().find(|c| &*c.type_ == "Ready").expect("the controller has set it");
    assert_eq!(ready.message.as_deref(), Some("Kubelet never posted node status."));
    bench.delete(&Node::wrap(node), Propagation::Background);
    bench.pass(Duration::from_secs(10));
    expect![[r#"
        Normal RegisteredNode Node/mute: Node mute event: Registered Node mute in Controller
        Normal RemovingNode Node/mute: Node mute event: Removing Node mute from Controller
    "#]]
    .assert_eq(&bench.events());
}
