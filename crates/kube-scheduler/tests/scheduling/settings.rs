//! What a scheduler does that is told something.

use crate::cluster::{Cluster, merge};
use orrery_api::{Event, Pod};
use orrery_scheduler::framework::Settings;
use orrery_sim::Duration;
use serde_json::{Value, json};

fn settings(patch: Value) -> Result<Settings, String> {
    let mut told =
        json!({"apiVersion": "kubescheduler.config.k8s.io/v1", "kind": "KubeSchedulerConfiguration"});
    merge(&mut told, patch);
    Settings::read(&told)
}

fn profile(patch: Value) -> Value {
    json!({"profiles": [patch]})
}

fn args(plugin: &str, args: Value) -> Value {
    profile(json!({"pluginConfig": [{"name": plugin, "args": args}]}))
}

fn fit(strategy: Value) -> Value {
    args("NodeResourcesFit", json!({"scoringStrategy": strategy}))
}

/// A cluster whose first node is half full, whose second is cordoned and whose third is labelled; the node
/// of a pod there.
fn node_of_a_pod(told: Value, pod: Value) -> String {
    let mut cluster = Cluster::with(&settings(told).unwrap());
    let sizes = json!({"cpu": "4", "memory": "16Gi", "pods": "110"});
    for (name, patch) in [
        ("node-1", json!({"status": {"allocatable": sizes}})),
        ("node-2", json!({"spec": {"unschedulable": true}})),
        ("node-3", json!({"metadata": {"labels": {"disk": "ssd"}}, "status": {"allocatable": sizes}})),
    ] {
        cluster.node(name, patch);
    }
    let requests = json!({"cpu": "2", "memory": "8Gi"});
    cluster.pod(
        "first",
        json!({"spec": {"nodeSelector": {"kubernetes.io/hostname": "node-1"}, "schedulerName": pod["spec"]["schedulerName"],
            "containers": [{"name": "c", "image": "nginx", "resources": {"requests": requests}}]}}),
    );
    cluster.run(Duration::from_secs(1));
    cluster.pod("pod", pod);
    cluster.run(Duration::from_secs(1));
    cluster.verdict("pod")
}

#[test]
fn what_a_scheduler_is_told_decides_where_pods_go() {
    for (row, told, pod, node) in [
        ("told nothing, to the emptier node", json!({}), json!({}), "node-3"),
        ("the fuller node is better", fit(json!({"type": "MostAllocated"})), json!({}), "node-1"),
        (
            "a shape that likes half full nodes",
            fit(json!({"type": "RequestedToCapacityRatio", "requestedToCapacityRatio": {"shape": [
                {"utilization": 0, "score": 0}, {"utilization": 50, "score": 10}, {"utilization": 100, "score": 0}]}})),
            json!({}),
            "node-1",
        ),
        (
            "a plug-in that is not asked refuses nothing",
            profile(json!({"plugins": {"multiPoint": {"disabled": [{"name": "NodeUnschedulable"}]}}})),
            json!({"spec": {"nodeSelector": {"kubernetes.io/hostname": "node-2"}}}),
            "node-2",
        ),
        (
            "what only filters are not asked goes on scoring",
            profile(json!({"plugins": {"filter": {"disabled": [{"name": "*"}]},
                "score": {"disabled": [{"name": "*"}], "enabled": [{"name": "NodeAffinity", "weight": 7}]}}})),
            json!({"spec": {"affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [
                {"weight": 1, "preference": {"matchExpressions": [
                    {"key": "kubernetes.io/hostname", "operator": "In", "values": ["node-2"]}]}}]}}}}),
            "node-2",
        ),
        (
            "the affinity that every pod has",
            args(
                "NodeAffinity",
                json!({"addedAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [{"matchExpressions": [{"key": "disk", "operator": "DoesNotExist"}]}]}}}),
            ),
            json!({}),
            "node-1",
        ),
        (
            "a pod asks for one of several schedulers",
            json!({"profiles": [{"schedulerName": "spread"}, {"schedulerName": "pack",
                "pluginConfig": [{"name": "NodeResourcesFit", "args": {"scoringStrategy": {"type": "MostAllocated"}}}]}]}),
            json!({"spec": {"schedulerName": "pack"}}),
            "node-1",
        ),
        (
            "nobody hears of a pod that asks for another",
            json!({"profiles": [{"schedulerName": "spread"}, {"schedulerName": "pack"}]}),
            json!({}),
            "untried",
        ),
    ] {
        assert_eq!(node_of_a_pod(told, pod), node, "{row}");
    }
}

