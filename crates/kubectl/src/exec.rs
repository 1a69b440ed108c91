//! `kubectl exec` (upstream: `kubectl/pkg/cmd/exec`).

use crate::command::Cx;
use crate::create::usage;
use crate::{Args, Failure, pods};
use orrery_api::{Object, Pod};
use orrery_apimachinery::{Reason, Status, Str};
use std::rc::Rc;

/// What is said when a terminal is asked for where nobody sits at one.
const NO_TERMINAL: &str = "Unable to use a TTY - input is not a terminal or the right kind of file\n";

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
    if args.on("tty") && cx.followed.is_none() {
        cx.output.tell(NO_TERMINAL);
    }
    let meta = &pod.metadata;
    if pod.node_name.is_none() {
        let text = format!("pod {} does not have a host assigned", meta.name);
        return Err(Status::new(Reason::BadRequest, text).into());
    }
    let command: Vec<Str> = command.iter().map(|word| word.as_str().into()).collect();
    let output = cx.session.exec(&meta.namespace, &meta.name, &container, &command).map_err(refused)?;
    cx.output.stdout += &output.stdout;
    cx.output.tell(&output.stderr);
    if output.code != 0 {
        cx.output.tell(&format!("command terminated with exit code {}\n", output.code));
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
