//! kube-controller-manager: many independent loops that do not know each other.
//!
//! A controller is one file (or one folder) under [`controllers`] and one line in its registry.

mod claim;
mod conditions;
pub mod controller;
pub mod controllers;
#[cfg(test)]
mod fake_kubelet;
mod history;
mod jobs;
mod manager;
mod namespaces;
mod owners;
mod pod_control;
mod pods;
#[cfg(test)]
mod testing;

pub use controller::{Action, Controller, Wake};
pub use manager::ControllerManager;
