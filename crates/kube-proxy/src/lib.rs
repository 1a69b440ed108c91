//! kube-proxy and the cluster's DNS: which endpoint a connection to a Service goes to (upstream: `pkg/proxy`), and
//! what names mean (upstream: CoreDNS with its `kubernetes` plug-in).
//!
//! There are no rules that could be out of date: each connection reads Services and EndpointSlices as they are.
//!
//! Deviations: CoreDNS is not a pod, and always answers. Names outside the cluster have an address of the range
//! that is set aside for documentation; whether anybody is there is not known, and who asks is told so.

mod dns;
pub mod ingress;
mod journey;
pub mod network_policy;
mod proxy;
mod rules;

#[cfg(test)]
mod tests;

pub use dns::{CLUSTER_DOMAIN, is_outside, lookup};
pub use journey::{End, Failure, Hop, Journey, Place};
pub use proxy::{Client, Connection, KubeProxy, Way};
