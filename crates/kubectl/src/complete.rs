//! What Tab offers: the words that could stand in place of an unfinished one (upstream: `kubectl/pkg/util/completion`).

use crate::args::{Arity, flags};
use crate::{COMMANDS, Command, pods, target};
use orrery_api::{Kind, Object, Pod};
use orrery_apimachinery::Order;
use orrery_apiserver::ApiServer;

/// So many words are offered at most.
const MOST: usize = 200;

/// What takes its objects as `TYPE NAME` or `TYPE/NAME`.
const OF_TYPES: [&str; 16] = [
    "annotate",
    "autoscale",
    "delete",
    "describe",
    "edit",
    "expose",
    "get",
    "label",
    "patch",
    "scale",
    "set env",
    "set image",
    "set resources",
    "set selector",
    "set serviceaccount",
    "wait",
];
/// What takes a pod, or what has pods.
const OF_PODS: [&str; 6] = ["attach", "cp", "debug", "exec", "logs", "port-forward"];
/// What takes nodes.
const OF_NODES: [&str; 5] = ["cordon", "drain", "top node", "top nodes", "uncordon"];
/// What can be rolled out, and what can be scaled.
const ROLLED: [Kind; 3] = [Kind::DaemonSet, Kind::Deployment, Kind::StatefulSet];
const SCALED: [Kind; 4] =
    [Kind::Deployment, Kind::ReplicaSet, Kind::ReplicationController, Kind::StatefulSet];
/// What has pods of its own.
const WITH_PODS: [Kind; 6] =
    [Kind::DaemonSet, Kind::Deployment, Kind::Job, Kind::ReplicaSet, Kind::Service, Kind::StatefulSet];

/// What is known of an unfinished command line.
struct Line<'a> {
    api: &'a ApiServer,
    command: Option<&'static Command>,
    /// The words that are not flags, behind those of the command.
    words: Vec<&'a str>,
    namespace: &'a str,
    /// The flag whose value is being written.
    flag: Option<&'a str>,
}

/// The words that could stand in place of `last`, behind the words of a command line without `kubectl`. `files` are the
/// names that `-f` finds.
pub fn complete(before: &[String], last: &str, api: &ApiServer, files: &[String]) -> Vec<String> {
    let line = Line::read(before, api);
    let mut offers = Vec::new();
    let (head, tail) = match last.split_once('=') {
        Some((flag, _)) if last.starts_with("--") => last.split_at(flag.len() + 1),
        _ => ("", last),
    };
    let flag = line.flag.or_else(|| head.strip_prefix("--").map(|flag| flag.trim_end_matches('=')));
    match flag {
        Some(flag) => line.values(flag, files, &mut offers),
        None if tail.starts_with('-') => line.flags(&mut offers),
        None => line.words(tail, &mut offers),
    }
    offers.retain(|offer| offer.starts_with(tail));
    offers.order();
    offers.dedup();
    offers.truncate(MOST);
    offers.iter_mut().for_each(|offer| offer.insert_str(0, head));
    offers
}

