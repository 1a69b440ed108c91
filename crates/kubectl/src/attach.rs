//! `kubectl attach`, and what `run` and `debug` do once their container runs (upstream: `kubectl/pkg/cmd/attach`).

use crate::command::{Cx, Output};
use crate::create::usage;
use crate::follow::{Errand, Follow, Seat};
use crate::{Args, Failure, exec, logs, pods};
use orrery_api::{Kind, Pod};
use orrery_apimachinery::{Status, Str};
use orrery_apiserver::Key;
use orrery_sim::{Duration, SimTime};
use std::rc::Rc;

/// How long it is waited for the container unless told otherwise.
const START: Duration = Duration::from_secs(60);
const TIMED_OUT: &str = "timed out waiting for the condition";
/// Shells, which wait for what is typed.
const SHELLS: [&str; 4] = ["ash", "bash", "dash", "sh"];

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let word = match &args.words[..] {
        [] => return Err(Failure::usage("at least 1 argument is required for attach")),
        [one] => one.clone(),
        [kind, name] => [kind, "/", name].concat(),
        many => {
            let (count, many) = (many.len(), many.join(" "));
            return Err(usage(
                args,
                &format!(
                    "expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw {count}: [{many}]"
                ),
            ));
        }
    };
    let object = pods::named(cx, args, &word)?;
    let pod = exec::running(cx, args, &object, "attach")?;
    let container = pods::container(cx, args, &pod)?;
    let seen = logs::lines(cx, args, &(pod.clone(), container.clone()))?.len();
    let key = Key::new(Kind::Pod, pod.metadata.namespace.clone(), pod.metadata.name.clone());
    let mut attached = Attached::to(cx, args, &key, container, seen);
    if let Some(text) = attached.piped.take() {
        feed(cx, &pod, &attached.container, &text)?;
    }
    attached.open(cx, args, &pod);
    cx.follow(args, Box::new(attached))
}

/// Types a text into a container. Its end is the end of the container's standard input if nobody else may come.
fn feed(cx: &mut Cx<'_>, pod: &Pod, container: &str, text: &str) -> Result<(), Failure> {
    let meta = &pod.metadata;
    let spec = pod.spec.containers.iter().find(|it| &*it.name == container);
    let once = spec.is_some_and(|it| it.stdin_once);
    let text = [text, if once { "\u{4}" } else { "" }].concat();
    Ok(cx.session.feed(&meta.namespace, &meta.name, container, &text)?)
}

/// How far it has come.
enum State {
    /// The container does not run yet.
    Starting,
    /// What it writes is shown.
    Open,
    /// The container has ended, and it is waited until the pod has, to tell how, no longer than this.
    Ending(SimTime),
    /// The person has left, or there is nothing more to show.
    Ended,
}

/// A container to which the person is attached.
pub(crate) struct Attached {
    key: Key,
    container: Str,
    state: State,
    /// How long it is waited for a pod, to start and to end.
    patience: Duration,
    since: SimTime,
    /// How many of its lines were shown.
    seen: usize,
    seat: Option<Seat>,
    /// What is typed into it once it runs.
    piped: Option<String>,
    /// What types a line into it.
    line: Option<Errand>,
    /// Whether a person may type into it, and whether it waits for that.
    typed: bool,
    reads: bool,
    /// The kinds of what goes when it is over, and has not been deleted yet: the pod, and the Service of its name.
    removes: Vec<&'static str>,
    /// Whether it is the end of `kubectl run`, which waits for the pod and not only for the container.
    of_run: bool,
    /// Whether it is told how the pod ended.
    tells: bool,
    failure: Option<Failure>,
}

impl Attached {
    /// Shows what a container writes after so many lines, as soon as it runs.
    pub(crate) fn to(cx: &Cx<'_>, args: &Args, key: &Key, container: Str, seen: usize) -> Attached {
        let piped = cx.files.read("-").filter(|_| args.on("stdin"));
        Attached {
            key: key.clone(),
            container,
            state: State::Starting,
            patience: args.duration("pod-running-timeout").unwrap_or(START),
            since: cx.session.now(),
            seen,
            seat: None,
            typed: args.on("stdin") && piped.is_none(),
            piped,
            line: None,
            reads: false,
            removes: Vec::new(),
            of_run: false,
            tells: false,
            failure: None,
        }
    }

    /// As the end of `kubectl run`: the pod's end is told, and with `--rm` it goes after that.
    pub(crate) fn of_run(self, args: &Args) -> Attached {
        let ends = matches!(args.flag("restart"), Some("Never" | "OnFailure"));
        let tells = ends && !args.on("leave-stdin-open");
        let mut removes = Vec::new();
        if args.on("rm") {
            removes.extend(args.on("expose").then_some("service"));
            removes.push("pod");
        }
        Attached { removes, tells, of_run: true, ..self }
    }

