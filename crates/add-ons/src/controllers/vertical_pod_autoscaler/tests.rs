//! What is recommended, who is evicted, and what new pods request.

use super::histogram::Histogram;
use super::*;
use crate::Controller;
use crate::testing::Workbench;
use expect_test::expect;
use orrery_api::{Kind, Namespace, Object, Pod};
use orrery_apimachinery::{ObjectMeta, Value};
use orrery_apiserver::{ApiServer, ContainerMetrics, Metrics, PodMetrics, Request};
use orrery_client::Key;
use orrery_sim::{Duration, SimTime};
use serde_json::json;
use std::rc::Rc;

const MINUTE: Duration = Duration::from_secs(60);

fn create(api: &mut ApiServer, now: SimTime, tree: &Value) -> Object {
    let kind = api
        .kind_by_gvk(tree["apiVersion"].as_str().expect("a version"), tree["kind"].as_str().expect("a kind"));
    let (mut object, problems) = Object::decode(kind.expect("the kind is known"), tree);
    assert!(problems.is_empty(), "{problems:?}");
    if object.metadata().namespace.is_empty() && kind.is_some_and(|kind| kind.namespaced()) {
        object.metadata_mut().namespace = "default".into();
    }
    api.create(&Request::new(now, "test"), object).expect("the test creates valid objects")
}

/// Makes the kind known, as people do by applying its definition.
fn install(api: &mut ApiServer, now: SimTime) {
    let words = json!({
        "plural": "verticalpodautoscalers", "singular": "verticalpodautoscaler", "kind": "VerticalPodAutoscaler",
        "listKind": "VerticalPodAutoscalerList", "shortNames": ["vpa"],
    });
    let definition = create(
        api,
        now,
        &json!({
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {
                "name": "verticalpodautoscalers.autoscaling.k8s.io",
                "annotations": {"api-approved.kubernetes.io": "https://github.com/kubernetes/kubernetes/pull/63797"},
            },
            "spec": {
                "group": "autoscaling.k8s.io", "scope": "Namespaced", "names": words,
                "versions": [{
                    "name": "v1", "served": true, "storage": true, "subresources": {"status": {}},
                    "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}},
                }],
            },
        }),
    );
    let Object::CustomResourceDefinition(mut definition) = definition else {
        unreachable!("a definition was made")
    };
    let established = json!({"type": "Established", "status": "True"});
    let status = orrery_apimachinery::decode::decode(&json!({
        "acceptedNames": words, "storedVersions": ["v1"], "conditions": [established],
    }));
    Rc::make_mut(&mut definition).status = status.0;
    let request = Request::new(now, "test");
    api.update_status(&request, Object::CustomResourceDefinition(definition)).expect("the status is valid");
}

/// An autoscaler of the ReplicaSet `web`.
fn vpa(spec: Value) -> Value {
    let mut spec = spec;
    if spec.get("targetRef").is_none() {
        spec["targetRef"] = json!({"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web"});
    }
    json!({"apiVersion": "autoscaling.k8s.io/v1", "kind": "VerticalPodAutoscaler", "metadata": {"name": "vpa"}, "spec": spec})
}

