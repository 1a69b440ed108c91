//! Which connections NetworkPolicies allow, as a network plug-in that enforces them decides it (upstream: the API's
//! documentation in `k8s.io/api/networking/v1` and the concept page "Network Policies").
//!
//! What is asked is always the opening of a connection, between its two ends as they are after the rules for Services:
//! the ports are the pods' own. Replies belong to the connection and are never asked about.
//!
//! What plug-ins may choose: a range of addresses also covers pods; a pod in its node's network is its node, to which
//! no policy applies and which no selector picks.

use orrery_api::{
    EGRESS_POLICY, INGRESS_POLICY, Kind, Namespace, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort, Pod,
};
use orrery_apimachinery::{IntOrString, Str};
use orrery_client::ApiServer;
use std::net::Ipv4Addr;
use std::rc::Rc;

/// One end of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer<'a> {
    /// The pod, if it is one.
    pub pod: Option<&'a Pod>,
    /// The node on which it is, or which it is.
    pub node: Option<&'a str>,
    /// Its address.
    pub address: Ipv4Addr,
}

/// Which of a pod's connections a policy speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// Those that it makes.
    Egress,
    /// Those that it takes.
    Ingress,
}

impl Direction {
    /// As the API writes it.
    pub fn text(self) -> &'static str {
        match self {
            Direction::Egress => EGRESS_POLICY,
            Direction::Ingress => INGRESS_POLICY,
        }
    }
}

/// What the policies of one pod say of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether the pod makes the connection or takes it.
    pub direction: Direction,
    /// The pod's namespace and name.
    pub pod: (Str, Str),
    /// The policies that isolate the pod in this direction, by name.
    pub isolating: Vec<Str>,
    /// The policy among them, and the number of its rule from 0, that allows the connection, if one does.
    pub allowed: Option<(Str, usize)>,
    /// The connection in words: `TCP 80 from shop/web-1 (10.244.0.3)`.
    pub connection: Str,
}

impl Decision {
    /// The policy on which it depends: the one that allows, or else the first that isolates.
    pub fn policy(&self) -> &Str {
        self.allowed.as_ref().map_or(&self.isolating[0], |(name, _)| name)
    }

    /// The rule that decided, as a place in the policy: `spec.ingress[0]`, or `spec.podSelector` if none allowed it.
    pub fn rule(&self) -> Str {
        match &self.allowed {
            Some((_, number)) => {
                format!("spec.{}[{number}]", self.direction.text().to_ascii_lowercase()).into()
            }
            None => "spec.podSelector".into(),
        }
    }

    /// The decision in a sentence.
    pub fn sentence(&self) -> Str {
        let (namespace, name) = &self.pod;
        let (direction, policies) = (self.direction.text(), self.isolating.join(", "));
        match &self.allowed {
            Some((policy, number)) => format!(
                "{direction} rule {} of NetworkPolicy {policy} allows {}.",
                number + 1,
                self.connection
            ),
            None => format!(
                "Pod {namespace}/{name} is isolated for {direction} by {policies}, and no rule allows {}.",
                self.connection
            ),
        }
        .into()
    }
}

/// What all policies say of a connection: at most one decision for the pod that makes it, then one for the pod that
/// takes it. A pod that nothing isolates has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict(pub Vec<Decision>);

impl Verdict {
    /// The decision that stops the connection, if one does.
    pub fn denied(&self) -> Option<&Decision> {
        self.0.iter().find(|decision| decision.allowed.is_none())
    }
}

/// Decides a connection from one end to a port of the other; `protocol` is `TCP`, `UDP` or `SCTP`.
pub fn decide(api: &ApiServer, from: &Peer<'_>, to: &Peer<'_>, port: u16, protocol: &str) -> Verdict {
    let mut decisions = Vec::new();
    if api.count(Kind::NetworkPolicy) == 0 || is_exempt(from, to) {
        return Verdict(decisions);
    }
    let called = Called { port, protocol, pod: to.pod };
    decisions.extend(side(api, Direction::Egress, from, to, &called));
    // What the pod may not send never reaches the other end.
    if decisions.iter().all(|decision| decision.allowed.is_some()) {
        decisions.extend(side(api, Direction::Ingress, to, from, &called));
    }
    Verdict(decisions)
}

/// Whether no policy can say anything: a pod reaches itself, and a node and its pods reach each other.
fn is_exempt(from: &Peer<'_>, to: &Peer<'_>) -> bool {
    let own_node = from.node.is_some() && from.node == to.node;
    from.address == to.address || (own_node && (own_pod(from).is_none() || own_pod(to).is_none()))
}

