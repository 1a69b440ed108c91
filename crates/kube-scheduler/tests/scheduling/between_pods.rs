//! Rules between pods: who is near to whom, who keeps away, and how evenly pods are spread.

use crate::cluster::{Cluster, merge};
use orrery_api::{Kind, Pod};
use orrery_scheduler::NodeVerdict;
use orrery_sim::Duration;
use serde_json::{Value, json};

/// A cluster of nodes, told as `name/zone`: a node without a zone has no zone label, `-name` is cordoned,
/// and `?name` has no hostname label. On them stand pods, told as `node:label+label` (`node:~label` for one
/// that is being deleted, `node` alone for the label `foo`).
fn cluster(nodes: &str, pods: &str) -> Cluster {
    let mut cluster = Cluster::new();
    for told in nodes.split_whitespace() {
        let (name, zone) = told.split_once('/').unwrap_or((told, ""));
        let bare = name.trim_start_matches(['-', '?']);
        cluster.node(bare, json!({"spec": {"unschedulable": name.starts_with('-')}}));
        let mut labels = json!({});
        if !zone.is_empty() {
            labels["zone"] = zone.into();
        }
        if name.starts_with('?') {
            labels["kubernetes.io/hostname"] = Value::Null;
        }
        cluster.patch(Kind::Node, "", bare, json!({"metadata": {"labels": labels}}));
    }
    for (i, told) in pods.split_whitespace().enumerate() {
        let (node, labels) = told.split_once(':').unwrap_or((told, "foo"));
        let terminating = labels.starts_with('~');
        let mut pod = labelled(labels.trim_start_matches('~'), json!({"spec": {"nodeName": node}}));
        if terminating {
            pod["metadata"]["finalizers"] = json!(["example.com/stay"]);
        }
        cluster.pod(&format!("old-{i}"), pod);
        if terminating {
            cluster.delete(Kind::Pod, "default", &format!("old-{i}"));
        }
    }
    cluster
}

/// A pod with `labels`, as `foo+bar`.
fn labelled(labels: &str, mut pod: Value) -> Value {
    for label in labels.split('+') {
        merge(&mut pod, json!({"metadata": {"labels": {label: ""}}}));
    }
    pod
}

/// What was found of every node: why it was refused, or what `plugin` gave it.
fn judged(mut cluster: Cluster, plugin: &str, pod: Value) -> String {
    cluster.pod("new", pod);
    cluster.run(Duration::from_millis(100));
    let uid = cluster.api.get::<Pod>("default", "new").unwrap().metadata.uid.clone();
    let decision = cluster.scheduler.last_decision(&uid).unwrap();
    let at = decision.scored_by.iter().position(|by| by.plugin == plugin);
    let mut told: Vec<String> = decision
        .verdicts
        .iter()
        .map(|verdict| {
            let found = match verdict {
                NodeVerdict::Rejected { reasons, .. } => reasons.join(", "),
                NodeVerdict::Feasible { .. } => {
                    at.map_or("ok".into(), |at| decision.scores(verdict)[at].normalised.to_string())
                }
            };
            format!("{} {found}", decision.node(verdict))
        })
        .collect();
    told.sort();
    told.join("; ").replace("node(s) didn't match pod topology spread constraints", "uneven")
}

fn selecting(labels: &str) -> Value {
    let expression = |label| json!({"key": label, "operator": "Exists"});
    json!({"matchExpressions": labels.split('+').map(expression).collect::<Vec<_>>()})
}

/// A pod `foo` with constraints, told as (key, largest skew, counted labels, what more).
fn spread(action: &str, constraints: &[(&str, i32, &str, Value)]) -> Value {
    let constraint = |(key, skew, labels, more): &(&str, i32, &str, Value)| {
        let mut constraint = json!({"topologyKey": key, "maxSkew": skew, "whenUnsatisfiable": action, "labelSelector": selecting(labels)});
        merge(&mut constraint, more.clone());
        constraint
    };
    let constraints: Vec<_> = constraints.iter().map(constraint).collect();
    labelled("foo", json!({"spec": {"topologySpreadConstraints": constraints}}))
}

const HOST: &str = "kubernetes.io/hostname";
const EVEN: &str = "DoNotSchedule";

