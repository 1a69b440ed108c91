//! Workloads as a list: what was asked for, and how much of it is there.

use orrery_cluster::Cluster;

use crate::owner::{self, Hues, workload};
use crate::scene::{Hue, ObjectRef, Text};

/// One row.
#[derive(Clone, PartialEq, Debug)]
pub struct WorkloadRow {
    /// A workload that nobody controls.
    pub id: ObjectRef,
    /// Its hue.
    pub hue: Hue,
    /// Ready pods; of a Job those that succeeded.
    pub ready: u32,
    /// How many are wanted.
    pub desired: u32,
    /// Images of its template.
    pub images: Text,
}

/// All workloads of all namespaces or of one.
pub fn workloads(cluster: &Cluster, namespace: Option<&str>) -> Vec<WorkloadRow> {
    let api = cluster.api();
    let hues = Hues::of(api);
    let here = |ns: &str| namespace.is_none_or(|only| only == ns);
    let all = owner::tops(api).filter(|object| here(&object.metadata().namespace));
    all.map(|object| {
        let (ready, desired) = owner::counts(object);
        WorkloadRow {
            id: owner::id(object),
            hue: hues.get(&workload(api, object.metadata())),
            ready,
            desired,
            images: owner::template(object).map(owner::images).unwrap_or_default(),
        }
    })
    .collect()
}
