//! The network between the nodes: kube-proxy's rules, what is in the way, and who is at the other end.

use crate::cluster::Seat;
use crate::tracer::Tracer;
use orrery_api::{Node, Pod};
use orrery_apimachinery::Str;
use orrery_apiserver::ApiServer;
use orrery_client::IngressController;
use orrery_container_runtime::images::{Image, Reference};
use orrery_container_runtime::registry::{Credentials, Registries};
use orrery_container_runtime::{Answer, Files, Message, Reply, Route, Target, Unreachable};
use orrery_kube_proxy::ingress::{self, Balancers, Incoming};
use orrery_kube_proxy::{Client, Hop, KubeProxy, Place, is_outside, lookup};
use orrery_kubelet::{Kubelet, Network};
use orrery_sim::{Duration, SimTime};
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::rc::Rc;

/// How long it takes to hear that nobody listens, or an assumed answer from outside.
const ROUND_TRIP: Duration = Duration::from_millis(1);
/// How long a client waits for somebody who does not answer, unless it is less patient itself.
const PATIENCE: Duration = Duration::from_secs(127);

/// The network as a kubelet at work reaches it: all kubelets but those that are at work.
pub(crate) struct Wires<'a> {
    pub proxy: &'a mut KubeProxy,
    pub tracer: &'a mut Tracer,
    pub balancers: &'a mut Balancers,
    pub disks: &'a mut BTreeMap<Str, Files>,
    pub registries: &'a Registries,
    /// The nodes that are cut off, by their kubelets' numbers.
    pub cut: &'a BTreeSet<usize>,
    /// The number of every node's kubelet.
    pub kubelet_of: &'a BTreeMap<Str, usize>,
    pub kubelets: &'a mut [Seat<Option<Box<Kubelet>>>],
    /// The kubelets that have something new to do.
    pub roused: Vec<usize>,
}

impl Wires<'_> {
    fn is_cut(&self, node: &str) -> bool {
        self.kubelet_of.get(node).is_some_and(|number| self.cut.contains(number))
    }

    /// The address of a name, as somebody outside the cluster finds it.
    pub(crate) fn lookup_outside(&mut self, api: &ApiServer, host: &str) -> Option<Ipv4Addr> {
        lookup(api, host, false).first().copied()
    }

    /// The address of a name, as a process of a node finds it.
    pub(crate) fn lookup_on_node(&mut self, api: &ApiServer, node: &Str, host: &str) -> Option<Ipv4Addr> {
        self.lookup(api, node, host, false).first().copied()
    }

    /// Sends a message from outside the cluster.
    pub(crate) fn send_from_outside(
        &mut self,
        api: &ApiServer,
        to: Target,
        message: &Message,
        now: SimTime,
    ) -> Answer<Result<Reply, Unreachable>> {
        let text = to.address.to_string();
        let is_its = |node: &&Rc<Node>| node.status.addresses.iter().any(|a| *a.address == *text);
        let node = api.list::<Node>().find(is_its).or_else(|| api.list::<Node>().next());
        let Some(node) = node.map(|node| node.metadata.name.clone()) else { return nobody() };
        self.enter(api, &node, Ipv4Addr::new(198, 51, 100, 10), to, message, now)
    }

    /// Sends a message from a process of a node.
    pub(crate) fn send_from_node(
        &mut self,
        api: &ApiServer,
        node: &Str,
        to: Target,
        message: &Message,
        now: SimTime,
    ) -> Answer<Result<Reply, Unreachable>> {
        let own =
            api.get::<Node>("", node).and_then(|node| node.status.addresses.first()?.address.parse().ok());
        self.enter(api, node, own.unwrap_or(Ipv4Addr::LOCALHOST), to, message, now)
    }

    /// Sends a message from an address on a node.
    pub(crate) fn enter(
        &mut self,
        api: &ApiServer,
        node: &Str,
        from: Ipv4Addr,
        to: Target,
        message: &Message,
        now: SimTime,
    ) -> Answer<Result<Reply, Unreachable>> {
        match self.connect(api, node, from, to, now) {
            Ok(end) => self.send(api, node, end, message, now),
            Err(Unreachable::Refused) => Answer { took: ROUND_TRIP, result: Err(Unreachable::Refused) },
            Err(_) => nobody(),
        }
    }
}

