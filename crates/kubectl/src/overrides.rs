//! `--overrides`: what is changed of a generated object before it is sent (upstream: `cmd/util/override_options.go`).

use crate::{Args, Failure};
use orrery_api::{Kind, Object};
use orrery_apimachinery::Value;
use orrery_apimachinery::decode::ProblemKind;
use orrery_apimachinery::patch::{json_merge, json_patch, strategic_merge};

/// The object that a command line makes of a generated one.
pub(crate) fn apply(args: &Args, kind: Kind, generated: Value) -> Result<Value, Failure> {
    let text = args.flag("overrides").unwrap_or_default();
    if text.is_empty() {
        return Ok(generated);
    }
    let type_ = args.flag("override-type").filter(|name| !name.is_empty()).unwrap_or("merge");
    if !["json", "merge", "strategic"].contains(&type_) {
        return Err(Failure::usage(format!("invalid override type: {type_}")));
    }
    let change: Value =
        serde_json::from_str(text).map_err(|error| Failure::usage(unreadable(type_, text, &error)))?;
    let mut tree = generated;
    match type_ {
        "json" => json_patch(&mut tree, &change).map_err(Failure::usage)?,
        "merge" => json_merge(&mut tree, &change),
        _ => strategic_merge(&mut tree, &change).map_err(Failure::usage)?,
    }
    // Fields that nobody knows are lost on the way, as in the types of Go.
    let (object, problems) = Object::decode(kind, &tree);
    let wrong = problems.iter().find(|problem| !matches!(problem.kind, ProblemKind::UnknownField { .. }));
    match wrong {
        None => Ok(object.to_value()),
        Some(problem) => Err(Failure::usage(problem.to_string())),
    }
}

/// What the libraries of each kind of patch say of a text that is no JSON.
fn unreadable(type_: &str, text: &str, error: &serde_json::Error) -> String {
    match type_ {
        "merge" => "Invalid JSON Patch".into(),
        "strategic" => "invalid JSON document".into(),
        _ if error.is_eof() => "unexpected end of JSON input".into(),
        _ => {
            let line = text.lines().nth(error.line() - 1).unwrap_or_default();
            let wrong = line.chars().nth(error.column().saturating_sub(1)).unwrap_or_default();
            format!("invalid character '{wrong}' looking for beginning of value")
        }
    }
}