#[test]
fn constraints_refuse_the_nodes_where_pods_would_stand_unevenly() {
    let zones = "a/1 b/1 x/2 y/2";
    let none = || json!({});
    for (row, nodes, pods, pod, verdicts) in [
        (
            "nothing is there yet",
            zones,
            "",
            spread(EVEN, &[("zone", 1, "foo", none())]),
            "a ok; b ok; x ok; y ok",
        ),
        (
            "one zone is ahead of the other",
            zones,
            "a b b y",
            spread(EVEN, &[("zone", 1, "foo", none())]),
            "a uneven; b uneven; x ok; y ok",
        ),
        (
            "a larger skew is borne",
            zones,
            "a b y",
            spread(EVEN, &[("zone", 2, "foo", none())]),
            "a ok; b ok; x ok; y ok",
        ),
        (
            "node by node: 2/1/0/3",
            zones,
            "a a b y y y",
            spread(EVEN, &[(HOST, 1, "foo", none())]),
            "a uneven; b uneven; x ok; y uneven",
        ),
        (
            "a pod that does not count itself may go where as many are as the skew",
            zones,
            "a b b",
            spread(EVEN, &[("zone", 3, "bar", none())]),
            "a ok; b ok; x ok; y ok",
        ),
        (
            "both constraints must hold, for the zone and for the node",
            zones,
            "a a b y y y y",
            spread(EVEN, &[("zone", 1, "foo", none()), (HOST, 1, "foo", none())]),
            "a uneven; b uneven; x uneven; y uneven",
        ),
        (
            "each constraint counts its own pods",
            zones,
            "a b:foo+bar y:bar",
            spread(EVEN, &[("zone", 1, "foo", none()), (HOST, 1, "bar", none())]),
            "a uneven; b uneven; x ok; y ok",
        ),
        (
            "a node without the label takes none",
            "a/1 b/1 x/2 z",
            "a x z z",
            spread(EVEN, &[("zone", 1, "foo", none())]),
            "a ok; b ok; x ok; z uneven (missing required label)",
        ),
        (
            "what is being deleted does not count",
            zones,
            "a:~foo b:~foo",
            spread(EVEN, &[("zone", 1, "foo", none())]),
            "a ok; b ok; x ok; y ok",
        ),
        (
            "a cordoned node counts: its zone is the emptiest for ever",
            "a/1 -x/2",
            "a",
            spread(EVEN, &[("zone", 1, "foo", none())]),
            "a uneven; x node(s) were unschedulable",
        ),
        (
            "with fewer domains than there must be, the least is nothing",
            "a/1 x/2",
            "a x",
            spread(EVEN, &[("zone", 1, "foo", json!({"minDomains": 3}))]),
            "a uneven; x uneven",
        ),
        (
            "with as many as there must be, it is not",
            "a/1 x/2",
            "a x",
            spread(EVEN, &[("zone", 1, "foo", json!({"minDomains": 2}))]),
            "a ok; x ok",
        ),
        (
            "nodes that the pod does not select are no domain",
            zones,
            "a b",
            {
                let mut pod = spread(EVEN, &[(HOST, 1, "foo", none())]);
                merge(&mut pod, json!({"spec": {"nodeSelector": {"zone": "1"}}}));
                pod
            },
            "a ok; b ok; x node(s) didn't match Pod's node affinity/selector; y node(s) didn't match Pod's node affinity/selector",
        ),
        (
            "unless their policy says that they are",
            "a/1 b/1 x/2",
            "a b",
            {
                let mut pod = spread(EVEN, &[(HOST, 1, "foo", json!({"nodeAffinityPolicy": "Ignore"}))]);
                merge(&mut pod, json!({"spec": {"nodeSelector": {"zone": "1"}}}));
                pod
            },
            "a uneven; b uneven; x node(s) didn't match Pod's node affinity/selector",
        ),
        (
            "an empty selector counts nothing that is there, and the pod itself",
            "a/1 x/2",
            "a a a",
            spread(EVEN, &[("zone", 1, "foo", json!({"labelSelector": {"matchExpressions": null}}))]),
            "a ok; x ok",
        ),
        (
            "pods must agree in a label with the new one to count",
            "a/1 x/2",
            "a:foo+old a:foo+old x:foo+new",
            {
                let pod = spread(EVEN, &[("zone", 1, "foo", json!({"matchLabelKeys": ["new"]}))]);
                labelled("new", pod)
            },
            "a ok; x uneven",
        ),
    ] {
        assert_eq!(judged(cluster(nodes, pods), "PodTopologySpread", pod), verdicts, "{row}");
    }
}

