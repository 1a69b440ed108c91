//! `kubectl create role` and `kubectl create clusterrole`.

use super::{finish, name};
use crate::command::Cx;
use crate::{Args, Failure};
use orrery_apimachinery::Value;
use serde_json::json;
use std::collections::BTreeMap;

/// The verbs that are not worth a warning.
const VERBS: [&str; 15] = [
    "get",
    "delete",
    "list",
    "create",
    "update",
    "patch",
    "watch",
    "proxy",
    "deletecollection",
    "use",
    "bind",
    "escalate",
    "impersonate",
    "approve",
    "sign",
];

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let (name, _) = name(args)?;
    let kind = if args.command == "create role" { "Role" } else { "ClusterRole" };
    let urls = args.list("non-resource-url");
    if let Some(labels) = args.flag("aggregation-rule").filter(|labels| !labels.is_empty()) {
        return aggregated(cx, args, name, labels);
    }
    let verbs = distinct(args.list("verb"));
    let verbs = if verbs.contains(&"*") { vec!["*"] } else { verbs };
    if verbs.is_empty() {
        return Err(Failure::usage("at least one verb must be specified"));
    }
    for verb in verbs.iter().filter(|verb| **verb != "*" && !VERBS.contains(verb)) {
        let warning = format!("Warning: '{verb}' is not a standard resource verb\n");
        cx.output.tell(&warning);
    }
    let resources = args.list("resource");
    if resources.is_empty() && urls.is_empty() {
        return Err(Failure::usage("at least one resource must be specified"));
    }
    let names = distinct(args.all("resource-name").iter().map(String::as_str).collect());
    let mut rules = Vec::new();
    for (group, resources) in grouped(cx, &resources)? {
        let mut rule = json!({"verbs": verbs, "apiGroups": [group], "resources": resources});
        if !names.is_empty() {
            rule["resourceNames"] = json!(names);
        }
        rules.push(rule);
    }
    if !urls.is_empty() {
        rules.push(json!({"verbs": verbs, "nonResourceURLs": urls}));
    }
    let tree: Value = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": kind,
        "metadata": {"name": name},
        "rules": rules,
    });
    finish(cx, args, &tree, None, "created")
}

/// A ClusterRole that takes its rules of those with certain labels.
fn aggregated(cx: &mut Cx<'_>, args: &Args, name: &str, labels: &str) -> Result<(), Failure> {
    if ["non-resource-url", "verb", "resource", "resource-name"].iter().any(|flag| args.flag(flag).is_some())
    {
        return Err(Failure::usage(
            "aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames",
        ));
    }
    let invalid = || {
        Failure::usage(format!(
            "invalid argument {labels:?} for \"--aggregation-rule\" flag: malformed pair, expect string=string\nSee 'kubectl create clusterrole --help' for usage."
        ))
    };
    let mut pairs = json!({});
    for pair in labels.split(',') {
        let (key, value) = pair.split_once('=').ok_or_else(invalid)?;
        pairs[key.trim()] = value.trim().into();
    }
    let tree = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": name},
        "aggregationRule": {"clusterRoleSelectors": [{"matchLabels": pairs}]},
    });
    finish(cx, args, &tree, None, "created")
}

fn distinct<'t>(words: Vec<&'t str>) -> Vec<&'t str> {
    let mut distinct: Vec<&'t str> = Vec::new();
    for word in words {
        if !distinct.contains(&word) {
            distinct.push(word);
        }
    }
    distinct
}

/// The resources of each API group, by their plural names.
fn grouped(cx: &Cx<'_>, words: &[&str]) -> Result<BTreeMap<String, Vec<String>>, Failure> {
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for word in words {
        let (resource, sub) = word.split_once('/').map_or((*word, None), |(r, sub)| (r, Some(sub)));
        let (name, group) = resource.split_once('.').unwrap_or((resource, ""));
        if name.is_empty() {
            return Err(Failure::usage("resource must be specified if apiGroup/subresource specified"));
        }
        let (plural, group) = match (name, cx.api().kind_named(resource)) {
            ("*", _) => ("*", group),
            (_, Some(kind)) => (kind.plural(), kind.group()),
            (name, None) => {
                let of = if group.is_empty() { String::new() } else { format!(" in group {group:?}") };
                return Err(Failure::usage(format!("the server doesn't have a resource type {name:?}{of}")));
            }
        };
        let full = sub.map_or(plural.to_string(), |sub| format!("{plural}/{sub}"));
        let resources = groups.entry(group.into()).or_default();
        if !resources.contains(&full) {
            resources.push(full);
        }
    }
    Ok(groups)
}
