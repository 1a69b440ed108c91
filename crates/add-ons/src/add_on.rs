//! What can be installed.

use crate::controllers::{AnyController, vertical_pod_autoscaler};
use orrery_client::Webhook;

/// A program, or a set of programs, that can be installed into a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AddOn {
    /// One simulated program for every known provisioner that a storage class can name, and one that makes what they
    /// made larger.
    Provisioner,
    /// What attaches the volumes of CSI drivers, for every driver.
    CsiDriver,
    /// ingress-nginx: works once its manifests are applied.
    Ingress,
    /// A cloud that makes load balancers for Services.
    CloudProvider,
    /// More machines for pods that fit nowhere, fewer when little is asked of them.
    ClusterAutoscaler,
    /// What measures pods and nodes, and serves `metrics.k8s.io`.
    MetricsServer,
    /// What serves `custom.metrics.k8s.io` and `external.metrics.k8s.io`.
    PrometheusAdapter,
    /// Recommends what containers should request, and sees to it.
    VerticalPodAutoscaler,
}

impl AddOn {
    /// Every add-on.
    pub const ALL: [AddOn; 8] = [
        AddOn::Provisioner,
        AddOn::CsiDriver,
        AddOn::Ingress,
        AddOn::CloudProvider,
        AddOn::ClusterAutoscaler,
        AddOn::MetricsServer,
        AddOn::PrometheusAdapter,
        AddOn::VerticalPodAutoscaler,
    ];

    /// The name by which `minikube addons` knows it.
    pub fn name(self) -> &'static str {
        match self {
            AddOn::Provisioner => "storage-provisioner",
            AddOn::CsiDriver => "csi-hostpath-driver",
            AddOn::Ingress => "ingress",
            AddOn::CloudProvider => "cloud-provider",
            AddOn::ClusterAutoscaler => "cluster-autoscaler",
            AddOn::MetricsServer => "metrics-server",
            AddOn::PrometheusAdapter => "prometheus-adapter",
            AddOn::VerticalPodAutoscaler => "vpa",
        }
    }

    /// What the API server asks of every new pod.
    pub(crate) fn webhook(self) -> Option<Webhook> {
        (self == AddOn::VerticalPodAutoscaler).then_some(vertical_pod_autoscaler::admit as Webhook)
    }

    /// Whether it is a control loop, and no server alone.
    pub fn has_loop(self) -> bool {
        !matches!(self, AddOn::MetricsServer | AddOn::PrometheusAdapter)
    }

    /// Whether a control loop belongs to it.
    pub(crate) fn runs(self, controller: &AnyController) -> bool {
        match controller {
            AnyController::CsiAttacher(_) => self == AddOn::CsiDriver,
            AnyController::IngressNginx(_) => self == AddOn::Ingress,
            AnyController::PersistentVolumeProvisioner(_) | AnyController::VolumeResizer(_) => {
                self == AddOn::Provisioner
            }
            AnyController::ServiceLoadBalancer(_) => self == AddOn::CloudProvider,
            AnyController::ClusterAutoscaler(_) => self == AddOn::ClusterAutoscaler,
            AnyController::VpaRecommender(_) | AnyController::VpaUpdater(_) => {
                self == AddOn::VerticalPodAutoscaler
            }
        }
    }
}
