//! `kubectl annotate`.

use crate::command::{Cx, outcome};
use crate::label::{check, list};
use crate::pairs::{self, Pairs};
use crate::printer::done;
use crate::record::{self, CHANGE_CAUSE};
use crate::trouble::Trouble;
use crate::{Args, Failure, target};
use orrery_api::Object;
use orrery_apiserver::Key;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let (resources, words) = pairs::split(&args.words, "annotation")?;
    let pairs = Pairs::parse(words, "annotation")?;
    check(args, resources, "annotation", &pairs)?;
    let both: Vec<&str> =
        pairs.remove.iter().filter(|k| pairs.set.iter().any(|(o, _)| o == *k)).map(|k| &**k).collect();
    if !both.is_empty() {
        return Err(Failure::usage(format!(
            "can not both modify and remove the following annotation(s) in the same command: {}",
            both.join(", ")
        )));
    }
    let mut troubles = Vec::new();
    let objects = target::visit(cx, args, resources)?;
    let one = objects.len() == 1;
    for object in objects {
        match object.and_then(|object| Ok((annotated(cx, args, &object, &pairs)?, object))) {
            Ok((_, object)) if args.on("list") => {
                list(cx, &object, "annotations", &object.metadata().annotations, one);
            }
            Ok((annotated, _)) => {
                let annotated = record::afterwards(cx, args, annotated)?;
                done(cx, args, &annotated, "annotated")?;
            }
            Err(trouble) => troubles.push(trouble),
        }
    }
    outcome(troubles)
}

fn annotated(cx: &mut Cx<'_>, args: &Args, object: &Object, pairs: &Pairs) -> Result<Object, Trouble> {
    let annotations = &object.metadata().annotations;
    let declared: Vec<String> = pairs
        .overwritten(annotations)
        .filter(|(key, _)| *key != CHANGE_CAUSE)
        .map(|(key, old)| format!("'{key}' already has a value ({old})"))
        .collect();
    if !declared.is_empty() && !args.on("overwrite") {
        return Err(Trouble::Text(format!(
            "--overwrite is false but found the following declared annotation(s): {}",
            declared.join("; ")
        )));
    }
    if args.on("list") || !cx.dry_run.sends() {
        let mut annotated = object.clone();
        pairs.apply(&mut annotated.metadata_mut().annotations);
        return Ok(annotated);
    }
    Ok(cx.patch(&Key::of(object), &pairs.patch("annotations", annotations))?)
}
