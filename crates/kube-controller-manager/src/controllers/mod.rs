//! The registry of controllers: a module and a line each.

mod cron_job;
mod custom_resource_definition;
mod daemon_set;
mod deployment;
mod disruption;
mod endpoint_slice;
mod endpoint_slice_mirroring;
mod endpoints;
mod garbage_collector;
mod horizontal_pod_autoscaler;
mod job;
mod namespace;
mod node_lifecycle;
mod persistent_volume;
mod persistent_volume_provisioner;
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

use crate::{Action, Controller, Wake};
use orrery_apimachinery::StatusResult;
use orrery_client::{ApiServer, Backoff, Change, Context, Key};

macro_rules! controllers {
    ($($name:ident => $ty:path;)*) => {
        /// Any of the controllers.
        #[derive(Clone, Debug)]
        #[expect(missing_docs, reason = "each variant is the controller of that name")]
        pub enum AnyController {
            $($name($ty),)*
        }

        /// One of each.
        pub fn all() -> Vec<AnyController> {
            vec![$(AnyController::$name(Default::default()),)*]
        }

        impl AnyController {
            /// The controller's name.
            pub fn name(&self) -> &'static str {
                match self { $(AnyController::$name(_) => <$ty as Controller>::NAME,)* }
            }

            /// As [`Controller::RETRY`].
            pub fn retry(&self) -> Backoff {
                match self { $(AnyController::$name(_) => <$ty as Controller>::RETRY,)* }
            }

            /// As [`Controller::TRIES`].
            pub fn tries(&self) -> u32 {
                match self { $(AnyController::$name(_) => <$ty as Controller>::TRIES,)* }
            }

            /// As [`Controller::observe`].
            pub fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake) {
                match self { $(AnyController::$name(c) => c.observe(change, api, wake),)* }
            }

            /// As [`Controller::sync`].
            pub fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
                match self { $(AnyController::$name(c) => c.sync(key, cx),)* }
            }
        }
    };
}

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
    PersistentVolume => persistent_volume::PersistentVolumeController;
    PvcProtection => pvc_protection::PvcProtectionController;
    PvProtection => pv_protection::PvProtectionController;
    PersistentVolumeProvisioner => persistent_volume_provisioner::PersistentVolumeProvisioner;
}
