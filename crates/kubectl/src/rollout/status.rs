//! `kubectl rollout status`: follows a rollout to its end (upstream: `polymorphichelpers/rollout_status.go`).

use super::revisions;
use crate::command::Cx;
use crate::follow::Follow;
use crate::{Args, Failure};
use orrery_api::daemon_set::ON_DELETE;
use orrery_api::{DaemonSet, Deployment, Object, StatefulSet};
use orrery_apiserver::{Key, Op, Revision};
use orrery_sim::{Duration, SimTime};

/// How long it waits unless told otherwise: upstream waits for ever.
const PATIENCE: Duration = Duration::from_secs(3_600);

/// What is said, and whether it is the last word.
type Progress = Result<(String, bool), Failure>;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let number = super::revision(args, "revision")?;
    let deadline = cx.session.now() + args.duration("timeout").unwrap_or(PATIENCE);
    let mut found = super::objects(cx, args)?;
    let count = found.len();
    let Some(first) = found.pop().filter(|_| count == 1) else {
        return Err(Failure::usage(format!(
            "rollout status is only supported on individual resources and resource collections - {count} resources were found"
        )));
    };
    let object = first?;
    let (key, seen) = (Key::of(&object), cx.api().revision());
    let (line, done) = progress(&object, number)?;
    cx.say(line);
    if done || args.flag("watch").is_some_and(|_| !args.on("watch")) {
        return Ok(());
    }
    cx.follow(args, Box::new(Rollout { key, number, seen, deadline }))
}

/// A rollout that is followed, and how far it was looked at.
struct Rollout {
    key: Key,
    number: i64,
    seen: Revision,
    deadline: SimTime,
}

impl Follow for Rollout {
    fn look(&mut self, cx: &mut Cx<'_>, _: &Args) -> Result<bool, Failure> {
        while self.seen < cx.api().revision() {
            self.seen += 1;
            match cx.api().change(self.seen).filter(|change| Key::of(&change.value) == self.key) {
                Some(change) if change.op == Op::Deleted => {
                    return Err(Failure::usage("object has been deleted"));
                }
                Some(change) => {
                    let (line, done) = progress(&change.value, self.number)?;
                    cx.say(line);
                    if done {
                        return Ok(true);
                    }
                }
                None => {}
            }
        }
        match cx.session.now() >= self.deadline {
            true => Err(Failure::usage("timed out waiting for the condition")),
            false => Ok(false),
        }
    }

    fn ends(&self) -> bool {
        true
    }
}

fn progress(object: &Object, number: i64) -> Progress {
    match object {
        Object::Deployment(deployment) => of_deployment(deployment, number),
        Object::DaemonSet(set) => of_daemon_set(set),
        Object::StatefulSet(set) => of_stateful_set(set),
        other => {
            let kind = super::group_kind(other.kind());
            Err(Failure::usage(format!("no status viewer has been implemented for {kind}")))
        }
    }
}

fn of_deployment(deployment: &Deployment, number: i64) -> Progress {
    let (name, status) = (&deployment.metadata.name, &deployment.status);
    let running = revisions::number(&deployment.metadata).unwrap_or(0);
    if number > 0 && number != running {
        return Err(Failure::usage(format!(
            "desired revision ({number}) is different from the running revision ({running})"
        )));
    }
    if deployment.metadata.generation > status.observed_generation {
        return Ok(("Waiting for deployment spec update to be observed...".into(), false));
    }
    let condition = status.conditions.iter().find(|c| &*c.type_ == "Progressing");
    if condition.is_some_and(|c| c.reason.as_deref() == Some("ProgressDeadlineExceeded")) {
        return Err(Failure::usage(format!("deployment \"{name}\" exceeded its progress deadline")));
    }
    let (updated, wanted) = (status.updated_replicas, deployment.spec.replicas.unwrap_or(1));
    let missing = if updated < wanted {
        format!("{updated} out of {wanted} new replicas have been updated")
    } else if status.replicas > updated {
        format!("{} old replicas are pending termination", status.replicas - updated)
    } else if status.available_replicas < updated {
        format!("{} of {updated} updated replicas are available", status.available_replicas)
    } else {
        return Ok((format!("deployment \"{name}\" successfully rolled out"), true));
    };
    Ok((format!("Waiting for deployment \"{name}\" rollout to finish: {missing}..."), false))
}

/// There is nothing to follow while people replace the pods themselves.
fn not_rolling() -> Failure {
    Failure::usage("rollout status is only available for RollingUpdate strategy type")
}

fn of_daemon_set(set: &DaemonSet) -> Progress {
    let (name, status) = (&set.metadata.name, &set.status);
    if set.spec.update_strategy.type_.as_deref() == Some(ON_DELETE) {
        return Err(not_rolling());
    }
    if set.metadata.generation > status.observed_generation {
        return Ok(("Waiting for daemon set spec update to be observed...".into(), false));
    }
    let (updated, wanted) = (status.updated_number_scheduled, status.desired_number_scheduled);
    let missing = if updated < wanted {
        format!("{updated} out of {wanted} new pods have been updated")
    } else if status.number_available < wanted {
        format!("{} of {wanted} updated pods are available", status.number_available)
    } else {
        return Ok((format!("daemon set \"{name}\" successfully rolled out"), true));
    };
    Ok((format!("Waiting for daemon set \"{name}\" rollout to finish: {missing}..."), false))
}

fn of_stateful_set(set: &StatefulSet) -> Progress {
    let (spec, status) = (&set.spec, &set.status);
    if spec.update_strategy.type_.as_deref() == Some(ON_DELETE) {
        return Err(not_rolling());
    }
    if status.observed_generation == 0 || set.metadata.generation > status.observed_generation {
        return Ok(("Waiting for statefulset spec update to be observed...".into(), false));
    }
    let (updated, wanted) = (status.updated_replicas, spec.replicas.unwrap_or(1));
    if status.ready_replicas < wanted {
        return Ok((format!("Waiting for {} pods to be ready...", wanted - status.ready_replicas), false));
    }
    let (current, update) = (text(&status.current_revision), text(&status.update_revision));
    if let Some(rolling) = &spec.update_strategy.rolling_update {
        let above = wanted - rolling.partition.unwrap_or(0);
        if updated < above {
            let missing = format!("{updated} out of {above} new pods have been updated");
            return Ok((format!("Waiting for partitioned roll out to finish: {missing}..."), false));
        }
        return Ok((format!("partitioned roll out complete: {updated} new pods have been updated..."), true));
    }
    if update != current {
        let pods = format!("{updated} pods at revision {update}");
        return Ok((format!("waiting for statefulset rolling update to complete {pods}..."), false));
    }
    Ok((
        format!(
            "statefulset rolling update complete {} pods at revision {current}...",
            status.current_replicas
        ),
        true,
    ))
}

fn text(revision: &Option<orrery_apimachinery::Str>) -> &str {
    revision.as_deref().unwrap_or_default()
}
