//! `kubectl apply -f`: client-side apply, with the last applied manifest kept in an annotation, and server-side apply.

pub(crate) mod edit_last_applied;
pub(crate) mod prune;
pub(crate) mod set_last_applied;
pub(crate) mod view_last_applied;

use crate::command::{Cx, DryRun, decode, outcome};
use crate::json::compact;
use crate::manifest::{self, Manifest};
use crate::migrate::migrate;
use crate::printer::{self, Format, print_tree, shown};
use crate::replace::replace_part;
use crate::trouble::Trouble;
use crate::{Args, Failure, Files, ROUND_TRIP, record, target};
use orrery_api::{Kind, Object};
use orrery_apimachinery::decode::Problem;
use orrery_apimachinery::{Patch, Reason, Status, Value, patch};
use orrery_apiserver::{Key, Session};
use serde_json::{Map, json};

/// The annotation that remembers the last applied manifest.
pub const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The name under which fields are remembered that were applied on the client's side.
const CLIENT_SIDE: &str = "kubectl-client-side-apply";
/// The same for server-side apply.
const SERVER_SIDE: &str = "kubectl";

const CONFLICT_HELP: &str = "\
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the `--force-conflicts` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts";

/// What applying one object did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was not there.
    Created,
    /// It was changed.
    Configured,
    /// It was so already.
    Unchanged,
}

impl Outcome {
    /// As kubectl says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Created => "created",
            Outcome::Configured => "configured",
            Outcome::Unchanged => "unchanged",
        }
    }
}

/// The line that kubectl prints of an object that was applied.
pub fn line(key: &Key, outcome: Outcome) -> String {
    [&target::display(key), " ", outcome.as_str(), "\n"].concat()
}

/// Why one object could not be applied.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// The manifest cannot be read as an object of its kind: everything that is wrong with it.
    Malformed(Vec<Problem>),
    /// There is no such kind.
    NoMatch(String),
    /// The server refused it.
    Refused(Status),
}

/// Applies one manifest, read into a tree.
pub fn apply(session: &mut dyn Session, tree: &Value, namespace: &str) -> Result<(Key, Outcome), Refusal> {
    let refused = |words| Refusal::Refused(Status::new(Reason::ServiceUnavailable, words));
    session.begin("kubectl apply -f -");
    session.reach().map_err(refused)?;
    let key = manifest::key_of(session.api(), tree, namespace).map_err(Refusal::NoMatch)?;
    let problems = Object::decode(key.kind, tree).1;
    if !problems.is_empty() {
        return Err(Refusal::Malformed(problems));
    }
    let manifest = Manifest { file: "STDIN".into(), key: key.clone(), tree: tree.clone() };
    let mut cx = Cx { manager: CLIENT_SIDE.into(), ..Cx::new(session, &NoFiles) };
    match client_side(&mut cx, &manifest) {
        Ok((outcome, _)) => Ok((key, outcome)),
        Err((status, _)) => Err(Refusal::Refused(status)),
    }
}

struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _name: &str) -> Option<String> {
        None
    }
}

/// What was going on when the server refused.
enum During {
    Reading,
    Creating,
    /// With this patch.
    Patching(Value),
}

/// Makes the object what the manifest says, and leaves the fields alone that it never said anything about.
fn client_side(cx: &mut Cx<'_>, manifest: &Manifest) -> Result<(Outcome, Object), (Status, During)> {
    let modified = with_last_applied(&manifest.placed());
    cx.session.pass(ROUND_TRIP);
    if manifest.key.name.is_empty() {
        return Err((Status::new(Reason::Unknown, "resource name may not be empty"), During::Reading));
    }
    let Ok(live) = cx.get(&manifest.key) else {
        let created = create(cx, &manifest.key, modified);
        return created.map(|object| (Outcome::Created, object)).map_err(|status| (status, During::Creating));
    };
    if cx.dry_run == DryRun::Client {
        return Ok((Outcome::Configured, live));
    }
    let tree = live.to_value();
    let original = last_applied(&live);
    if original.is_none() {
        warn_of_missing_annotation(cx, &manifest.key);
    }
    let original = original.unwrap_or_default();
    let patch = three_way(manifest.key.kind, &original, &modified, &tree)
        .map_err(|words| (Status::new(Reason::Unknown, words), During::Reading))?;
    let (Patch::Strategic(change) | Patch::Merge(change) | Patch::Json(change)) = &patch;
    if change.as_object().is_some_and(Map::is_empty) {
        return Ok((Outcome::Unchanged, live));
    }
    let patched = cx.call(|api, request| api.patch(request, &manifest.key, &patch));
    let patched = patched.map_err(|status| (status, During::Patching(change.clone())))?;
    cx.warn_of_update(&live, &patched);
    Ok((Outcome::Configured, patched))
}

