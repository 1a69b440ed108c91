//! Steady loads: so many requests in a second, from somewhere to a URL, until they are stopped.
//!
//! Requests that are due within a tenth of a second are sent together. Each takes its own way through the rules of
//! kube-proxy; those that end in the same place are answered together: one of them is really asked, unless the answer
//! is known not to have changed, and stands for all (see [`Tracer::batch`](crate::tracer::Tracer)). So a container logs
//! a line of a load when it is asked first and when its answer may have changed, not one for each request.

mod display;
mod engine;
mod hammer;
mod latency;
mod wire;

use crate::{Act, Cluster, Origin};
use latency::Latencies;
use orrery_apimachinery::Str;
use orrery_kube_proxy::Failure;
use orrery_sim::{Duration, Entry, Random, SimTime};
use std::collections::VecDeque;
use std::net::Ipv4Addr;

/// How long a client of a load waits for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A steady load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    /// Its name.
    pub name: Str,
    /// Who sends.
    pub from: Origin,
    /// What is asked for: `http://web.shop/cart`.
    pub url: Str,
    /// Thousandths of a request in a second.
    pub per_second_milli: u64,
    /// Whether the clients keep their connections, which stay with their endpoint until it breaks them; otherwise each
    /// request opens its own.
    pub keep_alive: bool,
    /// How long a client waits for an answer.
    pub timeout: Duration,
    /// While so many wait for an answer no more are sent.
    pub at_once: Option<u64>,
    /// When it ends by itself.
    pub until: Option<SimTime>,
    /// After how many requests it ends by itself.
    pub requests: Option<u64>,
}

impl Load {
    /// A load that goes on until it is stopped, with a connection for each request.
    pub fn new(name: &str, from: Origin, url: &str, per_second_milli: u64) -> Self {
        Load {
            name: name.into(),
            from,
            url: url.into(),
            per_second_milli,
            keep_alive: false,
            timeout: PATIENCE,
            at_once: None,
            until: None,
            requests: None,
        }
    }
}

/// What has become of a load's requests. What was sent was answered, or has failed, or is in flight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadStatus {
    /// The load.
    pub load: Load,
    /// Since when it is on.
    pub since: SimTime,
    /// When it was stopped, or came to its end.
    pub stopped: Option<SimTime>,
    /// How many requests were sent.
    pub sent: u64,
    /// How many wait for their answer.
    pub in_flight: u64,
    /// How many were answered, by the status of HTTP.
    pub answered: Vec<(u16, u64)>,
    /// How many were not, and why.
    pub failed: Vec<(Failure, u64)>,
    /// Where they went.
    pub pods: Vec<PodShare>,
    /// How long answers take.
    pub latency: Latency,
}

impl LoadStatus {
    /// How many requests came to nothing: they were not answered, or with a status of 500 and more.
    pub fn errors(&self) -> u64 {
        let answered = self.answered.iter().filter(|(status, _)| *status >= 500).map(|(_, count)| count);
        answered.chain(self.failed.iter().map(|(_, count)| count)).sum()
    }
}

/// How many requests of a load went to a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodShare {
    /// Its namespace.
    pub namespace: Str,
    /// Its name.
    pub name: Str,
    /// How many it answered.
    pub answered: u64,
    /// How many were lost on it.
    pub failed: u64,
}

/// How long answers take, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Latency {
    /// Half of them take at most this.
    pub p50_micros: u64,
    /// All but one in a hundred take at most this.
    pub p99_micros: u64,
    /// The average.
    pub mean_micros: u64,
}

/// All loads of a cluster.
#[derive(Clone, Debug, Default)]
pub(crate) struct Loads {
    running: Vec<Running>,
    /// What they have on the agenda.
    pub(crate) plan: Option<Entry>,
}

