//! `--record`, which is deprecated and still typed: the command line becomes the cause of a change (upstream:
//! `cli-runtime/pkg/genericclioptions/record_flags.go`).

use crate::command::Cx;
use crate::{Args, Failure};
use orrery_api::Object;
use orrery_apimachinery::{Patch, Value};
use orrery_apiserver::Key;
use serde_json::json;

/// The annotation that says why an object was changed.
pub(crate) const CHANGE_CAUSE: &str = "kubernetes.io/change-cause";

/// What is said when the flag stands.
pub(crate) const DEPRECATED: &str =
    "Flag --record has been deprecated, --record will be removed in the future\n";

/// Puts the command line into the object that is about to be sent, if that was asked for.
pub(crate) fn into_tree(args: &Args, tree: &mut Value) {
    if args.on("record") {
        tree["metadata"]["annotations"][CHANGE_CAUSE] = args.line().into();
    }
}

/// Puts the command line into an object that was changed by a request of another kind, if that was asked for.
pub(crate) fn afterwards(cx: &mut Cx<'_>, args: &Args, changed: Object) -> Result<Object, Failure> {
    let line = args.line();
    let known = changed.metadata().annotations.get(CHANGE_CAUSE).is_some_and(|cause| **cause == *line);
    if !args.on("record") || known || !cx.dry_run.sends() {
        return Ok(changed);
    }
    let patch = json!({"metadata": {"annotations": {CHANGE_CAUSE: line}}});
    Ok(cx.patch(&Key::of(&changed), &Patch::Merge(patch))?)
}
