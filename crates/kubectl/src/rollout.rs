//! `kubectl rollout`: history, pause, restart, resume, status and undo of Deployments.

use crate::command::Cx;
use crate::target::{self, Target};
use crate::{Args, Failure};
use orrery_api::{Deployment, Kind, PodTemplateSpec, ReplicaSet};
use orrery_apimachinery::{ObjectMeta, Status};
use orrery_apiserver::Key;
use orrery_sim::Duration;
use std::rc::Rc;

/// The annotation that numbers a ReplicaSet's place in the history.
const REVISION: &str = "deployment.kubernetes.io/revision";
/// The annotation that says why a revision was made.
const CHANGE_CAUSE: &str = "kubernetes.io/change-cause";
/// The label that tells the ReplicaSets of a Deployment apart.
const TEMPLATE_HASH: &str = "pod-template-hash";
/// The annotation by which a restart changes the template.
const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";
/// How often `status` looks.
const LOOK: Duration = Duration::from_millis(500);
/// How long `status` looks at most.
const PATIENCE: Duration = Duration::from_secs(3_600);

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    if args.words.is_empty() {
        return Err(Failure::usage("required resource not specified"));
    }
    for target in target::parse(cx.api(), args, &args.words)? {
        let Target::One(key) = target else {
            return Err(Failure::usage("required resource not specified"));
        };
        if key.kind != Kind::Deployment {
            return Err(Failure::usage(format!(
                "no history viewer has been implemented for \"{}\"",
                key.kind.name()
            )));
        }
        match args.command.rsplit(' ').next().unwrap_or_default() {
            "history" => history(cx, &key)?,
            "pause" => set_paused(cx, &key, true)?,
            "resume" => set_paused(cx, &key, false)?,
            "restart" => restart(cx, &key)?,
            "status" => status(cx, &key, args)?,
            _ => undo(cx, &key, args)?,
        }
    }
    Ok(())
}

fn deployment(cx: &Cx<'_>, key: &Key) -> Result<Rc<Deployment>, Failure> {
    let found = cx.api().get::<Deployment>(&key.namespace, &key.name).cloned();
    Ok(found.ok_or_else(|| Status::not_found(&key.resource(), &key.name))?)
}

/// The revisions of a Deployment, the oldest first.
fn revisions(cx: &Cx<'_>, deployment: &Deployment) -> Vec<(i64, Rc<ReplicaSet>)> {
    let mine = |meta: &ObjectMeta| meta.controller().is_some_and(|o| o.uid == deployment.metadata.uid);
    let number = |rs: &ReplicaSet| rs.metadata.annotations.get(REVISION)?.parse::<i64>().ok();
    let mut found: Vec<(i64, Rc<ReplicaSet>)> = cx
        .api()
        .list_in::<ReplicaSet>(&deployment.metadata.namespace)
        .filter(|rs| mine(&rs.metadata))
        .filter_map(|rs| Some((number(rs)?, rs.clone())))
        .collect();
    found.sort_by_key(|(revision, _)| *revision);
    found
}

fn history(cx: &mut Cx<'_>, key: &Key) -> Result<(), Failure> {
    let deployment = deployment(cx, key)?;
    cx.say(format!("{} ", target::display(key)));
    cx.say("REVISION  CHANGE-CAUSE");
    for (revision, rs) in revisions(cx, &deployment) {
        let cause = rs.metadata.annotations.get(CHANGE_CAUSE).map_or("<none>", |c| c);
        cx.say(format!("{revision:<8}  {cause}"));
    }
    cx.say("");
    Ok(())
}

fn set_paused(cx: &mut Cx<'_>, key: &Key, paused: bool) -> Result<(), Failure> {
    let word = if paused { "paused" } else { "resumed" };
    if deployment(cx, key)?.spec.paused == paused {
        let state = if paused { "already paused" } else { "not paused" };
        return Err(Failure::usage(format!("deployments.apps \"{}\" is {state}", key.name)));
    }
    cx.send(|api, request| {
        api.modify::<Deployment>(request, &key.namespace, &key.name, |d| d.spec.paused = paused)
    })?;
    cx.say(format!("{} {word}", target::display(key)));
    Ok(())
}

