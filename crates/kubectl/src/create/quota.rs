//! `kubectl create quota`.

use super::{finish, name};
use crate::command::Cx;
use crate::set::resources::amounts;
use crate::{Args, Failure};
use serde_json::json;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let (name, _) = name(args)?;
    let mut spec = json!({"hard": amounts(args.flag("hard").unwrap_or_default())?});
    let scopes = args.flag("scopes").unwrap_or_default();
    if !scopes.is_empty() {
        let scopes: Vec<&str> = scopes.split(',').collect();
        if scopes.contains(&"") {
            return Err(Failure::usage("invalid resource quota scope \"\""));
        }
        spec["scopes"] = json!(scopes);
    }
    let tree = json!({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": name}, "spec": spec});
    finish(cx, args, &tree, Some("quota:"), "created")
}
