//! What a ReplicaSet does, told by its pods, its status and its events.

use super::{ReplicaSetController, rank};
use crate::owners::Owner;
use crate::testing::Workbench;
use orrery_api::{ContainerStatus, Pod, PodCondition, ReplicaSet, ServiceAccount};
use orrery_apimachinery::decode::encode;
use orrery_apimachinery::{Time, Value};
use orrery_apiserver::ApiServer;
use orrery_client::{Identity, Recorder};
use orrery_sim::{Duration, SimTime};
use serde_json::json;
use std::rc::Rc;

type Bench = Workbench<ReplicaSetController>;

const SOON: Duration = Duration::from_millis(200);

fn manifest(replicas: i32, min_ready_seconds: i32) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "web", "namespace": "default"},
        "spec": {
            "replicas": replicas, "minReadySeconds": min_ready_seconds, "selector": {"matchLabels": {"app": "web"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}},
        },
    })
}

fn lone_pod(name: &str, app: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "default", "labels": {"app": app}},
        "spec": {"containers": [{"name": "c", "image": "nginx"}]},
    })
}

fn bench(replicas: i32) -> Bench {
    let mut bench = Bench::new();
    bench.apply(manifest(replicas, 0));
    bench.pass(SOON);
    bench
}

fn settle(bench: &mut Bench) {
    bench.pass(SOON);
    bench.run_pods(|_| true);
    bench.pass(SOON);
    bench.run_pods(|_| true);
    bench.pass(SOON);
}

fn set(bench: &Bench) -> Rc<ReplicaSet> {
    bench.get::<ReplicaSet>("default", "web").expect("the ReplicaSet is there")
}

/// wanted, replicas, fully labelled, ready, available
fn numbers(bench: &Bench) -> [i32; 5] {
    let set = set(bench);
    let status = &set.status;
    let wanted = set.spec.replicas.expect("defaulted");
    [wanted, status.replicas, status.fully_labeled_replicas, status.ready_replicas, status.available_replicas]
}

fn reasons(bench: &Bench, reason: &str) -> usize {
    bench.events().lines().filter(|line| line.contains(reason)).count()
}

#[test]
fn a_replica_set_moves_to_the_number_of_pods_that_it_asks_for() {
    for (row, from, to, created, deleted) in [
        ("missing pods are created", 0, 3, 3, 0),
        ("more are added", 2, 5, 5, 0),
        ("too many are deleted", 5, 2, 5, 3),
        ("all go at zero", 3, 0, 3, 3),
        ("nothing happens when the number is right", 2, 2, 2, 0),
    ] {
        let mut bench = bench(from);
        settle(&mut bench);
        bench.modify::<ReplicaSet>("default", "web", |set| set.spec.replicas = Some(to));
        settle(&mut bench);
        assert_eq!(numbers(&bench), [to; 5], "{row}");
        let told = (reasons(&bench, "SuccessfulCreate"), reasons(&bench, "SuccessfulDelete"));
        assert_eq!((bench.pods().len() as i32, told), (to, (created, deleted)), "{row}");
        assert_eq!(set(&bench).status.observed_generation, set(&bench).metadata.generation, "{row}");
    }
}

#[test]
fn pods_share_what_the_template_says_and_name_their_owner() {
    let bench = bench(2);
    let [one, two] = <[Rc<Pod>; 2]>::try_from(bench.pods()).expect("two pods");
    assert!(Rc::ptr_eq(&one.spec, &two.spec) && one.metadata.labels.same(&two.metadata.labels));
    let owner = encode(&one.metadata.owner_references);
    let uid = &set(&bench).metadata.uid;
    assert_eq!(
        owner,
        json!([{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "uid": **uid, "controller": true, "blockOwnerDeletion": true}])
    );
    assert_eq!(one.metadata.generate_name.as_deref(), Some("web-"));
    let event = bench.events().lines().find(|line| line.contains(&*one.metadata.name)).map(str::to_owned);
    assert_eq!(
        event,
        Some(format!("Normal SuccessfulCreate ReplicaSet/web: Created pod: {}", one.metadata.name))
    );
}

