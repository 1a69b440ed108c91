//! `kubectl run`.

use crate::attach::Attached;
use crate::command::{Cx, DryRun};
use crate::create::{finish, saved, usage};
use crate::expose::pairs;
use crate::{Args, Failure, overrides};
use orrery_api::Kind;
use orrery_apimachinery::Value;
use orrery_apiserver::Key;
use serde_json::json;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let image = args.flag("image").ok_or_else(|| Failure::required("\"image\""))?;
    let (before, _) = args.around_dash();
    let name = before.first().ok_or_else(|| usage(args, "NAME is required for run"))?;
    if image.is_empty() {
        return Err(Failure::usage("--image is required"));
    }
    check(args, cx.dry_run)?;
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
        "dnsPolicy": "ClusterFirst",
        "restartPolicy": args.flag("restart").filter(|policy| !policy.is_empty()).unwrap_or("Always"),
    });
    let tree = json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod});
    let tree = overrides::apply(args, Kind::Pod, tree)?;
    if args.on("expose") {
        expose(cx, args, name, &labels.into())?;
    }
    match attaching(args) {
        true => attached(cx, args, &tree),
        false => finish(cx, args, &tree, None, "created"),
    }
}

/// The Service before the pod, whose name and labels it has.
fn expose(cx: &mut Cx<'_>, args: &Args, name: &str, labels: &Value) -> Result<(), Failure> {
    let port = args.flag("port").unwrap_or_default().parse::<i32>().unwrap_or_default();
    let ports = json!([{"port": port, "protocol": "TCP", "targetPort": port}]);
    let spec = json!({"selector": labels, "ports": ports});
    let service = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec});
    finish(cx, args, &service, None, "created")?;
    if args.flag("output") == Some("yaml") {
        cx.say("---");
    }
    Ok(())
}

fn attaching(args: &Args) -> bool {
    args.flag("attach").map_or(args.on("stdin"), |_| args.on("attach"))
}

/// Creates the pod and shows what it writes, to its end if it has one; with `--rm` it goes after that.
fn attached(cx: &mut Cx<'_>, args: &Args, tree: &Value) -> Result<(), Failure> {
    let name = tree["metadata"]["name"].as_str().unwrap_or_default();
    let key = Key::new(Kind::Pod, args.namespace(), name);
    let manifest = saved(args, tree, &key)?;
    cx.create(&key, &manifest)?;
    let container = tree["spec"]["containers"][0]["name"].as_str().unwrap_or(name);
    let attached = Attached::to(cx, args, &key, container.into(), 0).of_run(args);
    cx.follow(args, Box::new(attached))
}

fn check(args: &Args, dry_run: DryRun) -> Result<(), Failure> {
    if args.on("tty") && !args.on("stdin") {
        return Err(usage(args, "-i/--stdin is required for containers with -t/--tty=true"));
    }
    if args.on("expose") && args.flag("port").unwrap_or_default().is_empty() {
        return Err(usage(args, "--port must be set when exposing a service"));
    }
    let restart = args.flag("restart").unwrap_or("Always");
    if !["Always", "OnFailure", "Never", ""].contains(&restart) {
        return Err(usage(args, &format!("invalid restart policy: {restart}")));
    }
    if args.on("rm") && !attaching(args) {
        return Err(usage(args, "--rm should only be used for attached containers"));
    }
    if attaching(args) && dry_run != DryRun::No {
        return Err(usage(
            args,
            "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)",
        ));
    }
    let pull = args.flag("image-pull-policy").unwrap_or_default();
    if !["", "Always", "IfNotPresent", "Never"].contains(&pull) {
        return Err(usage(args, &format!("invalid image pull policy: {pull}")));
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
    let once = args.on("stdin") && !args.on("leave-stdin-open");
    for (field, on) in [("stdin", args.on("stdin")), ("stdinOnce", once), ("tty", args.on("tty"))] {
        if on {
            container[field] = true.into();
        }
    }
    if args.on("privileged") {
        container["securityContext"] = json!({"privileged": true});
    }
    Ok(container)
}
