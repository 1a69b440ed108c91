//! Which node a pod gets, or the sentence that says why it gets none.

use crate::cluster::{Cluster, merge};
use orrery_apimachinery::Value;
use orrery_sim::Duration;
use serde_json::{Value as Json, json};

fn asking(requests: Json) -> Json {
    json!({"spec": {"containers": [{"name": "c", "image": "nginx", "resources": {"requests": requests}}]}})
}

/// Three nodes, the third tainted, changed by `nodes`; what becomes of a pod, made of `pod`.
fn verdict(nodes: [Value; 3], pod: Value) -> String {
    let mut cluster = Cluster::new();
    for (i, patch) in nodes.into_iter().enumerate() {
        cluster.node(&format!("node-{}", i + 1), patch);
    }
    cluster.pod("pod", pod);
    cluster.run(Duration::from_millis(100));
    cluster.verdict("pod")
}

const HELPLESS: &str = "Preemption is not helpful for scheduling";
const NO_VICTIMS: &str = "No preemption victims found for incoming pod";

#[test]
fn a_pod_that_fits_nowhere_says_why() {
    let plain = || [json!({}), json!({}), json!({})];
    let tainted = || {
        [
            json!({}),
            json!({}),
            json!({"spec": {"taints": [{"key": "gpu", "value": "true", "effect": "NoSchedule"}]}}),
        ]
    };
    let required = |key: &str, values: Json| {
        json!({"spec": {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {
            "nodeSelectorTerms": [{key: [{"key": "metadata.name", "operator": "In", "values": values}]}]}}}}})
    };
    for (row, nodes, pod, found, preemption) in [
        (
            "a taint and too little CPU, sorted with the count in front",
            tainted(),
            asking(json!({"cpu": "64"})),
            "1 node(s) had untolerated taint {gpu: true}, 2 Insufficient cpu",
            format!("1 {HELPLESS}, 2 {NO_VICTIMS}"),
        ),
        (
            "taints that would evict it",
            [(); 3].map(
                |()| json!({"spec": {"taints": [{"key": "gpu", "value": "true", "effect": "NoExecute"}]}}),
            ),
            json!({}),
            "3 node(s) had untolerated taint {gpu: true}",
            format!("3 {HELPLESS}"),
        ),
        (
            "every resource that is short is named",
            plain(),
            json!({"spec": {"containers": [{"name": "c", "image": "nginx", "resources": {
                "limits": {"cpu": "64", "memory": "999Gi", "nvidia.com/gpu": "1"}}}]}}),
            "3 Insufficient cpu, 3 Insufficient memory, 3 Insufficient nvidia.com/gpu",
            format!("3 {NO_VICTIMS}"),
        ),
        (
            "too many resources fails due to highest init container cpu",
            plain(),
            json!({"spec": {"initContainers": [
                {"name": "i", "image": "nginx", "resources": {"requests": {"cpu": "5"}}},
                {"name": "j", "image": "nginx", "resources": {"requests": {"cpu": "1"}}}]}}),
            "3 Insufficient cpu",
            format!("3 {NO_VICTIMS}"),
        ),
        (
            "a selector that no node answers",
            plain(),
            json!({"spec": {"nodeSelector": {"disk": "nvme"}}}),
            "3 node(s) didn't match Pod's node affinity/selector",
            format!("3 {HELPLESS}"),
        ),
        (
            "cordons are looked at before anything else",
            [json!({"spec": {"unschedulable": true}}), json!({}), json!({"spec": {"unschedulable": true}})],
            asking(json!({"memory": "999Gi"})),
            "1 Insufficient memory, 2 node(s) were unschedulable",
            format!("1 {NO_VICTIMS}, 2 {HELPLESS}"),
        ),
        (
            "a node named by a field leaves the others out",
            plain(),
            required("matchFields", json!(["node-9"])),
            "3 node(s) didn't satisfy plugin(s) [NodeAffinity]",
            format!("3 {HELPLESS}"),
        ),
        (
            "a node that is named and full, and two that are not named",
            plain(),
            {
                let mut pod = required("matchFields", json!(["node-2"]));
                merge(&mut pod, asking(json!({"cpu": "5"})));
                pod
            },
            "1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]",
            format!("1 {NO_VICTIMS}, 2 {HELPLESS}"),
        ),
        (
            "a claim that is not there",
            plain(),
            json!({"spec": {"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "ghost"}}]}}),
            "persistentvolumeclaim \"ghost\" not found",
            format!("3 {HELPLESS}"),
        ),
    ] {
        let sentence =
            format!("0/3 nodes are available: {found}. preemption: 0/3 nodes are available: {preemption}.");
        assert_eq!(verdict(nodes, pod), sentence, "{row}");
    }
}

#[test]
fn a_pod_goes_to_the_best_of_the_nodes_that_would_do() {
    let wish = json!({"weight": 1, "preference": {"matchExpressions": [{"key": "disk", "operator": "In", "values": ["ssd"]}]}});
    for (row, nodes, pod, node) in [
        (
            "the emptiest node",
            [json!({}), json!({"status": {"allocatable": {"cpu": "64", "memory": "256Gi"}}}), json!({})],
            json!({}),
            "node-2",
        ),
        (
            "the one that has just enough",
            ["2999m", "3", "2"].map(|cpu| json!({"status": {"allocatable": {"cpu": cpu}}})),
            asking(json!({"cpu": "3"})),
            "node-2",
        ),
        (
            "a node that would rather not have it only if it must",
            [
                json!({"spec": {"taints": [{"key": "slow", "effect": "PreferNoSchedule"}]}}),
                json!({}),
                json!({"spec": {"taints": [{"key": "slow", "effect": "PreferNoSchedule"}]}}),
            ],
            json!({}),
            "node-2",
        ),
        (
            "the node that fulfils a wish",
            [json!({}), json!({}), json!({"metadata": {"labels": {"disk": "ssd"}}})],
            json!({"spec": {"affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [wish]}}}}),
            "node-3",
        ),
        (
            "the node that has the image already",
            [
                json!({"status": {"images": [{"names": ["nginx:latest"], "sizeBytes": 900_000_000}]}}),
                json!({}),
                json!({}),
            ],
            json!({}),
            "node-1",
        ),
        (
            "a taint that it tolerates does not keep it away",
            [
                json!({"spec": {"unschedulable": true}}),
                json!({"spec": {"taints": [{"key": "gpu", "value": "true", "effect": "NoSchedule"}]}}),
                json!({"status": {"allocatable": {"pods": "0"}}}),
            ],
            json!({"spec": {"tolerations": [{"key": "gpu", "operator": "Exists"}]}}),
            "node-2",
        ),
    ] {
        assert_eq!(verdict(nodes, pod), node, "{row}");
    }
}
