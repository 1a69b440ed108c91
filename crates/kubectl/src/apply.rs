//! `kubectl apply -f`: client-side apply, with the last applied manifest kept in an annotation.

use crate::command::{Cx, server_error};
use crate::{Args, Failure, ROUND_TRIP, target};
use orrery_api::{Kind, Object};
use orrery_apimachinery::decode::{Problem, ProblemKind};
use orrery_apimachinery::{Reason, Status, Value, patch};
use orrery_apiserver::{ApiServer, Key, Request, Session};
use orrery_manifest::{Limits, Severity, expand_lists, read};

/// The annotation that remembers the last applied manifest.
pub const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

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

/// Why one object could not be applied.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// The manifest cannot be read as an object of its kind: everything that is wrong with it.
    Malformed(Vec<Problem>),
    /// There is no such kind.
    NoMatch(String),
    /// The server refused it when it was to be created (true) or changed (false).
    Refused(Status, bool),
}

/// Finds the key that a manifest's tree is about; objects without a namespace belong to `namespace`.
pub fn key_of(api: &ApiServer, tree: &Value, namespace: &str) -> Result<Key, Refusal> {
    let text = |pointer: &str| tree.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let (version, name) = (text("/apiVersion"), text("/kind"));
    for (field, value) in [("apiVersion", version), ("kind", name)] {
        if value.is_empty() {
            return Err(Refusal::NoMatch(format!(
                "error validating \"STDIN\": error validating data: {field} not set; if you choose to ignore these errors, turn validation off with --validate=false"
            )));
        }
    }
    let Some(kind) = api.kind_by_gvk(version, name) else {
        return Err(Refusal::NoMatch(format!(
            "resource mapping not found for name: \"{}\" namespace: \"{}\" from \"STDIN\": no matches for kind \"{name}\" in version \"{version}\"\nensure CRDs are installed first",
            text("/metadata/name"),
            text("/metadata/namespace"),
        )));
    };
    let given = text("/metadata/namespace");
    let namespace = match (kind.namespaced(), given) {
        (false, _) => "",
        (true, "") => namespace,
        (true, given) => given,
    };
    Ok(Key::new(kind, namespace, text("/metadata/name")))
}

/// Applies one manifest, read into a tree.
pub fn apply(session: &mut dyn Session, tree: &Value, namespace: &str) -> Result<(Key, Outcome), Refusal> {
    let key = key_of(session.api(), tree, namespace)?;
    let modified = with_last_applied(tree, &key);
    let (object, problems) = Object::decode(key.kind, &modified);
    if !problems.is_empty() {
        return Err(Refusal::Malformed(problems));
    }
    session.pass(ROUND_TRIP);
    let (api, request) = session.send();
    let outcome = if api.object(&key).is_some() {
        change(api, &request, &key, &modified).map_err(|s| Refusal::Refused(s, false))
    } else {
        api.create(&request, object).map(|_| Outcome::Created).map_err(|s| Refusal::Refused(s, true))
    };
    outcome.map(|outcome| (key, outcome))
}

/// Merges the manifest into the live object; the third side is what was applied last.
fn change(api: &mut ApiServer, request: &Request, key: &Key, modified: &Value) -> Result<Outcome, Status> {
    let live = api.object(key).ok_or_else(|| Status::not_found(&key.resource(), &key.name))?.to_value();
    let original = live
        .pointer("/metadata/annotations")
        .and_then(|a| a.get(LAST_APPLIED))
        .and_then(Value::as_str)
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or(Value::Null);
    let unreadable = |text| Status::new(Reason::BadRequest, text);
    let patch = patch::three_way(&original, modified, &live).map_err(unreadable)?;
    let mut merged = live.clone();
    patch::strategic_merge(&mut merged, &patch).map_err(unreadable)?;
    if merged == live {
        return Ok(Outcome::Unchanged);
    }
    api.edit(request, key, |tree| *tree = merged).map(|_| Outcome::Configured)
}

