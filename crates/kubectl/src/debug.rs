//! `kubectl debug` (upstream: `kubectl/pkg/cmd/debug`): a container added to a pod, a copy of a pod, or a pod on a node.

mod custom;
mod profile;

use crate::attach::Attached;
use crate::command::{Cx, decode};
use crate::{Args, Failure, pods};
use orrery_api::Object;
use orrery_apimachinery::Value;
use orrery_apiserver::Key;
use orrery_sim::Random;
use profile::{Profile, Way};
use serde_json::{Map, json};

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let profile = Profile::parse(args)?;
    check(args)?;
    let (names, command) = args.around_dash();
    if let Some(target) = args.flag("target").filter(|_| !args.on("quiet")) {
        cx.say(format!(
            "Targeting container {target:?}. If you don't see processes from this container it may be because the container runtime doesn't support this feature."
        ));
    }
    if profile == Profile::Legacy {
        cx.output.tell("--profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly specify a profile, for example \"--profile=general\".\n");
    }
    let mut objects: Vec<Object> = pods::of_file(cx, args)?.into_iter().collect();
    for name in names {
        objects.push(pods::named(cx, args, name)?);
    }
    for object in objects {
        let (pod, container) = match &object {
            Object::Node(_) => on_node(cx, args, &object, command, profile)?,
            Object::Pod(_) if args.flag("copy-to").is_some() => copy(cx, args, &object, command, profile)?,
            Object::Pod(_) => add(cx, args, &object, command, profile)?,
            other => {
                let kind = other.kind();
                let group = if kind.group().is_empty() { "" } else { "/" };
                return Err(Failure::usage(format!(
                    "\"{}{group}{}, Kind={}\" not supported by debug",
                    kind.group(),
                    kind.version(),
                    kind.name()
                )));
            }
        };
        let attach = args.flag("attach").map_or(args.on("stdin"), |_| args.on("attach"));
        if attach && !container.is_empty() {
            let attached = Attached::to(cx, args, &Key::of(&pod), container.into(), 0);
            cx.follow(args, Box::new(attached))?;
        }
    }
    Ok(())
}

fn check(args: &Args) -> Result<(), Failure> {
    let given = |flag: &str| args.flag(flag).is_some_and(|value| !value.is_empty());
    let (names, command) = args.around_dash();
    let copying = given("copy-to");
    let refused = match () {
        () if copying && !given("image") && !given("set-image") && command.is_empty() => {
            "you must specify --image, --set-image or command arguments."
        }
        () if copying && !command.is_empty() && !given("container") && !given("image") => {
            "you must specify an existing container or a new image when specifying args."
        }
        () if !copying && args.on("replace") => "--replace may only be used with --copy-to.",
        () if !copying && args.on("same-node") => "--same-node may only be used with --copy-to.",
        () if !copying && given("set-image") => "--set-image may only be used with --copy-to.",
        () if !copying && !given("image") => "you must specify --image when not using --copy-to.",
        () if names.is_empty() && !given("filename") => "NAME or filename is required for debug",
        () if given("target") && copying => {
            "--target is incompatible with --copy-to. Use --share-processes instead."
        }
        () if args.on("tty") && !args.on("stdin") => {
            "-i/--stdin is required for containers with -t/--tty=true"
        }
        () => return Ok(()),
    };
    Err(Failure::usage(refused))
}

/// A suffix that is drawn anew for every moment.
fn suffix(cx: &Cx<'_>) -> String {
    Random::stream(cx.session.now().as_nanos(), "kubectl debug").suffix(5)
}

/// The name of the new container, which is said if nobody gave it.
fn name(cx: &mut Cx<'_>, args: &Args) -> String {
    if let Some(name) = args.flag("container").filter(|name| !name.is_empty()) {
        return name.into();
    }
    let name = format!("debugger-{}", suffix(cx));
    if !args.on("quiet") {
        cx.say(format!("Defaulting debug container name to {name}."));
    }
    name
}

/// What the command line says of the container.
fn container(args: &Args, name: &str, command: &[String]) -> Value {
    let mut container = json!({"name": name, "terminationMessagePolicy": "File"});
    dress(args, &mut container, command);
    container
}

/// Sets what the command line says on a container, which may be there already.
fn dress(args: &Args, container: &mut Value, command: &[String]) {
    if !command.is_empty() && args.on("arguments-only") {
        container["args"] = json!(command);
    } else if !command.is_empty() {
        container["command"] = json!(command);
        container.as_object_mut().map(|fields| fields.remove("args"));
    }
    for (flag, field) in [("image", "image"), ("image-pull-policy", "imagePullPolicy")] {
        if let Some(value) = args.flag(flag).filter(|value| !value.is_empty()) {
            container[field] = value.into();
        }
    }
    let pair = |text: &&str| text.split_once('=').map(|(name, value)| json!({"name": name, "value": value}));
    let env: Vec<Value> = args.list("env").iter().filter_map(pair).collect();
    if !env.is_empty() {
        container["env"] = env.into();
    }
    for field in ["stdin", "tty"] {
        container[field] = args.on(field).into();
    }
}