/// The pod of an end, unless it is in its node's network.
fn own_pod<'a>(peer: &Peer<'a>) -> Option<&'a Pod> {
    peer.pod.filter(|pod| !pod.spec.host_network)
}

/// The port that is called.
struct Called<'a> {
    port: u16,
    protocol: &'a str,
    /// The pod whose port it is.
    pod: Option<&'a Pod>,
}

/// What the policies of `own` say, if they isolate it in this direction.
fn side(
    api: &ApiServer,
    direction: Direction,
    own: &Peer<'_>,
    other: &Peer<'_>,
    called: &Called<'_>,
) -> Option<Decision> {
    let meta = &own_pod(own)?.metadata;
    let (mut isolating, mut allowed) = (Vec::new(), None);
    for policy in api.list_in::<NetworkPolicy>(&meta.namespace) {
        let spec = &policy.spec;
        let speaks = spec.policy_types.iter().any(|t| &**t == direction.text());
        if !speaks || !spec.pod_selector.matches(&meta.labels) {
            continue;
        }
        isolating.push(policy.metadata.name.clone());
        if allowed.is_none() {
            let number = rule(api, policy, direction, other, called);
            allowed = number.map(|number| (policy.metadata.name.clone(), number));
        }
    }
    if isolating.is_empty() {
        return None;
    }
    let whom = match own_pod(other) {
        Some(pod) => format!("Pod {}/{} ({})", pod.metadata.namespace, pod.metadata.name, other.address),
        None => match other.node {
            Some(node) => format!("Node {node} ({})", other.address),
            None => other.address.to_string(),
        },
    };
    let way = if direction == Direction::Ingress { "from" } else { "to" };
    let connection = format!("{} {} {way} {whom}", called.protocol, called.port).into();
    let pod = (meta.namespace.clone(), meta.name.clone());
    Some(Decision { direction, pod, isolating, allowed, connection })
}

/// The number of the policy's first rule that allows the connection.
fn rule(
    api: &ApiServer,
    policy: &NetworkPolicy,
    direction: Direction,
    other: &Peer<'_>,
    called: &Called<'_>,
) -> Option<usize> {
    let allows = |peers: &[NetworkPolicyPeer], ports: &[NetworkPolicyPort]| {
        (ports.is_empty() || ports.iter().any(|port| is_port(port, called)))
            && (peers.is_empty() || peers.iter().any(|peer| is_peer(api, policy, peer, other)))
    };
    match direction {
        Direction::Egress => policy.spec.egress.iter().position(|rule| allows(&rule.to, &rule.ports)),
        Direction::Ingress => policy.spec.ingress.iter().position(|rule| allows(&rule.from, &rule.ports)),
    }
}

/// Whether a port of a rule is the one that is called.
fn is_port(port: &NetworkPolicyPort, called: &Called<'_>) -> bool {
    if port.protocol.as_deref().unwrap_or("TCP") != called.protocol {
        return false;
    }
    let number = i32::from(called.port);
    match &port.port {
        None => true,
        Some(IntOrString::Int(first)) => (*first..=port.end_port.unwrap_or(*first)).contains(&number),
        // The name is the called pod's.
        Some(IntOrString::String(name)) => called.pod.is_some_and(|pod| {
            let ports = || pod.spec.containers.iter().flat_map(|container| &container.ports);
            ports().any(|p| {
                p.container_port == number
                    && p.name.as_ref() == Some(name)
                    && p.protocol.as_deref().unwrap_or("TCP") == called.protocol
            })
        }),
    }
}

/// Whether a peer of a rule is the other end of the connection.
fn is_peer(api: &ApiServer, policy: &NetworkPolicy, peer: &NetworkPolicyPeer, other: &Peer<'_>) -> bool {
    if let Some(block) = &peer.ip_block {
        return block.covers(other.address);
    }
    let Some(pod) = own_pod(other) else { return false };
    let home = &pod.metadata.namespace;
    let namespace = match &peer.namespace_selector {
        None => *home == policy.metadata.namespace,
        Some(selector) => {
            let namespace: Option<&Rc<Namespace>> = api.get("", home);
            namespace.is_some_and(|namespace| selector.matches(&namespace.metadata.labels))
        }
    };
    namespace && peer.pod_selector.as_ref().is_none_or(|selector| selector.matches(&pod.metadata.labels))
}

#[cfg(test)]
mod tests;
