//! Lists: what is selected by fields, and how a long list is read in parts.

use orrery_api::{ConfigMap, Kind, Namespace, Object};
use orrery_apimachinery::{ObjectMeta, Reason, Status};
use orrery_apiserver::{ApiServer, Config, DeleteOptions, FieldSelector, Key, ListOptions, Request};
use orrery_sim::SimTime;
use serde_json::{Value, json};

fn request() -> Request {
    Request::new(SimTime::from_secs(10), "test")
}

fn object(kind: Kind, tree: &Value) -> Object {
    let (object, problems) = Object::decode(kind, tree);
    assert!(problems.is_empty(), "{problems:?}");
    object
}

#[test]
fn a_field_selector_picks_what_upstream_picks() {
    let pod = object(
        Kind::Pod,
        &json!({"metadata": {"name": "web-1", "namespace": "default"},
            "spec": {"nodeName": "node-1", "restartPolicy": "Never"}, "status": {"phase": "Running"}}),
    );
    let node = object(Kind::Node, &json!({"metadata": {"name": "node-1"}}));
    let job = object(Kind::Job, &json!({"metadata": {"name": "j"}, "status": {"succeeded": 2}}));
    let event = object(
        Kind::Event,
        &json!({"metadata": {"name": "e"}, "involvedObject": {"kind": "Pod"}, "source": {"component": "kubelet"},
            "reason": "a,b=c"}),
    );
    for (row, object, text, picked) in [
        ("equality", &pod, "status.phase=Running", true),
        ("double equality", &pod, "status.phase==Running", true),
        ("inequality", &pod, "status.phase!=Running", false),
        ("all parts must hold", &pod, "spec.nodeName=node-1,spec.restartPolicy=Always", false),
        ("the old name of the node", &pod, "spec.host=node-1", true),
        ("by name", &pod, "metadata.name=web-1,metadata.namespace=default", true),
        ("a field that is left out is empty", &pod, "status.podIP=", true),
        ("a truth that is left out is false", &node, "spec.unschedulable=false", true),
        ("a count", &job, "status.successful=2", true),
        ("whom an event is about and from", &event, "involvedObject.kind=Pod,source=kubelet", true),
        ("escaped commas and signs are part of the value", &event, r"reason=a\,b\=c", true),
        ("nothing selects everything", &pod, "", true),
    ] {
        let selector = FieldSelector::parse(object.kind(), text).expect(row);
        assert_eq!(selector.matches(object), picked, "{row}: {text}");
    }
}

#[test]
fn a_field_that_nothing_is_selected_by_is_refused_in_upstreams_words() {
    for (kind, text, words) in [
        (Kind::Pod, "spec.foo=a", "field label not supported: spec.foo"),
        (Kind::Node, "metadata.namespace=a", "field label not supported: metadata.namespace"),
        (Kind::Job, "spec.foo=a", "field label \"spec.foo\" not supported for Job"),
        (
            Kind::Deployment,
            "spec.replicas=1",
            "\"spec.replicas\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"",
        ),
        (Kind::Pod, "status.phase", "invalid selector: 'status.phase'; can't understand 'status.phase'"),
        (Kind::Pod, r"status.phase=a\b", r"invalid field selector: invalid escape sequence: \b"),
        (Kind::Pod, "status.phase=a=b", "invalid field selector: unescaped character in value: 61"),
    ] {
        assert_eq!(FieldSelector::parse(kind, text).err().as_deref(), Some(words));
    }
}

/// A server with config maps of these names.
fn server(names: &[&str]) -> ApiServer {
    let mut api = ApiServer::new(Config::default());
    let namespace = Namespace { metadata: ObjectMeta::named("", "default"), ..Default::default() };
    api.create(&request(), namespace.into()).expect("valid");
    for name in names {
        put(&mut api, name);
    }
    api
}

fn put(api: &mut ApiServer, name: &str) {
    let map = ConfigMap { metadata: ObjectMeta::named("default", name), ..Default::default() };
    api.create(&request(), map.into()).expect("valid");
}

fn delete(api: &mut ApiServer, name: &str) {
    let key = Key::new(Kind::ConfigMap, "default", name);
    api.delete(&request(), &key, &DeleteOptions::default()).expect("there");
}

/// The names of one part, how many are left, and the token for the next.
fn page(api: &ApiServer, token: Option<String>) -> Result<(String, Option<usize>, Option<String>), Status> {
    let options = ListOptions { limit: Some(2), continue_token: token, ..Default::default() };
    let list = api.list_page(Kind::ConfigMap, &options)?;
    let names: Vec<&str> = list.items.iter().map(|item| &*item.metadata().name).collect();
    Ok((names.join(" "), list.remaining, list.continue_token))
}

#[test]
fn all_parts_of_a_list_show_the_same_moment() {
    let mut api = server(&["a", "b", "c", "d", "e"]);
    let (first, left, token) = page(&api, None).expect("a list");
    assert_eq!((first.as_str(), left), ("a b", Some(3)));
    delete(&mut api, "c");
    put(&mut api, "bb");
    let (second, left, token) = page(&api, token).expect("the next part");
    assert_eq!((second.as_str(), left), ("c d", Some(1)), "c was there when the list began, and bb was not");
    let (third, left, token) = page(&api, token).expect("the last part");
    assert_eq!((third.as_str(), left, token), ("e", None, None));
}

#[test]
fn a_list_that_began_too_long_ago_must_begin_again() {
    let mut api = server(&["a", "b", "c"]);
    let (_, _, token) = page(&api, None).expect("a list");
    put(&mut api, "d");
    api.compact(api.revision());
    let refused = page(&api, token).expect_err("what it showed is forgotten");
    assert_eq!(refused.reason, Reason::Expired);
    assert!(refused.message.starts_with("The provided continue parameter is too old"), "{refused}");
    let refused = page(&api, Some("nonsense".into())).expect_err("no token");
    assert_eq!(refused.message, "continue key is not valid: nonsense");
}

#[test]
fn a_collection_is_deleted_as_far_as_it_is_selected() {
    let mut api = server(&["a", "b", "c"]);
    let fields = FieldSelector::parse(Kind::ConfigMap, "metadata.name!=b").expect("a selector");
    let which = ListOptions { fields, ..Default::default() };
    let dry = Request { dry_run: true, ..request() };
    let deleted = api.delete_collection(&dry, Kind::ConfigMap, &which, &DeleteOptions::default());
    assert_eq!((deleted.expect("there").len(), api.count(Kind::ConfigMap)), (2, 3), "nothing yet");
    api.delete_collection(&request(), Kind::ConfigMap, &which, &DeleteOptions::default()).expect("there");
    assert_eq!(page(&api, None).expect("a list").0, "b");
}
