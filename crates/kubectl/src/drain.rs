//! `kubectl drain` (upstream: `kubectl/pkg/cmd/drain`, `kubectl/pkg/drain`).

mod removal;

use crate::command::{Cx, DryRun, Output};
use crate::follow::{Errand, Follow};
use crate::trouble::Trouble;
use crate::{Args, Failure, cordon, target};
use orrery_api::{DaemonSet, Kind, Pod};
use orrery_apimachinery::{Status, labels};
use orrery_apiserver::Key;
use orrery_sim::Duration;
use removal::Removal;
use std::fmt;
use std::rc::Rc;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    if labels::parse(args.flag("pod-selector").unwrap_or_default()).is_err() {
        return Err(Failure::usage("--pod-selector=<pod_selector> must be a valid label selector"));
    }
    let mut nodes = cordon::nodes(cx, args)?;
    cordon::set(cx, &nodes, true);
    nodes.reverse();
    let mut drain =
        Drain { nodes, removal: None, problems: Vec::new(), pending: String::new(), at_once: true };
    if drain.look(cx, args)? {
        return Ok(());
    }
    // What is done later, in somebody else's hands, is done by errands.
    drain.at_once = cx.followed.is_none();
    cx.follow(args, Box::new(drain))
}

/// A drain under way, node by node.
struct Drain {
    /// The nodes that are still to be drained, the next one last.
    nodes: Vec<Key>,
    /// The present node, and the pods that leave it.
    removal: Option<(Key, Removal)>,
    problems: Vec<Problem>,
    /// The nodes that were not drained.
    pending: String,
    /// Whether requests are sent here and now.
    at_once: bool,
}

impl Drain {
    /// Says what became of a node.
    fn done(&mut self, cx: &mut Cx<'_>, key: &Key, outcome: Result<(), Problem>) {
        let Err(problem) = outcome else {
            return cx.say(format!("{} drained{}", target::display(key), cx.dry_run.suffix()));
        };
        let (name, error) = (&*key.name, problem.to_string());
        complain(
            cx,
            &format!("error: unable to drain node {name:?} due to error: {error}, continuing command..."),
        );
        self.pending += &format!(" {name}\n");
        self.problems.push(problem);
    }

    /// Says what became of all nodes.
    fn end(&self, cx: &mut Cx<'_>) -> Result<bool, Failure> {
        if self.problems.is_empty() {
            return Ok(true);
        }
        cx.output.tell(&format!("There are pending nodes to be drained:\n{}", self.pending));
        let text = match &self.problems[..] {
            [Problem::One(trouble)] => trouble.alone(),
            [Problem::Several(errors)] => errors.join("\n"),
            many => many.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n"),
        };
        Err(Failure { text, code: 1 })
    }
}

impl Follow for Drain {
    fn look(&mut self, cx: &mut Cx<'_>, args: &Args) -> Result<bool, Failure> {
        loop {
            if let Some((key, mut removal)) = self.removal.take() {
                let Some(outcome) = removal.look(cx, args, self.at_once) else {
                    self.removal = Some((key, removal));
                    return Ok(false);
                };
                let outcome = outcome.inspect_err(|problem| tell_pending(cx, args, &key.name, problem));
                self.done(cx, &key, outcome);
            } else if let Some(key) = self.nodes.pop() {
                match begin(cx, args, &key.name) {
                    Ok(pods) => self.removal = Some((key, Removal::new(cx, args, pods))),
                    Err(problem) => self.done(cx, &key, Err(problem)),
                }
            } else {
                return self.end(cx);
            }
        }
    }

    fn every(&self) -> Duration {
        self.removal.as_ref().map_or(Duration::ZERO, |(_, removal)| removal.rest())
    }

    fn ends(&self) -> bool {
        true
    }

    fn errand(&mut self) -> Option<Errand> {
        self.removal.as_mut()?.1.errand()
    }

    fn heard(&mut self, cx: &mut Cx<'_>, args: &Args, output: Output) {
        if let Some((_, removal)) = &mut self.removal {
            removal.heard(cx, args, &output);
        }
    }
}

/// Why a node is not drained.
enum Problem {
    One(Trouble),
    /// What stands in one list, be it alone in it.
    Several(Vec<String>),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::One(trouble) => f.write_str(&trouble.bare()),
            Problem::Several(errors) => match &errors[..] {
                [one] => f.write_str(one),
                many => write!(f, "[{}]", many.join(", ")),
            },
        }
    }
}

fn complain(cx: &mut Cx<'_>, line: &str) {
    cx.output.tell(line);
    cx.output.tell("\n");
}

