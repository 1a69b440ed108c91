//! The members of one etcd cluster, on machines that crash and links that break, in virtual time.
//!
//! While a leader has a majority and nothing breaks, nothing happens here: heartbeats are a formula, and writes are
//! entries only when somebody looks. A fault wakes the members; they fall asleep when they have settled.

use super::member::{Member, Role};
use super::{HEARTBEAT, Index, Mark, MemberId, Message, Term};
use crate::Revision;
use orrery_sim::{Duration, Random, SimTime};
use std::collections::VecDeque;

/// How long a message travels.
const LATENCY: Duration = Duration::from_millis(1);
/// So many writes become entries at once.
const BATCH: u64 = 256;

/// Why a client gets no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// None of the members that it can reach runs.
    Refused,
    /// The members that it can reach have no leader with a majority.
    NoLeader,
}

/// What there is to say of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberStatus {
    /// Whether it runs.
    pub up: bool,
    /// What it is; of one that does not run, what it will be when it starts.
    pub role: Role,
    /// Whether it has lost its data and does not vote yet.
    pub learner: bool,
    /// Whom it takes for the leader.
    pub leader: Option<MemberId>,
    /// The term that it is in.
    pub term: Term,
    /// The last entry of its log.
    pub index: Index,
    /// The last entry that it knows to be decided.
    pub commit: Index,
    /// How many entries it is behind the leader, or behind the longest log where there is no leader.
    pub lag: Index,
}

/// The members.
#[derive(Clone, Debug)]
pub struct Group {
    members: Vec<Member>,
    up: Vec<bool>,
    /// The links that are cut, as pairs in both directions.
    cut: Vec<(MemberId, MemberId)>,
    flight: VecDeque<(SimTime, Message)>,
    awake: bool,
    /// When the members fell asleep.
    asleep_since: SimTime,
    /// Writes up to here are entries.
    revision: Revision,
}

impl Group {
    /// `size` members that start together at `now` and have elected a leader.
    pub fn new(seed: u64, size: usize, now: SimTime) -> Self {
        let member = |id| Member::new(id, size, Random::stream(seed, &format!("etcd-{}", id + 1)), now);
        let mut group = Group {
            members: (0..size).map(member).collect(),
            up: vec![true; size],
            cut: Vec::new(),
            flight: VecDeque::new(),
            awake: false,
            asleep_since: now,
            revision: 0,
        };
        group.elect_first(now);
        group
    }

    /// The member whose patience ends first is elected.
    fn elect_first(&mut self, now: SimTime) {
        let Some(first) = self.members.iter().min_by_key(|member| member.next()).map(|m| m.id) else {
            return;
        };
        let mut out = Vec::new();
        let due = self.members[first].next();
        self.members[first].tick(due, &mut out);
        self.exchange(out, now);
        self.inform(first, now);
    }

    /// Begins anew, on all members, with a store at `revision`: what they had is gone.
    pub fn restore(&mut self, revision: Revision, now: SimTime) {
        self.flight.clear();
        self.revision = revision;
        for member in &mut self.members {
            member.replace(now);
            member.learner = false;
            member.log.reset(Mark { term: 1, index: 1 }, revision);
            (member.term, member.commit) = (1, 1);
        }
        self.awake = true;
    }

    /// Stops a member, as a crash does: what it wrote to its disk stays.
    pub fn stop(&mut self, id: MemberId, revision: Revision, now: SimTime) {
        self.wake(revision, now);
        self.up[id] = false;
        self.members[id].restart(now);
    }

    /// Starts a member with what is on its disk.
    pub fn start(&mut self, id: MemberId, revision: Revision, now: SimTime) {
        self.wake(revision, now);
        self.up[id] = true;
        self.members[id].restart(now);
    }

    /// Stops a member and wipes its disk.
    pub fn lose(&mut self, id: MemberId, revision: Revision, now: SimTime) {
        self.stop(id, revision, now);
        self.members[id].replace(now);
        self.members.iter_mut().for_each(|member| member.forget(id));
    }

    /// Breaks the links in `cut`, which names both directions of each, and mends all others.
    pub fn cut(&mut self, cut: Vec<(MemberId, MemberId)>, revision: Revision, now: SimTime) {
        if cut != self.cut {
            self.wake(revision, now);
            self.cut = cut;
        }
    }

    /// Whether two members that run can talk.
    fn linked(&self, a: MemberId, b: MemberId) -> bool {
        a == b || (self.up[a] && self.up[b] && !self.cut.contains(&(a, b)))
    }

    /// The members that can talk to `id` and decide with it, itself included.
    fn voters_with(&self, id: MemberId) -> usize {
        let votes = |m: &&Member| !m.learner && self.linked(id, m.id);
        self.members.iter().filter(votes).count()
    }

    /// The leader that can decide: a majority that can talk to it knows of no later term.
    pub fn leader(&self) -> Option<MemberId> {
        let decides = |m: &&Member| {
            let newer = |other: &Member| other.term > m.term && self.linked(m.id, other.id);
            self.up[m.id]
                && m.role == Role::Leader
                && self.voters_with(m.id) >= m.quorum()
                && !self.members.iter().any(newer)
        };
        self.members.iter().find(decides).map(|m| m.id)
    }

    /// How many members are needed to decide anything.
    pub fn quorum(&self) -> usize {
        self.members.len() / 2 + 1
    }

