//! Which objects a command is about: those that it changed, and those that it names or printed.

use crate::scene::ObjectRef;
use orrery_api::{Kind, Object};
use orrery_apimachinery::{LabelSelector, Order, labels};
use orrery_apiserver::{ApiServer, Revision};
use orrery_cluster::Cluster;

/// So many objects are told at most.
const MOST: usize = 300;
/// In whose name a person's programs write.
const PERSON: &str = "kubectl";
/// What changes beside what a command is about.
const ASIDE: [&str; 2] = ["Event", "Lease"];

/// What `command` is about, which printed `output`; what was written since `before` it has changed.
pub fn touched(cluster: &Cluster, before: Revision, command: &[String], output: &str) -> Vec<ObjectRef> {
    let api = cluster.api();
    let mut found: Vec<ObjectRef> = Vec::new();
    let mut revision = before;
    while revision < api.revision() && found.len() < MOST {
        revision += 1;
        // What follows from it is the work of others.
        let by_person = api.write(revision).is_some_and(|write| &*write.actor == PERSON);
        if let Some(change) = api.change(revision).filter(|_| by_person) {
            add(&change.value, &mut found);
        }
    }
    let namespace = namespace(command);
    let names = names(command, output);
    let selector = selector(command);
    let here = |object: &Object| {
        let is_named = namespace.is_none_or(|wanted| wanted == &*object.metadata().namespace);
        is_named || !object.kind().namespaced()
    };
    for kind in kinds(api, command) {
        for object in api.objects(kind).filter(|object| here(object)) {
            let meta = object.metadata();
            let named = names.binary_search(&&*meta.name).is_ok();
            let selected = selector.as_ref().is_some_and(|selector| selector.matches(&meta.labels));
            if found.len() < MOST && (named || selected) {
                add(object, &mut found);
            }
        }
    }
    for (kind, name) in printed(api, output) {
        let is_it = |object: &&Object| here(object) && *object.metadata().name == *name;
        api.objects(kind).filter(is_it).for_each(|object| add(object, &mut found));
    }
    found
}

/// What the lines of an output begin with: `deployment.apps/web created`.
fn printed<'t>(api: &ApiServer, output: &'t str) -> Vec<(Kind, &'t str)> {
    let firsts = output.lines().filter_map(|line| line.split(' ').next()?.split_once('/'));
    let known = |(kind, name): (&str, &'t str)| Some((api.kind_named(kind.split('.').next()?)?, name));
    firsts.take(MOST).filter_map(known).collect()
}

/// All words that may be names, of the command and of what it printed, in order.
fn names<'t>(command: &'t [String], output: &'t str) -> Vec<&'t str> {
    let words = command.iter().map(String::as_str).chain(output.split_whitespace());
    // `pod/web`, and `web:/etc/hosts` of a copy.
    let mut names: Vec<&str> = Vec::new();
    for word in words {
        names.push(word.rsplit('/').next().unwrap_or(word).trim_matches('"'));
        names.extend(word.split_once(':').map(|(name, _)| name));
    }
    names.order();
    names
}

/// The labels by which a command selects.
fn selector(command: &[String]) -> Option<LabelSelector> {
    let mut words = command.iter();
    while let Some(word) = words.next() {
        let text = match word.as_str() {
            "--" => return None,
            "-l" | "--selector" => words.next().map(String::as_str),
            word => word.strip_prefix("--selector=").or_else(|| word.strip_prefix("-l")),
        };
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            return labels::parse(text.trim_start_matches('=')).ok();
        }
    }
    None
}

fn add(object: &Object, found: &mut Vec<ObjectRef>) {
    let (kind, meta) = (object.kind().name(), object.metadata());
    let id = ObjectRef::new(kind, &meta.namespace, &meta.name);
    if !ASIDE.contains(&kind) && !found.contains(&id) {
        found.push(id);
    }
}

/// The kinds that a command names; pods where there are none.
fn kinds(api: &ApiServer, command: &[String]) -> Vec<Kind> {
    let mut kinds = Vec::new();
    let words = command.iter().take_while(|word| *word != "--");
    // `events --for=deployment/web`.
    let words = words.map(|word| word.strip_prefix("--for=").unwrap_or(word));
    for part in words.filter(|word| !word.starts_with('-')).flat_map(|word| word.split(',')) {
        let kind = api.kind_named(part.split('/').next().unwrap_or(part));
        kinds.extend(kind.filter(|kind| !kinds.contains(kind)));
    }
    match command.first().map(String::as_str) {
        Some("cordon" | "docker" | "drain" | "minikube" | "uncordon") => kinds.push(Kind::Node),
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
