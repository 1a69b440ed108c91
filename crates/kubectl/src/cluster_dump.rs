//! `kubectl cluster-info dump` (upstream: `pkg/cmd/clusterinfo/clusterinfo_dump.go`).

use crate::command::Cx;
use crate::printer::{Format, print_tree, shown};
use crate::{Args, Failure};
use orrery_api::{Kind, Object, Pod};
use orrery_apimachinery::{Str, Value};
use serde_json::json;
use std::rc::Rc;

/// What is told of each namespace, and in which file.
const TOLD: [(Kind, &str); 7] = [
    (Kind::Event, "events"),
    (Kind::ReplicationController, "replication-controllers"),
    (Kind::Service, "services"),
    (Kind::DaemonSet, "daemonsets"),
    (Kind::Deployment, "deployments"),
    (Kind::ReplicaSet, "replicasets"),
    (Kind::Pod, "pods"),
];

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let format = match args.flag("output") {
        None if args.flag("template").is_none() => Format::json(args),
        _ => Format::parse(cx, args)?,
    };
    let ending = match format {
        Format::Json { .. } => ".json",
        Format::Yaml => ".yaml",
        _ => ".txt",
    };
    let mut dump = Dump { directory: args.flag("output-directory").unwrap_or_default(), start: 0 };
    let nodes: Vec<Object> = cx.api().objects(Kind::Node).cloned().collect();
    list(cx, args, &format, Kind::Node, &nodes)?;
    dump.file(cx, &["nodes", ending].concat());
    for namespace in namespaces(cx, args) {
        for (kind, name) in TOLD {
            let objects: Vec<Object> = cx.api().objects_in(kind, &namespace).cloned().collect();
            list(cx, args, &format, kind, &objects)?;
            dump.file(cx, &[&*namespace, "/", name, ending].concat());
        }
        let pods: Vec<Rc<Pod>> = cx.api().list_in::<Pod>(&namespace).cloned().collect();
        for pod in pods {
            logs(cx, &pod);
            dump.file(cx, &[&*namespace, "/", &pod.metadata.name, "/logs.txt"].concat());
        }
    }
    if dump.is_into_files() {
        cx.say(["Cluster info dumped to ", dump.directory].concat());
    }
    Ok(())
}

/// Where what is printed goes: into files below a directory, or nowhere else.
struct Dump<'a> {
    directory: &'a str,
    /// Where in the output the file begins that is being written.
    start: usize,
}

impl Dump<'_> {
    fn is_into_files(&self) -> bool {
        !matches!(self.directory, "" | "-")
    }

    /// Makes a file of what was printed since the last one.
    fn file(&mut self, cx: &mut Cx<'_>, name: &str) {
        if self.is_into_files() {
            let text = cx.output.stdout.split_off(self.start);
            let directory = self.directory.trim_end_matches('/');
            cx.output.files.push(([directory, "/", name].concat(), text));
        }
        self.start = cx.output.stdout.len();
    }
}

/// The namespaces that are asked for, or else the system's and the present one.
fn namespaces(cx: &Cx<'_>, args: &Args) -> Vec<Str> {
    if args.on("all-namespaces") {
        return cx.api().objects(Kind::Namespace).map(|it| it.metadata().name.clone()).collect();
    }
    match &args.list("namespaces")[..] {
        [] => vec!["kube-system".into(), args.namespace().into()],
        given => given.iter().map(|name| Str::from(*name)).collect(),
    }
}

fn list(
    cx: &mut Cx<'_>,
    args: &Args,
    format: &Format,
    kind: Kind,
    objects: &[Object],
) -> Result<(), Failure> {
    let items: Vec<Value> = objects
        .iter()
        .map(|object| {
            let mut tree = shown(cx.api(), object, args);
            // Of what is in a typed list nobody says what it is.
            if let Some(fields) = tree.as_object_mut() {
                fields.retain(|name, _| name != "apiVersion" && name != "kind");
            }
            tree
        })
        .collect();
    let name = [kind.name(), "List"].concat();
    let revision = cx.api().revision().to_string();
    let tree = json!({
        "apiVersion": kind.api_version(),
        "kind": name,
        "metadata": {"resourceVersion": revision},
        "items": items,
    });
    print_tree(cx, format, &tree)
}

fn logs(cx: &mut Cx<'_>, pod: &Pod) {
    let (name, namespace) = (&pod.metadata.name, &pod.metadata.namespace);
    for container in pod.spec.init_containers.iter().chain(&pod.spec.containers) {
        let of = format!("logs for container {} of pod {namespace}/{name} ====", container.name);
        cx.say(["==== START ", &of].concat());
        match cx.session.logs(namespace, name, &container.name, false) {
            Ok(lines) => lines.iter().for_each(|line| cx.say(&line.text)),
            Err(status) => cx.say(["Request log error: ", &status.message].concat()),
        }
        cx.say(["==== END ", &of].concat());
    }
}
