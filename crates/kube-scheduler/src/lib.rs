//! kube-scheduler: picks a node for each pod that has none.
//!
//! A pod waits in the [queue](Scheduler::waiting); a cycle asks every [plug-in](framework) which nodes
//! would do and which is best, and binds the pod to it. A plug-in is one file under [`plugins`] and one
//! line in the [registry](framework::PLUGINS).

pub mod cache;
mod condition;
mod cycle;
mod decision;
mod failure;
mod filtering;
mod float;
pub mod framework;
mod memory;
pub mod node_info;
mod nominator;
pub mod plugins;
pub mod pod_group;
pub mod pod_info;
mod preemption;
mod queue;
pub mod resources;
mod scheduler;
pub mod topology;
mod volumes;

pub use decision::{Candidate, Decision, NodeVerdict, Preemption, Score, ScoredBy, Victim};
pub use scheduler::{Scheduler, Waiting};
