//! The control plane, part by part: what runs where, who leads, how many members etcd has and needs, what does not work
//! because of what is missing, and the snapshots that there are.

use orrery_cluster::{Cluster, MemberStatus, PartId, Program, Role, Unreachable};
use orrery_sim::{Duration, SimTime};

use crate::countdown::{Countdown, Wait};
use crate::scene::Text;

/// Whether a part is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Presence {
    /// It runs.
    On,
    /// It runs, and nobody hears from it.
    Cut,
    /// It has ended, and its machine starts it again.
    Restarting,
    /// It is stopped.
    Off,
}

/// What a part is to its equals.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// API servers have no order: each answers.
    Equal,
    /// It leads: a member of etcd that decides what is written, or the holder of the Lease.
    Leader,
    /// A member that follows the leader, or a program that waits for the Lease.
    Follower,
    /// A member that asks for votes.
    Candidate,
    /// A member that has lost its data and listens.
    Learner,
    /// Nobody, as it does not run.
    None,
}

/// The log of a member of etcd.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MemberLog {
    /// The term that it is in.
    pub term: u64,
    /// Its last entry.
    pub index: u64,
    /// How many entries it is behind.
    pub lag: u64,
}

/// A part.
#[derive(Clone, PartialEq, Debug)]
pub struct PartCard {
    /// `kube-scheduler-1`: what stops, starts and cuts are asked for with.
    pub name: Text,
    /// `kube-scheduler`.
    pub program: Text,
    /// Whether it is there.
    pub presence: Presence,
    /// What it is to its equals.
    pub standing: Standing,
    /// Of a member of etcd, its log.
    pub log: Option<MemberLog>,
    /// Of an API server, whether it gets answers from etcd; of a scheduler and a controller manager, from the API
    /// server beside it.
    pub served: bool,
}

/// A machine with its parts.
#[derive(Clone, PartialEq, Debug)]
pub struct Machine {
    /// Its name.
    pub name: Text,
    /// Whether it is also a node of that name.
    pub is_node: bool,
    /// Its parts, etcd first.
    pub parts: Vec<PartCard>,
}

/// What does not work, and because of what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Consequence {
    /// The API server does not run: kubectl fails, nothing is written, containers run on.
    NoServer,
    /// The API server is cut off: kubectl waits for nothing.
    NoWayToServer,
    /// etcd is electing a leader: requests wait.
    Electing,
    /// Too few members of etcd talk to each other: nothing can be written or read.
    NoQuorum,
    /// etcd does not run.
    NoStore,
    /// No scheduler works: pods stay Pending.
    NoScheduler,
    /// No controller manager works: nothing heals, scales or rolls out, and Services do not learn of pods.
    NoControllerManager,
    /// One more member of etcd that fails, and nothing can be written.
    NoMemberToSpare,
}

/// How many members of etcd there are that can talk to the leader, or to each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Quorum {
    /// Members that take part.
    pub have: usize,
    /// Members that it takes.
    pub need: usize,
    /// Members in all.
    pub of: usize,
}

/// A snapshot of etcd.
#[derive(Clone, PartialEq, Debug)]
pub struct SnapshotRow {
    /// The name of its file.
    pub name: Text,
    /// When it was taken, in nanoseconds of virtual time.
    pub at: u64,
    /// The revision that it holds.
    pub revision: u64,
}

/// The control plane.
#[derive(Clone, PartialEq, Debug)]
pub struct Parts {
    /// Its machines.
    pub machines: Vec<Machine>,
    /// Whether a load balancer stands before several API servers.
    pub balanced: bool,
    /// The majority of etcd.
    pub quorum: Quorum,
    /// What does not work, the worst first.
    pub consequences: Vec<Consequence>,
    /// Until another scheduler or controller manager can take over.
    pub takeovers: Vec<(Text, Countdown)>,
    /// The snapshots, oldest first.
    pub snapshots: Vec<SnapshotRow>,
}

/// How long the Lease of a scheduler or a controller manager outlives its holder.
const LEASE_S: u64 = 15;

