//! Steady loads: where requests go, what becomes of them, what they take of containers, and how that comes to be known.

use orrery_api::{Kind, Object, Pod};
use orrery_apiserver::Session;
use orrery_cluster::{Cluster, Config, Failure, Load, LoadStatus, Origin};
use orrery_sim::Duration;
use serde_json::{Value, json};

const WEB: &str = "http://10.96.0.80/";

fn create(cluster: &mut Cluster, kind: Kind, tree: &Value) {
    let (object, problems) = Object::decode(kind, tree);
    assert_eq!(problems, vec![]);
    let (api, request) = cluster.send();
    api.create(&request, object).expect("the object is valid and new");
}

fn service(cluster: &mut Cluster, name: &str, address: &str, selects: &str, target: u16) {
    let spec = json!({"clusterIP": address, "selector": {"app": selects}, "ports": [{"port": 80, "targetPort": target}]});
    create(
        cluster,
        Kind::Service,
        &json!({"metadata": {"name": name, "namespace": "default"}, "spec": spec}),
    );
}

/// A cluster with so many web servers behind a Service, each of which may use this much of a processor and takes so
/// much for a request.
fn web(replicas: u32, limit: &str, cost: &str) -> Cluster {
    let mut cluster = Cluster::new(Config::lively(2));
    cluster.pass(Duration::from_secs(10));
    let labels = json!({"app": "web"});
    let resources = json!({"limits": {"cpu": limit}, "requests": {"cpu": "100m"}});
    let container = json!({"name": "web", "image": "nginx:1.27", "resources": resources});
    let annotations = json!({"orrery.dev/cpu-per-request.web": cost});
    let deployment = json!({
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels, "annotations": annotations}, "spec": {"containers": [container]}},
        },
    });
    create(&mut cluster, Kind::Deployment, &deployment);
    service(&mut cluster, "web", "10.96.0.80", "web", 80);
    service(&mut cluster, "deaf", "10.96.0.81", "web", 81);
    service(&mut cluster, "empty", "10.96.0.82", "nobody", 80);
    cluster.pass(Duration::from_secs(60));
    cluster
}

fn on_node(url: &str, per_second: u64) -> Load {
    Load::new("it", Origin::Node("node-1".into()), url, per_second * 1_000)
}

fn after(cluster: &mut Cluster, load: Load, seconds: u64) -> LoadStatus {
    cluster.set_load(load);
    cluster.pass(Duration::from_secs(seconds));
    cluster.stop_load("it");
    cluster.pass(Duration::from_secs(15));
    cluster.load("it").expect("it was turned on")
}

#[test]
fn requests_are_answered_or_fail_as_the_network_has_it() {
    let cluster = web(3, "500m", "1ms");
    let pod = cluster.api().list::<Pod>().next().expect("three run").metadata.name.clone();
    let from_pod = Origin::Pod { namespace: "default".into(), name: pod, container: None };
    let load = |from: &Origin, url: &str| Load::new("it", from.clone(), url, 20_000);
    let node = Origin::Node("node-1".into());
    type Row = (&'static str, Load, &'static [Failure]);
    let rows: [Row; 6] = [
        ("a Service with pods", load(&node, WEB), &[]),
        ("a Service by its name, from a pod", load(&from_pod, "http://web/"), &[]),
        ("a port on which nobody listens", load(&node, "http://10.96.0.81/"), &[Failure::NotListening]),
        ("a Service without pods", load(&node, "http://10.96.0.82/"), &[Failure::NoEndpoints]),
        ("a name that means nothing", load(&from_pod, "http://wbe/"), &[Failure::UnknownName]),
        (
            "a pod that is not there",
            load(&"pod/default/gone".parse().expect("an origin"), WEB),
            &[Failure::NoRoute],
        ),
    ];
    for (row, load, failures) in rows {
        let status = after(&mut cluster.clone(), load, 10);
        let seen: Vec<Failure> = status.failed.iter().map(|(why, _)| *why).collect();
        assert_eq!(seen, failures, "{row}: {status}");
        assert_eq!((status.sent, status.in_flight), (200, 0), "{row}: {status}");
        assert_eq!(status.errors(), if failures.is_empty() { 0 } else { 200 }, "{row}: {status}");
    }
}

