//! kube-proxy and the cluster's DNS: which endpoint a connection to a Service goes to (upstream: `pkg/proxy`), and
//! what names mean (upstream: CoreDNS with its `kubernetes` plug-in).
//!
//! Rules are as old as their last sync: an endpoint that went since is still led to. All nodes sync together, but for
//! those that hear of nothing.
//!
//! Deviations: CoreDNS is not a pod, and always answers. Names outside the cluster have an address of the range
//! that is set aside for documentation; whether anybody is there is not known, and who asks is told so. A sync takes
//! no time.

mod chain_hash;
mod dns;
mod dump;
mod forward;
pub mod ingress;
mod iptables;
mod journey;
pub mod network_policy;
mod proxy;
mod runner;
mod service_port;
mod table;

#[cfg(test)]
mod tests;

pub use dns::{CLUSTER_DOMAIN, is_outside, lookup, query};
pub use dump::Chain;
pub use forward::{Choice, Forward, Masquerade, Packet, Refusal, Source};
pub use iptables::{CLUSTER_CIDR, MASQUERADE};
pub use journey::{End, Failure, Hop, Journey, Place};
pub use proxy::KubeProxy;
pub use service_port::{Cidr, Endpoint, Policy, ServicePort};
pub use table::Entry;
