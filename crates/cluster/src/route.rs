//! The way of a connection through the network: the rules of each node that it comes to, the policies of the pods at
//! both ends, and the routes between the nodes. Recorded hop by hop while somebody follows it.

use crate::network::Wires;
use orrery_api::{Kind, Pod};
use orrery_apimachinery::Str;
use orrery_apiserver::ApiServer;
use orrery_container_runtime::{Protocol, Target};
use orrery_kube_proxy::network_policy::{Decision, Peer, decide};
use orrery_kube_proxy::{
    Choice, Cidr, Entry, Failure, Forward, Hop, MASQUERADE, Masquerade, Packet, Place, Refusal, Source,
};
use orrery_kubelet::{Arrival, Caller};
use orrery_sim::SimTime;
use std::net::Ipv4Addr;
use std::rc::Rc;

/// 10.96.0.0/12: where nobody is who is not a Service.
const SERVICES: Cidr = Cidr { base: Ipv4Addr::new(10, 96, 0, 0), bits: 12 };
/// More nodes than this no connection passes through: each rewrites where it goes at most once.
const MOST_NODES: usize = 4;

/// A connection on its way.
struct Travel<'a> {
    api: &'a ApiServer,
    /// Where it began.
    from: Caller<'a>,
    /// The number of the node where it is.
    at: usize,
    /// From where it seemed to come as it came to the node: policies see it so.
    seen: Ipv4Addr,
    /// Between whom policies have decided last.
    decided: Option<(Ipv4Addr, Target)>,
    packet: Packet,
}

impl Travel<'_> {
    fn hop(&self, at: Place, rule: impl Into<Str>, what: impl Into<Str>) -> Hop {
        let Packet { source, to: destination, .. } = self.packet;
        Hop { at, source, destination, rule: rule.into(), what: what.into() }
    }
}