/// A load, and what has become of it.
#[derive(Clone, Debug)]
struct Running {
    status: LoadStatus,
    random: Random,
    /// When requests were last sent, and the part of one that was due then, in billionths of a thousandth.
    sent_until: SimTime,
    due: u64,
    /// The ends of the connections that are kept, and whose turn it is.
    connections: Vec<wire::Wire>,
    turn: usize,
    /// Of which pods the addresses are to which it has sent: their places in the counts.
    homes: Vec<(Ipv4Addr, usize)>,
    /// What is in flight, in the order of its end.
    flying: VecDeque<engine::Flight>,
    latencies: Latencies,
    /// What happened since the last point of the series.
    fresh: Fresh,
}

/// What happened to a load within a while.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fresh {
    pub(crate) since: SimTime,
    pub(crate) answered: u64,
    pub(crate) errors: u64,
    pub(crate) latencies: Latencies,
}

impl Cluster {
    /// Turns a load on, or changes the one of that name, whose counts go on.
    pub fn set_load(&mut self, load: Load) {
        let now = self.now;
        self.note_act(Act::Load(load.name.clone(), load.url.clone(), load.per_second_milli));
        match self.loads.running.iter_mut().find(|running| running.status.load.name == load.name) {
            Some(running) => running.change(load, now),
            None => {
                let random = Random::stream(self.config.seed, &["load/", &load.name].concat());
                self.loads.running.push(Running::new(load, random, now));
            }
        }
        self.plan_loads();
    }

    /// Turns a load off; what it did stays to be read. False when there is none of that name, or it is off.
    pub fn stop_load(&mut self, name: &str) -> bool {
        let now = self.now;
        let named = |running: &&mut Running| *running.status.load.name == *name;
        let running = self.loads.running.iter_mut().find(named);
        let on = running.filter(|running| running.status.stopped.is_none());
        let found = on.map(|running| running.status.stopped = Some(now)).is_some();
        if found {
            self.note_act(Act::StopLoad(name.into()));
        }
        self.plan_loads();
        found
    }

    /// Forgets a load, whether it is on or off. False when there is none of that name.
    pub fn forget_load(&mut self, name: &str) -> bool {
        let before = self.loads.running.len();
        self.loads.running.retain(|running| *running.status.load.name != *name);
        self.plan_loads();
        self.loads.running.len() < before
    }

    /// All loads, those that were stopped included, in the order in which they were first turned on.
    pub fn loads(&self) -> Vec<LoadStatus> {
        self.loads.running.iter().map(Running::status).collect()
    }

    /// The load of this name.
    pub fn load(&self, name: &str) -> Option<LoadStatus> {
        self.loads.running.iter().find(|running| *running.status.load.name == *name).map(Running::status)
    }
}

impl Running {
    fn new(load: Load, random: Random, now: SimTime) -> Self {
        let status = LoadStatus {
            load,
            since: now,
            stopped: None,
            sent: 0,
            in_flight: 0,
            answered: Vec::new(),
            failed: Vec::new(),
            pods: Vec::new(),
            latency: Latency::default(),
        };
        Running {
            status,
            random,
            sent_until: now,
            due: 0,
            connections: Vec::new(),
            turn: 0,
            homes: Vec::new(),
            flying: VecDeque::new(),
            latencies: Latencies::default(),
            fresh: Fresh { since: now, ..Fresh::default() },
        }
    }

    fn change(&mut self, load: Load, now: SimTime) {
        if self.status.load.from != load.from || self.status.load.url != load.url {
            self.connections.clear();
        }
        (self.sent_until, self.status.stopped, self.status.load) = (now, None, load);
    }

    /// How many requests may be sent now: each client waits for its answer before it sends again.
    fn room(&self, wanted: u64) -> u64 {
        let (load, sent, waiting) = (&self.status.load, self.status.sent, self.status.in_flight);
        let left = load.requests.map_or(wanted, |all| all.saturating_sub(sent));
        let free = load.at_once.map_or(wanted, |most| most.saturating_sub(waiting));
        wanted.min(left).min(free)
    }

    /// Whether it has come to its own end.
    fn is_done(&self, now: SimTime) -> bool {
        let load = &self.status.load;
        load.until.is_some_and(|until| until <= now)
            || load.requests.is_some_and(|all| all <= self.status.sent)
    }

    fn status(&self) -> LoadStatus {
        LoadStatus { latency: self.latencies.summary(), ..self.status.clone() }
    }
}
