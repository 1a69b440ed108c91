//! What the picture says of small clusters that really ran.

mod common;

use std::rc::Rc;

use orrery_apiserver::Session;
use orrery_cluster::Cluster;
use orrery_sim::SimTime;
use orrery_view::events::events;
use orrery_view::inspect::origin;
use orrery_view::scene::{NodeState, ObjectRef, PodState, Scene, Stage, View, scene};
use orrery_view::scheduling::scheduling;
use orrery_view::why::{Deed, chain};

const WEB: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: default}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx:1.25}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: default}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: typo, namespace: default}
spec: {selector: {app: wbe}, ports: [{port: 80}]}
";

/// A cluster of three nodes to which these manifests were given, `seconds` later.
fn cluster(manifests: &str, seconds: u64) -> Cluster {
    common::cluster(3, manifests, seconds)
}

fn pod(spec: &str) -> String {
    format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: one, namespace: default}}\nspec: {spec}\n")
}

fn states(scene: &Scene) -> Vec<PodState> {
    scene.pods().map(|p| p.state).collect()
}

#[test]
fn a_pod_has_the_shape_of_its_state() {
    type Row = (&'static str, &'static str, u64, fn(PodState) -> bool);
    let rows: [Row; 5] = [
        ("while its image arrives", "{containers: [{name: c, image: nginx}]}", 1, |s| s == PodState::Pulling),
        ("when it runs", "{containers: [{name: c, image: nginx}]}", 60, |s| s == PodState::Ready),
        (
            "when it has ended well and shall not start again",
            "{restartPolicy: Never, containers: [{name: c, image: busybox, command: [sh, -c, exit 0]}]}",
            60,
            |s| s == PodState::Completed,
        ),
        (
            "when it has ended badly and shall not start again",
            "{restartPolicy: Never, containers: [{name: c, image: busybox, command: [sh, -c, exit 1]}]}",
            60,
            |s| s == PodState::Failed,
        ),
        (
            "while it waits to be started again",
            "{containers: [{name: c, image: busybox, command: [sh, -c, exit 1]}]}",
            120,
            |s| s == PodState::BackOff,
        ),
    ];
    for (name, spec, seconds, expected) in rows {
        let scene = scene(&cluster(&pod(spec), seconds), None, None, View::Nodes);
        let states = states(&scene);
        assert!(matches!(states[..], [state] if expected(state)), "{name}: {states:?}");
    }
}

#[test]
fn services_are_tied_to_the_pods_behind_them_and_one_that_selects_nothing_is_a_ghost() {
    let scene = scene(&cluster(WEB, 60), None, None, View::Nodes);
    assert_eq!(states(&scene), [PodState::Ready; 3]);
    let told: Vec<_> = scene.services.iter().map(|s| (&*s.id.name, s.endpoints.len(), s.ghost)).collect();
    assert_eq!(told, [("typo", 0, true), ("web", 3, false)]);
    assert!(scene.services[1].endpoints.iter().all(|e| e.ready));
    assert!(
        scene.nodes.iter().all(|n| n.state == NodeState::Ready && n.pods.len() == 1),
        "one pod on each node"
    );
}

#[test]
fn a_pod_that_fits_nowhere_waits_with_the_schedulers_words() {
    let spec = "{containers: [{name: c, image: nginx, resources: {requests: {cpu: 64}}}]}";
    let cluster = cluster(&pod(spec), 10);
    let scene = scene(&cluster, None, None, View::Nodes);
    assert_eq!(scene.waiting.pods.len(), 1);
    let why = scene.waiting.why.expect("the scheduler says why");
    assert!(why.starts_with("0/3 nodes are available: 3 Insufficient cpu."), "{why}");
    let decision = scheduling(&cluster, &ObjectRef::new("Pod", "default", "one")).expect("it is kept");
    assert_eq!((decision.feasible, decision.verdicts.len()), (0, 3));
    assert!(
        decision.verdicts.iter().all(|v| (v.plugin, &*v.reason) == ("NodeResourcesFit", "Insufficient cpu"))
    );
}