    /// Whether a client that talks to the members `via` gets an answer.
    ///
    /// Errors: what is in the way.
    pub fn answers(&self, via: &[MemberId]) -> Result<(), Outage> {
        if !via.iter().any(|id| self.up[*id]) {
            return Err(Outage::Refused);
        }
        let leader = self.leader().ok_or(Outage::NoLeader)?;
        let reaches = |id: &MemberId| self.up[*id] && self.linked(*id, leader);
        if via.iter().any(reaches) { Ok(()) } else { Err(Outage::NoLeader) }
    }

    /// What there is to say of each member, when the store is at `revision`.
    pub fn status(&self, revision: Revision) -> Vec<MemberStatus> {
        let leader = self.leader();
        let pending = leader.map_or(0, |_| revision.saturating_sub(self.revision));
        let has = |m: &Member| {
            let follows = leader.is_some_and(|l| self.linked(l, m.id) && self.agrees(l, m));
            let new = if follows { pending } else { 0 };
            (m.log.last().index + new, m.commit + new)
        };
        let longest = match leader {
            Some(leader) => has(&self.members[leader]).0,
            None => self.members.iter().map(|m| m.log.last().index).max().unwrap_or(0),
        };
        let status = |m: &Member| {
            let (index, commit) = has(m);
            MemberStatus {
                up: self.up[m.id],
                role: m.role,
                learner: m.learner,
                leader: m.leader,
                term: m.term,
                index,
                commit,
                lag: longest.saturating_sub(index),
            }
        };
        self.members.iter().map(status).collect()
    }

    /// When something happens next; `None` while the members sleep.
    pub fn next(&self) -> Option<SimTime> {
        if !self.awake {
            return None;
        }
        let timers = self.members.iter().filter(|m| self.up[m.id]).map(Member::next);
        self.flight.front().map(|(at, _)| *at).into_iter().chain(timers).min()
    }

    /// Delivers the messages and does what is due at `now`, when the store is at `revision`.
    pub fn run(&mut self, revision: Revision, now: SimTime) {
        self.take_up(revision, now);
        let mut out = Vec::new();
        while self.flight.front().is_some_and(|(at, _)| *at <= now) {
            let Some((_, message)) = self.flight.pop_front() else { break };
            self.deliver(message, now, &mut out);
        }
        for id in 0..self.members.len() {
            if self.up[id] && self.members[id].next() <= now {
                self.members[id].tick(now, &mut out);
            }
        }
        self.flight.extend(out.into_iter().map(|message| (now + LATENCY, message)));
        if self.has_settled() {
            (self.awake, self.asleep_since) = (false, now);
        }
    }

    fn deliver(&mut self, message: Message, now: SimTime, out: &mut Vec<Message>) {
        if self.up[message.to] && self.linked(message.from, message.to) {
            self.members[message.to].receive(message, now, out);
        }
    }

    /// Delivers messages, and those that follow from them, in no time.
    fn exchange(&mut self, messages: Vec<Message>, now: SimTime) {
        let mut queue = VecDeque::from(messages);
        while let Some(message) = queue.pop_front() {
            let mut out = Vec::new();
            self.deliver(message, now, &mut out);
            queue.extend(out);
        }
    }

    /// The writes since the last look become entries: they were decided as they were made.
    fn take_up(&mut self, revision: Revision, now: SimTime) {
        let Some(leader) = self.leader() else { return };
        while self.revision < revision {
            let end = revision.min(self.revision + BATCH);
            let mut out = Vec::new();
            self.members[leader].propose(self.revision + 1..=end, &mut out);
            self.revision = end;
            self.exchange(out, now);
            self.inform(leader, now);
        }
    }

    /// The others learn at once how far it is decided.
    fn inform(&mut self, leader: MemberId, now: SimTime) {
        let mut out = Vec::new();
        self.members[leader].inform(&mut out);
        self.exchange(out, now);
    }

    /// Before a fault: every timer stands as if heartbeats had been sent all the time.
    fn wake(&mut self, revision: Revision, now: SimTime) {
        if self.awake {
            return;
        }
        self.take_up(revision, now);
        self.awake = true;
        let since_beat = now.since(self.asleep_since).as_nanos() % HEARTBEAT.as_nanos();
        let last = now - Duration::from_nanos(u64::try_from(since_beat).unwrap_or(0));
        let leader = self.leader();
        for id in 0..self.members.len() {
            let heard = leader.filter(|l| self.linked(*l, id));
            self.members[id].wake(heard, last, now);
        }
    }

    /// Whether a member follows the leader and has everything that it has.
    fn agrees(&self, leader: MemberId, member: &Member) -> bool {
        let led = &self.members[leader];
        member.leader == Some(leader)
            && !member.learner
            && member.term == led.term
            && member.log.last() == led.log.last()
            && member.commit == led.log.last().index
    }

    /// Whether nothing will change by itself any more.
    fn has_settled(&self) -> bool {
        let waits = |m: &Member| m.leader.is_none() && matches!(m.role, Role::Follower | Role::PreCandidate);
        let settled = |m: &Member| match self.leader() {
            Some(leader) if self.linked(leader, m.id) => self.agrees(leader, m),
            Some(_) => waits(m),
            None => waits(m) && self.voters_with(m.id) < m.quorum(),
        };
        self.flight.is_empty() && self.members.iter().filter(|m| self.up[m.id]).all(settled)
    }
}
