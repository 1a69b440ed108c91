//! `kubectl run`.

use crate::command::Cx;
use crate::create::{finish, usage};
use crate::expose::pairs;
use crate::{Args, Failure};
use orrery_apimachinery::Value;
use serde_json::json;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let image = args.flag("image").ok_or_else(|| Failure::required("\"image\""))?;
    let (before, _) = args.around_dash();
    let name = before.first().ok_or_else(|| usage(args, "NAME is required for run"))?;
    if image.is_empty() {
        return Err(Failure::usage("--image is required"));
    }
    check(args)?;
    let labels = match args.flag("labels").filter(|labels| !labels.is_empty()) {
        Some(labels) => pairs(labels).map_err(Failure::usage)?,
        None => pairs(&format!("run={name}")).map_err(Failure::usage)?,
    };
    let mut metadata = json!({"name": name, "labels": labels});
    for text in args.all("annotations") {
        let invalid = || Failure::usage(format!("invalid annotations format: {text}"));
        let (key, value) = text.split_once('=').filter(|(key, _)| !key.is_empty()).ok_or_else(invalid)?;
        metadata["annotations"][key] = value.into();
    }
    let pod = json!({
        "containers": [container(args, name, image)?],
        "restartPolicy": args.flag("restart").unwrap_or("Always"),
    });
    let tree = json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod});
    if args.on("expose") {
        let port = args.flag("port").unwrap_or_default().parse::<i32>().unwrap_or_default();
        let ports = json!([{"port": port, "protocol": "TCP", "targetPort": port}]);
        let spec = json!({"selector": labels, "ports": ports});
        let service =
            json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec});
        finish(cx, args, &service, None, "created")?;
    }
    finish(cx, args, &tree, None, "created")
}

fn check(args: &Args) -> Result<(), Failure> {
    let restart = args.flag("restart").unwrap_or("Always");
    if !["Always", "OnFailure", "Never", ""].contains(&restart) {
        return Err(usage(args, &format!("invalid restart policy: {restart}")));
    }
    let pull = args.flag("image-pull-policy").unwrap_or_default();
    if !["", "Always", "IfNotPresent", "Never"].contains(&pull) {
        return Err(usage(args, &format!("invalid image pull policy: {pull}")));
    }
    if args.on("expose") && args.flag("port").is_none() {
        return Err(usage(args, "--port must be set when exposing a service"));
    }
    Ok(())
}

fn container(args: &Args, name: &str, image: &str) -> Result<Value, Failure> {
    let mut container = json!({"name": name, "image": image});
    if let [_, command @ ..] = &args.words[..]
        && !command.is_empty()
    {
        container[if args.on("command") { "command" } else { "args" }] = json!(command);
    }
    if let Some(port) = args.flag("port").filter(|port| !port.is_empty()) {
        let invalid = || Failure::usage(format!("strconv.Atoi: parsing {port:?}: invalid syntax"));
        let port: i32 = port.parse().map_err(|_| invalid())?;
        container["ports"] = json!([{"containerPort": port}]);
    }
    let variable = |text: &String| match text.split_once('=').filter(|(name, _)| !name.is_empty()) {
        Some((name, value)) => Ok(json!({"name": name, "value": value})),
        None => Err(Failure::usage(format!("invalid env: {text}"))),
    };
    let variables = args.all("env").iter().map(variable).collect::<Result<Vec<_>, _>>()?;
    if !variables.is_empty() {
        container["env"] = variables.into();
    }
    if let Some(policy) = args.flag("image-pull-policy") {
        container["imagePullPolicy"] = policy.into();
    }
    for (flag, field) in [("stdin", "stdin"), ("tty", "tty")] {
        if args.on(flag) {
            container[field] = true.into();
        }
    }
    if args.on("privileged") {
        container["securityContext"] = json!({"privileged": true});
    }
    Ok(container)
}
