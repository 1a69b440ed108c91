//! The control plane's lights: who has written how often, counted once and kept as the run goes on.

use std::collections::BTreeMap;

use orrery_api::{Kind, Pod};
use orrery_apimachinery::Str;
use orrery_apiserver::{ApiServer, Write};
use orrery_cluster::Cluster;

use crate::calls::Caller;
use crate::parts;
use crate::scene::{ControlPlane, Lamp};

/// How far back the lights look; older calls no longer glow.
const LOOK_BACK: usize = 400;

/// Where an actor of the record stands in the picture.
pub(crate) fn caller(actor: &Str) -> Caller {
    match &**actor {
        "kubectl" => Caller::Outside,
        "kube-apiserver" => Caller::Store,
        "kube-scheduler" | "default-scheduler" => Caller::Scheduler,
        other => match other.strip_prefix("kubelet/") {
            Some(node) => Caller::Node(node.into()),
            None => Caller::Controller(actor.clone()),
        },
    }
}

/// The revision of the latest write of each actor, among the last writes.
pub(crate) fn latest(api: &ApiServer) -> BTreeMap<Caller, u64> {
    let writes = api.writes();
    let recent = writes.focus().narrow(writes.len().saturating_sub(LOOK_BACK)..);
    recent.into_iter().map(|w: &Write| (caller(&w.actor), w.revision)).collect()
}

/// Of them the kubelets, by the names of their nodes.
pub(crate) fn kubelets(latest: &BTreeMap<Caller, u64>) -> impl Iterator<Item = (Str, u64)> {
    latest.iter().filter_map(|(caller, at)| match caller {
        Caller::Node(name) => Some((name.clone(), *at)),
        _ => None,
    })
}

/// The control plane on its rail.
pub(crate) fn control_plane(cluster: &Cluster, latest: &BTreeMap<Caller, u64>) -> ControlPlane {
    let api = cluster.api();
    let light = |caller: &Caller, name: &str| Lamp {
        name: name.into(),
        calls: latest.get(caller).copied().unwrap_or(0),
    };
    let loops = latest.iter().filter_map(|(caller, calls)| match caller {
        Caller::Controller(name) => Some(Lamp { name: name.clone(), calls: *calls }),
        _ => None,
    });
    ControlPlane {
        revision: api.revision(),
        writes: api.writes().len() as u64,
        queue: api.objects(Kind::Pod).filter(|o| unscheduled(o)).count(),
        scheduler: light(&Caller::Scheduler, "kube-scheduler"),
        loops: loops.collect(),
        fails: parts::consequences(cluster),
    }
}

fn unscheduled(object: &orrery_api::Object) -> bool {
    object.get::<Pod>().is_some_and(|p| p.node_name.is_none() && !p.metadata.terminating())
}
