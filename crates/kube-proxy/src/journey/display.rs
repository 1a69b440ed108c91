//! A followed request as text: a line for each step, with the rule that decided it.

use super::{End, Journey, Place};
use std::fmt;

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Outside => f.write_str("outside"),
            Place::Dns => f.write_str("dns"),
            Place::LoadBalancer(address) => write!(f, "load balancer {address}"),
            Place::Node(name) => write!(f, "node/{name}"),
            Place::Service(namespace, name, port) => write!(f, "service/{namespace}/{name}:{port}"),
            Place::Pod(namespace, name, None) => write!(f, "pod/{namespace}/{name}"),
            Place::Pod(namespace, name, Some(port)) => write!(f, "pod/{namespace}/{name}:{port}"),
            Place::NetworkPolicy(namespace, name) => write!(f, "networkpolicy/{namespace}/{name}"),
            Place::Ingress(namespace, name) => write!(f, "ingress/{namespace}/{name}"),
        }
    }
}

impl fmt::Display for Journey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} asks for {}", self.from, self.asked)?;
        for hop in &self.hops {
            let (from, to) = (hop.source, hop.destination);
            writeln!(f, "  {}: {from} -> {}:{}", hop.at, to.address, to.port)?;
            for line in hop.what.lines().chain(hop.rule.lines()) {
                writeln!(f, "      {line}")?;
            }
        }
        let micros = self.took.as_micros();
        let took = format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100);
        match &self.end {
            End::Answered(Some(status)) => writeln!(f, "answered with {status} after {took}"),
            End::Answered(None) => writeln!(f, "answered after {took}"),
            End::Failed(_, why) => writeln!(f, "failed after {took}: {why}"),
        }
    }
}
