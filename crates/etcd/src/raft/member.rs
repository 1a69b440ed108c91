//! The algorithm, as one member runs it (upstream: `go.etcd.io/raft/raft.go`).

use super::log::{Entry, Log};
use super::{Body, ELECTION_TIMEOUT, HEARTBEAT, Index, Mark, MemberId, Message, Term};
use crate::Revision;
use orrery_sim::{Duration, Random, SimTime};
use std::ops::RangeInclusive;

/// What a member is to the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It follows a leader, or waits for one.
    Follower,
    /// It asks whether it could win.
    PreCandidate,
    /// It asks for votes.
    Candidate,
    /// It decides what is written.
    Leader,
}

/// What a leader knows of a member, and a candidate of its vote.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Peer {
    /// Up to here its log is known to agree.
    pub(crate) matched: Index,
    /// The next entry that it gets.
    next: Index,
    /// Whether it was heard since the quorum was last checked.
    heard: bool,
    vote: Option<bool>,
}

/// A member: what it keeps on disk, what it knows only while it runs, and when it acts by itself.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) id: MemberId,
    // On disk.
    pub(crate) term: Term,
    vote: Option<MemberId>,
    pub(crate) log: Log,
    pub(crate) commit: Index,
    /// Whether it has lost its data and only listens until it knows everything that is decided.
    pub(crate) learner: bool,
    // In memory.
    pub(crate) role: Role,
    pub(crate) leader: Option<MemberId>,
    pub(crate) peers: Vec<Peer>,
    /// When it last heard the leader, or gave its vote.
    heard_leader: SimTime,
    /// When it acts by itself: a follower campaigns, a leader checks its quorum.
    election_at: SimTime,
    /// When a leader is heard again.
    heartbeat_at: SimTime,
    random: Random,
}

impl Member {
    /// The member `id` of `size`, with an empty log, that starts at `now`.
    pub(crate) fn new(id: MemberId, size: usize, random: Random, now: SimTime) -> Self {
        let mut member = Member {
            id,
            term: 0,
            vote: None,
            log: Log::default(),
            commit: 0,
            learner: false,
            role: Role::Follower,
            leader: None,
            peers: vec![Peer::default(); size],
            heard_leader: now,
            election_at: now,
            heartbeat_at: SimTime::NEVER,
            random,
        };
        member.restart(now);
        member
    }

    /// Starts with what is on the disk.
    pub(crate) fn restart(&mut self, now: SimTime) {
        self.follow(None, now);
        // Before it has started it has heard nobody: it does not stand in the way of an election.
        self.heard_leader = now - ELECTION_TIMEOUT;
    }

    /// Starts with an empty disk in the place of a member that was there before: it listens first.
    pub(crate) fn replace(&mut self, now: SimTime) {
        *self = Member::new(self.id, self.peers.len(), self.random.clone(), now);
        self.learner = true;
    }

    /// Another member's log is not what it was.
    pub(crate) fn forget(&mut self, id: MemberId) {
        self.peers[id] = Peer { next: self.log.last().index + 1, ..Peer::default() };
    }

    /// Sets the timers as they stand when the leader was heard last at `heard_at`, or when there is none.
    pub(crate) fn wake(&mut self, leader: Option<MemberId>, heard_at: SimTime, now: SimTime) {
        if self.role == Role::Leader {
            self.peers.iter_mut().for_each(|peer| peer.heard = true);
            (self.election_at, self.heartbeat_at) = (heard_at + ELECTION_TIMEOUT, heard_at + HEARTBEAT);
        } else if leader.is_some() {
            self.heard_leader = heard_at;
            self.set_election(heard_at);
        } else {
            self.set_election(now);
        }
    }

    /// When it next acts by itself.
    pub(crate) fn next(&self) -> SimTime {
        self.election_at.min(self.heartbeat_at)
    }

    /// How many members decide.
    pub(crate) fn quorum(&self) -> usize {
        self.peers.len() / 2 + 1
    }

