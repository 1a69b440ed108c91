//! An Ingress: its rules, and what stands behind each.

use super::service::endpoints;
use super::story::{joined, list, shown};
use super::{Look, Story};
use orrery_api::Service;
use orrery_apimachinery::{Order, Value};

pub(super) fn describe(story: &mut Story, look: &Look<'_>, tree: &Value) {
    story.tell(tree, "Name:\t{metadata.name}\nLabels:\t{+metadata.labels}\nNamespace:\t{metadata.namespace}");
    story.field(0, "Address", &address(&tree["status"]["loadBalancer"]["ingress"]));
    story.tell(tree, "Ingress Class:\t{spec.ingressClassName?<none>}");
    let namespace = tree["metadata"]["namespace"].as_str().unwrap_or_default();
    let default = match tree["spec"].get("defaultBackend") {
        Some(behind) => backend(look, namespace, behind),
        None => "<default>".into(),
    };
    story.field(0, "Default backend", &default);
    tls(story, list(&tree["spec"]["tls"]));
    story.line(0, "Rules:\n  Host\tPath\tBackends\n  ----\t----\t--------");
    let mut followed = false;
    for rule in list(&tree["spec"]["rules"]) {
        let Some(http) = rule.get("http") else { continue };
        followed = true;
        story.tell(rule, "  {host?*}\t");
        for path in list(&http["paths"]) {
            let text =
                ["\t", &shown(&path["path"]), " \t", &backend(look, namespace, &path["backend"])].concat();
            story.line(2, &text);
        }
    }
    if !followed {
        story.line(1, &["*\t*\t", &default].concat());
    }
    story.tell(tree, "Annotations:\t{*metadata.annotations}");
}

/// Where it is reached, each address once.
fn address(entrances: &Value) -> String {
    let mut addresses: Vec<&str> = Vec::new();
    for entrance in list(entrances) {
        addresses.extend(["ip", "hostname"].iter().find_map(|field| entrance[*field].as_str()));
    }
    addresses.order();
    addresses.dedup();
    addresses.join(",")
}

fn tls(story: &mut Story, entries: &[Value]) {
    if !entries.is_empty() {
        story.line(0, "TLS:");
    }
    for entry in entries {
        let hosts = joined(&entry["hosts"], ",");
        match entry["secretName"].as_str() {
            None | Some("") => story.line(1, &["SNI routes ", &hosts].concat()),
            Some(secret) => story.line(1, &[secret, " terminates ", &hosts].concat()),
        }
    }
}

/// `web:80 (10.244.0.17:80)`: a Service, and the endpoints behind it (upstream: `describeBackendV1`).
fn backend(look: &Look<'_>, namespace: &str, backend: &Value) -> String {
    if let Some(resource) = backend.get("resource") {
        let mut told = Story::default();
        told.tell(resource, "APIGroup: {apiGroup?<none>}, Kind: {kind}, Name: {name}");
        return told.0.trim_end().into();
    }
    let named = &backend["service"];
    let (name, port) = (named["name"].as_str().unwrap_or_default(), &named["port"]);
    let number = port["number"].as_i64();
    let told = shown(if number.is_some() { &port["number"] } else { &port["name"] });
    let Some(service) = look.api.get::<Service>(namespace, name) else {
        return format!("{name}:{told} (<error: services {name:?} not found>)");
    };
    let mut wanted = None;
    for known in &service.spec.ports {
        let by_name = port["name"].as_str().is_some_and(|name| known.name.as_deref() == Some(name));
        if number == Some(i64::from(known.port)) || by_name {
            wanted = known.name.as_deref();
        }
    }
    format!("{name}:{told} ({})", endpoints(look, namespace, name, wanted))
}
