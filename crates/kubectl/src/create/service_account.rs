//! `kubectl create serviceaccount`.

use super::{finish, name};
use crate::command::Cx;
use crate::{Args, Failure};
use serde_json::json;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let (name, _) = name(args)?;
    let tree = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}});
    finish(cx, args, &tree, Some("serviceaccount:"), "created")
}
