//! What `kubectl get` prints: columns and cells kind by kind (upstream:
//! `pkg/printers/internalversion/printers.go`), and the table they make.

mod config_map;
mod controller_revision;
mod cron_job;
mod csi_driver;
mod csi_node;
mod custom;
mod custom_resource_definition;
mod daemon_set;
mod deployment;
mod duration;
mod endpoint_slice;
mod endpoints;
mod event;
mod horizontal_pod_autoscaler;
mod ingress;
mod ingress_class;
mod job;
mod lease;
mod limit_range;
mod namespace;
mod network_policy;
mod node;
mod persistent_volume;
mod persistent_volume_claim;
mod pod;
mod pod_disruption_budget;
mod pod_template;
mod priority_class;
mod replica_set;
mod replication_controller;
mod resource_quota;
mod role;
mod role_binding;
mod runtime_class;
mod secret;
mod service;
mod service_account;
mod stateful_set;
mod storage_class;
mod table;
mod text;
mod volume_attachment;

pub use duration::human_duration;
pub use pod::{PodSummary, pod_status};
pub use table::{Options, escaped, table};
pub use text::{access_modes, age, selector};

use crate::{Kind, Object};
use orrery_apimachinery::Time;

/// One column of a kind's table.
struct Column {
    name: &'static str,
    /// Whether only `-o wide` shows it.
    wide: bool,
}

/// A column that is always shown.
const fn narrow(name: &'static str) -> Column {
    Column { name, wide: false }
}

/// A column that only `-o wide` shows.
const fn wide(name: &'static str) -> Column {
    Column { name, wide: true }
}

/// A kind with a table of its own.
trait Printed {
    /// All columns, those of `-o wide` included.
    const COLUMNS: &[Column];

    /// A text for every column.
    fn cells(&self, now: Time) -> Vec<String>;
}

macro_rules! printed {
    ($($kind:ident)*) => {
        fn all_columns(kind: Kind) -> &'static [Column] {
            match kind { $(Kind::$kind => <crate::$kind as Printed>::COLUMNS,)* Kind::Custom(_) => &[] }
        }

        fn all_cells(object: &Object, wide: bool, now: Time) -> Vec<String> {
            match object { $(Object::$kind(inner) => inner.cells(now),)* Object::Custom(inner) => custom::cells(inner, wide, now) }
        }
    };
}

printed! {
    CronJob HorizontalPodAutoscaler Job PodDisruptionBudget
    Ingress IngressClass NetworkPolicy Role ClusterRole RoleBinding ClusterRoleBinding
    RuntimeClass PriorityClass VolumeAttachment CSIDriver CSINode
    LimitRange ResourceQuota
    ReplicationController PodTemplate StatefulSet DaemonSet ControllerRevision
    ConfigMap CustomResourceDefinition Endpoints Event Namespace Node PersistentVolumeClaim PersistentVolume Pod Secret ServiceAccount
    Service Deployment ReplicaSet Lease EndpointSlice StorageClass
}

/// The heads of a kind's columns.
pub fn columns(kind: Kind, wide: bool) -> Vec<&'static str> {
    if let Kind::Custom(kind) = kind {
        return custom::columns(kind, wide);
    }
    all_columns(kind).iter().filter(|c| wide || !c.wide).map(|c| c.name).collect()
}

/// The cells of one object, one for each of its kind's [`columns`].
pub fn row(object: &Object, wide: bool, now: Time) -> Vec<String> {
    let cells = all_cells(object, wide, now);
    if matches!(object, Object::Custom(_)) {
        return cells;
    }
    let shown = all_columns(object.kind()).iter().map(|c| wide || !c.wide);
    cells.into_iter().zip(shown).filter(|(_, shown)| *shown).map(|(cell, _)| cell).collect()
}
