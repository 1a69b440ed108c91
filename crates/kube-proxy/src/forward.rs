//! What the rules of a node do with a connection (upstream: the order of the rules that `syncProxyRules` writes).

use crate::iptables::Writer;
use crate::service_port::{Endpoint, Policy, ServicePort};
use crate::table::Entry;
use orrery_container_runtime::{Protocol, Target};
use std::net::Ipv4Addr;
use std::rc::Rc;

/// Where a connection comes from, as a node's rules can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// An address of a pod.
    Pod,
    /// The node itself.
    Node,
    /// Anybody else.
    Other,
}

/// A connection that is opened, as it arrives at the rules of a node.
#[derive(Clone, Copy, Debug)]
pub struct Packet {
    /// What it speaks.
    pub protocol: Protocol,
    /// From where it seems to come.
    pub source: Ipv4Addr,
    /// Who that is.
    pub kind: Source,
    /// Where it is addressed to.
    pub to: Target,
    /// Whether that is an address of the node.
    pub own: bool,
}

/// Why the rules let a connection go no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There are no endpoints: it is rejected.
    NoEndpoints,
    /// The policy keeps to the node's own endpoints, and there are none: it is dropped.
    NoLocalEndpoints,
    /// No range of sources lets the client in: it is dropped.
    NotInSourceRanges,
}

/// Why the source of a connection is rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Masquerade {
    /// It comes from without, and the endpoint can be on another node.
    External,
    /// It comes to the Service's address from somebody who is no pod.
    NotAPod,
    /// The node itself sends it.
    Own,
    /// The endpoint sends it to itself.
    Hairpin,
}

/// How an endpoint was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// From those of which policy.
    pub policy: Policy,
    /// Which it was, from 1, and of how many.
    pub number: (usize, usize),
    /// Whether the client stays with it, and did not just come by chance.
    pub kept: bool,
    /// Whether, and why, the source is rewritten.
    pub masquerade: Option<Masquerade>,
}

/// What the rules of a node did with a connection to a Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forward {
    /// The port of the Service.
    pub port: Rc<ServicePort>,
    /// How it came to it.
    pub entry: Entry,
    /// Where it goes.
    pub result: Result<Choice, Refusal>,
    /// Whether rules carry no comments.
    pub large: bool,
}

/// Which endpoints a connection is led to, or why to none; and whether its source is marked.
pub(crate) fn policy_of(
    port: &ServicePort,
    entry: Entry,
    packet: &Packet,
    has_local: &dyn Fn() -> bool,
) -> Result<(Policy, Option<Masquerade>), Refusal> {
    if !port.has_endpoints() {
        return Err(Refusal::NoEndpoints);
    }
    let pod = packet.kind == Source::Pod;
    if entry == Entry::ClusterIp {
        let marked = (!pod).then_some(Masquerade::NotAPod);
        return match port.internal_local {
            false => Ok((Policy::Cluster, marked)),
            true if has_local() => Ok((Policy::Local, marked)),
            true => Err(Refusal::NoLocalEndpoints),
        };
    }
    let let_in =
        port.source_ranges.is_empty() || port.source_ranges.iter().any(|r| r.contains(packet.source));
    if entry == Entry::LoadBalancer && !let_in {
        return Err(Refusal::NotInSourceRanges);
    }
    match packet.kind {
        _ if !port.external_local => Ok((Policy::Cluster, Some(Masquerade::External))),
        Source::Pod => Ok((Policy::Cluster, None)),
        Source::Node => Ok((Policy::Cluster, Some(Masquerade::Own))),
        Source::Other if has_local() => Ok((Policy::Local, None)),
        Source::Other => Err(Refusal::NoLocalEndpoints),
    }
}

impl Forward {
    /// The rules that decided, in the order in which they did, a line each.
    pub fn rules(&self, packet: &Packet) -> String {
        let (port, to) = (&self.port, packet.to.address);
        let writer = Writer::new(port, self.large);
        let mut lines = Vec::new();
        let choice = match &self.result {
            Ok(choice) => choice,
            Err(Refusal::NoEndpoints) => {
                return writer.refusal(self.entry, to, " has no endpoints", "REJECT");
            }
            Err(Refusal::NoLocalEndpoints) => {
                return writer.refusal(self.entry, to, " has no local endpoints", "DROP");
            }
            Err(Refusal::NotInSourceRanges) => return writer.firewall_drop(to),
        };
        lines.push(writer.entry(self.entry, to));
        if self.entry == Entry::LoadBalancer {
            let range = port.source_ranges.iter().find(|range| range.contains(packet.source));
            lines.extend(range.map(|range| writer.firewall_pass(range)));
        }
        let external = self.entry != Entry::ClusterIp;
        match choice.masquerade {
            Some(Masquerade::External) => lines.push(writer.mark_external()),
            Some(Masquerade::NotAPod) => lines.push(writer.mark_foreign()),
            Some(Masquerade::Own) => lines.extend(writer.own_traffic()),
            _ if external && port.external_local && packet.kind == Source::Pod => {
                lines.push(writer.short_cut())
            }
            _ => {}
        }
        let falls_through = !port.external_local || packet.kind == Source::Other;
        if external && falls_through {
            lines.push(writer.external_policy());
        }
        let (number, of) = choice.number;
        lines.push(match port.sticky.filter(|_| choice.kept) {
            Some(stays) => writer.stay(choice.policy, &choice.endpoint, stays),
            None => writer.choice(choice.policy, &choice.endpoint, of + 1 - number),
        });
        if choice.masquerade == Some(Masquerade::Hairpin) {
            lines.push(writer.hairpin(&choice.endpoint));
        }
        lines.push(writer.rewrite(&choice.endpoint));
        lines.join("\n")
    }
}
