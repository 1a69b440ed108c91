//! `kubectl apply edit-last-applied`: what the person's editor makes of the annotation.

use super::{last_applied, remember};
use crate::command::Cx;
use crate::edit::EDITED;
use crate::json::compact;
use crate::printer::done;
use crate::{Args, Failure, manifest, target};
use orrery_apiserver::Key;
use orrery_manifest::{Limits, read};

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let mut applied = Vec::new();
    for object in target::visit_all(cx, args, &args.words)? {
        let object = object?;
        applied.extend(last_applied(&object).map(|tree| (object, tree)));
    }
    if applied.is_empty() {
        return Err(Failure::usage(
            "no last-applied-configuration annotation found on resources, to create the annotation, use command `kubectl apply set-last-applied --create-annotation`",
        ));
    }
    let text = cx.files.read(EDITED).unwrap_or_default();
    let documents = read(&text, &Limits::default()).documents;
    let mut changed = false;
    for (object, before) in applied {
        let key = Key::of(&object);
        let edited = documents.iter().find(|document| {
            manifest::key_of(cx.api(), &document.value, args.namespace()).is_ok_and(|found| found == key)
        });
        let Some(edited) = edited.filter(|document| document.value != before) else { continue };
        changed = true;
        let object = remember(cx, &object, &(compact(&edited.value) + "\n"))?;
        done(cx, args, &object, "edited")?;
    }
    if !changed {
        cx.output.tell("Edit cancelled, no changes made.\n");
    }
    Ok(())
}
