//! Workloads as a list: what was asked for, and how much of it is there.

use orrery_api::{Deployment, ReplicaSet};
use orrery_cluster::Cluster;

use crate::owner::{Hues, workload};
use crate::scene::{Hue, ObjectRef, Text};

/// One row.
#[derive(Clone, PartialEq, Debug)]
pub struct WorkloadRow {
    /// The Deployment, or a ReplicaSet that nobody controls.
    pub id: ObjectRef,
    /// Its hue.
    pub hue: Hue,
    /// Ready pods.
    pub ready: u32,
    /// Replicas wanted.
    pub desired: u32,
    /// Images of its template.
    pub images: Text,
}

/// All workloads of all namespaces or of one.
pub fn workloads(cluster: &Cluster, namespace: Option<&str>) -> Vec<WorkloadRow> {
    let api = cluster.api();
    let hues = Hues::of(api);
    let here = |ns: &str| namespace.is_none_or(|only| only == ns);
    let unsigned = |n: i32| u32::try_from(n).unwrap_or(0);
    let deployments = api.list::<Deployment>().filter(|d| here(&d.metadata.namespace)).map(|d| WorkloadRow {
        id: reference("Deployment", &d.metadata),
        hue: hues.get(&workload(api, &d.metadata)),
        ready: unsigned(d.status.ready_replicas),
        desired: unsigned(d.spec.replicas.unwrap_or(1)),
        images: images(&d.spec.template),
    });
    let alone = api
        .list::<ReplicaSet>()
        .filter(|rs| rs.metadata.controller().is_none() && here(&rs.metadata.namespace));
    let sets = alone.map(|rs| WorkloadRow {
        id: reference("ReplicaSet", &rs.metadata),
        hue: hues.get(&workload(api, &rs.metadata)),
        ready: unsigned(rs.status.ready_replicas),
        desired: unsigned(rs.spec.replicas.unwrap_or(1)),
        images: images(&rs.spec.template),
    });
    deployments.chain(sets).collect()
}

fn reference(kind: &str, meta: &orrery_apimachinery::ObjectMeta) -> ObjectRef {
    ObjectRef { kind: kind.into(), namespace: meta.namespace.clone(), name: meta.name.clone() }
}

fn images(template: &orrery_api::PodTemplateSpec) -> Text {
    let images: Vec<&str> = template.spec.containers.iter().filter_map(|c| c.image.as_deref()).collect();
    images.join(", ").as_str().into()
}
