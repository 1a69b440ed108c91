//! `kubectl get componentstatuses`: the one resource that is not stored, but asked for (upstream:
//! `pkg/registry/core/componentstatus`).

use crate::command::Cx;
use crate::printer::{Format, print_tree};
use crate::trouble::Trouble;
use crate::{Args, Failure, tabs};
use orrery_apimachinery::{Status, Value};
use serde_json::json;

const DEPRECATED: &str = "Warning: v1 ComponentStatus is deprecated in v1.19+\n";

/// The names of components that a command line asks for, if it asks for components.
pub(crate) fn asked(args: &Args) -> Option<Vec<&str>> {
    let is_kind = |word: &str| matches!(word, "componentstatuses" | "componentstatus" | "cs");
    let (first, rest) = args.words.split_first()?;
    match first.split_once('/') {
        Some((kind, name)) if is_kind(kind) && rest.is_empty() => Some(vec![name]),
        None if is_kind(first) => Some(rest.iter().map(String::as_str).collect()),
        _ => None,
    }
}

pub(crate) fn get(cx: &mut Cx<'_>, args: &Args, names: &[&str], format: &Format) -> Result<(), Failure> {
    let all = cx.session.component_statuses();
    cx.output.tell(DEPRECATED);
    let mut found: Vec<(String, bool)> = Vec::new();
    for name in names {
        match all.iter().find(|(known, _)| known == name) {
            Some(component) => found.push(component.clone()),
            None if args.on("ignore-not-found") => {}
            None => {
                let status = Status::not_found("componentstatuses", name);
                cx.complain(Trouble::Refused(status).alone());
            }
        }
    }
    if names.is_empty() {
        found = all;
    }
    match format {
        Format::Name => found.iter().for_each(|(name, _)| cx.say(["componentstatus/", name].concat())),
        Format::Human { .. } if found.is_empty() => {}
        Format::Human { .. } => {
            let heads = if args.on("no-headers") { "" } else { "NAME\tSTATUS\tMESSAGE\tERROR\n" };
            let rows = found.iter().map(|(name, answers)| {
                let status = if *answers { "Healthy" } else { "Unhealthy" };
                [name, "\t", status, "\t", &message(name, *answers), "\t\n"].concat()
            });
            let text: String = [heads.to_owned()].into_iter().chain(rows).collect();
            cx.output.stdout += &tabs::align_apart(&text, tabs::WIDE);
        }
        format => {
            let mut trees: Vec<Value> = found.iter().map(|(name, answers)| tree(name, *answers)).collect();
            let tree = match names {
                [_] if trees.len() == 1 => trees.remove(0),
                [_] => return Ok(()),
                _ => {
                    json!({"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": trees})
                }
            };
            print_tree(cx, format, &tree)?;
        }
    }
    Ok(())
}

/// What a component said, or what became of the question.
fn message(name: &str, answers: bool) -> String {
    let port = match name {
        _ if answers => return "ok".into(),
        "controller-manager" => "10257",
        "scheduler" => "10259",
        _ => return "context deadline exceeded".into(),
    };
    format!(
        "Get \"https://127.0.0.1:{port}/healthz\": dial tcp 127.0.0.1:{port}: connect: connection refused"
    )
}

fn tree(name: &str, answers: bool) -> Value {
    let status = if answers { "True" } else { "False" };
    json!({
        "apiVersion": "v1",
        "kind": "ComponentStatus",
        "metadata": {"name": name, "creationTimestamp": null},
        "conditions": [{"type": "Healthy", "status": status, "message": message(name, answers)}],
    })
}
