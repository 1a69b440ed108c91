//! What admission fills in and refuses, told from outside: requests in, answers out.

use expect_test::{Expect, expect};
use orrery_api::{Kind, Object, PersistentVolumeClaim, Pod, PriorityClass, ResourceQuota};
use orrery_apimachinery::{Patch, Status, patch};
use orrery_apiserver::{ApiServer, Config, DeleteOptions, Key, Request};
use orrery_sim::SimTime;
use serde_json::{Value, json};
use std::rc::Rc;

fn request() -> Request {
    Request::new(SimTime::from_secs(10), "test")
}

/// A server with the namespace `default` and its account.
fn server() -> ApiServer {
    let mut api = ApiServer::new(Config::default());
    made(&mut api, json!({"kind": "Namespace", "metadata": {"name": "default"}}));
    made(&mut api, json!({"kind": "ServiceAccount", "metadata": {"name": "default"}}));
    api
}

fn create(api: &mut ApiServer, mut tree: Value) -> Result<Object, Status> {
    let kind = tree["kind"].as_str().and_then(Kind::lookup).expect("a known kind");
    tree["metadata"]["namespace"] = "default".into();
    let (object, problems) = Object::decode(kind, &tree);
    assert!(problems.is_empty(), "{problems:?}");
    api.create(&request(), object)
}

fn made(api: &mut ApiServer, tree: Value) -> Object {
    create(api, tree).expect("it is admitted")
}

/// What the server says to a new object: the refusal, or nothing.
fn said(api: &mut ApiServer, tree: Value) -> String {
    create(api, tree).err().map(|status| status.message).unwrap_or_default()
}

fn pod(name: &str, resources: Value) -> Value {
    json!({"kind": "Pod", "metadata": {"name": name},
        "spec": {"containers": [{"name": "c", "image": "nginx", "resources": resources}]}})
}

fn limit_range(limits: Value) -> Value {
    json!({"kind": "LimitRange", "metadata": {"name": "lr"}, "spec": {"limits": limits}})
}

