//! `kubectl get`.

use crate::command::{Cx, server_error};
use crate::sort::sort_by;
use crate::target::{self, Target};
use crate::{Args, Failure};
use orrery_api::printers::{Options, table};
use orrery_api::{Kind, Object};
use orrery_apimachinery::{Status, Value};
use orrery_apiserver::Key;
use orrery_manifest::to_yaml;
use serde::Serialize;
use serde_json::json;
use serde_json::ser::{PrettyFormatter, Serializer};

/// How the objects are to be printed.
#[derive(Clone, Copy, PartialEq)]
enum Format {
    Table { wide: bool },
    Name,
    Yaml,
    Json,
}

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let format = format(args)?;
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
        Format::Table { wide } => tables(cx, args, &targets, &objects, wide),
        Format::Name => objects.iter().for_each(|o| cx.say(target::display(&Key::of(o)))),
        Format::Yaml => cx.output.stdout.push_str(&to_yaml(&tree(&objects, single))),
        Format::Json => cx.say(to_json(&tree(&objects, single))),
    }
    Ok(())
}

fn format(args: &Args) -> Result<Format, Failure> {
    match args.flag("output") {
        None | Some("") => Ok(Format::Table { wide: false }),
        Some("wide") => Ok(Format::Table { wide: true }),
        Some("name") => Ok(Format::Name),
        Some("yaml") => Ok(Format::Yaml),
        Some("json") => Ok(Format::Json),
        Some(other) => Err(Failure::usage(format!(
            "unable to match a printer suitable for the output format \"{other}\", allowed formats are: json,name,wide,yaml"
        ))),
    }
}

/// What the words, or the files of `-f`, ask for.
fn targets(cx: &mut Cx<'_>, args: &Args) -> Result<Vec<Target>, Failure> {
    if !args.all("filename").is_empty() {
        let trees = crate::apply::trees(cx, args)?;
        let key = |tree: &Value| crate::apply::key_of(cx.session.api(), tree, args.namespace()).ok().map(Target::One);
        return Ok(trees.iter().filter_map(|(_, tree)| key(tree)).collect());
    }
    if args.words.len() < 2 {
        return Err(Failure {
            text: "You must specify the type of resource to get. Use \"kubectl api-resources\" for a complete list of supported resources.\n\nerror: Required resource not specified.\nUse \"kubectl explain <resource>\" for a detailed description of that resource (e.g. kubectl explain pods).\nSee 'kubectl get -h' for help and examples".into(),
            code: 1,
        });
    }
    let targets = target::parse(cx.session.api(), args, &args.words[1..])?;
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
        cx.complain(server_error(&Status::not_found(&key.resource(), &key.name)));
    }
    object
}

/// One object as itself, several as a `List`.
fn tree(objects: &[Object], single: bool) -> Value {
    match objects {
        [one] if single => shown(one),
        many => {
            let items: Vec<Value> = many.iter().map(shown).collect();
            json!({"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": items})
        }
    }
}

/// The object without its managed fields, which kubectl keeps to itself.
fn shown(object: &Object) -> Value {
    let mut tree = object.to_value();
    if let Some(metadata) = tree.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("managedFields");
    }
    tree
}

/// JSON as Go prints it: four spaces, and the signs of HTML escaped.
fn to_json(tree: &Value) -> String {
    let mut bytes = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(b"    "));
    tree.serialize(&mut serializer).expect("a tree of JSON can be written to memory");
    let text = String::from_utf8(bytes).expect("JSON is UTF-8");
    text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
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
