//! Workloads that move to another template: what is old and what is new, and the limits that the strategy sets.

use orrery_apimachinery::Order;
use std::rc::Rc;

use orrery_api::{ControllerRevision, DaemonSet, Deployment, Kind, Object, Pod, ReplicaSet, StatefulSet};
use orrery_apimachinery::{IntOrString, ObjectMeta, Str};
use orrery_cluster::Cluster;

use crate::owner::{self, Hues, reference, unsigned, workload};
use crate::revisions::number;
use crate::scene::{ObjectRef, PodState, RolloutLane, RolloutSide, Text};
use crate::{pod, stateful_set};

/// The label that names the ControllerRevision of a pod.
const REVISION_HASH: &str = "controller-revision-hash";
/// A lane has no more columns of ordinals than these.
const MOST_COLUMNS: u32 = 200;

/// A lane for each workload that has not arrived, and for the one that is looked at.
pub(crate) fn lanes(
    cluster: &Cluster,
    hues: &Hues,
    wanted: &dyn Fn(&str) -> bool,
    chosen: Option<&ObjectRef>,
) -> Vec<RolloutLane> {
    let tops = owner::tops(cluster.api()).filter(|o| wanted(&o.metadata().namespace));
    let mut lanes = Vec::new();
    for object in tops {
        let lane = match object {
            Object::Deployment(d) => deployment(cluster, d),
            Object::StatefulSet(s) => stateful_set(cluster, s),
            Object::DaemonSet(d) => daemon_set(cluster, d),
            _ => continue,
        };
        let looked_at = chosen.is_some_and(|c| *c == lane.id);
        if looked_at || lane.sides.len() > 1 {
            lanes.push(RolloutLane { hue: hues.get(&workload(cluster.api(), object.metadata())), ..lane });
        }
    }
    lanes
}

/// A lane of a workload with so many pods wanted, so many that may lack and so many too many.
fn lane(
    id: ObjectRef,
    sides: Vec<RolloutSide>,
    available: i32,
    desired: i32,
    lack: i32,
    surge: i32,
) -> RolloutLane {
    RolloutLane {
        id,
        hue: 0,
        available: unsigned(available),
        total: sides.iter().map(|s| s.pods.iter().flatten().count() as u32).sum(),
        desired: unsigned(desired),
        min_available: unsigned(desired.saturating_sub(lack)),
        max_total: unsigned(desired.saturating_add(surge)),
        partition: None,
        note: None,
        sides,
    }
}

fn scaled(limit: Option<&IntOrString>, of: i32, round_up: bool) -> i32 {
    limit.and_then(|l| l.scaled(of, round_up)).unwrap_or(0)
}

/// Surge rounds up, unavailable rounds down, and not both may be zero (upstream: `deploymentutil.ResolveFenceposts`).
fn deployment(cluster: &Cluster, d: &Deployment) -> RolloutLane {
    let desired = d.spec.replicas.unwrap_or(1);
    let rolling = d.spec.strategy.rolling_update.as_ref();
    let surge = scaled(rolling.and_then(|r| r.max_surge.as_ref()), desired, true);
    let lack = scaled(rolling.and_then(|r| r.max_unavailable.as_ref()), desired, false);
    let (surge, lack) = match d.spec.strategy.type_.as_deref() {
        Some("Recreate") => (0, desired),
        _ if surge == 0 && lack == 0 => (0, 1),
        _ => (surge, lack),
    };
    let stuck = d.status.conditions.iter().find(|c| &*c.type_ == "Progressing" && &*c.status != "True");
    let id = reference(Kind::Deployment, &d.metadata);
    let sides = replica_sets(cluster, &d.metadata);
    let lane = lane(id, sides, d.status.available_replicas, desired, lack, surge);
    RolloutLane { note: stuck.and_then(|c| c.message.clone()), ..lane }
}

