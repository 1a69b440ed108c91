//! `kubectl scale`.

use crate::command::Cx;
use crate::target::{self, Target};
use crate::{Args, Failure};

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let text =
        args.flag("replicas").ok_or_else(|| Failure::usage("required flag(s) \"replicas\" not set"))?;
    let replicas: i32 = text.parse().ok().filter(|n| *n >= 0).ok_or_else(|| {
        Failure::usage("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0")
    })?;
    for target in target::parse(cx.session.api(), args, &args.words[1..])? {
        let Target::One(key) = target else {
            return Err(Failure::usage("resource(s) were provided, but no name was specified"));
        };
        match cx.send(|api, request| api.scale(request, &key, replicas)) {
            Ok(_) => cx.say(format!("{} scaled", target::display(&key))),
            Err(status) => cx.complain(crate::command::server_error(&status)),
        }
    }
    Ok(())
}