fn three_way(kind: Kind, original: &Value, modified: &Value, live: &Value) -> Result<Patch, String> {
    match kind {
        Kind::Custom(_) => Ok(Patch::Merge(patch::three_way_merge(original, modified, live))),
        _ => patch::three_way(original, modified, live).map(Patch::Strategic),
    }
}

fn create(cx: &mut Cx<'_>, key: &Key, mut tree: Value) -> Result<Object, Status> {
    prune_nulls(&mut tree);
    let object = decode(key, &tree)?;
    cx.warn(&object);
    if cx.dry_run == DryRun::Client {
        return Ok(object);
    }
    cx.call(|api, request| api.create(request, object))
}

/// A field that is set to null is not set, as in a patch.
fn prune_nulls(tree: &mut Value) {
    match tree {
        Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            fields.values_mut().for_each(prune_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(prune_nulls),
        _ => {}
    }
}

/// What was applied last, if that is known.
fn last_applied(live: &Object) -> Option<Value> {
    let text = live.metadata().annotations.get(LAST_APPLIED)?;
    Some(serde_json::from_str(text).unwrap_or_default())
}

/// Sets what is known to have been applied last, and nothing else.
fn remember(cx: &mut Cx<'_>, live: &Object, text: &str) -> Result<Object, Status> {
    let patch = json!({"metadata": {"annotations": {LAST_APPLIED: text}}});
    cx.patch(&Key::of(live), &Patch::Merge(patch))
}

fn warn_of_missing_annotation(cx: &mut Cx<'_>, Key { kind, name, .. }: &Key) {
    cx.output.tell(&format!(
        "Warning: resource {}/{name} is missing the {LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n",
        kind.plural()
    ));
}

/// The manifest with annotations, but without that of the last applied one (upstream: `GetModifiedConfiguration`).
fn configuration(tree: &Value) -> Value {
    let mut tree = tree.clone();
    if let Some(metadata) = tree.get_mut("metadata").and_then(Value::as_object_mut) {
        let annotations = metadata.entry("annotations").or_insert(Value::Null);
        if annotations.is_null() {
            *annotations = json!({});
        }
        // Annotations of a wrong type are the decoder's to report.
        if let Some(annotations) = annotations.as_object_mut() {
            annotations.remove(LAST_APPLIED);
        }
    }
    tree
}

/// The manifest with, in the annotation, itself.
pub(crate) fn with_last_applied(tree: &Value) -> Value {
    let mut modified = configuration(tree);
    let text = compact(&modified) + "\n";
    let annotations = modified.pointer_mut("/metadata/annotations").and_then(Value::as_object_mut);
    if let Some(annotations) = annotations {
        annotations.insert(LAST_APPLIED.into(), text.into());
    }
    modified
}

/// The command.
pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    check(args)?;
    let server_side = args.on("server-side");
    let manager = if server_side { SERVER_SIDE } else { CLIENT_SIDE };
    cx.manager = args.flag("field-manager").unwrap_or(manager).into();
    let kinds = prune::kinds(cx.api(), args)?;
    let (mut manifests, mut troubles) = manifest::read_all(cx, args)?;
    manifests.iter_mut().for_each(|manifest| record::into_tree(args, &mut manifest.tree));
    if manifests.is_empty() && troubles.is_empty() {
        return Err(Failure::usage("no objects passed to apply"));
    }
    let mut objects = Vec::new();
    for manifest in &manifests {
        let applied = match server_side {
            true => apply_on_server(cx, args, manifest).map(|object| ("serverside-applied", object)),
            false => apply_on_client(cx, manifest).map(|(outcome, object)| (outcome.as_str(), object)),
        };
        match applied {
            Ok((operation, object)) => {
                if matches!(Format::parse(cx, args)?, Format::Human { .. } | Format::Name) {
                    printer::done(cx, args, &object, operation)?;
                }
                objects.push(object);
            }
            Err(trouble) => troubles.push(trouble),
        }
    }
    if troubles.is_empty() {
        print_objects(cx, args, &objects)?;
    }
    if troubles.is_empty() && args.on("prune") {
        prune::run(cx, args, &kinds, &objects)?;
    }
    outcome(troubles)
}

