//! `kubectl get`.

mod watch;

use crate::command::Cx;
use crate::printer::{Format, print_tree, shown as shown_tree};
use crate::sort::sort_by;
use crate::target::{self, Target};
use crate::trouble::Trouble;
use crate::{Args, Failure, component_statuses, manifest, raw, tabs};
use orrery_api::printers::{Options, age, table};
use orrery_api::{Kind, Object};
use orrery_apimachinery::{Reason, Status, Value};
use orrery_apiserver::{ApiServer, Key, Scale};
use serde_json::json;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let format = Format::parse(cx, args)?;
    check(args)?;
    if let Some(path) = raw::path(args) {
        return raw::request(cx, args, raw::Method::Get, path);
    }
    if let Some(names) = component_statuses::asked(args) {
        return component_statuses::get(cx, args, &names, &format);
    }
    if let Some(subresource) = args.flag("subresource").filter(|name| !name.is_empty()) {
        return of_subresource(cx, args, subresource, &format);
    }
    let targets = targets(cx, args)?;
    if args.on("watch") || args.on("watch-only") {
        return watch::run(cx, args, &targets, &format);
    }
    let single = matches!(targets[..], [Target::One(_)]);
    let mut objects = Vec::new();
    for target in &targets {
        match target {
            Target::All(kind) => objects.extend(target::list(cx.api(), *kind, args)?),
            Target::One(key) => objects.extend(one(cx, key, args)),
        }
    }
    if !matches!(format, Format::Human { .. }) {
        objects = sorted(args, objects)?;
    }
    if single && objects.is_empty() {
        return Ok(());
    }
    match format {
        Format::Human { wide } => tables(cx, args, &targets, &objects, wide)?,
        Format::Name => objects.iter().for_each(|o| cx.say(target::display(&Key::of(o)))),
        format => print_tree(cx, &format, &tree(cx.api(), &objects, single, args))?,
    }
    Ok(())
}

/// Flags that do not go together (upstream: `GetOptions.Validate`).
fn check(args: &Args) -> Result<(), Failure> {
    let output = args.flag("output").unwrap_or_default();
    let watches = args.on("watch") || args.on("watch-only");
    if args.flag("raw").is_some() {
        let text = if !args.words.is_empty() {
            "arguments may not be passed when --raw is specified"
        } else if watches || args.flag("selector").is_some() {
            "--raw may not be specified with other flags that filter the server request or alter the output"
        } else if !output.is_empty() {
            "--raw and --output are mutually exclusive"
        } else {
            return Ok(());
        };
        return Err(Failure::usage(text));
    }
    if args.on("show-labels") && !matches!(output, "" | "wide") {
        let text = format!("--show-labels option cannot be used with {output} printer");
        return Err(Failure::usage(text));
    }
    if args.on("output-watch-events") && !watches {
        let text = "--output-watch-events option can only be used with --watch or --watch-only";
        return Err(Failure::usage(text));
    }
    Ok(())
}

/// The objects as `--sort-by` wants them.
fn sorted(args: &Args, objects: Vec<Object>) -> Result<Vec<Object>, Failure> {
    let Some(path) = args.flag("sort-by").filter(|path| !path.is_empty()) else { return Ok(objects) };
    let trees: Vec<Value> = objects.iter().map(Object::to_value).collect();
    let order = sort_by(&trees, path).map_err(Failure::usage)?;
    Ok(order.into_iter().map(|place| objects[place].clone()).collect())
}

/// The part of named objects that has an address of its own (`--subresource`).
fn of_subresource(cx: &mut Cx<'_>, args: &Args, part: &str, format: &Format) -> Result<(), Failure> {
    let targets = targets(cx, args)?;
    let mut found = Vec::new();
    for target in &targets {
        let Target::One(key) = target else {
            return Err(Failure::usage("subresource cannot be used when bulk resources are specified"));
        };
        found.extend(one(cx, key, args).map(|object| (key, object)));
    }
    let missing = || Status::new(Reason::NotFound, "the server could not find the requested resource");
    let objects: Vec<Object> = found.iter().map(|(_, object)| object.clone()).collect();
    match (part, format) {
        ("status", Format::Human { wide }) => tables(cx, args, &targets, &objects, *wide)?,
        ("status", _) => print_tree(cx, format, &tree(cx.api(), &objects, objects.len() == 1, args))?,
        ("scale", Format::Human { .. }) => {
            let mut text = String::from("NAME\tDESIRED\tAVAILABLE\tAGE\n");
            for (key, object) in &found {
                let scale = cx.api().read_scale(key)?;
                let age = age(object.metadata().creation_timestamp, cx.api().date(cx.session.now()));
                let (desired, available) = (scale.spec_replicas, scale.status_replicas);
                text += &format!("{}\t{desired}\t{available}\t{age}\n", key.name);
            }
            cx.output.stdout += &tabs::align_apart(&text, tabs::WIDE);
        }
        ("scale", _) => {
            for (key, object) in &found {
                let tree = scale_tree(&cx.api().read_scale(key)?, object);
                print_tree(cx, format, &tree)?;
            }
        }
        _ => return Err(missing().into()),
    }
    Ok(())
}