/// One pod at a time, from the last ordinal down to the partition (upstream: `stateful_set_control.go`, `updateStatefulSet`).
fn stateful_set(cluster: &Cluster, set: &StatefulSet) -> RolloutLane {
    let desired = set.spec.replicas.unwrap_or(1);
    let strategy = &set.spec.update_strategy;
    let rolling = strategy.rolling_update.as_ref();
    let lack =
        rolling.and_then(|r| r.max_unavailable.as_ref()).map_or(1, |l| scaled(Some(l), desired, true).max(1));
    let pods = owner::pods_of(cluster.api(), &set.metadata);
    let first = set.spec.ordinals.as_ref().map_or(0, |o| unsigned(o.start));
    let mut sides = revisions(cluster, &set.metadata, &pods, set.status.update_revision.as_ref());
    // A column for each ordinal, so that the partition is a line between two of them.
    for side in &mut sides {
        let mine = |n: u32| {
            let of = pods.iter().filter(|p| p.metadata.labels.get(REVISION_HASH) == Some(&side.id.name));
            of.into_iter().find(|p| stateful_set::ordinal(&p.metadata.name) == Some(n))
        };
        let columns = first..first.saturating_add(unsigned(desired).min(MOST_COLUMNS));
        side.pods = columns.map(|n| mine(n).map(|p| pod::state(p))).collect();
    }
    let id = reference(Kind::StatefulSet, &set.metadata);
    let partition = rolling.and_then(|r| r.partition).map(unsigned).filter(|p| *p > 0);
    let lane = lane(id, sides, set.status.available_replicas, desired, lack, 0);
    RolloutLane { partition: partition.map(|p| (p, p.saturating_sub(first))), ..lane }
}

/// Both limits round up (upstream: `daemon/util.SurgeCount` and `UnavailableCount`).
fn daemon_set(cluster: &Cluster, d: &DaemonSet) -> RolloutLane {
    let desired = d.status.desired_number_scheduled;
    let rolling = d.spec.update_strategy.rolling_update.as_ref();
    let surge = scaled(rolling.and_then(|r| r.max_surge.as_ref()), desired, true);
    let lack = scaled(rolling.and_then(|r| r.max_unavailable.as_ref()), desired, true);
    let pods = owner::pods_of(cluster.api(), &d.metadata);
    let sides = revisions(cluster, &d.metadata, &pods, None);
    lane(reference(Kind::DaemonSet, &d.metadata), sides, d.status.number_available, desired, lack, surge)
}

/// The ReplicaSets that hold pods or want some, oldest revision first.
fn replica_sets(cluster: &Cluster, owner: &ObjectMeta) -> Vec<RolloutSide> {
    let api = cluster.api();
    let owned = api.dependents(&owner.uid).filter(|key| key.kind == Kind::ReplicaSet);
    let mut sets: Vec<_> = owned.filter_map(|key| api.get::<ReplicaSet>(&key.namespace, &key.name)).collect();
    sets.order_by_key(|set| number(&set.metadata));
    let newest = sets.last().map(|set| set.metadata.uid.clone());
    let sides = sets.into_iter().map(|set| RolloutSide {
        id: reference(Kind::ReplicaSet, &set.metadata),
        image: first_image(Some(&set.spec.template)),
        pods: states(&owner::pods_of(api, &set.metadata)),
        desired: Some(unsigned(set.spec.replicas.unwrap_or(1))),
        new: newest.as_ref() == Some(&set.metadata.uid),
    });
    sides.filter(|side| side.new || side.desired != Some(0) || !side.pods.is_empty()).collect()
}

/// The ControllerRevisions that hold pods, oldest first, and the latest of all.
fn revisions(
    cluster: &Cluster,
    owner: &ObjectMeta,
    pods: &[&Rc<Pod>],
    newest: Option<&Str>,
) -> Vec<RolloutSide> {
    let api = cluster.api();
    let owned = api.dependents(&owner.uid).filter(|key| key.kind == Kind::ControllerRevision);
    let mut all: Vec<_> =
        owned.filter_map(|key| api.get::<ControllerRevision>(&key.namespace, &key.name)).collect();
    all.order_by_key(|revision| revision.revision);
    let newest = newest.cloned().or_else(|| all.last().map(|r| r.metadata.name.clone()));
    let sides = all.into_iter().map(|revision| {
        let name = &revision.metadata.name;
        // A DaemonSet's pods name the hash alone, a StatefulSet's the whole revision.
        let of =
            |p: &&&Rc<Pod>| p.metadata.labels.get(REVISION_HASH).is_some_and(|hash| name.ends_with(&**hash));
        let mine: Vec<&Rc<Pod>> = pods.iter().filter(of).copied().collect();
        let image = mine.first().map(|p| p.spec.containers.first().and_then(|c| c.image.clone()));
        RolloutSide {
            id: reference(Kind::ControllerRevision, &revision.metadata),
            image: image.flatten().unwrap_or_default(),
            pods: states(&mine),
            desired: None,
            new: newest.as_ref() == Some(name),
        }
    });
    sides.filter(|side| side.new || !side.pods.is_empty()).collect()
}

fn states(pods: &[&Rc<Pod>]) -> Vec<Option<PodState>> {
    pods.iter().map(|p| Some(pod::state(p))).collect()
}

fn first_image(template: Option<&orrery_api::PodTemplateSpec>) -> Text {
    template.and_then(|t| t.spec.containers.first()).and_then(|c| c.image.clone()).unwrap_or_default()
}
