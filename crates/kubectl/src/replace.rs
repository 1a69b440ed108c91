//! `kubectl replace -f`.

use crate::command::{Cx, DryRun, Output, decode, outcome};
use crate::delete;
use crate::follow::{Errand, Follow};
use crate::manifest::{self, Manifest};
use crate::printer::done;
use crate::raw::Method;
use crate::trouble::Trouble;
use crate::{Args, Failure, create, raw, target};
use orrery_api::Object;
use orrery_apimachinery::{Reason, Status, StatusResult, Value};
use orrery_apiserver::{DeleteOptions, Key};
use orrery_sim::{Duration, SimTime};
use serde_json::json;

/// How long `--force` waits until the old objects are gone, and how long if it is told to wait.
const PATIENCE: Duration = Duration::from_secs(300);
const A_WEEK: Duration = Duration::from_secs(604_800);

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    check(cx, args)?;
    if let Some(path) = raw::path(args) {
        if args.all("filename").len() != 1 {
            return Err(Failure::usage("--raw can only use a single local file or stdin"));
        }
        return raw::request(cx, args, Method::Put, path);
    }
    let manifests = manifest::read(cx, args)?;
    if args.on("force")
        && let Some(going) = remove(cx, args, &manifests)?
    {
        return cx.follow(args, Box::new(going));
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

/// Deletes what is there; it is waited for that, if there was anything.
fn remove(cx: &mut Cx<'_>, args: &Args, manifests: &[Manifest]) -> Result<Option<Going>, Failure> {
    let given = args.number("grace-period").filter(|seconds| *seconds >= 0);
    let options = DeleteOptions {
        // Nothing is killed at once that was not meant to be.
        grace_period_seconds: given.map(|seconds| seconds.max(1)),
        propagation: delete::propagation(args)?,
        ..Default::default()
    };
    let mut gone: Vec<Key> = Vec::new();
    for Manifest { key, .. } in manifests {
        match cx.send(|api, request| api.delete(request, key, &options)) {
            Ok(_) => {
                let (kind, name) = (target::singular(key.kind), &key.name);
                match args.flag("output") {
                    Some("name") => cx.say(format!("{kind}/{name}")),
                    _ => cx.say(format!("{kind} \"{name}\" deleted")),
                }
                gone.push(key.clone());
            }
            Err(status) if status.is_not_found() => {}
            Err(status) => return Err(status.into()),
        }
    }
    let waits = given == Some(0) || args.on("wait");
    let patience = args.duration("timeout").unwrap_or(if waits { A_WEEK } else { PATIENCE });
    let deadline = cx.session.now() + patience;
    let items: Vec<Value> = manifests.iter().map(Manifest::placed).collect();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string();
    let mut line = ["replace", "-f", "-"].map(str::to_owned).to_vec();
    line.extend(args.again(&["filename", "recursive", "timeout"]));
    let makes = Some(Errand { line, input: Some(list) });
    let first = !gone.is_empty();
    Ok(first.then_some(Going { gone, deadline, waits, makes, over: None }))
}

/// Old objects that are going: when they are gone, the new ones are made.
struct Going {
    gone: Vec<Key>,
    deadline: SimTime,
    /// Whether it was asked for that they are waited for.
    waits: bool,
    /// What makes the new ones.
    makes: Option<Errand>,
    /// With which code the new ones were made.
    over: Option<i32>,
}

impl Follow for Going {
    fn look(&mut self, cx: &mut Cx<'_>, _: &Args) -> Result<bool, Failure> {
        self.gone.retain(|key| cx.api().object(key).is_some());
        match self.gone.first() {
            Some(key) if cx.session.now() >= self.deadline => Err(Failure::usage(match self.waits {
                true => delete::timed_out(key),
                false => "context deadline exceeded".into(),
            })),
            _ => {
                cx.output.code = self.over.unwrap_or_default();
                Ok(self.over.is_some())
            }
        }
    }

    fn ends(&self) -> bool {
        true
    }

    fn errand(&mut self) -> Option<Errand> {
        self.makes.take_if(|_| self.gone.is_empty())
    }

    fn heard(&mut self, cx: &mut Cx<'_>, _: &Args, output: Output) {
        cx.output.add(&output);
        self.over = Some(output.code);
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
