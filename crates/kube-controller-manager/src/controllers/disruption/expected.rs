//! How many pods a budget reckons with (upstream: `getExpectedPodCount`).

use orrery_api::{Deployment, Kind, Pod, PodDisruptionBudget, ReplicaSet, Resource};
use orrery_apimachinery::{IntOrString, OwnerReference, Str};
use orrery_client::{ApiServer, Key};
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a budget's numbers are reckoned from.
pub(super) struct Expected {
    /// How many pods there are to be.
    pub pods: i32,
    /// How many of them healthy.
    pub healthy: i32,
    /// Whether a pod that counts has no controller.
    pub unmanaged: bool,
}

/// What the budget of `pods` demands of them; the error says whose scale is not known.
pub(super) fn expected(
    budget: &PodDisruptionBudget,
    pods: &[Rc<Pod>],
    api: &ApiServer,
) -> Result<Expected, String> {
    // Validation refuses texts that are no percentages.
    let scaled = |value: &IntOrString, of: i32| value.scaled(of, true).unwrap_or_default();
    match (&budget.spec.max_unavailable, &budget.spec.min_available) {
        (Some(most), _) => {
            let (count, unmanaged) = expected_scale(pods, api)?;
            Ok(Expected { pods: count, healthy: (count - scaled(most, count)).max(0), unmanaged })
        }
        (None, Some(IntOrString::Int(least))) => {
            let count = i32::try_from(pods.len()).unwrap_or(i32::MAX);
            Ok(Expected { pods: count, healthy: *least, unmanaged: false })
        }
        (None, Some(least)) => {
            let (count, unmanaged) = expected_scale(pods, api)?;
            Ok(Expected { pods: count, healthy: scaled(least, count), unmanaged })
        }
        (None, None) => Ok(Expected { pods: 0, healthy: 0, unmanaged: false }),
    }
}

/// The replicas that the controllers of `pods` ask for together, and whether a pod has none.
fn expected_scale(pods: &[Rc<Pod>], api: &ApiServer) -> Result<(i32, bool), String> {
    let (mut scales, mut unmanaged) = (BTreeMap::<Str, i32>::new(), false);
    for pod in pods {
        let Some(owner) = pod.metadata.controller() else {
            unmanaged = true;
            continue;
        };
        let Some((uid, replicas)) = scale(owner, &pod.metadata.namespace, api)? else {
            return Err(format!("found no controllers for pod \"{}\"", pod.metadata.name));
        };
        scales.insert(uid, replicas);
    }
    Ok((scales.values().sum(), unmanaged))
}

/// The uid and the replicas of whoever decides how many pods `owner` has: the Deployment of a ReplicaSet,
/// if it is there, or else the owner itself (upstream: the `finders`).
fn scale(owner: &OwnerReference, namespace: &Str, api: &ApiServer) -> Result<Option<(Str, i32)>, String> {
    let Some(kind) = api.kind_by_gvk(&owner.api_version, &owner.kind) else {
        return Err(format!("no matches for kind \"{}\" in version \"{}\"", owner.kind, owner.api_version));
    };
    if !matches!(kind, Kind::ReplicationController | Kind::ReplicaSet | Kind::Deployment | Kind::StatefulSet)
    {
        return Err(format!("{} does not implement the scale subresource", kind.resource()));
    }
    let found = |kind: Kind, reference: &OwnerReference| {
        let key = Key::new(kind, namespace.clone(), reference.name.clone());
        let uid = api.object(&key).map(|o| o.metadata().uid.clone()).filter(|uid| *uid == reference.uid)?;
        Some((uid, api.replicas(&key)?))
    };
    let set = api.get::<ReplicaSet>(namespace, &owner.name);
    let set = set.filter(|set| kind == ReplicaSet::KIND && set.metadata.uid == owner.uid);
    let deployment = set.and_then(|set| set.metadata.controller());
    let deployment = deployment.filter(|owner| &*owner.kind == Deployment::KIND.name());
    Ok(deployment.and_then(|owner| found(Kind::Deployment, owner)).or_else(|| found(kind, owner)))
}
