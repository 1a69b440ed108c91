//! What the server does for workloads beside storing them: their size, and the marks of their templates.

use orrery_api::{DaemonSet, Job, Kind, Object, StatefulSet};
use orrery_apimachinery::Status;
use orrery_apiserver::{ApiServer, Config, Key, Request};
use orrery_sim::SimTime;
use serde_json::{Value, json};

fn request() -> Request {
    Request::new(SimTime::from_secs(10), "test")
}

fn create(api: &mut ApiServer, tree: &Value) -> Result<Object, Status> {
    let kind = tree["kind"].as_str().and_then(Kind::lookup).expect("a known kind");
    let (object, problems) = Object::decode(kind, tree);
    assert!(problems.is_empty(), "{problems:?}");
    api.create(&request(), object)
}

fn server() -> ApiServer {
    let mut api = ApiServer::new(Config::default());
    create(&mut api, &json!({"kind": "Namespace", "metadata": {"name": "default"}})).expect("valid");
    api
}

/// A workload called `x`, with its selector in the form that its kind has.
fn workload(kind: Kind) -> Value {
    let labels = json!({"app": "x"});
    let selector =
        if kind == Kind::ReplicationController { labels.clone() } else { json!({"matchLabels": labels}) };
    json!({"kind": kind.name(), "metadata": {"name": "x", "namespace": "default"}, "spec": {
        "selector": selector,
        "template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}}})
}

#[test]
fn what_states_replicas_can_be_scaled() {
    let mut api = server();
    for kind in [Kind::ReplicationController, Kind::Deployment, Kind::ReplicaSet, Kind::StatefulSet] {
        let key = Key::new(kind, "default", "x");
        let resource = kind.resource().replacen(kind.plural(), &format!("{}/scale", kind.plural()), 1);
        let said = api.scale(&request(), &key, 5).expect_err("it is not there yet");
        assert_eq!(said.message, format!("{resource} \"x\" not found"));

        create(&mut api, &workload(kind)).expect("valid");
        assert_eq!(api.replicas(&key), Some(1), "{kind}");
        let scaled = api.scale(&request(), &key, 5).expect("valid");
        assert_eq!((api.replicas(&key), scaled.metadata().generation), (Some(5), 2), "{kind}");

        let said = api.scale(&request(), &key, -1).expect_err("nobody has fewer than none");
        assert_eq!(
            said.message,
            "Scale.autoscaling \"x\" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0"
        );
    }
    let said = api.scale(&request(), &Key::new(Kind::Service, "default", "x"), 1).expect_err("no such thing");
    assert_eq!(said.message, "the server could not find the requested resource");
}

#[test]
fn a_daemon_set_counts_its_templates_whatever_the_client_says() {
    let mut api = server();
    let annotation = "deprecated.daemonset.template.generation";
    let counted = |api: &ApiServer| {
        let set = api.get::<DaemonSet>("default", "x").expect("it is there");
        (set.metadata.annotations.get(annotation).map(ToString::to_string), set.metadata.generation)
    };
    create(&mut api, &workload(Kind::DaemonSet)).expect("valid");
    assert_eq!(counted(&api), (Some("1".into()), 1));
    api.modify::<DaemonSet>(&request(), "default", "x", |set| {
        set.metadata.annotations.insert(annotation, "9");
        set.spec.min_ready_seconds = 5;
    })
    .expect("valid");
    assert_eq!(counted(&api), (Some("1".into()), 2), "the template is the same");
    api.modify::<DaemonSet>(&request(), "default", "x", |set| {
        set.metadata.annotations.remove(annotation);
        let template = std::rc::Rc::make_mut(&mut set.spec.template);
        template.metadata.labels.insert("tier", "back");
    })
    .expect("valid");
    assert_eq!(counted(&api), (Some("2".into()), 3));
}

#[test]
fn a_stateful_set_loses_what_is_switched_off() {
    let mut api = server();
    let mut tree = workload(Kind::StatefulSet);
    tree["spec"]["updateStrategy"] = json!({"rollingUpdate": {"maxUnavailable": 0, "partition": 2}});
    create(&mut api, &tree).expect("valid");
    let strategy = || api.get::<StatefulSet>("default", "x").map(|set| set.spec.update_strategy.clone());
    let rolling = strategy().and_then(|s| s.rolling_update).expect("it is there");
    assert_eq!((rolling.max_unavailable, rolling.partition), (None, Some(2)));
}

/// The labels of a job and of its template, and its selector, with the job's uid as `U`.
fn marks(api: &ApiServer) -> [String; 3] {
    let job = api.get::<Job>("default", "x").expect("it is there");
    let tree = Object::Job(job.clone()).to_value();
    [
        &tree["metadata"]["labels"],
        &tree["spec"]["template"]["metadata"]["labels"],
        &tree["spec"]["selector"]["matchLabels"],
    ]
    .map(|labels| labels.to_string().replace(&*job.metadata.uid, "U"))
}

#[test]
fn jobs_get_labels_and_a_selector_with_their_uid() {
    let generated = r#""batch.kubernetes.io/controller-uid":"U","batch.kubernetes.io/job-name":"x","controller-uid":"U","job-name":"x""#;
    let uid = r#"{"batch.kubernetes.io/controller-uid":"U"}"#;
    let all = |own: &str| format!("{{{own}{generated}}}");
    let template = |labels: Value| json!({"metadata": {"labels": labels}, "spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "nginx"}]}});
    for (row, labels, spec, marked) in [
        (
            "nothing given",
            json!({}),
            json!({"template": template(json!({}))}),
            [all(""), all(""), uid.into()],
        ),
        (
            "labels of the template are the job's, too",
            json!({}),
            json!({"template": template(json!({"app": "x"}))}),
            [all(r#""app":"x","#), all(r#""app":"x","#), uid.into()],
        ),
        (
            "a job with labels of its own",
            json!({"own": "y"}),
            json!({"template": template(json!({"app": "x"}))}),
            [r#"{"own":"y"}"#.into(), all(r#""app":"x","#), uid.into()],
        ),
        (
            "a selector given on purpose",
            json!({"own": "y"}),
            json!({"manualSelector": true, "selector": {"matchLabels": {"app": "x"}}, "template": template(json!({"app": "x"}))}),
            [r#"{"own":"y"}"#.into(), r#"{"app":"x"}"#.into(), r#"{"app":"x"}"#.into()],
        ),
    ] {
        let mut api = server();
        let tree = json!({"kind": "Job", "metadata": {"name": "x", "namespace": "default", "labels": labels}, "spec": spec});
        create(&mut api, &tree).expect(row);
        assert_eq!(marks(&api), marked, "{row}");
    }
    let mut api = server();
    let tree = json!({"kind": "Job", "metadata": {"name": "x", "namespace": "default"},
        "spec": {"template": template(json!({"job-name": "y"}))}});
    let said = create(&mut api, &tree).expect_err("it is the label of another job").message;
    assert!(said.ends_with("must be 'x'"), "{said}");
}
