//! `kubectl create poddisruptionbudget`.

use super::{finish, int_or_string, name};
use crate::command::Cx;
use crate::{Args, Failure};
use orrery_apimachinery::decode::encode;
use orrery_apimachinery::{LabelSelector, labels};
use serde_json::json;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let (name, _) = name(args)?;
    let [selector, least, most] =
        ["selector", "min-available", "max-unavailable"].map(|flag| args.flag(flag).unwrap_or_default());
    let is_amount = |text: &str| {
        let digits = text.strip_suffix('%').unwrap_or(text);
        text.is_empty() || (!digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit()))
    };
    let refusal = match (selector, least, most) {
        ("", ..) => Some("a selector must be specified"),
        (_, "", "") => Some("one of min-available or max-unavailable must be specified"),
        (_, least, most) if !least.is_empty() && !most.is_empty() => {
            Some("min-available and max-unavailable cannot be both specified")
        }
        (_, least, _) if !is_amount(least) => Some("invalid format specified for min-available"),
        (_, _, most) if !is_amount(most) => Some("invalid format specified for max-unavailable"),
        _ => None,
    };
    if let Some(refusal) = refusal {
        return Err(Failure::usage(refusal));
    }
    let mut spec = json!({"selector": encode(&label_selector(selector)?)});
    match least {
        "" => spec["maxUnavailable"] = int_or_string(most),
        least => spec["minAvailable"] = int_or_string(least),
    }
    let tree = json!({
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": name},
        "spec": spec,
    });
    finish(cx, args, &tree, Some("poddisruptionbudgets:"), "created")
}

/// A selector in which what is to be equal is a label (upstream: `metav1.ParseToLabelSelector`).
fn label_selector(text: &str) -> Result<LabelSelector, Failure> {
    let parsed = labels::parse(text)
        .map_err(|why| Failure::usage(format!("couldn't parse the selector string {text:?}: {why}")))?;
    let mut selector = LabelSelector::default();
    for requirement in parsed.match_expressions {
        match (&*requirement.operator, &requirement.values[..]) {
            ("In", [value]) => drop(selector.match_labels.insert(requirement.key, value.clone())),
            _ => selector.match_expressions.push(requirement),
        }
    }
    Ok(selector)
}
