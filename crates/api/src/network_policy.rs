//! NetworkPolicies: which connections pods may have.

use crate::defaults::fill;
use crate::rules::Rules;
use crate::validation::{Bare, Errors, Path, intstr, metadata, names, strings};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{IntOrString, LabelSelector, ObjectMeta, Str};
use std::net::Ipv4Addr;

/// The policy type of connections to pods.
pub const INGRESS_POLICY: &str = "Ingress";
/// The policy type of connections from pods.
pub const EGRESS_POLICY: &str = "Egress";

/// Which connections pods may have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct NetworkPolicy {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What it is to be.
    pub spec: NetworkPolicySpec,
}

/// The pods of a policy, and what they may do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct NetworkPolicySpec {
    /// The pods of the namespace that are meant.
    pub pod_selector: LabelSelector,
    /// The connections that they may take.
    #[json(omitempty)]
    pub ingress: Vec<NetworkPolicyIngressRule>,
    /// The connections that they may make.
    #[json(omitempty)]
    pub egress: Vec<NetworkPolicyEgressRule>,
    /// `Ingress`, `Egress` or both: which connections the policy speaks of.
    #[json(omitempty)]
    pub policy_types: Vec<Str>,
}

/// Connections that pods may take.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct NetworkPolicyIngressRule {
    /// On which ports; on all if empty.
    #[json(omitempty)]
    pub ports: Vec<NetworkPolicyPort>,
    /// From whom; from everyone if empty.
    #[json(omitempty)]
    pub from: Vec<NetworkPolicyPeer>,
}

/// Connections that pods may make.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct NetworkPolicyEgressRule {
    /// To which ports; to all if empty.
    #[json(omitempty)]
    pub ports: Vec<NetworkPolicyPort>,
    /// To whom; to everyone if empty.
    #[json(omitempty)]
    pub to: Vec<NetworkPolicyPeer>,
}

/// A port or a range of ports.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct NetworkPolicyPort {
    /// The protocol.
    #[json(omitempty)]
    pub protocol: Option<Str>,
    /// The port, by number or name; all if absent.
    #[json(omitempty)]
    pub port: Option<IntOrString>,
    /// The last port of a range.
    #[json(omitempty)]
    pub end_port: Option<i32>,
}

/// The other end of a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct NetworkPolicyPeer {
    /// These pods.
    #[json(omitempty)]
    pub pod_selector: Option<LabelSelector>,
    /// Pods of these namespaces.
    #[json(omitempty)]
    pub namespace_selector: Option<LabelSelector>,
    /// A range of addresses.
    #[json(omitempty)]
    pub ip_block: Option<IPBlock>,
}

/// A range of addresses, with holes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct IPBlock {
    /// The range.
    pub cidr: Str,
    /// Ranges inside it that are not meant.
    #[json(omitempty)]
    pub except: Vec<Str>,
}

impl IPBlock {
    /// Whether an address is in the range, and in none of its holes.
    pub fn covers(&self, address: Ipv4Addr) -> bool {
        let within = |text: &Str| intstr::range(text).is_some_and(|range| range.covers(address));
        within(&self.cidr) && !self.except.iter().any(within)
    }
}

impl Rules for NetworkPolicy {
    const COUNTS_GENERATION: bool = true;

    fn same_desired(&self, old: &Self) -> bool {
        self.spec == old.spec
    }

    fn set_defaults(&mut self) {
        let spec = &mut self.spec;
        let ports = spec.ingress.iter_mut().flat_map(|rule| &mut rule.ports);
        for port in ports.chain(spec.egress.iter_mut().flat_map(|rule| &mut rule.ports)) {
            fill(&mut port.protocol, "TCP");
        }
        if spec.policy_types.is_empty() {
            spec.policy_types.push(INGRESS_POLICY.into());
            if !spec.egress.is_empty() {
                spec.policy_types.push(EGRESS_POLICY.into());
            }
        }
    }

