//! Which pods go for a more important one, and what is told about it.

use crate::cluster::{Cluster, merge};
use orrery_api::{Event, Kind, Pod};
use orrery_scheduler::Decision;
use orrery_sim::Duration;
use serde_json::{Value, json};

/// A cluster with nodes of 4 CPUs and priorities called low, middle, high and meek (high, but without
/// preemption).
fn cluster(nodes: usize) -> Cluster {
    let mut cluster = Cluster::new();
    for (name, value, policy) in [
        ("low", 1, "PreemptLowerPriority"),
        ("middle", 5, "PreemptLowerPriority"),
        ("high", 10, "PreemptLowerPriority"),
        ("meek", 10, "Never"),
    ] {
        let class = json!({"metadata": {"name": name}, "value": value, "preemptionPolicy": policy});
        cluster.create(Kind::PriorityClass, class);
    }
    for i in 1..=nodes {
        cluster.node(&format!("node-{i}"), json!({}));
    }
    cluster
}

/// A pod that asks for CPUs, as `1 low`, changed by `patch`.
fn pod(asks: &str, patch: Value) -> Value {
    let (cpu, class) = asks.split_once(' ').unwrap();
    let mut pod = json!({
        "metadata": {"labels": {"app": class}},
        "spec": {"priorityClassName": class, "containers": [
            {"name": "c", "image": "nginx", "resources": {"requests": {"cpu": cpu}}}]},
    });
    merge(&mut pod, patch);
    pod
}

fn on(node: &str) -> Value {
    json!({"spec": {"nodeSelector": {"kubernetes.io/hostname": node}}})
}

fn get(cluster: &Cluster, name: &str) -> Pod {
    (**cluster.api.get::<Pod>("default", name).unwrap()).clone()
}

fn decision<'a>(cluster: &'a Cluster, name: &str) -> &'a Decision {
    cluster.scheduler.last_decision(&get(cluster, name).metadata.uid).unwrap()
}

/// Who goes of the pods on two nodes, for which node, and why it; or what is told in vain.
fn outcome(pods: &[(&str, &str, &str)], budgets: &[(&str, i32)], preemptor: &str) -> String {
    let mut cluster = cluster(2);
    for (name, node, asks) in pods {
        cluster.pod(name, pod(asks, on(node)));
        cluster.run(Duration::from_millis(100));
    }
    for (app, allowed) in budgets {
        cluster.create(
            Kind::PodDisruptionBudget,
            json!({"metadata": {"name": app, "namespace": "default"},
                "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": app}}},
                "status": {"disruptionsAllowed": allowed}}),
        );
    }
    cluster.pod("preemptor", pod(preemptor, json!({})));
    cluster.run(Duration::from_millis(500));
    let told = decision(&cluster, "preemptor");
    let Some(preemption) = &told.preemption else { return told.message.to_string() };
    let chosen = &preemption.candidates[preemption.chosen];
    let going: Vec<_> = pods
        .iter()
        .map(|(name, ..)| *name)
        .filter(|name| get(&cluster, name).metadata.terminating())
        .collect();
    let victims: Vec<_> = chosen.victims.iter().map(|victim| &*victim.name).collect();
    assert_eq!(going, victims, "who is told to go goes");
    assert_eq!(get(&cluster, "preemptor").status.nominated_node_name.as_ref(), Some(&chosen.node));
    format!("{} on {}: {}", victims.join(", "), chosen.node, preemption.because)
}

#[test]
fn the_least_important_pods_go_and_no_more_than_have_to() {
    let no_room = "0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available:";
    for (row, pods, budgets, preemptor, expected) in [
        (
            "of two pods the less important",
            &[("a", "node-1", "3 middle"), ("b", "node-2", "3 low")][..],
            &[][..],
            "3 high",
            "b on node-2: its most important victim is the least important one".to_string(),
        ),
        (
            "of equal ones on a node as few as make room, the first stay",
            &[("a", "node-1", "1 low"), ("b", "node-1", "1 low"), ("c", "node-1", "2 low"), ("d", "node-2", "4 high")],
            &[],
            "2 high",
            "c on node-1: pods can make room on no other node".to_string(),
        ),
        (
            "more important ones stay if less important ones can go",
            &[("a", "node-1", "2 low"), ("b", "node-1", "2 middle"), ("c", "node-2", "4 high")],
            &[],
            "2 high",
            "a on node-1: pods can make room on no other node".to_string(),
        ),
        (
            "rather two whose priorities add up to less than three",
            &[
                ("a", "node-1", "1 low"),
                ("b", "node-1", "1 low"),
                ("c", "node-1", "2 low"),
                ("d", "node-2", "2 low"),
                ("e", "node-2", "2 low"),
            ],
            &[],
            "4 high",
            "d, e on node-2: the priorities of its victims add up to the least".to_string(),
        ),
        (
            "rather those whose budget allows it, even if they are more important",
            &[("a", "node-1", "3 low"), ("b", "node-2", "3 middle")],
            &[("low", 0)],
            "3 high",
            "b on node-2: it violates the fewest disruption budgets".to_string(),
        ),
        (
            "a budget keeps nobody if nobody else can go",
            &[("a", "node-1", "3 low"), ("b", "node-2", "4 high")],
            &[("low", 0)],
            "3 high",
            "a on node-1: pods can make room on no other node".to_string(),
        ),
        (
            "nobody of the same importance goes",
            &[("a", "node-1", "3 high"), ("b", "node-2", "3 high")],
            &[],
            "3 high",
            format!("{no_room} 2 No preemption victims found for incoming pod."),
        ),
        (
            "nobody goes in vain",
            &[("a", "node-1", "3 low"), ("b", "node-2", "3 high")],
            &[],
            "5 high",
            format!("{no_room} 1 Insufficient cpu, 1 No preemption victims found for incoming pod."),
        ),
        (
            "nobody goes for a pod that does not preempt",
            &[("a", "node-1", "3 low"), ("b", "node-2", "3 low")],
            &[],
            "3 meek",
            "0/2 nodes are available: 2 Insufficient cpu. preemption: not eligible due to preemptionPolicy=Never."
                .to_string(),
        ),
    ] {
        assert_eq!(outcome(pods, budgets, preemptor), expected, "{row}");
    }
}

