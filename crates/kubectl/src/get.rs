//! `kubectl get`.

use crate::command::Cx;
use crate::follow::Follow;
use crate::printer::{Format, print_tree, shown as shown_tree};
use crate::sort::sort_by;
use crate::target::{self, Target};
use crate::trouble::Trouble;
use crate::{Args, Failure, manifest};
use orrery_api::printers::{Options, table};
use orrery_api::{Kind, Object};
use orrery_apimachinery::{Reason, Status, Value};
use orrery_apiserver::{ApiServer, Key, Revision};
use serde_json::json;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let format = Format::parse(cx, args)?;
    if let Some(path) = args.flag("raw") {
        return raw(cx, path);
    }
    let targets = targets(cx, args)?;
    if args.on("watch") || args.on("watch-only") {
        return watch(cx, args, &targets, &format);
    }
    let single = matches!(targets[..], [Target::One(_)]);
    let mut objects = Vec::new();
    for target in &targets {
        match target {
            Target::All(kind) => objects.extend(target::list(cx.api(), *kind, args)?),
            Target::One(key) => objects.extend(one(cx, key, args)),
        }
    }
    if let Some(path) = args.flag("sort-by").filter(|path| !path.is_empty()) {
        let trees: Vec<Value> = objects.iter().map(Object::to_value).collect();
        let order = sort_by(&trees, path).map_err(Failure::usage)?;
        objects = order.into_iter().map(|place| objects[place].clone()).collect();
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

/// How the server is: all that is told without an object.
fn raw(cx: &mut Cx<'_>, path: &str) -> Result<(), Failure> {
    match path.split('?').next().unwrap_or_default() {
        "/healthz" | "/livez" | "/readyz" => cx.output.stdout += "ok",
        _ => {
            return Err(
                Status::new(Reason::NotFound, "the server could not find the requested resource").into()
            );
        }
    }
    Ok(())
}

/// Prints what there is, and then every change (upstream: `GetOptions.watch`).
fn watch(cx: &mut Cx<'_>, args: &Args, targets: &[Target], format: &Format) -> Result<(), Failure> {
    let [target] = targets else {
        return Err(Failure::usage("you may only specify a single resource type"));
    };
    let seen = cx.api().revision();
    let mut shown = Vec::new();
    if !args.on("watch-only") {
        match target {
            Target::All(kind) => shown = target::list(cx.api(), *kind, args)?,
            Target::One(key) => shown.push(cx.get(key)?),
        }
    }
    for count in 1..=shown.len() {
        // A table is printed as a whole, and has its heads.
        if !matches!(format, Format::Human { .. }) || count == shown.len() {
            print_last(cx, args, &shown[..count], format, count == shown.len())?;
        }
    }
    cx.follow(args, Box::new(Watch { target: target.clone(), seen, shown }))
}

/// What is watched, how far it was looked at, and all that was printed.
struct Watch {
    target: Target,
    seen: Revision,
    shown: Vec<Object>,
}

impl Follow for Watch {
    fn look(&mut self, cx: &mut Cx<'_>, args: &Args) -> Result<bool, Failure> {
        let format = Format::parse(cx, args)?;
        while self.seen < cx.api().revision() {
            self.seen += 1;
            let Some(change) = cx.api().change(self.seen) else { continue };
            let news = match &self.target {
                Target::One(key) => Key::of(&change.value) == *key,
                Target::All(kind) => {
                    change.value.kind() == *kind && target::picks(*kind, args)?.matches(&change.value)
                }
            };
            if news {
                self.shown.push(change.value.clone());
                print_last(cx, args, &self.shown, &format, self.shown.len() == 1)?;
            }
        }
        Ok(false)
    }
}

/// Prints the last of the objects, below those that were printed before it; or the whole table.
fn print_last(
    cx: &mut Cx<'_>,
    args: &Args,
    shown: &[Object],
    format: &Format,
    whole: bool,
) -> Result<(), Failure> {
    let Some(last) = shown.last() else { return Ok(()) };
    match format {
        Format::Name => cx.say(target::display(&Key::of(last))),
        Format::Human { wide } => {
            let options = options(cx, args, *wide, false);
            let rows: Vec<&Object> = shown.iter().collect();
            let text = table(last.kind(), &rows, &options);
            let line = text.trim_end_matches('\n').rfind('\n').map_or(0, |end| end + 1);
            cx.output.stdout += if whole { &text } else { &text[line..] };
        }
        format => {
            let tree = shown_tree(cx.api(), last, args);
            print_tree(cx, format, &tree)?;
        }
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
        [one] if single => shown_tree(api, one, args),
        many => {
            let items: Vec<Value> = many.iter().map(|object| shown_tree(api, object, args)).collect();
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
    let options = options(cx, args, wide, kinds.len() > 1);
    for (i, run) in objects.chunk_by(|a, b| a.kind() == b.kind()).enumerate() {
        if i > 0 && !options.no_headers {
            cx.say("");
        }
        let run: Vec<&Object> = run.iter().collect();
        cx.output.stdout.push_str(&table(run[0].kind(), &run, &options));
    }
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
    cx.output.stderr.push_str(&text);
}
