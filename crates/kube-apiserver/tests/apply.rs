//! Server-side apply, told from outside: who applies what, and who then manages which fields.

use orrery_api::{Kind, Namespace, Object};
use orrery_apimachinery::{ObjectMeta, Patch, Reason, Status};
use orrery_apiserver::{ApiServer, Config, Key, Request};
use orrery_sim::SimTime;
use serde_json::{Value, json};

/// A server, and a clock that goes on by a second with each request.
struct Bench {
    api: ApiServer,
    now: SimTime,
}

impl Bench {
    fn new() -> Self {
        let mut bench = Bench { api: ApiServer::new(Config::default()), now: SimTime::ZERO };
        let namespace = Namespace { metadata: ObjectMeta::named("", "default"), ..Default::default() };
        let request = bench.request("test");
        bench.api.create(&request, namespace.into()).expect("valid");
        bench
    }

    fn request(&mut self, manager: &str) -> Request {
        self.now = SimTime::from_secs(self.now.as_secs() + 1);
        Request { field_manager: Some(manager.into()), ..Request::new(self.now, "kubectl") }
    }

    fn try_apply(&mut self, manager: &str, config: &Value, force: bool) -> Result<(Object, bool), Status> {
        let kind = kind(config);
        let request = self.request(manager);
        self.api.apply(&request, kind, "default", config, manager, force)
    }

    fn apply(&mut self, manager: &str, config: &Value) -> Value {
        self.try_apply(manager, config, false).expect("no conflict").0.to_value()
    }

    fn conflict(&mut self, manager: &str, config: &Value) -> String {
        let refused = self.try_apply(manager, config, false).expect_err("a conflict");
        assert_eq!(refused.reason, Reason::Conflict);
        refused.message
    }

    fn create(&mut self, manager: &str, tree: &Value) -> Value {
        let request = self.request(manager);
        let (object, problems) = Object::decode(kind(tree), tree);
        assert!(problems.is_empty(), "{problems:?}");
        self.api.create(&request, object).expect("valid").to_value()
    }

    fn patch(&mut self, request: &Request, tree: &Value, patch: Value) {
        let key = Key::new(kind(tree), "default", tree["metadata"]["name"].as_str().expect("a name"));
        self.api.patch(request, &key, &Patch::Strategic(patch)).expect("valid");
    }

    fn get(&self, tree: &Value) -> Value {
        let key = Key::new(kind(tree), "default", tree["metadata"]["name"].as_str().expect("a name"));
        self.api.object(&key).expect("there").to_value()
    }
}

fn kind(tree: &Value) -> Kind {
    tree["kind"].as_str().and_then(Kind::lookup).expect("a known kind")
}

fn config_map(data: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "ssa", "namespace": "default"}, "data": data})
}

fn deployment() -> Value {
    json!({"apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "default", "labels": {"app": "web"}}, "spec": {
        "replicas": 2, "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [
            {"name": "c", "image": "nginx:1.25", "ports": [{"name": "http", "containerPort": 80}],
             "env": [{"name": "A", "value": "1"}]}]}}}})
}

/// The managers of an object: a line for each, `who operation subresource when: fields`.
fn managers(object: &Value) -> String {
    let entries = object["metadata"]["managedFields"].as_array().cloned().unwrap_or_default();
    let line = |e: &Value| {
        let text = |field: &str| e[field].as_str().unwrap_or_default().to_owned();
        let time = text("time");
        format!(
            "{} {} {}{} {}: {}\n",
            text("manager"),
            text("operation"),
            text("apiVersion"),
            if text("subresource").is_empty() { String::new() } else { format!("/{}", text("subresource")) },
            time.get(17..19).unwrap_or("never"),
            e["fieldsV1"]
        )
    };
    entries.iter().map(line).collect()
}

#[test]
fn the_recorded_story_of_a_config_map_with_two_managers() {
    let mut bench = Bench::new();
    bench.apply("one", &config_map(json!({"a": "1", "b": "1"})));
    assert_eq!(
        bench.conflict("two", &config_map(json!({"a": "2"}))),
        "Apply failed with 1 conflict: conflict with \"one\": .data.a"
    );
    let shared = bench.apply("two", &config_map(json!({"a": "1"})));
    expect_test::expect![[r#"
        two Apply v1 never: {"f:data":{"f:a":{}}}
        one Apply v1 02: {"f:data":{"f:a":{},"f:b":{}}}
    "#]].assert_eq(&managers(&shared));
    bench.try_apply("two", &config_map(json!({"a": "2"})), true).expect("forced");
    let dropped = bench.apply("one", &config_map(json!({})));
    assert_eq!(dropped["data"], json!({"a": "2"}), "b was one's alone, a is two's");
    expect_test::expect![[r#"
        two Apply v1 05: {"f:data":{"f:a":{}}}
        one Apply v1 06: {"f:data":{}}
    "#]].assert_eq(&managers(&dropped));
}

#[test]
fn create_and_update_take_what_they_set() {
    let mut bench = Bench::new();
    let made = bench.create("kubectl-create", &deployment());
    expect_test::expect![[r#"
        kubectl-create Update apps/v1 02: {"f:metadata":{"f:labels":{".":{},"f:app":{}}},"f:spec":{"f:progressDeadlineSeconds":{},"f:replicas":{},"f:revisionHistoryLimit":{},"f:selector":{},"f:strategy":{"f:rollingUpdate":{".":{},"f:maxSurge":{},"f:maxUnavailable":{}},"f:type":{}},"f:template":{"f:metadata":{"f:labels":{".":{},"f:app":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:env":{".":{},"k:{\"name\":\"A\"}":{".":{},"f:name":{},"f:value":{}}},"f:image":{},"f:imagePullPolicy":{},"f:name":{},"f:ports":{".":{},"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{},"f:name":{},"f:protocol":{}}},"f:resources":{},"f:terminationMessagePath":{},"f:terminationMessagePolicy":{}}},"f:dnsPolicy":{},"f:restartPolicy":{},"f:schedulerName":{},"f:securityContext":{},"f:terminationGracePeriodSeconds":{}}}}}
    "#]].assert_eq(&managers(&made));
    let scale = bench.request("kubectl-patch");
    bench.patch(
        &scale,
        &made,
        json!({"spec": {"replicas": 5}, "metadata": {"labels": {"app": null, "x": "y"}}}),
    );
    expect_test::expect![[r#"
        kubectl-create Update apps/v1 02: {"f:metadata":{"f:labels":{}},"f:spec":{"f:progressDeadlineSeconds":{},"f:revisionHistoryLimit":{},"f:selector":{},"f:strategy":{"f:rollingUpdate":{".":{},"f:maxSurge":{},"f:maxUnavailable":{}},"f:type":{}},"f:template":{"f:metadata":{"f:labels":{".":{},"f:app":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:env":{".":{},"k:{\"name\":\"A\"}":{".":{},"f:name":{},"f:value":{}}},"f:image":{},"f:imagePullPolicy":{},"f:name":{},"f:ports":{".":{},"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{},"f:name":{},"f:protocol":{}}},"f:resources":{},"f:terminationMessagePath":{},"f:terminationMessagePolicy":{}}},"f:dnsPolicy":{},"f:restartPolicy":{},"f:schedulerName":{},"f:securityContext":{},"f:terminationGracePeriodSeconds":{}}}}}
        kubectl-patch Update apps/v1 03: {"f:metadata":{"f:labels":{"f:x":{}}},"f:spec":{"f:replicas":{}}}
    "#]].assert_eq(&managers(&bench.get(&made)));
}
