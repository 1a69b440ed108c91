//! The history of a workload: the templates that it had, so that it can go back to one.

use orrery_api::{ControllerRevision, Kind, Object, ReplicaSet};
use orrery_apimachinery::Order;
use orrery_apimachinery::{ObjectMeta, Value};
use orrery_apiserver::ApiServer;

use crate::owner;
use crate::scene::Text;

/// The annotation that numbers a Deployment's ReplicaSets (upstream: `deploymentutil.RevisionAnnotation`).
const REVISION: &str = "deployment.kubernetes.io/revision";
/// The annotation that says why a revision was made.
const CHANGE_CAUSE: &str = "kubernetes.io/change-cause";

/// One revision.
#[derive(Clone, PartialEq, Debug)]
pub struct Revision {
    /// Its number.
    pub number: i64,
    /// The images of its template.
    pub images: Text,
    /// Why it was made, if somebody said so.
    pub cause: Text,
    /// The one that the workload is at, or is moving to.
    pub current: bool,
}

/// The number that the Deployment gave to one of its ReplicaSets; zero for everything else.
pub(crate) fn number(meta: &ObjectMeta) -> i64 {
    meta.annotations.get(REVISION).and_then(|r| r.parse().ok()).unwrap_or(0)
}

/// The revisions of a Deployment, StatefulSet or DaemonSet, the latest first.
pub(crate) fn revisions(api: &ApiServer, object: &Object) -> Vec<Revision> {
    let mut found = Vec::new();
    for key in api.dependents(&object.metadata().uid) {
        let one = match (object.kind(), key.kind) {
            (Kind::Deployment, Kind::ReplicaSet) => {
                api.get::<ReplicaSet>(&key.namespace, &key.name).map(|set| of_replica_set(set))
            }
            (Kind::StatefulSet | Kind::DaemonSet, Kind::ControllerRevision) => {
                api.get::<ControllerRevision>(&key.namespace, &key.name).map(|revision| of_revision(revision))
            }
            _ => None,
        };
        found.extend(one.filter(|r| r.number > 0));
    }
    found.order_by_key(|r| -r.number);
    if let Some(latest) = found.first_mut() {
        latest.current = true;
    }
    found
}

fn of_replica_set(set: &ReplicaSet) -> Revision {
    revision(number(&set.metadata), &set.metadata, owner::images(&set.spec.template))
}

fn of_revision(of: &ControllerRevision) -> Revision {
    let containers = || of.data.as_ref()?.pointer("/spec/template/spec/containers")?.as_array();
    let images = containers().into_iter().flatten().filter_map(|c| c.get("image").and_then(Value::as_str));
    revision(of.revision, &of.metadata, images.collect::<Vec<_>>().join(", ").as_str().into())
}

fn revision(number: i64, meta: &ObjectMeta, images: Text) -> Revision {
    let cause = meta.annotations.get(CHANGE_CAUSE).cloned().unwrap_or_default();
    Revision { number, images, cause, current: false }
}