impl Wires<'_> {
    /// Finds where a connection arrives that somebody on a node opens.
    pub(crate) fn dial(
        &mut self,
        api: &ApiServer,
        from: &Caller<'_>,
        to: Target,
        protocol: Protocol,
        now: SimTime,
    ) -> Result<Arrival, Failure> {
        let Some(&at) = self.kubelet_of.get(from.node) else { return Err(Failure::NoRoute) };
        let kind = if from.pod.is_some() { Source::Pod } else { Source::Node };
        let packet = Packet { protocol, source: from.address, kind, to, own: false };
        let seen = from.address;
        self.travel(Travel { api, from: *from, at, seen, decided: None, packet }, now)
    }

    /// The same for a connection that comes to a node from beyond all nodes.
    pub(crate) fn dial_into(
        &mut self,
        api: &ApiServer,
        node: &Str,
        source: Ipv4Addr,
        to: Target,
        protocol: Protocol,
        now: SimTime,
    ) -> Result<Arrival, Failure> {
        let Some(&at) = self.kubelet_of.get(node) else { return Err(Failure::NoRoute) };
        let from = Caller { node, address: source, pod: None };
        let packet = Packet { protocol, source, kind: Source::Other, to, own: false };
        let mut travel = Travel { api, from, at, seen: source, decided: None, packet };
        if !self.is_reached(&mut travel, at) {
            return Err(Failure::TimedOut);
        }
        if self.tracer.is_open() {
            let rule = "-A PREROUTING -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES";
            self.tracer.hop(travel.hop(Place::Node(node.clone()), rule, format!("arrives at {node}")));
        }
        self.travel(travel, now)
    }

    fn travel(&mut self, mut travel: Travel<'_>, now: SimTime) -> Result<Arrival, Failure> {
        for _ in 0..MOST_NODES {
            let owner = self.homes.find(travel.packet.to.address);
            travel.packet.own = owner == Some((travel.at, true));
            let node = self.homes.get(travel.at).name.clone();
            let rewritten = self.proxy.forward(travel.api, &node, &travel.packet, now);
            match rewritten {
                Some(forward) => self.follow(&mut travel, forward)?,
                None if travel.packet.own => self.host_port(&mut travel, &node),
                None => self.check_services(&mut travel)?,
            }
            if travel.from.pod.is_some() && *travel.from.node == node {
                self.check_policies(&mut travel)?;
            }
            let Some((number, own)) = self.homes.find(travel.packet.to.address) else {
                self.leave(&mut travel);
                return Ok(self.arrive(&travel));
            };
            if number == travel.at {
                self.stay(&travel, own);
                return self.let_in(&mut travel);
            }
            self.cross(&mut travel, number, own)?;
            if !own {
                return self.let_in(&mut travel);
            }
        }
        let node = self.homes.get(travel.at).name.clone();
        Err(self.stop(&travel, Failure::NoRoute, Place::Node(node), "", "it goes round in circles"))
    }

    /// Records where and why a connection goes no further.
    fn stop(
        &mut self,
        travel: &Travel<'_>,
        failure: Failure,
        at: Place,
        rule: impl Into<Str>,
        why: &str,
    ) -> Failure {
        if self.tracer.is_open() {
            self.tracer.hop(travel.hop(at, rule, why));
        }
        self.tracer.stop(failure, why);
        failure
    }

    /// Does what the rules of a Service say.
    fn follow(&mut self, travel: &mut Travel<'_>, forward: Forward) -> Result<(), Failure> {
        let port = &forward.port;
        let (namespace, name) = port.service.clone();
        let at = Place::Service(namespace, name, i32::from(port.port));
        let choice = match &forward.result {
            Ok(choice) => choice,
            Err(refusal) => {
                let (failure, why) = refused(*refusal, &forward);
                let rule = self.rules(&forward, travel);
                return Err(self.stop(travel, failure, at, rule, &why));
            }
        };
        let rule = self.rules(&forward, travel);
        travel.packet.to = choice.endpoint.target;
        if self.tracer.is_open() {
            self.tracer.hop(travel.hop(at, rule, chosen(choice, &forward)));
        }
        if let Some(why) = choice.masquerade {
            self.masquerade(travel, MASQUERADE, match why {
                Masquerade::External => "traffic from without can leave for another node: its answer has to come back here",
                Masquerade::NotAPod => "traffic to the cluster IP that does not come from a pod has to come back here",
                Masquerade::Own => "the node sends it with one of its own addresses",
                Masquerade::Hairpin => "a pod that reaches itself through a Service would take its own address for an answer's",
            });
        }
        Ok(())
    }

    fn rules(&self, forward: &Forward, travel: &Travel<'_>) -> String {
        if self.tracer.is_open() { forward.rules(&travel.packet) } else { String::new() }
    }

    /// The source becomes an address of the node where the connection is: of the side on which it leaves.
    fn masquerade(&mut self, travel: &mut Travel<'_>, rule: &str, why: &str) {
        let home = self.homes.get(travel.at);
        let own_pod = home.pods.contains(travel.packet.to.address);
        let (before, node) = (travel.packet.source, home.name.clone());
        travel.packet.source = if own_pod { home.bridge() } else { home.address };
        travel.packet.kind = Source::Node;
        if self.tracer.is_open() && before != travel.packet.source {
            let what = format!("source {before} becomes {}: {why}", travel.packet.source);
            self.tracer.hop(travel.hop(Place::Node(node), rule, what));
        }
    }

    /// A port of the node that a pod has asked for (upstream: the `portmap` plug-in).
    fn host_port(&mut self, travel: &mut Travel<'_>, node: &Str) {
        let Packet { to, protocol, .. } = travel.packet;
        for pod in travel.api.pods_on(node).filter(|pod| !pod.spec.host_network) {
            let mut ports = pod.spec.containers.iter().flat_map(|container| &container.ports);
            let port = ports.find(|port| {
                port.host_port == i32::from(to.port)
                    && Protocol::named(port.protocol.as_deref().unwrap_or("TCP")) == protocol
            });
            let address = pod.status.pod_ip.as_deref().and_then(|ip| ip.parse::<Ipv4Addr>().ok());
            let Some((address, port)) = address.zip(port) else { continue };
            travel.packet.to =
                Target { address, port: u16::try_from(port.container_port).unwrap_or_default() };
            if self.tracer.is_open() {
                let p = protocol.name();
                let rule = format!(
                    "-A CNI-HOSTPORT-DNAT -p {p} -m {p} --dport {} -j DNAT --to-destination {}",
                    to.port, travel.packet.to
                );
                let what = format!("host port {} of pod {}", to.port, pod.metadata.name);
                self.tracer.hop(travel.hop(Place::Node(node.clone()), rule, what));
            }
            return;
        }
    }

    /// What is sent to an address of Services that no rule knows leaves the node and is lost.
    fn check_services(&mut self, travel: &mut Travel<'_>) -> Result<(), Failure> {
        let to = travel.packet.to;
        if !SERVICES.contains(to.address) {
            return Ok(());
        }
        let node = Place::Node(self.homes.get(travel.at).name.clone());
        let why = format!(
            "no rule is about {to}: it leaves for where nobody has the address, and nothing comes back"
        );
        Err(self.stop(travel, Failure::NoSuchPort, node, "", &why))
    }

    /// Lets the policies of the pods at both ends decide.
    fn check_policies(&mut self, travel: &mut Travel<'_>) -> Result<(), Failure> {
        let api = travel.api;
        let (source, Packet { protocol, to, .. }) = (travel.seen, travel.packet);
        if api.count(Kind::NetworkPolicy) == 0 || travel.decided == Some((source, to)) {
            return Ok(());
        }
        travel.decided = Some((source, to));
        let node_at = |address| self.homes.find(address).map(|(number, _)| &*self.homes.get(number).name);
        let from_pod = travel.from.pod.filter(|_| travel.from.address == source);
        let from = Peer { pod: from_pod, node: node_at(source), address: source };
        let to_pod = self.pod_at(api, to.address).map(|pod| &**pod);
        let to_peer = Peer { pod: to_pod, node: node_at(to.address), address: to.address };
        let verdict = decide(api, &from, &to_peer, to.port, &protocol.name().to_ascii_uppercase());
        for decision in &verdict.0 {
            let Decision { pod: (namespace, _), .. } = decision;
            let at = Place::NetworkPolicy(namespace.clone(), decision.policy().clone());
            if decision.allowed.is_none() {
                return Err(self.stop(travel, Failure::Denied, at, decision.rule(), &decision.sentence()));
            }
            if self.tracer.is_open() {
                self.tracer.hop(travel.hop(at, decision.rule(), decision.sentence()));
            }
        }
        Ok(())
    }

    /// The pod with an address of its own.
    pub(crate) fn pod_at<'a>(&self, api: &'a ApiServer, address: Ipv4Addr) -> Option<&'a Rc<Pod>> {
        let (number, _) = self.homes.find(address).filter(|(_, own)| !own)?;
        let text = address.to_string();
        let has_it = |pod: &&Rc<Pod>| {
            let ended = matches!(pod.status.phase.as_deref(), Some("Succeeded" | "Failed"));
            pod.status.pod_ip.as_deref() == Some(&text) && !ended
        };
        api.pods_on(&self.homes.get(number).name).find(has_it)
    }

    /// It stays on the node.
    fn stay(&mut self, travel: &Travel<'_>, own: bool) {
        if self.tracer.is_open() && !own {
            let home = self.homes.get(travel.at);
            let (node, to) = (home.name.clone(), travel.packet.to.address);
            let Cidr { base, bits } = home.pods;
            let rule = format!("{base}/{bits} dev cni0 proto kernel scope link src {}", home.bridge());
            self.tracer.hop(travel.hop(
                Place::Node(node.clone()),
                rule,
                format!("{to} is on {node} itself: over its bridge"),
            ));
        }
    }

    /// It crosses to another node.
    fn cross(&mut self, travel: &mut Travel<'_>, number: usize, own: bool) -> Result<(), Failure> {
        if own && travel.packet.kind == Source::Pod {
            self.leave(travel);
        }
        if self.tracer.is_open() {
            let (home, there) = (self.homes.get(travel.at), self.homes.get(number));
            let (node, other) = (home.name.clone(), there.name.clone());
            let Cidr { base, bits } = there.pods;
            let (rule, what) = match own {
                true => (
                    "172.18.0.0/16 dev eth0 proto kernel scope link".to_owned(),
                    format!("to {other}'s own address"),
                ),
                false => (
                    format!("{base}/{bits} via {} dev eth0", there.address),
                    format!("{base}/{bits} are the pods of {other}"),
                ),
            };
            self.tracer.hop(travel.hop(Place::Node(node), rule, what));
        }
        travel.packet.kind = if travel.packet.kind == Source::Pod { Source::Pod } else { Source::Other };
        if !self.is_reached(travel, number) {
            return Err(Failure::TimedOut);
        }
        (travel.at, travel.seen) = (number, travel.packet.source);
        Ok(())
    }

    /// What a pod sends beyond all pods gets its node's address.
    fn leave(&mut self, travel: &mut Travel<'_>) {
        if travel.packet.kind == Source::Pod {
            let Cidr { base, bits } = self.homes.get(travel.at).pods;
            let rule = format!("-A POSTROUTING -s {base}/{bits} ! -d 10.244.0.0/16 -j MASQUERADE");
            self.masquerade(travel, &rule, "addresses of pods mean nothing beyond them");
        }
    }

    /// Whether packets get to a node, from where they are.
    fn is_reached(&mut self, travel: &mut Travel<'_>, number: usize) -> bool {
        let is_away = self.cut.contains(&number) || (number != travel.at && self.cut.contains(&travel.at));
        let is_on = self.kubelets[number].component.as_ref().is_none_or(|kubelet| kubelet.is_on());
        if is_away || !is_on {
            let node = self.homes.get(number).name.clone();
            let why = if is_on { "is cut off" } else { "is without power" };
            let why = format!("{node} {why}: nothing comes back");
            self.stop(travel, Failure::TimedOut, Place::Node(node), "", &why);
        }
        is_on && !is_away
    }

    /// It has come to the node of the pod that it is for.
    fn let_in(&mut self, travel: &mut Travel<'_>) -> Result<Arrival, Failure> {
        self.check_policies(travel)?;
        Ok(self.arrive(travel))
    }

    /// It is there.
    fn arrive(&mut self, travel: &Travel<'_>) -> Arrival {
        let Packet { source, to, .. } = travel.packet;
        if self.tracer.is_open() {
            let pod = self.pod_at(travel.api, to.address);
            let place = match (pod, self.homes.find(to.address)) {
                (Some(pod), _) => {
                    let meta = &pod.metadata;
                    Place::Pod(meta.namespace.clone(), meta.name.clone(), Some(to.port))
                }
                (None, Some((number, _))) => Place::Node(self.homes.get(number).name.clone()),
                (None, None) => Place::Outside,
            };
            self.tracer.hop(travel.hop(place, "", format!("arrives at {to}")));
        }
        Arrival { to, source }
    }
}

