//! What makes a pod that waits be tried again, and when; what is told about it.

use crate::cluster::Cluster;
use orrery_api::{Event, Kind, Node, Pod};
use orrery_apimachinery::Quantity;
use orrery_scheduler::NodeVerdict;
use orrery_sim::Duration;
use serde_json::{Value, json};

fn half() -> Value {
    json!({"spec": {"containers": [{"name": "c", "image": "nginx", "resources": {"requests": {"cpu": "3"}}}]}})
}

/// Gives the node more of a resource.
fn grow(cluster: &mut Cluster, resource: &str, amount: &str) {
    let request = cluster.request();
    let grow = |node: &mut Node| {
        let amount = Quantity::parse(amount).unwrap();
        node.status.allocatable.insert(resource.into(), amount);
    };
    cluster.api.modify_status::<Node>(&request, "", "node-1", grow).unwrap();
}

fn claim(cluster: &mut Cluster, name: &str) {
    cluster.create(
        Kind::PersistentVolumeClaim,
        json!({"metadata": {"name": name, "namespace": "default"},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}),
    );
}

#[test]
fn a_pod_is_tried_again_when_what_it_waits_for_may_have_come() {
    type Change = fn(&mut Cluster);
    let rows: [(&str, Value, Change, bool); 11] = [
        ("room is made on the node", half(), |c| c.delete(Kind::Pod, "default", "first"), true),
        ("a node comes", half(), |c| c.node("node-2", json!({})), true),
        (
            "the node is labelled as the pod wants it",
            json!({"spec": {"nodeSelector": {"disk": "ssd"}}}),
            |c| c.patch(Kind::Node, "", "node-1", json!({"metadata": {"labels": {"disk": "ssd"}}})),
            true,
        ),
        (
            "the node is labelled otherwise",
            json!({"spec": {"nodeSelector": {"disk": "ssd"}}}),
            |c| c.patch(Kind::Node, "", "node-1", json!({"metadata": {"labels": {"disk": "hdd"}}})),
            false,
        ),
        (
            "a port becomes free",
            json!({"spec": {"containers": [{"name": "c", "image": "nginx", "ports": [{"containerPort": 80, "hostPort": 80}]}]}}),
            |c| c.delete(Kind::Pod, "default", "first"),
            true,
        ),
        ("the node gets what the pod asks for", half(), |c| grow(c, "cpu", "8"), true),
        ("the node gets more of something else", half(), |c| grow(c, "memory", "64Gi"), false),
        (
            "the claim comes that it names",
            json!({"spec": {"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]}}),
            |c| claim(c, "data"),
            true,
        ),
        (
            "another claim comes",
            json!({"spec": {"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]}}),
            |c| claim(c, "other"),
            false,
        ),
        (
            "the last gate goes",
            json!({"spec": {"schedulingGates": [{"name": "example.com/wait"}]}}),
            |c| c.patch(Kind::Pod, "default", "second", json!({"spec": {"schedulingGates": null}})),
            true,
        ),
        (
            "nothing but a label of the pod changes",
            half(),
            |c| c.patch(Kind::Pod, "default", "second", json!({"metadata": {"labels": {"a": "b"}}})),
            false,
        ),
    ];
    for (row, pod, change, tried) in rows {
        let mut cluster = Cluster::new();
        cluster.node("node-1", json!({}));
        let mut first = half();
        first["spec"]["containers"][0]["ports"] = json!([{"containerPort": 80, "hostPort": 80}]);
        cluster.pod("first", first);
        cluster.pod("second", pod);
        cluster.run(Duration::from_secs(30));
        assert_ne!(cluster.verdict("second"), "node-1", "{row}: it has to wait at first");
        let attempts = |c: &Cluster| {
            let uid = &c.api.get::<Pod>("default", "second").unwrap().metadata.uid;
            c.scheduler.last_decision(uid).map_or(0, |decision| decision.attempt)
        };
        let before = attempts(&cluster);
        change(&mut cluster);
        cluster.run(Duration::from_secs(30));
        assert_eq!(attempts(&cluster) > before, tried, "{row}");
    }
}

#[test]
fn the_picture_that_is_kept_up_to_date_is_the_one_that_a_list_would_give() {
    let mut cluster = Cluster::new();
    for i in 0..5 {
        cluster.node(&format!("node-{i}"), json!({}));
    }
    for i in 0..40 {
        cluster.pod(
            &format!("pod-{i}"),
            json!({"spec": {"containers": [
            {"name": "c", "image": "nginx", "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}}}]}}),
        );
    }
    cluster.run(Duration::from_secs(1));
    for i in (0..40).step_by(3) {
        cluster.delete(Kind::Pod, "default", &format!("pod-{i}"));
    }
    cluster.delete(Kind::Node, "", "node-3");
    cluster.run(Duration::from_secs(60));
    let cache = cluster.scheduler.cache();
    assert_eq!(cache.len(), 4);
    for &slot in cache.order() {
        let info = cache.info(slot);
        let pods = cluster.api.pods_on(&info.name).count();
        assert_eq!(info.pods.len(), pods, "{}", info.name);
        assert_eq!(info.requested.milli_cpu, 100 * i64::try_from(pods).unwrap(), "{}", info.name);
    }
}

#[test]
fn a_decision_tells_the_reasons_the_scores_and_the_winner() {
    let mut cluster = Cluster::new();
    cluster.node("node-1", json!({}));
    cluster.node("node-2", json!({"spec": {"unschedulable": true}}));
    cluster.node("node-3", json!({"status": {"allocatable": {"cpu": "8"}}}));
    cluster.pod("pod", half());
    cluster.run(Duration::from_secs(1));
    let uid = cluster.api.get::<Pod>("default", "pod").unwrap().metadata.uid.clone();
    let decision = cluster.scheduler.last_decision(&uid).unwrap();
    let told: Vec<String> = decision
        .verdicts
        .iter()
        .map(|verdict| match verdict {
            NodeVerdict::Rejected { plugin, reasons, .. } => {
                format!("{} {plugin}: {}", decision.node(verdict), reasons.join(", "))
            }
            NodeVerdict::Feasible { total, .. } => {
                let scores = decision.scores(verdict).iter().zip(&decision.scored_by);
                let scores: Vec<String> = scores
                    .map(|(s, by)| format!("{} {}>{}x{}", by.plugin, s.raw, s.normalised, by.weight))
                    .collect();
                format!("{} {total} = {}", decision.node(verdict), scores.join(", "))
            }
        })
        .collect();
    assert_eq!(
        told,
        [
            "node-1 423 = TaintToleration 0>100x3, NodeResourcesFit 61>61x1, NodeResourcesBalancedAllocation 62>62x1",
            "node-2 NodeUnschedulable: node(s) were unschedulable",
            "node-3 461 = TaintToleration 0>100x3, NodeResourcesFit 80>80x1, NodeResourcesBalancedAllocation 81>81x1",
        ]
    );
    assert_eq!(decision.winner.as_deref(), Some("node-3"));
}

#[test]
fn events_tell_what_became_of_a_pod() {
    let mut cluster = Cluster::new();
    cluster.node("node-1", json!({"spec": {"unschedulable": true}}));
    cluster.pod("pod", json!({}));
    cluster.run(Duration::from_secs(5));
    cluster.patch(Kind::Node, "", "node-1", json!({"spec": {"unschedulable": null}}));
    cluster.run(Duration::from_secs(5));
    let events: Vec<String> = cluster
        .api
        .list::<Event>()
        .map(|e| {
            format!(
                "{} {} {}",
                e.type_.as_deref().unwrap(),
                e.reason.as_deref().unwrap(),
                e.message.as_deref().unwrap()
            )
        })
        .collect();
    assert_eq!(
        events,
        [
            "Warning FailedScheduling 0/1 nodes are available: 1 node(s) were unschedulable. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
            "Normal Scheduled Successfully assigned default/pod to node-1",
        ]
    );
}

#[test]
fn a_checkpoint_goes_on_as_the_original_does() {
    let mut cluster = Cluster::new();
    for i in 0..4 {
        cluster.node(&format!("node-{i}"), json!({}));
    }
    cluster.run(Duration::from_secs(1));
    let finish = |mut cluster: Cluster| {
        for i in 0..30 {
            cluster.pod(&format!("pod-{i}"), half());
        }
        cluster.run(Duration::from_secs(60));
        assert_eq!(cluster.scheduler.waiting().unschedulable, 26, "four pods of three CPUs fit");
        cluster.api.trace_hash()
    };
    assert_eq!(finish(cluster.clone()), finish(cluster));
}
