//! `kubectl exec` (upstream: `kubectl/pkg/cmd/exec`).

use crate::command::{Cx, Output};
use crate::create::usage;
use crate::follow::{Errand, Follow, LONGEST, Seat};
use crate::{Args, Failure, pods};
use orrery_api::{Object, Pod};
use orrery_apimachinery::{Reason, Status, Str};
use orrery_apiserver::{Exec, ExecOutput, Heard};
use orrery_sim::Duration;
use std::rc::Rc;

/// What is said when a terminal is asked for where nobody sits at one.
pub(crate) const NO_TERMINAL: &str =
    "Unable to use a TTY - input is not a terminal or the right kind of file\n";

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let (before, command) = args.around_dash();
    let file = pods::of_file(cx, args)?;
    if before.is_empty() && file.is_none() {
        return Err(Failure::usage("pod, type/name or --filename must be specified"));
    }
    if command.is_empty() && before.len() > 1 {
        return Err(usage(
            args,
            "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead",
        ));
    }
    if command.is_empty() {
        return Err(Failure::usage("you must specify at least one command for the container"));
    }
    let object = match (file, before.first()) {
        (Some(object), _) => object,
        (None, word) => pods::named(cx, args, word.map_or("", String::as_str))?,
    };
    let pod = running(cx, args, &object, "exec into")?;
    let container = pods::container(cx, args, &pod)?;
    let piped = cx.files.read("-").filter(|_| args.on("stdin"));
    let typed = args.on("stdin") && piped.is_none() && cx.followed.is_some();
    if args.on("tty") && (cx.followed.is_none() || piped.is_some()) {
        cx.output.tell(NO_TERMINAL);
    }
    let meta = &pod.metadata;
    if pod.node_name.is_none() {
        let text = format!("pod {} does not have a host assigned", meta.name);
        return Err(Status::new(Reason::BadRequest, text).into());
    }
    let command: Vec<Str> = command.iter().map(|word| word.as_str().into()).collect();
    let exec = Exec { command: &command, input: piped.as_deref().unwrap_or_default(), open: typed };
    let ExecOutput { stdout, stderr, code, goes_on } =
        cx.session.exec(&meta.namespace, &meta.name, &container, exec).map_err(refused)?;
    cx.output.stdout += &stdout;
    cx.output.tell(&stderr);
    let Some(pid) = goes_on else {
        tell_end(&mut cx.output, code);
        return Ok(());
    };
    let seat = Seat { namespace: meta.namespace.clone(), pod: meta.name.clone(), container };
    let running = Running { seat, pid, seen: [0; 2], typed, reads: false, errands: Vec::new() };
    cx.follow(args, Box::new(running))
}

fn tell_end(output: &mut Output, code: i32) {
    if code != 0 {
        output.tell(&format!("command terminated with exit code {code}\n"));
        output.code = code;
    }
}

/// A command that goes on within a container.
struct Running {
    seat: Seat,
    pid: u32,
    /// How many bytes of its outputs were shown.
    seen: [usize; 2],
    /// Whether a person may type into it, and whether it waits for that.
    typed: bool,
    reads: bool,
    errands: Vec<Errand>,
}

/// What runs a command in a container.
fn beside(Seat { namespace, pod, container }: &Seat, command: &[&str]) -> Errand {
    Errand::of(&[&["exec", "-i", "-n", namespace, pod, "-c", container, "--"], command].concat())
}

/// What types a text into a process of a container.
pub(crate) fn typing(seat: &Seat, pid: u32, text: &str) -> Errand {
    let keyboard = format!("/proc/{pid}/fd/0");
    Errand { input: Some(text.to_owned()), ..beside(seat, &["tee", &keyboard]) }
}

impl Follow for Running {
    fn look(&mut self, cx: &mut Cx<'_>, _: &Args) -> Result<bool, Failure> {
        let Seat { namespace, pod, container } = &self.seat;
        let heard = cx.session.hear(namespace, pod, container, (self.pid, self.seen));
        // With its container it was killed.
        let Heard { new, bytes, code, reads } =
            heard.unwrap_or_else(|| Heard { code: Some(137), ..Heard::default() });
        cx.output.stdout += &new[0];
        cx.output.tell(&new[1]);
        (self.seen, self.reads) = (bytes, reads);
        code.iter().for_each(|code| tell_end(&mut cx.output, *code));
        Ok(code.is_some())
    }

    fn patience(&self) -> Duration {
        // It may wait for a host that does not answer.
        LONGEST
    }

    fn errand(&mut self) -> Option<Errand> {
        self.errands.pop()
    }

    fn reads(&self) -> bool {
        self.typed && self.reads
    }

    fn type_in(&mut self, text: &str) {
        self.errands.push(typing(&self.seat, self.pid, text));
    }

    fn leave(&mut self) {
        self.errands.push(beside(&self.seat, &["kill", "-9", &self.pid.to_string()]));
    }
}

/// What the server refuses is the server's; what goes wrong on the way through the stream is told as it comes.
fn refused(status: Status) -> Failure {
    match status.reason {
        Reason::NotFound | Reason::BadRequest => status.into(),
        _ => Failure::usage(status.message),
    }
}

/// The pod that is named, or the best one of what is named, if it has not ended.
pub(crate) fn running(
    cx: &mut Cx<'_>,
    args: &Args,
    object: &Object,
    doing: &str,
) -> Result<Rc<Pod>, Failure> {
    let pod = pods::of(cx, args, object, "attach to", false)?.remove(0);
    match pod.status.phase.as_deref() {
        Some(phase @ ("Succeeded" | "Failed")) => Err(Failure::usage(format!(
            "cannot {doing} a container in a completed pod; current phase is {phase}"
        ))),
        _ => Ok(pod),
    }
}
