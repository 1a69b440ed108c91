//! Selectors that pick nothing, or what another picks too.

use super::Remark;
use super::paths::text;
use super::world::{Thing, World, labels};
use orrery_api::{EXTERNAL_NAME, Kind};
use orrery_apimachinery::decode::closest;
use orrery_apimachinery::labels::equality_matches;
use orrery_apimachinery::{StrMap, Value};

pub(super) fn remarks(world: &World<'_>, thing: &Thing) -> Vec<Remark> {
    match thing.key.kind {
        Kind::Service => service(world, thing),
        Kind::Deployment | Kind::ReplicaSet | Kind::StatefulSet | Kind::DaemonSet => {
            same_selector(world, thing).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn service(world: &World<'_>, thing: &Thing) -> Vec<Remark> {
    let Some(spec) = thing.tree.get("spec") else { return Vec::new() };
    let selector = spec.get("selector").map(labels).unwrap_or_default();
    if selector.is_empty() || text(spec, "type") == Some(EXTERNAL_NAME) {
        return Vec::new();
    }
    let workloads = world.workloads(&thing.key.namespace);
    let picked: Vec<&Thing> =
        workloads.iter().filter(|w| equality_matches(&selector, &w.pod_labels())).collect();
    if !picked.is_empty() {
        return ports(spec, &picked);
    }
    if !world.api.pods_equal_to(&thing.key.namespace, &selector).is_empty() {
        return Vec::new();
    }
    let named = workloads.iter().find(|w| w.key.name == thing.key.name);
    let meant = named.or_else(|| closest_pods(&selector, &workloads));
    let hint = match meant {
        Some(meant) => format!("the pods of {} have {}", meant.title(), list(&meant.pod_labels())),
        None => "give the pods of a workload these labels, under `spec.template.metadata.labels`".into(),
    };
    let message = format!("no pod has the labels {}: this Service leads nowhere", list(&selector));
    vec![Remark::new("spec.selector", message, hint)]
}

/// The workload whose pods have almost the labels of the selector.
fn closest_pods<'w>(selector: &StrMap, workloads: &'w [Thing]) -> Option<&'w Thing> {
    selector.iter().find_map(|(key, value)| {
        let labels: Vec<(StrMap, &Thing)> = workloads.iter().map(|w| (w.pod_labels(), w)).collect();
        let values = labels.iter().filter_map(|(labels, _)| labels.get(key).map(|value| &**value));
        let meant = closest(value, values)?;
        labels.iter().find(|(labels, _)| labels.get(key).is_some_and(|v| **v == *meant)).map(|(_, w)| *w)
    })
}

fn list(labels: &StrMap) -> String {
    let labels: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    if labels.is_empty() { "no labels".into() } else { labels.join(",") }
}

/// Target ports that no container of the picked pods declares.
fn ports(spec: &Value, picked: &[&Thing]) -> Vec<Remark> {
    let declared: Vec<(i64, Option<&str>)> =
        picked.iter().flat_map(|workload| workload.pod_ports()).collect();
    let ports = spec.get("ports").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut remarks = Vec::new();
    for (i, port) in ports.iter().enumerate() {
        let (field, target) = match port.get("targetPort").filter(|target| !target.is_null()) {
            Some(target) => ("targetPort", target),
            None => ("port", &port["port"]),
        };
        let there = match target {
            Value::String(name) => declared.iter().any(|(_, declared)| *declared == Some(name)),
            // Numbers work undeclared; next to others that are declared it is likely a mistake.
            _ => declared.is_empty() || declared.iter().any(|(number, _)| Some(*number) == target.as_i64()),
        };
        if !there {
            let message = format!("no container of the pods that it selects declares port {target}");
            remarks.push(Remark::new(format!("spec.ports[{i}].{field}"), message, declared_ports(&declared)));
        }
    }
    remarks
}

/// What to write instead of a port that is not declared.
pub(super) fn declared_ports(declared: &[(i64, Option<&str>)]) -> String {
    let show = |(number, name): &(i64, Option<&str>)| match name {
        Some(name) => format!("{number} ({name})"),
        None => number.to_string(),
    };
    let mut shown: Vec<String> = declared.iter().map(show).collect();
    shown.dedup();
    match shown.is_empty() {
        true => "declare it: `ports: [{name: …, containerPort: …}]`".into(),
        false => format!("declared: {}", shown.join(", ")),
    }
}

/// Another workload that takes the pods of this one for its own.
fn same_selector(world: &World<'_>, thing: &Thing) -> Option<Remark> {
    let selector = thing.tree.pointer("/spec/selector")?;
    let kinds = [Kind::Deployment, Kind::ReplicaSet, Kind::StatefulSet, Kind::DaemonSet];
    let others = kinds.iter().flat_map(|kind| world.all(*kind, &thing.key.namespace));
    let same =
        |other: &Thing| other.key != thing.key && other.tree.pointer("/spec/selector") == Some(selector);
    let other = others.into_iter().find(same)?;
    let message = format!("{} selects the same pods", other.title());
    Some(Remark::new(
        "spec.selector",
        message,
        "give each its own labels, such as `app: …`, in selector and template",
    ))
}
