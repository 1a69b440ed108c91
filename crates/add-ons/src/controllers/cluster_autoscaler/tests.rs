//! When the autoscaler orders machines, and when it gives them back.

use super::*;
use crate::testing::Workbench;
use expect_test::expect;
use orrery_api::{PodCondition, PodDisruptionBudget};
use orrery_apimachinery::{Quantity, StrMap};
use orrery_client::node_group::DELETE_MACHINE;
use serde_json::{Value, json};

type Bench = Workbench<ClusterAutoscaler>;

fn group(name: &str, sizes: [usize; 3], cpu: i64) -> NodeGroup {
    let [min_size, target_size, max_size] = sizes;
    NodeGroup {
        name: name.into(),
        min_size,
        max_size,
        target_size,
        cpu: Quantity::from_units(cpu),
        memory: Quantity::from_bytes(8 << 30),
        labels: StrMap::default(),
        taints: Vec::new(),
    }
}

fn bench(groups: Vec<NodeGroup>) -> Bench {
    let mut bench = Bench::new();
    bench.create_namespace("kube-system");
    bench.apply(json!({
        "apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "low"}, "value": -11,
    }));
    for group in groups {
        let nodes = (1..=group.target_size).map(|i| format!("{}-{i}", group.name));
        nodes.collect::<Vec<_>>().iter().for_each(|name| join(&mut bench, &group, name));
        bench.create(group.config_map());
    }
    bench
}

/// A machine of the group is there.
fn join(bench: &mut Bench, group: &NodeGroup, name: &str) {
    let mut node = group.template();
    node.metadata.name = name.into();
    node.status.conditions.push(orrery_api::NodeCondition {
        type_: "Ready".into(),
        status: "True".into(),
        ..Default::default()
    });
    bench.create(node);
    // Others lift the taint of a new node.
    bench.modify::<Node>("", name, |node| node.spec.taints.clear());
}

fn pod(name: &str, cpu: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "namespace": "default", "labels": {"app": "web"}, "ownerReferences": [
            {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "uid": "u", "controller": true}]},
        "spec": {"containers": [{"name": "c", "image": "nginx", "resources": {"requests": {"cpu": cpu}}}]},
    })
}

/// A pod for which the scheduler has found no node.
fn wait(bench: &mut Bench, manifest: Value) {
    let name = manifest["metadata"]["name"].as_str().expect("named").to_owned();
    bench.apply(manifest);
    bench.modify_status::<Pod>("default", &name, |pod| {
        pod.status.conditions.push(PodCondition {
            type_: "PodScheduled".into(),
            status: "False".into(),
            reason: Some("Unschedulable".into()),
            ..Default::default()
        });
    });
}

fn run_on(bench: &mut Bench, node: &str, manifest: Value) {
    let name = manifest["metadata"]["name"].as_str().expect("named").to_owned();
    bench.apply(manifest);
    let request = bench.request();
    bench.api.bind(&request, "default", &name, node).expect("it is bound for the first time");
}

fn target(bench: &Bench, group: &str) -> usize {
    let groups = NodeGroup::all(&bench.api);
    groups.iter().find(|known| &*known.name == group).expect("there is such a group").target_size
}