/// What the scale subresource shows.
pub(crate) fn scale_tree(scale: &Scale, object: &Object) -> Value {
    let meta = object.metadata();
    let mut tree = json!({
        "apiVersion": "autoscaling/v1",
        "kind": "Scale",
        "metadata": {
            "name": meta.name,
            "namespace": meta.namespace,
            "uid": meta.uid,
            "resourceVersion": meta.resource_version.to_string(),
            "creationTimestamp": meta.creation_timestamp.map(|at| at.to_string()),
        },
        "spec": {"replicas": scale.spec_replicas},
        "status": {"replicas": scale.status_replicas},
    });
    if !scale.selector.is_empty() {
        tree["status"]["selector"] = Value::from(&*scale.selector);
    }
    tree
}

/// What the words, or the files of `-f`, ask for.
fn targets(cx: &mut Cx<'_>, args: &Args) -> Result<Vec<Target>, Failure> {
    if !args.all("filename").is_empty() {
        return Ok(manifest::read(cx, args)?.into_iter().map(|m| Target::One(m.key)).collect());
    }
    if args.words.is_empty() && !args.on("watch") && !args.on("watch-only") {
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
        [one] if single => shown_tree(api, one, args),
        many => {
            let items: Vec<Value> = many.iter().map(|object| shown_tree(api, object, args)).collect();
            json!({"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": items})
        }
    }
}

/// A table for each run of objects of one kind. What was asked for by name is not sorted: each has its own answer.
fn tables(
    cx: &mut Cx<'_>,
    args: &Args,
    targets: &[Target],
    objects: &[Object],
    wide: bool,
) -> Result<(), Failure> {
    if objects.is_empty() && cx.output.code == 0 && !args.on("ignore-not-found") {
        nothing(cx, args, targets);
    }
    let mut kinds: Vec<Kind> = Vec::new();
    for target in targets {
        let there = |key: &Key| objects.iter().any(|object| Key::of(object) == *key);
        if matches!(target, Target::All(_)) || matches!(target, Target::One(key) if there(key)) {
            kinds.push(target.kind());
        }
    }
    kinds.dedup();
    let options = options(cx, args, wide, kinds.len() > 1 || args.on("show-kind"));
    for (i, run) in objects.chunk_by(|a, b| a.kind() == b.kind()).enumerate() {
        if i > 0 && !options.no_headers {
            cx.say("");
        }
        let listed = targets.contains(&Target::All(run[0].kind()));
        let run = if listed { sorted(args, run.to_vec())? } else { run.to_vec() };
        let rows: Vec<&Object> = run.iter().collect();
        cx.output.stdout += &match args.flag("server-print") {
            Some(_) if !args.on("server-print") => plain_table(&rows, &options),
            _ => table(rows[0].kind(), &rows, &options),
        };
    }
    Ok(())
}

/// Names and ages, which is all that kubectl shows by itself of any kind (`--server-print=false`).
fn plain_table(rows: &[&Object], options: &Options) -> String {
    let mut text = String::new();
    if !options.no_headers {
        text += if options.with_namespace { "NAMESPACE\tNAME\tAGE\n" } else { "NAME\tAGE\n" };
    }
    for object in rows {
        let meta = object.metadata();
        if options.with_namespace {
            text += &[&*meta.namespace, "\t"].concat();
        }
        let name = if options.with_kind { target::display(&Key::of(object)) } else { meta.name.to_string() };
        text += &[&*name, "\t", &age(meta.creation_timestamp, options.now), "\n"].concat();
    }
    tabs::align_apart(&text, tabs::WIDE)
}

/// How a table looks.
fn options(cx: &Cx<'_>, args: &Args, wide: bool, with_kind: bool) -> Options {
    Options {
        wide,
        now: cx.api().date(cx.session.now()),
        with_namespace: args.on("all-namespaces"),
        with_kind,
        show_labels: args.on("show-labels"),
        label_columns: args.list("label-columns").into_iter().map(String::from).collect(),
        no_headers: args.on("no-headers"),
    }
}

/// Says that there is nothing, which is no failure.
fn nothing(cx: &mut Cx<'_>, args: &Args, targets: &[Target]) {
    let in_namespace = !args.on("all-namespaces") && targets.iter().all(|t| t.kind().namespaced());
    let text = match in_namespace {
        true => format!("No resources found in {} namespace.\n", args.namespace()),
        false => "No resources found\n".into(),
    };
    cx.output.tell(&text);
}