impl<'a> Line<'a> {
    fn read(before: &'a [String], api: &'a ApiServer) -> Line<'a> {
        let mut line = Line { api, command: None, words: Vec::new(), namespace: "default", flag: None };
        let mut plain: Vec<&str> = Vec::new();
        let mut rest = before.iter();
        while let Some(word) = rest.next() {
            if !word.starts_with('-') {
                plain.push(word);
                line.command = named(&plain).or(line.command);
                continue;
            }
            let (name, given) = word.split_once('=').map_or((word.as_str(), None), |(n, v)| (n, Some(v)));
            let spec = line.command.map_or("", |command| command.flags);
            let known = flags(spec).find(|flag| match name.strip_prefix("--") {
                Some(long) => flag.name == long,
                None => flag.short.is_some_and(|short| name.ends_with(short)),
            });
            let Some(flag) = known.filter(|flag| !matches!(flag.arity, Arity::Switch | Arity::Optional(_)))
            else {
                continue;
            };
            let value = given.or_else(|| rest.next().map(String::as_str));
            match value {
                None => line.flag = Some(flag.name),
                Some(value) if flag.name == "namespace" => line.namespace = value,
                Some(_) => {}
            }
        }
        let own = line.command.map_or(0, |command| command.name.split(' ').count());
        line.words = plain.split_off(own.min(plain.len()));
        line
    }

    fn name(&self) -> &'static str {
        self.command.map_or("", |command| command.name)
    }

    fn flags(&self, offers: &mut Vec<String>) {
        let spec = self.command.map_or("", |command| command.flags);
        for flag in flags(spec) {
            let sign = if flag.arity == Arity::Switch { "" } else { "=" };
            offers.push(["--", flag.name, sign].concat());
        }
    }

    /// What a flag can be set to.
    fn values(&self, flag: &str, files: &[String], offers: &mut Vec<String>) {
        let fixed: &[&str] = match flag {
            "namespace" => return self.names(Kind::Namespace, offers),
            "container" | "containers" => return self.containers(offers),
            "filename" => {
                offers.extend(files.iter().cloned());
                return offers.push("-".into());
            }
            "selector" => return self.labels(offers),
            "output" => &["custom-columns=", "go-template=", "json", "jsonpath=", "name", "wide", "yaml"],
            "dry-run" => &["client", "none", "server"],
            "cascade" => &["background", "foreground", "orphan"],
            "validate" => &["ignore", "strict", "warn"],
            "for" if self.name() == "wait" => &[
                "condition=Available",
                "condition=Complete",
                "condition=Ready",
                "create",
                "delete",
                "jsonpath=",
            ],
            "type" if self.name() == "patch" => &["json", "merge", "strategic"],
            "type" => &["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"],
            "restart" => &["Always", "Never", "OnFailure"],
            "sort-by" if self.name().starts_with("top") => &["cpu", "memory"],
            "sort-by" => &[".metadata.creationTimestamp", ".metadata.name", ".status.startTime"],
            _ => &[],
        };
        offers.extend(fixed.iter().map(|value| (*value).to_owned()));
    }

    /// What could stand where a word is expected.
    fn words(&self, last: &str, offers: &mut Vec<String>) {
        let path = match self.command {
            Some(command) => [command.name, " "].concat(),
            None if self.words.is_empty() => String::new(),
            None => [&self.words.join(" "), " "].concat(),
        };
        if self.command.is_none() || self.words.is_empty() {
            let below = COMMANDS.iter().filter_map(|command| command.name.strip_prefix(&*path));
            offers.extend(below.filter_map(|rest| Some(rest.split(' ').next()?.to_owned())));
        }
        match self.name() {
            "explain" | "api-resources" => self.kinds(&self.api.kinds().collect::<Vec<_>>(), last, offers),
            "taint" => self.typed(&[Kind::Node], last, offers),
            "scale" => self.typed(&SCALED, last, offers),
            name if name.starts_with("rollout ") => self.typed(&ROLLED, last, offers),
            name if OF_TYPES.contains(&name) => {
                self.typed(&self.api.kinds().collect::<Vec<_>>(), last, offers);
            }
            name if OF_NODES.contains(&name) => self.names(Kind::Node, offers),
            name if name.starts_with("top po") => self.names(Kind::Pod, offers),
            name if OF_PODS.contains(&name) => self.of_pods(name, last, offers),
            _ => {}
        }
    }

    /// `TYPE NAME…` or `TYPE/NAME…`
    fn typed(&self, kinds: &[Kind], last: &str, offers: &mut Vec<String>) {
        if let Some((word, _)) = last.split_once('/') {
            return self.slashed(word, offers);
        }
        match self.words.first() {
            None => self.kinds(kinds, last, offers),
            Some(first) if !first.contains('/') => {
                if let Ok(kind) = target::kind(self.api, first) {
                    let mut names = Vec::new();
                    self.names(kind, &mut names);
                    names.retain(|name| !self.words.contains(&name.as_str()));
                    offers.append(&mut names);
                }
            }
            Some(first) if self.name() == "set image" => {
                let pods = self.pod_of(first).into_iter().flat_map(|pod| pods::containers(&pod));
                offers.extend(pods.map(|(name, _)| [&*name, "="].concat()));
            }
            Some(_) => {}
        }
    }

    fn of_pods(&self, command: &str, last: &str, offers: &mut Vec<String>) {
        if let Some((word, _)) = last.split_once('/') {
            return self.slashed(word, offers);
        }
        match self.words.first() {
            None => {
                self.names(Kind::Pod, offers);
                if !last.is_empty() {
                    offers.extend(WITH_PODS.map(|kind| [kind.plural(), "/"].concat()));
                }
            }
            Some(_) if command == "logs" => self.containers(offers),
            Some(first) if command == "port-forward" => self.ports(first, offers),
            Some(_) => {}
        }
    }

    fn kinds(&self, kinds: &[Kind], last: &str, offers: &mut Vec<String>) {
        for kind in kinds {
            offers.push(kind.plural().into());
            if !last.is_empty() {
                offers.extend(kind.short_names().iter().map(|name| (*name).to_owned()));
            }
        }
    }

    fn slashed(&self, word: &str, offers: &mut Vec<String>) {
        let Some(kind) = self.api.kind_named(word) else { return };
        let mut names = Vec::new();
        self.names(kind, &mut names);
        offers.extend(names.into_iter().map(|name| [word, "/", &name].concat()));
    }

    fn names(&self, kind: Kind, offers: &mut Vec<String>) {
        let here = |object: &&Object| !kind.namespaced() || &*object.metadata().namespace == self.namespace;
        offers.extend(self.api.objects(kind).filter(here).map(|object| object.metadata().name.to_string()));
    }

    /// The pod that a word means, or one of those behind what it means.
    fn pod_of(&self, word: &str) -> Option<Pod> {
        let (kind, name) = word.split_once('/').unwrap_or(("pods", word));
        let kind = self.api.kind_named(kind)?;
        if kind == Kind::Pod {
            return self.api.get::<Pod>(self.namespace, name).map(|pod| (**pod).clone());
        }
        let of_it =
            |pod: &&Object| pod.metadata().name.strip_prefix(name).is_some_and(|rest| rest.starts_with('-'));
        let namespace = |pod: &&Object| &*pod.metadata().namespace == self.namespace;
        match self.api.objects(Kind::Pod).filter(namespace).find(of_it)? {
            Object::Pod(pod) => Some((**pod).clone()),
            _ => None,
        }
    }

    fn containers(&self, offers: &mut Vec<String>) {
        let pod = self.words.first().and_then(|word| self.pod_of(word));
        offers.extend(pod.iter().flat_map(pods::containers).map(|(name, _)| name.to_string()));
    }

    fn ports(&self, word: &str, offers: &mut Vec<String>) {
        if let Some((kind, name)) = word.split_once('/')
            && self.api.kind_named(kind) == Some(Kind::Service)
        {
            let service = self.api.get::<orrery_api::Service>(self.namespace, name);
            let ports = service.iter().flat_map(|service| &service.spec.ports);
            return offers.extend(ports.map(|port| format!("8080:{}", port.port)));
        }
        let pod = self.pod_of(word);
        let ports = pod.iter().flat_map(|pod| &pod.spec.containers).flat_map(|container| &container.ports);
        offers.extend(ports.map(|port| format!("8080:{}", port.container_port)));
    }

    fn labels(&self, offers: &mut Vec<String>) {
        let kind = self.words.first().and_then(|word| self.api.kind_named(word)).unwrap_or(Kind::Pod);
        for object in self.api.objects(kind) {
            let labels = object.metadata().labels.iter();
            offers.extend(labels.map(|(key, value)| [&**key, "=", value].concat()));
        }
    }
}

/// The command that words name.
fn named(words: &[&str]) -> Option<&'static Command> {
    let name = words.join(" ");
    COMMANDS.iter().find(|command| command.name == name)
}

#[cfg(test)]
mod tests;
