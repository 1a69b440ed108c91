//! The control plane's parts: which of them run, which can reach which, and who leads.

use crate::topology::{PartId, Program, Topology};
use orrery_apimachinery::Str;
use orrery_client::{Elector, Recorder};
use orrery_etcd::raft::{Group, Outage};
use orrery_sim::{Entry, SimTime};

/// A part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub(crate) id: PartId,
    /// Whether its process runs.
    pub(crate) on: bool,
    /// Whether its machine has cut it off from everything.
    pub(crate) cut: bool,
    /// When its machine starts it again.
    pub(crate) starts_at: Option<SimTime>,
    /// How often it was started.
    pub(crate) starts: u64,
}

/// Why a client of the API server gets nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreachable {
    /// Nobody listens.
    Refused,
    /// Nothing comes back.
    Silent,
    /// The API server runs, and its member of etcd does not.
    StoreRefused,
    /// The API server runs, and etcd has no leader with a majority.
    NoLeader,
}

impl Unreachable {
    /// Whether it is etcd that does not answer.
    pub(crate) fn is_of_store(self) -> bool {
        matches!(self, Unreachable::StoreRefused | Unreachable::NoLeader)
    }
}

/// A scheduler or a controller manager as one that may lead.
#[derive(Clone, Debug)]
pub(crate) struct Stand {
    pub(crate) id: PartId,
    pub(crate) elector: Elector,
    /// Whether it could reach its API server when that was last looked at.
    pub(crate) connected: bool,
}

/// The control plane.
#[derive(Clone, Debug)]
pub(crate) struct Plane {
    pub(crate) topology: Topology,
    pub(crate) parts: Vec<Part>,
    /// The machines that are cut off from all others.
    pub(crate) cut_machines: Vec<Str>,
    pub(crate) etcd: Group,
    pub(crate) stands: Vec<Stand>,
    /// Whether nodes could reach an API server when that was last looked at: those on machines of their own, and
    /// the one that carries the control plane.
    pub(crate) serves: (bool, bool),
    /// What it has on the agenda.
    pub(crate) plan: Option<Entry>,
}

impl Plane {
    /// Everything that the topology states, started at the beginning of virtual time.
    pub(crate) fn new(topology: Topology, seed: u64) -> Self {
        let part = |id| Part { id, on: true, cut: false, starts_at: None, starts: 1 };
        let stand = |part: PartId| {
            let recorder = match part.program {
                Program::Scheduler => Recorder::new("default-scheduler", None),
                Program::ControllerManager => Recorder::new(part.program.name(), None),
                Program::Etcd | Program::ApiServer => return None,
            };
            let host = topology.machine(part);
            let mut elector = Elector::new(seed, part.program.name(), &host, recorder);
            elector.start(SimTime::ZERO);
            Some(Stand { id: part, elector, connected: true })
        };
        Plane {
            parts: topology.parts().map(part).collect(),
            cut_machines: Vec::new(),
            etcd: Group::new(seed, topology.etcd, SimTime::ZERO),
            stands: topology.parts().filter(|_| topology.elects()).filter_map(stand).collect(),
            serves: (true, topology.all_in_one),
            plan: None,
            topology,
        }
    }

    pub(crate) fn part(&self, id: PartId) -> Option<&Part> {
        self.parts.iter().find(|part| part.id == id)
    }

    pub(crate) fn part_mut(&mut self, id: PartId) -> Option<&mut Part> {
        self.parts.iter_mut().find(|part| part.id == id)
    }

    fn is_machine_cut(&self, machine: &str) -> bool {
        self.cut_machines.iter().any(|cut| **cut == *machine)
    }

    /// Whether a part is cut off from the other machines.
    pub(crate) fn is_cut(&self, id: PartId) -> bool {
        self.part(id).is_some_and(|part| part.cut) || self.is_machine_cut(&self.topology.machine(id))
    }

    /// Whether messages pass between two parts, if both run.
    pub(crate) fn linked(&self, a: PartId, b: PartId) -> bool {
        let cut = |id| self.part(id).is_none_or(|part| part.cut);
        let together = self.topology.machine(a) == self.topology.machine(b);
        !cut(a) && !cut(b) && (together || !(self.is_cut(a) || self.is_cut(b)))
    }

    fn is_on(&self, id: PartId) -> bool {
        self.part(id).is_some_and(|part| part.on)
    }