#[test]
fn a_claim_goes_along_its_track_and_one_that_nobody_made_is_a_ghost() {
    let claim = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data, namespace: default}\nspec:\n  accessModes: [ReadWriteOnce]\n  resources: {requests: {storage: 1Gi}}\n---\n";
    let uses = "{containers: [{name: c, image: nginx}], volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]}";
    let made = scene(&cluster(&(claim.to_owned() + &pod(uses)), 60), None, None, View::Nodes);
    assert_eq!(made.volumes.iter().map(|v| v.stage).collect::<Vec<_>>(), [Some(Stage::InUse)]);
    assert_eq!(&*made.volumes[0].size, "1Gi · RWO");
    let missing = scene(&cluster(&pod(uses), 10), None, None, View::Nodes);
    assert_eq!(missing.volumes.iter().map(|v| (v.stage, v.ghost)).collect::<Vec<_>>(), [(None, true)]);
}

#[test]
fn a_machine_that_is_off_is_so_at_once_and_known_to_be_so_later() {
    let mut cluster = cluster(WEB, 30);
    cluster.stop_node("node-1");
    let card = |cluster: &Cluster| {
        let scene = scene(cluster, None, None, View::Nodes);
        let card = scene.nodes.into_iter().find(|n| &*n.id.name == "node-1").expect("it is there");
        (card.stopped, card.state)
    };
    assert_eq!(card(&cluster), (true, NodeState::Ready));
    cluster.run(SimTime::from_secs(120), &mut || true);
    assert_eq!(card(&cluster), (true, NodeState::Unknown));
}

#[test]
fn a_rollout_shows_both_sides_between_its_limits() {
    let mut cluster = cluster(WEB, 60);
    let (api, request) = cluster.send();
    let change = |d: &mut orrery_api::Deployment| {
        let template = Rc::make_mut(&mut d.spec.template);
        Rc::make_mut(&mut template.spec).containers[0].image = Some("nginx:1.27".into());
    };
    api.modify(&request, "default", "web", change).expect("the change is valid");
    cluster.run(SimTime::from_secs(61), &mut || true);
    let scene = scene(&cluster, None, None, View::Nodes);
    let [lane] = &scene.rollouts[..] else { panic!("one Deployment is under way: {:?}", scene.rollouts) };
    assert_eq!((lane.min_available, lane.max_total), (3, 4));
    let sides: Vec<_> = lane.sides.iter().map(|s| (&*s.image, s.new)).collect();
    assert_eq!(sides, [("nginx:1.25", false), ("nginx:1.27", true)]);
}

#[test]
fn a_pod_knows_what_led_to_it() {
    let cluster = cluster(WEB, 60);
    let picture = scene(&cluster, None, None, View::Nodes);
    let id = picture.pods().next().expect("there are three").id.clone();
    assert_eq!(origin(&cluster, &id), ObjectRef::new("Deployment", "default", "web"));
    let it = chain(&cluster, &id, None).expect("it is there");
    let told: Vec<_> = it.links.iter().map(|l| (&*l.actor, &l.deed, &*l.object.kind)).collect();
    let [.., bound, made, set, asked] = &told[..] else { panic!("too short: {told:?}") };
    assert!(bound.0 == "kube-scheduler" && matches!(bound.1, Deed::Bound(_)), "{bound:?}");
    assert_eq!(*made, ("replicaset-controller", &Deed::Created, "Pod"));
    assert_eq!(*set, ("deployment-controller", &Deed::Created, "ReplicaSet"));
    assert_eq!(*asked, ("kubectl", &Deed::Created, "Deployment"));
    let reasons: Vec<_> =
        events(&cluster, None, Some(&id), 10).iter().map(|e| e.reason.to_string()).collect();
    assert_eq!(reasons, ["Started", "Created", "Pulled", "Pulling", "Scheduled"]);
}