    fn others(&self) -> impl Iterator<Item = MemberId> + use<> {
        let me = self.id;
        (0..self.peers.len()).filter(move |id| *id != me)
    }

    fn say(&self, to: MemberId, body: Body, out: &mut Vec<Message>) {
        out.push(Message { from: self.id, to, term: self.term, body });
    }

    /// One to two election timeouts from `now`.
    fn set_election(&mut self, now: SimTime) {
        let spread = self.random.below(u64::try_from(ELECTION_TIMEOUT.as_nanos()).unwrap_or(u64::MAX));
        self.election_at = now + ELECTION_TIMEOUT + Duration::from_nanos(spread);
    }

    /// Becomes a follower of `leader` in the present term.
    fn follow(&mut self, leader: Option<MemberId>, now: SimTime) {
        (self.role, self.leader) = (Role::Follower, leader);
        self.heartbeat_at = SimTime::NEVER;
        self.set_election(now);
    }

    /// Enters a term that somebody else has begun.
    fn enter(&mut self, term: Term, now: SimTime) {
        (self.term, self.vote) = (term, None);
        self.follow(None, now);
    }

    /// Does what is due by itself.
    pub(crate) fn tick(&mut self, now: SimTime, out: &mut Vec<Message>) {
        if self.role == Role::Leader {
            if self.election_at <= now {
                self.check_quorum(now);
            }
            if self.heartbeat_at <= now {
                self.heartbeat_at = now + HEARTBEAT;
                self.inform(out);
            }
        } else if self.election_at <= now {
            if self.learner { self.set_election(now) } else { self.campaign(Role::PreCandidate, now, out) }
        }
    }

    /// Tells everybody that the leader is there, what they lack, and how far it is decided.
    pub(crate) fn inform(&self, out: &mut Vec<Message>) {
        self.others().for_each(|to| self.send_entries(to, out));
    }

    /// A leader whom no majority answers is none.
    fn check_quorum(&mut self, now: SimTime) {
        let heard = self.peers.iter().filter(|peer| peer.heard).count() + 1;
        self.peers.iter_mut().for_each(|peer| peer.heard = false);
        self.election_at = now + ELECTION_TIMEOUT;
        if heard < self.quorum() {
            self.follow(None, now);
        }
    }

    /// Asks for votes, or first whether it would get them. Only the former begins a term.
    fn campaign(&mut self, role: Role, now: SimTime, out: &mut Vec<Message>) {
        (self.role, self.leader) = (role, None);
        self.set_election(now);
        if role == Role::Candidate {
            (self.term, self.vote) = (self.term + 1, Some(self.id));
        }
        self.peers.iter_mut().for_each(|peer| peer.vote = None);
        self.peers[self.id].vote = Some(true);
        let last = self.log.last();
        for to in self.others() {
            match role {
                Role::Candidate => self.say(to, Body::Vote { last }, out),
                // In the term that would begin.
                _ => {
                    out.push(Message { from: self.id, to, term: self.term + 1, body: Body::PreVote { last } })
                }
            }
        }
        self.count_votes(now, out);
    }

    fn count_votes(&mut self, now: SimTime, out: &mut Vec<Message>) {
        let count = |vote: bool| self.peers.iter().filter(|peer| peer.vote == Some(vote)).count();
        let (granted, refused) = (count(true), count(false));
        match self.role {
            Role::PreCandidate if granted >= self.quorum() => self.campaign(Role::Candidate, now, out),
            Role::Candidate if granted >= self.quorum() => self.lead(now, out),
            _ if refused >= self.quorum() => self.follow(None, now),
            _ => {}
        }
    }

    /// Begins to lead, with an entry of its own term: only with such a one can it decide what others left behind.
    fn lead(&mut self, now: SimTime, out: &mut Vec<Message>) {
        (self.role, self.leader) = (Role::Leader, Some(self.id));
        let next = self.log.last().index + 1;
        self.peers.iter_mut().for_each(|peer| *peer = Peer { next, ..Peer::default() });
        (self.election_at, self.heartbeat_at) = (now + ELECTION_TIMEOUT, now + HEARTBEAT);
        let revision = self.log.revision();
        self.propose(revision..=revision, out);
    }

