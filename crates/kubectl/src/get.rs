//! `kubectl get`.

use crate::command::Cx;
use crate::printer::{Format, print_tree, shown};
use crate::sort::sort_by;
use crate::target::{self, Target};
use crate::trouble::Trouble;
use crate::{Args, Failure, manifest};
use orrery_api::printers::{Options, table};
use orrery_api::{Kind, Object};
use orrery_apimachinery::{Status, Value};
use orrery_apiserver::{ApiServer, Key};
use serde_json::json;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let format = Format::parse(args)?;
    let targets = targets(cx, args)?;
    let single = matches!(targets[..], [Target::One(_)]);
    let mut objects = Vec::new();
    for target in &targets {
        match target {
            Target::All(kind) => objects.extend(target::list(cx.api(), *kind, args)?),
            Target::One(key) => objects.extend(one(cx, key, args)),
        }
    }
    if let Some(path) = args.flag("sort-by") {
        sort_by(&mut objects, path);
    }
    if single && objects.is_empty() {
        return Ok(());
    }
    match format {
        Format::Human { wide } => tables(cx, args, &targets, &objects, wide),
        Format::Name => objects.iter().for_each(|o| cx.say(target::display(&Key::of(o)))),
        format => print_tree(cx, &format, &tree(cx.api(), &objects, single, args))?,
    }
    Ok(())
}

/// What the words, or the files of `-f`, ask for.
fn targets(cx: &mut Cx<'_>, args: &Args) -> Result<Vec<Target>, Failure> {
    if !args.all("filename").is_empty() {
        return Ok(manifest::read(cx, args)?.into_iter().map(|m| Target::One(m.key)).collect());
    }
    if args.words.is_empty() {
        return Err(Failure {
            text: "You must specify the type of resource to get. Use \"kubectl api-resources\" for a complete list of supported resources.\n\nerror: Required resource not specified.\nUse \"kubectl explain <resource>\" for a detailed description of that resource (e.g. kubectl explain pods).\nSee 'kubectl get -h' for help and examples".into(),
            code: 1,
        });
    }
    let targets = target::parse(cx.api(), args, &args.words)?;
    let named = |t: &Target| matches!(t, Target::One(key) if key.kind.namespaced());
    if args.on("all-namespaces") && targets.iter().any(named) {
        return Err(Failure::usage("a resource cannot be retrieved by name across all namespaces"));
    }
    Ok(targets)
}

/// One object by its name; complains when it is not there.
fn one(cx: &mut Cx<'_>, key: &Key, args: &Args) -> Option<Object> {
    let object = cx.api().object(key).cloned();
    if object.is_none() && !args.on("ignore-not-found") {
        cx.complain(Trouble::Refused(Status::not_found(&key.resource(), &key.name)).alone());
    }
    object
}

/// One object as itself, several as a `List`.
fn tree(api: &ApiServer, objects: &[Object], single: bool, args: &Args) -> Value {
    match objects {
        [one] if single => shown(api, one, args),
        many => {
            let items: Vec<Value> = many.iter().map(|object| shown(api, object, args)).collect();
            json!({"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": items})
        }
    }
}

/// A table for each run of objects of one kind.
fn tables(cx: &mut Cx<'_>, args: &Args, targets: &[Target], objects: &[Object], wide: bool) {
    if objects.is_empty() && cx.output.code == 0 && !args.on("ignore-not-found") {
        nothing(cx, args, targets);
    }
    let mut kinds: Vec<Kind> = targets.iter().map(Target::kind).collect();
    kinds.dedup();
    let options = Options {
        wide,
        now: cx.api().date(cx.session.now()),
        with_namespace: args.on("all-namespaces"),
        with_kind: kinds.len() > 1,
        show_labels: args.on("show-labels"),
        label_columns: args
            .all("label-columns")
            .iter()
            .flat_map(|l| l.split(','))
            .map(String::from)
            .collect(),
        no_headers: args.on("no-headers"),
    };
    for (i, run) in objects.chunk_by(|a, b| a.kind() == b.kind()).enumerate() {
        if i > 0 && !options.no_headers {
            cx.say("");
        }
        let run: Vec<&Object> = run.iter().collect();
        cx.output.stdout.push_str(&table(run[0].kind(), &run, &options));
    }
}

/// Says that there is nothing, which is no failure.
fn nothing(cx: &mut Cx<'_>, args: &Args, targets: &[Target]) {
    let in_namespace = !args.on("all-namespaces") && targets.iter().all(|t| t.kind().namespaced());
    let text = match in_namespace {
        true => format!("No resources found in {} namespace.\n", args.namespace()),
        false => "No resources found\n".into(),
    };
    cx.output.stderr.push_str(&text);
}
