//! What patches make of objects, and what is said of those that cannot be applied.

use orrery_api::{Kind, Namespace, Object};
use orrery_apimachinery::{ObjectMeta, Patch, Reason, Status};
use orrery_apiserver::{ApiServer, Config, FieldValidation, Key, Request};
use orrery_sim::SimTime;
use serde_json::{Value, json};

fn request() -> Request {
    Request::new(SimTime::from_secs(10), "test")
}

fn key() -> Key {
    Key::new(Kind::Deployment, "default", "web")
}

/// A server with a Deployment.
fn server() -> ApiServer {
    let mut api = ApiServer::new(Config::default());
    let namespace = Namespace { metadata: ObjectMeta::named("", "default"), ..Default::default() };
    api.create(&request(), namespace.into()).expect("valid");
    let tree = json!({"metadata": {"name": "web", "namespace": "default", "labels": {"a": "b"}}, "spec": {
        "replicas": 2, "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [
            {"name": "c", "image": "nginx:1.25", "env": [{"name": "A", "value": "1"}]}]}}}});
    api.create(&request(), Object::decode(Kind::Deployment, &tree).0).expect("valid");
    api
}

fn patch(api: &mut ApiServer, patch: Patch) -> Result<Value, Status> {
    api.patch(&request(), &key(), &patch).map(|object| object.to_value())
}

fn containers(names: Value) -> Value {
    json!({"spec": {"template": {"spec": {"containers": names}}}})
}

#[test]
fn each_kind_of_patch_treats_lists_in_its_own_way() {
    for (row, change, images) in [
        (
            "a strategic patch finds containers by their names",
            Patch::Strategic(containers(json!([{"name": "side", "image": "redis:7"}]))),
            json!(["redis:7", "nginx:1.25"]),
        ),
        (
            "a merge patch replaces the list",
            Patch::Merge(containers(json!([{"name": "only", "image": "redis:7"}]))),
            json!(["redis:7"]),
        ),
        (
            "a JSON patch names positions",
            Patch::Json(
                json!([{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "nginx:1.26"}]),
            ),
            json!(["nginx:1.26"]),
        ),
    ] {
        let made = patch(&mut server(), change).expect(row);
        let list = made["spec"]["template"]["spec"]["containers"].as_array().expect("a list");
        assert_eq!(list.iter().map(|c| c["image"].clone()).collect::<Value>(), images, "{row}");
    }
}

#[test]
fn a_patch_that_changes_nothing_makes_no_revision() {
    let mut api = server();
    let before = api.revision();
    patch(&mut api, Patch::Strategic(json!({"spec": {"replicas": 2}}))).expect("valid");
    assert_eq!(api.revision(), before);
}

#[test]
fn refusals_are_upstreams() {
    let unprocessable = "the server rejected our request due to an error in our request";
    for (row, change, reason, message) in [
        (
            "a failed test",
            Patch::Json(json!([{"op": "test", "path": "/spec/replicas", "value": 9}])),
            Reason::Invalid,
            unprocessable,
        ),
        (
            "a path that is not there",
            Patch::Json(json!([{"op": "remove", "path": "/spec/nope"}])),
            Reason::Invalid,
            unprocessable,
        ),
        (
            "an unknown field: the list with a stated order is merged, and not shown",
            Patch::Strategic(json!({"spec": {"template": {"spec": {
                "$setElementOrder/containers": [{"name": "c"}],
                "containers": [{"name": "c", "img": "x"}]}}}})),
            Reason::Invalid,
            " \"\" is invalid: patch: Invalid value: \"map[spec:map[template:map[spec:map[]]]]\": strict decoding error: unknown field \"spec.template.spec.containers[0].img\"",
        ),
        (
            "a text for a number",
            Patch::Strategic(json!({"spec": {"replicas": "two"}})),
            Reason::Invalid,
            " \"\" is invalid: patch: Invalid value: \"map[spec:map[replicas:two]]\": unrecognized type: int32",
        ),
        (
            "a fraction for a number",
            Patch::Strategic(json!({"spec": {"replicas": 1.5}})),
            Reason::Invalid,
            " \"\" is invalid: patch: Invalid value: \"map[spec:map[replicas:1.5]]\": cannot convert float64 to int32",
        ),
        (
            "a number for a text",
            Patch::Strategic(containers(json!([{"name": "c", "image": 1}]))),
            Reason::Invalid,
            " \"\" is invalid: patch: Invalid value: \"map[spec:map[template:map[spec:map[containers:[map[image:1 name:c]]]]]]\": cannot convert int64 to string",
        ),
        (
            "a map for a list",
            Patch::Strategic(containers(json!({"name": "c"}))),
            Reason::Invalid,
            " \"\" is invalid: patch: Invalid value: \"map[spec:map[template:map[spec:map[containers:map[name:c]]]]]\": cannot restore slice from map",
        ),
        (
            "a directive that there is not",
            Patch::Strategic(json!({"spec": {"$patch": "mend"}})),
            Reason::Unknown,
            "unknown patch type: mend in map: map[$patch:mend]",
        ),
        (
            "an item without its key",
            Patch::Strategic(containers(json!([{"image": "x"}]))),
            Reason::Unknown,
            "map: map[image:x] does not contain declared merge key: name",
        ),
        (
            "another name",
            Patch::Merge(json!({"metadata": {"name": "other"}})),
            Reason::BadRequest,
            "the name of the object (other) does not match the name on the URL (web)",
        ),
        (
            "another namespace",
            Patch::Merge(json!({"metadata": {"namespace": "other"}})),
            Reason::BadRequest,
            "the namespace of the provided object does not match the namespace sent on the request",
        ),
        (
            "a revision that is not the stored one",
            Patch::Merge(json!({"metadata": {"resourceVersion": "1"}})),
            Reason::Conflict,
            "Operation cannot be fulfilled on deployments.apps \"web\": the object has been modified; please apply your changes to the latest version and try again",
        ),
    ] {
        let refused = patch(&mut server(), change).expect_err(row);
        assert_eq!((refused.reason, refused.message.as_str()), (reason, message), "{row}");
    }
}

#[test]
fn unknown_fields_pass_with_a_warning_where_the_client_asks_for_that() {
    let mut api = server();
    let change = Patch::Strategic(json!({"spec": {"replica": 3, "nope": 1}}));
    let warnings = api.patch_warnings(&key(), &change);
    assert_eq!(warnings, ["unknown field \"spec.nope\"", "unknown field \"spec.replica\""]);
    let lenient = Request { field_validation: FieldValidation::Warn, ..request() };
    let before = api.revision();
    api.patch(&lenient, &key(), &change).expect("unknown fields are dropped");
    assert_eq!(api.revision(), before, "nothing else was in it");
}

#[test]
fn a_status_patch_changes_the_status_and_nothing_else() {
    let mut api = server();
    let change = Patch::Merge(json!({"spec": {"replicas": 9}, "status": {"replicas": 1}}));
    let made = api.patch_status(&request(), &key(), &change).expect("valid").to_value();
    assert_eq!((&made["spec"]["replicas"], &made["status"]["replicas"]), (&json!(2), &json!(1)));
}
