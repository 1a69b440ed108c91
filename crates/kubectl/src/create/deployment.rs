//! `kubectl create deployment`.

use super::{finish, name};
use crate::command::Cx;
use crate::{Args, Failure};
use orrery_apimachinery::Value;
use serde_json::json;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let images = args.list("image");
    if images.is_empty() {
        return Err(Failure::required("\"image\""));
    }
    let (name, command) = name(args)?;
    if images.len() > 1 && !command.is_empty() {
        return Err(Failure::usage("cannot specify multiple --image options and command"));
    }
    let mut containers: Vec<Value> = images.iter().map(|image| container(image, command)).collect();
    if let (Some(port), Some(first)) = (args.number("port"), containers.first_mut()) {
        first["ports"] = json!([{"containerPort": port}]);
    }
    let labels = json!({"app": name});
    let tree = json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": labels},
        "spec": {
            "replicas": args.number("replicas").unwrap_or(1),
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": containers}},
        },
    });
    finish(cx, args, &tree, Some("deployment:"), "created")
}

/// A container called like its image, without registry, tag and digest.
fn container(image: &str, command: &[String]) -> Value {
    let short = image.rsplit('/').next().unwrap_or(image);
    let name = short.split([':', '@']).next().unwrap_or(short);
    let mut container = json!({"name": name.replace(['_', '.'], "-"), "image": image});
    if !command.is_empty() {
        container["command"] = json!(command);
    }
    container
}
