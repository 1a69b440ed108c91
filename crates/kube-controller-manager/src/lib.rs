//! kube-controller-manager: many independent loops that do not know each other.
//!
//! A controller is one file (or one folder) under [`controllers`] and one line in its registry.

mod claim;
mod conditions;
pub mod controllers;
mod history;
mod jobs;
mod namespaces;
mod owners;
mod pod_control;
mod pods;

pub use controllers::persistent_volume::{
    DeletionForecast, Fate, WhyNot, forecast_claim, forecast_volume, why_not,
};
#[cfg(test)]
use orrery_controller_runtime::testing;

use controllers::AnyController;
use orrery_client::Key;
use orrery_controller_runtime::{Action, Controller, Manager, Wake};

/// How autoscalers come to their decisions.
pub mod hpa {
    pub use crate::controllers::horizontal_pod_autoscaler::{
        Formula, HpaExplanation, Kept, MetricExplanation, PodGroup, PodShare, Recommendation, Step,
    };
}
pub use hpa::HpaExplanation;

/// The program.
pub type ControllerManager = Manager<AnyController>;

/// The program with all its controllers, in the run with `seed`.
pub fn start(seed: u64) -> ControllerManager {
    Manager::new(seed, controllers::all())
}

/// How the HorizontalPodAutoscaler under `key` came to its last decision; `None` before its first look.
pub fn hpa_explanation<'m>(manager: &'m ControllerManager, key: &Key) -> Option<&'m HpaExplanation> {
    manager.loops().find_map(|controller| match controller {
        AnyController::HorizontalPodAutoscaler(controller) => controller.explanation(key),
        _ => None,
    })
}
