//! `kubectl create ingress`.

use super::{finish, name};
use crate::command::Cx;
use crate::{Args, Failure};
use orrery_apimachinery::Value;
use serde_json::{Map, json};

/// One `--rule`: `host/path=service:port,tls=secret`.
struct Rule<'t> {
    host: &'t str,
    path: String,
    path_type: &'static str,
    backend: Value,
    /// The secret of `tls=secret`; empty for `tls` alone.
    secret: Option<&'t str>,
}

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let (name, _) = name(args)?;
    let default = args.flag("default-backend").filter(|backend| !backend.is_empty());
    let rules: Vec<Rule<'_>> = args.all("rule").iter().map(|text| rule(text)).collect::<Result<_, _>>()?;
    if default.is_none() && rules.is_empty() {
        return Err(Failure::usage(
            "not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)",
        ));
    }
    let mut spec = Map::new();
    spec.extend(args.flag("class").map(|class| ("ingressClassName".to_string(), Value::from(class))));
    if let Some(text) = default {
        let refusal = || Failure::usage("default-backend should be in format servicename:serviceport");
        let backend = backend(text).ok_or_else(refusal)?;
        spec.insert("defaultBackend".into(), backend);
    }
    for (field, value) in [("tls", tls(&rules)), ("rules", by_host(&rules))] {
        if !value.is_empty() {
            spec.insert(field.into(), value.into());
        }
    }
    let metadata = json!({"name": name, "annotations": annotations(args)?});
    let tree = json!({
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": metadata,
        "spec": spec,
    });
    finish(cx, args, &tree, Some("ingress:"), "created")
}

fn annotations(args: &Args) -> Result<Map<String, Value>, Failure> {
    let pair = |text: &String| match text.split_once('=') {
        Some((key, value)) => Ok((key.to_string(), Value::from(value))),
        None => {
            Err(Failure::usage(format!("annotation {text} is invalid and should be in format key=[value]")))
        }
    };
    args.all("annotation").iter().map(pair).collect()
}

fn rule(text: &str) -> Result<Rule<'_>, Failure> {
    let invalid = || {
        Failure::usage(format!(
            "rule {text} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]"
        ))
    };
    let (route, tls) = text.split_once(',').map_or((text, None), |(route, tls)| (route, Some(tls)));
    let (address, service) = route.split_once('=').ok_or_else(invalid)?;
    let (host, path) = address.split_once('/').ok_or_else(invalid)?;
    let host_is_plain = host.chars().all(|c| c.is_ascii_alphanumeric() || "_*-.".contains(c));
    let secret = match tls.map(|tls| tls.split_once('=').unwrap_or((tls, ""))) {
        None => None,
        Some(("tls", secret)) => Some(secret),
        Some(_) => return Err(invalid()),
    };
    // A star at the end makes the path a prefix, and is no part of it.
    let (path, path_type) = match path.strip_suffix('*') {
        Some(prefix) => (prefix, "Prefix"),
        None => (path, "Exact"),
    };
    let backend = backend(service).filter(|_| host_is_plain).ok_or_else(invalid)?;
    Ok(Rule { host, path: format!("/{path}"), path_type, backend, secret })
}

fn backend(text: &str) -> Option<Value> {
    let (name, port) = text.split_once(':').filter(|(name, port)| !name.is_empty() && !port.is_empty())?;
    let port = match super::int_or_string(port) {
        Value::String(name) => json!({"name": name}),
        number => json!({"number": number}),
    };
    Some(json!({"service": {"name": name, "port": port}}))
}

/// The rules of each host together, in the order in which the hosts were named.
fn by_host(rules: &[Rule<'_>]) -> Vec<Value> {
    let mut hosts: Vec<(&str, Vec<Value>)> = Vec::new();
    for rule in rules {
        let path = json!({"path": rule.path, "pathType": rule.path_type, "backend": rule.backend});
        match hosts.iter_mut().find(|(host, _)| *host == rule.host) {
            Some((_, paths)) => paths.push(path),
            None => hosts.push((rule.host, vec![path])),
        }
    }
    let tree = |(host, paths): (&str, Vec<Value>)| {
        let mut tree = json!({"http": {"paths": paths}});
        if !host.is_empty() {
            tree["host"] = host.into();
        }
        tree
    };
    hosts.into_iter().map(tree).collect()
}

/// The hosts of each secret together; a host is named once.
fn tls(rules: &[Rule<'_>]) -> Vec<Value> {
    let mut secrets: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for rule in rules {
        let Some(secret) = rule.secret else { continue };
        if seen.contains(&rule.host) {
            continue;
        }
        seen.push(rule.host);
        match secrets.iter_mut().find(|(other, _)| *other == secret) {
            Some((_, hosts)) => hosts.push(rule.host),
            None if secret.is_empty() && rule.host.is_empty() => {}
            None => secrets.push((secret, Vec::from_iter((!rule.host.is_empty()).then_some(rule.host)))),
        }
    }
    let tree = |(secret, hosts): (&str, Vec<&str>)| {
        let mut tree = json!({"hosts": hosts});
        if !secret.is_empty() {
            tree["secretName"] = secret.into();
        }
        tree
    };
    secrets.into_iter().map(tree).collect()
}
