//! `kubectl drain` (upstream: `kubectl/pkg/cmd/drain`, `kubectl/pkg/drain`).

use crate::command::{Cx, DryRun};
use crate::trouble::Trouble;
use crate::{Args, Failure, ROUND_TRIP, cordon, target};
use orrery_api::{DaemonSet, Kind, Pod};
use orrery_apimachinery::{Reason, Status, StatusResult, duration, labels};
use orrery_apiserver::{DeleteOptions, Key};
use orrery_sim::{Duration, SimTime};
use std::fmt;
use std::rc::Rc;

/// How long a pod that cannot be evicted now is left alone.
const RETRY: Duration = Duration::from_secs(5);
/// How often it is looked whether a pod is gone.
const LOOK: Duration = Duration::from_secs(1);
/// How long to wait at most when no limit is given. Deviation: upstream waits forever.
const PATIENCE: Duration = Duration::from_secs(3_600);

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    if labels::parse(args.flag("pod-selector").unwrap_or_default()).is_err() {
        return Err(Failure::usage("--pod-selector=<pod_selector> must be a valid label selector"));
    }
    let nodes = cordon::nodes(cx, args)?;
    cordon::set(cx, &nodes, true);
    let (mut problems, mut pending) = (Vec::new(), String::new());
    for key in &nodes {
        match drain(cx, args, &key.name) {
            Ok(()) => cx.say(format!("{} drained{}", target::display(key), cx.dry_run.suffix())),
            Err(problem) => {
                let (name, error) = (&*key.name, problem.to_string());
                complain(
                    cx,
                    &format!(
                        "error: unable to drain node {name:?} due to error: {error}, continuing command..."
                    ),
                );
                pending = format!("{pending} {name}\n");
                problems.push(problem);
            }
        }
    }
    if problems.is_empty() {
        return Ok(());
    }
    cx.output.stderr.push_str(&format!("There are pending nodes to be drained:\n{pending}"));
    let text = match &problems[..] {
        [Problem::One(trouble)] => trouble.alone(),
        [Problem::Several(errors)] => errors.join("\n"),
        many => many.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n"),
    };
    Err(Failure { text, code: 1 })
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
    cx.output.stderr.push_str(line);
    cx.output.stderr.push('\n');
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

fn drain(cx: &mut Cx<'_>, args: &Args, node: &str) -> Result<(), Problem> {
    let (pods, warnings) = leaving(cx, args, node)?;
    if !warnings.is_empty() {
        let warnings: Vec<String> = warnings.iter().map(|(text, pods)| format!("{text}: {pods}")).collect();
        complain(cx, &format!("Warning: {}", warnings.join("; ")));
    }
    if cx.dry_run == DryRun::Client {
        for pod in pods {
            cx.say(format!("evicting pod {}/{} (dry run)", pod.metadata.namespace, pod.metadata.name));
        }
        return Ok(());
    }
    let Err(error) = remove(cx, args, pods) else { return Ok(()) };
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
            cx.output.stderr.push_str(&format!("{text}\n{errors}"));
        }
    }
    Err(error)
}

/// A pod on its way out.
struct Leaver {
    pod: Rc<Pod>,
    /// When there is something to do about it again.
    at: SimTime,
    /// Whether it is going, and only waited for.
    going: bool,
    outcome: Option<Result<(), Trouble>>,
}

/// The removal of the pods of one node.
struct Removal<'a> {
    args: &'a Args,
    options: DeleteOptions,
    patience: Duration,
    deadline: SimTime,
    evicting: bool,
}

/// Evicts or deletes pods, each for itself, and waits until they are gone (upstream: `DeleteOrEvictPods`).
fn remove(cx: &mut Cx<'_>, args: &Args, pods: Vec<Rc<Pod>>) -> Result<(), Problem> {
    let (now, patience) = (cx.session.now(), args.duration("timeout").unwrap_or(PATIENCE));
    let grace_period_seconds = args.number("grace-period").filter(|seconds| *seconds >= 0);
    let removal = Removal {
        args,
        options: DeleteOptions { grace_period_seconds, ..Default::default() },
        patience,
        deadline: now + patience,
        evicting: !args.on("disable-eviction"),
    };
    let mut leavers: Vec<Leaver> =
        pods.into_iter().map(|pod| Leaver { pod, at: now, going: false, outcome: None }).collect();
    while let Some(at) = leavers.iter().filter(|l| l.outcome.is_none()).map(|l| l.at).min() {
        cx.session.pass(at.since(cx.session.now()));
        for leaver in leavers.iter_mut().filter(|l| l.outcome.is_none() && l.at <= at) {
            removal.step(cx, leaver);
        }
    }
    let mut errors: Vec<Trouble> = Vec::new();
    for error in leavers.into_iter().filter_map(|leaver| leaver.outcome?.err()) {
        if !errors.contains(&error) {
            errors.push(error);
        }
    }
    match errors.pop() {
        None => Ok(()),
        Some(error) if !removal.evicting => Err(Problem::One(error)),
        Some(error) => {
            errors.push(error);
            Err(Problem::Several(errors.iter().map(Trouble::bare).collect()))
        }
    }
}

