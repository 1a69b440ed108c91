//! What a step does, in the words of links: so a scenario that is played is a run that anyone can repeat.

use orrery_cluster::Cluster;
use orrery_kubectl::Output;
use orrery_run::Outcome;
use orrery_share::{Action, File};

use crate::check::objects;
use crate::format::{Nodes, Scenario, Step};

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// A command line, without `kubectl`, and what `-` reads.
    Command {
        /// Its words.
        line: Vec<String>,
        /// Standard input, as a file called `-`.
        files: Vec<File>,
    },
    /// Something else that is done to the cluster.
    Act(Action),
}

impl Deed {
    fn command(line: Vec<String>, stdin: &str) -> Deed {
        let stdin = File { name: "-".into(), text: stdin.into() };
        Deed::Command { line, files: if stdin.text.is_empty() { Vec::new() } else { vec![stdin] } }
    }
}

/// What `step` does; nothing if it only tells or waits. Names that end in `*` are looked up in the cluster.
pub(crate) fn deed(step: &Step, cluster: &Cluster, home: &str) -> Option<Deed> {
    let flag = ["-n".to_owned(), home.to_owned()];
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    if let Some(text) = &step.apply {
        return Some(Deed::command([words("apply -f -"), within(&flag)].concat(), text));
    }
    if let Some(line) = &step.kubectl {
        let mut line: Vec<String> = line.0.iter().map(|word| named(word, cluster, home)).collect();
        if !step.no_namespace && !line.contains(&flag[0]) {
            // What follows a lone `--` is the container's.
            let end = line.iter().position(|word| word == "--").unwrap_or(line.len());
            line.splice(end..end, within(&flag));
        }
        return Some(Deed::command(line, &step.stdin));
    }
    if let Some(line) = &step.run {
        return Some(Deed::command(line.0.clone(), &step.stdin));
    }
    if let Some(fault) = &step.fault {
        let target = match fault.target.split_once('/').filter(|_| fault.is_of_container()) {
            Some((pod, container)) => format!("{}/{container}", first(&format!("Pod/{pod}"), cluster, home)),
            None => fault.target.clone(),
        };
        return Some(Deed::Act(fault.action(target, home)));
    }
    let from = |told: &Option<orrery_apimachinery::Str>| asker(told.as_deref(), cluster);
    if let Some(load) = &step.load {
        let name = String::from(&*load.name);
        return Some(Deed::Act(match load.stop {
            true => Action::StopLoad { name },
            false => Action::Load {
                name,
                from: from(&load.from),
                url: load.to.to_string(),
                per_second_milli: load.rate.0,
                keep_alive: load.keep_alive,
                for_millis: load.lasts.map(|length| length.0.as_millis() as u64),
            },
        }));
    }
    let request = step.request.as_ref()?;
    Some(Deed::Act(Action::Request { from: from(&request.from), url: request.to.to_string() }))
}

/// What an action came to, as a command would say it: the way of a request, and what became of a load that was stopped.
pub fn heard(action: &Action, outcome: &Outcome, cluster: &Cluster) -> Output {
    let refused: Vec<&str> = outcome.refused.iter().map(|refused| &*refused.message).collect();
    let stdout = match action {
        Action::Request { .. } => cluster.journeys().next_back().map(|journey| journey.to_string()),
        Action::StopLoad { name } => cluster.load(name).map(|load| load.to_string()),
        _ => None,
    };
    let stdout = stdout.unwrap_or_default();
    Output { code: i32::from(!refused.is_empty()), stdout, stderr: refused.join("\n"), ..Output::default() }
}

/// The flag for a namespace; none for that in which kubectl is anyway.
fn within(flag: &[String]) -> Vec<String> {
    if flag[1] == "default" { Vec::new() } else { flag.to_vec() }
}

/// A word of a command; `pod/web-*` is the first of these pods.
fn named(word: &str, cluster: &Cluster, home: &str) -> String {
    match word.split_once('/').filter(|_| word.ends_with('*')) {
        Some((kind, _)) => format!("{kind}/{}", first(word, cluster, home)),
        None => word.to_owned(),
    }
}

/// Who asks; `pod/default/web-*` is the first of these pods.
fn asker(told: Option<&str>, cluster: &Cluster) -> String {
    let told = told.unwrap_or("outside");
    match told.strip_prefix("pod/").and_then(|pod| pod.split_once('/')).filter(|_| told.ends_with('*')) {
        Some((namespace, name)) => {
            format!("pod/{namespace}/{}", first(&format!("Pod/{name}"), cluster, namespace))
        }
        None => told.to_owned(),
    }
}

/// The name of the first object that is meant; as it is written if there is none.
fn first(text: &str, cluster: &Cluster, home: &str) -> String {
    let found = objects(text, cluster, home).unwrap_or_default();
    let written = text.split_once('/').map_or(text, |(_, name)| name);
    found.first().map_or_else(|| written.to_owned(), |object| object.metadata().name.to_string())
}

impl Nodes {
    /// The lines of kubectl that give nodes their labels and taints.
    pub fn lines(&self) -> Vec<Vec<String>> {
        let line = |words: [&str; 4]| words.map(str::to_owned).to_vec();
        let labels = self.label.iter().flat_map(|(node, labels)| {
            labels
                .iter()
                .map(move |(key, value)| line(["label", "node", node, &format!("{key}={}", value.0)]))
        });
        let taints = self.taint.iter();
        let taints = taints
            .flat_map(|(node, taints)| taints.iter().map(move |taint| line(["taint", "node", node, taint])));
        labels.chain(taints).collect()
    }
}

impl Scenario {
    /// What is done before the first step of a scenario that is played.
    pub fn opening(&self) -> Vec<Vec<String>> {
        let mut lines = self.nodes.lines();
        let home = self.home();
        if home != "default" {
            lines.push(["create", "namespace", &home].map(str::to_owned).to_vec());
        }
        lines
    }
}
