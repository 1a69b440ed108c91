//! `kubectl create priorityclass`.

use super::{finish, name};
use crate::command::Cx;
use crate::{Args, Failure};
use serde_json::json;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let (name, _) = name(args)?;
    let mut tree = json!({
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": {"name": name},
        "value": args.number("value").unwrap_or_default(),
        "preemptionPolicy": args.flag("preemption-policy").unwrap_or("PreemptLowerPriority"),
    });
    if args.on("global-default") {
        tree["globalDefault"] = true.into();
    }
    if let Some(description) = args.flag("description").filter(|text| !text.is_empty()) {
        tree["description"] = description.into();
    }
    finish(cx, args, &tree, Some("priorityclass:"), "created")
}