#[test]
fn a_scheduler_that_cannot_be_made_says_so() {
    let plugins = |plugins: Value| profile(json!({"plugins": plugins}));
    let cannot = "initializing profiles: creating profile for scheduler name default-scheduler: ";
    for (row, told, error) in [
        (
            "an unknown plug-in",
            plugins(json!({"score": {"enabled": [{"name": "Tetris"}]}})),
            "ScorePlugin \"Tetris\" does not exist",
        ),
        (
            "an unknown plug-in everywhere",
            plugins(json!({"multiPoint": {"enabled": [{"name": "Tetris"}]}})),
            "PreFilterPlugin \"Tetris\" does not exist",
        ),
        (
            "a plug-in where it can do nothing",
            plugins(json!({"score": {"enabled": [{"name": "NodeName"}]}})),
            "plugin \"NodeName\" does not extend ScorePlugin plugin",
        ),
        (
            "a plug-in twice",
            plugins(json!({"filter": {"enabled": [{"name": "NodeName"}, {"name": "NodeName"}]}})),
            "plugin \"NodeName\" already registered as \"FilterPlugin\"",
        ),
        (
            "nobody who orders the queue",
            plugins(json!({"queueSort": {"disabled": [{"name": "*"}]}})),
            "only one queue sort plugin required for profile with scheduler name \"default-scheduler\", but got 0",
        ),
        (
            "nobody who binds",
            plugins(json!({"multiPoint": {"disabled": [{"name": "DefaultBinder"}]}})),
            "at least one bind plugin is needed for profile with scheduler name \"default-scheduler\"",
        ),
    ] {
        assert_eq!(settings(told).map(drop), Err(format!("{cannot}{error}")), "{row}");
    }
}

#[test]
fn scores_weigh_what_they_are_said_to_and_events_name_the_profile() {
    let told = profile(json!({"schedulerName": "mine", "plugins": {
        "multiPoint": {"enabled": [{"name": "TaintToleration", "weight": 5}]},
        "score": {"enabled": [{"name": "NodeResourcesFit", "weight": 9}]}}}));
    let mut cluster = Cluster::with(&settings(told).unwrap());
    cluster.node("node-1", json!({}));
    cluster.node("node-2", json!({}));
    cluster.pod("pod", json!({"spec": {"schedulerName": "mine"}}));
    cluster.run(Duration::from_secs(1));
    let uid = cluster.api.get::<Pod>("default", "pod").unwrap().metadata.uid.clone();
    let decision = cluster.scheduler.last_decision(&uid).unwrap();
    let weight = |plugin: &str| decision.scored_by.iter().find(|by| by.plugin == plugin).map(|by| by.weight);
    assert_eq!((weight("TaintToleration"), weight("NodeResourcesFit")), (Some(5), Some(9)));
    let event = cluster.api.list::<Event>().find(|e| e.reason.as_deref() == Some("Scheduled")).unwrap();
    assert_eq!((&*event.reporting_component, &*event.reporting_instance), ("mine", "mine-control-plane"));
}

#[test]
fn no_more_nodes_are_looked_at_than_the_share_that_is_asked_for() {
    for (row, told, evaluated) in [
        ("by their number", json!({}), 120),
        ("a share for all", json!({"percentageOfNodesToScore": 80}), 200),
        (
            "a share for one profile",
            json!({"percentageOfNodesToScore": 80, "profiles": [{"percentageOfNodesToScore": 60}]}),
            150,
        ),
        (
            "one will do if nobody scores",
            profile(json!({"plugins": {"score": {"disabled": [{"name": "*"}]}}})),
            1,
        ),
    ] {
        let mut cluster = Cluster::with(&settings(told).unwrap());
        for i in 0..250 {
            cluster.node(&format!("node-{i}"), json!({}));
        }
        cluster.pod("pod", json!({}));
        cluster.run(Duration::from_secs(1));
        let uid = cluster.api.get::<Pod>("default", "pod").unwrap().metadata.uid.clone();
        assert_eq!(cluster.scheduler.last_decision(&uid).unwrap().evaluated, evaluated, "{row}");
    }
}
