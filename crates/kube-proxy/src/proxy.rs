//! The kube-proxies of all nodes as one component: they hear the same changes at the same time and write the same
//! rules, but for those that are cut off (upstream: `pkg/proxy/iptables/proxier.go`).

use crate::dns::SERVICE_NAME;
use crate::dump::{self, Chain};
use crate::forward::{Choice, Forward, Masquerade, Packet, Source, policy_of};
use crate::iptables::LARGE_CLUSTER;
use crate::runner::Runner;
use crate::service_port::{Endpoint, Policy, ServicePort};
use crate::table::Table;
use orrery_api::{EndpointSlice, Node, Object, Service};
use orrery_apimachinery::Str;
use orrery_client::{ApiServer, Change, Component, Op};
use orrery_container_runtime::Target;
use orrery_sim::{Random, SimTime};
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::rc::Rc;

/// The label of a node with its zone.
const ZONE: &str = "topology.kubernetes.io/zone";

/// A client that stays with an endpoint: the chain of the endpoint is the Service's port, the node has it, and the
/// client is known by its address.
type Affinity = ((Str, Str), u16, Str, Ipv4Addr);

/// All nodes' kube-proxies.
#[derive(Clone, Debug)]
pub struct KubeProxy {
    seed: u64,
    /// The chance of each node that has used it.
    random: BTreeMap<Str, Random>,
    /// With whom a client stays, and until when.
    affinities: BTreeMap<Affinity, (Target, SimTime)>,
    /// The rules of all nodes but those that are behind.
    table: Rc<Table>,
    /// The rules of the nodes that hear of no changes, as they last wrote them.
    behind: BTreeMap<Str, Rc<Table>>,
    /// The names of the slices of each Service.
    slices: BTreeMap<(Str, Str), Vec<Str>>,
    /// The Services whose rules are to be written again.
    pending: BTreeSet<(Str, Str)>,
    runner: Runner,
}

impl KubeProxy {
    /// The kube-proxies of the run with `seed`.
    pub fn new(seed: u64) -> Self {
        KubeProxy {
            seed,
            random: BTreeMap::new(),
            affinities: BTreeMap::new(),
            table: Rc::default(),
            behind: BTreeMap::new(),
            slices: BTreeMap::new(),
            pending: BTreeSet::new(),
            runner: Runner::new(),
        }
    }

    /// Begins anew, with a list of everything that there is.
    pub fn restart(&mut self, api: &ApiServer) {
        (self.table, self.runner) = (Rc::default(), Runner::new());
        self.slices.clear();
        self.pending = api.list::<Service>().map(|service| key(&service.metadata)).collect();
        for slice in api.list::<EndpointSlice>() {
            self.note_slice(slice, false);
        }
        self.sync(api);
    }

    /// A node hears of no changes from now on.
    pub fn disconnect(&mut self, node: &Str) {
        self.behind.entry(node.clone()).or_insert_with(|| self.table.clone());
    }

    /// A node hears of changes again, and first of all that it missed.
    pub fn connect(&mut self, node: &str) {
        self.behind.remove(node);
    }

    /// A node's machine starts: rules do not outlast that, and without a word from the API server none are written.
    pub fn boot(&mut self, node: &str) {
        if let Some(table) = self.behind.get_mut(node) {
            *table = Rc::default();
        }
    }

    fn table_of(&self, node: &str) -> &Rc<Table> {
        self.behind.get(node).unwrap_or(&self.table)
    }

    /// Whether the rules of a node are older than those of the others.
    pub fn is_behind(&self, node: &str) -> bool {
        self.behind.contains_key(node)
    }

    /// The rules of a node, chain by chain.
    pub fn rules(&self, api: &ApiServer, node: &str) -> Vec<Chain> {
        dump::chains(self.table_of(node), node, zone_of(api, node))
    }

    /// What `iptables-save` prints on a node; `table` is `nat` or `filter`, both without it.
    pub fn iptables_save(&self, api: &ApiServer, node: &str, table: Option<&str>) -> String {
        let chains = self.rules(api, node);
        let tables = ["filter", "nat"].into_iter().filter(|known| table.is_none_or(|table| table == *known));
        tables.map(|table| dump::save(&chains, table)).collect()
    }

    /// The ports of a Service as the rules of a node have them.
    pub fn ports(&self, node: &str, namespace: &Str, name: &Str) -> &[Rc<ServicePort>] {
        self.table_of(node).of(&(namespace.clone(), name.clone()))
    }

    /// The Service whose load balancer asks for its health on that port of a node, and how many ready endpoints of it
    /// the node has.
    pub fn health_check(&self, node: &str, port: u16) -> Option<(&Rc<ServicePort>, usize)> {
        let found = self.table_of(node).health_check(port)?;
        let here = found.endpoints.iter().filter(|e| e.ready && e.node.as_deref() == Some(node));
        Some((found, here.count()))
    }