#[test]
fn machines_are_ordered_for_pods_that_fit_nowhere() {
    let merged = |patch: Value| {
        let mut all = pod("web-1", "1");
        orrery_apimachinery::patch::json_merge(&mut all, &patch);
        all
    };
    let small = || vec![group("small", [0, 0, 3], 2)];
    for (row, groups, pods, said) in [
        (
            "one machine for two pods",
            small(),
            vec![pod("web-1", "1"), pod("web-2", "1")],
            "small 0->1 (max: 3)",
        ),
        (
            "as many as it takes",
            small(),
            (1..=5).map(|i| pod(&format!("web-{i}"), "1")).collect(),
            "small 0->3 (max: 3)",
        ),
        (
            "the group that leaves least free",
            vec![group("large", [0, 0, 3], 16), group("small", [0, 0, 3], 2)],
            vec![pod("web-1", "1500m")],
            "small 0->1 (max: 3)",
        ),
        (
            "the group that it fits",
            vec![group("large", [0, 0, 3], 16), group("small", [0, 0, 3], 2)],
            vec![pod("web-1", "3")],
            "large 0->1 (max: 3)",
        ),
        (
            "too large for any",
            small(),
            vec![pod("web-1", "3")],
            "pod didn't trigger scale-up: 1 Insufficient cpu",
        ),
        (
            "the group is full",
            vec![group("small", [0, 1, 1], 2)],
            vec![pod("web-1", "3")],
            "pod didn't trigger scale-up: 1 max node group size reached",
        ),
        (
            "a label that no machine has",
            small(),
            vec![merged(json!({"spec": {"nodeSelector": {"disk": "ssd"}}}))],
            "pod didn't trigger scale-up: 1 node(s) didn't match Pod's node affinity/selector",
        ),
        ("an expendable pod", small(), vec![merged(json!({"spec": {"priorityClassName": "low"}}))], ""),
        (
            "a pod that waits for preemption",
            small(),
            vec![merged(json!({"metadata": {"name": "nominated"}}))],
            "",
        ),
    ] {
        let mut bench = bench(groups);
        for pod in pods {
            wait(&mut bench, pod);
        }
        if bench.get::<Pod>("default", "nominated").is_some() {
            bench.modify_status::<Pod>("default", "nominated", |pod| {
                pod.status.nominated_node_name = Some("node-1".into());
            });
        }
        bench.pass(Duration::from_secs(60));
        let events = bench.events();
        let about_pods = events.lines().find(|line| line.contains("Pod/")).unwrap_or_default();
        assert!(about_pods.contains(said) && about_pods.is_empty() == said.is_empty(), "{row}: {events}");
    }
}

