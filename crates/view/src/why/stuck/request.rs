//! What the last requests from a pod, and to it, say about why it is not reached or does not reach others.

use orrery_api::{Pod, Service};
use orrery_cluster::{Cluster, End, Failure, Journey, Place};

use super::pod::last_line;
use super::{Reason, What};
use crate::scene::Text;

/// How a program says that a name means nothing: what stands before the name, and what behind it.
const UNKNOWN: [(&str, &str); 4] =
    [("bad address '", "'"), ("Could not resolve host: ", ""), ("lookup ", " on "), ("can't resolve '", "'")];

pub(super) fn of_pod(cluster: &Cluster, pod: &Pod, found: &mut Vec<Reason>) {
    let own = |place: &Place| {
        let meta = &pod.metadata;
        matches!(place, Place::Pod(namespace, name, _) if *namespace == meta.namespace && *name == meta.name)
    };
    let concerns = |it: &&std::rc::Rc<Journey>| own(&it.from) || it.hops.iter().any(|hop| own(&hop.at));
    if let Some(last) = cluster.journeys().rev().find(concerns)
        && let End::Failed(failure, why) = &last.end
    {
        push(cluster, pod, last, *failure, why, found);
    }
    let unknown = |reason: &Reason| reason.what == What::NoName;
    if !found.iter().any(unknown) {
        let lines = pod.spec.containers.iter().filter_map(|c| last_line(cluster, pod, &c.name));
        let names = lines.filter_map(|line| unknown_name(&line).map(|name| (name, line.clone())));
        for (name, line) in names {
            found.push(no_name(cluster, pod, &name).saying(Some(line)));
        }
    }
}

fn push(cluster: &Cluster, pod: &Pod, last: &Journey, failure: Failure, why: &Text, found: &mut Vec<Reason>) {
    let policy = last.hops.iter().find_map(|hop| match &hop.at {
        Place::NetworkPolicy(namespace, name) => Some((namespace, name)),
        _ => None,
    });
    let reason = match failure {
        Failure::UnknownName => no_name(cluster, pod, host(&last.asked)),
        Failure::Denied => Reason::new(What::Denied, [&last.asked]),
        Failure::NotListening => Reason::new(What::NotListening, [&last.asked]),
        _ => return,
    };
    let reason = reason.saying(Some(why.clone()));
    found.push(match policy {
        Some((namespace, name)) => reason.about("NetworkPolicy", namespace, name),
        None => reason,
    });
}

/// The host of a URL.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', ':']).next().unwrap_or(rest)
}

/// The name of which a line says that it means nothing.
fn unknown_name(line: &str) -> Option<String> {
    UNKNOWN.iter().find_map(|(before, after)| {
        let (_, rest) = line.split_once(before)?;
        let name = if after.is_empty() { rest.split_whitespace().next()? } else { rest.split_once(after)?.0 };
        let name = host(name);
        (!name.is_empty() && !name.contains(' ')).then(|| name.to_owned())
    })
}

/// A name that means nothing, and the Service that was meant: one of that name elsewhere, or one that is almost called so
/// here.
fn no_name(cluster: &Cluster, pod: &Pod, name: &str) -> Reason {
    let first = name.split('.').next().unwrap_or(name);
    let own = &pod.metadata.namespace;
    let elsewhere = cluster.api().list::<Service>().find(|service| *service.metadata.name == *first);
    let near = || cluster.api().list_in::<Service>(own).find(|it| is_near(&it.metadata.name, first));
    match elsewhere.or_else(near) {
        Some(service) => {
            let meta = &service.metadata;
            let meant = match meta.namespace == *own {
                true => meta.name.to_string(),
                false => format!("{}.{}", meta.name, meta.namespace),
            };
            Reason::new(What::NoName, [name, &meant]).about("Service", &meta.namespace, &meta.name)
        }
        None => Reason::new(What::NoName, [name, "–"]),
    }
}

/// Whether two names differ in a letter, or in the order of two, or one is the beginning of the other.
fn is_near(a: &str, b: &str) -> bool {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let behind = a.bytes().rev().zip(b.bytes().rev()).take_while(|(a, b)| a == b).count();
    let longest = a.len().max(b.len());
    a.starts_with(b) || b.starts_with(a) || (longest > 2 && same + behind + 2 >= longest)
}
