//! A rollout asks for no more pods than its surge allows, and takes no more away than may be missing.

use super::{Check, actor, demand};
use orrery_api::{Deployment, Object, ReplicaSet};
use orrery_apimachinery::IntOrString;
use orrery_apiserver::{ApiServer, Change};
use std::rc::Rc;

pub(crate) struct RolloutsKeepTheirLimits;

impl Check for RolloutsKeepTheirLimits {
    fn see(&mut self, change: &Change, api: &ApiServer) -> Result<(), String> {
        let Object::ReplicaSet(set) = &change.value else { return Ok(()) };
        if actor(change, api) != "deployment-controller" {
            return Ok(());
        }
        let Some(owner) = set.metadata.controller() else { return Ok(()) };
        let Some(deployment) = api.get::<Deployment>(&set.metadata.namespace, &owner.name) else {
            return Ok(());
        };
        let before = change.previous.as_ref().and_then(|object| object.get::<ReplicaSet>());
        let (was, is) = (before.map_or(0, |set| wanted(set)), wanted(set));
        let limits = Limits::of(deployment);
        let mut siblings = siblings(deployment, api);
        siblings.retain(|sibling| sibling.metadata.uid != set.metadata.uid);
        let others: i32 = siblings.iter().map(|set| wanted(set)).sum();
        if is > was {
            return demand(others + is <= limits.most, || {
                format!("{} asks for {} pods, {} at most", deployment.metadata.name, others + is, limits.most)
            });
        }
        // When there are more than the surge allows the Deployment was scaled down, and all shrink in proportion.
        if is == was || others + was > limits.most {
            return Ok(());
        }
        let left = |set: &ReplicaSet, of: i32| set.status.available_replicas.min(of);
        let elsewhere: i32 = siblings.iter().map(|set| left(set, wanted(set))).sum();
        let (had, has) = (elsewhere + left(set, was), elsewhere + left(set, is));
        demand(has >= had.min(limits.fewest), || {
            format!("{} keeps {has} available pods, {} at least", deployment.metadata.name, limits.fewest)
        })
    }
}

/// How many pods a Deployment may ask for at once, and how many must stay available.
struct Limits {
    most: i32,
    fewest: i32,
}

impl Limits {
    fn of(deployment: &Deployment) -> Self {
        let replicas = deployment.spec.replicas.unwrap_or(1);
        let Some(rolling) = &deployment.spec.strategy.rolling_update else {
            return Limits { most: replicas, fewest: 0 };
        };
        let surge = part(rolling.max_surge.as_ref(), replicas, 99);
        let unavailable = part(rolling.max_unavailable.as_ref(), replicas, 0);
        let unavailable = if surge == 0 && unavailable == 0 { 1 } else { unavailable };
        let most = if replicas == 0 { 0 } else { replicas + surge };
        Limits { most, fewest: replicas - unavailable.min(replicas) }
    }
}

/// A number, or a percentage of `of`, to which `round` hundredths are added before it is cut.
fn part(value: Option<&IntOrString>, of: i32, round: i32) -> i32 {
    match value {
        Some(IntOrString::Int(number)) => *number,
        Some(IntOrString::String(text)) => {
            let percent: i32 = text.trim_end_matches('%').parse().expect("validated as a percentage");
            (percent * of + round) / 100
        }
        None => 0,
    }
}

fn wanted(set: &ReplicaSet) -> i32 {
    set.spec.replicas.unwrap_or(1)
}

fn siblings(deployment: &Deployment, api: &ApiServer) -> Vec<Rc<ReplicaSet>> {
    let mine = |set: &&Rc<ReplicaSet>| {
        set.metadata.controller().is_some_and(|owner| owner.uid == deployment.metadata.uid)
    };
    api.list_in::<ReplicaSet>(&deployment.metadata.namespace).filter(mine).cloned().collect()
}