fn claim(name: &str, size: &str) -> Value {
    json!({"kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": {"storageClassName": "fast",
        "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}})
}

/// A quota whose controller has counted nothing yet.
fn quota(api: &mut ApiServer, name: &str, spec: Value) {
    made(api, json!({"kind": "ResourceQuota", "metadata": {"name": name}, "spec": spec}));
    api.modify_status::<ResourceQuota>(&request(), "default", name, |quota| {
        quota.status.hard = quota.spec.hard.clone();
        quota.status.used = quota.spec.hard.keys().map(|name| (name.clone(), Default::default())).collect();
    })
    .expect("the quota is there");
}

fn used(api: &ApiServer, name: &str) -> String {
    let quota = api.get::<ResourceQuota>("default", name).expect("the quota is there");
    quota.status.used.iter().map(|(name, amount)| format!("{name}={amount}")).collect::<Vec<_>>().join(" ")
}

#[test]
fn containers_get_the_defaults_of_their_namespace_and_the_pod_says_so() {
    let mut api = server();
    made(
        &mut api,
        limit_range(json!([{"type": "Container", "default": {"cpu": "200m", "memory": "128Mi"},
            "defaultRequest": {"cpu": "100m", "memory": "64Mi"}}])),
    );
    let mut tell = |name, resources, init: bool, expected: Expect| {
        let mut tree = pod(name, resources);
        if init {
            tree["spec"]["initContainers"] = json!([{"name": "i", "image": "nginx"}]);
        }
        let made = made(&mut api, tree);
        let pod: &Rc<Pod> = made.get().expect("it is a pod");
        let resources = &made.to_value()["spec"]["containers"][0]["resources"];
        let told = pod.metadata.annotations.get("kubernetes.io/limit-ranger").cloned().unwrap_or_default();
        expected.assert_eq(&format!("{resources}\n{told}"));
    };
    tell(
        "plain",
        json!({}),
        true,
        expect![[r#"
            {"limits":{"cpu":"200m","memory":"128Mi"},"requests":{"cpu":"100m","memory":"64Mi"}}
            LimitRanger plugin set: cpu, memory request for container c; cpu, memory limit for container c; cpu, memory request for init container i; cpu, memory limit for init container i"#]],
    );
    tell(
        "onlylimit",
        json!({"limits": {"cpu": "300m"}}),
        false,
        expect![[r#"
            {"limits":{"cpu":"300m","memory":"128Mi"},"requests":{"cpu":"300m","memory":"64Mi"}}
            LimitRanger plugin set: memory request for container c; memory limit for container c"#]],
    );
    tell(
        "complete",
        json!({"limits": {"cpu": "2", "memory": "1Gi"}}),
        false,
        expect![[r#"
            {"limits":{"cpu":"2","memory":"1Gi"},"requests":{"cpu":"2","memory":"1Gi"}}
        "#]],
    );
}

#[test]
fn what_is_out_of_the_bounds_of_its_namespace_is_refused() {
    let mut api = server();
    made(
        &mut api,
        limit_range(json!([
            {"type": "Container", "max": {"cpu": "1"}, "min": {"cpu": "50m"}, "maxLimitRequestRatio": {"cpu": "4"}},
            {"type": "Pod", "max": {"cpu": "1500m", "memory": "1Gi"}, "min": {"memory": "1Mi"}},
            {"type": "PersistentVolumeClaim", "max": {"storage": "10Gi"}, "min": {"storage": "1Gi"}}])),
    );
    let cpu = |request: &str, limit: &str| json!({"requests": {"cpu": request, "memory": "1Mi"}, "limits": {"cpu": limit, "memory": "1Mi"}});
    let mut two = pod("two", cpu("800m", "800m"));
    let mut second = two["spec"]["containers"][0].clone();
    second["name"] = "d".into();
    two["spec"]["containers"].as_array_mut().expect("containers are a list").push(second);
    let refused = [
        said(&mut api, pod("big", cpu("1", "2"))),
        said(&mut api, pod("small", cpu("10m", "20m"))),
        said(&mut api, pod("elastic", cpu("100m", "900m"))),
        said(&mut api, two),
        said(&mut api, pod("silent", json!({"limits": {"cpu": "1"}}))),
        said(&mut api, claim("huge", "20Gi")),
        said(&mut api, claim("tiny", "100Mi")),
        said(&mut api, claim("right", "2Gi")),
        said(&mut api, pod("right", cpu("250m", "1"))),
    ];
    expect![[r#"
        pods "big" is forbidden: [maximum cpu usage per Container is 1, but limit is 2, maximum cpu usage per Pod is 1500m, but limit is 2]
        pods "small" is forbidden: minimum cpu usage per Container is 50m, but request is 10m
        pods "elastic" is forbidden: cpu max limit to request ratio per Container is 4, but provided ratio is 9.000000
        pods "two" is forbidden: maximum cpu usage per Pod is 1500m, but limit is 1600m
        pods "silent" is forbidden: [minimum memory usage per Pod is 1Mi.  No request is specified, maximum memory usage per Pod is 1Gi.  No limit is specified]
        persistentvolumeclaims "huge" is forbidden: maximum storage usage per PersistentVolumeClaim is 10Gi, but request is 20Gi
        persistentvolumeclaims "tiny" is forbidden: minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 100Mi

    "#]]
    .assert_eq(&refused.join("\n"));
}

/// A pod of a controller: all share the spec of one template.
fn of_template(template: &Object) -> Object {
    let template: &Rc<Pod> = template.get().expect("the template is a pod");
    let mut pod = Pod { spec: template.spec.clone(), ..Default::default() };
    pod.metadata.namespace = "default".into();
    pod.metadata.generate_name = Some("web-".into());
    pod.into()
}

#[test]
fn what_is_remembered_of_a_template_is_forgotten_when_the_limits_change() {
    let mut api = server();
    let (template, _) = Object::decode(Kind::Pod, &pod("t", json!({})));
    let limit = |api: &mut ApiServer| {
        let made = api.create(&request(), of_template(&template)).expect("it is admitted");
        let pod: &Rc<Pod> = made.get().expect("it is a pod");
        let told = pod.metadata.annotations.get("kubernetes.io/limit-ranger").is_some();
        let limit = pod.spec.containers[0].resources.limits.get("cpu").map(ToString::to_string);
        (limit.unwrap_or_default(), told)
    };
    assert_eq!(limit(&mut api), (String::new(), false), "nothing is limited");
    made(&mut api, limit_range(json!([{"type": "Container", "max": {"cpu": "1"}}])));
    assert_eq!(limit(&mut api), ("1".into(), true), "the first pod after the change");
    assert_eq!(limit(&mut api), ("1".into(), true), "the next one is known and says the same");
    let key = Key::new(Kind::LimitRange, "default", "lr");
    api.delete(&request(), &key, &DeleteOptions::default()).expect("it is there");
    assert_eq!(limit(&mut api), (String::new(), false), "nothing is limited any more");
}

#[test]
fn quotas_are_charged_at_once_and_refuse_what_is_too_much() {
    let mut api = server();
    quota(
        &mut api,
        "q",
        json!({"hard": {"requests.cpu": "1", "limits.cpu": "2", "pods": "3", "count/deployments.apps": "1",
            "configmaps": "1", "fast.storageclass.storage.k8s.io/requests.storage": "4Gi", "services.nodeports": "1"}}),
    );
    let cpu = |cpu: &str| json!({"requests": {"cpu": cpu}, "limits": {"cpu": cpu}});
    let map = |name: &str| json!({"kind": "ConfigMap", "metadata": {"name": name}});
    let service = |name: &str| json!({"kind": "Service", "metadata": {"name": name}, "spec": {"type": "NodePort", "ports": [{"port": 80}]}});
    let refused = [
        said(&mut api, pod("a", cpu("600m"))),
        said(&mut api, pod("b", cpu("600m"))),
        said(&mut api, pod("c", json!({}))),
        said(&mut api, map("a")),
        said(&mut api, map("b")),
        said(&mut api, claim("a", "5Gi")),
        said(&mut api, claim("b", "3Gi")),
        said(&mut api, service("a")),
        said(&mut api, service("b")),
        said(&mut api, json!({"kind": "Secret", "metadata": {"name": "free"}})),
    ];
    expect![[r#"

        pods "b" is forbidden: exceeded quota: q, requested: requests.cpu=600m, used: requests.cpu=600m, limited: requests.cpu=1
        pods "c" is forbidden: failed quota: q: must specify limits.cpu for: c; requests.cpu for: c

        configmaps "b" is forbidden: exceeded quota: q, requested: configmaps=1, used: configmaps=1, limited: configmaps=1
        persistentvolumeclaims "a" is forbidden: exceeded quota: q, requested: fast.storageclass.storage.k8s.io/requests.storage=5Gi, used: fast.storageclass.storage.k8s.io/requests.storage=0, limited: fast.storageclass.storage.k8s.io/requests.storage=4Gi


        services "b" is forbidden: exceeded quota: q, requested: services.nodeports=1, used: services.nodeports=1, limited: services.nodeports=1
    "#]]
    .assert_eq(&refused.join("\n"));
    expect!["configmaps=1 count/deployments.apps=0 fast.storageclass.storage.k8s.io/requests.storage=3Gi limits.cpu=600m pods=1 requests.cpu=600m services.nodeports=1"]
        .assert_eq(&used(&api, "q"));
}

#[test]
fn a_quota_counts_only_what_is_in_its_scopes_and_what_was_counted_before() {
    let mut api = server();
    quota(&mut api, "idle", json!({"hard": {"pods": "0"}, "scopes": ["BestEffort"]}));
    assert_eq!(said(&mut api, pod("busy", json!({"requests": {"cpu": "1"}}))), "");
    expect![[
        r#"pods "idle" is forbidden: exceeded quota: idle, requested: pods=1, used: pods=0, limited: pods=0"#
    ]]
    .assert_eq(&said(&mut api, pod("idle", json!({}))));
    made(
        &mut api,
        json!({"kind": "ResourceQuota", "metadata": {"name": "new"}, "spec": {"hard": {"secrets": "1"}}}),
    );
    let secret = json!({"kind": "Secret", "metadata": {"name": "s"}});
    assert_eq!(said(&mut api, secret.clone()), "", "the bounds of a new quota are not in force yet");
    api.modify_status::<ResourceQuota>(&request(), "default", "new", |quota| {
        quota.status.hard = quota.spec.hard.clone();
    })
    .expect("the quota is there");
    expect![[r#"secrets "t" is forbidden: status unknown for quota: new, resources: secrets"#]]
        .assert_eq(&said(&mut api, json!({"kind": "Secret", "metadata": {"name": "t"}})));
}

#[test]
fn what_comes_to_use_more_is_charged_for_the_rest_and_never_paid_back() {
    let mut api = server();
    quota(&mut api, "q", json!({"hard": {"services.nodeports": "2"}}));
    let service = |ports: &[i32], r#type: &str| {
        let ports: Vec<_> =
            ports.iter().map(|port| json!({"port": port, "name": format!("p{port}")})).collect();
        let policy = (r#type == "NodePort").then_some("Cluster");
        json!({"spec": {"type": r#type, "ports": ports, "externalTrafficPolicy": policy}})
    };
    let mut tree = service(&[80], "NodePort");
    patch::json_merge(&mut tree, &json!({"kind": "Service", "metadata": {"name": "s"}}));
    made(&mut api, tree);
    let key = Key::new(Kind::Service, "default", "s");
    for (row, change, refusal, expected) in [
        ("a second port", service(&[80, 81], "NodePort"), "", "services.nodeports=2"),
        ("none at all", service(&[80, 81], "ClusterIP"), "", "services.nodeports=2"),
        (
            "ports again: the controller has not seen that there were none",
            service(&[80, 81], "NodePort"),
            "services \"s\" is forbidden: exceeded quota: q, requested: services.nodeports=2, used: services.nodeports=2, limited: services.nodeports=2",
            "services.nodeports=2",
        ),
    ] {
        let answer = api.patch(&request(), &key, &Patch::Merge(change));
        assert_eq!(answer.err().map(|status| status.message).unwrap_or_default(), refusal, "{row}");
        assert_eq!(used(&api, "q"), expected, "{row}");
    }
}

fn priority_class(name: &str, value: i32, default: bool, policy: &str) -> Value {
    json!({"kind": "PriorityClass", "metadata": {"name": name}, "value": value, "globalDefault": default,
        "preemptionPolicy": policy})
}

#[test]
fn pods_have_the_priority_of_their_class() {
    let mut api = server();
    made(&mut api, priority_class("gold", 1000, false, "Never"));
    let with = |name: &str, spec: Value| {
        let mut tree = pod(name, json!({}));
        patch::json_merge(&mut tree["spec"], &spec);
        tree
    };
    let tell = |api: &mut ApiServer, tree: Value| match create(api, tree) {
        Err(refused) => refused.message,
        Ok(made) => {
            let spec = &made.to_value()["spec"];
            format!("{} {} {}", spec["priorityClassName"], spec["priority"], spec["preemptionPolicy"])
        }
    };
    let mut told = vec![
        tell(&mut api, with("plain", json!({}))),
        tell(&mut api, with("gold", json!({"priorityClassName": "gold"}))),
        tell(&mut api, with("none", json!({"priorityClassName": "none"}))),
        tell(&mut api, with("number", json!({"priorityClassName": "gold", "priority": 5}))),
        tell(&mut api, with("policy", json!({"preemptionPolicy": "Never"}))),
    ];
    made(&mut api, priority_class("usual", 10, true, "PreemptLowerPriority"));
    told.push(tell(&mut api, with("default", json!({}))));
    told.push(said(&mut api, priority_class("other", 20, true, "Never")));
    let second = api.modify::<PriorityClass>(&request(), "", "gold", |class| class.global_default = true);
    told.extend(second.err().map(|status| status.message));
    expect![[r#"
        null 0 "PreemptLowerPriority"
        "gold" 1000 "Never"
        pods "none" is forbidden: no PriorityClass with name none was found
        pods "number" is forbidden: the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 1000 from the given PriorityClass name
        pods "policy" is forbidden: the string value of PreemptionPolicy (Never) must not be provided in pod spec; priority admission controller computed PreemptLowerPriority from the given PriorityClass name
        "usual" 10 "PreemptLowerPriority"
        priorityclasses.scheduling.k8s.io "other" is forbidden: PriorityClass usual is already marked as default. Only one default can exist
        priorityclasses.scheduling.k8s.io "gold" is forbidden: PriorityClass usual is already marked as default. Only one default can exist"#]]
    .assert_eq(&told.join("\n"));
}

#[test]
fn pods_cost_what_their_runtime_class_says_and_go_where_it_is_known() {
    let mut api = server();
    made(
        &mut api,
        json!({"kind": "RuntimeClass", "metadata": {"name": "vm"}, "handler": "kata",
            "overhead": {"podFixed": {"memory": "64Mi"}},
            "scheduling": {"nodeSelector": {"vm": "yes"}, "tolerations": [
                {"key": "vm", "operator": "Exists"},
                {"key": "node.kubernetes.io/not-ready", "operator": "Exists"}]}}),
    );
    let with = |name: &str, spec: Value| {
        let mut tree = pod(name, json!({}));
        patch::json_merge(&mut tree["spec"], &spec);
        tree
    };
    let made = made(&mut api, with("vm", json!({"runtimeClassName": "vm", "nodeSelector": {"disk": "ssd"}})));
    let spec = &made.to_value()["spec"];
    let tolerated: Vec<_> = spec["tolerations"].as_array().into_iter().flatten().map(|t| &t["key"]).collect();
    assert_eq!(spec["overhead"], json!({"memory": "64Mi"}));
    assert_eq!(spec["nodeSelector"], json!({"disk": "ssd", "vm": "yes"}));
    assert_eq!(tolerated, ["node.kubernetes.io/unreachable", "vm", "node.kubernetes.io/not-ready"]);
    let refused = [
        said(&mut api, with("none", json!({"runtimeClassName": "none"}))),
        said(&mut api, with("light", json!({"runtimeClassName": "vm", "overhead": {"memory": "1Mi"}}))),
        said(&mut api, with("strange", json!({"overhead": {"memory": "1Mi"}}))),
        said(&mut api, with("away", json!({"runtimeClassName": "vm", "nodeSelector": {"vm": "no"}}))),
    ];
    expect![[r#"
        pods "none" is forbidden: pod rejected: RuntimeClass "none" not found
        pods "light" is forbidden: pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead
        pods "strange" is forbidden: pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead
        pods "away" is forbidden: conflict: runtimeClass.scheduling.nodeSelector[vm] = yes; pod.spec.nodeSelector[vm] = no"#]]
    .assert_eq(&refused.join("\n"));
}

#[test]
fn a_claim_grows_only_where_its_class_says_so() {
    for (row, class, grows) in [
        ("no such class", None, false),
        ("a class that does not say", Some(json!({"provisioner": "p"})), false),
        ("a class that grows", Some(json!({"provisioner": "p", "allowVolumeExpansion": true})), true),
    ] {
        let mut api = server();
        if let Some(mut class) = class {
            patch::json_merge(&mut class, &json!({"kind": "StorageClass", "metadata": {"name": "fast"}}));
            made(&mut api, class);
        }
        made(&mut api, claim("data", "1Gi"));
        api.modify_status::<PersistentVolumeClaim>(&request(), "default", "data", |claim| {
            claim.status.phase = Some("Bound".into());
        })
        .expect("the claim is there");
        let key = Key::new(Kind::PersistentVolumeClaim, "default", "data");
        let bigger = json!({"spec": {"resources": {"requests": {"storage": "2Gi"}}}});
        let answer = api.patch(&request(), &key, &Patch::Merge(bigger));
        let expected = if grows {
            ""
        } else {
            "persistentvolumeclaims \"data\" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize"
        };
        assert_eq!(answer.err().map(|status| status.message).unwrap_or_default(), expected, "{row}");
    }
}

#[test]
fn who_changes_new_pods_does_not_know_their_names_yet() {
    let mut api = server();
    let mut tree = pod("", json!({}));
    tree["metadata"] = json!({"generateName": "web-"});
    tree["spec"]["priorityClassName"] = "none".into();
    expect![[r#"pods "web-" is forbidden: no PriorityClass with name none was found"#]]
        .assert_eq(&said(&mut api, tree.clone()));
    tree["spec"]["serviceAccountName"] = "robot".into();
    expect![[
        r#"pods "web-" is forbidden: error looking up service account default/robot: serviceaccount "robot" not found"#
    ]]
    .assert_eq(&said(&mut api, tree));
}

#[test]
fn an_ingress_without_a_class_takes_the_newest_default_one() {
    let mut api = server();
    let class = |name: &str, default: &str| {
        json!({"kind": "IngressClass", "metadata": {"name": name,
            "annotations": {"ingressclass.kubernetes.io/is-default-class": default}},
            "spec": {"controller": "example.com/controller"}})
    };
    let ingress = |name: &str, annotations: Value, spec: Value| {
        let mut ingress = json!({"kind": "Ingress", "metadata": {"name": name, "annotations": annotations},
            "spec": {"defaultBackend": {"service": {"name": "web", "port": {"number": 80}}}}});
        patch::json_merge(&mut ingress, &json!({"spec": spec}));
        ingress
    };
    let taken = |api: &mut ApiServer, tree: Value| {
        made(api, tree).to_value()["spec"]["ingressClassName"].as_str().unwrap_or("none").to_string()
    };
    assert_eq!(taken(&mut api, ingress("before", json!({}), json!({}))), "none");
    for (name, default) in [("b", "true"), ("a", "true"), ("newest", "false")] {
        made(&mut api, class(name, default));
    }
    for (row, tree, expected) in [
        ("of two equally new ones the first by name", ingress("plain", json!({}), json!({})), "a"),
        ("a class that is named", ingress("named", json!({}), json!({"ingressClassName": "b"})), "b"),
        (
            "a class that is named in the annotation of old",
            ingress("annotated", json!({"kubernetes.io/ingress.class": "c"}), json!({})),
            "none",
        ),
    ] {
        assert_eq!(taken(&mut api, tree), expected, "{row}");
    }
}

#[test]
fn what_follows_from_labels_and_annotations_is_written_into_a_new_pod() {
    let mut api = server();
    let term = json!({"topologyKey": "zone", "labelSelector": {}, "matchLabelKeys": ["hash", "none"], "mismatchLabelKeys": ["tenant"]});
    let pod = json!({"kind": "Pod", "metadata": {"name": "p", "labels": {"hash": "1", "tenant": "a"}, "annotations": {
            "container.apparmor.security.beta.kubernetes.io/old": "localhost/x"}},
        "spec": {"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}},
            "containers": [{"name": "old", "image": "i"},
                {"name": "new", "image": "i", "securityContext": {"appArmorProfile": {"type": "Unconfined"}}}]}});
    let made = made(&mut api, pod).to_value();
    let at = "/spec/affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/0/labelSelector";
    assert_eq!(
        made.pointer(at),
        Some(&json!({"matchExpressions": [
            {"key": "hash", "operator": "In", "values": ["1"]},
            {"key": "tenant", "operator": "NotIn", "values": ["a"]}]}))
    );
    assert_eq!(
        made["metadata"]["annotations"],
        json!({"container.apparmor.security.beta.kubernetes.io/new": "unconfined",
            "container.apparmor.security.beta.kubernetes.io/old": "localhost/x"})
    );
    assert_eq!(
        made["spec"]["containers"][0]["securityContext"],
        json!({"appArmorProfile": {"type": "Localhost", "localhostProfile": "x"}})
    );
}
