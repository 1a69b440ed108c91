//! Services in text, addresses out.

use crate::{KubeProxy, Packet, Source, lookup};
use orrery_api::{Kind, Object};
use orrery_apimachinery::Str;
use orrery_client::{ApiServer, Request};
use orrery_container_runtime::{Protocol, Target};
use orrery_sim::SimTime;
use serde_json::{Value, json};
use std::net::Ipv4Addr;

fn server() -> ApiServer {
    let mut api = ApiServer::new(Default::default());
    let mut create = |kind: Kind, value: Value| {
        let object = Object::decode(kind, &value).0;
        api.create(&Request::new(SimTime::ZERO, "test"), object).expect("valid");
    };
    for name in ["default", "shop"] {
        create(Kind::Namespace, json!({"metadata": {"name": name}}));
    }
    let mut service = |name: &str, spec: Value| {
        create(Kind::Service, json!({"metadata": {"name": name, "namespace": "shop"}, "spec": spec}));
    };
    let ports = json!([{"port": 80, "targetPort": 8080}]);
    service("web", json!({"clusterIP": "10.96.0.20", "ports": ports, "selector": {"app": "web"}}));
    service(
        "sticky",
        json!({"clusterIP": "10.96.0.21", "ports": ports, "sessionAffinity": "ClientIP", "selector": {"app": "web"}}),
    );
    service("empty", json!({"clusterIP": "10.96.0.22", "ports": ports, "selector": {"app": "none"}}));
    service(
        "near",
        json!({"clusterIP": "10.96.0.23", "ports": ports, "internalTrafficPolicy": "Local", "selector": {"app": "web"}}),
    );
    service("db", json!({"clusterIP": "None", "ports": ports, "selector": {"app": "db"}}));
    service("docs", json!({"type": "ExternalName", "externalName": "web.shop.svc.cluster.local"}));
    for name in ["web", "sticky", "near", "db"] {
        create(
            Kind::EndpointSlice,
            json!({
                "metadata": {"name": name, "namespace": "shop", "labels": {"kubernetes.io/service-name": name}},
                "addressType": "IPv4",
                "ports": [{"name": "", "port": 8080}],
                "endpoints": [
                    {"addresses": ["10.244.0.2"], "nodeName": "node-1", "hostname": "db-0", "conditions": {"ready": true}},
                    {"addresses": ["10.244.1.2"], "nodeName": "node-2", "hostname": "db-1", "conditions": {"ready": true}},
                    {"addresses": ["10.244.1.3"], "nodeName": "node-2", "hostname": "db-2", "conditions": {"ready": false}}
                ]
            }),
        );
    }
    api
}

#[test]
fn a_name_means_what_coredns_says() {
    let api = server();
    for (row, name, expected) in [
        ("a Service", "web.shop.svc.cluster.local", "10.96.0.20"),
        ("in capitals, with a dot", "Web.shop.svc.cluster.local.", "10.96.0.20"),
        ("a Service of another namespace", "web.default.svc.cluster.local", ""),
        ("a headless one: its ready endpoints", "db.shop.svc.cluster.local", "10.244.0.2 10.244.1.2"),
        ("one pod of a headless one", "db-1.db.shop.svc.cluster.local", "10.244.1.2"),
        ("a pod that is not ready", "db-2.db.shop.svc.cluster.local", ""),
        ("an alias", "docs.shop.svc.cluster.local", "10.96.0.20"),
        ("a pod by its address", "10-244-1-3.shop.pod.cluster.local", "10.244.1.3"),
        ("a name without a dot", "web", ""),
        ("a Service that is not there", "mydb.shop", ""),
        ("an address", "10.1.2.3", "10.1.2.3"),
    ] {
        let found: Vec<String> = lookup(&api, name, true).iter().map(Ipv4Addr::to_string).collect();
        assert_eq!(found.join(" "), expected, "{row}");
    }
    let outside = lookup(&api, "example.com", true);
    assert!(matches!(outside[..], [address] if crate::is_outside(address)), "a public name: {outside:?}");
    assert!(lookup(&api, "web.shop.svc.cluster.local", false).is_empty(), "the node's DNS knows no Services");
}

#[test]
fn a_connection_goes_where_the_rules_lead() {
    let api = server();
    let mut proxy = KubeProxy::new(1);
    proxy.restart(&api);
    let node = Str::from("node-1");
    let mut ends = |address: [u8; 4], port: u16| {
        let to = Target { address: address.into(), port };
        let source = Ipv4Addr::new(10, 244, 0, 9);
        let packet = Packet { protocol: Protocol::Tcp, source, kind: Source::Pod, to, own: false };
        let mut seen: Vec<String> = (0..16)
            .map(|_| match proxy.forward(&api, &node, &packet, SimTime::ZERO).map(|forward| forward.result) {
                Some(Ok(choice)) => choice.endpoint.target.to_string(),
                Some(Err(why)) => format!("{why:?}"),
                None => "as it is".into(),
            })
            .collect();
        seen.sort();
        seen.dedup();
        seen.join(" ")
    };
    assert_eq!(ends([10, 96, 0, 20], 80), "10.244.0.2:8080 10.244.1.2:8080", "to each ready endpoint");
    assert_eq!(ends([10, 96, 0, 22], 80), "NoEndpoints", "a Service without endpoints rejects");
    assert_eq!(ends([10, 96, 0, 20], 81), "as it is", "no rule knows the port");
    assert_eq!(ends([10, 96, 9, 9], 80), "as it is", "no rule knows the address");
    assert_eq!(ends([10, 96, 0, 23], 80), "10.244.0.2:8080", "kept to the node's own");
    assert_eq!(ends([10, 244, 1, 3], 8080), "as it is", "a pod is reached as it is");
    assert!(!ends([10, 96, 0, 21], 80).contains(' '), "a client stays with its endpoint");
}
