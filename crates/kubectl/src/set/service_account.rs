//! `kubectl set serviceaccount`.

use crate::command::{Cx, outcome};
use crate::printer::done;
use crate::trouble::Trouble;
use crate::{Args, Failure, record};
use orrery_api::Object;
use orrery_apimachinery::{Patch, Value, patch};
use orrery_apiserver::Key;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let required = || Failure::usage("serviceaccount is required");
    let (account, resources) = args.words.split_last().ok_or_else(required)?;
    let mut troubles = Vec::new();
    for object in super::objects(cx, args, resources)? {
        match assign(cx, args, &object, account) {
            Ok(object) => done(cx, args, &object, "serviceaccount updated")?,
            Err(trouble) => troubles.push(trouble),
        }
    }
    outcome(troubles)
}

/// Upstream sends the patch even when it changes nothing.
fn assign(cx: &mut Cx<'_>, args: &Args, object: &Object, account: &str) -> Result<Object, Trouble> {
    let mut tree = object.to_value();
    let spec = super::pod_spec(object.kind(), &mut tree).map_err(|words| super::about(object, &words))?;
    spec["serviceAccountName"] = Value::from(account);
    record::into_tree(args, &mut tree);
    let patch = patch::two_way(&object.to_value(), &tree).map_err(Trouble::Text)?;
    if !cx.dry_run.sends() {
        return Ok(Object::decode(object.kind(), &tree).0);
    }
    cx.patch(&Key::of(object), &Patch::Strategic(patch))
        .map_err(|status| Trouble::Text(format!("failed to patch ServiceAccountName {}", status.message)))
}
