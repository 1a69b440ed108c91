//! The state of all nodes' kube-proxies: chance, clients that stay with their endpoint, and the last connections.

use crate::rules::{self, Backends};
use orrery_api::Service;
use orrery_apimachinery::Str;
use orrery_client::ApiServer;
use orrery_container_runtime::{Target, Unreachable};
use orrery_sim::{Duration, Random, SimTime};
use std::collections::{BTreeMap, VecDeque};
use std::net::Ipv4Addr;

/// So many connections are remembered.
const REMEMBERED: usize = 64;
/// 10.96.0.0/12: where nobody is who is not a Service.
const SERVICES: (u32, u32) = (0x0a60_0000, 0xfff0_0000);

/// Who opens a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// The node on which it runs, whose rules apply.
    pub node: Str,
    /// Its address.
    pub address: Ipv4Addr,
}

/// Which way a connection goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The namespace and the name of the Service whose rule applied, if one did.
    pub service: Option<(Str, Str)>,
    /// Where it ends, or why nowhere.
    pub end: Result<Target, Unreachable>,
}

/// A connection that was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// When.
    pub at: SimTime,
    /// By whom.
    pub client: Client,
    /// To where.
    pub to: Target,
    /// Which way it went.
    pub way: Way,
}

/// A client that stays with an endpoint: the uid of the Service, its port, the node and the client's address.
type Affinity = (Str, i32, Str, Ipv4Addr);

/// All nodes' kube-proxies.
#[derive(Clone, Debug)]
pub struct KubeProxy {
    seed: u64,
    /// The chance of each node that has used it.
    random: BTreeMap<Str, Random>,
    /// With whom a client stays, and until when.
    affinities: BTreeMap<Affinity, (Target, SimTime)>,
    connections: VecDeque<Connection>,
}

impl KubeProxy {
    /// The kube-proxies of the run with `seed`.
    pub fn new(seed: u64) -> Self {
        KubeProxy {
            seed,
            random: BTreeMap::new(),
            affinities: BTreeMap::new(),
            connections: VecDeque::with_capacity(REMEMBERED),
        }
    }

    /// The last connections, oldest first.
    pub fn connections(&self) -> impl Iterator<Item = &Connection> {
        self.connections.iter()
    }

    /// Opens a connection: which way it goes.
    pub fn connect(&mut self, api: &ApiServer, client: &Client, to: Target, now: SimTime) -> Way {
        let way = self.way(api, client, to, now);
        if self.connections.len() == REMEMBERED {
            self.connections.pop_front();
        }
        self.connections.push_back(Connection { at: now, client: client.clone(), to, way: way.clone() });
        way
    }

    fn way(&mut self, api: &ApiServer, client: &Client, to: Target, now: SimTime) -> Way {
        let Some(met) = rules::meet(api, to) else {
            let nobody = u32::from(to.address) & SERVICES.1 == SERVICES.0;
            // No rule knows it: the packets leave the node and are lost.
            let end = if nobody { Err(Unreachable::TimedOut) } else { Ok(to) };
            return Way { service: None, end };
        };
        let meta = &met.service.metadata;
        let end = match rules::backends(api, &met, &client.node) {
            Backends::Rejected => Err(Unreachable::Refused),
            Backends::Dropped => Err(Unreachable::TimedOut),
            Backends::Some(targets) => {
                let whose = (meta.uid.clone(), met.port.port, client.node.clone(), client.address);
                Ok(self.choose(&targets, stays(met.service), whose, now))
            }
        };
        Way { service: Some((meta.namespace.clone(), meta.name.clone())), end }
    }

    /// One of the backends: the one that the client stays with, or any.
    fn choose(
        &mut self,
        targets: &[Target],
        stays: Option<Duration>,
        whose: Affinity,
        now: SimTime,
    ) -> Target {
        let kept = self.affinities.get(&whose).filter(|(kept, until)| now < *until && targets.contains(kept));
        let target = match kept.filter(|_| stays.is_some()) {
            Some((kept, _)) => *kept,
            None => {
                let seed = self.seed;
                let random = self
                    .random
                    .entry(whose.2.clone())
                    .or_insert_with_key(|node| Random::stream(seed, &["kube-proxy/", node].concat()));
                targets[random.below(targets.len() as u64) as usize]
            }
        };
        if let Some(stays) = stays {
            self.affinities.insert(whose, (target, now + stays));
        }
        target
    }
}

/// How long a client of a Service stays with its endpoint, if it does.
fn stays(service: &Service) -> Option<Duration> {
    let spec = &service.spec;
    let config = spec
        .session_affinity_config
        .as_ref()
        .filter(|_| spec.session_affinity.as_deref() == Some("ClientIP"));
    let seconds = config?.client_ip.as_ref()?.timeout_seconds?;
    Some(Duration::from_secs(u64::try_from(seconds).ok()?))
}
