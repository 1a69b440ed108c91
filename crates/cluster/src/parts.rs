//! The control plane's parts stop, start, crash and are cut off; and what follows from it.

use crate::cluster::{Event, Seat};
use crate::plane::Stand;
use crate::topology::{PartId, Program};
use crate::{Act, Cluster, ComponentId, Fault, Unreachable};
use orrery_api::{Kind, Object};
use orrery_apiserver::{Change, Op, Revision};
use orrery_client::{Component, Turn};
use orrery_etcd::raft::MemberStatus;
use orrery_scheduler::Scheduler;
use orrery_sim::{Duration, SimTime};

/// After so long a machine's kubelet has started a part again that ended by itself.
const RESTART: Duration = Duration::from_secs(1);

/// A scheduler or controller manager at work: which one, and since which revision it hears of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AtWork {
    id: PartId,
    /// Its how-manieth life it is.
    life: u64,
    pub(crate) since: Revision,
    /// Whether its requests are answered.
    pub(crate) acts: bool,
}

impl AtWork {
    /// The one that is there from the beginning, where there are no elections.
    pub(crate) fn first(program: Program) -> Self {
        AtWork { id: PartId { program, number: 1 }, life: 1, since: 0, acts: true }
    }
}

impl Cluster {
    /// Stops a part, which stays off. False when there is no such part.
    pub fn stop_part(&mut self, id: PartId) -> bool {
        self.note_part(id, Fault::Stop);
        self.halt(id, None)
    }

    /// Remembers what is done to a part.
    pub(crate) fn note_part(&mut self, id: PartId, fault: Fault) {
        if self.plane.part(id).is_some() {
            self.note_act(Act::Part(id.to_string().into(), fault));
        }
    }

    /// Kills a part; its machine starts it again. False when there is no such part, or it does not run.
    pub fn kill_part(&mut self, id: PartId) -> bool {
        self.note_part(id, Fault::Kill);
        self.crash(id)
    }

    /// A part's process ends by itself; its machine starts it again. False when it does not run.
    pub(crate) fn crash(&mut self, id: PartId) -> bool {
        let on = self.plane.part(id).is_some_and(|part| part.on);
        let at = self.now + RESTART;
        on && self.halt(id, Some(at))
    }

    /// Starts a part again. False when there is no such part.
    pub fn start_part(&mut self, id: PartId) -> bool {
        let found = self.plane.part(id).is_some();
        self.note_part(id, Fault::Start);
        self.boot(id);
        self.refresh();
        found
    }

    /// Cuts a part off from all others. False when there is no such part.
    pub fn cut_part(&mut self, id: PartId) -> bool {
        self.note_part(id, Fault::Cut);
        self.set_cut(id, true)
    }

    /// Joins a part that was cut off. False when there is no such part.
    pub fn join_part(&mut self, id: PartId) -> bool {
        self.note_part(id, Fault::Join);
        self.set_cut(id, false)
    }

    fn set_cut(&mut self, id: PartId, cut: bool) -> bool {
        let Some(part) = self.plane.part_mut(id) else { return false };
        part.cut = cut;
        self.refresh();
        true
    }

    /// Whether a machine carries parts of the control plane.
    pub fn is_machine(&self, name: &str) -> bool {
        self.parts_on(name).next().is_some()
    }

    fn parts_on(&self, machine: &str) -> impl Iterator<Item = PartId> + use<> {
        let topology = self.plane.topology;
        let machine = machine.to_owned();
        topology.parts().filter(move |part| *topology.machine(*part) == *machine)
    }

    /// Takes the power from a machine's parts of the control plane. False when it carries none.
    pub fn stop_machine(&mut self, name: &str) -> bool {
        let parts: Vec<PartId> = self.parts_on(name).collect();
        parts.iter().for_each(|part| {
            self.halt(*part, None);
        });
        !parts.is_empty()
    }

    /// Starts a machine's parts of the control plane. False when it carries none.
    pub fn start_machine(&mut self, name: &str) -> bool {
        let parts: Vec<PartId> = self.parts_on(name).collect();
        parts.iter().for_each(|part| self.boot(*part));
        self.refresh();
        !parts.is_empty()
    }

    /// Cuts a machine of the control plane off from all others. False when it carries nothing of it.
    pub fn cut_machine(&mut self, name: &str) -> bool {
        if self.is_machine(name) {
            self.note_act(Act::Part(name.into(), Fault::Cut));
            self.plane.cut_machines.push(name.into());
            self.refresh();
        }
        self.is_machine(name)
    }

