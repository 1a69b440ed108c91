//! What people install beside Kubernetes' own programs, and whether it is there.

use orrery_api::Deployment;
use orrery_cluster::Cluster;

/// A program that can be installed.
#[derive(Clone, PartialEq, Debug)]
pub struct Installed {
    /// Its name, as `minikube addons` has it.
    pub name: &'static str,
    /// Whether it is there.
    pub on: bool,
    /// Whether `minikube addons` turns it on and off; others belong to the machine or the cloud.
    pub switched: bool,
}

/// All of them.
pub fn add_ons(cluster: &Cluster) -> Vec<Installed> {
    let ingress = cluster.api().get::<Deployment>("ingress-nginx", "ingress-nginx-controller").is_some();
    let mut all = vec![Installed { name: "ingress", on: ingress, switched: true }];
    for add_on in orrery_cluster::AddOn::ALL {
        if add_on.name() != "ingress" {
            let on = cluster.config().add_ons.contains(&add_on);
            all.push(Installed { name: add_on.name(), on, switched: false });
        }
    }
    all
}
