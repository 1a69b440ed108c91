//! Ports by name or number that are not at the other end: of an Ingress in its Service, of a probe in its container.

use super::paths::text;
use super::selectors::declared_ports;
use super::world::{Thing, World};
use super::{Remark, each};
use orrery_api::{DaemonSet, Deployment, Kind, PodTemplateSpec};
use orrery_apimachinery::Value;
use orrery_client::is_ingress_controller;

pub(super) fn remarks(world: &World<'_>, thing: &Thing) -> Vec<Remark> {
    let mut remarks = probes(thing);
    if thing.key.kind == Kind::Ingress {
        remarks.extend(controller(world));
        for pattern in ["spec.defaultBackend.service", "spec.rules[].http.paths[].backend.service"] {
            let backends = each(&thing.tree, "", pattern);
            remarks.extend(
                backends.into_iter().filter_map(|(path, backend)| backend_port(world, thing, &path, backend)),
            );
        }
    }
    remarks
}

/// An Ingress that nobody serves: there is no controller, and none is written beside it.
fn controller(world: &World<'_>) -> Option<Remark> {
    let mut written = world.written.iter().filter_map(Thing::template);
    let is_written = written.any(|(_, template)| {
        let containers = each(template, "", "spec.containers[]");
        containers.iter().any(|(_, container)| text(container, "image").is_some_and(is_ingress_controller))
    });
    let runs = |template: &PodTemplateSpec| {
        template.spec.containers.iter().any(|c| c.image.as_deref().is_some_and(is_ingress_controller))
    };
    let there = is_written
        || world.api.list::<Deployment>().any(|deployment| runs(&deployment.spec.template))
        || world.api.list::<DaemonSet>().any(|daemon_set| runs(&daemon_set.spec.template));
    let message = "no Ingress controller is installed: nobody will serve it";
    (!there).then(|| Remark::new("kind", message, "install one with: minikube addons enable ingress"))
}

fn backend_port(world: &World<'_>, ingress: &Thing, path: &str, backend: &Value) -> Option<Remark> {
    let service = world.find(Kind::Service, &ingress.key.namespace, text(backend, "name")?)?;
    let ports = each(&service.tree, "", "spec.ports[]");
    let ports: Vec<(i64, Option<&str>)> = ports
        .into_iter()
        .filter_map(|(_, port)| Some((port.get("port")?.as_i64()?, text(port, "name"))))
        .collect();
    let wanted = backend.get("port")?;
    let (field, shown, there) = match (text(wanted, "name"), wanted.get("number").and_then(Value::as_i64)) {
        (Some(name), _) => ("name", format!("\"{name}\""), ports.iter().any(|port| port.1 == Some(name))),
        (None, Some(number)) => ("number", number.to_string(), ports.iter().any(|port| port.0 == number)),
        (None, None) => return None,
    };
    let hint = match ports.is_empty() {
        true => "give the Service this port".into(),
        false => declared_ports(&ports).replace("declared:", "it has"),
    };
    let message = format!("{} has no port {shown}", service.title());
    (!there).then(|| Remark::new(format!("{path}.port.{field}"), message, hint))
}

/// Probes and hooks that name a port of their container.
fn probes(thing: &Thing) -> Vec<Remark> {
    const PLACES: [&str; 7] = [
        "livenessProbe.httpGet",
        "livenessProbe.tcpSocket",
        "readinessProbe.httpGet",
        "readinessProbe.tcpSocket",
        "startupProbe.httpGet",
        "startupProbe.tcpSocket",
        "lifecycle.postStart.httpGet",
    ];
    let Some((path, template)) = thing.template() else { return Vec::new() };
    let containers = ["spec.containers[]", "spec.initContainers[]"];
    let mut remarks = Vec::new();
    for (path, container) in containers.iter().flat_map(|pattern| each(template, path, pattern)) {
        let ports = each(container, "", "ports[]");
        let ports: Vec<(i64, Option<&str>)> = ports
            .into_iter()
            .filter_map(|(_, port)| Some((port.get("containerPort")?.as_i64()?, text(port, "name"))))
            .collect();
        for (path, probe) in PLACES.iter().flat_map(|place| each(container, &path, place)) {
            let Some(name) = text(probe, "port").filter(|name| name.parse::<u16>().is_err()) else {
                continue;
            };
            if !ports.iter().any(|port| port.1 == Some(name)) {
                let message = format!("the container declares no port called \"{name}\"");
                remarks.push(Remark::new(format!("{path}.port"), message, declared_ports(&ports)));
            }
        }
    }
    remarks
}