#[test]
fn constraints_score_the_nodes_by_how_few_pods_stand_in_their_domains() {
    const ANYWAY: &str = "ScheduleAnyway";
    let zones = "a/1 b/1 x/2 y/2";
    let none = || json!({});
    let by = |key, skew, labels| (key, skew, labels, json!({}));
    for (row, nodes, pods, pod, scores) in [
        ("nothing is there", "a b", "", spread(ANYWAY, &[by(HOST, 1, "foo")]), "a 100; b 100"),
        ("as many everywhere", "a b", "a b", spread(ANYWAY, &[by(HOST, 1, "foo")]), "a 100; b 100"),
        (
            "2/1/0/3 on four nodes",
            "a b c d",
            "a a b d d d",
            spread(ANYWAY, &[by(HOST, 1, "foo")]),
            "a 20; b 60; c 100; d 0",
        ),
        (
            "a skew of 2 makes less of the difference",
            "a b c d",
            "a a b d d d",
            spread(ANYWAY, &[by(HOST, 2, "foo")]),
            "a 33; b 66; c 100; d 16",
        ),
        (
            "a skew of 3 makes still less of it",
            "a b c d",
            "a a a a b b b c c d",
            spread(ANYWAY, &[by(HOST, 3, "foo")]),
            "a 44; b 66; c 77; d 100",
        ),
        (
            "a node that will not do is not compared: 4/2/1/~3~",
            "a b x -y",
            "a a a a b b x y y y",
            spread(ANYWAY, &[by(HOST, 1, "foo")]),
            "a 33; b 83; x 100; y node(s) were unschedulable",
        ),
        (
            "a node without the label gets nothing: 4/?2?/1/~3~",
            "a ?b x -y",
            "a a a a b b x y y y",
            spread(ANYWAY, &[by(HOST, 1, "foo")]),
            "a 16; b 0; x 100; y node(s) were unschedulable",
        ),
        (
            "pods on a node that will not do count for its zone: 6 in the first, 4 in the second",
            "a/1 b/1 x/2 -y/2",
            "a a a a b b x y y y",
            spread(ANYWAY, &[by("zone", 1, "foo")]),
            "a 75; b 75; x 100; y node(s) were unschedulable",
        ),
        (
            "two constraints weigh by the logarithm of their domains",
            "a/1 -b/1 x/2 -y/2",
            "a a b x x y y y y",
            spread(ANYWAY, &[by("zone", 1, "foo"), by(HOST, 1, "foo")]),
            "a 100; b node(s) were unschedulable; x 63; y node(s) were unschedulable",
        ),
        (
            "two constraints that count different pods",
            zones,
            "a b:foo+bar y y:bar",
            spread(ANYWAY, &[by("zone", 1, "foo"), by(HOST, 1, "bar")]),
            "a 60; b 20; x 100; y 60",
        ),
        (
            "some domains have no pods",
            zones,
            "b:bar x y:foo+bar",
            spread(ANYWAY, &[by("zone", 1, "foo"), by(HOST, 1, "bar")]),
            "a 100; b 60; x 40; y 0",
        ),
        (
            "three of four nodes would do",
            "a/1 b/1 x/2 -y/2",
            "a b:foo+bar y y:bar",
            spread(ANYWAY, &[by("zone", 1, "foo"), by(HOST, 1, "bar")]),
            "a 50; b 25; x 100; y node(s) were unschedulable",
        ),
        (
            "what is being deleted does not count",
            "a b",
            "a:~foo b",
            spread(ANYWAY, &[by(HOST, 1, "foo")]),
            "a 100; b 0",
        ),
        (
            "without a selector nothing counts",
            "a b",
            "a a b",
            spread(ANYWAY, &[(HOST, 1, "foo", json!({"labelSelector": null}))]),
            "a 100; b 100",
        ),
        ("a pod that belongs to nothing is not spread", "a b", "a a", labelled("foo", none()), "a ok; b ok"),
    ] {
        assert_eq!(judged(cluster(nodes, pods), "PodTopologySpread", pod), scores, "{row}");
    }
}

