//! `kubectl exec` and `kubectl attach` (upstream: `kubectl/pkg/cmd/exec`, `kubectl/pkg/cmd/attach`).

use crate::command::Cx;
use crate::create::usage;
use crate::{Args, Failure, logs, pods};
use orrery_api::Pod;
use orrery_apimachinery::{Reason, Status, Str};
use std::rc::Rc;

/// What is said when a terminal is asked for: nobody sits at one.
const NO_TERMINAL: &str = "Unable to use a TTY - input is not a terminal or the right kind of file\n";

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let (before, command) = args.around_dash();
    let Some(word) = before.first() else {
        return Err(Failure::usage("pod, type/name or --filename must be specified"));
    };
    if command.is_empty() && before.len() > 1 {
        return Err(usage(
            args,
            "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead",
        ));
    }
    if command.is_empty() {
        return Err(Failure::usage("you must specify at least one command for the container"));
    }
    let pod = running(cx, args, word, "exec into")?;
    let container = pods::container(cx, args, &pod)?;
    if args.on("tty") {
        cx.output.stderr += NO_TERMINAL;
    }
    let meta = &pod.metadata;
    if pod.node_name.is_none() {
        let text = format!("pod {} does not have a host assigned", meta.name);
        return Err(Status::new(Reason::BadRequest, text).into());
    }
    let command: Vec<Str> = command.iter().map(|word| word.as_str().into()).collect();
    let output = cx.session.exec(&meta.namespace, &meta.name, &container, &command).map_err(refused)?;
    cx.output.stdout += &output.stdout;
    cx.output.stderr += &output.stderr;
    if output.code != 0 {
        cx.output.stderr += &format!("command terminated with exit code {}\n", output.code);
        cx.output.code = output.code;
    }
    Ok(())
}

/// What the server refuses is the server's; what goes wrong on the way through the stream is told as it comes.
fn refused(status: Status) -> Failure {
    match status.reason {
        Reason::NotFound | Reason::BadRequest => status.into(),
        _ => Failure::usage(status.message),
    }
}

/// The pod that a word names, or the best one of what it names, if it has not ended.
fn running(cx: &mut Cx<'_>, args: &Args, word: &str, doing: &str) -> Result<Rc<Pod>, Failure> {
    let object = pods::named(cx, args, word)?;
    let pod = pods::of(cx, args, &object, "attach to", false)?.remove(0);
    match pod.status.phase.as_deref() {
        Some(phase @ ("Succeeded" | "Failed")) => Err(Failure::usage(format!(
            "cannot {doing} a container in a completed pod; current phase is {phase}"
        ))),
        _ => Ok(pod),
    }
}

pub(crate) fn attach(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
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
    let pod = running(cx, args, &word, "attach")?;
    let container = pods::container(cx, args, &pod)?;
    join(cx, args, pod, container)
}

/// Shows what a container writes. Nobody types anything, so one that reads what is typed is left at once.
pub(crate) fn join(cx: &mut Cx<'_>, args: &Args, pod: Rc<Pod>, container: Str) -> Result<(), Failure> {
    if !args.on("quiet") {
        cx.output.stderr += "If you don't see a command prompt, try pressing enter.\n";
    }
    if !args.on("stdin") {
        return logs::attach(cx, args, (pod, container), None);
    }
    let ephemeral = pod.spec.ephemeral_containers.iter().any(|it| it.name == container);
    let (name, namespace) = (&pod.metadata.name, &pod.metadata.namespace);
    let place = if &**namespace == "default" { String::new() } else { format!(" -n {namespace}") };
    let command = format!("'kubectl attach {name}{place} -c {container} -i -t'");
    if args.on("tty") && ephemeral {
        cx.output.stderr += &format!(
            "Session ended, the ephemeral container will not be restarted but may be reattached using {command} if it is still running\n"
        );
    } else if args.on("tty") && pod.spec.restart_policy.as_deref() == Some("Always") {
        cx.output.stderr +=
            &format!("Session ended, resume using {command} command when the pod is running\n");
    }
    Ok(())
}
