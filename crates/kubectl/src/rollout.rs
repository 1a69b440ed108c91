//! `kubectl rollout …`: how templates of Deployments, DaemonSets and StatefulSets follow one another
//! (upstream: `pkg/cmd/rollout`, `pkg/polymorphichelpers`).

pub(crate) mod change;
pub(crate) mod history;
mod revisions;
pub(crate) mod status;
pub(crate) mod undo;

use crate::command::{Cx, outcome};
use crate::printer::done;
use crate::target::{self, Found};
use crate::trouble::Trouble;
use crate::{Args, Failure};
use orrery_api::{Kind, Object};

/// The objects that the command line names; a kind alone means all of it.
fn objects(cx: &mut Cx<'_>, args: &Args) -> Result<Vec<Found>, Failure> {
    if args.words.is_empty() && args.all("filename").is_empty() {
        return Err(Failure::usage("required resource not specified"));
    }
    target::visit_all(cx, args, &args.words)
}

/// Does `act` for one object after the other and says of each what came of it.
fn each(
    cx: &mut Cx<'_>,
    args: &Args,
    act: &dyn Fn(&mut Cx<'_>, &Object) -> Result<String, Trouble>,
) -> Result<(), Failure> {
    let mut troubles = Vec::new();
    for found in objects(cx, args)? {
        match found.and_then(|object| Ok((act(cx, &object)?, object))) {
            Ok((operation, object)) => done(cx, args, &object, &operation)?,
            Err(trouble) => troubles.push(trouble),
        }
    }
    outcome(troubles)
}

/// The revision that a flag asks for; zero means none in particular.
fn revision(args: &Args, flag: &str) -> Result<i64, Failure> {
    match args.number(flag).unwrap_or(0) {
        number @ 0.. => Ok(number),
        number => Err(Failure::usage(format!("revision must be a positive integer: {number}"))),
    }
}

/// `ReplicaSet.apps`: a kind with its group (Go: `schema.GroupKind`).
fn group_kind(kind: Kind) -> String {
    match kind.group() {
        "" => kind.name().into(),
        group => format!("{}.{group}", kind.name()),
    }
}

/// Why a kind has no `helper` such as a history viewer, which was looked for to get at `what`
/// (upstream: `GroupKindElement.Accept`).
fn missing(kind: Kind, helper: &str, what: &str) -> Trouble {
    let (name, own) = (group_kind(kind), kind.name());
    let known = ["CronJob", "Job", "Pod", "ReplicaSet", "ReplicationController"].contains(&own);
    Trouble::Text(if known {
        format!("no {helper} has been implemented for {name:?}")
    } else {
        let group = kind.group();
        format!("error retrieving {what} for {name:?}, no visitor method exists for {{{group} {own}}}")
    })
}
