//! `kubectl create -f`, and what is common to the generators of objects, each of which is a file.

pub(crate) mod config_map;
pub(crate) mod cron_job;
pub(crate) mod deployment;
mod hash;
pub(crate) mod ingress;
pub(crate) mod job;
pub(crate) mod namespace;
pub(crate) mod pod_disruption_budget;
pub(crate) mod priority_class;
pub(crate) mod quota;
pub(crate) mod role;
pub(crate) mod role_binding;
pub(crate) mod secret;
pub(crate) mod service;
pub(crate) mod service_account;
pub(crate) mod token;

use crate::command::{Cx, DryRun, decode, outcome};
use crate::json::compact_typed;
use crate::manifest::{self, Manifest, key_of, placed};
use crate::printer::{Format, done, print_tree};
use crate::raw::Method;
use crate::trouble::Trouble;
use crate::{Args, EDITED, Failure, apply, raw, record};
use orrery_apimachinery::{Status, StatusResult, Value};
use orrery_apiserver::Key;
use orrery_manifest::{Limits, read};

/// Creates the objects of files.
pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    if !args.words.is_empty() {
        let words = args.words.join(" ");
        return Err(usage(args, &format!("Unexpected args: [{words}]")));
    }
    if args.all("filename").is_empty() {
        return Err(Failure::usage("must specify one of -f and -k"));
    }
    if let Some(path) = raw::path(args) {
        check_raw(args)?;
        return raw::request(cx, args, Method::Post, path);
    }
    let (mut manifests, mut troubles) = manifest::read_all(cx, args)?;
    if manifests.is_empty() && troubles.is_empty() {
        return Err(Failure::usage("no objects passed to create"));
    }
    if args.on("edit") && !edited(cx, args, &mut manifests) {
        cx.output.tell("Edit cancelled, no changes made.\n");
        return Ok(());
    }
    for manifest in &manifests {
        let tree = annotated(args, &manifest.placed());
        match cx.create(&manifest.key, &tree) {
            Ok(object) => match Format::parse(cx, args)? {
                Format::Human { .. } | Format::Name => done(cx, args, &object, "created")?,
                format if cx.dry_run == DryRun::Client => print_tree(cx, &format, &tree)?,
                _ => done(cx, args, &object, "created")?,
            },
            Err(status) => troubles.push(Trouble::Refused(status).while_doing("creating", &manifest.file)),
        }
    }
    outcome(troubles)
}

/// Takes what the person's editor made of the objects (`--edit`), whose names may be others by now: of as many as there were
/// each is what stands in its place, else what has its name. False when that is nothing new.
fn edited(cx: &Cx<'_>, args: &Args, manifests: &mut Vec<Manifest>) -> bool {
    let text = cx.files.read(EDITED).unwrap_or_default();
    let documents = read(&text, &Limits::default()).documents;
    let keys: Vec<_> =
        documents.iter().map(|document| key_of(cx.api(), &document.value, args.namespace()).ok()).collect();
    let in_order = documents.len() == manifests.len();
    let mut places = 0..;
    manifests.retain_mut(|manifest| {
        let place = places.next().filter(|_| in_order);
        let place = place.or_else(|| keys.iter().position(|key| key.as_ref() == Some(&manifest.key)));
        let Some((place, key)) = place.and_then(|place| Some((place, keys[place].clone()?))) else {
            return false;
        };
        let tree = &documents[place].value;
        // It was opened with its namespace.
        let new = ![&manifest.tree, &manifest.placed()].contains(&tree);
        if new {
            (manifest.tree, manifest.key) = (tree.clone(), key);
        }
        new
    });
    !manifests.is_empty()
}

/// What does not go together with `--raw`.
fn check_raw(args: &Args) -> Result<(), Failure> {
    let given = |flag: &str| args.flag(flag).is_some_and(|value| !value.is_empty());
    let refusal = if args.on("edit") {
        "--raw and --edit are mutually exclusive"
    } else if args.all("filename").len() != 1 {
        "--raw can only use a single local file or stdin"
    } else if args.on("recursive") {
        "--raw and --recursive are mutually exclusive"
    } else if given("selector") {
        "--raw and --selector (-l) are mutually exclusive"
    } else if given("output") {
        "--raw and --output are mutually exclusive"
    } else {
        return Ok(());
    };
    Err(Failure::usage(refusal))
}

/// A command line that a command cannot use (upstream: `UsageErrorf`).
pub(crate) fn usage(args: &Args, text: &str) -> Failure {
    Failure::usage(format!("{text}\nSee '{} -h' for help and examples", args.path()))
}

/// With `--save-config`, the manifest with itself in the annotation of `apply`.
pub(crate) fn annotated(args: &Args, tree: &Value) -> Value {
    let mut tree = tree.clone();
    record::into_tree(args, &mut tree);
    if args.on("save-config") { apply::with_last_applied(&tree) } else { tree }
}

/// As [`annotated`], of an object that is one of Go's types and so is told by all of its fields, in their order.
pub(crate) fn saved(args: &Args, tree: &Value, key: &Key) -> StatusResult<Value> {
    let mut manifest = placed(tree, key);
    record::into_tree(args, &mut manifest);
    if args.on("save-config") {
        let mut object = decode(key, &manifest)?;
        if args.flag("namespace").is_none() {
            object.metadata_mut().namespace = "".into();
        }
        let version = tree["apiVersion"].as_str().unwrap_or_default();
        let text = compact_typed(&object.to_value_in(version)) + "\n";
        manifest["metadata"]["annotations"][apply::LAST_APPLIED] = text.into();
    }
    Ok(manifest)
}

/// The name of the object to make, and what follows it.
fn name(args: &Args) -> Result<(&str, &[String]), Failure> {
    let (words, command) = args.around_dash();
    match words {
        [name] => Ok((name, command)),
        _ => Err(usage(args, &format!("exactly one NAME is required, got {}", words.len()))),
    }
}

/// Creates the object that a generator made. Most generators say what failed themselves, and so hide the reason.
pub(crate) fn finish(
    cx: &mut Cx<'_>,
    args: &Args,
    tree: &Value,
    failure: Option<&str>,
    operation: &str,
) -> Result<(), Failure> {
    let mut hashed = tree.clone();
    if args.on("append-hash") {
        hashed["metadata"]["name"] = hash::name(tree).into();
    }
    let tree = &hashed;
    let key = key_of(cx.api(), tree, args.namespace()).map_err(Failure::usage)?;
    let refused = |status: Status| match failure {
        Some(failure) => Failure::usage(format!("failed to create {failure} {}", status.message)),
        None => status.into(),
    };
    let manifest = saved(args, tree, &key).map_err(refused)?;
    let mut created = cx.create(&key, &manifest).map_err(refused)?;
    // What is sent nowhere is in a namespace only if one was named (upstream: `enforceNamespace`).
    let unplaced = args.flag("namespace").is_none() || args.command == "autoscale";
    if cx.dry_run == DryRun::Client && unplaced {
        created.metadata_mut().namespace = "".into();
    }
    match Format::parse(cx, args)? {
        Format::Human { .. } | Format::Name => done(cx, args, &created, operation),
        // In the version that the generator speaks.
        format => {
            let version = tree["apiVersion"].as_str().unwrap_or_default();
            print_tree(cx, &format, &cx.api().served(&created).to_value_in(version))
        }
    }
}

/// Numbers are numbers, everything else is a name or a share (upstream: `intstr.Parse`).
pub(crate) fn int_or_string(text: &str) -> Value {
    text.parse::<i32>().map_or_else(|_| text.into(), Value::from)
}