#[test]
fn pods_of_a_service_or_a_controller_are_spread_without_being_asked() {
    let mut with_service = cluster("a b c d", "a a a a b b b c c d");
    let service = json!({"metadata": {"name": "s", "namespace": "default"}, "spec": {"selector": {"foo": ""}, "ports": [{"port": 80}]}});
    with_service.create(Kind::Service, service);
    let scores = judged(with_service, "PodTopologySpread", labelled("foo", json!({})));
    assert_eq!(scores, "a 44; b 66; c 77; d 100", "nodes without a zone take part");

    let mut with_set = cluster("a b c d", "a a a a b b b c c d");
    let template = json!({"metadata": {"labels": {"foo": ""}}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}});
    let set = json!({"metadata": {"name": "rs", "namespace": "default", "uid": "1"}, "spec": {"selector": {"matchLabels": {"foo": ""}}, "template": template}});
    with_set.create(Kind::ReplicaSet, set);
    let owner =
        json!({"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "rs", "uid": "1", "controller": true});
    let pod = labelled("foo", json!({"metadata": {"ownerReferences": [owner]}}));
    assert_eq!(judged(with_set, "PodTopologySpread", pod), "a 44; b 66; c 77; d 100");
}

/// A pod `foo` with one rule: near or away, required or of some weight.
fn rule(near: &str, weight: Option<i32>, key: &str, labels: &str, more: Value) -> Value {
    let mut term = json!({"topologyKey": key, "labelSelector": selecting(labels)});
    merge(&mut term, more);
    let rules = match weight {
        None => json!({"requiredDuringSchedulingIgnoredDuringExecution": [term]}),
        Some(weight) => {
            json!({"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": weight, "podAffinityTerm": term}]})
        }
    };
    labelled("foo", json!({"spec": {"affinity": {near: rules}}}))
}

const NEAR: &str = "podAffinity";
const AWAY: &str = "podAntiAffinity";

fn told(verdicts: &str) -> String {
    verdicts
        .replace("node(s) didn't match pod affinity rules", "not near")
        .replace("node(s) didn't match pod anti-affinity rules", "not away")
        .replace("node(s) didn't satisfy existing pods anti-affinity rules", "kept away")
}

#[test]
fn pods_are_near_to_those_they_must_be_near_to_and_away_from_the_others() {
    let plain = || json!({});
    for (row, nodes, pods, old, pod, verdicts) in [
        (
            "near, in the same zone",
            "a/1 b/1 x/2",
            "a:db",
            plain(),
            rule(NEAR, None, "zone", "db", plain()),
            "a ok; b ok; x not near",
        ),
        (
            "near to a pod that is nowhere",
            "a/1 x/2",
            "a:web",
            plain(),
            rule(NEAR, None, "zone", "db", plain()),
            "a not near; x not near",
        ),
        (
            "the first that wants to be near to its own kind",
            "a/1 x/2 z",
            "",
            plain(),
            rule(NEAR, None, "zone", "foo", plain()),
            "a ok; x ok; z not near",
        ),
        (
            "and the second",
            "a/1 x/2",
            "x",
            plain(),
            rule(NEAR, None, "zone", "foo", plain()),
            "a not near; x ok",
        ),
        (
            "near to its own kind, of which one stands where no node has the label",
            "a/1 x/2 z",
            "z",
            plain(),
            rule(NEAR, None, "zone", "foo", plain()),
            "a ok; x ok; z not near",
        ),
        (
            "near to pods of another namespace only",
            "a/1 x/2",
            "a:db",
            plain(),
            rule(NEAR, None, "zone", "db", json!({"namespaces": ["kube-system"]})),
            "a not near; x not near",
        ),
        (
            "near to pods of namespaces by their labels",
            "a/1 x/2",
            "a:db",
            plain(),
            rule(
                NEAR,
                None,
                "zone",
                "db",
                json!({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "default"}}}),
            ),
            "a ok; x not near",
        ),
        (
            "near to pods of all namespaces",
            "a/1 x/2",
            "a:db",
            plain(),
            rule(NEAR, None, "zone", "db", json!({"namespaceSelector": {}})),
            "a ok; x not near",
        ),
        (
            "away, on another node",
            "a/1 b/1 x/2",
            "a:db",
            plain(),
            rule(AWAY, None, HOST, "db", plain()),
            "a not away; b ok; x ok",
        ),
        (
            "away, in another zone; a node of no zone is away from all",
            "a/1 b/1 x/2 z",
            "a:db z:db",
            plain(),
            rule(AWAY, None, "zone", "db", plain()),
            "a not away; b not away; x ok; z ok",
        ),
        (
            "a pod that is being deleted keeps others away still",
            "a x",
            "a:~db",
            plain(),
            rule(AWAY, None, HOST, "db", plain()),
            "a not away; x ok",
        ),
        (
            "an existing pod keeps it away",
            "a/1 b/1 x/2",
            "",
            rule(AWAY, None, "zone", "web", json!({})),
            labelled("web", plain()),
            "a kept away; b kept away; x ok",
        ),
        (
            "an existing pod keeps others away",
            "a/1 x/2",
            "",
            rule(AWAY, None, "zone", "web", json!({})),
            labelled("db", plain()),
            "a ok; x ok",
        ),
        (
            "an existing pod that keeps away pods of another namespace",
            "a/1 x/2",
            "",
            rule(AWAY, None, "zone", "web", json!({"namespaces": ["kube-system"]})),
            labelled("web", plain()),
            "a ok; x ok",
        ),
    ] {
        let mut cluster = cluster(nodes, pods);
        if old != json!({}) {
            let mut old = old;
            merge(&mut old, json!({"spec": {"nodeName": "a"}}));
            cluster.pod("guard", old);
        }
        assert_eq!(told(&judged(cluster, "none", pod)), verdicts, "{row}");
    }
}

