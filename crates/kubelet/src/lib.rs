//! The kubelet: runs the pods of one node (upstream: `pkg/kubelet`).
//!
//! It is built like upstream's, in miniature, because that is what decides when a status changes:
//! a worker for each pod, which looks at the pod again when its desired state changes, when the
//! once-a-second relisting of containers finds that one started or ended ([`rhythm`]), when a probe
//! turns, and some seconds after a failure; and a worker that has just looked waits for the next
//! relisting before it looks again. Nothing is polled: each of these instants is computed, so that
//! a healthy pod costs nothing while it runs.
//!
//! Deviations: what containers do is simulated ([`containers`]); a node's pod CIDR comes
//! with its configuration, not from the node IPAM controller; a live node's Lease is renewed by
//! formula, not by a write every ten seconds ([`node_status`]).

mod actions;
mod admission;
mod ask;
mod cadvisor;
mod config;
mod containers;
mod disk;
mod downward;
mod env;
mod eviction;
mod facts;
mod fake_runtime;
mod fault;
mod hooks;
mod ip;
mod kubelet;
mod life;
mod load;
mod meter;
mod network;
mod node;
mod node_status;
mod outside;
mod plan;
mod pod_worker;
mod probe;
mod prober;
mod pulling;
mod resolver;
mod rhythm;
mod runtime;
mod script;
mod security;
mod server;
mod status;
mod stop;
mod sync;
mod terminate;
mod usage;
mod volumes;
mod words;

pub use cadvisor::ContainerSample;
pub use config::{NodeConfig, RuntimeProfile};
pub use disk::Disk;
pub use eviction::Strain;
pub use facts::{ContainerFacts, ContainerNow};
pub use kubelet::Kubelet;
pub use network::{Arrival, Caller, Network};
pub use prober::{ProbeFacts, Question};
pub use resolver::resolve;
pub use usage::Uses;
pub use volumes::{FileFacts, MountFacts, VolumeFacts, VolumePlace};

#[cfg(test)]
mod tests;