#[test]
fn a_load_spreads_evenly_and_connections_that_are_kept_stay() {
    let cluster = web(4, "2", "1ms");
    let opened = after(&mut cluster.clone(), on_node(WEB, 200), 20);
    for pod in &opened.pods {
        assert!((900..=1_100).contains(&pod.answered), "a quarter of 4,000, more or less: {opened}");
    }
    let kept = after(&mut cluster.clone(), Load { keep_alive: true, ..on_node(WEB, 160) }, 20);
    assert_eq!(kept.errors(), 0, "{kept}");
    for pod in &kept.pods {
        assert_eq!(pod.answered % 200, 0, "each of 16 connections carries 10 requests in a second: {kept}");
    }
}

#[test]
fn who_is_asked_for_too_much_answers_later_and_in_the_end_not_at_all() {
    for (row, per_second, errors, latest) in [
        ("a tenth of what it can do", 10, 0, 40_000),
        ("nine tenths", 90, 0, 200_000),
        ("twice as much", 200, 1_000, 10_000_000),
    ] {
        let status = after(&mut web(1, "500m", "5ms"), on_node(WEB, per_second), 60);
        assert!(status.errors() >= errors && (errors > 0 || status.errors() == 0), "{row}: {status}");
        assert!(status.latency.p50_micros <= latest, "{row}: {status}");
        assert_eq!(status.in_flight, 0, "{row}: {status}");
    }
}

#[test]
fn what_is_used_comes_to_the_metrics_api_stage_by_stage() {
    let mut cluster = web(2, "500m", "5ms");
    cluster.set_load(on_node(WEB, 100));
    cluster.pass(Duration::from_secs(60));
    cluster.measure();
    let mut sum = 0;
    for pod in cluster.api().list::<Pod>() {
        let chain = cluster.metrics_chain("default", &pod.metadata.name).pop().expect("it has one container");
        let (Some(seen), Some(scraped), (Some(first), Some(last)), Some(told)) =
            (&chain.cadvisor, chain.scraped, &chain.samples, &chain.api)
        else {
            panic!("every stage has seen it: {chain:?}");
        };
        assert!(last.at <= scraped && last.at <= seen.at && scraped <= cluster.now(), "{chain:?}");
        let (nanos, window) = (last.cpu_nanos - first.cpu_nanos, last.at.since(first.at).as_millis() as u64);
        assert_eq!(told.cpu_nanos, nanos * 1_000 / window, "{chain:?}");
        let metrics = cluster.api().metrics().and_then(|m| m.pod_metrics("default", &pod.metadata.name));
        let metrics = metrics.expect("it is measured");
        assert_eq!(metrics.containers, vec![told.clone()]);
        assert!((40_000..60_000).contains(&metrics.requests_milli), "half of 100 in a second: {metrics:?}");
        sum += told.cpu_nanos;
    }
    assert!((450_000_000..550_000_000).contains(&sum), "100 requests of 5 ms in a second: {sum}");
}

#[test]
fn metrics_are_there_once_a_pod_was_seen_for_long_enough() {
    let mut cluster = web(1, "500m", "5ms");
    let (api, request) = cluster.send();
    let key = orrery_apiserver::Key::new(Kind::Deployment, "default", "web");
    api.scale(&request, &key, 2).expect("a Deployment can be scaled");
    let measured = |cluster: &mut Cluster| {
        cluster.measure();
        cluster.api().metrics().map_or(0, |metrics| metrics.pods.len())
    };
    cluster.pass(Duration::from_secs(5));
    assert_eq!(
        (cluster.api().list::<Pod>().count(), measured(&mut cluster)),
        (2, 1),
        "the new pod is too young"
    );
    cluster.pass(Duration::from_secs(40));
    assert_eq!(measured(&mut cluster), 2, "both were seen twice");
    cluster.cut("node-1");
    cluster.cut("node-2");
    assert_eq!(measured(&mut cluster), 0, "no kubelet answers");
    let without = Config { add_ons: Vec::new(), ..Config::lively(1) };
    assert!(Cluster::new(without).api().metrics().is_none(), "nobody serves the API");
}
