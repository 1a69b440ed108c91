//! Containers that are added to a pod for a look: through the subresource alone, and for good.

use expect_test::{Expect, expect};
use orrery_api::{Kind, Object, Pod};
use orrery_apimachinery::Patch;
use orrery_apiserver::{ApiServer, Config, Key, Request};
use orrery_sim::SimTime;
use serde_json::{Value, json};

fn request() -> Request {
    Request::new(SimTime::from_secs(10), "test")
}

/// A server with the pod `web`, which is being looked into already by `first`.
fn server() -> ApiServer {
    let mut api = ApiServer::new(Config::default());
    for tree in [
        json!({"kind": "Namespace", "metadata": {"name": "default"}}),
        json!({"kind": "ServiceAccount", "metadata": {"name": "default", "namespace": "default"}}),
        json!({"kind": "Pod", "metadata": {"name": "web", "namespace": "default"},
            "spec": {"containers": [{"name": "c", "image": "nginx"}]}}),
    ] {
        let kind = tree["kind"].as_str().and_then(Kind::lookup).expect("a known kind");
        let (object, problems) = Object::decode(kind, &tree);
        assert!(problems.is_empty(), "{problems:?}");
        api.create(&request(), object).expect("valid");
    }
    let first = json!([{"name": "first", "image": "busybox", "targetContainerName": "c", "stdin": true}]);
    put(&mut api, first).expect("the first container");
    api
}

fn put(api: &mut ApiServer, containers: Value) -> Result<Object, String> {
    let stored = api.get::<Pod>("default", "web").expect("the pod is there").clone();
    let mut tree = Object::Pod(stored).to_value();
    tree["spec"]["ephemeralContainers"] = containers;
    // What else is changed does not matter.
    tree["metadata"]["labels"] = json!({"changed": "yes"});
    let pod = Object::decode(Kind::Pod, &tree).0;
    api.update_ephemeral_containers(&request(), pod).map_err(|status| status.message.to_string())
}

fn names(api: &ApiServer) -> Vec<String> {
    let pod = api.get::<Pod>("default", "web").expect("the pod is there");
    pod.spec.ephemeral_containers.iter().map(|c| c.name.to_string()).collect()
}

#[test]
fn a_container_for_a_look_is_added_and_filled_in() {
    let mut api = server();
    let pod = api.get::<Pod>("default", "web").expect("the pod is there");
    let first = &pod.spec.ephemeral_containers[0];
    assert_eq!(first.image_pull_policy.as_deref(), Some("Always"));
    assert_eq!(first.termination_message_policy.as_deref(), Some("File"));
    assert!(pod.metadata.labels.is_empty(), "the subresource changes nothing else");
    let more = json!({"spec": {"ephemeralContainers": [{"name": "second", "image": "busybox:1.36"}]}});
    let key = Key::new(Kind::Pod, "default", "web");
    api.patch_ephemeral_containers(&request(), &key, &Patch::Strategic(more)).expect("one more");
    let mut known = names(&api);
    known.sort();
    assert_eq!(known, ["first", "second"], "a patch adds to those that are there");
}

#[test]
fn what_cannot_be_added_is_refused_in_upstreams_words() {
    let first = json!({"name": "first", "image": "busybox", "targetContainerName": "c", "stdin": true});
    let refused = |name: &str, containers: Value, expected: &Expect| {
        let mut api = server();
        let message = put(&mut api, containers).expect_err(name);
        // Go's text for a difference has blanks that do not break, so that nobody relies on it.
        expected.assert_eq(&message.replace('\u{a0}', " "));
        assert_eq!(names(&api), ["first"], "{name}");
    };
    refused(
        "an ephemeral container stays",
        json!([]),
        &expect![[r#"
            Pod "web" is invalid: spec.ephemeralContainers: Forbidden: existing ephemeral containers "first" may not be removed
        "#]],
    );
    let mut changed = first.clone();
    changed["image"] = "alpine".into();
    refused(
        "and stays as it is",
        json!([changed]),
        &expect![[r#"
            Pod "web" is invalid: spec.ephemeralContainers: Forbidden: existing ephemeral containers "first" may not be changed
              core.EphemeralContainer{
              	EphemeralContainerCommon: core.EphemeralContainerCommon{
              		Name:    "first",
            - 		Image:   "busybox",
            + 		Image:   "alpine",
              		Command: nil,
              		Args:    nil,
              		... // 20 identical fields
              	},
              	TargetContainerName: "c",
              }
        "#]],
    );
    refused(
        "its name is its own",
        json!([first, {"name": "c", "image": "busybox"}]),
        &expect![[r#"Pod "web" is invalid: spec.ephemeralContainers[1].name: Duplicate value: "c""#]],
    );
    refused(
        "what it looks into is there",
        json!([first, {"name": "d", "image": "busybox", "targetContainerName": "nobody"}]),
        &expect![[
            r#"Pod "web" is invalid: spec.ephemeralContainers[1].targetContainerName: Not found: "nobody""#
        ]],
    );
    refused(
        "it serves nobody",
        json!([first, {"name": "d", "image": "busybox", "ports": [{"containerPort": 80}],
            "livenessProbe": {"tcpSocket": {"port": 80}}, "resources": {"limits": {"cpu": "1"}}}]),
        &expect![[
            r#"Pod "web" is invalid: [spec.ephemeralContainers[1].ports: Forbidden: cannot be set for an Ephemeral Container, spec.ephemeralContainers[1].resources: Forbidden: cannot be set for an Ephemeral Container, spec.ephemeralContainers[1].livenessProbe: Forbidden: cannot be set for an Ephemeral Container]"#
        ]],
    );
}

#[test]
fn a_pod_is_not_born_or_updated_with_them() {
    let mut api = server();
    let stored = api.get::<Pod>("default", "web").expect("the pod is there").clone();
    let mut tree = Object::Pod(stored).to_value();
    tree["spec"]["ephemeralContainers"] = json!([]);
    let refusal =
        api.update(&request(), Object::decode(Kind::Pod, &tree).0).expect_err("an update of the pod");
    assert!(refusal.message.contains("pod updates may not change fields other than"), "{}", refusal.message);
    let born = json!({"kind": "Pod", "metadata": {"name": "born", "namespace": "default"}, "spec": {
        "containers": [{"name": "c", "image": "nginx"}],
        "ephemeralContainers": [{"name": "d", "image": "busybox"}]}});
    let refusal = api.create(&request(), Object::decode(Kind::Pod, &born).0).expect_err("a new pod");
    assert_eq!(
        &*refusal.message,
        "Pod \"born\" is invalid: spec.ephemeralContainers: Forbidden: cannot be set on create"
    );
}