#[test]
fn pods_that_fit_are_adopted_and_pods_that_no_longer_fit_are_released() {
    let mut bench = Bench::new();
    bench.apply(lone_pod("orphan-1", "web"));
    bench.apply(lone_pod("orphan-2", "web"));
    bench.apply(lone_pod("stranger", "db"));
    bench.apply(manifest(3, 0));
    settle(&mut bench);
    assert_eq!(reasons(&bench, "SuccessfulCreate"), 1, "two were there already");
    let owned = |bench: &Bench, name: &str| {
        bench.get::<Pod>("default", name).map(|p| p.metadata.controller().is_some())
    };
    assert_eq!(owned(&bench, "orphan-1"), Some(true));
    assert_eq!(owned(&bench, "stranger"), Some(false));

    let relabel = |bench: &mut Bench, app: &'static str| {
        bench.modify::<Pod>("default", "orphan-1", |pod| {
            pod.metadata.labels.insert("app", app);
        });
        settle(bench);
    };
    relabel(&mut bench, "debug");
    assert_eq!(owned(&bench, "orphan-1"), Some(false), "released");
    assert_eq!(reasons(&bench, "SuccessfulCreate"), 2, "and replaced");
    relabel(&mut bench, "web");
    assert_eq!(reasons(&bench, "SuccessfulDelete"), 1, "taken back, one is too many");
    assert_eq!(numbers(&bench), [3; 5]);
}

#[test]
fn pods_that_end_or_are_being_deleted_are_replaced_at_once() {
    let mut bench = bench(3);
    settle(&mut bench);
    let pods = bench.pods();
    bench.drop_object(&pods[0]);
    bench.modify_status::<Pod>("default", &pods[1].metadata.name, |pod| {
        pod.status.phase = Some("Failed".into())
    });
    bench.pass(SOON);
    assert_eq!(bench.pods().len(), 5, "one on its way out, one failed, three that count");
    assert_eq!(numbers(&bench), [3, 3, 3, 1, 1]);
}

#[test]
fn a_ready_pod_is_available_after_min_ready_seconds() {
    let mut bench = Bench::new();
    bench.apply(manifest(1, 5));
    bench.pass(SOON);
    bench.run_pods(|_| true);
    bench.pass(Duration::from_millis(4_900));
    assert_eq!(numbers(&bench), [1, 1, 1, 1, 0]);
    bench.pass(Duration::from_millis(1_000));
    assert_eq!(numbers(&bench), [1, 1, 1, 1, 1]);
}