/// What becomes of a pod of the node.
enum Fate {
    Leaves,
    /// It leaves, which is worth a warning.
    LeavesWith(&'static str),
    Stays,
    StaysWith(&'static str),
    /// Nothing is drained because of it.
    Forbids(String),
}

/// What is to be said, each with the pods that it is about, in the order of the alphabet.
type Groups = Vec<(String, String)>;

/// The pods that are to leave a node, and what is to be said of them. The error says which pods forbid it.
fn leaving(cx: &Cx<'_>, args: &Args, node: &str) -> Result<(Vec<Rc<Pod>>, Groups), Problem> {
    let selector = labels::parse(args.flag("pod-selector").unwrap_or_default()).unwrap_or_default();
    let (mut pods, mut warnings, mut errors) = (Vec::new(), Groups::new(), Groups::new());
    for pod in cx.api().pods_on(node).filter(|pod| selector.matches(&pod.metadata.labels)) {
        let fate = fate(cx, args, pod);
        if matches!(fate, Fate::Leaves | Fate::LeavesWith(_)) {
            pods.push(pod.clone());
        }
        match fate {
            Fate::LeavesWith(warning) | Fate::StaysWith(warning) => group(&mut warnings, warning, pod),
            Fate::Forbids(error) => group(&mut errors, &error, pod),
            Fate::Leaves | Fate::Stays => {}
        }
    }
    if errors.is_empty() {
        return Ok((pods, warnings));
    }
    let errors = errors.iter().map(|(error, pods)| format!("cannot delete {error}: {pods}"));
    Err(Problem::Several(errors.collect()))
}

/// Adds a pod to those of which the same is said.
fn group(groups: &mut Groups, text: &str, pod: &Pod) {
    let name = format!("{}/{}", pod.metadata.namespace, pod.metadata.name);
    match groups.binary_search_by(|(known, _)| known.as_str().cmp(text)) {
        Ok(at) => groups[at].1 = format!("{}, {name}", groups[at].1),
        Err(at) => groups.insert(at, (text.into(), name)),
    }
}

/// Upstream: `filters.go`, whose warnings of local storage are lost to the filter that follows.
fn fate(cx: &Cx<'_>, args: &Args, pod: &Pod) -> Fate {
    let over = matches!(pod.status.phase.as_deref(), Some("Succeeded" | "Failed"));
    let owner = pod.metadata.controller();
    if is_skipped(cx, args, pod) {
        return Fate::Stays;
    }
    if let Some(owner) = owner.filter(|owner| &*owner.kind == Kind::DaemonSet.name() && !over) {
        if cx.api().get::<DaemonSet>(&pod.metadata.namespace, &owner.name).is_some() {
            return match args.on("ignore-daemonsets") {
                true => Fate::StaysWith("ignoring DaemonSet-managed Pods"),
                false => Fate::Forbids("DaemonSet-managed Pods (use --ignore-daemonsets to ignore)".into()),
            };
        }
        if !args.on("force") {
            return Fate::Forbids(Status::not_found(&Kind::DaemonSet.resource(), &owner.name).message);
        }
    }
    if pod.metadata.annotations.contains_key("kubernetes.io/config.mirror") {
        return Fate::Stays;
    }
    let local = pod.spec.volumes.iter().any(|volume| volume.empty_dir.is_some());
    match over {
        false if local && !args.on("delete-emptydir-data") => {
            Fate::Forbids("Pods with local storage (use --delete-emptydir-data to override)".into())
        }
        false if owner.is_none() && args.on("force") => {
            Fate::LeavesWith("deleting Pods that declare no controller")
        }
        false if owner.is_none() => {
            Fate::Forbids("cannot delete Pods that declare no controller (use --force to override)".into())
        }
        _ => Fate::Leaves,
    }
}

/// Whether the pod has been going for longer than it is waited for.
fn is_skipped(cx: &Cx<'_>, args: &Args, pod: &Pod) -> bool {
    let Some(limit) = args.number("skip-wait-for-delete-timeout").filter(|limit| *limit > 0) else {
        return false;
    };
    let now = cx.api().date(cx.session.now());
    pod.metadata.deletion_timestamp.is_some_and(|date| now.0 - date.0 > limit)
}

/// The pods that are to leave a node, after what is to be said of them.
fn begin(cx: &mut Cx<'_>, args: &Args, node: &str) -> Result<Vec<Rc<Pod>>, Problem> {
    let (pods, warnings) = leaving(cx, args, node)?;
    if !warnings.is_empty() {
        let warnings: Vec<String> = warnings.iter().map(|(text, pods)| format!("{text}: {pods}")).collect();
        complain(cx, &format!("Warning: {}", warnings.join("; ")));
    }
    if cx.dry_run == DryRun::Client {
        for pod in &pods {
            cx.say(format!("evicting pod {}/{} (dry run)", pod.metadata.namespace, pod.metadata.name));
        }
        return Ok(Vec::new());
    }
    Ok(pods)
}

/// Says which pods are still on a node that could not be drained.
fn tell_pending(cx: &mut Cx<'_>, args: &Args, node: &str, error: &Problem) {
    match leaving(cx, args, node) {
        Ok((pods, _)) if !pods.is_empty() => {
            complain(cx, &format!("There are pending pods in node {node:?} when an error occurred: {error}"));
            for pod in pods {
                complain(cx, &format!("pod/{}", pod.metadata.name));
            }
        }
        Ok(_) => {}
        Err(errors) => {
            let text = "Following errors occurred while getting the list of pods to delete:";
            cx.output.tell(&format!("{text}\n{errors}"));
        }
    }
}
