//! The revisions of a workload: a Deployment's ReplicaSets, the ControllerRevisions of others
//! (upstream: `polymorphichelpers/history.go`).

use orrery_api::{ControllerRevision, Object, PodTemplateSpec, ReplicaSet};
use orrery_apimachinery::Order;
use orrery_apimachinery::patch::strategic_merge;
use orrery_apimachinery::{LabelSelector, ObjectMeta, Str};
use orrery_apiserver::ApiServer;
use std::rc::Rc;

/// The annotation that numbers a ReplicaSet's place in the history.
pub(super) const REVISION: &str = "deployment.kubernetes.io/revision";
/// The annotation that says why a revision was made.
pub(super) const CHANGE_CAUSE: &str = "kubernetes.io/change-cause";

/// What keeps a template.
pub(super) enum Keeper {
    ReplicaSet(Rc<ReplicaSet>),
    ControllerRevision(Rc<ControllerRevision>),
}

/// A template that a workload has or had.
pub(super) struct Revision {
    pub(super) number: i64,
    pub(super) keeper: Keeper,
}

/// The revisions of a workload, the first in front; none of a kind that keeps none.
pub(super) fn list(api: &ApiServer, workload: &Object) -> Option<Vec<Revision>> {
    let meta = workload.metadata();
    let mut found = Vec::new();
    match workload {
        Object::Deployment(deployment) => {
            for set in api.list_in::<ReplicaSet>(&meta.namespace) {
                if let Some(number) = number(&set.metadata)
                    && belongs(&set.metadata, &deployment.spec.selector, meta)
                {
                    found.push(Revision { number, keeper: Keeper::ReplicaSet(set.clone()) });
                }
            }
        }
        Object::DaemonSet(set) => kept(api, meta, &set.spec.selector, &mut found),
        Object::StatefulSet(set) => kept(api, meta, &set.spec.selector, &mut found),
        _ => return None,
    }
    found.order_by_key(|revision| revision.number);
    Some(found)
}

fn kept(api: &ApiServer, owner: &ObjectMeta, selector: &Option<LabelSelector>, found: &mut Vec<Revision>) {
    for revision in api.list_in::<ControllerRevision>(&owner.namespace) {
        if belongs(&revision.metadata, selector, owner) {
            let keeper = Keeper::ControllerRevision(revision.clone());
            found.push(Revision { number: revision.revision, keeper });
        }
    }
}

fn belongs(meta: &ObjectMeta, selector: &Option<LabelSelector>, owner: &ObjectMeta) -> bool {
    meta.controller().is_some_and(|controller| controller.uid == owner.uid)
        && selector.as_ref().is_some_and(|selector| selector.matches(&meta.labels))
}

/// A ReplicaSet's place in the history; zero if it was given none, nothing if that is no number.
pub(super) fn number(meta: &ObjectMeta) -> Option<i64> {
    meta.annotations.get(REVISION).map_or(Some(0), |text| text.parse().ok())
}

impl Revision {
    /// Why it was made, if that was told.
    pub(super) fn cause(&self) -> Option<&Str> {
        match &self.keeper {
            Keeper::ReplicaSet(set) => told(&set.metadata).or_else(|| told(&set.spec.template.metadata)),
            Keeper::ControllerRevision(revision) => told(&revision.metadata),
        }
    }

    /// What it was: the ReplicaSet, or the workload with the template that it had.
    pub(super) fn object(&self, workload: &Object) -> Result<Object, String> {
        let revision = match &self.keeper {
            Keeper::ReplicaSet(set) => return Ok(Object::ReplicaSet(set.clone())),
            Keeper::ControllerRevision(revision) => revision,
        };
        let mut tree = workload.to_value();
        strategic_merge(&mut tree, revision.data.as_ref().unwrap_or_default())?;
        let (restored, problems) = Object::decode(workload.kind(), &tree);
        problems.first().map_or(Ok(restored), |problem| Err(problem.to_string()))
    }

    /// The template, as it stands in `workload` when it is the present one.
    pub(super) fn template(&self, workload: &Object) -> Result<Rc<PodTemplateSpec>, String> {
        match self.object(workload)? {
            Object::ReplicaSet(set) => Ok(set.spec.template.clone()),
            Object::DaemonSet(set) => Ok(set.spec.template.clone()),
            Object::StatefulSet(set) => Ok(set.spec.template.clone()),
            other => Err(format!("no revision of a {} is kept so", other.kind().name())),
        }
    }
}

fn told(meta: &ObjectMeta) -> Option<&Str> {
    meta.annotations.get(CHANGE_CAUSE).filter(|cause| !cause.is_empty())
}