    fn check(&self, errors: &mut Errors) {
        let (path, spec) = (&Path::Root("spec"), &self.spec);
        metadata::selector(&spec.pod_selector, &path.field("podSelector"), errors);
        for (i, rule) in spec.ingress.iter().enumerate() {
            check_rule(&rule.ports, ("from", &rule.from), &path.field("ingress").index(i), errors);
        }
        for (i, rule) in spec.egress.iter().enumerate() {
            check_rule(&rule.ports, ("to", &rule.to), &path.field("egress").index(i), errors);
        }
        let at = path.field("policyTypes");
        if spec.policy_types.len() > 2 {
            let shown = strings("networking.PolicyType", &spec.policy_types);
            return errors.invalid(&at, &Bare(&shown), "may not specify more than two policyTypes");
        }
        for (i, policy) in spec.policy_types.iter().enumerate() {
            errors.one_of(&at.index(i), Some(policy), &[INGRESS_POLICY, EGRESS_POLICY]);
        }
    }
}

fn check_rule(
    ports: &[NetworkPolicyPort],
    (field, peers): (&str, &[NetworkPolicyPeer]),
    path: &Path,
    errors: &mut Errors,
) {
    for (i, port) in ports.iter().enumerate() {
        check_port(port, &path.field("ports").index(i), errors);
    }
    for (i, peer) in peers.iter().enumerate() {
        check_peer(peer, &path.field(field).index(i), errors);
    }
}

fn check_port(port: &NetworkPolicyPort, path: &Path, errors: &mut Errors) {
    if let Some(protocol) = &port.protocol {
        errors.one_of(&path.field("protocol"), Some(protocol), &["TCP", "UDP", "SCTP"]);
    }
    let end_path = path.field("endPort");
    match (&port.port, port.end_port) {
        (Some(first @ IntOrString::Int(number)), end) => {
            intstr::port(first, &path.field("port"), errors);
            if let Some(end) = end {
                if end < *number {
                    // Upstream shows the first port here, not the last.
                    errors.invalid(&end_path, number, "must be greater than or equal to `port`");
                }
                errors.each_invalid(&end_path, &end, names::port_number(end));
            }
        }
        (Some(name @ IntOrString::String(_)), end) => {
            if let Some(end) = end {
                errors.invalid(&end_path, &end, "may not be specified when `port` is non-numeric");
            }
            intstr::port(name, &path.field("port"), errors);
        }
        (None, Some(end)) => {
            errors.invalid(&end_path, &end, "may not be specified when `port` is not specified");
        }
        (None, None) => {}
    }
}

fn check_peer(peer: &NetworkPolicyPeer, path: &Path, errors: &mut Errors) {
    let selectors = [("podSelector", &peer.pod_selector), ("namespaceSelector", &peer.namespace_selector)];
    for (field, selector) in selectors {
        if let Some(selector) = selector {
            metadata::selector(selector, &path.field(field), errors);
        }
    }
    let selected = selectors.iter().any(|(_, selector)| selector.is_some());
    match &peer.ip_block {
        Some(block) => {
            check_block(block, &path.field("ipBlock"), errors);
            if selected {
                errors.forbidden(path, "may not specify both ipBlock and another peer");
            }
        }
        None if !selected => errors.required(path, "must specify a peer"),
        None => {}
    }
}

fn check_block(block: &IPBlock, path: &Path, errors: &mut Errors) {
    if block.cidr.is_empty() {
        return errors.required(&path.field("cidr"), "");
    }
    intstr::cidr(&block.cidr, &path.field("cidr"), errors);
    let Some(whole) = intstr::range(&block.cidr) else { return };
    for (i, text) in block.except.iter().enumerate() {
        let at = path.field("except");
        intstr::cidr(text, &at.index(i), errors);
        if intstr::range(text).is_some_and(|hole| !whole.contains_strictly(hole)) {
            errors.invalid(&at.index(i), text, "must be a strict subset of `cidr`");
        }
    }
}