impl Removal<'_> {
    fn step(&self, cx: &mut Cx<'_>, leaver: &mut Leaver) {
        if leaver.going {
            self.look(cx, leaver);
        } else if self.evicting {
            self.evict(cx, leaver);
        } else {
            self.delete(cx, leaver);
        }
    }

    fn delete(&self, cx: &mut Cx<'_>, leaver: &mut Leaver) {
        let meta = &leaver.pod.metadata;
        let key = Key::new(Kind::Pod, meta.namespace.clone(), meta.name.clone());
        match cx.call(|api, request| api.delete(request, &key, &self.options)) {
            Err(status) if !status.is_not_found() => leaver.outcome = Some(Err(status.into())),
            _ => self.wait(cx, leaver),
        }
    }

    fn evict(&self, cx: &mut Cx<'_>, leaver: &mut Leaver) {
        let (namespace, name) = (&*leaver.pod.metadata.namespace, &*leaver.pod.metadata.name);
        cx.say(format!("evicting pod {namespace}/{name}{}", cx.dry_run.suffix()));
        let failed = |error: &str| {
            Some(Err(Trouble::Text(format!("error when evicting pods/{name:?} -n {namespace:?}: {error}"))))
        };
        if cx.session.now() >= self.deadline {
            let nanos = u64::try_from(self.patience.as_nanos()).unwrap_or(u64::MAX);
            leaver.outcome = failed(&format!("global timeout reached: {}", duration::print(nanos)));
            return;
        }
        let outcome: StatusResult<_> =
            cx.call(|api, request| api.evict(request, namespace, name, &self.options));
        let Err(status) = outcome else {
            return match cx.dry_run {
                DryRun::No => self.wait(cx, leaver),
                _ => leaver.outcome = Some(Ok(())),
            };
        };
        let leaving = status.message.ends_with("because it is being terminated");
        let text = match status.reason {
            Reason::NotFound => return leaver.outcome = Some(Ok(())),
            Reason::TooManyRequests => format!("error when evicting pods/{name:?} -n {namespace:?}"),
            Reason::Forbidden if leaving && leaver.pod.metadata.terminating() => {
                return self.wait(cx, leaver);
            }
            Reason::Forbidden if leaving => {
                format!("error when evicting pod {name:?} from terminating namespace {namespace:?}")
            }
            _ => return leaver.outcome = failed(&status.message),
        };
        complain(cx, &format!("{text} (will retry after 5s): {status}"));
        leaver.at = cx.session.now() + RETRY;
    }

    fn wait(&self, cx: &Cx<'_>, leaver: &mut Leaver) {
        leaver.going = true;
        leaver.at = cx.session.now() + ROUND_TRIP;
    }

    /// Looks whether a pod is gone (upstream: `waitForDelete`).
    fn look(&self, cx: &mut Cx<'_>, leaver: &mut Leaver) {
        let (now, meta) = (cx.session.now(), &leaver.pod.metadata);
        let pod = cx.api().get::<Pod>(&meta.namespace, &meta.name).cloned();
        let Some(pod) = pod.filter(|pod| pod.metadata.uid == meta.uid) else {
            let word = if self.evicting { "evicted" } else { "deleted" };
            cx.say(format!("pod/{} {word}{}", meta.name, cx.dry_run.suffix()));
            leaver.outcome = Some(Ok(()));
            return;
        };
        if is_skipped(cx, self.args, &pod) {
            let limit = self.args.number("skip-wait-for-delete-timeout").unwrap_or_default();
            let name = &*meta.name;
            cx.say(format!("pod {name:?} has DeletionTimestamp older than {limit} seconds, skipping"));
            leaver.outcome = Some(Ok(()));
        } else if now >= self.deadline {
            let (name, namespace) = (&*meta.name, &*meta.namespace);
            let waiting =
                format!("error when waiting for pod {name:?} in namespace {namespace:?} to terminate: ");
            let doing = if self.evicting { waiting } else { String::new() };
            leaver.outcome = Some(Err(Trouble::Text(doing + "context deadline exceeded")));
        } else {
            leaver.at = (now + LOOK).min(self.deadline);
        }
    }
}
