//! `kubectl apply set-last-applied` (upstream: `pkg/cmd/apply/apply_set_last_applied.go`).

use super::{LAST_APPLIED, remember};
use crate::command::Cx;
use crate::json::compact;
use crate::printer::done;
use crate::{Args, Failure, manifest};

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let mut changes = Vec::new();
    for manifest in manifest::read(cx, args)? {
        let live = cx.get(&manifest.key)?;
        let text = compact(&manifest.placed()) + "\n";
        let name = &manifest.key.name;
        match live.metadata().annotations.get(LAST_APPLIED) {
            None if !args.on("create-annotation") => {
                return Err(Failure::usage(format!(
                    "no last-applied-configuration annotation found on resource: {name}, to create the annotation, run the command with --create-annotation"
                )));
            }
            Some(known) if known.trim() == text.trim() => {
                cx.say(format!("set-last-applied {name}: no changes required."));
            }
            _ => changes.push((live, text)),
        }
    }
    for (live, text) in changes {
        let object = if cx.dry_run.sends() { remember(cx, &live, &text)? } else { live };
        done(cx, args, &object, "configured")?;
    }
    Ok(())
}
