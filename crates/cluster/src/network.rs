//! The network between the nodes, and who is at the other end: pods, the API server, load balancers, the world outside.

use crate::cluster::Seat;
use crate::homes::Homes;
use crate::tracer::Tracer;
use orrery_api::Pod;
use orrery_apimachinery::Str;
use orrery_apiserver::ApiServer;
use orrery_client::IngressController;
use orrery_container_runtime::dns::{Code, RecordType, Records};
use orrery_container_runtime::images::{Image, Reference};
use orrery_container_runtime::registry::{Credentials, Registries};
use orrery_container_runtime::{Answer, Message, Protocol, Reply, Route, Target, Unreachable};
use orrery_kube_proxy::ingress::{self, Balancers, Incoming};
use orrery_kube_proxy::{Failure, Hop, KubeProxy, Place, is_outside, query};
use orrery_kubelet::{Arrival, Caller, Disk, Kubelet, Network};
use orrery_sim::{Duration, Random, SimTime};
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::rc::Rc;

/// How long it takes to hear that nobody listens, or an assumed answer from outside.
pub(crate) const ROUND_TRIP: Duration = Duration::from_millis(1);
/// How long a client waits for somebody who does not answer, unless it is less patient itself.
const PATIENCE: Duration = Duration::from_secs(127);

/// The cluster's DNS, and the one that nodes have.
const CLUSTER_DNS: Ipv4Addr = Ipv4Addr::new(10, 96, 0, 10);
pub(crate) const NODE_DNS: Ipv4Addr = Ipv4Addr::new(172, 18, 0, 1);

/// The network as a kubelet at work reaches it: all kubelets but those that are at work.
pub(crate) struct Wires<'a> {
    pub proxy: &'a mut KubeProxy,
    pub tracer: &'a mut Tracer,
    pub balancers: &'a mut Balancers,
    /// The chance of load balancers.
    pub chance: &'a mut Random,
    pub disks: &'a mut BTreeMap<Str, Disk>,
    pub registries: &'a Registries,
    pub homes: &'a Homes,
    /// Whether nodes reach an API server.
    pub serves: bool,
    /// The nodes that are cut off, by their kubelets' numbers.
    pub cut: &'a BTreeSet<usize>,
    /// The number of every node's kubelet.
    pub kubelet_of: &'a BTreeMap<Str, usize>,
    pub kubelets: &'a mut [Seat<Option<Rc<Kubelet>>>],
    /// The kubelets that have something new to do.
    pub roused: Vec<usize>,
}

impl Wires<'_> {
    pub(crate) fn is_cut(&self, node: &str) -> bool {
        self.kubelet_of.get(node).is_some_and(|number| self.cut.contains(number))
    }

    /// Sends a message to where its connection has arrived, if it has.
    pub(crate) fn deliver(
        &mut self,
        api: &ApiServer,
        node: &Str,
        arrival: Result<Arrival, Failure>,
        message: &Message,
        now: SimTime,
    ) -> Answer<Result<Reply, Unreachable>> {
        let arrival = match arrival.map_err(Failure::seen) {
            Ok(arrival) => arrival,
            Err(Unreachable::Refused) => return refused(),
            Err(why) => return Answer { took: PATIENCE, result: Err(why) },
        };
        let answer = self.send(api, node, arrival, message, now);
        self.heard(api, arrival, &answer.result);
        answer
    }
}

impl Wires<'_> {
    /// Records a question to the DNS.
    fn note_query(
        &mut self,
        source: Ipv4Addr,
        name: &str,
        kind: RecordType,
        records: &Records,
        cluster: bool,
    ) {
        let code = records.code.name();
        let what =
            if self.tracer.is_open() { format!("{name} {}: {code}", kind.name()) } else { String::new() };
        if records.list.is_empty() {
            self.tracer.stop(Failure::UnknownName, &what);
        } else {
            self.tracer.go_on();
        }
        if self.tracer.is_open() {
            let address = if cluster { CLUSTER_DNS } else { NODE_DNS };
            let rules: Vec<String> = records.list.iter().map(|r| r.to_string().replace('\t', " ")).collect();
            let destination = Target { address, port: 53 };
            let rule = rules.join("\n").into();
            self.tracer.hop(Hop { at: Place::Dns, source, destination, rule, what: what.into() });
        }
    }
}

impl Network for Wires<'_> {
    fn query(
        &mut self,
        api: &ApiServer,
        from: &Caller<'_>,
        name: &str,
        kind: RecordType,
        cluster: bool,
    ) -> Records {
        let records = match self.is_cut(from.node) {
            true => Records::none(Code::Silence),
            false => query(api, name, kind, cluster),
        };
        self.note_query(from.address, name.trim_end_matches('.'), kind, &records, cluster);
        records
    }

    fn connect(
        &mut self,
        api: &ApiServer,
        from: &Caller<'_>,
        to: Target,
        protocol: Protocol,
        now: SimTime,
    ) -> Result<Arrival, Unreachable> {
        self.dial(api, from, to, protocol, now).map_err(Failure::seen)
    }

    fn batch(&self) -> Option<u64> {
        self.tracer.batch()
    }

    fn send(
        &mut self,
        api: &ApiServer,
        node: &Str,
        arrival: Arrival,
        message: &Message,
        now: SimTime,
    ) -> Answer<Result<Reply, Unreachable>> {
        if is_outside(arrival.to.address) {
            return match self.is_cut(node) {
                true => nobody(),
                false => Answer { took: ROUND_TRIP, result: Ok(assumed(message)) },
            };
        }
        if !self.is_cut(node)
            && let Some(answer) = self.answer_of_machine(arrival.to, message)
        {
            return answer;
        }
        let Some((number, _)) = self.homes.find(arrival.to.address) else { return nobody() };
        let Some(mut kubelet) = self.kubelets[number].component.take() else { return nobody() };
        let answer = match kubelet.is_on() {
            true => Rc::make_mut(&mut kubelet).answer(api, self, arrival, message, now),
            false => nobody(),
        };
        self.kubelets[number].component = Some(kubelet);
        self.roused.push(number);
        answer
    }

    fn heard(&mut self, _api: &ApiServer, to: Arrival, result: &Result<Reply, Unreachable>) {
        self.tracer.heard(result);
        let Err(why) = result else { return };
        let (failure, what) = match why {
            Unreachable::Refused => (Failure::NotListening, "nobody listens on"),
            Unreachable::NoRoute => (Failure::NoRoute, "nobody has the address of"),
            Unreachable::TimedOut => (Failure::TimedOut, "no answer in time from"),
        };
        let text = if self.tracer.is_open() { format!("{what} {}", to.to) } else { String::new() };
        self.tracer.stop(failure, &text);
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

    fn disk(&mut self, name: &Str) -> &mut Disk {
        self.disks.entry(name.clone()).or_default()
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

/// Somebody is there and wants nothing of it.
pub(crate) fn refused() -> Answer<Result<Reply, Unreachable>> {
    Answer { took: ROUND_TRIP, result: Err(Unreachable::Refused) }
}

/// Nobody is there who could answer.
pub(crate) fn nobody() -> Answer<Result<Reply, Unreachable>> {
    Answer { took: PATIENCE, result: Err(Unreachable::TimedOut) }
}

/// What somebody outside is assumed to answer.
fn assumed(message: &Message) -> Reply {
    match message {
        Message::Connect => Reply::Connected,
        Message::Http { .. } => Reply::Http { status: 200, headers: Vec::new(), body: "".into() },
        Message::Bytes(_) | Message::Datagram(_) => Reply::Bytes("".into()),
    }
}