    /// A leader takes writes up, which lead to these revisions.
    pub(crate) fn propose(&mut self, revisions: RangeInclusive<Revision>, out: &mut Vec<Message>) {
        let term = self.term;
        revisions.for_each(|revision| self.log.push(Entry { term, revision }));
        self.peers[self.id].matched = self.log.last().index;
        self.decide();
        self.inform(out);
    }

    /// Sends a member what it lacks, as far as is known, or a snapshot where that is forgotten.
    fn send_entries(&self, to: MemberId, out: &mut Vec<Message>) {
        let before = self.peers[to].next - 1;
        match (self.log.term_at(before), self.log.from(before + 1)) {
            (Some(term), Some(entries)) => {
                let entries = entries.to_vec();
                let before = Mark { term, index: before };
                self.say(to, Body::Append { before, entries, commit: self.commit }, out);
            }
            _ => {
                let (last, revision) = self.log.base();
                self.say(to, Body::Snapshot { last, revision }, out);
            }
        }
    }

    /// A leader decides what a majority has, if the last of it is of its own term.
    fn decide(&mut self) {
        let mut matched: Vec<Index> = self.peers.iter().map(|peer| peer.matched).collect();
        matched.sort_unstable();
        let index = matched[self.peers.len() - self.quorum()];
        if index > self.commit && self.log.term_at(index) == Some(self.term) {
            self.commit_to(index);
        }
    }

    fn commit_to(&mut self, index: Index) {
        self.commit = self.commit.max(index);
        self.log.compact(self.commit);
    }

    /// Takes a message.
    pub(crate) fn receive(&mut self, message: Message, now: SimTime, out: &mut Vec<Message>) {
        let Message { from, term, body, .. } = message;
        if term > self.term && !self.enter_for(term, &body, now) {
            return;
        }
        if term < self.term {
            return self.answer_the_past(from, &body, out);
        }
        match body {
            Body::PreVote { last } => self.answer_pre_vote(from, term, last, out),
            Body::Vote { last } => self.answer_vote(from, last, now, out),
            Body::PreVoteReply { granted } if self.role == Role::PreCandidate => {
                self.vote_came(from, granted, now, out);
            }
            Body::VoteReply { granted } if self.role == Role::Candidate => {
                self.vote_came(from, granted, now, out);
            }
            Body::PreVoteReply { .. } | Body::VoteReply { .. } => {}
            Body::Append { before, entries, commit } => {
                self.hear_leader(from, now);
                self.take_entries(from, before, &entries, commit, out);
            }
            Body::Snapshot { last, revision } => {
                self.hear_leader(from, now);
                self.take_snapshot(from, last, revision, out);
            }
            Body::AppendReply { agreed } => self.progress(from, agreed, out),
        }
    }

    /// Whether a message of a later term is listened to; most messages of one are its beginning.
    fn enter_for(&mut self, term: Term, body: &Body, now: SimTime) -> bool {
        let asks = matches!(body, Body::PreVote { .. } | Body::Vote { .. });
        let led = self.leader.is_some() && now.since(self.heard_leader) < ELECTION_TIMEOUT;
        if asks && (led || self.role == Role::Leader) {
            return false;
        }
        let only_asked = matches!(body, Body::PreVote { .. } | Body::PreVoteReply { granted: true });
        if !only_asked {
            self.enter(term, now);
        }
        true
    }

