//! What Tab offers: the words that could stand in place of an unfinished one (upstream: `kubectl/pkg/util/completion`).

use crate::args::{Arity, flags};
use crate::{COMMANDS, Command, config, help, pods, target};
use orrery_api::{Kind, Object, Pod};
use orrery_apimachinery::{Order, Value};
use orrery_apiserver::ApiServer;

/// So many words are offered at most.
const MOST: usize = 200;

/// What takes its objects as `TYPE NAME` or `TYPE/NAME`.
const OF_TYPES: [&str; 14] = [
    "annotate",
    "delete",
    "describe",
    "edit",
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
const OF_NODES: [&str; 4] = ["cordon", "drain", "top node", "uncordon"];
/// What can be rolled out, and what can be scaled.
const ROLLED: [Kind; 3] = [Kind::DaemonSet, Kind::Deployment, Kind::StatefulSet];
const SCALED: [Kind; 4] =
    [Kind::Deployment, Kind::ReplicaSet, Kind::ReplicationController, Kind::StatefulSet];
/// What a Service can be made for.
const EXPOSED: [Kind; 5] =
    [Kind::Deployment, Kind::Pod, Kind::ReplicaSet, Kind::ReplicationController, Kind::Service];
/// What has pods of its own.
const WITH_PODS: [Kind; 6] =
    [Kind::DaemonSet, Kind::Deployment, Kind::Job, Kind::ReplicaSet, Kind::Service, Kind::StatefulSet];

/// What is known where a line is completed.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The cluster.
    pub api: &'a ApiServer,
    /// The names that `-f` finds.
    pub files: &'a [String],
    /// The text of the person's [`crate::KUBECONFIG`], if there is one.
    pub config: Option<&'a str>,
}

/// What is known of an unfinished command line.
struct Line<'a> {
    api: &'a ApiServer,
    config: Value,
    command: Option<&'static Command>,
    /// The words that are not flags, behind those of the command.
    words: Vec<&'a str>,
    namespace: String,
    /// The flag whose value is being written.
    flag: Option<&'a str>,
}

/// The words that could stand in place of `last`, behind the words of a command line without `kubectl`.
pub fn complete(before: &[String], last: &str, known: &Known<'_>) -> Vec<String> {
    let line = Line::read(before, known);
    let mut offers = Vec::new();
    let (mut head, mut tail) = match last.split_once('=') {
        Some((flag, _)) if last.starts_with("--") => last.split_at(flag.len() + 1),
        _ => ("", last),
    };
    let flag = line.flag.or_else(|| head.strip_prefix("--").map(|flag| flag.trim_end_matches('=')));
    match flag {
        Some(flag) => line.values(flag, known.files, &mut offers),
        None if tail.starts_with('-') => line.flags(tail, &mut offers),
        None => {
            // Of several kinds the last one is being written.
            if line.words.is_empty() && line.command.is_some() {
                (head, tail) = tail.split_at(tail.rfind(',').map_or(0, |comma| comma + 1));
            }
            line.words(tail, &mut offers);
        }
    }
    offers.retain(|offer| offer.starts_with(tail));
    offers.order();
    offers.dedup();
    offers.truncate(MOST);
    offers.iter_mut().for_each(|offer| offer.insert_str(0, head));
    offers
}