/// Adds an ephemeral container to a pod.
fn add(
    cx: &mut Cx<'_>,
    args: &Args,
    object: &Object,
    command: &[String],
    profile: Profile,
) -> Result<(Object, String), Failure> {
    let name = name(cx, args);
    let mut tree = object.to_value();
    let mut new = container(args, &name, command);
    if let Some(target) = args.flag("target") {
        new["targetContainerName"] = target.into();
    }
    profile.secure(&mut new, Way::Added);
    custom::dress(cx, args, &mut new)?;
    match tree["spec"]["ephemeralContainers"].as_array_mut() {
        Some(list) => list.push(new),
        None => tree["spec"]["ephemeralContainers"] = json!([new]),
    }
    let changed = decode(&Key::of(object), &tree)?;
    let pod = cx.send(|api, request| api.update_ephemeral_containers(request, changed))?;
    Ok((pod, name))
}

/// Makes a copy of a pod with one container more, or another image or command in one of them.
fn copy(
    cx: &mut Cx<'_>,
    args: &Args,
    object: &Object,
    command: &[String],
    profile: Profile,
) -> Result<(Object, String), Failure> {
    let (key, mut tree) = (Key::of(object), object.to_value());
    let meta = &tree["metadata"];
    let metadata = json!({
        "name": args.flag("copy-to"), "namespace": meta["namespace"],
        "labels": meta["labels"], "annotations": meta["annotations"],
    });
    tree["metadata"] = metadata;
    if let Some(fields) = tree.as_object_mut() {
        fields.remove("status");
    }
    let spec = &mut tree["spec"];
    let gone = ["ephemeralContainers", if args.on("same-node") { "" } else { "nodeName" }];
    if let Some(fields) = spec.as_object_mut() {
        gone.iter().for_each(|field| drop(fields.remove(*field)));
    }
    if args.flag("share-processes").is_some() {
        spec["shareProcessNamespace"] = args.on("share-processes").into();
    }
    let images = args.list("set-image");
    let image = |name: &str| images.iter().find_map(|pair| pair.split_once('=').filter(|(n, _)| *n == name));
    for container in spec["containers"].as_array_mut().into_iter().flatten() {
        let own = image(container["name"].as_str().unwrap_or_default()).or_else(|| image("*"));
        if let Some((_, image)) = own {
            container["image"] = image.into();
        }
    }
    let name = changed(cx, args, &mut tree, command)?;
    if !name.is_empty() {
        profile.apply(&mut tree, &name, Way::Copied, args);
        custom::dress_in(cx, args, &mut tree, &name)?;
    }
    let key = Key { name: args.flag("copy-to").unwrap_or_default().into(), ..key };
    let pod = cx.create(&key, &tree)?;
    if args.on("replace") {
        let old = Key::of(object);
        cx.send(|api, request| {
            let options =
                orrery_apiserver::DeleteOptions { grace_period_seconds: Some(0), ..Default::default() };
            api.delete(request, &old, &options)
        })?;
    }
    Ok((pod, name))
}

/// Changes the container that is named, or adds one; its name is empty if only images change.
fn changed(cx: &mut Cx<'_>, args: &Args, tree: &mut Value, command: &[String]) -> Result<String, Failure> {
    let wanted = args.flag("container").unwrap_or_default();
    let mut known = tree["spec"]["containers"].as_array_mut().into_iter().flatten();
    if let Some(container) = known.find(|container| !wanted.is_empty() && container["name"] == wanted) {
        dress(args, container, command);
        return Ok(wanted.into());
    }
    if args.flag("image").is_none_or(str::is_empty) {
        return match args.flag("set-image") {
            Some(_) => Ok(String::new()),
            None => Err(Failure::usage("you must specify image when creating new container")),
        };
    }
    let name = name(cx, args);
    if let Some(list) = tree["spec"]["containers"].as_array_mut() {
        list.push(container(args, &name, command));
    }
    Ok(name)
}

/// Makes a pod that sees its node.
fn on_node(
    cx: &mut Cx<'_>,
    args: &Args,
    node: &Object,
    command: &[String],
    profile: Profile,
) -> Result<(Object, String), Failure> {
    let container_name = args.flag("container").filter(|name| !name.is_empty()).unwrap_or("debugger");
    let node = &node.metadata().name;
    let name = format!("node-debugger-{node}-{}", suffix(cx));
    if !args.on("quiet") {
        cx.say(format!("Creating debugging pod {name} with container {container_name} on node {node}."));
    }
    let mut tree = json!({
        "metadata": {"name": name, "labels": {"app.kubernetes.io/managed-by": "kubectl-debug"}},
        "spec": {
            "containers": [container(args, container_name, command)],
            "nodeName": &**node, "restartPolicy": "Never", "tolerations": [{"operator": "Exists"}],
        },
    });
    profile.apply(&mut tree, container_name, Way::OnNode, args);
    custom::dress_in(cx, args, &mut tree, container_name)?;
    let key = Key::new(orrery_api::Kind::Pod, args.namespace(), name);
    Ok((cx.create(&key, &tree)?, container_name.into()))
}

/// The fields of a tree that is known to be a map.
fn fields<'v>(tree: &'v mut Value, field: &str) -> &'v mut Map<String, Value> {
    if !tree[field].is_object() {
        tree[field] = json!({});
    }
    tree[field].as_object_mut().expect("it was made one")
}
