//! `kubectl delete`.

use crate::command::Cx;
use crate::target::{self, Target};
use crate::{Args, Failure, apply};
use orrery_apiserver::{DeleteOptions, Key, Propagation};
use orrery_sim::Duration;

/// How long `--wait` waits at most.
const PATIENCE: Duration = Duration::from_secs(3_600);
/// How often it looks.
const LOOK: Duration = Duration::from_millis(100);

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let options = DeleteOptions {
        grace_period_seconds: grace(args)?,
        propagation: propagation(args)?,
        ..Default::default()
    };
    let keys = keys(cx, args)?;
    if keys.is_empty() {
        cx.say("No resources found");
    }
    let mut deleted = Vec::new();
    for key in keys {
        match cx.send(|api, request| api.delete(request, &key, &options)) {
            Ok(_) => {
                let note = if options.grace_period_seconds == Some(0) { " force" } else { "" };
                cx.say(format!("{} \"{}\"{note} deleted", target::singular(key.kind), key.name));
                deleted.push(key);
            }
            Err(status) if status.is_not_found() && args.on("ignore-not-found") => {}
            Err(status) => cx.complain(crate::command::server_error(&status)),
        }
    }
    if args.flag("wait") != Some("false") {
        wait(cx, &deleted);
    }
    Ok(())
}

fn keys(cx: &mut Cx<'_>, args: &Args) -> Result<Vec<Key>, Failure> {
    if !args.all("filename").is_empty() {
        let trees = apply::trees(cx, args)?;
        return Ok(trees.iter().filter_map(|(_, tree)| apply::key_of(cx.session.api(), tree, args.namespace()).ok()).collect());
    }
    let mut keys = Vec::new();
    for target in target::parse(cx.session.api(), args, &args.words[1..])? {
        match target {
            Target::One(key) => keys.push(key),
            Target::All(kind) => {
                if args.flag("selector").is_none() && args.flag("field-selector").is_none() && !args.on("all")
                {
                    return Err(Failure::usage("resource(s) were provided, but no name was specified"));
                }
                keys.extend(target::list(cx.api(), kind, args)?.iter().map(Key::of));
            }
        }
    }
    Ok(keys)
}

fn grace(args: &Args) -> Result<Option<i64>, Failure> {
    if args.on("now") {
        return Ok(Some(1));
    }
    let Some(text) = args.flag("grace-period") else {
        return Ok(args.on("force").then_some(0));
    };
    let seconds: i64 = text.parse().map_err(|_| {
        Failure::usage(format!("invalid argument \"{text}\" for \"--grace-period\" flag: strconv.ParseInt: parsing \"{text}\": invalid syntax"))
    })?;
    Ok((seconds >= 0).then_some(seconds))
}

fn propagation(args: &Args) -> Result<Propagation, Failure> {
    match args.flag("cascade") {
        None | Some("background" | "true") => Ok(Propagation::Background),
        Some("foreground") => Ok(Propagation::Foreground),
        Some("orphan" | "false") => Ok(Propagation::Orphan),
        Some(other) => Err(Failure::usage(format!(
            "invalid cascade value ({other}). Must be \"background\", \"foreground\", or \"orphan\""
        ))),
    }
}

/// Lets time pass until all are gone.
fn wait(cx: &mut Cx<'_>, keys: &[Key]) {
    let deadline = cx.session.now() + PATIENCE;
    while cx.session.now() < deadline && keys.iter().any(|key| cx.api().object(key).is_some()) {
        cx.session.pass(LOOK);
    }
}
