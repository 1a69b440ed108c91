//! `kubectl create cronjob`.

use super::job::container;
use super::{finish, name};
use crate::command::Cx;
use crate::{Args, Failure};
use serde_json::json;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let [image, schedule] = ["image", "schedule"].map(|flag| args.flag(flag));
    let missing: Vec<&str> = [("\"image\"", image), ("\"schedule\"", schedule)]
        .iter()
        .filter(|(_, value)| value.is_none())
        .map(|(flag, _)| *flag)
        .collect();
    let (Some(image), Some(schedule)) = (image, schedule) else {
        return Err(Failure::required(&missing.join(", ")));
    };
    let (name, command) = name(args)?;
    let pod = json!({
        "containers": [container(name, image, command)],
        "restartPolicy": args.flag("restart").filter(|policy| !policy.is_empty()).unwrap_or("OnFailure"),
    });
    let job = json!({"metadata": {"name": name}, "spec": {"template": {"spec": pod}}});
    let tree = json!({
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": name},
        "spec": {"schedule": schedule, "jobTemplate": job},
    });
    finish(cx, args, &tree, Some("cronjob:"), "created")
}
