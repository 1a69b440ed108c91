//! `kubectl delete`.

use crate::command::{Cx, DryRun, outcome};
use crate::trouble::Trouble;
use crate::{Args, Failure, manifest, target};
use orrery_apimachinery::Str;
use orrery_apiserver::{DeleteOptions, Key, Propagation};
use orrery_sim::Duration;

/// How long `--wait` waits at most.
const PATIENCE: Duration = Duration::from_secs(3_600);
/// How often it looks.
pub(crate) const LOOK: Duration = Duration::from_millis(100);

const FORCED: &str = "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n";

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let options = DeleteOptions {
        grace_period_seconds: grace(args)?,
        propagation: propagation(args)?,
        ..Default::default()
    };
    check(args)?;
    let forced = options.grace_period_seconds == Some(0);
    let keys = keys(cx, args)?;
    if forced {
        cx.output.stderr.push_str(FORCED);
    }
    let patient = ["all", "selector", "field-selector"].iter().any(|flag| args.flag(flag).is_some());
    let tolerant = args.flag("ignore-not-found").map_or(patient, |_| args.on("ignore-not-found"));
    let (mut deleted, mut troubles) = (Vec::new(), Vec::new());
    for (key, file) in &keys {
        match delete(cx, key, &options) {
            Ok(uid) => {
                say(cx, args, key, forced);
                deleted.push((key, uid));
            }
            Err(Trouble::Refused(status)) if status.is_not_found() && tolerant => {}
            Err(trouble) => troubles.push(match file {
                Some(file) => trouble.while_doing("deleting", file),
                None => trouble,
            }),
        }
    }
    outcome(troubles)?;
    if deleted.is_empty() && (keys.is_empty() || patient) {
        cx.say("No resources found");
    }
    if args.flag("wait") != Some("false") && cx.dry_run == DryRun::No {
        wait(cx, &deleted);
    }
    Ok(())
}

fn say(cx: &mut Cx<'_>, args: &Args, key: &Key, forced: bool) {
    let (kind, force) = (target::singular(key.kind), if forced { "force " } else { "" });
    match args.flag("output") {
        Some(_) => cx.say(format!("{kind}/{}", key.name)),
        None => cx.say(format!("{kind} \"{}\" {force}deleted{}", key.name, cx.dry_run.suffix())),
    }
}

/// Deletes one object and returns its uid.
fn delete(cx: &mut Cx<'_>, key: &Key, options: &DeleteOptions) -> Result<Str, Trouble> {
    let object = match cx.dry_run {
        DryRun::Client => cx.get(key),
        _ => cx.send(|api, request| api.delete(request, key, options)),
    };
    Ok(object?.metadata().uid.clone())
}

fn check(args: &Args) -> Result<(), Failure> {
    if let Some(output) = args.flag("output").filter(|output| *output != "name") {
        return Err(Failure::usage(format!(
            "unexpected -o output mode: {output}. We only support '-o name'"
        )));
    }
    for selector in ["selector", "field-selector"] {
        if args.on("all") && args.flag(selector).is_some() {
            return Err(Failure::usage(format!("cannot set --all and --{selector} at the same time")));
        }
    }
    Ok(())
}

/// What to delete, with the file that names it.
fn keys(cx: &mut Cx<'_>, args: &Args) -> Result<Vec<(Key, Option<String>)>, Failure> {
    if args.all("filename").is_empty() {
        let keys = target::keys(cx, args, &args.words)?;
        return Ok(keys.into_iter().map(|key| (key, None)).collect());
    }
    Ok(manifest::read(cx, args)?.into_iter().map(|m| (m.key, Some(m.file))).collect())
}

fn grace(args: &Args) -> Result<Option<i64>, Failure> {
    let given = args.number("grace-period").filter(|seconds| *seconds >= 0);
    match (args.on("now"), given, args.on("force")) {
        (true, Some(_), _) => Err(Failure::usage("--now and --grace-period cannot be specified together")),
        (true, None, false) => Ok(Some(1)),
        (_, Some(1..), true) | (true, None, true) => {
            Err(Failure::usage("--force and --grace-period greater than 0 cannot be specified together"))
        }
        (_, _, true) => Ok(Some(0)),
        // Nothing is killed at once that was not meant to be.
        (_, Some(0), false) => Ok(Some(1)),
        (_, given, false) => Ok(given),
    }
}

pub(crate) fn propagation(args: &Args) -> Result<Propagation, Failure> {
    match args.flag("cascade") {
        None | Some("background" | "true") => Ok(Propagation::Background),
        Some("foreground") => Ok(Propagation::Foreground),
        Some("orphan" | "false") => Ok(Propagation::Orphan),
        Some(other) => Err(Failure::usage(format!(
            "invalid cascade value ({other}). Must be \"background\", \"foreground\", or \"orphan\""
        ))),
    }
}

/// Lets time pass until all are gone; one of the same name is another one.
fn wait(cx: &mut Cx<'_>, deleted: &[(&Key, Str)]) {
    let deadline = cx.session.now() + PATIENCE;
    let there =
        |cx: &Cx<'_>, key: &Key, uid: &Str| cx.api().object(key).is_some_and(|o| o.metadata().uid == *uid);
    while cx.session.now() < deadline && deleted.iter().any(|(key, uid)| there(cx, key, uid)) {
        cx.session.pass(LOOK);
    }
}
