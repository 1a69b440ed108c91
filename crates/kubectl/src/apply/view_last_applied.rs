//! `kubectl apply view-last-applied` (upstream: `pkg/cmd/apply/apply_view_last_applied.go`).

use super::LAST_APPLIED;
use crate::command::Cx;
use crate::create::usage;
use crate::json::indented;
use crate::{Args, Failure, target};
use orrery_apimachinery::Value;
use orrery_manifest::to_yaml;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let mut texts = Vec::new();
    for object in target::visit(cx, args, &args.words)? {
        let object = object?;
        let file = args.all("filename").first();
        match (object.metadata().annotations.get(LAST_APPLIED), file) {
            (Some(text), _) => texts.push(text.to_string()),
            // An object that no file names is passed over.
            (None, None) => {}
            (None, Some(file)) => {
                let name = &object.metadata().name;
                return Err(Failure::usage(format!(
                    "error when no last-applied-configuration annotation found on resource: {name}\n {file:?}: <nil>"
                )));
            }
        }
    }
    for text in texts {
        let tree: Value = serde_json::from_str(&text).unwrap_or_default();
        match args.flag("output").unwrap_or("yaml") {
            "json" => cx.say(indented(&tree, b"  ")),
            "yaml" => cx.output.stdout += &to_yaml(&tree),
            other => {
                let refusal =
                    format!("Unexpected -o output mode: {other}, the flag 'output' must be one of yaml|json");
                return Err(usage(args, &refusal));
            }
        }
    }
    Ok(())
}