    fn pod<'c>(&self, cx: &'c Cx<'_>) -> Option<&'c Rc<Pod>> {
        cx.api().get::<Pod>(&self.key.namespace, &self.key.name)
    }

    /// The container runs: says so, and lets the person sit down at a shell.
    fn open(&mut self, cx: &mut Cx<'_>, args: &Args, pod: &Pod) {
        self.state = State::Open;
        if args.on("stdin") && args.on("tty") && !self.typed {
            cx.output.tell(exec::NO_TERMINAL);
        }
        if !args.on("quiet") {
            cx.output.tell("If you don't see a command prompt, try pressing enter.\n");
        }
        if self.typed && args.on("tty") && waits_for_input(pod, &self.container) {
            let (namespace, name) = (self.key.namespace.clone(), self.key.name.clone());
            self.seat = Some(Seat { namespace, pod: name, container: self.container.clone() });
        }
    }

    /// Shows what is new; true when the container has ended.
    fn show(&mut self, cx: &mut Cx<'_>, args: &Args, pod: &Rc<Pod>) -> bool {
        let source = (pod.clone(), self.container.clone());
        let ended = pods::all_ended(cx, std::slice::from_ref(&source));
        let lines = logs::lines(cx, args, &source).unwrap_or_default();
        lines.iter().skip(self.seen).for_each(|line| cx.say(&line.text));
        self.seen = lines.len();
        let Key { namespace, name, .. } = &self.key;
        let hear = || cx.session.hear(namespace, name, &self.container, (1, [0; 2]));
        self.reads = self.typed && hear().is_some_and(|heard| heard.reads);
        ended
    }

    /// Waits until there is something to show. What has ended by then is not attached to: what it wrote is shown.
    fn start(&mut self, cx: &mut Cx<'_>, args: &Args, pod: Option<&Rc<Pod>>) -> Result<(), Failure> {
        let pod = pod.ok_or_else(|| Status::not_found("pods", &self.key.name))?;
        match if self.of_run { pod_has_started(pod) } else { container_has_started(pod, &self.container) } {
            Some(Started::Runs) => self.open(cx, args, pod),
            Some(Started::HasEnded) => (self.state, self.piped) = (State::Open, None),
            None if self.of_run && cx.session.now() >= self.since + self.patience => {
                return Err(Failure::usage(TIMED_OUT));
            }
            None => {}
        }
        Ok(())
    }

    /// Waits until the pod has ended, and remembers how, for it may go then.
    fn await_end(&mut self, cx: &Cx<'_>, args: &Args, until: SimTime, pod: Option<&Rc<Pod>>) {
        match pod.map(|pod| (phase(pod), pod)) {
            None | Some(("Succeeded", _)) => {}
            Some(("Failed", pod)) if args.flag("restart") == Some("Never") => {
                self.failure = Some(self.told(pod));
            }
            Some(_) if cx.session.now() < until => return,
            Some(_) => self.failure = Some(Failure::usage(TIMED_OUT)),
        }
        self.state = State::Ended;
    }

    /// How a pod failed.
    fn told(&self, pod: &Pod) -> Failure {
        let (namespace, name) = (&self.key.namespace, &self.key.name);
        let status = pod.status.container_statuses.first();
        let ended = status.and_then(|status| status.state.terminated.as_ref());
        let Some(ended) = ended.filter(|ended| ended.exit_code != 0) else {
            return Failure::usage(format!("pod {namespace}/{name} failed with unknown exit code"));
        };
        let reason = ended.reason.as_deref().unwrap_or_default();
        let message = ended.message.as_deref().unwrap_or_default();
        let text = format!("pod {namespace}/{name} terminated ({reason})\n{message}");
        Failure { text, code: ended.exit_code }
    }

    /// What is said at the end.
    fn end(&mut self, cx: &mut Cx<'_>) -> Result<bool, Failure> {
        if let Some(pod) = self.pod(cx).cloned().filter(|_| self.seat.is_some()) {
            cx.output.tell(&again(&pod, &self.container));
        }
        self.failure.take().map_or(Ok(true), Err)
    }
}