fn check(args: &Args) -> Result<(), Failure> {
    if let Some(word) = args.words.first() {
        return Err(Failure::usage(format!(
            "Unexpected args: [{word}]\nSee 'kubectl apply -h' for help and examples"
        )));
    }
    if args.all("filename").is_empty() {
        return Err(Failure::usage("must specify one of -f and -k"));
    }
    if args.on("force-conflicts") && !args.on("server-side") {
        return Err(Failure::usage("--force-conflicts only works with --server-side"));
    }
    if args.on("server-side") && matches!(args.flag("dry-run"), Some("client" | "unchanged")) {
        return Err(Failure::usage(
            "--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)",
        ));
    }
    if args.on("server-side") && args.on("force") {
        return Err(Failure::usage("--force cannot be used with --server-side"));
    }
    if args.flag("dry-run") == Some("server") && args.on("force") {
        return Err(Failure::usage("--dry-run=server cannot be used with --force"));
    }
    prune::check(args)?;
    if args.flag("subresource").is_some_and(|name| !name.is_empty()) && !args.on("server-side") {
        return Err(Failure::usage("--subresource can only be specified for --server-side"));
    }
    Ok(())
}

/// `-o yaml` prints all objects together when everything is done.
fn print_objects(cx: &mut Cx<'_>, args: &Args, objects: &[Object]) -> Result<(), Failure> {
    let format = Format::parse(cx, args)?;
    let trees: Vec<Value> = objects.iter().map(|object| shown(cx.api(), object, args)).collect();
    match (&format, &trees[..]) {
        (Format::Human { .. } | Format::Name, _) | (_, []) => Ok(()),
        (_, [one]) => print_tree(cx, &format, one),
        (_, many) => {
            let list = json!({"apiVersion": "v1", "kind": "List", "metadata": {}, "items": many});
            print_tree(cx, &format, &list)
        }
    }
}

fn apply_on_client(cx: &mut Cx<'_>, manifest: &Manifest) -> Result<(Outcome, Object), Trouble> {
    let prefix = manifest.tree.pointer("/metadata/generateName").and_then(Value::as_str);
    if let (true, Some(prefix)) = (manifest.key.name.is_empty(), prefix) {
        return Err(Trouble::Text(format!("from {prefix}: cannot use generate name with apply")));
    }
    client_side(cx, manifest).map_err(|(status, during)| explain(manifest, status, during))
}

/// The refusal, with all that kubectl tells of what it was doing.
fn explain(manifest: &Manifest, status: Status, during: During) -> Trouble {
    let (file, info) = (&manifest.file, manifest.info());
    match during {
        During::Reading => {
            let doing = format!("retrieving current configuration of:\n{info}\nfrom server for:");
            Trouble::Text(status.message).while_doing(&doing, file)
        }
        During::Creating => Trouble::Refused(status).while_doing("creating", file),
        During::Patching(patch) => {
            let doing = format!("applying patch:\n{}\nto:\n{info}\nfor:", compact(&patch));
            Trouble::Refused(status).while_doing("patching", file).while_doing(&doing, file)
        }
    }
}

/// What applying the manifest would make of the object, without the annotation that remembers it.
pub(crate) fn merged(cx: &mut Cx<'_>, manifest: &Manifest, live: Option<&Object>) -> Result<Object, Status> {
    let Some(live) = live else { return create(cx, &manifest.key, manifest.placed()) };
    let tree = live.to_value();
    let original = last_applied(live).unwrap_or_default();
    let patch = three_way(manifest.key.kind, &original, &configuration(&manifest.placed()), &tree)
        .map_err(|words| Status::new(Reason::Unknown, words))?;
    cx.send(|api, request| api.patch(request, &manifest.key, &patch))
}

/// The server works out what the manifest means, and who manages which field.
pub(crate) fn apply_on_server(cx: &mut Cx<'_>, args: &Args, manifest: &Manifest) -> Result<Object, Trouble> {
    let (tree, force) = (manifest.placed(), args.on("force-conflicts"));
    let (key, manager) = (&manifest.key, cx.manager.clone());
    if let Some(part) = args.flag("subresource").filter(|name| !name.is_empty()) {
        return Ok(replace_part(cx, key, &tree, part)?);
    }
    let apply = |cx: &mut Cx<'_>| {
        let applied =
            cx.send(|api, request| api.apply(request, key.kind, &key.namespace, &tree, &manager, force));
        applied.map(|(object, _)| object).map_err(|status| match status.reason {
            Reason::Conflict => Trouble::Text(format!("{}\n{CONFLICT_HELP}", status.message)),
            _ => Trouble::Refused(status),
        })
    };
    let object = apply(cx)?;
    let migrated = cx.dry_run == DryRun::No && migrate(cx, key).map_err(Trouble::Refused)?;
    if migrated { apply(cx) } else { Ok(object) }
}