#[test]
fn a_refused_pod_is_told_as_a_condition_until_pods_can_be_created() {
    let mut bench = Bench::new();
    let account = bench.get::<ServiceAccount>("default", "default").expect("the bench made it");
    bench.drop_object(&account);
    bench.apply(manifest(4, 0));
    bench.pass(Duration::from_millis(4));
    let [condition] = &set(&bench).status.conditions[..] else { panic!("one condition") };
    assert_eq!((&*condition.type_, condition.reason.as_deref()), ("ReplicaFailure", Some("FailedCreate")));
    let message = condition.message.as_deref().unwrap_or_default();
    assert!(message.ends_with(r#"serviceaccount "default" not found"#), "{message}");
    assert_eq!(reasons(&bench, "Error creating: "), 1, "one refusal is as good as four");
    bench.create(ServiceAccount {
        metadata: orrery_apimachinery::ObjectMeta::named("default", "default"),
        ..Default::default()
    });
    bench.pass(Duration::from_secs(1));
    assert_eq!((bench.pods().len(), set(&bench).status.conditions.len()), (4, 0));
}

#[test]
fn pods_that_become_ready_one_by_one_are_counted_together() {
    let mut bench = bench(300);
    let statuses = |bench: &Bench| bench.written().lines().filter(|line| line.ends_with("/status")).count();
    let before = statuses(&bench);
    for (i, pod) in bench.pods().into_iter().enumerate() {
        bench.set_ready(&pod, &format!("10.244.{}.{}", i / 250, i % 250 + 1), true);
        bench.pass(Duration::from_millis(2));
    }
    bench.pass(Duration::from_secs(1));
    assert_eq!(numbers(&bench), [300; 5]);
    let written = statuses(&bench) - before;
    assert!((2..=3).contains(&written), "in 600 ms there are two or three looks, not {written}");
}

#[test]
fn any_number_is_approached_in_bursts_until_the_cluster_is_full() {
    let mut bench = Bench::new();
    bench.apply(manifest(2_000_000_000, 0));
    bench.pass(Duration::from_millis(3));
    assert_eq!(bench.pods().len(), 500);
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.pods().len(), 1_000);
    let set = set(&bench);
    let message = set.status.conditions.first().and_then(|c| c.message.as_deref());
    assert_eq!(message, Some("exceeded the simulation's limit of 1000 pods"));
    assert_eq!(set.status.replicas, 1_000);
}

/// What a row of the table of deletion gives a pod; its name says what is done to it.
fn pod(api: &ApiServer, traits: &str) -> Rc<Pod> {
    let has = |word: &str| traits.split(' ').any(|t| t == word);
    let mut pod = Pod { node_name: Some("node-1".into()), ..Default::default() };
    pod.metadata.uid = traits.into();
    pod.metadata.creation_timestamp = Some(api.date(SimTime::ZERO));
    pod.status.phase = Some(if has("pending") { "Pending" } else { "Running" }.into());
    let ready = PodCondition {
        type_: "Ready".into(),
        status: if has("unready") { "False" } else { "True" }.into(),
        last_transition_time: Some(Time(
            api.date(SimTime::ZERO).0 + if has("newly-ready") { 900 } else { 0 },
        )),
        ..Default::default()
    };
    pod.status.conditions.push(ready);
    pod.status.container_statuses =
        vec![ContainerStatus { restart_count: if has("restarted") { 3 } else { 0 }, ..Default::default() }];
    if has("unbound") {
        pod.node_name = None;
    }
    if has("cheap") {
        pod.metadata.annotations.insert("controller.kubernetes.io/pod-deletion-cost", "-5");
    }
    if has("young") {
        pod.metadata.creation_timestamp = Some(Time(api.date(SimTime::ZERO).0 + 950));
    }
    Rc::new(pod)
}

#[test]
fn the_cheapest_pods_go_first() {
    let mut api = ApiServer::new(orrery_apiserver::Config::default());
    let mut identity = Identity::new(1, "test", Recorder::new("test", None));
    for (row, first, second) in [
        ("without a node before with one", "unbound", "b pending unready cheap"),
        ("pending before running", "z pending", "a unready cheap"),
        ("not ready before ready", "z unready", "a cheap"),
        ("a low deletion cost before a high one", "z cheap", "a newly-ready restarted"),
        ("ready for a short time before ready for long", "z newly-ready", "a restarted young"),
        ("restarted often before never restarted", "z restarted", "a young"),
        ("young before old", "z young", "a"),
        ("the uid decides when nothing else does", "a", "b"),
    ] {
        let pods = [pod(&api, second), pod(&api, first)];
        let cx = identity.act(&mut api, SimTime::from_secs(1_000), 0.into());
        let gone = rank::first_to_go(Owner::of(&ReplicaSet::default()), &pods, 1, &cx);
        assert_eq!(gone.iter().map(|p| &*p.metadata.uid).collect::<Vec<_>>(), [first], "{row}");
    }
}

#[test]
fn of_equal_pods_of_a_deployment_those_on_the_fullest_node_go_first() {
    let mut bench = Bench::new();
    for (name, node) in
        [("a", "full"), ("b", "full"), ("c", "full"), ("d", "quiet"), ("e", "full"), ("f", "full")]
    {
        let mut pod = lone_pod(name, "web");
        pod["spec"]["nodeName"] = node.into();
        bench.apply(pod);
    }
    settle(&mut bench);
    let mut set = manifest(1, 0);
    set["metadata"]["ownerReferences"] = json!([{"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "uid": "d", "controller": true}]);
    bench.apply(set);
    settle(&mut bench);
    let left: Vec<String> = bench.pods().iter().map(|pod| pod.metadata.name.to_string()).collect();
    assert_eq!(left, ["d"]);
}