    /// Whether an API server gets answers from its store; `server` counts from zero.
    pub(crate) fn stores(&self, server: usize) -> Result<(), Outage> {
        let own = PartId { program: Program::ApiServer, number: server + 1 };
        let member = |id: &usize| PartId { program: Program::Etcd, number: id + 1 };
        let via: Vec<usize> =
            self.topology.endpoints(server).filter(|id| self.linked(own, member(id))).collect();
        self.etcd.answers(&via)
    }

    /// Whether somebody outside the control plane's machines, such as a person or a kubelet, can work with an API
    /// server. Where there are several, a load balancer chooses one that works.
    ///
    /// Errors: what is in the way of the best of them.
    pub(crate) fn reach(&self) -> Result<(), Unreachable> {
        self.reach_from("")
    }

    /// As [`Self::reach`], from a machine.
    fn reach_from(&self, machine: &str) -> Result<(), Unreachable> {
        let mut best = Unreachable::Refused;
        for server in 0..self.topology.control_planes {
            let id = PartId { program: Program::ApiServer, number: server + 1 };
            let host = self.topology.machine(id);
            let alone = *host != *machine && self.is_machine_cut(&host);
            if alone || self.part(id).is_some_and(|part| part.cut) {
                if best == Unreachable::Refused {
                    best = Unreachable::Silent;
                }
            } else if self.is_on(id) {
                match self.stores(server) {
                    Ok(()) => return Ok(()),
                    Err(Outage::NoLeader) => best = Unreachable::NoLeader,
                    Err(Outage::Refused) if best == Unreachable::NoLeader => {}
                    Err(Outage::Refused) => best = Unreachable::StoreRefused,
                }
            }
        }
        Err(best)
    }

    /// Whether the scheduler and the controller manager beside the first API server that works, and the members of
    /// its etcd, answer it (upstream: `pkg/registry/core/componentstatus`).
    pub(crate) fn component_statuses(&self) -> Vec<(String, bool)> {
        let servers = 0..self.topology.control_planes;
        let works = |server: &usize| {
            self.is_on(PartId { program: Program::ApiServer, number: server + 1 })
                && self.stores(*server).is_ok()
        };
        let server = servers.into_iter().find(works).unwrap_or_default();
        let beside = |program: Program| self.is_on(PartId { program, number: server + 1 });
        let mut statuses = vec![
            ("controller-manager".to_owned(), beside(Program::ControllerManager)),
            ("scheduler".to_owned(), beside(Program::Scheduler)),
        ];
        for (place, member) in self.topology.endpoints(server).enumerate() {
            let member = PartId { program: Program::Etcd, number: member + 1 };
            let own = PartId { program: Program::ApiServer, number: server + 1 };
            let answers = self.is_on(member) && self.linked(own, member);
            statuses.push((["etcd-", &place.to_string()].concat(), answers));
        }
        statuses
    }

    /// Whether nodes can reach an API server: those on machines of their own, and the one that carries the control
    /// plane.
    pub(crate) fn serves_nodes(&self) -> (bool, bool) {
        (self.reach().is_ok(), self.topology.all_in_one && self.reach_from("node-1").is_ok())
    }

    /// Whether a scheduler or a controller manager runs and can work with the API server beside it.
    pub(crate) fn works(&self, id: PartId) -> bool {
        self.is_on(id) && self.has_server(id)
    }

    /// Whether a part can work with the API server beside it.
    pub(crate) fn has_server(&self, id: PartId) -> bool {
        let server = PartId { program: Program::ApiServer, number: id.number };
        self.linked(id, server) && self.is_on(server) && self.stores(id.number - 1).is_ok()
    }

    /// Which scheduler or controller manager leads; without elections the only one does while it runs.
    pub(crate) fn leader(&self, program: Program) -> Option<PartId> {
        if self.topology.elects() {
            let leads = |stand: &&Stand| stand.id.program == program && stand.elector.leads();
            return self.stands.iter().find(leads).map(|stand| stand.id);
        }
        let only = PartId { program, number: 1 };
        self.is_on(only).then_some(only)
    }

    /// When something happens next.
    pub(crate) fn next(&self) -> Option<SimTime> {
        let starts = self.parts.iter().filter_map(|part| part.starts_at);
        let looks = self.stands.iter().filter_map(|stand| stand.elector.next());
        starts.chain(looks).chain(self.etcd.next()).min()
    }
}
