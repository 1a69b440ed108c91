//! The programs that people install into a cluster beside Kubernetes' own: provisioners of volumes, a cloud's load
//! balancers and node groups, Ingress controllers, autoscalers. Each is a control loop that knows the API server alone.
//!
//! A program is one file (or one folder) under [`controllers`], one line in its registry, and one line in [`AddOn`].

mod add_on;
pub mod controllers;

pub use add_on::AddOn;
pub use controllers::vertical_pod_autoscaler::namespaces as vertically_autoscaled;

use orrery_client::Webhook;
#[cfg(test)]
use orrery_controller_runtime::testing;
use orrery_controller_runtime::{Action, Controller, Manager, Wake};

/// All installed programs.
pub type AddOns = Manager<controllers::AnyController>;

/// The add-ons of a run with `seed` in which these are installed.
pub fn install(seed: u64, installed: &[AddOn]) -> AddOns {
    let wanted = |controller: &controllers::AnyController| installed.iter().any(|a| a.runs(controller));
    Manager::new(seed, controllers::all().into_iter().filter(wanted).collect())
}

/// What the API server asks of every new pod, if these are installed.
pub fn webhooks(installed: &[AddOn]) -> impl Iterator<Item = Webhook> {
    installed.iter().filter_map(|add_on| add_on.webhook())
}
