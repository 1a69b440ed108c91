//! The Endpoints of services, as kubectl would print them.

use super::EndpointsController;
use crate::testing::Workbench;
use expect_test::{Expect, expect};
use orrery_api::{Endpoints, Pod, Service};
use orrery_apimachinery::Value;
use orrery_apimachinery::decode::encode;
use orrery_sim::Duration;
use serde_json::json;

type Bench = Workbench<EndpointsController>;

const SOON: Duration = Duration::from_millis(50);

fn pod(name: &str, ports: Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "default", "labels": {"app": "web"}},
        "spec": {"containers": [{"name": "c", "image": "nginx", "ports": ports}]},
    })
}

fn service(spec: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "default"}, "spec": spec})
}

/// Three pods: one ready, one not, one being deleted; the second has another number for the port `http`.
fn bench(spec: Value) -> Bench {
    let mut bench = Bench::new();
    bench.apply(pod("a", json!([{"name": "http", "containerPort": 80}])));
    bench.apply(pod("b", json!([{"name": "http", "containerPort": 8080}])));
    bench.apply(pod("c", json!([{"name": "http", "containerPort": 80}])));
    bench.run_pods(|pod| &*pod.metadata.name != "b");
    bench.apply(service(spec));
    let leaving = bench.get::<Pod>("default", "c").expect("it was created");
    bench.drop_object(&leaving);
    bench.pass(SOON);
    bench
}

/// A line for each subset: ready addresses, others, ports.
fn subsets(bench: &Bench) -> String {
    let Some(endpoints) = bench.get::<Endpoints>("default", "web") else { return "none\n".into() };
    let names = |list: &[orrery_api::EndpointAddress]| {
        let name = |a: &orrery_api::EndpointAddress| {
            a.target_ref.as_ref().and_then(|r| r.name.clone()).unwrap_or_default()
        };
        list.iter().map(|a| name(a).to_string()).collect::<Vec<_>>().join(",")
    };
    let port = |p: &orrery_api::EndpointPort| format!("{}:{}", p.name.as_deref().unwrap_or_default(), p.port);
    let line = |s: &orrery_api::EndpointSubset| {
        let ports: Vec<String> = s.ports.iter().map(port).collect();
        format!(
            "ready [{}] others [{}] ports [{}]\n",
            names(&s.addresses),
            names(&s.not_ready_addresses),
            ports.join(",")
        )
    };
    endpoints.subsets.iter().map(line).collect()
}

#[test]
fn the_pods_behind_a_service_are_listed_by_the_ports_that_they_offer() {
    let check = |row: &str, spec: Value, expected: Expect| {
        expected.assert_eq(&format!("{row}\n{}", subsets(&bench(spec))));
    };
    let web = json!({"app": "web"});
    check(
        "ready and not ready, nobody who leaves",
        json!({"selector": web, "ports": [{"port": 80}]}),
        expect![[r#"
        ready and not ready, nobody who leaves
        ready [a] others [b] ports [:80]
    "#]],
    );
    check(
        "a named port is looked up in each pod",
        json!({"selector": web, "ports": [{"port": 80, "targetPort": "http"}]}),
        expect![[r#"
            a named port is looked up in each pod
            ready [a] others [] ports [:80]
            ready [] others [b] ports [:8080]
        "#]],
    );
    check(
        "ports stand in upstream's order",
        json!({"selector": web, "ports": [
            {"name": "http", "port": 80}, {"name": "https", "port": 443, "targetPort": 8443}, {"name": "dns", "port": 80, "protocol": "UDP"},
        ]}),
        expect![[r#"
            ports stand in upstream's order
            ready [a] others [b] ports [dns:80,https:8443,http:80]
        "#]],
    );
    check(
        "all count as ready where that is asked for",
        json!({"selector": web, "ports": [{"port": 80}], "publishNotReadyAddresses": true}),
        expect![[r#"
            all count as ready where that is asked for
            ready [a,b,c] others [] ports [:80]
        "#]],
    );
    check(
        "a headless service needs no ports",
        json!({"selector": web, "clusterIP": "None"}),
        expect![[r#"
        a headless service needs no ports
        ready [a] others [b] ports []
    "#]],
    );
    check(
        "nothing is done for a service without a selector",
        json!({"ports": [{"port": 80}]}),
        expect![[r#"
        nothing is done for a service without a selector
        none
    "#]],
    );
    check(
        "a port that no pod has",
        json!({"selector": web, "ports": [{"port": 80, "targetPort": "no"}]}),
        expect![[r#"
        a port that no pod has
    "#]],
    );
}

#[test]
fn endpoints_follow_their_service() {
    let mut bench = bench(json!({"selector": {"app": "web"}, "clusterIP": "None"}));
    let labels = |bench: &Bench| {
        let endpoints = bench.get::<Endpoints>("default", "web").expect("the service has endpoints");
        encode(&endpoints.metadata.labels).to_string()
    };
    assert_eq!(labels(&bench), r#"{"service.kubernetes.io/headless":""}"#);
    bench.modify::<Service>("default", "web", |s| {
        s.metadata.labels.insert("tier", "front");
    });
    bench.pass(SOON);
    assert_eq!(labels(&bench), r#"{"service.kubernetes.io/headless":"","tier":"front"}"#);
    let service = bench.get::<Service>("default", "web").expect("it was created");
    bench.drop_object(&service);
    bench.pass(SOON);
    assert_eq!(subsets(&bench), "none\n");
}

#[test]
fn changes_that_endpoints_do_not_show_write_nothing() {
    let mut bench = bench(json!({"selector": {"app": "web"}, "ports": [{"port": 80}]}));
    let before = bench.written();
    bench.modify::<Pod>("default", "a", |pod| {
        pod.metadata.annotations.insert("note", "read");
    });
    bench.modify::<Pod>("default", "a", |pod| {
        pod.metadata.labels.insert("tier", "front");
    });
    bench.pass(SOON);
    assert_eq!(bench.written(), before);
    bench.modify::<Pod>("default", "a", |pod| {
        pod.metadata.labels.insert("app", "db");
    });
    bench.pass(SOON);
    assert_eq!(subsets(&bench), "ready [] others [b] ports [:80]\n", "a pod that is no longer selected goes");
}

#[test]
fn a_thousand_addresses_are_enough() {
    let mut bench = Bench::new();
    for i in 0..1_200 {
        bench.apply(pod(&format!("pod-{i}"), json!([])));
    }
    bench.run_pods(|pod| !pod.metadata.name.ends_with('7'));
    bench.apply(service(json!({"selector": {"app": "web"}, "ports": [{"port": 80}]})));
    bench.pass(SOON);
    let endpoints = bench.get::<Endpoints>("default", "web").expect("the service has endpoints");
    let subset = &endpoints.subsets[0];
    assert_eq!(
        (subset.addresses.len(), subset.not_ready_addresses.len()),
        (1_000, 0),
        "ready ones come first"
    );
    let note = endpoints.metadata.annotations.get("endpoints.kubernetes.io/over-capacity");
    assert_eq!(note.map(|n| &**n), Some("truncated"));
}