/// How the person can come back to a container that goes on.
fn again(pod: &Pod, container: &str) -> String {
    let ephemeral = pod.spec.ephemeral_containers.iter().any(|it| &*it.name == container);
    let (name, namespace) = (&pod.metadata.name, &pod.metadata.namespace);
    let place = if &**namespace == "default" { String::new() } else { format!(" -n {namespace}") };
    let command = format!("'kubectl attach {name}{place} -c {container} -i -t'");
    match () {
        () if ephemeral => format!(
            "Session ended, the ephemeral container will not be restarted but may be reattached using {command} if it is still running\n"
        ),
        () if pod.spec.restart_policy.as_deref() == Some("Always") => {
            format!("Session ended, resume using {command} command when the pod is running\n")
        }
        () => String::new(),
    }
}

/// Whether a container may be a shell that waits for what is typed: it says so, or says nothing of its command.
fn waits_for_input(pod: &Pod, container: &str) -> bool {
    let spec = &pod.spec;
    let own = spec.containers.iter().map(|it| (&it.name, &it.command, &it.args));
    let all = own.chain(spec.ephemeral_containers.iter().map(|it| (&it.name, &it.command, &it.args)));
    let Some((_, command, arguments)) = all.into_iter().find(|(name, ..)| &***name == container) else {
        return false;
    };
    let mut words = command.iter().chain(arguments);
    match (words.next(), words.next()) {
        (None, _) => true,
        (Some(word), None) => word.rsplit('/').next().is_some_and(|name| SHELLS.contains(&name)),
        _ => false,
    }
}

/// What has started may have ended already.
enum Started {
    Runs,
    HasEnded,
}

fn phase(pod: &Pod) -> &str {
    pod.status.phase.as_deref().unwrap_or_default()
}

/// Whether `kubectl run` need not wait for its pod any more.
fn pod_has_started(pod: &Pod) -> Option<Started> {
    match phase(pod) {
        "Failed" | "Succeeded" => Some(Started::HasEnded),
        "Running" if pods::is_ready(pod) => Some(Started::Runs),
        _ => None,
    }
}

/// Whether `kubectl debug` need not wait for its container any more.
fn container_has_started(pod: &Pod, container: &str) -> Option<Started> {
    let status = &pod.status;
    let mut all = status.container_statuses.iter().chain(&status.ephemeral_container_statuses);
    let state = &all.find(|it| &*it.name == container)?.state;
    match (&state.running, &state.terminated) {
        (Some(_), _) => Some(Started::Runs),
        (None, Some(_)) => Some(Started::HasEnded),
        (None, None) => None,
    }
}

impl Follow for Attached {
    fn look(&mut self, cx: &mut Cx<'_>, args: &Args) -> Result<bool, Failure> {
        let pod = self.pod(cx).cloned();
        match self.state {
            State::Starting => self.start(cx, args, pod.as_ref())?,
            State::Open => {
                if pod.as_ref().is_none_or(|pod| self.show(cx, args, pod)) {
                    let until = cx.session.now() + self.patience;
                    self.state = if self.tells { State::Ending(until) } else { State::Ended };
                }
            }
            State::Ending(until) => self.await_end(cx, args, until, pod.as_ref()),
            State::Ended => {}
        }
        match self.state {
            State::Ended if self.removes.is_empty() => self.end(cx),
            _ => Ok(false),
        }
    }

    fn errand(&mut self) -> Option<Errand> {
        let Key { namespace, name, .. } = &self.key;
        if let Some(text) = self.piped.take_if(|_| matches!(self.state, State::Open)) {
            let line = ["attach", "-n", namespace, name, "-c", &self.container, "-i", "-q"];
            return Some(Errand { input: Some(text), ..Errand::of(&line) });
        }
        if let Some(line) = self.line.take() {
            return Some(line);
        }
        if !matches!(self.state, State::Ended) {
            return None;
        }
        let kind = self.removes.pop()?;
        Some(Errand::of(&["delete", kind, name, "-n", namespace, "--wait=false"]))
    }

    fn heard(&mut self, cx: &mut Cx<'_>, args: &Args, output: Output) {
        if !args.on("quiet") && matches!(self.state, State::Ended) {
            cx.output.stdout += &output.stdout;
        }
        cx.output.tell(&output.stderr);
        // A pod that is gone already is nobody's failure.
        self.seat.take_if(|_| matches!(self.state, State::Ended));
    }

    fn seat(&self) -> Option<&Seat> {
        self.seat.as_ref().filter(|_| matches!(self.state, State::Open))
    }

    fn reads(&self) -> bool {
        self.typed && self.reads && self.seat.is_none() && matches!(self.state, State::Open)
    }

    fn type_in(&mut self, text: &str) {
        let Key { namespace, name, .. } = &self.key;
        let seat =
            Seat { namespace: namespace.clone(), pod: name.clone(), container: self.container.clone() };
        self.line = Some(exec::typing(&seat, 1, text));
    }

    fn leave(&mut self) {
        self.state = State::Ended;
    }
}
