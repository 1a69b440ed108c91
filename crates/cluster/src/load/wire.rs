//! Connections of a load: where they end, and what is answered there.

use crate::Cluster;
use crate::request::{Heard, Origin};
use orrery_api::Pod;
use orrery_apimachinery::Str;
use orrery_container_runtime::{Message, Protocol, Target};
use orrery_kube_proxy::Failure;
use orrery_kubelet::{Arrival, Caller, Kubelet, Network};
use orrery_sim::SimTime;
use std::net::Ipv4Addr;

/// A connection that stands: the node whose rules led it, and where it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wire {
    pub(crate) node: Str,
    pub(crate) end: Target,
    /// From where it seems to come there.
    pub(crate) source: Ipv4Addr,
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
        let tcp = Protocol::Tcp;
        let (node, arrival) = match from {
            Origin::Outside => self.wired(|wires, api, now| wires.dial_from_outside(api, to, tcp, now))?,
            Origin::Node(name) => {
                let arrival = self.wired(|wires, api, now| wires.dial_from_node(api, name, to, tcp, now))?;
                (name.clone(), arrival)
            }
            Origin::Pod { namespace, name, .. } => {
                let (node, address) = self.home(from)?;
                let pod = self.api.get::<Pod>(namespace, name).cloned().ok_or(Failure::NoRoute)?;
                let caller = Caller {
                    node: &node,
                    address,
                    pod: Some(&pod).filter(|pod| !pod.spec.host_network).map(|pod| &**pod),
                };
                let arrival = self.wired(|wires, api, now| wires.dial(api, &caller, to, tcp, now))?;
                (node, arrival)
            }
        };
        Ok(Wire { node, end: arrival.to, source: arrival.source })
    }

    /// Lets the end of a connection answer as many requests, of which one stands for all.
    pub(super) fn send_batch(&mut self, wire: &Wire, message: &Message, count: u64) -> Heard {
        self.tracer.set_batch(Some(count));
        let heard = {
            let arrival = Arrival { to: wire.end, source: wire.source };
            self.wired(|wires, api, now| wires.send(api, &wire.node, arrival, message, now))
        };
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