impl Network for Wires<'_> {
    fn lookup(&mut self, api: &ApiServer, node: &Str, name: &str, cluster: bool) -> Vec<Ipv4Addr> {
        if self.is_cut(node) { name.parse().into_iter().collect() } else { lookup(api, name, cluster) }
    }

    fn connect(
        &mut self,
        api: &ApiServer,
        node: &Str,
        from: Ipv4Addr,
        to: Target,
        now: SimTime,
    ) -> Result<Target, Unreachable> {
        let client = Client { node: node.clone(), address: from };
        let way = self.proxy.connect(api, &client, to, now);
        if self.tracer.is_open()
            && let Some((namespace, name)) = &way.service
        {
            self.tracer.hop(Hop {
                at: Place::Service(namespace.clone(), name.clone(), i32::from(to.port)),
                source: from,
                destination: way.end.unwrap_or(to),
                rule: "".into(),
                what: "".into(),
            });
        }
        // Who only dials is told that nobody is there, and so sends nothing.
        match way.end {
            Ok(end) if self.tracer.dials(node, end) => Err(Unreachable::Refused),
            end => end,
        }
    }

    fn batch(&self) -> Option<u64> {
        self.tracer.batch()
    }

    fn send(
        &mut self,
        api: &ApiServer,
        node: &Str,
        to: Target,
        message: &Message,
        now: SimTime,
    ) -> Answer<Result<Reply, Unreachable>> {
        if self.is_cut(node) {
            return nobody();
        }
        if is_outside(to.address) {
            return Answer { took: ROUND_TRIP, result: Ok(assumed(message)) };
        }
        let there = |seat: &Seat<Option<Box<Kubelet>>>| {
            seat.component.as_ref().is_some_and(|kubelet| kubelet.is_on() && kubelet.has_address(to.address))
        };
        let number = self.kubelets.iter().position(there).filter(|number| !self.cut.contains(number));
        let Some(number) = number else { return nobody() };
        let Some(mut kubelet) = self.kubelets[number].component.take() else { return nobody() };
        let answer = kubelet.answer(api, self, to, message, now);
        self.kubelets[number].component = Some(kubelet);
        self.roused.push(number);
        answer
    }

    fn registries(&self) -> &Registries {
        self.registries
    }

    fn pull(
        &mut self,
        node: &Str,
        reference: &Reference,
        credentials: &[Credentials],
    ) -> Result<Rc<Image>, Str> {
        match self.is_cut(node) {
            true => Err(self.registries.out_of_reach(reference)),
            false => self.registries.pull(reference, credentials),
        }
    }

    fn disk(&mut self, volume: &Str) -> &mut Files {
        self.disks.entry(volume.clone()).or_default()
    }

    fn route(
        &mut self,
        api: &ApiServer,
        pod: &Pod,
        from: Ipv4Addr,
        args: &[Str],
        tls: bool,
        (host, path): (&str, &str),
    ) -> Route {
        let controller = IngressController::of(args);
        let incoming = Incoming { tls, host, path };
        let routing = ingress::route(api, &controller, self.balancers, &incoming);
        if self.tracer.is_open() {
            let meta = &pod.metadata;
            let own = || Place::Pod(meta.namespace.clone(), meta.name.clone(), None);
            let first = match &routing.route {
                Route::Backend { targets, .. } => targets.first().copied(),
                _ => None,
            };
            self.tracer.hop(Hop {
                at: routing.ingress.map_or_else(own, |(namespace, name)| Place::Ingress(namespace, name)),
                source: from,
                destination: first.unwrap_or(Target { address: from, port: if tls { 443 } else { 80 } }),
                rule: routing.rule,
                what: routing.what,
            });
        }
        routing.route
    }
}

/// Nobody is there who could answer.
fn nobody() -> Answer<Result<Reply, Unreachable>> {
    Answer { took: PATIENCE, result: Err(Unreachable::TimedOut) }
}

/// What somebody outside is assumed to answer.
fn assumed(message: &Message) -> Reply {
    match message {
        Message::Connect => Reply::Connected,
        Message::Http { .. } => Reply::Http { status: 200, headers: Vec::new(), body: "".into() },
        Message::Bytes(_) => Reply::Bytes("".into()),
    }
}
