//! What the verbs do, told from outside: requests in, answers and changes out.

use orrery_api::{ConfigMap, Deployment, Kind, Namespace, Object, Pod, Service, ServiceAccount};
use orrery_apimachinery::{Reason, Status};
use orrery_apiserver::{ApiServer, Cause, Config, DeleteOptions, Key, Op, Propagation, Request, Verb};
use orrery_sim::SimTime;
use serde_json::{Value, json};
use std::rc::Rc;

fn request() -> Request {
    Request::new(SimTime::from_secs(10), "test")
}

/// A server with the namespace `default` and its account.
fn server() -> ApiServer {
    let mut api = ApiServer::new(Config::default());
    create(&mut api, json!({"kind": "Namespace", "metadata": {"name": "default"}})).expect("valid");
    create(
        &mut api,
        json!({"kind": "ServiceAccount", "metadata": {"name": "default", "namespace": "default"}}),
    )
    .expect("valid");
    api
}

fn object(tree: Value) -> Object {
    let kind = tree["kind"].as_str().and_then(Kind::lookup).expect("a known kind");
    let (object, problems) = Object::decode(kind, &tree);
    assert!(problems.is_empty(), "{problems:?}");
    object
}

fn create(api: &mut ApiServer, tree: Value) -> Result<Object, Status> {
    api.create(&request(), object(tree))
}

fn config_map(name: &str) -> Value {
    json!({"kind": "ConfigMap", "metadata": {"name": name, "namespace": "default"}, "data": {"a": "1"}})
}

