//! Manifests that are tried before they are applied.

use orrery_api::{Kind, Object};
use orrery_apiserver::{ApiServer, Config, Request};
use orrery_kubectl::apply::Refusal;
use orrery_kubectl::trial::refusals;
use orrery_sim::SimTime;
use serde_json::{Value, json};

/// A server with the namespace `default`.
fn server() -> ApiServer {
    let mut api = ApiServer::new(Config::default());
    let (namespace, _) = Object::decode(Kind::Namespace, &json!({"metadata": {"name": "default"}}));
    api.create(&Request::new(SimTime::ZERO, "test"), namespace).expect("valid");
    api
}

/// Which manifests are refused, with the server's words.
fn refused(manifests: &[Value]) -> Vec<(usize, String)> {
    let api = server();
    let before = api.trace_hash();
    let refused = refusals(manifests.iter(), "default", &api, SimTime::ZERO);
    assert_eq!(api.trace_hash(), before, "the server itself is left alone");
    refused
        .into_iter()
        .map(|(at, refusal)| match refusal {
            Refusal::Refused(status) => (at, status.message),
            other => (at, format!("{other:?}")),
        })
        .collect()
}

fn config_map(name: &str, namespace: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}})
}

#[test]
fn what_the_server_refuses_is_told_and_nothing_is_written() {
    let name =
        "ConfigMap \"Web\" is invalid: metadata.name: Invalid value: \"Web\": a lowercase RFC 1123 subdomain";
    let told = refused(&[config_map("web", "default"), config_map("Web", "default")]);
    assert_eq!(told.len(), 1);
    assert!(told[0].0 == 1 && told[0].1.starts_with(name), "{told:?}");
}

#[test]
fn a_manifest_finds_what_stands_before_it() {
    let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}});
    assert_eq!(refused(&[namespace.clone(), config_map("c", "shop")]), []);
    let told = refused(&[config_map("c", "shop"), namespace]);
    assert_eq!(told, [(0, "namespaces \"shop\" not found".to_string())]);
}
