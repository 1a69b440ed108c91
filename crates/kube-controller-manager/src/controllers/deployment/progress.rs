//! What is known of a rollout: its numbers, its conditions, and whether it stands still for too long
//! (upstream: `progress.go`, `calculateStatus`).

use super::history::REVISION;
use super::replica_sets::{ReplicaSets, max_unavailable, replicas, sum, wanted};
use super::sync::Rollout;
use crate::Action;
use orrery_api::{Deployment, DeploymentCondition, DeploymentStatus};
use orrery_apimachinery::{StatusResult, Str, Time};
use orrery_client::Context;
use orrery_sim::Duration;

const AVAILABLE: &str = "Available";
const PROGRESSING: &str = "Progressing";
const REPLICA_FAILURE: &str = "ReplicaFailure";

const NEW_SET_AVAILABLE: &str = "NewReplicaSetAvailable";
const TIMED_OUT: &str = "ProgressDeadlineExceeded";
const PAUSED: &str = "DeploymentPaused";

/// Whether the deployment's rollouts have a deadline.
pub(super) fn has_deadline(deployment: &Deployment) -> bool {
    deadline(deployment).is_some()
}

fn deadline(deployment: &Deployment) -> Option<Duration> {
    let seconds = deployment.spec.progress_deadline_seconds.filter(|n| *n != i32::MAX)?;
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

/// The condition that tells of the rollout.
pub(super) fn condition(deployment: &Deployment) -> Option<&DeploymentCondition> {
    find(&deployment.status, PROGRESSING)
}

fn find<'a>(status: &'a DeploymentStatus, r#type: &str) -> Option<&'a DeploymentCondition> {
    status.conditions.iter().find(|c| &*c.type_ == r#type)
}

fn remove(status: &mut DeploymentStatus, r#type: &str) {
    status.conditions.retain(|c| &*c.type_ != r#type);
}

fn new_condition(r#type: &str, status: &str, reason: &str, message: &str, date: Time) -> DeploymentCondition {
    DeploymentCondition {
        type_: r#type.into(),
        status: status.into(),
        reason: Some(reason.into()),
        message: Some(message.into()),
        last_update_time: Some(date),
        last_transition_time: Some(date),
    }
}

/// Sets a condition. One with the same status and reason stays as it is; one with the same status keeps
/// the date of its last change (upstream: `SetDeploymentCondition`).
fn set(status: &mut DeploymentStatus, mut condition: DeploymentCondition) {
    if let Some(known) = find(status, &condition.type_) {
        if known.status == condition.status && known.reason == condition.reason {
            return;
        }
        if known.status == condition.status {
            condition.last_transition_time = known.last_transition_time;
        }
    }
    remove(status, &condition.type_.clone());
    status.conditions.push(condition);
}

/// The numbers and whether enough pods are available (upstream: `calculateStatus`).
pub(super) fn status(deployment: &Deployment, sets: &ReplicaSets, date: Time) -> DeploymentStatus {
    let available = sum(sets.all(), |s| s.status.available_replicas);
    let mut status = DeploymentStatus {
        observed_generation: deployment.metadata.generation,
        replicas: sum(sets.all(), |s| s.status.replicas),
        updated_replicas: sum(&sets.new, |s| s.status.replicas),
        ready_replicas: sum(sets.all(), |s| s.status.ready_replicas),
        available_replicas: available,
        unavailable_replicas: sum(sets.all(), wanted).saturating_sub(available).max(0),
        collision_count: deployment.status.collision_count,
        conditions: deployment.status.conditions.clone(),
    };
    let enough = available >= replicas(deployment) - max_unavailable(deployment);
    set(&mut status, availability(enough, date));
    status
}

fn availability(enough: bool, date: Time) -> DeploymentCondition {
    if enough {
        let message = "Deployment has minimum availability.";
        new_condition(AVAILABLE, "True", "MinimumReplicasAvailable", message, date)
    } else {
        let message = "Deployment does not have minimum availability.";
        new_condition(AVAILABLE, "False", "MinimumReplicasUnavailable", message, date)
    }
}

/// Whether all pods are of the present template and available (upstream: `DeploymentComplete`).
pub(super) fn is_complete(deployment: &Deployment, status: &DeploymentStatus) -> bool {
    let size = replicas(deployment);
    status.updated_replicas == size
        && status.replicas == size
        && status.available_replicas == size
        && status.observed_generation >= deployment.metadata.generation
}

/// Whether the rollout has come further than the deployment's status tells (upstream: `DeploymentProgressing`).
fn is_progressing(before: &DeploymentStatus, now: &DeploymentStatus) -> bool {
    now.updated_replicas > before.updated_replicas
        || now.replicas - now.updated_replicas < before.replicas - before.updated_replicas
        || now.ready_replicas > before.ready_replicas
        || now.available_replicas > before.available_replicas
}

/// Whether the rollout has stood still for longer than it may (upstream: `DeploymentTimedOut`).
fn is_timed_out(deployment: &Deployment, status: &DeploymentStatus, cx: &Context<'_>) -> bool {
    let Some(condition) = find(status, PROGRESSING) else { return false };
    match condition.reason.as_deref() {
        Some(NEW_SET_AVAILABLE) => false,
        Some(TIMED_OUT) => true,
        _ => time_left(deployment, condition, cx).is_some_and(|left| left.is_zero()),
    }
}

/// How long until the rollout will have stood still for too long; zero when it has.
fn time_left(deployment: &Deployment, condition: &DeploymentCondition, cx: &Context<'_>) -> Option<Duration> {
    let since = cx.api().instant(condition.last_update_time?);
    let late = since + deadline(deployment)? + Duration::from_nanos(1);
    Some(late.since(cx.now()))
}

impl Rollout<'_, '_> {
    /// Writes the numbers and judges the rollout (upstream: `syncRolloutStatus`).
    pub(super) fn write_rollout_status(&mut self, sets: &ReplicaSets) -> StatusResult<Action> {
        let mut status = status(&self.deployment, sets, self.cx.date());
        let reason = condition(&self.deployment).and_then(|c| c.reason.as_deref());
        let done = status.replicas == status.updated_replicas && reason == Some(NEW_SET_AVAILABLE);
        if !has_deadline(&self.deployment) {
            remove(&mut status, PROGRESSING);
        } else if !done {
            self.judge(&mut status, sets);
        }
        match replica_failure(sets) {
            Some(failure) => set(&mut status, failure),
            None => remove(&mut status, REPLICA_FAILURE),
        }
        if status == self.deployment.status {
            return Ok(self.wait_for_deadline());
        }
        self.write_status(status)?;
        Ok(Action::AwaitChange)
    }

    fn judge(&mut self, status: &mut DeploymentStatus, sets: &ReplicaSets) {
        let subject = match &sets.new {
            Some(new) => format!("ReplicaSet \"{}\"", new.metadata.name),
            None => format!("Deployment \"{}\"", self.deployment.metadata.name),
        };
        let date = self.cx.date();
        let progressing = |status, reason, verb| {
            new_condition(PROGRESSING, status, reason, &format!("{subject} {verb}."), date)
        };
        if is_complete(&self.deployment, status) {
            set(status, progressing("True", NEW_SET_AVAILABLE, "has successfully progressed"));
        } else if is_progressing(&self.deployment.status, status) {
            let mut condition = progressing("True", "ReplicaSetUpdated", "is progressing");
            // Progress with the same reason is news, too: only the date of the last change stays.
            if let Some(known) = find(status, PROGRESSING).filter(|c| &*c.status == "True") {
                condition.last_transition_time = known.last_transition_time;
            }
            remove(status, PROGRESSING);
            set(status, condition);
        } else if is_timed_out(&self.deployment, status, self.cx) {
            set(status, progressing("False", TIMED_OUT, "has timed out progressing"));
        }
    }

    /// Comes back when the rollout may have stood still for too long (upstream: `requeueStuckDeployment`).
    fn wait_for_deadline(&self) -> Action {
        let waiting = condition(&self.deployment)
            .filter(|c| !matches!(c.reason.as_deref(), Some(TIMED_OUT | NEW_SET_AVAILABLE)))
            .filter(|_| !is_complete(&self.deployment, &self.deployment.status));
        let left =
            waiting.and_then(|c| time_left(&self.deployment, c, self.cx)).filter(|left| !left.is_zero());
        left.map_or(Action::AwaitChange, |left| {
            // Upstream adds a second to be past the date, which has no fractions.
            let spare = if left > Duration::from_secs(1) { Duration::from_secs(1) } else { Duration::ZERO };
            Action::RequeueAfter(left + spare)
        })
    }

    /// Tells that the rollout is held, or goes on (upstream: `checkPausedConditions`).
    pub(super) fn note_pause(&mut self) -> StatusResult<()> {
        if !has_deadline(&self.deployment) {
            return Ok(());
        }
        let reason = condition(&self.deployment).and_then(|c| c.reason.as_deref());
        match (self.deployment.spec.paused, reason) {
            (_, Some(TIMED_OUT)) | (true, Some(PAUSED)) => Ok(()),
            (true, _) => self.set_progressing("Unknown", PAUSED, "Deployment is paused"),
            (false, Some(PAUSED)) => {
                self.set_progressing("Unknown", "DeploymentResumed", "Deployment is resumed")
            }
            (false, _) => Ok(()),
        }
    }

    /// Numbers the deployment like its new ReplicaSet and tells of that, in one write.
    pub(super) fn note_new(
        &mut self,
        revision: Option<&Str>,
        news: Option<(&str, &str)>,
    ) -> StatusResult<()> {
        let mut deployment = (*self.deployment).clone();
        if let Some(revision) = revision {
            deployment.metadata.annotations.insert(REVISION, revision.clone());
        }
        if let Some((reason, message)) = news.filter(|_| has_deadline(&deployment)) {
            let condition = new_condition(PROGRESSING, "True", reason, message, self.cx.date());
            set(&mut deployment.status, condition);
        }
        if deployment == *self.deployment {
            return Ok(());
        }
        let meta = &self.deployment.metadata;
        self.deployment =
            self.cx.modify_status::<Deployment>(&meta.namespace, &meta.name, |d| *d = deployment)?;
        Ok(())
    }

    /// Writes the condition that tells of the rollout.
    pub(super) fn set_progressing(&mut self, value: &str, reason: &str, message: &str) -> StatusResult<()> {
        let mut status = self.deployment.status.clone();
        set(&mut status, new_condition(PROGRESSING, value, reason, message, self.cx.date()));
        self.write_status(status)
    }
}

/// The failure of a ReplicaSet; that of the new one rather than that of an old one (upstream: `getReplicaFailures`).
fn replica_failure(sets: &ReplicaSets) -> Option<DeploymentCondition> {
    let failures = sets.new.iter().chain(&sets.old).flat_map(|set| &set.status.conditions);
    failures
        .filter(|c| &*c.type_ == REPLICA_FAILURE)
        .map(|c| DeploymentCondition {
            type_: c.type_.clone(),
            status: c.status.clone(),
            reason: c.reason.clone(),
            message: c.message.clone(),
            last_update_time: c.last_transition_time,
            last_transition_time: c.last_transition_time,
        })
        .next()
}
