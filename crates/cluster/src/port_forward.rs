//! Ports of the person's machine that lead to pods: `kubectl port-forward` (upstream: `pkg/kubelet/cri/streaming`).
//!
//! A port stays open until its pod is gone, a connection to it failed, or somebody closes it.

use crate::{Cluster, Heard};
use orrery_api::Pod;
use orrery_apimachinery::{Status, StatusResult, Str};
use orrery_container_runtime::{Answer, Message, Target, Unreachable};
use orrery_kube_proxy::{Failure, Hop, Place};
use orrery_kubelet::Arrival;
use orrery_sim::Duration;
use std::net::Ipv4Addr;

/// How long it takes to hear that nobody listens.
const ROUND_TRIP: Duration = Duration::from_millis(1);

/// A port that is kept open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortForward {
    /// The port of the person's machine.
    pub local: u16,
    /// The pod's namespace.
    pub namespace: Str,
    /// The pod's name.
    pub pod: Str,
    /// Which pod of that name it is.
    uid: Str,
    /// The port of the pod.
    pub port: u16,
    /// How many connections came through.
    pub connections: u64,
}

impl Cluster {
    /// The ports that are kept open, while their pods run.
    pub fn port_forwards(&self) -> impl Iterator<Item = &PortForward> {
        self.port_forwards.iter().filter(|known| self.open_port(known.local).is_some())
    }

    pub(crate) fn keep_open(
        &mut self,
        namespace: &str,
        pod: &str,
        local: u16,
        port: u16,
    ) -> StatusResult<()> {
        let found = self.api.get::<Pod>(namespace, pod).ok_or_else(|| Status::not_found("pods", pod))?;
        let uid = found.metadata.uid.clone();
        self.port_forwards.retain(|known| known.local != local);
        self.port_forwards.push(PortForward {
            local,
            namespace: namespace.into(),
            pod: pod.into(),
            uid,
            port,
            connections: 0,
        });
        Ok(())
    }

    /// A port that is kept open, while its pod runs.
    pub(crate) fn open_port(&self, local: u16) -> Option<&PortForward> {
        let found = self.port_forwards.iter().find(|known| known.local == local)?;
        let pod = self.api.get::<Pod>(&found.namespace, &found.pod)?;
        (pod.metadata.uid == found.uid && pod.status.phase.as_deref() == Some("Running")).then_some(found)
    }

    /// Sends a message to a port of the person's own machine.
    pub(crate) fn send_forwarded(&mut self, local: u16, message: &Message) -> Heard {
        let refused = || Answer { took: ROUND_TRIP, result: Err(Unreachable::Refused) };
        let Some(at) = self.port_forwards.iter().position(|known| known.local == local) else {
            self.tracer.stop(Failure::NotListening, "nobody listens on this port of the person's machine");
            return refused();
        };
        self.port_forwards[at].connections += 1;
        let PortForward { namespace, pod: name, uid, port, .. } = self.port_forwards[at].clone();
        let pod = self.api.get::<Pod>(&namespace, &name).filter(|pod| pod.metadata.uid == uid).cloned();
        let number = pod.as_ref().and_then(|pod| self.kubelet_of.get(pod.node_name.as_ref()?).copied());
        let address = pod.as_ref().and_then(|pod| pod.status.pod_ip.as_deref()?.parse::<Ipv4Addr>().ok());
        let (Some(number), Some(address)) = (number.filter(|number| !self.cut.contains(number)), address)
        else {
            self.port_forwards.remove(at);
            self.tracer.stop(Failure::NoRoute, "lost connection to pod");
            return refused();
        };
        let to = Target { address, port };
        self.tracer.hop(Hop {
            at: Place::Pod(namespace, name, Some(port)),
            source: Ipv4Addr::LOCALHOST,
            destination: to,
            rule: format!("kubectl port-forward {local}:{port}").into(),
            what: "The API server and the kubelet carry the bytes into the pod: no Service and no NetworkPolicy is asked.".into(),
        });
        let arrival = Arrival { to, source: Ipv4Addr::LOCALHOST };
        let heard = self.at_work(number, |kubelet, api, network, now| {
            kubelet.answer(api, network, arrival, message, now)
        });
        if heard.result == Err(Unreachable::Refused) {
            self.port_forwards.remove(at);
            self.tracer
                .stop(Failure::NotListening, "nobody listens on the port in the pod: the connection is lost");
        }
        heard
    }
}
