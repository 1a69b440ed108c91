//! `-f`: the objects of files, each with its place.

use crate::command::Cx;
use crate::trouble::Trouble;
use crate::{Args, Failure};
use orrery_api::{Kind, Object};
use orrery_apimachinery::decode::{Problem, ProblemKind, decode};
use orrery_apimachinery::{ObjectMeta, Value, labels};
use orrery_apiserver::{ApiServer, Key};
use orrery_manifest::{Limits, Severity, expand_lists, read as read_text};

/// One object of a file.
pub(crate) struct Manifest {
    /// How messages call the file.
    pub(crate) file: String,
    pub(crate) key: Key,
    pub(crate) tree: Value,
}

impl Manifest {
    /// `Resource: "apps/v1, Resource=deployments", …`: how messages tell what an object is.
    pub(crate) fn info(&self) -> String {
        let Key { kind, name, namespace } = &self.key;
        let (group, version) = (kind.group(), kind.version());
        format!(
            "Resource: \"{group}/{version}, Resource={}\", GroupVersionKind: \"{group}/{version}, Kind={}\"\nName: {name:?}, Namespace: {namespace:?}",
            kind.plural(),
            kind.name()
        )
    }

    /// The object's tree in its namespace.
    pub(crate) fn placed(&self) -> Value {
        placed(&self.tree, &self.key)
    }
}

/// `tree` in the namespace of its key.
pub(crate) fn placed(tree: &Value, key: &Key) -> Value {
    let mut tree = tree.clone();
    if key.kind.namespaced()
        && let Some(metadata) = tree.get_mut("metadata").and_then(Value::as_object_mut)
    {
        metadata.insert("namespace".into(), Value::from(&*key.namespace));
    }
    tree
}

/// Every object of the files that `-f` names; those that cannot be read are told.
pub(crate) fn read(cx: &mut Cx<'_>, args: &Args) -> Result<Vec<Manifest>, Failure> {
    let (manifests, troubles) = read_all(cx, args)?;
    if troubles.is_empty() { Ok(manifests) } else { Err(troubles.into()) }
}

/// Every object of the files that `-f` names, and what is wrong with the others.
pub(crate) fn read_all(cx: &mut Cx<'_>, args: &Args) -> Result<(Vec<Manifest>, Vec<Trouble>), Failure> {
    let (mut manifests, mut troubles) = (Vec::new(), Vec::new());
    // The selector of `expose` is that of the Service which it makes.
    let selector = args.flag("selector").filter(|_| args.command != "expose").unwrap_or_default();
    let selector = labels::parse(selector).map_err(Failure::usage)?;
    for name in args.list("filename") {
        let text = cx.read(name)?;
        let file = if name == "-" { "STDIN" } else { name };
        let reading = read_text(&text, &Limits::default());
        for tree in reading.documents.into_iter().flat_map(expand_lists).map(|document| document.value) {
            let found = key_of(cx.api(), &tree, args.namespace()).map_err(|why| why.replace("STDIN", file));
            match found.and_then(|key| readable_metadata(&key, &tree, file).map(|()| key)) {
                Ok(_) if !selector.matches(&decode::<ObjectMeta>(&tree["metadata"]).0.labels) => {}
                Ok(key) => manifests.push(Manifest { file: file.into(), key, tree }),
                Err(why) => troubles.push(Trouble::Text(why)),
            }
        }
        let broken = reading.diagnostics.iter().filter(|d| d.severity == Severity::Error);
        troubles.extend(broken.map(|d| Trouble::Text(d.parsing(file).replacen("error: ", "", 1))));
    }
    Ok((manifests, troubles))
}

/// Metadata is all that kubectl itself reads of an object: what it cannot read goes nowhere.
fn readable_metadata(key: &Key, tree: &Value, file: &str) -> Result<(), String> {
    if decode::<ObjectMeta>(&tree["metadata"]).1.is_empty() {
        return Ok(());
    }
    let in_metadata = |problem: &&Problem| {
        problem.path.starts_with("metadata") && !matches!(problem.kind, ProblemKind::UnknownField { .. })
    };
    match Object::decode(key.kind, tree).1.iter().find(in_metadata) {
        Some(problem) => Err(format!("unable to decode {file:?}: {problem}")),
        None => Ok(()),
    }
}

/// Finds the key that a manifest's tree is about; objects without a namespace belong to `namespace`.
pub(crate) fn key_of(api: &ApiServer, tree: &Value, namespace: &str) -> Result<Key, String> {
    let text = |pointer: &str| tree.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let (version, name) = (text("/apiVersion"), text("/kind"));
    for (field, value) in [("apiVersion", version), ("kind", name)] {
        if value.is_empty() {
            return Err(format!(
                "error validating \"STDIN\": error validating data: {field} not set; if you choose to ignore these errors, turn validation off with --validate=false"
            ));
        }
    }
    let Some(kind) = api.kind_by_gvk(version, name) else {
        return Err(format!(
            "resource mapping not found for name: \"{}\" namespace: \"{}\" from \"STDIN\": no matches for kind \"{name}\" in version \"{version}\"\nensure CRDs are installed first",
            text("/metadata/name"),
            text("/metadata/namespace"),
        ));
    };
    Ok(key(kind, text("/metadata/namespace"), namespace, text("/metadata/name")))
}

fn key(kind: Kind, given: &str, namespace: &str, name: &str) -> Key {
    let namespace = match (kind.namespaced(), given) {
        (false, _) => "",
        (true, "") => namespace,
        (true, given) => given,
    };
    Key::new(kind, namespace, name)
}
