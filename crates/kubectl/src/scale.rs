//! `kubectl scale`.

use crate::command::{Cx, DryRun, outcome};
use crate::printer::done;
use crate::trouble::Trouble;
use crate::{Args, Failure, record, target};
use orrery_api::Object;
use orrery_apiserver::Key;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let replicas = args.number("replicas").ok_or_else(|| Failure::required("\"replicas\""))?;
    let replicas = i32::try_from(replicas).ok().filter(|n| *n >= 0).ok_or_else(|| {
        Failure::usage("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0")
    })?;
    if args.number("current-replicas").is_some_and(|current| current < -1) {
        return Err(Failure::usage("The --current-replicas must specify an integer of -1 or greater"));
    }
    let (mut objects, mut troubles) = (Vec::new(), Vec::new());
    for found in target::visit(cx, args, &args.words)? {
        match found {
            Ok(object) => objects.push(object),
            Err(trouble) => troubles.push(trouble),
        }
    }
    if objects.is_empty() {
        let missing: Vec<String> = troubles.iter().map(Trouble::bare).collect();
        return Err(Failure::usage(format!("no objects passed to scale {}", missing.join(", ")).trim_end()));
    }
    for object in objects {
        scale(cx, args, &object, replicas)?;
        done(cx, args, &object, "scaled")?;
    }
    outcome(troubles)
}

fn scale(cx: &mut Cx<'_>, args: &Args, object: &Object, replicas: i32) -> Result<(), Failure> {
    let key = Key::of(object);
    let expected = |what: &str, wanted: &str, found: String| match found == wanted {
        true => Ok(()),
        false => Err(Failure::usage(format!("Expected {what} to be {wanted}, was {found}"))),
    };
    if let (Some(wanted @ 0..), Some(current)) = (args.number("current-replicas"), cx.api().replicas(&key)) {
        expected("replicas", &wanted.to_string(), current.to_string())?;
    }
    if let Some(wanted) = args.flag("resource-version") {
        expected("resource version", wanted, object.metadata().resource_version.to_string())?;
    }
    if cx.dry_run != DryRun::Client {
        let scaled = cx.send(|api, request| api.scale(request, &key, replicas))?;
        record::afterwards(cx, args, scaled)?;
    }
    Ok(())
}