    /// Joins a machine of the control plane that was cut off. False when it carries nothing of it.
    pub fn join_machine(&mut self, name: &str) -> bool {
        if self.is_machine(name) {
            self.note_act(Act::Part(name.into(), Fault::Join));
        }
        self.plane.cut_machines.retain(|cut| **cut != *name);
        self.refresh();
        self.is_machine(name)
    }

    /// A part's process ends, to be started again at `starts_at`.
    pub(crate) fn halt(&mut self, id: PartId, starts_at: Option<SimTime>) -> bool {
        let Some(part) = self.plane.part_mut(id) else { return false };
        part.starts_at = starts_at;
        if std::mem::replace(&mut part.on, false) {
            if id.program == Program::Etcd {
                self.plane.etcd.stop(id.number - 1, self.api.revision(), self.now);
            }
            if let Some(stand) = self.plane.stands.iter_mut().find(|stand| stand.id == id) {
                stand.elector.stop(&mut self.api, self.now);
            }
        }
        self.refresh();
        true
    }

    /// A part's process starts, if it does not run.
    fn boot(&mut self, id: PartId) {
        let Some(part) = self.plane.part_mut(id) else { return };
        part.starts_at = None;
        if std::mem::replace(&mut part.on, true) {
            return;
        }
        part.starts += 1;
        if id.program == Program::Etcd {
            self.plane.etcd.start(id.number - 1, self.api.revision(), self.now);
            self.begin_anew_if_all_is_lost();
        }
        if let Some(stand) = self.plane.stands.iter_mut().find(|stand| stand.id == id) {
            stand.elector.start(self.now);
        }
    }

    /// Does what is due in the control plane itself: messages of etcd, starts, looks at Leases.
    pub(crate) fn run_plane(&mut self) {
        self.plane.plan = None;
        let now = self.now;
        if self.plane.etcd.next().is_some_and(|at| at <= now) {
            self.plane.etcd.run(self.api.revision(), now);
        }
        let due = |at: Option<SimTime>| at.is_some_and(|at| at <= now);
        let starts: Vec<PartId> =
            self.plane.parts.iter().filter(|part| due(part.starts_at)).map(|part| part.id).collect();
        starts.into_iter().for_each(|id| self.boot(id));
        let mut lost = Vec::new();
        for Stand { id, elector, .. } in &mut self.plane.stands {
            if due(elector.next()) && elector.run(&mut self.api, now) == Turn::Lost {
                lost.push(*id);
            }
        }
        // Who has lost its Lease ends, and is started again.
        lost.into_iter().for_each(|id| {
            self.halt(id, Some(now + RESTART));
        });
        self.refresh();
    }

    /// Candidates hear of the Leases that are written.
    pub(crate) fn tell_candidates(&mut self, change: &Change) {
        if let Object::Lease(lease) = &change.value {
            let now = self.now;
            self.plane.stands.iter_mut().for_each(|stand| stand.elector.observe(lease, now));
        }
    }

    /// After anything happened to the control plane: who reaches whom, who leads, who works.
    pub(crate) fn refresh(&mut self) {
        self.link_members();
        for i in 0..self.plane.stands.len() {
            let connected = self.plane.has_server(self.plane.stands[i].id);
            let stand = &mut self.plane.stands[i];
            match (std::mem::replace(&mut stand.connected, connected), connected) {
                (false, true) => stand.elector.connect(&mut self.api, self.now),
                (true, false) => stand.elector.disconnect(&mut self.api, self.now),
                _ => {}
            }
        }
        let serves = self.plane.serves_nodes();
        if std::mem::replace(&mut self.plane.serves, serves) != serves {
            (0..self.kubelets.len()).for_each(|number| self.link(number));
        }
        self.appoint(Program::Scheduler);
        self.appoint(Program::ControllerManager);
        self.plan(ComponentId::Scheduler);
        self.plan(ComponentId::ControllerManager);
        self.plan(ComponentId::AddOns);
        self.plan_plane();
        self.mark_programs();
    }

    fn link_members(&mut self) {
        let member = |id: usize| PartId { program: Program::Etcd, number: id + 1 };
        let size = self.plane.topology.etcd;
        let pairs = (0..size).flat_map(|a| (0..size).map(move |b| (a, b)));
        let cut = pairs.filter(|(a, b)| a != b && !self.plane.linked(member(*a), member(*b))).collect();
        self.plane.etcd.cut(cut, self.api.revision(), self.now);
    }

