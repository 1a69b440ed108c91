//! `kubectl rollout history`.

use super::revisions::{self, CHANGE_CAUSE, Keeper, Revision};
use crate::command::{Cx, outcome};
use crate::describe::pod_template;
use crate::printer::{Format, done};
use crate::trouble::Trouble;
use crate::{Args, Failure};
use orrery_api::Object;
use std::rc::Rc;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let number = super::revision(args, "revision")?;
    if args.flag("output").is_some_and(|output| !output.is_empty()) {
        return print(cx, args, number);
    }
    super::each(cx, args, &|cx, object| {
        let revisions = list(cx, object)?;
        let told = if revisions.is_empty() {
            "No rollout history found.".into()
        } else if number > 0 {
            details(object, &revisions, number)?
        } else {
            overview(&revisions)
        };
        let head = if number > 0 { format!("with revision #{number}") } else { String::new() };
        Ok(format!("{head}\n{told}"))
    })
}

fn list(cx: &Cx<'_>, object: &Object) -> Result<Vec<Revision>, Trouble> {
    revisions::list(cx.api(), object)
        .ok_or_else(|| super::missing(object.kind(), "history viewer", "history"))
}

/// Prints what keeps each revision, or the workload as it was then, as `-o` asks.
fn print(cx: &mut Cx<'_>, args: &Args, number: i64) -> Result<(), Failure> {
    Format::parse(cx, args)?;
    let mut troubles = Vec::new();
    for found in super::objects(cx, args)? {
        match found.and_then(|object| kept(cx, &object, number)) {
            Ok(all) => all.iter().try_for_each(|object| done(cx, args, object, ""))?,
            Err(trouble) => troubles.push(trouble),
        }
    }
    outcome(troubles)
}

fn kept(cx: &Cx<'_>, workload: &Object, number: i64) -> Result<Vec<Object>, Trouble> {
    let revisions = list(cx, workload)?;
    let wanted = revisions.iter().filter(|revision| number == 0 || revision.number == number);
    let kept: Vec<Object> =
        wanted.map(|it| it.object(workload)).collect::<Result<_, _>>().map_err(Trouble::Text)?;
    match kept.is_empty() && number > 0 {
        true => Err(missing()),
        false => Ok(kept),
    }
}

fn missing() -> Trouble {
    Trouble::Text("unable to find the specified revision".into())
}

/// Number and cause of every revision.
fn overview(revisions: &[Revision]) -> String {
    let width = "REVISION".len();
    let mut text = String::from("REVISION  CHANGE-CAUSE\n");
    for revision in revisions {
        let cause = revision.cause().map_or("<none>", |cause| cause);
        text += &format!("{:<width$}  {cause}\n", revision.number);
    }
    text
}

/// The template of one revision.
fn details(object: &Object, revisions: &[Revision], number: i64) -> Result<String, Trouble> {
    let revision = revisions.iter().rfind(|revision| revision.number == number).ok_or_else(missing)?;
    let mut template = revision.template(object).map_err(Trouble::Text)?;
    if let (Keeper::ReplicaSet(_), Some(cause)) = (&revision.keeper, revision.cause()) {
        Rc::make_mut(&mut template).metadata.annotations.insert(CHANGE_CAUSE, cause.clone());
    }
    Ok(pod_template::describe(&template))
}
