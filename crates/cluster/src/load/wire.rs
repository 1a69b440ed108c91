//! Connections of a load: where they end, and what is answered there.

use crate::Cluster;
use crate::request::{Heard, Origin};
use orrery_api::Pod;
use orrery_apimachinery::Str;
use orrery_container_runtime::{Message, Target};
use orrery_kube_proxy::Failure;
use orrery_kubelet::{Kubelet, Network};
use orrery_sim::SimTime;
use std::net::Ipv4Addr;

/// A connection that stands: the node whose rules led it, and where it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wire {
    pub(crate) node: Str,
    pub(crate) end: Target,
}

impl Cluster {
    /// The address of a name, as it is found from somewhere.
    pub(super) fn resolve(&mut self, from: &Origin, host: &str) -> Result<Ipv4Addr, Failure> {
        let found = match from {
            Origin::Outside => self.wired(|wires, api, _| wires.lookup_outside(api, host)),
            Origin::Node(name) => self.wired(|wires, api, _| wires.lookup_on_node(api, name, host)),
            Origin::Pod { .. } => {
                let (node, _) = self.home(from)?;
                let Origin::Pod { namespace, name, .. } = from else { return Err(Failure::NoRoute) };
                let pod = self.api.get::<Pod>(namespace, name).cloned().ok_or(Failure::NoRoute)?;
                self.wired(|wires, api, _| {
                    orrery_kubelet::resolve(&pod, host, api, &node, wires).first().copied()
                })
            }
        };
        found.ok_or(Failure::UnknownName)
    }

    /// The node and the address of a pod that runs.
    fn home(&self, from: &Origin) -> Result<(Str, Ipv4Addr), Failure> {
        let Origin::Pod { namespace, name, .. } = from else { return Err(Failure::NoRoute) };
        let pod = self.api.get::<Pod>(namespace, name);
        let pod = pod.filter(|pod| pod.status.phase.as_deref() == Some("Running")).ok_or(Failure::NoRoute)?;
        let address = pod.status.pod_ip.as_ref().and_then(|ip| ip.parse().ok());
        pod.node_name.clone().zip(address).ok_or(Failure::NoRoute)
    }

    /// Opens a connection, on which nothing is said yet.
    pub(super) fn dial(&mut self, from: &Origin, to: Target) -> Result<Wire, Failure> {
        let home = if matches!(from, Origin::Pod { .. }) { Some(self.home(from)?) } else { None };
        self.tracer.dial();
        let heard = self.wired(|wires, api, now| match (from, home) {
            (Origin::Outside, _) => wires.send_from_outside(api, to, &Message::Connect, now),
            (Origin::Node(name), _) => wires.send_from_node(api, name, to, &Message::Connect, now),
            (_, Some((node, address))) => wires.enter(api, &node, address, to, &Message::Connect, now),
            _ => unreachable!("a pod has a home by now"),
        });
        match (self.tracer.dialled(), heard.result) {
            (Some((node, end)), _) => Ok(Wire { node, end }),
            (None, Err(why)) => Err(self.tracer.failure(why)),
            (None, Ok(_)) => Err(Failure::NoRoute),
        }
    }

    /// Lets the end of a connection answer as many requests, of which one stands for all.
    pub(super) fn send_batch(&mut self, wire: &Wire, message: &Message, count: u64) -> Heard {
        self.tracer.set_batch(Some(count));
        let heard = self.wired(|wires, api, now| wires.send(api, &wire.node, wire.end, message, now));
        self.tracer.set_batch(None);
        heard
    }

    /// The pod that has an address.
    pub(super) fn pod_at(&self, address: Ipv4Addr) -> Option<(Str, Str)> {
        self.kubelets_of(address).find_map(|kubelet| kubelet.pod_at(address))
    }

    /// Whether a container that could have answered there ran until an instant.
    pub(super) fn is_served(&self, end: Target, at: SimTime) -> bool {
        let mut homes = self.kubelets_of(end.address).peekable();
        // What is not a pod's does not end.
        homes.peek().is_none() || homes.any(|kubelet| kubelet.is_served(end, at))
    }

    fn kubelets_of(&self, address: Ipv4Addr) -> impl Iterator<Item = &Kubelet> {
        let seats = self.kubelets.iter().filter_map(|seat| seat.component.as_deref());
        seats.filter(move |kubelet| kubelet.has_address(address))
    }
}
