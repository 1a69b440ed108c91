//! `kubectl edit`: what the person's editor makes of an object (upstream: `kubectl/pkg/cmd/util/editor`).

use crate::command::{Cx, outcome};
use crate::printer::done;
use crate::{Args, Failure, manifest, target};
use orrery_apimachinery::Value;
use orrery_apiserver::Key;
use orrery_manifest::{Limits, read};

/// The file that holds what was edited.
pub const EDITED: &str = "kubectl-edit.yaml";

/// What stands above an object that is edited.
pub const EDIT_HEAD: &str = "\
# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
";

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let found = target::visit(cx, args, &args.words)?;
    let text = cx.files.read(EDITED).unwrap_or_default();
    let reading = read(&text, &Limits::default());
    let mut troubles = Vec::new();
    let mut changed = false;
    for object in found {
        let key = match object {
            Ok(object) => Key::of(&object),
            Err(trouble) => {
                troubles.push(trouble);
                continue;
            }
        };
        let edited = reading.documents.iter().find(|document| {
            manifest::key_of(cx.api(), &document.value, args.namespace()).is_ok_and(|found| found == key)
        });
        let Some(tree) = edited.map(|document| without_status(&document.value)) else { continue };
        let before = cx.get(&key)?;
        if tree == without_status(&before.to_value()) {
            continue;
        }
        changed = true;
        match cx.replace(&key, &tree) {
            Ok(object) => done(cx, args, &object, "edited")?,
            Err(status) => troubles.push(status.into()),
        }
    }
    if !changed && troubles.is_empty() {
        cx.output.stderr += "Edit cancelled, no changes made.\n";
    }
    outcome(troubles)
}

/// What a person may change: neither the status nor what tells how old the copy is.
fn without_status(tree: &Value) -> Value {
    let mut tree = tree.clone();
    if let Some(fields) = tree.as_object_mut() {
        fields.remove("status");
        if let Some(metadata) = fields.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.remove("resourceVersion");
            metadata.remove("managedFields");
        }
    }
    tree
}