#[test]
fn room_that_was_made_is_kept_for_the_pod_until_it_gets_it() {
    let mut cluster = cluster(1);
    cluster.pod("small", pod("1 low", json!({})));
    cluster.pod("victim", pod("3 low", json!({})));
    cluster.run(Duration::from_secs(1));
    cluster.pod("preemptor", pod("3 high", json!({})));
    cluster.run(Duration::from_secs(1));
    let victim = get(&cluster, "victim");
    assert!(victim.metadata.terminating() && !get(&cluster, "small").metadata.terminating());
    let target = victim.status.conditions.iter().find(|c| &*c.type_ == "DisruptionTarget").unwrap();
    assert_eq!(
        (target.reason.as_deref(), target.message.as_deref()),
        (
            Some("PreemptionByScheduler"),
            Some("default-scheduler: preempting to accommodate a higher priority pod")
        )
    );
    assert_eq!(cluster.verdict("preemptor"), "0/1 nodes are available: 1 Insufficient cpu.");
    let event = cluster.api.list::<Event>().find(|e| e.reason.as_deref() == Some("Preempted")).unwrap();
    let preemptor = get(&cluster, "preemptor").metadata.uid;
    assert_eq!(event.message.as_deref(), Some(&*format!("Preempted by pod {preemptor} on node node-1")));
    assert_eq!(event.related.as_ref().and_then(|related| related.name.as_deref()), Some("preemptor"));

    cluster.delete(Kind::Pod, "default", "small");
    cluster.run(Duration::from_secs(3));
    assert_eq!(
        cluster.verdict("preemptor"),
        "0/1 nodes are available: 1 Insufficient cpu. preemption: not eligible due to a terminating pod on the nominated node."
    );
    cluster.pod("late", pod("2 middle", json!({})));
    cluster.delete(Kind::Pod, "default", "victim");
    cluster.run(Duration::from_millis(100));
    assert_eq!(
        cluster.verdict("late"),
        "0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.",
        "the room is the preemptor's though nobody has it yet"
    );
    cluster.run(Duration::from_secs(10));
    assert_eq!(cluster.verdict("preemptor"), "node-1");
}

#[test]
fn a_more_important_pod_takes_the_room_that_a_less_important_one_waits_for() {
    let mut cluster = cluster(1);
    cluster.pod("victim", pod("4 low", json!({})));
    cluster.run(Duration::from_secs(1));
    cluster.pod("first", pod("4 middle", json!({})));
    cluster.run(Duration::from_secs(1));
    assert_eq!(get(&cluster, "first").status.nominated_node_name.as_deref(), Some("node-1"));
    cluster.pod("second", pod("4 high", json!({})));
    cluster.run(Duration::from_secs(1));
    assert_eq!(get(&cluster, "second").status.nominated_node_name.as_deref(), Some("node-1"));
    assert_eq!(get(&cluster, "first").status.nominated_node_name, None, "it waits for that room no more");
    cluster.delete(Kind::Pod, "default", "victim");
    cluster.run(Duration::from_secs(10));
    assert_eq!(cluster.verdict("second"), "node-1");
}

#[test]
fn pods_go_for_more_than_their_resources() {
    let port = json!({"spec": {"containers": [{"name": "c", "image": "nginx",
        "ports": [{"containerPort": 80, "hostPort": 80}]}]}});
    let away = json!({"spec": {"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
        {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "low"}}}]}}}});
    let spread = json!({"spec": {"topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {"matchExpressions": [
            {"key": "app", "operator": "In", "values": ["low", "high"]}]}}]}});
    for (row, cordoned, earlier, patch, goes) in [
        ("for a port", true, port.clone(), port, true),
        ("for a pod that wants to be away from them", true, json!({}), away, true),
        ("not if the pod can stand elsewhere", false, json!({}), spread.clone(), false),
        ("where pods would stand unevenly if they stayed", true, json!({}), spread, true),
    ] {
        let mut cluster = cluster(2);
        cluster.pod("earlier", pod("1 low", merged(on("node-1"), earlier)));
        cluster.run(Duration::from_secs(1));
        cluster.patch(Kind::Node, "", "node-2", json!({"spec": {"unschedulable": cordoned}}));
        cluster.pod("preemptor", pod("1 high", patch));
        cluster.run(Duration::from_secs(1));
        assert_eq!(get(&cluster, "earlier").metadata.terminating(), goes, "{row}");
    }
}

fn merged(mut tree: Value, patch: Value) -> Value {
    merge(&mut tree, patch);
    tree
}
