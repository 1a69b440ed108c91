//! What kubectl tells of the server and of itself: `version` and `cluster-info`.

use crate::command::Cx;
use crate::printer::{Format, print_tree};
use crate::{Args, Failure, config};
use orrery_api::Service;
use orrery_apimachinery::Value;
use serde_json::json;

/// The version that all parts of the cluster have.
const VERSION: &str = "v1.32.13";
const KUSTOMIZE: &str = "v5.5.0";

/// What a version tells of how it was built, in the order of upstream's fields.
const BUILD: [(&str, &str); 9] = [
    ("major", "1"),
    ("minor", "32"),
    ("gitVersion", VERSION),
    ("gitCommit", "63adf010aa20e104c0b7043b47f42f50c9f72b17"),
    ("gitTreeState", "clean"),
    ("buildDate", "2026-08-20T00:00:00Z"),
    ("goVersion", "go1.24.11"),
    ("compiler", "gc"),
    ("platform", "linux/amd64"),
];

/// How it was built, as JSON whose end is so far to the right.
pub(crate) fn build(indent: &str) -> String {
    let fields: Vec<String> = BUILD.iter().map(|(name, it)| format!("{indent}  {name:?}: {it:?}")).collect();
    format!("{{\n{}\n{indent}}}", fields.join(",\n"))
}

pub(crate) fn version(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    if !args.words.is_empty() {
        return Err(Failure::usage(format!("extra arguments: [{}]", args.words.join(" "))));
    }
    let server = !args.on("client");
    match args.flag("output").unwrap_or_default() {
        "" => {
            cx.say(format!("Client Version: {VERSION}\nKustomize Version: {KUSTOMIZE}"));
            if server {
                cx.say(format!("Server Version: {VERSION}"));
            }
        }
        "json" => {
            let build = build("  ");
            let mut text =
                format!("{{\n  \"clientVersion\": {build},\n  \"kustomizeVersion\": {KUSTOMIZE:?}");
            if server {
                text += &format!(",\n  \"serverVersion\": {build}");
            }
            cx.say(text + "\n}");
        }
        "yaml" => {
            let build: Value =
                BUILD.iter().map(|(name, it)| ((*name).to_owned(), Value::from(*it))).collect();
            let mut tree = json!({"clientVersion": build, "kustomizeVersion": KUSTOMIZE});
            if server {
                tree["serverVersion"] = build;
            }
            print_tree(cx, &Format::Yaml, &tree)?;
            cx.say("");
        }
        _ => return Err(Failure::usage("--output must be 'yaml' or 'json'")),
    }
    Ok(())
}

pub(crate) fn cluster_info(cx: &mut Cx<'_>, _: &Args) -> Result<(), Failure> {
    let config = config::load(cx.files);
    let address = config["clusters"][0]["cluster"]["server"].as_str().unwrap_or_default().to_owned();
    cx.say(format!("Kubernetes control plane is running at {address}"));
    let mut lines = Vec::new();
    for service in cx.api().list::<Service>() {
        let labels = &service.metadata.labels;
        if labels.get("kubernetes.io/cluster-service").is_none_or(|value| **value != *"true") {
            continue;
        }
        let name = labels.get("kubernetes.io/name").unwrap_or(&service.metadata.name);
        let port = service.spec.ports.first().and_then(|port| port.name.as_deref());
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let (namespace, service) = (&service.metadata.namespace, &service.metadata.name);
        let path = format!("api/v1/namespaces/{namespace}/services/{service}{port}/proxy");
        lines.push(format!("{name} is running at {address}/{path}"));
    }
    lines.iter().for_each(|line| cx.say(line));
    cx.say("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.");
    Ok(())
}
