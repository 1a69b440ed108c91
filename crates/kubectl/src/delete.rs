//! `kubectl delete`.

use crate::command::{Cx, DryRun, outcome};
use crate::follow::Follow;
use crate::raw::{self, Method};
use crate::trouble::Trouble;
use crate::{Args, Failure, manifest, target};
use orrery_apimachinery::Str;
use orrery_apiserver::{DeleteOptions, Key, Propagation};
use orrery_sim::{Duration, SimTime};

/// How long `--wait` waits at most.
const PATIENCE: Duration = Duration::from_secs(3_600);

const FORCED: &str = "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n";

const OF_CLUSTER: &str = "Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n";

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let options = DeleteOptions {
        grace_period_seconds: grace(args)?,
        propagation: propagation(args)?,
        ..Default::default()
    };
    check(args)?;
    let forced = options.grace_period_seconds == Some(0);
    if let Some(path) = raw::path(args) {
        return raw(cx, args, path);
    }
    let keys = keys(cx, args)?;
    if forced {
        cx.output.tell(FORCED);
    }
    if args.on("interactive") && !confirmed(cx, &keys) {
        cx.say("deletion is cancelled");
        return Ok(());
    }
    let everywhere = args.on("all-namespaces") || args.flag("namespace").is_none();
    if !everywhere && keys.iter().any(|(key, _)| !key.kind.namespaced()) {
        cx.output.tell(OF_CLUSTER);
    }
    let patient = ["all", "selector", "field-selector"].iter().any(|flag| args.flag(flag).is_some());
    let tolerant = args.flag("ignore-not-found").map_or(patient, |_| args.on("ignore-not-found"));
    let (mut deleted, mut troubles) = (Vec::new(), Vec::new());
    for (key, file) in &keys {
        match delete(cx, key, &options) {
            Ok(uid) => {
                say(cx, args, key, forced);
                deleted.push((key.clone(), uid));
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
        let limit = args.duration("timeout").filter(|limit| *limit > Duration::ZERO);
        let deadline = cx.session.now() + limit.unwrap_or(PATIENCE);
        return cx.follow(args, Box::new(Going { objects: deleted, deadline, limited: limit.is_some() }));
    }
    Ok(())
}

/// One request that deletes (`--raw`).
fn raw(cx: &mut Cx<'_>, args: &Args, path: &str) -> Result<(), Failure> {
    if args.on("interactive") {
        return Err(Failure::usage("--interactive can not be used with --raw"));
    }
    if args.all("filename").len() > 1 {
        return Err(Failure::usage("--raw can only use a single local file or stdin"));
    }
    raw::request(cx, args, Method::Delete, path)
}

/// Whether the person wants it (`--interactive`); what is not there is not asked about.
fn confirmed(cx: &mut Cx<'_>, keys: &[(Key, Option<String>)]) -> bool {
    let there: Vec<&Key> = keys.iter().map(|(key, _)| key).filter(|key| cx.get(key).is_ok()).collect();
    if there.is_empty() {
        return true;
    }
    cx.say(format!("You are about to delete the following {} resource(s):", there.len()));
    there.into_iter().for_each(|key| cx.say(target::display(key)));
    cx.output.stdout += "Do you want to continue? (y/n): ";
    let answer = cx.files.read("-").unwrap_or_default();
    answer.split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case("y"))
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

/// What is said when an object is still there.
pub(crate) fn timed_out(key: &Key) -> String {
    format!("timed out waiting for the condition on {}/{}", key.kind.plural(), key.name)
}

/// Objects that are going: it is waited until all are gone.
struct Going {
    /// Each with its uid: one of the same name is another one.
    objects: Vec<(Key, Str)>,
    deadline: SimTime,
    /// Whether the person said how long.
    limited: bool,
}

impl Follow for Going {
    fn look(&mut self, cx: &mut Cx<'_>, _: &Args) -> Result<bool, Failure> {
        self.objects.retain(|(key, uid)| cx.api().object(key).is_some_and(|o| o.metadata().uid == *uid));
        let Some((key, _)) = self.objects.first() else { return Ok(true) };
        match cx.session.now() >= self.deadline {
            true if self.limited => Err(Failure::usage(timed_out(key))),
            over => Ok(over),
        }
    }

    fn ends(&self) -> bool {
        true
    }
}
