//! `kubectl run`.

use crate::command::{Cx, DryRun};
use crate::create::{annotated, finish, usage};
use crate::expose::pairs;
use crate::{Args, Failure, exec, logs, pods};
use orrery_api::{Kind, Pod};
use orrery_apimachinery::Value;
use orrery_apiserver::{DeleteOptions, Key};
use orrery_sim::Duration;
use serde_json::json;

/// How long it is waited for the container unless told otherwise.
const START: Duration = Duration::from_secs(60);

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
        "dnsPolicy": "ClusterFirst",
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
    let attaching = args.flag("attach").map_or(args.on("stdin"), |_| args.on("attach"));
    match cx.dry_run {
        DryRun::No if attaching => attached(cx, args, name, &tree),
        _ => finish(cx, args, &tree, None, "created"),
    }
}

/// Creates the pod and shows what it writes, to its end if it has one; with `--rm` it goes after that.
fn attached(cx: &mut Cx<'_>, args: &Args, name: &str, tree: &Value) -> Result<(), Failure> {
    let key = Key::new(Kind::Pod, args.namespace(), name);
    cx.create(&key, &annotated(args, tree))?;
    let outcome = watched(cx, args, &key);
    if args.on("rm") {
        cx.send(|api, request| api.delete(request, &key, &DeleteOptions::default()))?;
        cx.say(format!("pod {name:?} deleted"));
    }
    outcome
}

fn watched(cx: &mut Cx<'_>, args: &Args, key: &Key) -> Result<(), Failure> {
    let deadline = cx.session.now() + args.duration("pod-running-timeout").unwrap_or(START);
    let pod = loop {
        let pod = cx.api().get::<Pod>(&key.namespace, &key.name).cloned();
        let state = pod.as_ref().and_then(|pod| pod.status.container_statuses.first()).map(|it| &it.state);
        if let Some(pod) = &pod
            && state.is_some_and(|state| state.running.is_some() || state.terminated.is_some())
        {
            break pod.clone();
        }
        if cx.session.now() >= deadline {
            return Err(Failure::usage("timed out waiting for the condition"));
        }
        cx.session.pass(pods::LOOK);
    };
    let container = pod.spec.containers[0].name.clone();
    // A shell that nobody types anything to is left at once.
    if args.on("tty") && pod.spec.containers[0].args.len() + pod.spec.containers[0].command.len() < 2 {
        return exec::join(cx, args, pod, container);
    }
    logs::attach(cx, args, (pod, container), Some(0))?;
    let ended = cx.api().get::<Pod>(&key.namespace, &key.name);
    let status = ended.and_then(|pod| pod.status.container_statuses.first());
    match status.and_then(|status| status.state.terminated.as_ref()) {
        Some(ended) if ended.exit_code != 0 && args.flag("restart") == Some("Never") => {
            let reason = ended.reason.as_deref().unwrap_or_default();
            let text = format!("pod {}/{} terminated ({reason})\n", key.namespace, key.name);
            Err(Failure { text, code: ended.exit_code })
        }
        _ => Ok(()),
    }
}

fn check(args: &Args) -> Result<(), Failure> {
    let attaching = args.flag("attach").map_or(args.on("stdin"), |_| args.on("attach"));
    if args.on("rm") && !attaching {
        return Err(usage(args, "--rm should only be used for attached containers"));
    }
    if args.on("tty") && !args.on("stdin") {
        return Err(usage(args, "-i/--stdin is required for containers with -t/--tty=true"));
    }
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