/// Why the rules of a Service turn a connection away.
fn refused(refusal: Refusal, forward: &Forward) -> (Failure, String) {
    let name = forward.port.full_name();
    match refusal {
        Refusal::NoEndpoints => (Failure::NoEndpoints, format!("{name} has no endpoints: rejected")),
        Refusal::NoLocalEndpoints => {
            (Failure::NoLocalEndpoints, format!("{name} has no local endpoints: dropped"))
        }
        Refusal::NotInSourceRanges => {
            (Failure::Denied, format!("no loadBalancerSourceRanges of {name} has the client: dropped"))
        }
    }
}

/// How an endpoint was chosen, in a sentence.
fn chosen(choice: &Choice, forward: &Forward) -> String {
    let (number, of) = choice.number;
    let entry = match forward.entry {
        Entry::ClusterIp => "cluster IP",
        Entry::ExternalIp => "external IP",
        Entry::LoadBalancer => "load balancer IP",
        Entry::NodePort => "node port",
    };
    let how = match (choice.kept, of) {
        (true, _) => "the client stays with it (sessionAffinity)",
        (false, 1) => "the only one",
        _ => "by chance",
    };
    let ends = if choice.endpoint.ready { "" } else { ", which ends and still serves" };
    format!("{entry} of {}: endpoint {number} of {of}{ends}, {how}", forward.port.full_name())
}