    /// A leader of the past learns that it is one; who asks in the past is refused.
    fn answer_the_past(&mut self, from: MemberId, body: &Body, out: &mut Vec<Message>) {
        match body {
            Body::Append { before, .. } => {
                self.say(from, Body::AppendReply { agreed: Err(before.index) }, out);
            }
            Body::Snapshot { last, .. } => {
                self.say(from, Body::AppendReply { agreed: Err(last.index) }, out);
            }
            Body::PreVote { .. } => self.say(from, Body::PreVoteReply { granted: false }, out),
            _ => {}
        }
    }

    /// Whether a log that ends with `last` has everything that this one has.
    fn is_up_to_date(&self, last: Mark) -> bool {
        let own = self.log.last();
        (last.term, last.index) >= (own.term, own.index)
    }

    fn answer_pre_vote(&mut self, from: MemberId, term: Term, last: Mark, out: &mut Vec<Message>) {
        let granted = !self.learner && term > self.term && self.is_up_to_date(last);
        // A promise names the term that would begin, a refusal the present one.
        let term = if granted { term } else { self.term };
        out.push(Message { from: self.id, to: from, term, body: Body::PreVoteReply { granted } });
    }

    fn answer_vote(&mut self, from: MemberId, last: Mark, now: SimTime, out: &mut Vec<Message>) {
        let free = self.vote == Some(from) || (self.vote.is_none() && self.leader.is_none());
        let granted = !self.learner && free && self.is_up_to_date(last);
        if granted {
            self.vote = Some(from);
            self.set_election(now);
        }
        self.say(from, Body::VoteReply { granted }, out);
    }

    fn vote_came(&mut self, from: MemberId, granted: bool, now: SimTime, out: &mut Vec<Message>) {
        self.peers[from].vote = Some(granted);
        self.count_votes(now, out);
    }

    fn hear_leader(&mut self, leader: MemberId, now: SimTime) {
        self.follow(Some(leader), now);
        self.heard_leader = now;
    }

    fn take_entries(
        &mut self,
        from: MemberId,
        before: Mark,
        entries: &[Entry],
        commit: Index,
        out: &mut Vec<Message>,
    ) {
        let end = before.index + entries.len() as u64;
        let agreed = if before.index < self.commit {
            // What is decided agrees; of what follows, what is new is taken.
            self.log.splice(before, entries);
            Ok(end.max(self.commit))
        } else if self.log.term_at(before.index) == Some(before.term) {
            self.log.splice(before, entries);
            Ok(end)
        } else {
            Err(self.log.last().index.min(before.index - 1))
        };
        if let Ok(end) = agreed {
            self.commit_to(commit.min(end));
            self.learn(from);
        }
        self.say(from, Body::AppendReply { agreed }, out);
    }

    fn take_snapshot(&mut self, from: MemberId, last: Mark, revision: Revision, out: &mut Vec<Message>) {
        if last.index > self.commit {
            self.log.reset(last, revision);
            self.commit = last.index;
        }
        self.say(from, Body::AppendReply { agreed: Ok(self.commit) }, out);
    }

    /// Who lost its data votes again once it has everything that was decided before: that is so when an entry of
    /// this term is decided. In this term it can only have voted for the leader.
    fn learn(&mut self, leader: MemberId) {
        if self.learner && self.log.term_at(self.commit) == Some(self.term) {
            (self.learner, self.vote) = (false, Some(leader));
        }
    }

    /// A leader learns how far a member's log agrees.
    fn progress(&mut self, from: MemberId, agreed: Result<Index, Index>, out: &mut Vec<Message>) {
        if self.role != Role::Leader {
            return;
        }
        let last = self.log.last().index;
        let peer = &mut self.peers[from];
        peer.heard = true;
        match agreed {
            Ok(index) => {
                peer.matched = peer.matched.max(index);
                peer.next = peer.next.max(index + 1);
                let lacks = peer.next <= last && index + 1 == peer.next;
                self.decide();
                if lacks {
                    self.send_entries(from, out);
                }
            }
            Err(hint) if hint + 1 < peer.next && hint >= peer.matched => {
                peer.next = hint + 1;
                self.send_entries(from, out);
            }
            Err(_) => {}
        }
    }
}