/// The manifest with its namespace and, in the annotation, itself.
fn with_last_applied(tree: &Value, key: &Key) -> Value {
    let mut modified = tree.clone();
    if modified.get("metadata").is_none_or(|m| !m.is_object()) {
        return modified;
    }
    let metadata = &mut modified["metadata"];
    if key.kind.namespaced() {
        metadata["namespace"] = Value::from(&*key.namespace);
    }
    if metadata.get("annotations").is_none_or(Value::is_null) {
        metadata["annotations"] = Value::Object(Default::default());
    }
    if let Some(annotations) = metadata["annotations"].as_object_mut() {
        annotations.remove(LAST_APPLIED);
    } else {
        // Annotations of a wrong type are the decoder's to report.
        return modified;
    }
    let text = format!("{modified}\n");
    modified["metadata"]["annotations"][LAST_APPLIED] = Value::from(text);
    modified
}

/// The command.
pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    for (file, tree) in trees(cx, args)? {
        let outcome = apply(cx.session, &tree, args.namespace());
        match outcome {
            Ok((key, outcome)) => {
                cx.warn(&Object::decode(key.kind, &tree).0);
                cx.say(format!("{} {}", target::display(&key), outcome.as_str()));
            }
            Err(refusal) => cx.complain(explain(&refusal, &tree, &file)),
        }
    }
    Ok(())
}

/// Every object of the files that `-f` names, with the name by which messages call the file.
pub(crate) fn trees(cx: &mut Cx<'_>, args: &Args) -> Result<Vec<(String, Value)>, Failure> {
    let names = args.all("filename");
    if names.is_empty() {
        return Err(Failure::usage("must specify one of -f and -k"));
    }
    let mut trees = Vec::new();
    for name in names {
        let text = cx
            .files
            .read(name)
            .ok_or_else(|| Failure::usage(format!("the path \"{name}\" does not exist")))?;
        let file = if name == "-" { "STDIN" } else { name };
        let reading = read(&text, &Limits::default());
        for document in reading.documents.into_iter().flat_map(expand_lists) {
            trees.push((file.to_string(), document.value));
        }
        for diagnostic in reading.diagnostics.iter().filter(|d| d.severity == Severity::Error) {
            cx.complain(diagnostic.parsing(file));
        }
    }
    Ok(trees)
}

/// The refusal as kubectl prints it.
fn explain(refusal: &Refusal, tree: &Value, file: &str) -> String {
    let text = |pointer: &str| tree.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    match refusal {
        Refusal::NoMatch(message) => {
            format!("error: {}", message.replace("\"STDIN\"", &format!("\"{file}\"")))
        }
        Refusal::Refused(status, true) => server_error_while(status, "creating", file),
        Refusal::Refused(status, false) => server_error_while(status, "applying patch", file),
        Refusal::Malformed(problems) => {
            let version = text("/apiVersion").rsplit('/').next().unwrap_or_default();
            malformed(problems, text("/kind"), version, file)
        }
    }
}

/// What the server says of a body that it cannot read: the first value that it cannot take, or else
/// every field that it does not know. Metadata is read by kubectl itself before.
fn malformed(problems: &[Problem], kind: &str, version: &str, file: &str) -> String {
    let unreadable = problems.iter().find(|p| !matches!(p.kind, ProblemKind::UnknownField { .. }));
    if let Some(problem) = unreadable.filter(|p| p.path.starts_with("metadata.")) {
        return format!("error: unable to decode \"{file}\": {problem}");
    }
    let details = match unreadable {
        Some(problem) => problem.to_string(),
        None => {
            let unknown: Vec<String> = problems.iter().map(ToString::to_string).collect();
            format!("strict decoding error: {}", unknown.join(", "))
        }
    };
    let message = format!("{kind} in version \"{version}\" cannot be handled as a {kind}: {details}");
    server_error_while(&Status::new(Reason::BadRequest, message), "creating", file)
}

/// Refusals by validation stand alone; others say what kubectl was doing (upstream: `cmdutil.AddSourceToErr`).
pub(crate) fn server_error_while(status: &Status, doing: &str, file: &str) -> String {
    if status.details.is_some() {
        return server_error(status);
    }
    let status = Status::new(status.reason, format!("error when {doing} \"{file}\": {}", status.message));
    server_error(&status)
}
