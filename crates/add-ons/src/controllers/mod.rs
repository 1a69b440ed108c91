//! The registry of add-ons: a module and a line each.

mod cluster_autoscaler;
mod csi_attacher;
mod ingress_nginx;
mod persistent_volume_provisioner;
mod service_lb;
pub(crate) mod vertical_pod_autoscaler;
mod volume_resizer;

use orrery_controller_runtime::controllers;

controllers! {
    ClusterAutoscaler => cluster_autoscaler::ClusterAutoscaler;
    CsiAttacher => csi_attacher::CsiAttacher;
    IngressNginx => ingress_nginx::IngressNginx;
    PersistentVolumeProvisioner => persistent_volume_provisioner::PersistentVolumeProvisioner;
    VolumeResizer => volume_resizer::VolumeResizer;
    ServiceLoadBalancer => service_lb::ServiceLoadBalancer;
    VpaRecommender => vertical_pod_autoscaler::VpaRecommender;
    VpaUpdater => vertical_pod_autoscaler::VpaUpdater;
}
