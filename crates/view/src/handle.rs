//! What a person can do to a workload with one click or key, as the kubectl command that does it.

use orrery_api::{Kind, Object};
use orrery_apiserver::Key;
use orrery_cluster::Cluster;

use crate::owner;
use crate::revisions::revisions;
use crate::scene::ObjectRef;

/// The workload of the selection, and what it takes.
#[derive(Clone, PartialEq, Debug)]
pub struct Handle {
    /// The workload: the selection itself, or what is at the top of its owners.
    pub id: ObjectRef,
    /// Replicas that it wants, for what can be scaled.
    pub replicas: Option<u32>,
    /// It can be restarted.
    pub restarts: bool,
    /// It has an earlier revision to go back to.
    pub undoes: bool,
    /// With fewer replicas, claims and what they hold are deleted.
    pub shrinking_loses: bool,
}

/// The handle of an object; `None` where nothing above it can be scaled or restarted.
pub fn handle(cluster: &Cluster, id: &ObjectRef) -> Option<Handle> {
    let api = cluster.api();
    let kind = api.kinds().find(|k| k.name() == &*id.kind)?;
    let mut object = api.object(&Key::new(kind, id.namespace.clone(), id.name.clone()))?;
    while let Some(above) = owner::above(api, object.metadata()).filter(|o| o.kind() != Kind::Node) {
        object = above;
    }
    let restarts = matches!(object.kind(), Kind::Deployment | Kind::StatefulSet | Kind::DaemonSet);
    let replicas = api.replicas(&Key::of(object)).map(owner::unsigned);
    (restarts || replicas.is_some()).then(|| Handle {
        id: owner::id(object),
        replicas,
        restarts,
        undoes: revisions(api, object).len() > 1,
        shrinking_loses: retention(object).is_some_and(|(_, scaled)| scaled),
    })
}

/// Whether a StatefulSet's claims go with it, and with its pods when it shrinks.
fn retention(object: &Object) -> Option<(bool, bool)> {
    let Object::StatefulSet(set) = object else { return None };
    let policy = set.spec.persistent_volume_claim_retention_policy.as_ref()?;
    let deletes = |when: &Option<orrery_apimachinery::Str>| when.as_deref() == Some("Delete");
    Some((deletes(&policy.when_deleted), deletes(&policy.when_scaled)))
}

/// Whether what cannot be made again goes with an object.
pub(crate) fn deleting_loses(object: &Object) -> bool {
    match object.kind() {
        Kind::PersistentVolumeClaim | Kind::PersistentVolume | Kind::Namespace => true,
        _ => retention(object).is_some_and(|(deleted, _)| deleted),
    }
}

impl Handle {
    /// `kubectl scale`.
    pub fn scale(&self, replicas: u32) -> Vec<String> {
        let target = [&*self.id.kind.to_lowercase(), &*self.id.name, &format!("--replicas={replicas}")]
            .map(str::to_owned);
        line(&["scale", &target[0], &target[1], &target[2]], &self.id.namespace)
    }

    /// `kubectl rollout restart`.
    pub fn restart(&self) -> Vec<String> {
        self.rollout("restart", None)
    }

    /// `kubectl rollout undo`, to the last revision or to a certain one.
    pub fn undo(&self, to: Option<i64>) -> Vec<String> {
        self.rollout("undo", to)
    }

    fn rollout(&self, what: &str, to: Option<i64>) -> Vec<String> {
        let target = format!("{}/{}", self.id.kind.to_lowercase(), self.id.name);
        let mut line = line(&["rollout", what, &target], &self.id.namespace);
        line.extend(to.map(|number| format!("--to-revision={number}")));
        line
    }
}

/// `kubectl delete`. The page does not wait for an object to be gone.
pub fn delete(id: &ObjectRef) -> Vec<String> {
    line(&["delete", &id.kind.to_lowercase(), &id.name, "--wait=false"], &id.namespace)
}

/// What can be read of an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reads {
    /// What it is.
    Describe,
    /// Its text.
    Yaml,
    /// What was recorded about it.
    Events,
}

/// The command that shows the same of an object.
pub fn reads(id: &ObjectRef, what: Reads) -> Vec<String> {
    let kind = id.kind.to_lowercase();
    let about = ["--for=", &kind, "/", &id.name].concat();
    let words: &[&str] = match what {
        Reads::Describe => &["describe", &kind, &id.name],
        Reads::Yaml => &["get", &kind, &id.name, "-o", "yaml"],
        Reads::Events => &["events", &about],
    };
    line(words, &id.namespace)
}

/// The words of a command, with the namespace unless it is the usual one.
pub fn line(words: &[&str], namespace: &str) -> Vec<String> {
    let there = ["-n", namespace];
    let there: &[&str] = if matches!(namespace, "" | "default") { &[] } else { &there };
    words.iter().chain(there).map(|word| (*word).to_owned()).collect()
}
