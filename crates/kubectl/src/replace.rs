//! `kubectl replace -f`.

use crate::command::{Cx, DryRun, decode, outcome};
use crate::delete::{self, LOOK};
use crate::manifest::{self, Manifest};
use crate::printer::done;
use crate::raw::Method;
use crate::trouble::Trouble;
use crate::{Args, Failure, create, raw, target};
use orrery_api::Object;
use orrery_apimachinery::{Reason, Status, StatusResult, Value};
use orrery_apiserver::{DeleteOptions, Key};
use orrery_sim::Duration;

/// How long `--force` waits until the old objects are gone.
const PATIENCE: Duration = Duration::from_secs(300);

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    check(cx, args)?;
    if let Some(path) = raw::path(args) {
        if args.all("filename").len() != 1 {
            return Err(Failure::usage("--raw can only use a single local file or stdin"));
        }
        return raw::request(cx, args, Method::Put, path);
    }
    let manifests = manifest::read(cx, args)?;
    if args.on("force") {
        remove(cx, args, &manifests)?;
    }
    let mut troubles = Vec::new();
    for manifest in &manifests {
        match replace(cx, args, manifest) {
            Ok(object) => done(cx, args, &object, "replaced")?,
            Err(trouble) => troubles.push(trouble),
        }
    }
    outcome(troubles)
}

fn check(cx: &Cx<'_>, args: &Args) -> Result<(), Failure> {
    let force = args.on("force");
    let refusal = if args.all("filename").is_empty() {
        "must specify one of -f and -k"
    } else if args.flag("grace-period").is_some() && !force {
        "--grace-period must have --force specified"
    } else if args.flag("timeout").is_some() && !force {
        "--timeout must have --force specified"
    } else if force && cx.dry_run != DryRun::No {
        "--dry-run can not be used when --force is set"
    } else {
        return Ok(());
    };
    Err(Failure::usage(refusal))
}

/// Deletes what is there, and waits until it is gone.
fn remove(cx: &mut Cx<'_>, args: &Args, manifests: &[Manifest]) -> Result<(), Failure> {
    // Without a grace period upstream gives a second, and so does it when none at all is wanted.
    let grace = args.number("grace-period").map(|seconds| seconds.max(1));
    let options = DeleteOptions {
        grace_period_seconds: grace,
        propagation: delete::propagation(args)?,
        ..Default::default()
    };
    let mut gone: Vec<&Key> = Vec::new();
    for Manifest { key, .. } in manifests {
        match cx.send(|api, request| api.delete(request, key, &options)) {
            Ok(_) => {
                cx.say(format!("{} \"{}\" deleted", target::singular(key.kind), key.name));
                gone.push(key);
            }
            Err(status) if status.is_not_found() => {}
            Err(status) => return Err(status.into()),
        }
    }
    // The new ones are not made at once in any case: their dependents are gone by then, too.
    let deadline = cx.session.now() + PATIENCE;
    loop {
        cx.session.pass(LOOK);
        if cx.session.now() >= deadline || gone.iter().all(|key| cx.api().object(key).is_none()) {
            return Ok(());
        }
    }
}

/// Replaces the part of an object that has an address of its own.
pub(crate) fn replace_part(cx: &mut Cx<'_>, key: &Key, tree: &Value, part: &str) -> StatusResult<Object> {
    match part {
        "status" => {
            let object = decode(key, tree)?;
            cx.send(|api, request| api.update_status(request, object))
        }
        "scale" => {
            let replicas = tree["spec"]["replicas"].as_i64().unwrap_or_default();
            cx.send(|api, request| api.scale(request, key, replicas as i32))
        }
        _ => Err(Status::new(Reason::NotFound, "the server could not find the requested resource")),
    }
}

fn replace(cx: &mut Cx<'_>, args: &Args, manifest: &Manifest) -> Result<Object, Trouble> {
    let tree = create::annotated(args, &manifest.placed());
    if args.on("force") {
        return Ok(cx.create(&manifest.key, &tree)?);
    }
    let key = &manifest.key;
    let replaced = match (cx.dry_run, args.flag("subresource").unwrap_or_default()) {
        (DryRun::Client, _) => decode(key, &tree),
        (_, "") => cx.replace(key, &tree),
        (_, part) => replace_part(cx, key, &tree, part),
    };
    replaced.map_err(|status| Trouble::Refused(status).while_doing("replacing", &manifest.file))
}
