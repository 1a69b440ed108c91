//! What is inside: a pod with its containers, a node with its agents.

pub mod container;
pub mod node;
pub mod pod;
pub mod rules;
pub mod volume;