/// The ReplicaSet `web` with so many running pods.
fn web(api: &mut ApiServer, now: SimTime, pods: i32) {
    let spec = json!({"containers": [{"name": "c", "image": "nginx", "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}}}]});
    let labels = json!({"app": "web"});
    let set = create(
        api,
        now,
        &json!({
            "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "web"},
            "spec": {"replicas": pods, "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": spec}},
        }),
    );
    for nth in 0..pods {
        let owner = json!({"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "uid": &*set.metadata().uid, "controller": true});
        let name = format!("web-{nth}");
        create(
            api,
            now,
            &json!({
                "apiVersion": "v1", "kind": "Pod",
                "metadata": {"name": name, "labels": labels, "ownerReferences": [owner]}, "spec": spec,
            }),
        );
        let date = api.date(now);
        let request = Request::new(now, "test");
        api.modify_status::<Pod>(&request, "default", &name, |pod| {
            pod.status.phase = Some("Running".into());
            pod.status.start_time = Some(date);
        })
        .expect("the pod is there");
    }
}

/// What every pod of `web` has used until now.
fn measure(api: &mut ApiServer, now: SimTime, cpu_milli: u64, memory_mib: u64) {
    let pods = api.list::<Pod>().map(|pod| PodMetrics {
        namespace: pod.metadata.namespace.clone(),
        name: pod.metadata.name.clone(),
        timestamp: now,
        window: Duration::from_secs(15),
        containers: vec![ContainerMetrics {
            name: "c".into(),
            cpu_nanos: cpu_milli * 1_000_000,
            memory_bytes: memory_mib << 20,
        }],
        requests_milli: 0,
    });
    let pods = pods.collect();
    api.set_metrics(Some(Metrics { pods, nodes: Vec::new() }));
}

fn bench<C: Controller + Default>(pods: i32, spec: Value) -> Workbench<C> {
    let mut bench = Workbench::<C>::new();
    let now = bench.now;
    install(&mut bench.api, now);
    web(&mut bench.api, now, pods);
    create(&mut bench.api, now, &vpa(spec));
    bench
}

fn status(api: &ApiServer) -> Value {
    let kind = api.kind_by_gvk("autoscaling.k8s.io/v1", "VerticalPodAutoscaler").expect("the kind is known");
    match api.object(&Key::new(kind, "default", "vpa")) {
        Some(Object::Custom(object)) => object.fields.get("status").cloned().unwrap_or_default(),
        _ => Value::Null,
    }
}

/// The conditions, then what is recommended for each container.
fn told(api: &ApiServer) -> String {
    let (status, mut text) = (status(api), String::new());
    for c in status["conditions"].as_array().into_iter().flatten() {
        let word = |field: &str| c[field].as_str().unwrap_or_default().to_string();
        text += &format!("{} {} {} {}\n", word("type"), word("status"), word("reason"), word("message"));
    }
    for r in status["recommendation"]["containerRecommendations"].as_array().into_iter().flatten() {
        text += &format!("{r}\n");
    }
    text
}

#[test]
fn what_is_used_is_recommended_with_a_margin_and_bounds_that_close_in() {
    let mut bench = bench::<VpaRecommender>(2, json!({"updatePolicy": {"updateMode": "Off"}}));
    let mut text = String::new();
    for minute in 1..=24 * 60 {
        let now = bench.now;
        measure(&mut bench.api, now, if minute % 10 == 0 { 600 } else { 300 }, 400);
        bench.pass(MINUTE);
        if matches!(minute, 1 | 2 | 60 | 1440) {
            text += &format!("after {minute} min\n{}", told(&bench.api));
        }
    }
    expect![[r#"
        after 1 min
        after 2 min
        RecommendationProvided True  
        {"containerName":"c","lowerBound":{"cpu":"25m","memory":"262144k"},"target":{"cpu":"350m","memory":"511772986"},"uncappedTarget":{"cpu":"350m","memory":"511772986"},"upperBound":{"cpu":"100G","memory":"100T"}}
        after 60 min
        RecommendationProvided True  
        {"containerName":"c","lowerBound":{"cpu":"332m","memory":"487276809"},"target":{"cpu":"716m","memory":"511772986"},"uncappedTarget":{"cpu":"716m","memory":"511772986"},"upperBound":{"cpu":"18492m","memory":"13217860914"}}
        after 1440 min
        RecommendationProvided True  
        {"containerName":"c","lowerBound":{"cpu":"348m","memory":"510749553"},"target":{"cpu":"716m","memory":"511772986"},"uncappedTarget":{"cpu":"716m","memory":"511772986"},"upperBound":{"cpu":"1432m","memory":"1024257756"}}
    "#]].assert_eq(&text);
}

#[test]
fn an_autoscaler_tells_why_it_recommends_nothing() {
    let missing = json!({"targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "ghost"}});
    let mut text = String::new();
    for (row, pods, spec) in [
        ("no pods", 0, json!({})),
        ("nothing was measured", 1, json!({})),
        ("there is no target", 1, missing),
    ] {
        let mut bench = bench::<VpaRecommender>(pods, spec);
        bench.pass(MINUTE + MINUTE);
        text += &format!("{row}\n{}", told(&bench.api));
    }
    expect![[r#"
        no pods
        NoPodsMatched True NoPodsMatched No pods match this VPA object
        RecommendationProvided False NoPodsMatched No pods match this VPA object
        nothing was measured
        RecommendationProvided False  
        there is no target
        ConfigUnsupported True  Cannot read targetRef. Reason: Deployment default/ghost does not exist
    "#]]
    .assert_eq(&text);
}

#[test]
fn policies_bound_what_is_recommended() {
    let mut text = String::new();
    for (row, policy) in [
        ("no more than allowed", json!({"containerName": "*", "maxAllowed": {"cpu": "200m"}})),
        ("no less than allowed", json!({"containerName": "c", "minAllowed": {"memory": "1Gi"}})),
        ("the processor alone", json!({"containerName": "*", "controlledResources": ["cpu"]})),
        ("nothing for this container", json!({"containerName": "c", "mode": "Off"})),
    ] {
        let mut bench =
            bench::<VpaRecommender>(1, json!({"resourcePolicy": {"containerPolicies": [policy]}}));
        measure(&mut bench.api, SimTime::ZERO, 300, 400);
        bench.pass(MINUTE + MINUTE);
        let recommended = &status(&bench.api)["recommendation"]["containerRecommendations"][0];
        text += &format!("{row}: {} of {}\n", recommended["target"], recommended["uncappedTarget"]);
    }
    expect![[r#"
        no more than allowed: {"cpu":"200m","memory":"511772986"} of {"cpu":"350m","memory":"511772986"}
        no less than allowed: {"cpu":"350m","memory":"1Gi"} of {"cpu":"350m","memory":"511772986"}
        the processor alone: {"cpu":"350m"} of {"cpu":"350m"}
        nothing for this container: null of null
    "#]]
    .assert_eq(&text);
}

/// Gives the autoscaler a recommendation.
fn recommend(api: &mut ApiServer, now: SimTime, target: Value) {
    let kind = api.kind_by_gvk("autoscaling.k8s.io/v1", "VerticalPodAutoscaler").expect("the kind is known");
    let mut object = api.object(&Key::new(kind, "default", "vpa")).cloned().expect("the autoscaler is there");
    let Object::Custom(custom) = &mut object else { unreachable!("its kind is a custom one") };
    let made = json!({"recommendation": {"containerRecommendations": [{
        "containerName": "c", "target": target,
        "lowerBound": {"cpu": "200m", "memory": "32Mi"}, "upperBound": {"cpu": "400m", "memory": "1Gi"},
    }]}});
    Rc::make_mut(&mut Rc::make_mut(custom).fields).insert("status".into(), made);
    api.update_status(&Request::new(now, "test"), object).expect("the status is valid");
}

#[test]
fn pods_outside_of_the_bounds_are_evicted_half_at_a_time() {
    let budget = |least: i32| {
        json!({
            "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"},
            "spec": {"minAvailable": least, "selector": {"matchLabels": {"app": "web"}}},
        })
    };
    let auto = json!({});
    let mode = |mode: &str| json!({"updatePolicy": {"updateMode": mode}});
    for (row, pods, spec, budgeted, left) in [
        ("half of four", 4, auto.clone(), false, 2),
        ("one of two", 2, auto.clone(), false, 1),
        ("not a single one", 1, auto.clone(), false, 1),
        ("a single one where that is allowed", 1, json!({"updatePolicy": {"minReplicas": 1}}), false, 0),
        ("Recreate is the same", 4, mode("Recreate"), false, 2),
        ("Initial leaves pods alone", 4, mode("Initial"), false, 4),
        ("Off leaves pods alone", 4, mode("Off"), false, 4),
        ("a budget is kept", 4, auto.clone(), true, 4),
    ] {
        let mut bench = bench::<VpaUpdater>(pods, spec);
        let now = bench.now;
        recommend(&mut bench.api, now, json!({"cpu": "300m", "memory": "64Mi"}));
        if budgeted {
            create(&mut bench.api, now, &budget(4));
        }
        bench.pass(MINUTE + MINUTE);
        let there = bench.api.list::<Pod>().filter(|pod| !pod.metadata.terminating()).count();
        assert_eq!(there, left, "{row}");
        let told = bench.events().matches("EvictedByVPA").count();
        assert_eq!(told, pods as usize - left, "{row}: each eviction is told");
    }
}

#[test]
fn pods_within_the_bounds_are_only_replaced_when_they_are_old() {
    let mut bench = bench::<VpaUpdater>(4, json!({}));
    let now = bench.now;
    recommend(&mut bench.api, now, json!({"cpu": "120m", "memory": "64Mi"}));
    let kind =
        bench.api.kind_by_gvk("autoscaling.k8s.io/v1", "VerticalPodAutoscaler").expect("the kind is known");
    let mut object = bench.api.object(&Key::new(kind, "default", "vpa")).cloned().expect("it is there");
    let Object::Custom(custom) = &mut object else { unreachable!("its kind is a custom one") };
    let bound = &mut Rc::make_mut(&mut Rc::make_mut(custom).fields)["status"]["recommendation"]["containerRecommendations"]
        [0];
    bound["lowerBound"]["cpu"] = "50m".into();
    bench.api.update_status(&Request::new(now, "test"), object).expect("the status is valid");
    bench.pass(Duration::from_secs(11 * 60 * 60));
    assert_eq!(bench.api.count(Kind::Pod), 4, "a fifth more is not worth it yet");
    bench.pass(Duration::from_secs(2 * 60 * 60));
    assert_eq!(bench.events().matches("EvictedByVPA").count(), 2, "after twelve hours it is");
}

#[test]
fn new_pods_request_what_is_recommended_and_limits_keep_their_proportion() {
    let mut text = String::new();
    let full =
        json!({"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": "200m", "memory": "128Mi"}});
    let requests_only = json!({"resourcePolicy": {"containerPolicies": [{"containerName": "*", "controlledValues": "RequestsOnly"}]}});
    for (row, spec, resources) in [
        ("requests alone", json!({}), json!({"requests": {"cpu": "100m"}})),
        ("limits in proportion", json!({}), full.clone()),
        ("limits that are the requests", json!({}), json!({"limits": {"cpu": "100m", "memory": "64Mi"}})),
        ("no limits where only requests are controlled", requests_only, full.clone()),
        ("Initial changes new pods too", json!({"updatePolicy": {"updateMode": "Initial"}}), full.clone()),
        ("Off changes nothing", json!({"updatePolicy": {"updateMode": "Off"}}), full),
    ] {
        let mut api = ApiServer::new(orrery_apiserver::Config::default());
        let now = SimTime::ZERO;
        let namespace = Namespace { metadata: ObjectMeta::named("", "default"), ..Default::default() };
        api.create(&Request::new(now, "test"), Object::Namespace(Rc::new(namespace))).expect("a new name");
        create(
            &mut api,
            now,
            &json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}}),
        );
        install(&mut api, now);
        web(&mut api, now, 0);
        create(&mut api, now, &vpa(spec));
        recommend(&mut api, now, json!({"cpu": "300m", "memory": "256Mi"}));
        api.register_webhook(admit);
        let pod = create(
            &mut api,
            now,
            &json!({
                "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "labels": {"app": "web"}},
                "spec": {"containers": [{"name": "c", "image": "nginx", "resources": resources}, {"name": "d", "image": "nginx"}]},
            }),
        );
        let Object::Pod(pod) = pod else { unreachable!("a pod was made") };
        text += &format!("{row}\n");
        for (key, value) in pod.metadata.annotations.iter() {
            text += &format!("  {key}: {value}\n");
        }
        let made = &pod.spec.containers[0].resources;
        for (what, list) in [("requests", &made.requests), ("limits", &made.limits)] {
            for (resource, amount) in list {
                text += &format!("  {what} {resource} {amount}\n");
            }
        }
    }
    expect![[r#"
        requests alone
          vpaObservedContainers: c, d
          vpaUpdates: Pod resources updated by vpa: container 0: cpu request, memory request
          requests cpu 300m
          requests memory 256Mi
        limits in proportion
          vpaObservedContainers: c, d
          vpaUpdates: Pod resources updated by vpa: container 0: cpu request, memory request, cpu limit, memory limit
          requests cpu 300m
          requests memory 256Mi
          limits cpu 600m
          limits memory 512Mi
        limits that are the requests
          vpaObservedContainers: c, d
          vpaUpdates: Pod resources updated by vpa: container 0: cpu request, memory request, cpu limit, memory limit
          requests cpu 300m
          requests memory 256Mi
          limits cpu 300m
          limits memory 256Mi
        no limits where only requests are controlled
          vpaObservedContainers: c, d
          vpaUpdates: Pod resources updated by vpa: container 0: cpu request, memory request
          requests cpu 200m
          requests memory 128Mi
          limits cpu 200m
          limits memory 128Mi
        Initial changes new pods too
          vpaObservedContainers: c, d
          vpaUpdates: Pod resources updated by vpa: container 0: cpu request, memory request, cpu limit, memory limit
          requests cpu 300m
          requests memory 256Mi
          limits cpu 600m
          limits memory 512Mi
        Off changes nothing
          requests cpu 100m
          requests memory 64Mi
          limits cpu 200m
          limits memory 128Mi
    "#]].assert_eq(&text);
}

#[test]
fn percentiles_are_the_ends_of_buckets_and_old_amounts_lose_weight() {
    let mut histogram = Histogram::new(10);
    assert_eq!(histogram.percentile(90), 0, "nothing was counted");
    histogram.add(5, 1000);
    assert_eq!(histogram.percentile(90), 10, "the end of the first bucket");
    for _ in 0..8 {
        histogram.add(5, 1000);
    }
    histogram.add(300, 1000);
    assert_eq!(histogram.percentile(90), 10, "nine of ten are in the first bucket");
    assert_eq!(histogram.percentile(95), 305, "the tenth is in a later one");
    histogram.decay(3 * 24 * 60);
    histogram.add(300, 1000);
    assert_eq!(histogram.percentile(60), 305, "of nine little ones an eighth is left after three days");
    histogram.add(u64::MAX / 10_000, 100_000_000);
    assert!(histogram.percentile(99) > 900_000, "what is too much is in the last bucket");
}
