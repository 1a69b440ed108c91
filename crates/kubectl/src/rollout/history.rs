//! `kubectl rollout history`.

use super::revisions::{self, CHANGE_CAUSE, Keeper, Revision};
use crate::command::Cx;
use crate::describe::pod_template;
use crate::trouble::Trouble;
use crate::{Args, Failure};
use orrery_api::Object;
use std::rc::Rc;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let number = super::revision(args, "revision")?;
    super::each(cx, args, &|cx, object| {
        let revisions = revisions::list(cx.api(), object)
            .ok_or_else(|| super::missing(object.kind(), "history viewer", "history"))?;
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
    let missing = || Trouble::Text("unable to find the specified revision".into());
    let revision = revisions.iter().rfind(|revision| revision.number == number).ok_or_else(missing)?;
    let mut template = revision.template(object).map_err(Trouble::Text)?;
    if let (Keeper::ReplicaSet(_), Some(cause)) = (&revision.keeper, revision.cause()) {
        Rc::make_mut(&mut template).metadata.annotations.insert(CHANGE_CAUSE, cause.clone());
    }
    Ok(pod_template::describe(&template))
}