    /// Who leads works; who begins to lead starts from a fresh list.
    fn appoint(&mut self, program: Program) {
        let leader = self.plane.leader(program);
        let life = leader.and_then(|id| self.plane.part(id)).map_or(0, |part| part.starts);
        let acts = leader.is_some_and(|id| self.plane.works(id));
        let seat = self.post(program);
        if let Some(same) = seat.as_mut().filter(|at| Some(at.id) == leader && at.life == life) {
            same.acts = acts;
            return;
        }
        let since = self.api.revision();
        *self.post(program) = leader.map(|id| AtWork { id, life, since, acts });
        match program {
            Program::Scheduler => self.scheduler.clear(&mut self.agenda),
            _ => self.controller_manager.clear(&mut self.agenda),
        }
        if leader.is_some() {
            self.start_afresh(program, life);
        }
    }

    /// Everything that there is but events, as a watch begins with it.
    pub(crate) fn list(&self) -> Vec<Change> {
        let mut list = Vec::new();
        for kind in self.api.kinds().filter(|kind| *kind != Kind::Event) {
            list.extend(self.api.objects(kind).map(|object| Change {
                revision: object.metadata().resource_version,
                time: self.now,
                op: Op::Added,
                value: object.clone(),
                previous: None,
            }));
        }
        list
    }

    /// The program begins with a list of everything that there is.
    fn start_afresh(&mut self, program: Program, life: u64) {
        // Its random streams are others than those of its predecessors.
        let seed = self.config.seed ^ (life - 1);
        let (api, now) = (&self.api, self.now);
        let list = self.list();
        match program {
            Program::Scheduler => {
                let mut scheduler = Scheduler::new(seed, &self.config.scheduler);
                list.iter().for_each(|change| scheduler.observe(change, api, now));
                self.scheduler = Seat::new(scheduler);
            }
            _ => {
                let mut manager = orrery_controller_manager::start(seed);
                list.iter().for_each(|change| manager.observe(change, api, now));
                self.controller_manager = Seat::new(manager);
            }
        }
    }

    /// Who is at work as scheduler or controller manager.
    fn post(&mut self, program: Program) -> &mut Option<AtWork> {
        if program == Program::Scheduler { &mut self.scheduler_at_work } else { &mut self.manager_at_work }
    }

    /// Brings the agenda in line with what the control plane plans.
    pub(crate) fn plan_plane(&mut self) {
        let next = self.plane.next().map(|at| at.max(self.now));
        if self.plane.plan.map(|entry| entry.at) == next {
            return;
        }
        if let Some(entry) = self.plane.plan.take() {
            self.agenda.cancel(entry);
        }
        self.plane.plan = next.map(|at| self.agenda.schedule(at, Event::Plane));
    }

    /// What is in the way of a person, or a node, that wants an answer from an API server.
    pub fn outage(&self) -> Option<Unreachable> {
        self.plane.reach().err()
    }

    /// Whether nothing but a leader of etcd is missing.
    pub(crate) fn is_waiting_for_leader(&self) -> bool {
        self.plane.reach() == Err(Unreachable::NoLeader)
    }

    /// How the control plane is laid out.
    pub fn topology(&self) -> &crate::Topology {
        &self.plane.topology
    }

    /// Whether a part's process runs; `None` when there is no such part.
    pub fn part_is_on(&self, id: PartId) -> Option<bool> {
        self.plane.part(id).map(|part| part.on)
    }

    /// When a part that has ended by itself is started again.
    pub fn part_starts_at(&self, id: PartId) -> Option<SimTime> {
        self.plane.part(id).and_then(|part| part.starts_at)
    }

    /// Whether what a part talks to answers: etcd to an API server, the API server beside it to the others.
    pub fn part_is_served(&self, id: PartId) -> bool {
        match id.program {
            Program::Etcd => true,
            Program::ApiServer => self.plane.stores(id.number - 1).is_ok(),
            Program::Scheduler | Program::ControllerManager => self.plane.has_server(id),
        }
    }

    /// When another scheduler or controller manager can take over, while none leads.
    pub fn takes_over_at(&self, program: Program) -> Option<SimTime> {
        let stands = self.plane.stands.iter().filter(|stand| stand.id.program == program);
        let next = stands.filter_map(|stand| stand.elector.next()).min();
        next.filter(|_| self.leader(program).is_none())
    }

    /// Whether a part is cut off, by itself or with its machine.
    pub fn part_is_cut(&self, id: PartId) -> bool {
        self.plane.is_cut(id)
    }

    /// Which scheduler or controller manager leads.
    pub fn leader(&self, program: Program) -> Option<PartId> {
        self.plane.leader(program)
    }

    /// Whether a scheduler or a controller manager works: it leads, and its API server answers.
    pub fn works(&self, program: Program) -> bool {
        self.plane.leader(program).is_some_and(|id| self.plane.works(id))
    }

    /// The members of etcd, and how many of them are needed.
    pub fn etcd(&self) -> (Vec<MemberStatus>, usize) {
        (self.plane.etcd.status(self.api.revision()), self.plane.etcd.quorum())
    }
}