impl<'a> Line<'a> {
    fn read(before: &'a [String], known: &Known<'a>) -> Line<'a> {
        let config = config::parse(known.config);
        let (api, namespace) = (known.api, String::new());
        let mut line = Line { api, config, command: None, words: Vec::new(), namespace, flag: None };
        let (mut plain, mut context): (Vec<&str>, _) = (Vec::new(), None);
        let mut rest = before.iter();
        while let Some(word) = rest.next() {
            if !word.starts_with('-') {
                // `help` is followed by a command as kubectl is.
                if plain.is_empty() && word == "help" {
                    continue;
                }
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
                Some(value) if flag.name == "namespace" => line.namespace = value.into(),
                Some(value) if flag.name == "context" => context = Some(value),
                Some(_) => {}
            }
        }
        if line.namespace.is_empty() {
            line.namespace = config::namespace(&line.config, context).unwrap_or_else(|| "default".into());
        }
        let own = line.command.map_or(0, |command| command.name.split(' ').count());
        line.words = plain.split_off(own.min(plain.len()));
        line
    }

    fn name(&self) -> &'static str {
        self.command.map_or("", |command| command.name)
    }

    /// All flags by their names; by their letters too as long as nothing says that a name is meant.
    fn flags(&self, last: &str, offers: &mut Vec<String>) {
        let spec = self.command.map_or("", |command| command.flags);
        for flag in flags(spec) {
            let sign = if flag.arity == Arity::Switch { "" } else { "=" };
            offers.push(["--", flag.name, sign].concat());
            offers.extend(flag.short.filter(|_| last == "-").map(|letter| format!("-{letter}")));
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
            "output" => self.formats(),
            "context" => return self.of_config("contexts", offers),
            "cluster" => return self.of_config("clusters", offers),
            "user" => return self.of_config("users", offers),
            "clusterrole" => return self.names(Kind::ClusterRole, offers),
            "role" => return self.names(Kind::Role, offers),
            "api-version" => return offers.extend(self.api.kinds().map(|kind| kind.api_version().into())),
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
            "types" => &["Normal", "Warning"],
            "protocol" => &["SCTP", "TCP", "UDP"],
            "session-affinity" => &["ClientIP", "None"],
            "image-pull-policy" => &["Always", "IfNotPresent", "Never"],
            "profile" => &["baseline", "general", "legacy", "netadmin", "restricted", "sysadmin"],
            "subresource" => &["scale", "status"],
            "restart" => &["Always", "Never", "OnFailure"],
            "sort-by" if self.name().starts_with("top") => &["cpu", "memory"],
            "sort-by" => &[".metadata.creationTimestamp", ".metadata.name", ".status.startTime"],
            _ => &[],
        };
        offers.extend(fixed.iter().map(|value| (*value).to_owned()));
    }

    /// What a command can be told to print.
    fn formats(&self) -> &'static [&'static str] {
        match self.name() {
            "api-resources" => &["name", "wide"],
            "config get-contexts" | "delete" => &["name"],
            "explain" => &["plaintext"],
            "get" => &["custom-columns=", "go-template=", "json", "jsonpath=", "name", "wide", "yaml"],
            "version" => &["json", "yaml"],
            _ => &["go-template=", "json", "jsonpath=", "name", "yaml"],
        }
    }

    /// The names that the person's configuration has for clusters, contexts or users.
    fn of_config(&self, field: &str, offers: &mut Vec<String>) {
        offers.extend(config::names(&self.config, field).map(str::to_owned));
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
            "autoscale" | "scale" => self.typed(&SCALED, last, offers),
            "expose" => self.typed(&EXPOSED, last, offers),
            "config delete-cluster" | "config set-cluster" => self.of_config("clusters", offers),
            "config delete-user" | "config set-credentials" => self.of_config("users", offers),
            name if name.starts_with("config ") && name.ends_with("-context") => {
                self.of_config("contexts", offers);
            }
            name if name.starts_with("rollout ") => self.typed(&ROLLED, last, offers),
            name if OF_TYPES.contains(&name) => {
                self.typed(&self.api.kinds().collect::<Vec<_>>(), last, offers);
            }
            name if OF_NODES.contains(&name) => self.names(Kind::Node, offers),
            "top pod" => self.names(Kind::Pod, offers),
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
        let here = |object: &&Object| !kind.namespaced() || *object.metadata().namespace == *self.namespace;
        offers.extend(self.api.objects(kind).filter(here).map(|object| object.metadata().name.to_string()));
    }

    /// The pod that a word means, or one of those behind what it means.
    fn pod_of(&self, word: &str) -> Option<Pod> {
        let (kind, name) = word.split_once('/').unwrap_or(("pods", word));
        let kind = self.api.kind_named(kind)?;
        if kind == Kind::Pod {
            return self.api.get::<Pod>(&self.namespace, name).map(|pod| (**pod).clone());
        }
        let of_it =
            |pod: &&Object| pod.metadata().name.strip_prefix(name).is_some_and(|rest| rest.starts_with('-'));
        let namespace = |pod: &&Object| *pod.metadata().namespace == *self.namespace;
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
            let service = self.api.get::<orrery_api::Service>(&self.namespace, name);
            let ports = service.iter().flat_map(|service| &service.spec.ports);
            return offers.extend(ports.map(|port| format!("8080:{}", port.port)));
        }
        let pod = self.pod_of(word);
        let ports = pod.iter().flat_map(|pod| &pod.spec.containers).flat_map(|container| &container.ports);
        offers.extend(ports.map(|port| format!("8080:{}", port.container_port)));
    }

    fn labels(&self, offers: &mut Vec<String>) {
        let kind = self.words.first().and_then(|word| self.api.kind_named(word)).unwrap_or(Kind::Pod);
        let here = |object: &&Object| !kind.namespaced() || *object.metadata().namespace == *self.namespace;
        for object in self.api.objects(kind).filter(here) {
            let labels = object.metadata().labels.iter();
            offers.extend(labels.map(|(key, value)| [&**key, "=", value].concat()));
        }
    }
}

/// The command that words name.
fn named(words: &[&str]) -> Option<&'static Command> {
    let words = words.join(" ");
    let name = help::canonical(&words);
    COMMANDS.iter().find(|command| command.name == name)
}

#[cfg(test)]
mod tests;
