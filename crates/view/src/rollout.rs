//! Deployments that are under way: both sides, and the limits that the strategy sets.

use orrery_api::{Deployment, Kind, Pod, ReplicaSet};
use orrery_cluster::Cluster;

use crate::owner::{Hues, workload};
use crate::pod;
use crate::scene::{ObjectRef, RolloutLane, RolloutSide, Text};

/// The annotation that numbers a Deployment's ReplicaSets (upstream: `deploymentutil.RevisionAnnotation`).
const REVISION: &str = "deployment.kubernetes.io/revision";

/// A lane for each Deployment that has not arrived, and for the one that is looked at.
pub(crate) fn lanes(
    cluster: &Cluster,
    hues: &Hues,
    wanted: &dyn Fn(&str) -> bool,
    chosen: Option<&ObjectRef>,
) -> Vec<RolloutLane> {
    let looked_at = |d: &Deployment| chosen.is_some_and(|c| &*c.kind == "Deployment" && *c == id(d));
    let all = cluster.api().list::<Deployment>().filter(|d| wanted(&d.metadata.namespace));
    all.filter(|d| looked_at(d) || under_way(cluster, d)).map(|d| lane(cluster, hues, d)).collect()
}

fn id(deployment: &Deployment) -> ObjectRef {
    let meta = &deployment.metadata;
    ObjectRef { kind: "Deployment".into(), namespace: meta.namespace.clone(), name: meta.name.clone() }
}

/// More than one ReplicaSet still has a part in it.
fn under_way(cluster: &Cluster, deployment: &Deployment) -> bool {
    sides(cluster, deployment).len() > 1
}

fn lane(cluster: &Cluster, hues: &Hues, deployment: &Deployment) -> RolloutLane {
    let desired = deployment.spec.replicas.unwrap_or(1);
    let (min_available, max_total) = limits(deployment, desired);
    let sides = sides(cluster, deployment);
    let stuck =
        deployment.status.conditions.iter().find(|c| &*c.type_ == "Progressing" && &*c.status != "True");
    RolloutLane {
        id: id(deployment),
        hue: hues.get(&workload(cluster.api(), &deployment.metadata)),
        available: unsigned(deployment.status.available_replicas),
        total: sides.iter().map(|s| s.pods.len() as u32).sum(),
        desired: unsigned(desired),
        min_available,
        max_total,
        note: stuck.and_then(|c| c.message.clone()),
        sides,
    }
}

/// The fewest available and the most existing pods (upstream: `deploymentutil.ResolveFenceposts`). Surge rounds up, unavailable
/// rounds down, and not both may be zero.
fn limits(deployment: &Deployment, desired: i32) -> (u32, u32) {
    let rolling = deployment.spec.strategy.rolling_update.as_ref();
    if deployment.spec.strategy.type_.as_deref() == Some("Recreate") {
        return (0, unsigned(desired));
    }
    let surge = rolling.and_then(|r| r.max_surge.as_ref()).and_then(|s| s.scaled(desired, true)).unwrap_or(0);
    let missing =
        rolling.and_then(|r| r.max_unavailable.as_ref()).and_then(|u| u.scaled(desired, false)).unwrap_or(0);
    let missing = if surge == 0 && missing == 0 { 1 } else { missing };
    (unsigned(desired.saturating_sub(missing)), unsigned(desired.saturating_add(surge)))
}

/// The ReplicaSets that hold pods or want some, oldest revision first.
fn sides(cluster: &Cluster, deployment: &Deployment) -> Vec<RolloutSide> {
    let api = cluster.api();
    let owned = api.dependents(&deployment.metadata.uid).filter(|key| key.kind == Kind::ReplicaSet);
    let mut sets: Vec<_> = owned.filter_map(|key| api.get::<ReplicaSet>(&key.namespace, &key.name)).collect();
    sets.sort_by_key(|rs| revision(rs));
    let newest = sets.last().map(|rs| rs.metadata.uid.clone());
    let sides = sets.into_iter().map(|rs| side(cluster, rs, newest.as_ref() == Some(&rs.metadata.uid)));
    sides.filter(|side| side.new || side.desired > 0 || !side.pods.is_empty()).collect()
}

fn side(cluster: &Cluster, set: &ReplicaSet, new: bool) -> RolloutSide {
    let api = cluster.api();
    let owned = api.dependents(&set.metadata.uid).filter(|key| key.kind == Kind::Pod);
    let pods = owned.filter_map(|key| api.get::<Pod>(&key.namespace, &key.name));
    let meta = &set.metadata;
    RolloutSide {
        id: ObjectRef {
            kind: "ReplicaSet".into(),
            namespace: meta.namespace.clone(),
            name: meta.name.clone(),
        },
        image: image(set),
        pods: pods.map(|p| pod::state(api, cluster.now(), p)).collect(),
        desired: unsigned(set.spec.replicas.unwrap_or(1)),
        new,
    }
}

fn image(set: &ReplicaSet) -> Text {
    set.spec.template.spec.containers.first().and_then(|c| c.image.clone()).unwrap_or_default()
}

fn revision(set: &ReplicaSet) -> u64 {
    set.metadata.annotations.get(REVISION).and_then(|r| r.parse().ok()).unwrap_or(0)
}

fn unsigned(n: i32) -> u32 {
    u32::try_from(n).unwrap_or(0)
}
