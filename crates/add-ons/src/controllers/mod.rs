//! The registry of add-ons: a module and a line each.

mod cluster_autoscaler;
mod ingress_nginx;
mod persistent_volume_provisioner;
mod service_lb;

use orrery_controller_runtime::controllers;

controllers! {
    ClusterAutoscaler => cluster_autoscaler::ClusterAutoscaler;
    IngressNginx => ingress_nginx::IngressNginx;
    PersistentVolumeProvisioner => persistent_volume_provisioner::PersistentVolumeProvisioner;
    ServiceLoadBalancer => service_lb::ServiceLoadBalancer;
}