#[test]
fn all_that_a_pod_must_be_near_to_must_be_in_one_pod() {
    let mut pod = rule(NEAR, None, "zone", "db", json!({}));
    let second = json!({"topologyKey": HOST, "labelSelector": selecting("ssd")});
    let terms = &mut pod["spec"]["affinity"][NEAR]["requiredDuringSchedulingIgnoredDuringExecution"];
    terms.as_array_mut().unwrap().push(second);
    for (row, pods, verdicts) in [
        ("one pod is both", "a:db+ssd", "a ok; b not near"),
        ("two pods are one each", "a:db a:ssd", "a not near; b not near"),
    ] {
        assert_eq!(told(&judged(cluster("a/1 b/1", pods), "none", pod.clone())), verdicts, "{row}");
    }
}

#[test]
fn wishes_about_other_pods_score_the_nodes() {
    let plain = || json!({});
    for (row, nodes, pods, old, pod, scores) in [
        (
            "near to those it wishes to be near to",
            "a/1 b/2 c",
            "a:s1 b:s2 c:s1",
            plain(),
            rule(NEAR, Some(5), "zone", "s1", plain()),
            "a 100; b 0; c 0",
        ),
        (
            "where more of them are",
            "a/1 b/2 c/1 d/1 e/2",
            "a:s2 a:s2 b:s2 c:s2 d:s2 e:s2",
            plain(),
            rule(NEAR, Some(5), "zone", "s2", plain()),
            "a 100; b 0; c 100; d 100; e 0",
        ),
        (
            "away from those it wishes to be away from",
            "a/1 b/2",
            "a:s1 a:s1 b:s2",
            plain(),
            rule(AWAY, Some(5), "zone", "s1", plain()),
            "a 0; b 100",
        ),
        (
            "three, two and none of them: 66 is cut off, not rounded",
            "a/1 b/2 c/3",
            "a:s1 a:s1 a:s1 b:s1 b:s1",
            plain(),
            rule(NEAR, Some(5), "zone", "s1", plain()),
            "a 100; b 66; c 0",
        ),
        (
            "an existing pod wishes it near",
            "a/1 b/2",
            "",
            rule(NEAR, Some(5), "zone", "web", json!({})),
            labelled("web", plain()),
            "a 100; b 0",
        ),
        (
            "an existing pod must be near to it",
            "a/1 b/2",
            "",
            rule(NEAR, None, "zone", "web", json!({})),
            labelled("web", plain()),
            "a 100; b 0",
        ),
        (
            "an existing pod wishes it away",
            "a/1 b/2",
            "",
            rule(AWAY, Some(5), "zone", "web", json!({})),
            labelled("web", plain()),
            "a 0; b 100",
        ),
        (
            "nobody wishes anything of it",
            "a/1 b/2",
            "",
            rule(NEAR, Some(5), "zone", "web", json!({})),
            labelled("db", plain()),
            "a ok; b ok",
        ),
    ] {
        let mut cluster = cluster(nodes, pods);
        if old != json!({}) {
            let mut old = old;
            merge(&mut old, json!({"spec": {"nodeName": "a"}}));
            cluster.pod("wishing", old);
        }
        assert_eq!(judged(cluster, "InterPodAffinity", pod), scores, "{row}");
    }
}