#[test]
fn what_was_ordered_is_waited_for() {
    let mut bench = bench(vec![group("pool", [0, 0, 5], 2)]);
    wait(&mut bench, pod("web-1", "1"));
    bench.pass(Duration::from_secs(50));
    assert_eq!(target(&bench, "pool"), 1);
    wait(&mut bench, pod("web-2", "1"));
    bench.pass(Duration::from_secs(50));
    assert_eq!(target(&bench, "pool"), 1, "there will be room for both");
    wait(&mut bench, pod("web-3", "1"));
    bench.pass(Duration::from_secs(50));
    assert_eq!(target(&bench, "pool"), 2);
    expect![[r#"
        Normal TriggeredScaleUp Pod/web-1: pod triggered scale-up: [{pool 0->1 (max: 5)}]
        Normal TriggeredScaleUp Pod/web-3: pod triggered scale-up: [{pool 1->2 (max: 5)}]
        Normal ScaledUpGroup ConfigMap/cluster-autoscaler-status: Scale-up: setting group pool size to 1 instead of 0 (max: 5)
        Normal ScaledUpGroup ConfigMap/cluster-autoscaler-status: Scale-up: group pool size set to 1 instead of 0 (max: 5)
        Normal ScaledUpGroup ConfigMap/cluster-autoscaler-status: Scale-up: setting group pool size to 2 instead of 1 (max: 5)
        Normal ScaledUpGroup ConfigMap/cluster-autoscaler-status: Scale-up: group pool size set to 2 instead of 1 (max: 5)
    "#]].assert_eq(&bench.events());
}

#[test]
fn a_machine_of_which_little_is_asked_is_drained_and_given_back() {
    let pool = group("pool", [1, 2, 5], 2);
    let mut bench = bench(vec![pool.clone()]);
    run_on(&mut bench, "pool-1", pod("web-1", "1200m"));
    run_on(&mut bench, "pool-2", pod("web-2", "200m"));
    bench.pass(Duration::from_secs(595));
    assert_eq!(bench.events(), "", "ten minutes are not over");
    bench.pass(Duration::from_secs(60));
    for pod in bench.pods().into_iter().filter(|pod| pod.metadata.terminating()) {
        bench.remove_pod(&pod);
    }
    bench.pass(Duration::from_secs(30));
    let node = bench.get::<Node>("", "pool-2").expect("the cloud is not asked in this test");
    assert!(node.metadata.annotations.contains_key(DELETE_MACHINE));
    expect![[r#"
        00:00:10.002 POST ConfigMap kube-system/cluster-autoscaler-status
        00:00:10.002 PUT Node pool-2
        00:00:10.002 PUT ConfigMap kube-system/cluster-autoscaler-status
        00:10:10.002 PUT Node pool-2
        00:10:15.002 PUT Pod default/web-2/status
        00:10:15.002 DELETE Pod default/web-2
        00:10:15.002 PUT Node pool-2
        00:10:15.002 PUT ConfigMap kube-system/cluster-autoscaler-status
        00:10:55.002 PUT Node pool-2
        Normal ScaleDown Node/pool-2: marked the node as toBeDeleted/unschedulable
        Normal ScaleDown Node/pool-2: nodes removed by cluster autoscaler
        Normal ScaleDown Pod/web-2: deleting pod for node scale down
        Normal ScaleDown ConfigMap/cluster-autoscaler-status: Scale-down: removing node pool-2, utilization: {0.1 0 0 cpu 0.1}, pods to reschedule: web-2
        Normal ScaleDown ConfigMap/cluster-autoscaler-status: Scale-down: node pool-2 removed with drain
    "#]].assert_eq(&(bench.written() + &bench.events()));
}

#[test]
fn a_machine_that_does_not_answer_goes_later() {
    let mut bench = bench(vec![group("pool", [1, 2, 5], 2)]);
    bench.modify_status::<Node>("", "pool-2", |node| node.status.conditions[0].status = "Unknown".into());
    run_on(&mut bench, "pool-1", pod("web-1", "1200m"));
    bench.pass(Duration::from_secs(1_195));
    assert_eq!(bench.events(), "", "twenty minutes are not over");
    bench.pass(Duration::from_secs(30));
    let node = bench.get::<Node>("", "pool-2").expect("the cloud is not asked in this test");
    assert!(node.metadata.annotations.contains_key(DELETE_MACHINE));
}

#[test]
fn what_keeps_a_machine() {
    let annotated = |key: &str, value: &str| json!({"metadata": {"annotations": {(key): value}}});
    const SAFE: &str = "cluster-autoscaler.kubernetes.io/safe-to-evict";
    for (row, patch, sizes, budget, leaves) in [
        ("a pod that can move does not", json!({}), [1, 2, 5], false, true),
        (
            "a pod without a controller",
            json!({"metadata": {"ownerReferences": null}}),
            [1, 2, 5],
            false,
            false,
        ),
        ("a pod that asks to stay", annotated(SAFE, "false"), [1, 2, 5], false, false),
        (
            "a directory of its own",
            json!({"spec": {"volumes": [{"name": "v", "emptyDir": {}}]}}),
            [1, 2, 5],
            false,
            false,
        ),
        (
            "a pod that says that it may be moved all the same",
            json!({"metadata": {"annotations": {(SAFE): "true"}}, "spec": {"volumes": [{"name": "v", "emptyDir": {}}]}}),
            [1, 2, 5],
            false,
            true,
        ),
        ("a budget that is spent", json!({}), [1, 2, 5], true, false),
        ("the smallest size of the group", json!({}), [2, 2, 5], false, false),
    ] {
        let mut bench = bench(vec![group("pool", sizes, 2)]);
        run_on(&mut bench, "pool-1", pod("web-1", "1200m"));
        let mut small = pod("web-2", "200m");
        orrery_apimachinery::patch::json_merge(&mut small, &patch);
        if budget {
            bench.apply(json!({
                "apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
                "metadata": {"name": "web", "namespace": "default"},
                "spec": {"minAvailable": 2, "selector": {"matchLabels": {"app": "web"}}},
            }));
            assert!(bench.get::<PodDisruptionBudget>("default", "web").is_some());
        }
        run_on(&mut bench, "pool-2", small);
        bench.pass(Duration::from_secs(650));
        assert_eq!(bench.events().contains("marked the node"), leaves, "{row}: {}", bench.events());
    }
}
