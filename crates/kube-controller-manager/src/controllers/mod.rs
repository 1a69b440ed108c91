//! The registry of controllers: a module and a line each.

mod attach_detach;
mod cron_job;
mod custom_resource_definition;
mod daemon_set;
mod deployment;
mod disruption;
mod endpoint_slice;
mod endpoint_slice_mirroring;
mod endpoints;
mod ephemeral_volume;
mod garbage_collector;
pub(crate) mod horizontal_pod_autoscaler;
mod job;
mod namespace;
mod node_lifecycle;
pub(crate) mod persistent_volume;
mod pod_garbage_collector;
mod pv_protection;
mod pvc_protection;
mod replica_set;
mod resource_quota;
mod service_account;
mod stateful_set;
mod taint_eviction;
mod ttl;
mod ttl_after_finished;
mod volume_expand;

use orrery_controller_runtime::controllers;

controllers! {
    ReplicaSet => replica_set::ReplicaSetController;
    Replication => replica_set::ReplicationManager;
    Deployment => deployment::DeploymentController;
    StatefulSet => stateful_set::StatefulSetController;
    Job => job::JobController;
    CronJob => cron_job::CronJobController;
    TtlAfterFinished => ttl_after_finished::TtlAfterFinishedController;
    DaemonSet => daemon_set::DaemonSetController;
    Endpoints => endpoints::EndpointsController;
    EndpointSlice => endpoint_slice::EndpointSliceController;
    EndpointSliceMirroring => endpoint_slice_mirroring::EndpointSliceMirroringController;
    GarbageCollector => garbage_collector::GarbageCollector;
    NodeLifecycle => node_lifecycle::NodeLifecycleController;
    TaintEviction => taint_eviction::TaintEvictionController;
    Ttl => ttl::TtlController;
    PodGarbageCollector => pod_garbage_collector::PodGarbageCollector;
    CustomResourceDefinition => custom_resource_definition::CustomResourceDefinitionController;
    Disruption => disruption::DisruptionController;
    HorizontalPodAutoscaler => horizontal_pod_autoscaler::HorizontalPodAutoscalerController;
    Namespace => namespace::NamespaceController;
    ResourceQuota => resource_quota::ResourceQuotaController;
    ServiceAccount => service_account::ServiceAccountController;
    AttachDetach => attach_detach::AttachDetachController;
    PersistentVolume => persistent_volume::PersistentVolumeController;
    PvcProtection => pvc_protection::PvcProtectionController;
    PvProtection => pv_protection::PvProtectionController;
    EphemeralVolume => ephemeral_volume::EphemeralVolumeController;
    VolumeExpand => volume_expand::VolumeExpandController;
}