fn restart(cx: &mut Cx<'_>, key: &Key) -> Result<(), Failure> {
    if deployment(cx, key)?.spec.paused {
        return Err(Failure::usage("can't restart paused deployment (run rollout resume first)"));
    }
    let date = cx.api().date(cx.session.now()).to_string();
    cx.send(|api, request| {
        api.modify::<Deployment>(request, &key.namespace, &key.name, |d| {
            let template = Rc::make_mut(&mut d.spec.template);
            template.metadata.annotations.insert(RESTARTED_AT, date);
        })
    })?;
    cx.say(format!("{} restarted", target::display(key)));
    Ok(())
}

fn undo(cx: &mut Cx<'_>, key: &Key, args: &Args) -> Result<(), Failure> {
    let deployment = deployment(cx, key)?;
    if deployment.spec.paused {
        return Err(Failure::usage(format!(
            "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume deployment/{}' and try again",
            key.name
        )));
    }
    let wanted: i64 = args.flag("to-revision").and_then(|n| n.parse().ok()).unwrap_or(0);
    let revisions = revisions(cx, &deployment);
    let chosen = match wanted {
        // The last but one.
        0 => revisions.len().checked_sub(2).and_then(|i| revisions.get(i)),
        number => revisions.iter().find(|(revision, _)| *revision == number),
    };
    let Some((_, rs)) = chosen else {
        let text = match wanted {
            0 => format!("no rollout history found for deployment \"{}\"", key.name),
            number => format!("unable to find specified revision {number} in history"),
        };
        return Err(Failure::usage(text));
    };
    let template = without_hash(&rs.spec.template);
    if template == *deployment.spec.template {
        cx.say(format!(
            "{} skipped rollback (current template already matches revision {wanted})",
            target::display(key)
        ));
        return Ok(());
    }
    cx.send(|api, request| {
        api.modify::<Deployment>(request, &key.namespace, &key.name, |d| d.spec.template = Rc::new(template))
    })?;
    cx.say(format!("{} rolled back", target::display(key)));
    Ok(())
}

fn without_hash(template: &PodTemplateSpec) -> PodTemplateSpec {
    let mut template = template.clone();
    template.metadata.labels.remove(TEMPLATE_HASH);
    template
}

/// Prints how the rollout goes, in virtual time, until it is done (upstream: `polymorphichelpers.DeploymentStatusViewer`).
fn status(cx: &mut Cx<'_>, key: &Key, args: &Args) -> Result<(), Failure> {
    let deadline = cx.session.now() + args.duration("timeout").unwrap_or(PATIENCE);
    let mut said = String::new();
    while cx.session.now() < deadline {
        let (line, done) = progress(&*deployment(cx, key)?)?;
        if line != said {
            cx.say(&line);
            said = line;
        }
        if done || args.flag("watch") == Some("false") {
            return Ok(());
        }
        cx.session.pass(LOOK);
    }
    Err(Failure::usage("timed out waiting for the condition"))
}

fn progress(d: &Deployment) -> Result<(String, bool), Failure> {
    let (name, status) = (&d.metadata.name, &d.status);
    if d.metadata.generation > status.observed_generation {
        return Ok(("Waiting for deployment spec update to be observed...".into(), false));
    }
    let exceeded = status.conditions.iter().any(|c| c.reason.as_deref() == Some("ProgressDeadlineExceeded"));
    if exceeded {
        return Err(Failure::usage(format!("deployment \"{name}\" exceeded its progress deadline")));
    }
    let wanted = d.spec.replicas.unwrap_or(1);
    let waiting =
        |what: String| Ok((format!("Waiting for deployment \"{name}\" rollout to finish: {what}..."), false));
    if status.updated_replicas < wanted {
        return waiting(format!(
            "{} out of {wanted} new replicas have been updated",
            status.updated_replicas
        ));
    }
    if status.replicas > status.updated_replicas {
        return waiting(format!(
            "{} old replicas are pending termination",
            status.replicas - status.updated_replicas
        ));
    }
    if status.available_replicas < status.updated_replicas {
        return waiting(format!(
            "{} of {} updated replicas are available",
            status.available_replicas, status.updated_replicas
        ));
    }
    Ok((format!("deployment \"{name}\" successfully rolled out"), true))
}
