//! kube-controller-manager: many independent loops that do not know each other.
//!
//! A controller is one file (or one folder) under [`controllers`] and one line in its registry.

pub mod controller;
pub mod controllers;
mod manager;
mod owners;
mod pods;

pub use controller::{Action, Controller, Wake};
pub use manager::ControllerManager;
