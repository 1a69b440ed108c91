//! Who a pod belongs to: its workload, and the hue that the workload has in every view.

use std::collections::BTreeMap;

use orrery_api::{Deployment, ReplicaSet, Resource};
use orrery_apimachinery::{ObjectMeta, Str};
use orrery_apiserver::ApiServer;

use crate::scene::Hue;

const HUES: usize = 8;

/// The workload at the top of a chain of owners.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Workload {
    namespace: Str,
    pub(crate) name: Str,
}

/// The Deployment above a pod, or its ReplicaSet, or whoever controls it, or the pod itself.
pub(crate) fn workload(api: &ApiServer, pod: &ObjectMeta) -> Workload {
    let name = match pod.controller() {
        None => pod.name.clone(),
        Some(owner) => api
            .get::<ReplicaSet>(&pod.namespace, &owner.name)
            .filter(|rs| rs.metadata.uid == owner.uid)
            .and_then(|rs| rs.metadata.controller().map(|above| above.name.clone()))
            .unwrap_or_else(|| owner.name.clone()),
    };
    Workload { namespace: pod.namespace.clone(), name }
}

/// Hues go to workloads in the order in which they were created, so that one that joins recolours nobody.
pub(crate) struct Hues(BTreeMap<Workload, Hue>);

impl Hues {
    /// The hues of all workloads of a cluster.
    pub(crate) fn of(api: &ApiServer) -> Self {
        let mut all: Vec<(u64, Workload)> = Vec::new();
        all.extend(api.list::<Deployment>().map(|d| place(api, d.metadata())));
        let alone = api.list::<ReplicaSet>().filter(|rs| rs.metadata.controller().is_none());
        all.extend(alone.map(|rs| place(api, rs.metadata())));
        all.sort();
        let hues = all.into_iter().enumerate().map(|(i, (_, workload))| (workload, (i % HUES) as Hue));
        Self(hues.collect())
    }

    /// The hue of a workload. Pods on their own have one by their name.
    pub(crate) fn get(&self, workload: &Workload) -> Hue {
        self.0.get(workload).copied().unwrap_or_else(|| by_name(&workload.name))
    }
}

fn place(api: &ApiServer, meta: &ObjectMeta) -> (u64, Workload) {
    let created = meta.creation_timestamp.map_or(0, |t| api.instant(t).as_nanos());
    (created, Workload { namespace: meta.namespace.clone(), name: meta.name.clone() })
}

fn by_name(name: &str) -> Hue {
    (name.bytes().fold(5usize, |h, b| h.wrapping_mul(31).wrapping_add(usize::from(b))) % HUES) as Hue
}
