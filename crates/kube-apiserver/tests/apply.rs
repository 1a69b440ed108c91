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
        let applied = self.try_apply(manager, config, false).expect("no conflict").0;
        self.api.with_managers(&applied).to_value()
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
        let made = self.api.create(&request, object).expect("valid");
        self.api.with_managers(&made).to_value()
    }

    fn patch(&mut self, request: &Request, tree: &Value, patch: Value) {
        let key = Key::new(kind(tree), "default", tree["metadata"]["name"].as_str().expect("a name"));
        self.api.patch(request, &key, &Patch::Strategic(patch)).expect("valid");
    }

    fn get(&self, tree: &Value) -> Value {
        let key = Key::new(kind(tree), "default", tree["metadata"]["name"].as_str().expect("a name"));
        self.api.with_managers(self.api.object(&key).expect("there")).to_value()
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
    "#]]
    .assert_eq(&managers(&shared));
    bench.try_apply("two", &config_map(json!({"a": "2"})), true).expect("forced");
    let dropped = bench.apply("one", &config_map(json!({})));
    assert_eq!(dropped["data"], json!({"a": "2"}), "b was one's alone, a is two's");
    expect_test::expect![[r#"
        two Apply v1 05: {"f:data":{"f:a":{}}}
        one Apply v1 06: {"f:data":{}}
    "#]]
    .assert_eq(&managers(&dropped));
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

/// `config` with the value at `pointer` replaced.
fn with(config: &Value, pointer: &str, value: Value) -> Value {
    let mut config = config.clone();
    *config.pointer_mut(pointer).expect("the pointer is of the sample") = value;
    config
}

/// `config` without the field at the end of `pointer`.
fn without(config: &Value, pointer: &str) -> Value {
    let mut config = config.clone();
    let (parent, field) = pointer.rsplit_once('/').expect("a pointer");
    config.pointer_mut(parent).and_then(Value::as_object_mut).and_then(|fields| fields.remove(field));
    config
}

const CONTAINER: &str = "/spec/template/spec/containers/0";

#[test]
fn conflicts_name_every_field_and_who_set_it_how() {
    let mut bench = Bench::new();
    bench.create("kubectl-replace", &deployment());
    bench.apply("kubectl", &deployment());
    let mut more = with(&deployment(), "/spec/replicas", json!(7));
    assert_eq!(
        bench.conflict("three", &more),
        "Apply failed with 2 conflicts: conflicts with \"kubectl\":\n- .spec.replicas\nconflicts with \"kubectl-replace\" using apps/v1:\n- .spec.replicas"
    );
    more = with(&deployment(), "/spec/selector/matchLabels/app", json!("other"));
    more = with(&more, &format!("{CONTAINER}/image"), json!("nginx:2"));
    more = with(&more, &format!("{CONTAINER}/env/0/value"), json!("2"));
    let refused = bench.try_apply("three", &more, false).expect_err("conflicts");
    let causes = refused.details.expect("causes").causes;
    expect_test::expect![[r#"
        conflict with "kubectl": .spec.selector
        conflict with "kubectl": .spec.template.spec.containers[name="c"].image
        conflict with "kubectl": .spec.template.spec.containers[name="c"].env[name="A"].value
        conflict with "kubectl-replace" using apps/v1: .spec.selector
        conflict with "kubectl-replace" using apps/v1: .spec.template.spec.containers[name="c"].image
        conflict with "kubectl-replace" using apps/v1: .spec.template.spec.containers[name="c"].env[name="A"].value"#]].assert_eq(&causes.join("\n"));
}

#[test]
fn subresources_are_managers_of_their_own() {
    let mut bench = Bench::new();
    let made = bench.create("kubectl-create", &deployment());
    let key = Key::new(Kind::Deployment, "default", "web");
    let scale = Request { field_manager: None, ..bench.request("") };
    bench.api.scale(&scale, &key, 5).expect("valid");
    let controller = Request { actor: "deployment-controller".into(), ..scale };
    let change = Patch::Merge(json!({"status": {"replicas": 5, "observedGeneration": 2}}));
    bench.api.patch_status(&controller, &key, &change).expect("valid");
    let lines = managers(&bench.get(&made));
    expect_test::expect![[r#"
        kube-controller-manager Update apps/v1/status 03: {"f:status":{"f:observedGeneration":{},"f:replicas":{}}}
        kubectl Update apps/v1/scale 03: {"f:spec":{"f:replicas":{}}}
    "#]].assert_eq(&lines[lines.find("kube-controller-manager").expect("a status")..]);
    assert_eq!(
        bench.conflict("one", &deployment()),
        "Apply failed with 1 conflict: conflict with \"kubectl\" with subresource \"scale\" using apps/v1: .spec.replicas"
    );
}

#[test]
fn what_nobody_applied_was_there_before_the_first_apply() {
    let mut bench = Bench::new();
    let unnamed = Request { field_manager: None, ..bench.request("") };
    let tree = deployment();
    let made = bench.api.create(&unnamed, Object::decode(Kind::Deployment, &tree).0).expect("valid");
    assert!(made.metadata().managed_fields.is_empty(), "what names no manager remembers none");
    let change = Patch::Merge(json!({"spec": {"replicas": 3}}));
    let key = Key::of(&made);
    let named = bench.request("kubectl-patch");
    let changed = bench.api.patch(&named, &key, &change).expect("valid");
    assert!(changed.metadata().managed_fields.is_empty(), "nor does a later change of it");
    assert_eq!(
        bench.conflict("one", &tree),
        "Apply failed with 1 conflict: conflict with \"before-first-apply\" using apps/v1: .spec.replicas"
    );
    let applied = bench.apply("one", &with(&tree, "/spec/replicas", json!(3)));
    assert!(managers(&applied).contains("before-first-apply Update apps/v1"), "{}", managers(&applied));
}

#[test]
fn a_list_with_keys_is_merged_item_by_item() {
    let mut bench = Bench::new();
    bench.apply("one", &deployment());
    let names = |object: &Value| -> Vec<String> {
        let list = object["spec"]["template"]["spec"]["containers"].as_array().expect("a list");
        list.iter().map(|c| c["name"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let side = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
        "spec": {"template": {"spec": {"containers": [{"name": "side", "image": "redis:7"}]}}}});
    assert_eq!(names(&bench.apply("two", &side)), ["c", "side"], "what is new comes last");
    let mut port = side.clone();
    port["spec"]["template"]["spec"]["containers"] =
        json!([{"name": "c", "ports": [{"containerPort": 9090}]}]);
    let both = bench.apply("two", &port);
    assert_eq!(names(&both), ["c"], "side was two's alone");
    let ports = &both["spec"]["template"]["spec"]["containers"][0]["ports"];
    assert_eq!(ports.as_array().map(Vec::len), Some(2), "a port of one's, and a port of two's: {ports}");
    let gone = bench.apply("two", &without(&side, "/spec"));
    let c = &gone["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(c["ports"], json!([{"name": "http", "containerPort": 80, "protocol": "TCP"}]));
    assert!(!managers(&gone).contains("two"), "who applies nothing manages nothing");
}

#[test]
fn applying_the_same_again_writes_nothing() {
    let mut bench = Bench::new();
    bench.apply("one", &deployment());
    let before = bench.api.revision();
    bench.apply("one", &deployment());
    assert_eq!(bench.api.revision(), before);
}

#[test]
fn a_label_that_a_manager_drops_goes_unless_another_wants_it() {
    let mut bench = Bench::new();
    let labels = |object: &Value| object["metadata"]["labels"].clone();
    let two = with(&deployment(), "/metadata/labels", json!({"app": "web", "team": "blue"}));
    bench.apply("one", &two);
    bench.apply(
        "other",
        &json!({"apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "web", "labels": {"team": "blue"}}}),
    );
    let dropped = bench.apply("one", &without(&two, "/metadata/labels"));
    assert_eq!(labels(&dropped), json!({"team": "blue"}));
}

#[test]
fn kubectl_takes_over_what_it_applied_client_side() {
    let last = "kubectl.kubernetes.io/last-applied-configuration";
    let applied = |replicas: i32| with(&deployment(), "/spec/replicas", json!(replicas));
    let annotated = |replicas: i32| {
        let mut tree = applied(replicas);
        tree["metadata"]["annotations"] = json!({last: format!("{}\n", applied(replicas))});
        tree
    };
    let mut bench = Bench::new();
    bench.create("kubectl-client-side-apply", &annotated(2));
    assert_eq!(
        bench.conflict("other", &applied(3)),
        "Apply failed with 1 conflict: conflict with \"kubectl-client-side-apply\" using apps/v1: .spec.replicas"
    );
    let taken = bench.apply("kubectl", &applied(3));
    assert_eq!(taken["spec"]["replicas"], json!(3));
    assert_eq!(taken["metadata"]["annotations"][last], json!(format!("{}\n", applied(3))), "and is renewed");

    bench = Bench::new();
    let made = bench.create("kubectl-client-side-apply", &annotated(2));
    let scale = bench.request("kubectl-patch");
    bench.patch(&scale, &made, json!({"spec": {"replicas": 9}}));
    assert_eq!(
        bench.conflict("kubectl", &applied(3)),
        "Apply failed with 1 conflict: conflict with \"kubectl-patch\" using apps/v1: .spec.replicas",
        "what others changed since is theirs"
    );
}

#[test]
fn configurations_that_cannot_be_applied_are_refused() {
    let name = "failed to create typed patch object (default/web; apps/v1, Kind=Deployment): ";
    let container = |value: Value| with(&deployment(), CONTAINER, value);
    for (row, config, manager, words) in [
        ("no manager", deployment(), "",
            "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch".into()),
        ("another version", with(&deployment(), "/apiVersion", json!("apps/v1beta1")), "one",
            "Incorrect version specified in apply patch. Specified patch version: apps/v1beta1, expected: apps/v1".into()),
        ("managed fields", with(&deployment(), "/metadata", json!({"name": "web", "managedFields": []})), "one",
            "metadata.managedFields must be nil".into()),
        ("another namespace", with(&deployment(), "/metadata/namespace", json!("other")), "one",
            "the namespace of the provided object does not match the namespace sent on the request".into()),
        ("an unknown field", container(json!({"name": "c", "img": "x"})), "one",
            format!("{name}.spec.template.spec.containers[name=\"c\"].img: field not declared in schema")),
        ("a text for a number", with(&deployment(), "/spec/replicas", json!("two")), "one",
            format!("{name}.spec.replicas: expected numeric (int or float), got string")),
        ("one container twice", with(&deployment(), "/spec/template/spec/containers", json!([{"name": "c"}, {"name": "c"}])), "one",
            format!("{name}.spec.template.spec.containers: duplicate entries for key [name=\"c\"]")),
        ("an object that breaks a rule", with(&deployment(), "/spec/replicas", json!(-1)), "one",
            "Deployment.apps \"web\" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0".into()),
    ] {
        let refused = Bench::new().try_apply(manager, &config, false).expect_err(row);
        assert_eq!(refused.message, words, "{row}");
    }
}

#[test]
fn a_dry_run_leaves_nothing_behind() {
    let mut bench = Bench::new();
    let request = Request { dry_run: true, ..bench.request("one") };
    let before = bench.api.revision();
    let (made, new) =
        bench.api.apply(&request, Kind::Deployment, "default", &deployment(), "one", false).expect("valid");
    assert!(new && made.metadata().resource_version == 0 && !made.metadata().uid.is_empty());
    assert_eq!((bench.api.revision(), bench.api.count(Kind::Deployment)), (before, 0));
}

#[test]
fn a_client_may_rewrite_who_manages_what() {
    let mut bench = Bench::new();
    let made = bench.create("kubectl-client-side-apply", &config_map(json!({"a": "1"})));
    let mut entry = made["metadata"]["managedFields"][0].clone();
    entry["manager"] = json!("kubectl");
    entry["operation"] = json!("Apply");
    let key = Key::new(Kind::ConfigMap, "default", "ssa");
    let request = bench.request("kubectl");
    let upgrade =
        Patch::Json(json!([{"op": "replace", "path": "/metadata/managedFields", "value": [entry]}]));
    bench.api.patch(&request, &key, &upgrade).expect("valid");
    assert_eq!(managers(&bench.get(&made)), "kubectl Apply v1 02: {\"f:data\":{\".\":{},\"f:a\":{}}}\n");
    let dropped = bench.apply("kubectl", &config_map(json!({})));
    assert_eq!(dropped.get("data"), None, "it is removed as what the manager applied before");
}

#[test]
fn old_managers_become_one() {
    let mut bench = Bench::new();
    let made = bench.create("m00", &config_map(json!({"k00": "1"})));
    for n in 1..=11 {
        let request = bench.request(&format!("m{n:02}"));
        bench.patch(&request, &made, json!({"data": {(format!("k{n:02}")): "1"}}));
    }
    let names: Vec<String> = managers(&bench.get(&made))
        .lines()
        .map(|line| line.split(' ').next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(names.len(), 10);
    assert_eq!(names[..2], ["ancient-changes", "m03"]);
}
