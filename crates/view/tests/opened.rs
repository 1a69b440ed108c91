//! What pods and nodes show when they are opened, and what runs out for them.

mod common;

use orrery_apiserver::Session;
use orrery_cluster::Cluster;
use orrery_sim::SimTime;
use orrery_view::behaviour::{Does, behaviour};
use orrery_view::countdown::Wait;
use orrery_view::inspect::inspect;
use orrery_view::opened::container::Role;
use orrery_view::opened::node::opened_node;
use orrery_view::opened::pod::opened_pod;
use orrery_view::scene::{NodeState, ObjectRef, PodState, View, scene};

const SHOP: &str = r#"{"initContainers": [{"name": "migrate", "image": "busybox:1.36", "command": ["sh", "-c", "exit 0"]},
  {"name": "shipper", "image": "busybox:1.36", "command": ["sleep", "inf"], "restartPolicy": "Always", "volumeMounts": [{"name": "logs", "mountPath": "/logs", "readOnly": true}]}],
  "containers": [{"name": "shop", "image": "nginx:1.27", "ports": [{"containerPort": 80}], "volumeMounts": [{"name": "logs", "mountPath": "/var/log"}],
    "livenessProbe": {"httpGet": {"path": "/", "port": 80}, "periodSeconds": 5}}],
  "volumes": [{"name": "logs", "emptyDir": {}}, {"name": "settings", "configMap": {"name": "nowhere", "optional": true}}, {"name": "data", "persistentVolumeClaim": {"claimName": "none"}}]}"#;

/// A cluster of two nodes with one pod of this spec, `seconds` later.
fn cluster(spec: &str, seconds: u64) -> Cluster {
    let pod =
        format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: one, namespace: default}}\nspec: {spec}\n");
    common::cluster(2, &pod, seconds)
}

fn one() -> ObjectRef {
    ObjectRef::new("Pod", "default", "one")
}

#[test]
fn a_pod_shows_its_containers_by_their_part_and_its_volumes_by_who_sees_them() {
    let spec = SHOP.replace(r#", {"name": "data", "persistentVolumeClaim": {"claimName": "none"}}"#, "");
    let cluster = cluster(&spec, 60);
    let pod = opened_pod(&cluster, &one()).expect("it is there");
    let parts: Vec<_> = pod.containers.iter().map(|c| (&*c.name, c.role, c.state)).collect();
    let ready = PodState::Ready;
    let want = [
        ("migrate", Role::Init, PodState::Completed),
        ("shipper", Role::Sidecar, ready),
        ("shop", Role::Main, ready),
    ];
    assert_eq!(parts, want);
    let shop = &pod.containers[2];
    assert_eq!((&*shop.registry, &*shop.ports[0]), ("docker.io", "80/TCP"));
    let probe = &shop.probes[0];
    assert_eq!((probe.question, &*probe.asks, probe.passes), ("liveness", "GET :80/", Some(true)));
    assert!(probe.next.is_some_and(|left| left <= 5_000), "{probe:?}");
    let seen: Vec<_> = pod.volumes[..2].iter().map(|v| (&*v.kind, v.mounted_by.len(), v.missing)).collect();
    assert_eq!(seen, [("emptyDir", 2, false), ("configMap", 0, false)], "what may be missing is not missed");
}

#[test]
fn a_claim_that_nobody_made_is_missing() {
    let cluster = cluster(SHOP, 5);
    let pod = opened_pod(&cluster, &one()).expect("it is there");
    let data = pod.volumes.iter().find(|v| &*v.name == "data").expect("it is listed");
    assert!(data.missing, "{data:?}");
}

#[test]
fn a_back_off_is_counted_down() {
    let cluster = cluster("{containers: [{name: c, image: 'busybox:1.36', command: [sh, -c, exit 1]}]}", 120);
    let pod = opened_pod(&cluster, &one()).expect("it is there");
    let count = pod.containers[0].countdown.expect("it waits");
    assert_eq!(count.what, Wait::BackOff);
    assert!(count.remaining <= count.of && [10, 20, 40, 80].contains(&count.of), "{count:?}");
    assert_eq!(pod.mark.countdown.map(|c| c.what), Some(Wait::BackOff));
}

#[test]
fn a_node_that_is_cut_off_is_counted_down_then_broken_and_its_pods_are_counted_down() {
    let mut cluster = cluster("{containers: [{name: c, image: 'nginx:1.27'}]}", 60);
    let node = opened_pod(&cluster, &one()).and_then(|pod| pod.node).expect("it has a node");
    assert!(cluster.cut_node(&node.name));
    cluster.run(SimTime::from_secs(75), &mut || true);
    let seen = opened_node(&cluster, &node).expect("it is there");
    assert!(seen.cut && seen.kubelet_runs && seen.card.state == NodeState::Ready);
    assert_eq!(seen.countdown.map(|c| (c.what, c.of)), Some((Wait::Silence, 40)));
    cluster.run(SimTime::from_secs(130), &mut || true);
    let picture = scene(&cluster, None, None, View::Nodes);
    let card = picture.nodes.iter().find(|card| card.id == node).expect("it has a card");
    assert_eq!((card.state, card.countdown), (NodeState::Unknown, None));
    let count = card.pods.iter().find(|pod| pod.id == one()).and_then(|pod| pod.countdown);
    assert_eq!(count.map(|c| (c.what, c.of)), Some((Wait::Eviction, 300)));
}

#[test]
fn what_can_be_done_follows_what_was_done() {
    let mut cluster = cluster(SHOP, 60);
    let node = ObjectRef::new("Node", "", "node-1");
    let can = |cluster: &Cluster, does| behaviour(cluster, &node).iter().any(|can| can.does == does);
    assert!(can(&cluster, Does::Cut) && can(&cluster, Does::PowerOff) && !can(&cluster, Does::Start));
    cluster.stop_node("node-1");
    assert!(can(&cluster, Does::Start) && !can(&cluster, Does::PowerOff));
    let of_pod = behaviour(&cluster, &one());
    let fail = of_pod.iter().find(|can| can.does == Does::FailProbe("liveness")).expect("it has that probe");
    let words = ["annotate", "pod", "one", "orrery.dev/probe.shop.liveness=fail"].map(str::to_owned);
    assert_eq!(fail.line, Some(words.into()));
}

#[test]
fn what_the_scheduler_said_before_is_over_once_the_pod_runs() {
    let spec = "{nodeSelector: {disk: ssd}, containers: [{name: c, image: 'nginx:1.27'}]}";
    let mut cluster = cluster(spec, 10);
    assert!(inspect(&cluster, &one()).is_some_and(|it| it.says.is_some()), "it is told why it waits");
    {
        let (api, request) = cluster.send();
        let mut node = (**api.get::<orrery_api::Node>("", "node-1").expect("it is there")).clone();
        node.metadata.labels.insert("disk", "ssd");
        api.update(&request, node.into()).expect("a label is valid");
    }
    cluster.run(SimTime::from_secs(60), &mut || true);
    let it = inspect(&cluster, &one()).expect("it is there");
    assert_eq!((it.says, &*it.chips[0].0), (None, "Running"));
}