    /// What the rules of a node do with a connection; `None` when none is about it.
    pub fn forward(&mut self, api: &ApiServer, node: &Str, packet: &Packet, now: SimTime) -> Option<Forward> {
        let table = self.table_of(node);
        let (entry, port) = table.find(packet.protocol, packet.to, packet.own)?;
        let (port, large) = (port.clone(), table.endpoints > LARGE_CLUSTER);
        let has_local = || !port.endpoints_for(Policy::Local, node, None).is_empty();
        let result = policy_of(&port, entry, packet, &has_local).map(|(policy, masquerade)| {
            let endpoints = port.endpoints_for(policy, node, zone_of(api, node));
            let mut choice = self.choose(&port, policy, &endpoints, node, packet.source, now);
            let hairpin = choice.endpoint.target.address == packet.source && packet.kind == Source::Pod;
            choice.masquerade = masquerade.or(hairpin.then_some(Masquerade::Hairpin));
            choice
        });
        Some(Forward { port, entry, result, large })
    }

    /// One of the endpoints: the one that the client stays with, or any.
    fn choose(
        &mut self,
        port: &ServicePort,
        policy: Policy,
        endpoints: &[&Endpoint],
        node: &Str,
        client: Ipv4Addr,
        now: SimTime,
    ) -> Choice {
        let whose = port.sticky.map(|_| (port.service.clone(), port.port, node.clone(), client));
        let kept = whose.as_ref().and_then(|whose| self.affinities.get(whose));
        let kept = kept.filter(|(_, until)| now < *until).map(|(target, _)| *target);
        let kept = kept.and_then(|target| endpoints.iter().position(|e| e.target == target));
        let place = kept.unwrap_or_else(|| {
            if !self.random.contains_key(node) {
                let stream = Random::stream(self.seed, &["kube-proxy/", node].concat());
                self.random.insert(node.clone(), stream);
            }
            let random = self.random.get_mut(node).expect("it was put there");
            random.below(endpoints.len() as u64) as usize
        });
        let endpoint = endpoints[place].clone();
        if let (Some(stays), Some(whose)) = (port.sticky, whose) {
            self.affinities.insert(whose, (endpoint.target, now + stays));
        }
        let number = (place + 1, endpoints.len());
        Choice { endpoint, policy, number, kept: kept.is_some(), masquerade: None }
    }

    fn note_slice(&mut self, slice: &EndpointSlice, gone: bool) -> Option<(Str, Str)> {
        let meta = &slice.metadata;
        let service = (meta.namespace.clone(), meta.labels.get(SERVICE_NAME)?.clone());
        let names = self.slices.entry(service.clone()).or_default();
        names.retain(|name| *name != meta.name);
        if !gone && &*slice.address_type == "IPv4" {
            names.push(meta.name.clone());
        } else if names.is_empty() {
            self.slices.remove(&service);
        }
        Some(service)
    }

    /// Writes the rules of the Services that have changed.
    fn sync(&mut self, api: &ApiServer) {
        let table = Rc::make_mut(&mut self.table);
        for service in std::mem::take(&mut self.pending) {
            let names = self.slices.get(&service).map_or(&[][..], |names| names);
            let slices: Vec<&Rc<EndpointSlice>> =
                names.iter().filter_map(|name| api.get::<EndpointSlice>(&service.0, name)).collect();
            let object = api.get::<Service>(&service.0, &service.1);
            let ports = object.map(|object| ServicePort::of(object, &slices)).unwrap_or_default();
            table.set(&service, ports);
        }
    }
}

impl Component for KubeProxy {
    fn observe(&mut self, change: &Change, _api: &ApiServer, now: SimTime) {
        let previous = change.previous.as_ref();
        let gone = change.op == Op::Deleted;
        let service = match &change.value {
            Object::Service(service) => {
                let same = |old: &Rc<Service>| {
                    old.spec == service.spec
                        && old.status.load_balancer == service.status.load_balancer
                        && old.metadata.labels == service.metadata.labels
                };
                let old = previous.and_then(|old| match old {
                    Object::Service(old) => Some(old),
                    _ => None,
                });
                (gone || !old.is_some_and(same)).then(|| key(&service.metadata))
            }
            Object::EndpointSlice(slice) => {
                let old = previous.and_then(|old| match old {
                    Object::EndpointSlice(old) => Some(old),
                    _ => None,
                });
                let same = old.is_some_and(|old| {
                    old.endpoints == slice.endpoints
                        && old.ports == slice.ports
                        && old.metadata.labels == slice.metadata.labels
                });
                if same && !gone { None } else { self.note_slice(slice, gone) }
            }
            _ => None,
        };
        if let Some(service) = service {
            self.pending.insert(service);
            self.runner.ask(now);
        }
    }

    fn next(&self) -> Option<SimTime> {
        self.runner.next
    }

    fn run(&mut self, api: &mut ApiServer, now: SimTime) {
        self.runner.ran(now);
        self.sync(api);
    }
}

fn key(meta: &orrery_apimachinery::ObjectMeta) -> (Str, Str) {
    (meta.namespace.clone(), meta.name.clone())
}

fn zone_of<'a>(api: &'a ApiServer, node: &str) -> Option<&'a str> {
    let node = api.get::<Node>("", node)?;
    node.metadata.labels.get(ZONE).map(|zone| &**zone)
}
