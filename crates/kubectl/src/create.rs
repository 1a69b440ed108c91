//! `kubectl create -f`, and the generators of Deployments, ConfigMaps and Namespaces.

use crate::command::Cx;
use crate::{Args, Failure, apply, target};
use orrery_api::Object;
use orrery_apimachinery::Value;
use orrery_apiserver::Key;
use serde_json::json;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    if args.words.len() == 1 {
        for (file, tree) in apply::trees(cx, args)? {
            create(cx, &tree, args, Some(&file))?;
        }
        return Ok(());
    }
    let tree = generate(args)?;
    create(cx, &tree, args, None)
}

fn create(cx: &mut Cx<'_>, tree: &Value, args: &Args, file: Option<&str>) -> Result<(), Failure> {
    let key = apply::key_of(cx.session.api(), tree, args.namespace()).map_err(|_| {
        let kind = tree.get("kind").and_then(Value::as_str).unwrap_or_default();
        let version = tree.get("apiVersion").and_then(Value::as_str).unwrap_or_default();
        Failure::usage(format!("no matches for kind \"{kind}\" in version \"{version}\""))
    })?;
    let (mut object, problems) = Object::decode(key.kind, tree);
    if let Some(problem) = problems.first() {
        return Err(Failure::usage(problem.to_string()));
    }
    object.metadata_mut().namespace = key.namespace.clone();
    match cx.send(|api, request| api.create(request, object)) {
        Ok(created) => cx.say(format!("{} created", target::display(&Key::of(&created)))),
        Err(status) => match file {
            Some(file) => cx.complain(apply::server_error_while(&status, "creating", file)),
            None => {
                let text = format!("error: failed to create {}: {}", key.kind.singular(), status.message);
                cx.complain(text);
            }
        },
    }
    Ok(())
}

/// The object that `kubectl create KIND NAME` makes.
fn generate(args: &Args) -> Result<Value, Failure> {
    let kind = &args.words[1];
    let name = args.words.get(2).ok_or_else(|| {
        Failure::usage(format!("exactly one NAME is required, got {}", args.words.len() - 2))
    })?;
    match kind.as_str() {
        "deployment" | "deploy" => deployment(name, args),
        "configmap" | "cm" => {
            let pairs = args.all("from-literal").iter().filter_map(|pair| pair.split_once('='));
            let data: serde_json::Map<String, Value> = pairs.map(|(k, v)| (k.into(), v.into())).collect();
            Ok(json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}))
        }
        "namespace" | "ns" => {
            Ok(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}))
        }
        "serviceaccount" | "sa" => {
            Ok(json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}}))
        }
        other => Err(Failure::usage(format!("unknown command \"{other}\" for \"kubectl create\""))),
    }
}

fn deployment(name: &str, args: &Args) -> Result<Value, Failure> {
    let image = args.flag("image").ok_or_else(|| Failure::usage("required flag(s) \"image\" not set"))?;
    let replicas: i32 = args.flag("replicas").and_then(|n| n.parse().ok()).unwrap_or(1);
    // The container is called like the image, without registry, tag and digest.
    let short = image.rsplit('/').next().unwrap_or(image);
    let container = short.split([':', '@']).next().unwrap_or(short);
    Ok(json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "strategy": {},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [{"name": container, "image": image}]},
            },
        },
    }))
}
