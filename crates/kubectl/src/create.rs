//! `kubectl create -f`, and what is common to the generators of objects, each of which is a file.

pub(crate) mod config_map;
pub(crate) mod cron_job;
pub(crate) mod deployment;
pub(crate) mod ingress;
pub(crate) mod job;
pub(crate) mod namespace;
pub(crate) mod pod_disruption_budget;
pub(crate) mod quota;
pub(crate) mod role;
pub(crate) mod role_binding;
pub(crate) mod secret;
pub(crate) mod service;
pub(crate) mod service_account;
pub(crate) mod token;

use crate::command::{Cx, DryRun, outcome};
use crate::manifest::{self, key_of, placed};
use crate::printer::{Format, done, print_tree};
use crate::trouble::Trouble;
use crate::{Args, Failure, apply};
use orrery_apimachinery::Value;

/// Creates the objects of files.
pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    if !args.words.is_empty() {
        let words = args.words.join(" ");
        return Err(usage(args, &format!("Unexpected args: [{words}]")));
    }
    if args.all("filename").is_empty() {
        return Err(Failure::usage("must specify one of -f and -k"));
    }
    let (manifests, mut troubles) = manifest::read_all(cx, args)?;
    for manifest in &manifests {
        match cx.create(&manifest.key, &annotated(args, &manifest.placed())) {
            Ok(object) => done(cx, args, &object, "created")?,
            Err(status) => troubles.push(Trouble::Refused(status).while_doing("creating", &manifest.file)),
        }
    }
    outcome(troubles)
}

/// A command line that a command cannot use (upstream: `UsageErrorf`).
pub(crate) fn usage(args: &Args, text: &str) -> Failure {
    Failure::usage(format!("{text}\nSee '{} -h' for help and examples", args.path()))
}

/// With `--save-config`, the manifest with itself in the annotation of `apply`.
pub(crate) fn annotated(args: &Args, tree: &Value) -> Value {
    if args.on("save-config") { apply::with_last_applied(tree) } else { tree.clone() }
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
    let key = key_of(cx.api(), tree, args.namespace()).map_err(Failure::usage)?;
    let mut created =
        cx.create(&key, &annotated(args, &placed(tree, &key))).map_err(|status| match failure {
            Some(failure) => Failure::usage(format!("failed to create {failure} {}", status.message)),
            None => status.into(),
        })?;
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
