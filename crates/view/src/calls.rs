//! Calls to the API server, as the picture shows them: who called, what it said, whom it concerns.

use orrery_api::{Kind, Pod};
use orrery_apiserver::{ApiServer, Write};
use orrery_cluster::Cluster;

use crate::plane;
use crate::scene::{ObjectRef, Text};

/// Who made a call, by where it stands in the picture.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Caller {
    /// A person with kubectl.
    Outside,
    /// The store itself.
    Store,
    /// kube-scheduler.
    Scheduler,
    /// A loop of the controller manager.
    Controller(Text),
    /// The kubelet of a node.
    Node(Text),
}

/// One accepted call.
#[derive(Clone, PartialEq, Debug)]
pub struct Call {
    /// Position in the run; rises by one with each call.
    pub seq: u64,
    /// Virtual time in nanoseconds.
    pub at: u64,
    /// Who called.
    pub caller: Caller,
    /// Its name as recorded.
    pub actor: Text,
    /// Verb and path, `POST pods/web-1/binding`.
    pub label: Text,
    /// What was written.
    pub object: ObjectRef,
    /// The node that hears of it.
    pub concerns: Option<Text>,
}

/// How far back calls are looked for.
const LOOK_BACK: usize = 400;

/// The latest accepted calls, oldest first.
pub fn calls(cluster: &Cluster, most: usize) -> Vec<Call> {
    let writes = cluster.api().writes();
    // Events comment on what happened, and leases are heartbeats: neither is news.
    let told = |w: &&Write| !matches!(w.kind, Kind::Event | Kind::Lease);
    let recent = writes.focus().narrow(writes.len().saturating_sub(LOOK_BACK)..);
    let recent: Vec<&Write> = recent.into_iter().filter(told).collect();
    recent[recent.len().saturating_sub(most)..].iter().map(|write| call(cluster.api(), write)).collect()
}

fn call(api: &ApiServer, write: &Write) -> Call {
    let object = ObjectRef {
        kind: write.kind.name().into(),
        namespace: write.namespace.clone(),
        name: write.name.clone(),
    };
    Call {
        seq: write.revision,
        at: write.time.as_nanos(),
        caller: plane::caller(&write.actor),
        actor: write.actor.clone(),
        label: label(write),
        concerns: concerns(api, write),
        object,
    }
}

/// Method and path of a write: `PUT pods/web-1/status`.
pub(crate) fn label(write: &Write) -> Text {
    let (method, subresource) = write.verb.label();
    let slash = if subresource.is_empty() { "" } else { "/" };
    format!("{method} {}/{}{slash}{subresource}", write.kind.plural(), write.name).as_str().into()
}

/// A pod's node hears of what others write about the pod.
fn concerns(api: &ApiServer, write: &Write) -> Option<Text> {
    if write.kind != Kind::Pod || write.actor.starts_with("kubelet/") {
        return None;
    }
    api.get::<Pod>(&write.namespace, &write.name)?.node_name.clone()
}
