//! A request as it was followed: from whom, over which hops, and how it ended. Recorded while it is decided, never
//! guessed afterwards.

mod display;

use orrery_apimachinery::Str;
use orrery_container_runtime::{Target, Unreachable};
use orrery_sim::{Duration, SimTime};
use std::net::Ipv4Addr;

/// Somewhere that a request comes by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Beyond the cluster: a person with a browser, or somebody's server.
    Outside,
    /// The cluster's DNS.
    Dns,
    /// A load balancer before the cluster, by its address.
    LoadBalancer(Str),
    /// A node, by its name: its network, before or after the rules.
    Node(Str),
    /// A port of a Service: its namespace, its name, the port.
    Service(Str, Str, i32),
    /// A pod: its namespace, its name, and the port on which it is reached, if it is.
    Pod(Str, Str, Option<u16>),
    /// A network policy: its namespace and its name.
    NetworkPolicy(Str, Str),
    /// An Ingress: its namespace and its name.
    Ingress(Str, Str),
}

/// One step of a request, and the rule that decided it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// Where the decision fell.
    pub at: Place,
    /// The address from which the packets seem to come as they leave this place.
    pub source: Ipv4Addr,
    /// Where the packets are addressed to as they leave this place.
    pub destination: Target,
    /// The rule that decided, as the tool that holds it would show it: a chain of iptables with its probability, a
    /// record of DNS, a path of an Ingress, a route.
    pub rule: Str,
    /// What the rule did, in a sentence.
    pub what: Str,
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// It was answered by the pod or whoever stands at the last hop: the status of HTTP, if that was spoken.
    Answered(Option<u16>),
    /// It was not: what the client saw, and why.
    Failed(Failure, Str),
}

/// Why a request was not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Failure {
    /// The name means nothing.
    UnknownName,
    /// The Service has no endpoints that are ready.
    NoEndpoints,
    /// The Service, or the node, has no such port.
    NoSuchPort,
    /// Nobody listens on the port of the pod.
    NotListening,
    /// A NetworkPolicy does not allow it.
    Denied,
    /// Nobody has the address, or the way there is cut.
    NoRoute,
    /// The other side does not answer in time.
    TimedOut,
    /// The traffic policy keeps to the node's own endpoints, and it has none.
    NoLocalEndpoints,
    /// An Ingress controller had no rule, or no backend, for it.
    NoBackend,
    /// Whoever was asked ended before it had answered.
    ConnectionReset,
}

impl Failure {
    /// What the client sees of it.
    pub fn seen(self) -> Unreachable {
        match self {
            Failure::NoEndpoints | Failure::NotListening => Unreachable::Refused,
            Failure::NoRoute => Unreachable::NoRoute,
            _ => Unreachable::TimedOut,
        }
    }
}

/// A request that was followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journey {
    /// Its number since the beginning, from 1.
    pub number: u64,
    /// When it was sent.
    pub at: SimTime,
    /// By whom.
    pub from: Place,
    /// What was asked for, as the client wrote it: `http://web.shop/cart`.
    pub asked: Str,
    /// Every step, in order. A request that a proxy among them makes in turn goes on in the same list.
    pub hops: Vec<Hop>,
    /// How it ended.
    pub end: End,
    /// How long it took.
    pub took: Duration,
}