/// What is carried from cycle to cycle says what counting from nothing says.
#[test]
fn pods_placed_one_after_the_other_are_placed_as_by_one_who_counts_anew() {
    let pods: [fn() -> Value; 3] = [
        || spread(EVEN, &[("zone", 1, "foo", json!({})), (HOST, 2, "foo", json!({}))]),
        || rule(AWAY, None, HOST, "foo", json!({})),
        || spread("ScheduleAnyway", &[("zone", 1, "foo", json!({}))]),
    ];
    for (i, pod) in pods.iter().enumerate() {
        let start = cluster("a/1 b/1 c/1 x/2 y/2 z", "a:bar");
        let place = |forget: bool| {
            let mut cluster = start.clone();
            for n in 0..8 {
                cluster.pod(&format!("pod-{n}"), pod());
                cluster.run(Duration::from_secs(1));
                if n == 4 {
                    cluster.delete(Kind::Pod, "default", "pod-1");
                }
                // A clone remembers nothing of what was counted.
                cluster = if forget { cluster.clone() } else { cluster };
            }
            (0..8).filter(|n| *n != 1).map(|n| cluster.verdict(&format!("pod-{n}"))).collect::<Vec<_>>()
        };
        assert_eq!(place(false), place(true), "kind {i}");
    }
}

#[test]
fn pods_that_rules_hold_back_are_tried_again_when_the_others_come_go_or_change() {
    type Change = fn(&mut Cluster);
    let away = || rule(AWAY, None, HOST, "db", json!({}));
    let even = || spread(EVEN, &[("zone", 1, "foo", json!({"minDomains": 2}))]);
    let near = || rule(NEAR, None, HOST, "web", json!({}));
    let rows: [(&str, &str, Value, Change, bool); 10] = [
        (
            "one to be near to gets a node",
            "a:db",
            near(),
            |c| c.pod("x", labelled("web", json!({"spec": {"nodeName": "a"}}))),
            true,
        ),
        (
            "another gets a node",
            "a:db",
            near(),
            |c| c.pod("x", labelled("cache", json!({"spec": {"nodeName": "a"}}))),
            false,
        ),
        (
            "one is labelled so",
            "a:db",
            near(),
            |c| c.patch(Kind::Pod, "default", "old-0", json!({"metadata": {"labels": {"web": ""}}})),
            true,
        ),
        ("one to be away from goes", "a:db b:db", away(), |c| c.delete(Kind::Pod, "default", "old-0"), true),
        (
            "one that is in nobody's way goes",
            "a:db b:db b:cache",
            away(),
            |c| c.delete(Kind::Pod, "default", "old-2"),
            false,
        ),
        ("a node comes", "a:db b:db", away(), |c| c.node("c", json!({})), true),
        ("one that is counted goes", "a", even(), |c| c.delete(Kind::Pod, "default", "old-0"), true),
        (
            "one that is not counted goes",
            "a a:bar",
            even(),
            |c| c.delete(Kind::Pod, "default", "old-1"),
            false,
        ),
        ("a node without the label comes", "a", even(), |c| c.node("c", json!({})), false),
        ("a node with the label goes", "a", even(), |c| c.delete(Kind::Node, "", "b"), true),
    ];
    for (row, pods, pod, change, tried) in rows {
        let mut cluster = cluster("a/1 b/1", pods);
        cluster.pod("new", pod);
        cluster.run(Duration::from_secs(30));
        let attempts = |c: &Cluster| {
            let uid = &c.api.get::<Pod>("default", "new").unwrap().metadata.uid;
            c.scheduler.last_decision(uid).map_or(0, |decision| decision.attempt)
        };
        let before = attempts(&cluster);
        assert_eq!(before, 1, "{row}: it has to wait at first");
        change(&mut cluster);
        cluster.run(Duration::from_secs(30));
        assert_eq!(attempts(&cluster) > before, tried, "{row}");
    }
}
