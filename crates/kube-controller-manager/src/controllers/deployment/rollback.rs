//! Rollback because the annotation of former API versions asks for it (upstream: `rollback.go`).

use super::history::{self, ROLLBACK_TO};
use super::replica_sets::{ReplicaSets, TEMPLATE_HASH, same_template};
use super::sync::Rollout;
use crate::Action;
use orrery_api::{Deployment, ReplicaSet};
use orrery_apimachinery::StatusResult;
use orrery_client::EventType;
use std::rc::Rc;

/// The revision that the deployment is to go back to; zero for the last but one.
pub(super) fn wanted_revision(deployment: &Deployment) -> Option<i64> {
    deployment.metadata.annotations.get(ROLLBACK_TO)?.parse().ok()
}

impl Rollout<'_, '_> {
    /// Takes the template of a former revision, and the annotation away.
    pub(super) fn roll_back(&mut self, wanted: i64, mut sets: ReplicaSets) -> StatusResult<Action> {
        self.ensure_new(&mut sets)?;
        let revision = if wanted == 0 { last_but_one(&sets) } else { wanted };
        let chosen = sets.all().find(|set| history::revision(set) == revision).cloned();
        let name = &self.deployment.metadata.name;
        let (reason, message) = match &chosen {
            _ if revision == 0 => ("RollbackRevisionNotFound", "Unable to find last revision.".into()),
            None => ("RollbackRevisionNotFound", "Unable to find the revision to rollback to.".into()),
            Some(set) if same_template(&self.deployment.spec.template, &set.spec.template) => (
                "RollbackTemplateUnchanged",
                format!("The rollback revision contains the same template as current deployment \"{name}\""),
            ),
            Some(_) => ("RollbackDone", format!("Rolled back deployment \"{name}\" to revision {revision}")),
        };
        let done = reason == "RollbackDone";
        let deployment = self.deployment.clone();
        if !done {
            self.cx.event(&*deployment, EventType::Warning, reason, message.as_str());
        }
        let meta = &deployment.metadata;
        self.cx.modify::<Deployment>(&meta.namespace, &meta.name, |deployment| {
            if let Some(set) = chosen.filter(|_| done) {
                take_over(deployment, &set);
            }
            deployment.metadata.annotations.remove(ROLLBACK_TO);
        })?;
        if done {
            self.cx.event(&*deployment, EventType::Normal, reason, message);
        }
        Ok(Action::AwaitChange)
    }
}

fn last_but_one(sets: &ReplicaSets) -> i64 {
    let (mut highest, mut second) = (0, 0);
    for set in sets.all() {
        let revision = history::revision(set);
        if revision >= highest {
            (highest, second) = (revision, highest);
        } else {
            second = second.max(revision);
        }
    }
    second
}

/// Gives the deployment the template of a ReplicaSet, and the annotations that it had when that was new.
fn take_over(deployment: &mut Deployment, set: &ReplicaSet) {
    let mut template = (*set.spec.template).clone();
    template.metadata.labels.remove(TEMPLATE_HASH);
    deployment.spec.template = Rc::new(template);
    history::take_back(&mut deployment.metadata.annotations, &set.metadata.annotations);
}
