//! `kubectl patch`.

use crate::command::{Cx, outcome};
use crate::printer::done;
use crate::trouble::Trouble;
use crate::{Args, Failure, record, target};
use orrery_api::Object;
use orrery_apimachinery::patch::{json_merge, json_patch, strategic_merge};
use orrery_apimachinery::{Patch, Reason, Status, Value};
use orrery_apiserver::Key;
use orrery_manifest::{Limits, Severity, read};

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let text = text(cx, args)?;
    if args.on("local") && !args.words.is_empty() {
        return Err(Failure::usage("cannot specify --local and server resources"));
    }
    let kind = args.flag("type").unwrap_or("strategic").to_lowercase();
    if !["json", "merge", "strategic"].contains(&&*kind) {
        return Err(Failure::usage(format!(
            "--type must be one of [json merge strategic], not {:?}",
            args.flag("type").unwrap_or_default()
        )));
    }
    let patch = to_json(&text);
    let mut troubles = Vec::new();
    for object in target::visit(cx, args, &args.words)? {
        match object.and_then(|live| Ok((patched(cx, args, &live, &kind, &patch)?, live))) {
            Ok((after, live)) => {
                let note = if after == live { " (no change)" } else { "" };
                let after = record::afterwards(cx, args, after)?;
                done(cx, args, &after, &format!("patched{note}"))?;
            }
            Err(trouble) => troubles.push(trouble),
        }
    }
    outcome(troubles)
}

/// The text of the patch.
fn text(cx: &Cx<'_>, args: &Args) -> Result<String, Failure> {
    match (args.flag("patch").unwrap_or_default(), args.flag("patch-file").unwrap_or_default()) {
        ("", "") => {
            Err(Failure::usage("must specify --patch or --patch-file containing the contents of the patch"))
        }
        ("", file) => {
            let missing = || format!("unable to read patch file: open {file}: no such file or directory");
            cx.files.read(file).ok_or_else(|| Failure::usage(missing()))
        }
        (text, "") => Ok(text.into()),
        _ => Err(Failure::usage("cannot specify --patch and --patch-file together")),
    }
}

/// What the text says. One that starts with a brace goes to the server as it is, whose words the error has.
fn to_json(text: &str) -> Result<Value, Trouble> {
    let reading = read(text, &Limits::default());
    let broken = reading.diagnostics.iter().find(|d| d.severity == Severity::Error);
    match broken {
        None => Ok(reading.documents.into_iter().next().map(|document| document.value).unwrap_or_default()),
        Some(d) if text.trim_start().starts_with('{') => {
            let words = d.message.strip_prefix("json: offset ").and_then(|rest| rest.split_once(": "));
            let words = words.map_or(&*d.message, |(_, words)| words);
            let words = if words == "unexpected EOF" { "unexpected end of JSON input" } else { words };
            Err(Status::new(Reason::BadRequest, words).into())
        }
        Some(d) => Err(Trouble::Text(format!("unable to parse {text:?}: {}", d.message))),
    }
}

fn patched(
    cx: &mut Cx<'_>,
    args: &Args,
    live: &Object,
    kind: &str,
    patch: &Result<Value, Trouble>,
) -> Result<Object, Trouble> {
    let (key, value) = (Key::of(live), patch.clone()?);
    let patch = match kind {
        "json" => Patch::Json(value),
        "merge" => Patch::Merge(value),
        _ => Patch::Strategic(value),
    };
    if !cx.dry_run.sends() {
        return locally(live, &key, &patch);
    }
    match args.flag("subresource") {
        None => Ok(cx.patch(&key, &patch)?),
        Some("status") => Ok(cx.send(|api, request| api.patch_status(request, &key, &patch))?),
        Some("scale") => scaled(cx, &key, &patch),
        Some(other) => Err(Trouble::Text(format!(
            "invalid subresource value: {other:?}. Must be one of [resize scale status]"
        ))),
    }
}

/// What the patch would make of the object.
fn locally(live: &Object, key: &Key, patch: &Patch) -> Result<Object, Trouble> {
    let mut tree = live.to_value();
    match patch {
        Patch::Json(operations) => json_patch(&mut tree, operations).map_err(Trouble::Text)?,
        Patch::Merge(change) => json_merge(&mut tree, change),
        Patch::Strategic(change) => strategic_merge(&mut tree, change).map_err(Trouble::Text)?,
    }
    Ok(Object::decode(key.kind, &tree).0)
}

/// Of the scale subresource only the number of replicas can be changed.
fn scaled(cx: &mut Cx<'_>, key: &Key, patch: &Patch) -> Result<Object, Trouble> {
    let mut scale = serde_json::json!({"spec": {"replicas": cx.api().replicas(key)}});
    match patch {
        Patch::Json(operations) => json_patch(&mut scale, operations).map_err(Trouble::Text)?,
        Patch::Merge(change) | Patch::Strategic(change) => json_merge(&mut scale, change),
    }
    let replicas = scale.pointer("/spec/replicas").and_then(Value::as_i64).unwrap_or_default();
    Ok(cx.send(|api, request| api.scale(request, key, replicas as i32))?)
}