fn deployment(replicas: i32) -> Value {
    json!({"kind": "Deployment", "metadata": {"name": "web", "namespace": "default"}, "spec": {
        "replicas": replicas, "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}}})
}

fn pod(name: &str) -> Value {
    json!({"kind": "Pod", "metadata": {"name": name, "namespace": "default"},
        "spec": {"containers": [{"name": "c", "image": "nginx"}]}})
}

fn service(name: &str, spec: Value) -> Value {
    json!({"kind": "Service", "metadata": {"name": name, "namespace": "default"}, "spec": spec})
}

fn key(kind: Kind, name: &str) -> Key {
    Key::new(kind, if kind.namespaced() { "default" } else { "" }, name)
}

#[test]
fn a_new_object_gets_what_only_the_server_gives() {
    let mut api = server();
    let made = create(&mut api, deployment(3)).expect("valid");
    let meta = made.metadata();
    assert_eq!((meta.generation, meta.resource_version), (1, api.revision()));
    assert_eq!(meta.creation_timestamp.map(|t| t.to_string()).as_deref(), Some("2025-01-01T00:00:10Z"));
    assert_eq!(meta.uid.len(), 36);
    assert_eq!(
        create(&mut api, deployment(3)).err().map(|s| s.message).as_deref(),
        Some("deployments.apps \"web\" already exists")
    );
}

#[test]
fn a_generated_name_is_the_prefix_and_five_letters() {
    let mut api = server();
    let mut tree = pod("");
    tree["metadata"] = json!({"generateName": "web-", "namespace": "default"});
    let made = create(&mut api, tree).expect("valid");
    assert!(
        made.metadata().name.starts_with("web-") && made.metadata().name.len() == 9,
        "{}",
        made.metadata().name
    );
}

#[test]
fn an_update_of_what_was_read_before_somebody_wrote_conflicts() {
    let mut api = server();
    let read = create(&mut api, config_map("c")).expect("valid");
    api.modify::<ConfigMap>(&request(), "default", "c", |c| {
        c.data.insert("a", "2");
    })
    .expect("the first write wins");
    let mut mine = read;
    mine.metadata_mut().labels.insert("x", "y");
    let refused = api.update(&request(), mine).expect_err("the second must read again");
    assert_eq!(
        refused.message,
        "Operation cannot be fulfilled on configmaps \"c\": the object has been modified; please apply your changes to the latest version and try again"
    );
}

#[test]
fn a_write_that_changes_nothing_makes_no_revision() {
    let mut api = server();
    let made = create(&mut api, deployment(3)).expect("valid");
    let before = api.revision();
    api.update(&request(), made).expect("the same again");
    assert_eq!(api.revision(), before);
}

#[test]
fn the_generation_counts_changes_of_the_desired_state_only() {
    let mut api = server();
    create(&mut api, deployment(3)).expect("valid");
    let generation = |api: &ApiServer| api.get::<Deployment>("default", "web").map(|d| d.metadata.generation);
    api.modify::<Deployment>(&request(), "default", "web", |d| {
        d.metadata.labels.insert("a", "b");
    })
    .expect("valid");
    assert_eq!(generation(&api), Some(1), "a label is not desired state");
    api.modify_status::<Deployment>(&request(), "default", "web", |d| d.status.replicas = 3).expect("valid");
    assert_eq!(generation(&api), Some(1), "nor is the status");
    api.scale(&request(), &key(Kind::Deployment, "web"), 5).expect("valid");
    assert_eq!(generation(&api), Some(2));
    let annotate = |d: &mut Deployment| {
        let number = d.metadata.annotations.len().to_string();
        d.metadata.annotations.insert(number, "x");
    };
    api.modify_status::<Deployment>(&request(), "default", "web", annotate).expect("valid");
    assert_eq!(generation(&api), Some(2), "a deployment's controller annotates it along with its status");
    api.modify::<Deployment>(&request(), "default", "web", annotate).expect("valid");
    assert_eq!(generation(&api), Some(3), "a person's annotation of a deployment counts");
    let annotations = api.get::<Deployment>("default", "web").map(|d| d.metadata.annotations.len());
    assert_eq!(annotations, Some(2));
}

#[test]
fn a_status_write_changes_nothing_else_and_a_spec_write_no_status() {
    let mut api = server();
    create(&mut api, deployment(3)).expect("valid");
    api.modify_status::<Deployment>(&request(), "default", "web", |d| {
        d.spec.replicas = Some(9);
        d.status.replicas = 2;
    })
    .expect("valid");
    api.modify::<Deployment>(&request(), "default", "web", |d| {
        d.spec.paused = true;
        d.status.replicas = 7;
    })
    .expect("valid");
    let d = api.get::<Deployment>("default", "web").expect("there");
    assert_eq!((d.spec.replicas, d.spec.paused, d.status.replicas), (Some(3), true, 2));
}

#[test]
fn a_finalizer_holds_what_was_deleted_until_it_is_lifted() {
    let mut api = server();
    let mut tree = config_map("held");
    tree["metadata"]["finalizers"] = json!(["example.com/hold"]);
    create(&mut api, tree).expect("valid");
    let held = key(Kind::ConfigMap, "held");
    api.delete(&request(), &held, &DeleteOptions::default()).expect("there");
    assert!(api.object(&held).is_some_and(|o| o.metadata().terminating()));
    api.modify::<ConfigMap>(&request(), "default", "held", |c| c.metadata.finalizers.clear()).expect("there");
    assert!(api.object(&held).is_none());
    let last = api.change(api.revision()).expect("not compacted");
    assert_eq!((last.op, last.value.metadata().name.as_ref()), (Op::Deleted, "held"));
}

#[test]
fn deletion_leaves_the_finalizer_that_the_treatment_of_dependents_needs() {
    for (propagation, finalizer) in
        [(Propagation::Foreground, "foregroundDeletion"), (Propagation::Orphan, "orphan")]
    {
        let mut api = server();
        create(&mut api, deployment(1)).expect("valid");
        let options = DeleteOptions { propagation, ..Default::default() };
        let left = api.delete(&request(), &key(Kind::Deployment, "web"), &options).expect("there");
        assert!(left.metadata().has_finalizer(finalizer) && left.metadata().terminating());
        assert_eq!(left.metadata().generation, 2, "being deleted is a change of what is desired");
    }
}

#[test]
fn a_bound_pod_is_deleted_gracefully_and_an_unbound_one_at_once() {
    let mut api = server();
    for name in ["bound", "unbound"] {
        create(&mut api, pod(name)).expect("valid");
    }
    api.bind(&request(), "default", "bound", "node-1").expect("free");
    for name in ["bound", "unbound"] {
        api.delete(&request(), &key(Kind::Pod, name), &DeleteOptions::default()).expect("there");
    }
    assert!(api.get::<Pod>("default", "unbound").is_none());
    let bound = api.get::<Pod>("default", "bound").expect("its kubelet has not confirmed").clone();
    assert_eq!(bound.metadata.deletion_grace_period_seconds, Some(30));
    assert_eq!(
        bound.metadata.deletion_timestamp.map(|t| t.to_string()).as_deref(),
        Some("2025-01-01T00:00:40Z")
    );
    let confirm = DeleteOptions::now(bound.metadata.uid.clone());
    api.delete(&request(), &key(Kind::Pod, "bound"), &confirm).expect("there");
    assert!(api.get::<Pod>("default", "bound").is_none());
}

#[test]
fn a_pod_is_bound_once() {
    let mut api = server();
    create(&mut api, pod("p")).expect("valid");
    api.bind(&request(), "default", "p", "node-1").expect("free");
    let refused = api.bind(&request(), "default", "p", "node-2").expect_err("taken");
    assert_eq!(refused.reason, Reason::Conflict);
    let on: Vec<&Rc<Pod>> = api.pods_on("node-1").collect();
    assert_eq!(on.len(), 1);
    assert_eq!(api.pods_on("node-2").count(), 0);
}

#[test]
fn the_first_namespaces_cannot_be_deleted() {
    let mut api = server();
    let refused = api.delete(&request(), &key(Kind::Namespace, "default"), &DeleteOptions::default());
    assert_eq!(
        refused.err().map(|s| s.message).as_deref(),
        Some("namespaces \"default\" is forbidden: this namespace may not be deleted")
    );
}

#[test]
fn nothing_is_created_where_there_is_no_namespace_or_it_is_going() {
    let mut api = server();
    let mut tree = config_map("c");
    tree["metadata"]["namespace"] = json!("nowhere");
    assert_eq!(
        create(&mut api, tree).err().map(|s| s.message).as_deref(),
        Some("namespaces \"nowhere\" not found")
    );
    create(&mut api, json!({"kind": "Namespace", "metadata": {"name": "going"}})).expect("valid");
    api.delete(&request(), &key(Kind::Namespace, "going"), &DeleteOptions::default()).expect("there");
    let going = api.get::<Namespace>("", "going").expect("held by its own finalizer");
    assert_eq!(going.status.phase.as_deref(), Some("Terminating"));
    tree = config_map("c");
    tree["metadata"]["namespace"] = json!("going");
    assert_eq!(
        create(&mut api, tree).err().map(|s| s.message).as_deref(),
        Some(
            "configmaps \"c\" is forbidden: unable to create new content in namespace going because it is being terminated"
        )
    );
    api.finalize_namespace(&request(), "going").expect("there");
    assert!(api.get::<Namespace>("", "going").is_none());
}

#[test]
fn services_get_addresses_and_ports_and_give_them_back() {
    let mut api = server();
    let chosen =
        json!({"type": "NodePort", "clusterIP": "10.96.0.10", "ports": [{"port": 80, "nodePort": 30080}]});
    create(&mut api, service("a", chosen.clone())).expect("free");
    for (row, spec, text) in [
        (
            "a taken port",
            json!({"type": "NodePort", "ports": [{"port": 80, "nodePort": 30080}]}),
            "Service \"b\" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated",
        ),
        (
            "the same taken port again, since a refusal takes nothing from its owner",
            json!({"type": "NodePort", "ports": [{"port": 80, "nodePort": 30080}]}),
            "Service \"b\" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated",
        ),
        (
            "a port out of range",
            json!({"type": "NodePort", "ports": [{"port": 80, "nodePort": 80}]}),
            "Service \"b\" is invalid: spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767",
        ),
        (
            "a taken address",
            json!({"clusterIP": "10.96.0.10", "ports": [{"port": 80}]}),
            "Service \"b\" is invalid: spec.clusterIPs: Invalid value: []string{\"10.96.0.10\"}: failed to allocate IP 10.96.0.10: provided IP is already allocated",
        ),
    ] {
        assert_eq!(
            create(&mut api, service("b", spec)).err().map(|s| s.message).as_deref(),
            Some(text),
            "{row}"
        );
    }
    api.delete(&request(), &key(Kind::Service, "a"), &DeleteOptions::default()).expect("there");
    create(&mut api, service("b", chosen)).expect("given back");
    create(&mut api, service("c", json!({"type": "NodePort", "ports": [{"port": 80}]}))).expect("room");
    let c = api.get::<Service>("default", "c").expect("there");
    assert!(
        (30_000..=32_767).contains(&c.spec.ports[0].node_port) && c.spec.cluster_ip.is_some(),
        "{:?}",
        c.spec
    );
}

#[test]
fn pods_of_one_template_share_their_admitted_spec() {
    let mut api = server();
    let template = match object(pod("")) {
        Object::Pod(pod) => pod.spec.clone(),
        _ => unreachable!("the tree above is a pod"),
    };
    let mut make = |n: u32| {
        let mut pod = Pod { spec: template.clone(), ..Default::default() };
        pod.metadata.generate_name = Some(format!("web{n}-").into());
        pod.metadata.namespace = "default".into();
        match api.create(&request(), pod.into()).expect("valid") {
            Object::Pod(pod) => pod.spec.clone(),
            _ => unreachable!("a pod was created"),
        }
    };
    let (a, b) = (make(1), make(2));
    assert!(Rc::ptr_eq(&a, &b));
    assert_eq!(a.service_account_name.as_deref(), Some("default"));
    assert_eq!(a.tolerations.len(), 2, "five minutes on a node that is not ready or not reachable");
    assert!(a.volumes.iter().any(|v| v.name.starts_with("kube-api-access-")));
}

#[test]
fn a_pod_without_its_account_is_forbidden() {
    let mut api = server();
    api.delete(&request(), &key(Kind::ServiceAccount, "default"), &DeleteOptions::default()).expect("there");
    assert!(api.get::<ServiceAccount>("default", "default").is_none());
    assert_eq!(
        create(&mut api, pod("p")).err().map(|s| s.message).as_deref(),
        Some(
            "pods \"p\" is forbidden: error looking up service account default/default: serviceaccount \"default\" not found"
        )
    );
}

#[test]
fn every_write_says_who_made_it_and_because_of_what() {
    let mut api = server();
    create(&mut api, config_map("a")).expect("valid");
    let cause = Cause::from(api.revision());
    let follow_up = Request { cause, actor: "follower".into(), ..request() };
    api.create(&follow_up, object(config_map("b"))).expect("valid");
    let write = api.write(api.revision()).expect("remembered");
    assert_eq!((write.actor.as_ref(), write.verb, write.cause), ("follower", Verb::Create, cause));
    assert_eq!((write.cause.write(), write.cause.is_later(), write.previous), (cause.write(), false, 0));
    let first = api.revision();
    let relabel = |m: &mut ConfigMap| {
        m.metadata.labels.insert("a", "b");
    };
    api.modify::<ConfigMap>(&request(), "default", "b", relabel).expect("there");
    api.delete(&request(), &Key::new(Kind::ConfigMap, "default", "b"), &DeleteOptions::default())
        .expect("there");
    let before = |revision| api.write(revision).expect("remembered").previous;
    assert_eq!([first + 1, first + 2].map(before), [first, first + 1], "the object's writes are a list");
}

#[test]
fn a_cause_is_time_or_a_write_or_a_deed() {
    for (row, cause, write, deed, later) in [
        ("time has none", Cause::TIME.later(), None, None, false),
        ("a write", Cause::from(7), Some(7), None, false),
        ("a write, after a while", Cause::from(7).later(), Some(7), None, true),
        ("the first deed, after a while", Cause::deed(0).later(), None, Some(0), true),
    ] {
        assert_eq!((cause.write(), cause.deed_number(), cause.is_later()), (write, deed, later), "{row}");
    }
}

#[test]
fn a_name_that_the_server_draws_is_drawn_again_while_it_is_taken() {
    let drawn = json!({"kind": "ConfigMap", "metadata": {"generateName": "drawn-", "namespace": "default"}});
    let api = server();
    let after = |taken: &str| {
        let mut api = api.clone();
        create(&mut api, config_map(taken)).expect("a new name");
        create(&mut api, drawn.clone()).expect("another name").metadata().name.clone()
    };
    let first = after("other");
    let second = after(&first);
    assert!(second.starts_with("drawn-") && second != first, "{first}, then {second}");
}

#[test]
fn only_the_object_that_is_meant_is_deleted() {
    let mut api = server();
    let made = create(&mut api, config_map("c")).expect("valid");
    let (uid, revision) = (made.metadata().uid.clone(), made.metadata().resource_version);
    for (row, options, message) in [
        (
            "another of that name",
            DeleteOptions { uid: Some("x".into()), ..Default::default() },
            format!(
                "Operation cannot be fulfilled on ConfigMap \"c\": the UID in the precondition (x) does not match the UID in record ({uid}). The object might have been deleted and then recreated"
            ),
        ),
        (
            "another state of it",
            DeleteOptions { resource_version: Some(1), ..Default::default() },
            format!(
                "Operation cannot be fulfilled on ConfigMap \"c\": the ResourceVersion in the precondition (1) does not match the ResourceVersion in record ({revision}). The object might have been modified"
            ),
        ),
    ] {
        let refused = api.delete(&request(), &key(Kind::ConfigMap, "c"), &options).expect_err(row);
        assert_eq!((refused.reason, refused.message), (Reason::Conflict, message), "{row}");
    }
    let options = DeleteOptions { uid: Some(uid), resource_version: Some(revision), ..Default::default() };
    api.delete(&request(), &key(Kind::ConfigMap, "c"), &options).expect("it is the one");
}

#[test]
fn a_later_deletion_may_treat_dependents_otherwise() {
    let held = |finalizers: &[&str]| {
        let mut api = server();
        let mut tree = deployment(1);
        tree["metadata"]["finalizers"] = json!(finalizers);
        create(&mut api, tree).expect("valid");
        api
    };
    for (row, before, propagation, after) in [
        ("nothing is said", &["example.com/x"][..], Propagation::Unstated, &["example.com/x"][..]),
        (
            "what was decided stays",
            &["foregroundDeletion", "example.com/x"],
            Propagation::Unstated,
            &["foregroundDeletion", "example.com/x"],
        ),
        (
            "and is decided anew",
            &["foregroundDeletion", "example.com/x"],
            Propagation::Orphan,
            &["example.com/x", "orphan"],
        ),
        ("or given up", &["orphan", "example.com/x"], Propagation::Background, &["example.com/x"]),
    ] {
        let options = DeleteOptions { propagation, ..Default::default() };
        let left = held(before).delete(&request(), &key(Kind::Deployment, "web"), &options).expect("there");
        let finalizers: Vec<&str> = left.metadata().finalizers.iter().map(|f| &**f).collect();
        assert_eq!(finalizers, after, "{row}");
    }
}

#[test]
fn a_dry_run_answers_and_allocates_nothing() {
    let mut api = server();
    let dry = Request { dry_run: true, ..request() };
    let before = api.revision();
    let spec = json!({"type": "NodePort", "ports": [{"port": 80, "nodePort": 30080}]});
    let rehearsed = api.create(&dry, object(service("s", spec.clone()))).expect("free").to_value();
    assert!(
        rehearsed["spec"]["clusterIP"].is_string() && rehearsed["metadata"].get("resourceVersion").is_none()
    );
    let made = create(&mut api, service("s", spec)).expect("the port is free still");
    let gone = api.delete(&dry, &key(Kind::Service, "s"), &DeleteOptions::default()).expect("there");
    assert_eq!(gone.metadata().uid, made.metadata().uid);
    api.scale(&dry, &key(Kind::Deployment, "web"), 3).expect_err("it is not there, in a dry run either");
    assert_eq!(api.revision(), before + 1);
}
