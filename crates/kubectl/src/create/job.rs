//! `kubectl create job`.

use super::{finish, name};
use crate::command::Cx;
use crate::{Args, Failure, target};
use orrery_apimachinery::Value;
use serde_json::json;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let (name, command) = name(args)?;
    let tree = match (args.flag("image").unwrap_or_default(), args.flag("from").unwrap_or_default()) {
        ("", "") => return Err(Failure::usage("either --image or --from must be specified")),
        (image, "") => from_image(name, image, command),
        ("", _) if !command.is_empty() => return Err(Failure::usage("cannot specify --from and command")),
        ("", source) => from_cron_job(cx, args, name, source)?,
        _ => return Err(Failure::usage("either --image or --from must be specified")),
    };
    finish(cx, args, &tree, Some("job:"), "created")
}

/// A container that runs `command` in `image`.
pub(super) fn container(name: &str, image: &str, command: &[String]) -> Value {
    let mut container = json!({"name": name, "image": image});
    if !command.is_empty() {
        container["command"] = json!(command);
    }
    container
}

fn from_image(name: &str, image: &str, command: &[String]) -> Value {
    let pod = json!({"containers": [container(name, image, command)], "restartPolicy": "Never"});
    json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name},
        "spec": {"template": {"spec": pod}},
    })
}

/// The job that a CronJob would start now.
fn from_cron_job(cx: &mut Cx<'_>, args: &Args, name: &str, source: &str) -> Result<Value, Failure> {
    let mut found = target::visit(cx, args, &[source.to_string()])?;
    let (Some(object), true) = (found.pop(), found.is_empty()) else {
        return Err(Failure::usage("from must be an existing cronjob"));
    };
    let object = object?;
    if object.kind().name() != "CronJob" {
        let kind = object.kind();
        return Err(Failure::usage(format!("unknown object type *{}.{}", kind.version(), kind.name())));
    }
    let tree = object.to_value();
    let template = &tree["spec"]["jobTemplate"];
    let mut annotations = json!({"cronjob.kubernetes.io/instantiate": "manual"});
    for (key, value) in template["metadata"]["annotations"].as_object().into_iter().flatten() {
        annotations[key] = value.clone();
    }
    let owner = json!({
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "name": &*object.metadata().name,
        "uid": &*object.metadata().uid,
        "controller": true,
    });
    Ok(json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": name,
            "annotations": annotations,
            "labels": template["metadata"]["labels"],
            "ownerReferences": [owner],
        },
        "spec": template["spec"],
    }))
}
