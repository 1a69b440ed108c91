//! How requests come into the cluster: from beyond it, through load balancers and addresses of nodes; and from
//! processes of nodes.

use crate::network::{NODE_DNS, Wires};
use orrery_api::{Node, Service};
use orrery_apimachinery::Str;
use orrery_apiserver::ApiServer;
use orrery_client::load_balancer;
use orrery_container_runtime::{Answer, Message, Protocol, Reply, Target, Unreachable};
use orrery_kube_proxy::{Failure, Hop, Place, is_outside, lookup};
use orrery_kubelet::{Arrival, Caller};
use orrery_sim::SimTime;
use std::net::Ipv4Addr;
use std::rc::Rc;

/// The address of who asks from outside: of a range that is set aside for documentation (RFC 5737).
const CLIENT: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 10);

impl Wires<'_> {
    /// The address of a name, as somebody outside the cluster finds it: the nodes', those that the status of an
    /// Ingress or of a Service gives to a host, and those of the world.
    pub(crate) fn lookup_outside(&mut self, api: &ApiServer, host: &str) -> Option<Ipv4Addr> {
        let found = host.parse().ok();
        let found = found.or_else(|| self.kubelet_of.get(host).map(|number| self.homes.get(*number).address));
        let found = found.or_else(|| lookup(api, host, false).first().copied());
        if self.tracer.is_open() && host.parse::<Ipv4Addr>().is_err() {
            self.note_lookup(host, found);
        }
        found
    }

    /// The address of a name, as a process of a node finds it.
    pub(crate) fn lookup_on_node(&mut self, api: &ApiServer, node: &Str, host: &str) -> Option<Ipv4Addr> {
        if self.is_cut(node) {
            return host.parse().ok();
        }
        self.lookup_outside(api, host)
    }

    fn note_lookup(&mut self, host: &str, found: Option<Ipv4Addr>) {
        let (rule, what) = match found {
            Some(address) => (format!("{host}. IN A {address}"), format!("{host} is {address}")),
            None => ("NXDOMAIN".to_owned(), format!("there is no {host}")),
        };
        if found.is_none() {
            self.tracer.stop(Failure::UnknownName, &what);
        }
        let (rule, what) = (rule.into(), what.into());
        self.tracer.hop(Hop {
            at: Place::Dns,
            source: CLIENT,
            destination: Target { address: NODE_DNS, port: 53 },
            rule,
            what,
        });
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
        let arrival = self.dial_from_node(api, node, to, message.protocol(), now);
        self.deliver(api, node, arrival, message, now)
    }

    /// Opens a connection from a process of a node.
    pub(crate) fn dial_from_node(
        &mut self,
        api: &ApiServer,
        node: &Str,
        to: Target,
        protocol: Protocol,
        now: SimTime,
    ) -> Result<Arrival, Failure> {
        let number = self.kubelet_of.get(node).ok_or(Failure::NoRoute)?;
        let from = Caller { node, address: self.homes.get(*number).address, pod: None };
        self.dial(api, &from, to, protocol, now)
    }

    /// Sends a message from outside the cluster.
    pub(crate) fn send_from_outside(
        &mut self,
        api: &ApiServer,
        to: Target,
        message: &Message,
        now: SimTime,
    ) -> Answer<Result<Reply, Unreachable>> {
        let (node, arrival) = match self.dial_from_outside(api, to, message.protocol(), now) {
            Ok((node, arrival)) => (node, Ok(arrival)),
            Err(failure) => ("".into(), Err(failure)),
        };
        self.deliver(api, &node, arrival, message, now)
    }

    /// Opens a connection from outside the cluster; also the node by which it comes in, empty when it does not.
    pub(crate) fn dial_from_outside(
        &mut self,
        api: &ApiServer,
        to: Target,
        protocol: Protocol,
        now: SimTime,
    ) -> Result<(Str, Arrival), Failure> {
        if is_outside(to.address) {
            let what = "no host of this cluster: it is taken to answer 200 to everybody";
            self.note(Place::Outside, CLIENT, to, "", what);
            return Ok(("".into(), Arrival { to, source: CLIENT }));
        }
        let (node, source, to) = self.enter(api, to)?;
        let arrival = self.dial_into(api, &node, source, to, protocol, now)?;
        Ok((node, arrival))
    }

    /// To which node a connection from outside comes, from where it seems to, and addressed to what.
    pub(crate) fn enter(&mut self, api: &ApiServer, to: Target) -> Result<(Str, Ipv4Addr, Target), Failure> {
        if let Some((number, true)) = self.homes.find(to.address) {
            let node = self.homes.get(number).name.clone();
            self.note(Place::Outside, CLIENT, to, "", &format!("{} is an address of {node}", to.address));
            return Ok((node, CLIENT, to));
        }
        let text = to.address.to_string();
        if let Some(service) = load_balancer::service_at(api, &text).cloned() {
            return self.balance(api, &service, &text, to);
        }
        let is_external = |service: &&Rc<Service>| service.spec.external_ips.iter().any(|ip| **ip == *text);
        if api.list::<Service>().any(|service| is_external(&service)) {
            // Who states an external address sees to it that it leads to nodes: to any, as nothing else is said.
            let mut nodes = api.list::<Node>().map(|node| node.metadata.name.clone());
            let node = nodes.find(|name| self.kubelet_of.contains_key(name)).ok_or(Failure::NoRoute)?;
            let what = format!("the network outside is assumed to lead {text} to {node}");
            self.note(Place::Outside, CLIENT, to, "", &what);
            return Ok((node, CLIENT, to));
        }
        let why = format!("nobody outside the cluster knows a way to {text}");
        Err(self.turn_away(Failure::NoRoute, Place::Outside, to, &why))
    }

    /// The load balancer before a Service passes a connection on to a node.
    fn balance(
        &mut self,
        api: &ApiServer,
        service: &Service,
        address: &str,
        to: Target,
    ) -> Result<(Str, Ipv4Addr, Target), Failure> {
        let balancer = Place::LoadBalancer(address.into());
        let Some(port) = service.spec.ports.iter().find(|port| port.port == i32::from(to.port)) else {
            let why = format!("the load balancer has no port {}", to.port);
            return Err(self.turn_away(Failure::NoSuchPort, balancer, to, &why));
        };
        let nodes = load_balancer::backends(api, service);
        let all = api.list::<Node>().count();
        if nodes.is_empty() {
            let why = format!("none of {all} nodes passes its health check");
            return Err(self.turn_away(Failure::NoLocalEndpoints, balancer, to, &why));
        }
        let node = nodes[self.chance.below(nodes.len() as u64) as usize];
        let name = node.metadata.name.clone();
        let mut ingress = service.status.load_balancer.ingress.iter();
        let is_proxy =
            ingress.any(|i| i.ip.as_deref() == Some(address) && i.ip_mode.as_deref() == Some("Proxy"));
        let home = self.kubelet_of.get(&name).map(|number| self.homes.get(*number).address);
        let leaves = match home.filter(|_| is_proxy) {
            Some(address) => Target { address, port: u16::try_from(port.node_port).unwrap_or_default() },
            None => to,
        };
        let check = match service.spec.health_check_node_port {
            0 => "whose kube-proxy is healthy".to_owned(),
            port => format!("that have an endpoint, as their port {port} says"),
        };
        let what = format!("to {name}: one of {} of {all} nodes {check}", nodes.len());
        let mode = if is_proxy { "ipMode: Proxy" } else { "ipMode: VIP" };
        self.note(balancer, CLIENT, leaves, mode, &what);
        Ok((name, CLIENT, leaves))
    }

    /// It comes to no node.
    fn turn_away(&mut self, failure: Failure, at: Place, to: Target, why: &str) -> Failure {
        self.note(at, CLIENT, to, "", why);
        self.tracer.stop(failure, why);
        failure
    }

    fn note(&mut self, at: Place, source: Ipv4Addr, destination: Target, rule: &str, what: &str) {
        if self.tracer.is_open() {
            self.tracer.hop(Hop { at, source, destination, rule: rule.into(), what: what.into() });
        }
    }
}
