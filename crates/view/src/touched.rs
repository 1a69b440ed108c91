//! Which objects a command is about: those that it changed, and those that it names or printed.

use crate::scene::ObjectRef;
use orrery_api::{Kind, Object};
use orrery_apimachinery::Order;
use orrery_apiserver::{ApiServer, Revision};
use orrery_cluster::Cluster;

/// So many objects are told at most.
const MOST: usize = 300;
/// What changes beside what a command is about.
const ASIDE: [&str; 2] = ["Event", "Lease"];

/// What `command` is about, which printed `output`; what was written since `before` it has changed.
pub fn touched(cluster: &Cluster, before: Revision, command: &[String], output: &str) -> Vec<ObjectRef> {
    let api = cluster.api();
    let mut found: Vec<ObjectRef> = Vec::new();
    let mut revision = before;
    while revision < api.revision() && found.len() < MOST {
        revision += 1;
        if let Some(change) = api.change(revision) {
            add(&change.value, &mut found);
        }
    }
    let kinds = kinds(api, command);
    let namespace = namespace(command);
    let words = || command.iter().map(String::as_str).chain(output.split_whitespace());
    let mut names: Vec<&str> = words().map(|word| word.rsplit('/').next().unwrap_or(word)).collect();
    names.order();
    for kind in kinds {
        for object in api.objects(kind) {
            let meta = object.metadata();
            let here = !kind.namespaced() || namespace.is_none_or(|wanted| wanted == &*meta.namespace);
            if here && found.len() < MOST && names.binary_search(&&*meta.name).is_ok() {
                add(object, &mut found);
            }
        }
    }
    found
}

fn add(object: &Object, found: &mut Vec<ObjectRef>) {
    let (kind, meta) = (object.kind().name(), object.metadata());
    let id = ObjectRef::new(kind, &meta.namespace, &meta.name);
    if !ASIDE.contains(&kind) && !found.contains(&id) {
        found.push(id);
    }
}

/// The kinds that a command names; pods where it names none.
fn kinds(api: &ApiServer, command: &[String]) -> Vec<Kind> {
    let mut kinds = Vec::new();
    for word in command.iter().filter(|word| !word.starts_with('-')) {
        for part in word.split(',').map(|part| part.split('/').next().unwrap_or(part)) {
            kinds.extend(api.kind_named(part).filter(|kind| !kinds.contains(kind)));
        }
    }
    match command.first().map(String::as_str) {
        Some("cordon" | "drain" | "uncordon") => kinds.push(Kind::Node),
        _ if kinds.is_empty() => kinds.push(Kind::Pod),
        _ => {}
    }
    kinds
}

/// The namespace that a command is about; `None` for all.
fn namespace(command: &[String]) -> Option<&str> {
    let mut words = command.iter();
    let mut namespace = Some("default");
    while let Some(word) = words.next() {
        match word.as_str() {
            "-A" | "--all-namespaces" => namespace = None,
            "-n" | "--namespace" => namespace = words.next().map(String::as_str),
            "--" => break,
            word => namespace = word.strip_prefix("--namespace=").map_or(namespace, Some),
        }
    }
    namespace
}