/// The control plane as it is now.
pub fn parts(cluster: &Cluster) -> Parts {
    let (members, _) = cluster.etcd();
    let topology = cluster.topology();
    let mut machines: Vec<Machine> = Vec::new();
    for id in topology.parts() {
        let machine = topology.machine(id);
        let card = card(cluster, id, &members);
        match machines.iter_mut().find(|known| *known.name == *machine) {
            Some(known) => known.parts.push(card),
            None => machines.push(Machine {
                is_node: cluster.kubelet(&machine).is_some(),
                name: machine.to_string().into(),
                parts: vec![card],
            }),
        }
    }
    Parts {
        machines,
        balanced: topology.control_planes > 1,
        quorum: quorum(cluster),
        consequences: consequences(cluster),
        takeovers: takeovers(cluster),
        snapshots: cluster.snapshots().iter().map(row).collect(),
    }
}

fn row(snapshot: &orrery_cluster::Snapshot) -> SnapshotRow {
    SnapshotRow {
        name: snapshot.name.to_string().into(),
        at: snapshot.at.as_nanos(),
        revision: snapshot.revision(),
    }
}

fn takes_part(cluster: &Cluster, index: usize, member: &MemberStatus) -> bool {
    let id = PartId { program: Program::Etcd, number: index + 1 };
    member.up && !member.learner && !cluster.part_is_cut(id)
}

fn card(cluster: &Cluster, id: PartId, members: &[MemberStatus]) -> PartCard {
    let presence = match (cluster.part_is_on(id), cluster.part_starts_at(id)) {
        (Some(true), _) if cluster.part_is_cut(id) => Presence::Cut,
        (Some(true), _) => Presence::On,
        (_, Some(_)) => Presence::Restarting,
        _ => Presence::Off,
    };
    let member = members.get(id.number - 1).filter(|_| id.program == Program::Etcd);
    PartCard {
        name: id.to_string().into(),
        program: id.program.name().into(),
        presence,
        standing: standing(cluster, id, presence, member),
        log: member.map(|m| MemberLog { term: m.term, index: m.index, lag: m.lag }),
        served: cluster.part_is_served(id),
    }
}

fn standing(cluster: &Cluster, id: PartId, presence: Presence, member: Option<&MemberStatus>) -> Standing {
    match (member, presence) {
        (_, Presence::Off | Presence::Restarting) => Standing::None,
        (Some(member), _) if member.learner => Standing::Learner,
        (Some(member), _) => match member.role {
            Role::Leader => Standing::Leader,
            Role::Follower => Standing::Follower,
            Role::Candidate | Role::PreCandidate => Standing::Candidate,
        },
        (None, _) if id.program == Program::ApiServer => Standing::Equal,
        (None, _) if cluster.leader(id.program) == Some(id) => Standing::Leader,
        (None, _) => Standing::Follower,
    }
}

fn quorum(cluster: &Cluster) -> Quorum {
    let (members, need) = cluster.etcd();
    let taking_part = members.iter().enumerate().filter(|(i, member)| takes_part(cluster, *i, member));
    Quorum { have: taking_part.count(), need, of: members.len() }
}

/// What does not work, the worst first.
pub(crate) fn consequences(cluster: &Cluster) -> Vec<Consequence> {
    let quorum = quorum(cluster);
    let mut found = Vec::new();
    found.extend(cluster.outage().map(|outage| match outage {
        Unreachable::Refused => Consequence::NoServer,
        Unreachable::Silent => Consequence::NoWayToServer,
        Unreachable::StoreRefused => Consequence::NoStore,
        Unreachable::NoLeader if quorum.have >= quorum.need => Consequence::Electing,
        Unreachable::NoLeader => Consequence::NoQuorum,
    }));
    if !cluster.works(Program::Scheduler) {
        found.push(Consequence::NoScheduler);
    }
    if !cluster.works(Program::ControllerManager) {
        found.push(Consequence::NoControllerManager);
    }
    if quorum.of > 1 && quorum.have == quorum.need {
        found.push(Consequence::NoMemberToSpare);
    }
    found
}

fn takeovers(cluster: &Cluster) -> Vec<(Text, Countdown)> {
    let now: SimTime = cluster.now();
    let ring = |program: Program| {
        let end = cluster.takes_over_at(program)?;
        let of = end.since(now).max(Duration::from_secs(LEASE_S)).as_secs();
        Some((program.name().into(), Countdown::new(Wait::Lease, now, end, of)?))
    };
    [Program::Scheduler, Program::ControllerManager].into_iter().filter_map(ring).collect()
}
