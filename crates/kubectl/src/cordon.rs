//! `kubectl cordon` and `kubectl uncordon`.

use crate::command::Cx;
use crate::trouble::Trouble;
use crate::{Args, Failure};
use orrery_api::{Kind, Node};
use orrery_apimachinery::Status;

pub(crate) fn cordon(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    set(cx, args, true)
}

pub(crate) fn uncordon(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    set(cx, args, false)
}

fn set(cx: &mut Cx<'_>, args: &Args, unschedulable: bool) -> Result<(), Failure> {
    let word = if unschedulable { "cordoned" } else { "uncordoned" };
    for name in &args.words {
        let name = name.strip_prefix("node/").unwrap_or(name);
        let Some(node) = cx.api().get::<Node>("", name) else {
            cx.complain(Trouble::Refused(Status::not_found(&Kind::Node.resource(), name)).alone());
            continue;
        };
        if node.spec.unschedulable == unschedulable {
            cx.say(format!("node/{name} already {word}"));
            continue;
        }
        cx.send(|api, request| {
            api.modify::<Node>(request, "", name, |n| n.spec.unschedulable = unschedulable)
        })?;
        cx.say(format!("node/{name} {word}"));
    }
    Ok(())
}
