//! Rolls a Deployment out: a ReplicaSet per template, scaled up and down as its strategy says
//! (upstream: `pkg/controller/deployment`).

mod history;
mod progress;
mod recreate;
mod replica_sets;
mod rollback;
mod rolling;
mod sync;
#[cfg(test)]
mod tests;

use crate::owners::{self, Owner};
use crate::{Action, Controller, Wake, claim};
use orrery_api::{Deployment, Kind, Object, Pod, ReplicaSet, Resource};
use orrery_apimachinery::StatusResult;
use orrery_client::{ApiServer, Change, Context, Key, Op};
use std::collections::BTreeSet;
use std::rc::Rc;
use sync::Rollout;

/// The controller.
#[derive(Clone, Debug, Default)]
pub struct DeploymentController {
    /// The ReplicaSets that nobody controls and that a deployment may adopt.
    orphans: BTreeSet<Key>,
}

impl Controller for DeploymentController {
    const NAME: &'static str = "deployment-controller";

    const TRIES: u32 = 15;

    fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake) {
        match &change.value {
            Object::Deployment(_) if change.op != Op::Deleted => wake.key(Key::of(&change.value)),
            Object::ReplicaSet(set) => self.set_changed(change, set, api, wake),
            Object::Pod(pod) if change.op == Op::Deleted => pod_deleted(pod, api, wake),
            _ => {}
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let Some(deployment) = cx.get::<Deployment>(&key.namespace, &key.name) else {
            return Ok(Action::AwaitChange);
        };
        let sets = self.claim(&deployment, cx)?;
        Rollout { deployment, cx }.run(sets)
    }
}

impl DeploymentController {
    fn set_changed(&mut self, change: &Change, set: &Rc<ReplicaSet>, api: &ApiServer, wake: &mut Wake) {
        let before = change.previous.as_ref().and_then(ReplicaSet::unwrap_ref);
        let owner = |set: &ReplicaSet| owners::controller_key::<Deployment>(&set.metadata);
        if let Some(key) = before.and_then(|b| owner(b)).filter(|key| owner(set).as_ref() != Some(key)) {
            wake.key(key);
        }
        if let Some(key) = owner(set) {
            wake.key(key);
        }
        let key = Key::of(&change.value);
        if change.op == Op::Deleted || set.metadata.controller().is_some() {
            self.orphans.remove(&key);
            return;
        }
        let news = before
            .is_none_or(|b| b.metadata.labels != set.metadata.labels || b.metadata.controller().is_some());
        if self.orphans.insert(key) || news {
            let meta = &set.metadata;
            let selecting = owners::selecting(Kind::Deployment, &meta.namespace, &meta.labels, api);
            selecting.into_iter().for_each(|key| wake.key(key));
        }
    }

    /// The ReplicaSets of the deployment: releases those that its selector no longer picks, adopts
    /// those that nobody controls (upstream: `getReplicaSetsForDeployment`).
    fn claim(&self, deployment: &Deployment, cx: &mut Context<'_>) -> StatusResult<Vec<Rc<ReplicaSet>>> {
        let owner = Owner::of(deployment);
        let mut sets = self.adoptable(deployment, cx.api());
        sets.extend(claim::controlled(owner, cx.api()));
        claim::claim(owner, sets, &|set| selects(deployment, set), None, cx)
    }

    /// Those among the known orphans that the deployment selects and that still are orphans.
    fn adoptable(&self, deployment: &Deployment, api: &ApiServer) -> Vec<Rc<ReplicaSet>> {
        let namespace = &deployment.metadata.namespace;
        let from = Key::new(Kind::ReplicaSet, namespace.clone(), "");
        let nearby = self.orphans.range(from..).take_while(|key| key.namespace == *namespace);
        let sets = nearby.filter_map(|key| api.object(key)).filter_map(ReplicaSet::unwrap_ref);
        sets.filter(|s| s.metadata.controller().is_none()).cloned().collect()
    }
}

fn selects(deployment: &Deployment, set: &ReplicaSet) -> bool {
    let selector = deployment.spec.selector.as_ref();
    selector.is_some_and(|s| !s.is_empty() && s.matches(&set.metadata.labels))
}

/// A Recreate deployment waits for its last old pod to be gone.
fn pod_deleted(pod: &Pod, api: &ApiServer, wake: &mut Wake) {
    let set = owners::controller_key::<ReplicaSet>(&pod.metadata);
    let set = set.and_then(|key| api.object(&key)).and_then(ReplicaSet::unwrap_ref);
    let Some(key) = set.and_then(|set| owners::controller_key::<Deployment>(&set.metadata)) else { return };
    let deployment = api.object(&key).and_then(Deployment::unwrap_ref);
    if deployment.is_some_and(|d| recreate::is_recreate(d)) {
        wake.key(key);
    }
}
