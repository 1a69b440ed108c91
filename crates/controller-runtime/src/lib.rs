//! What every program made of control loops stands on (upstream: controller-runtime): the trait of a loop, and the
//! manager that runs many of them, each with its own queue and identity.

mod controller;
mod manager;
#[cfg(feature = "testing")]
pub mod testing;

pub use controller::{Action, Controller, Wake};
pub use manager::{Loop, Manager};
