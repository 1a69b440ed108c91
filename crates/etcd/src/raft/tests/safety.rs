//! The algorithm against its safety properties, on random schedules: messages are lost, delayed, doubled and overtake
//! each other, members crash and come back with their disks, leaders take up writes.

use super::super::log::Entry;
use super::super::member::{Member, Role};
use super::super::{Body, Index, MemberId, Message, Term};
use crate::Revision;
use orrery_sim::{Duration, Random, SimTime};
use std::collections::BTreeMap;

/// How a schedule goes: chances are out of a hundred.
#[derive(Clone, Copy)]
struct Weather {
    lost: u64,
    doubled: u64,
    /// The longest way of a message, in milliseconds.
    slow: u64,
    crash: u64,
    write: u64,
    /// Whether the members are cut into two sides now and then.
    splits: bool,
}

const ROUGH: [Weather; 4] = [
    Weather { lost: 10, doubled: 10, slow: 300, crash: 2, write: 30, splits: true },
    Weather { lost: 40, doubled: 0, slow: 50, crash: 0, write: 60, splits: false },
    Weather { lost: 5, doubled: 30, slow: 1_500, crash: 8, write: 20, splits: true },
    Weather { lost: 30, doubled: 0, slow: 700, crash: 25, write: 15, splits: false },
];

/// Members, what is under way between them, and everything that was ever seen to be decided.
struct World {
    members: Vec<Member>,
    up: Vec<bool>,
    side: Vec<bool>,
    flight: Vec<(SimTime, Message)>,
    now: SimTime,
    random: Random,
    writes: Revision,
    leaders: BTreeMap<Term, MemberId>,
    /// Every entry that was ever in a log: its revision and the term of the one before it.
    entries: BTreeMap<(Index, Term), (Revision, Option<Term>)>,
    decided: BTreeMap<Index, (Term, Revision, Term)>,
}

impl World {
    fn new(seed: u64, size: usize) -> Self {
        let member = |id| Member::new(id, size, Random::stream(seed, &format!("{id}")), SimTime::ZERO);
        World {
            members: (0..size).map(member).collect(),
            up: vec![true; size],
            side: vec![false; size],
            flight: Vec::new(),
            now: SimTime::ZERO,
            random: Random::stream(seed, "weather"),
            writes: 0,
            leaders: BTreeMap::new(),
            entries: BTreeMap::new(),
            decided: BTreeMap::new(),
        }
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.random.below(100) < percent
    }

    fn send(&mut self, out: Vec<Message>, weather: Weather) {
        for message in out {
            if self.side[message.from] != self.side[message.to] || self.chance(weather.lost) {
                continue;
            }
            for _ in 0..=u64::from(self.chance(weather.doubled)) {
                let way = Duration::from_millis(1 + self.random.below(weather.slow));
                self.flight.push((self.now + way, message.clone()));
            }
        }
    }

    /// Lets the next message arrive or the next timer end, whichever comes first.
    fn step(&mut self, weather: Weather) {
        let message = (0..self.flight.len()).min_by_key(|i| self.flight[*i].0);
        let timers = self.members.iter().filter(|m| self.up[m.id]);
        let timer = timers.map(|m| (m.next(), m.id)).min();
        let mut out = Vec::new();
        match (message, timer) {
            (Some(i), timer) if timer.is_none_or(|(at, _)| self.flight[i].0 <= at) => {
                let (at, message) = self.flight.swap_remove(i);
                self.now = self.now.max(at);
                let to = message.to;
                if self.up[to] {
                    self.members[to].receive(message, self.now, &mut out);
                    self.check(to);
                }
            }
            (_, Some((at, id))) => {
                self.now = self.now.max(at);
                self.members[id].tick(self.now, &mut out);
                self.check(id);
            }
            _ => {}
        }
        self.send(out, weather);
    }

    /// What the weather does.
    fn disturb(&mut self, weather: Weather) {
        let id = self.random.below(self.members.len() as u64) as usize;
        if self.chance(weather.crash) {
            // Half of those that crash are back at once.
            self.up[id] = !self.up[id] || self.chance(50);
            if self.up[id] {
                self.members[id].restart(self.now);
            }
        }
        if weather.splits && self.chance(1) {
            self.side = (0..self.side.len()).map(|_| self.chance(40)).collect();
        }
        if self.chance(weather.write) && self.up[id] && self.members[id].role == Role::Leader {
            self.writes += 1;
            let mut out = Vec::new();
            self.members[id].propose(self.writes..=self.writes, &mut out);
            self.check(id);
            self.send(out, weather);
        }
    }

    /// The safety properties of the dissertation's figure 3.2, of the member that has just acted.
    fn check(&mut self, id: MemberId) {
        let member = &self.members[id];
        let (last, (base, base_revision)) = (member.log.last(), member.log.base());
        if member.role == Role::Leader {
            let known = *self.leaders.entry(member.term).or_insert(id);
            assert_eq!(known, id, "election safety: two leaders in term {}", member.term);
            for (index, (term, _, in_term)) in self.decided.range(base.index..) {
                assert!(
                    *in_term > member.term || member.log.term_at(*index) == Some(*term),
                    "leader completeness: the leader of term {} lacks entry {index} of term {term}",
                    member.term
                );
            }
        }
        let mut before = member.log.term_at(base.index);
        for (offset, entry) in member.log.from(base.index + 1).unwrap_or_default().iter().enumerate() {
            let index = base.index + 1 + offset as u64;
            let told = (entry.revision, before);
            let known = *self.entries.entry((index, entry.term)).or_insert(told);
            assert_eq!(known, told, "log matching: entry {index} of term {}", entry.term);
            before = Some(entry.term);
        }
        assert!(member.commit <= last.index, "what is decided is there");
        for index in base.index..=member.commit {
            let Some(term) = member.log.term_at(index).filter(|_| index > 0) else { continue };
            let revision = member.log.at(index).map_or(base_revision, |e| e.revision);
            let known = *self.decided.entry(index).or_insert((term, revision, member.term));
            assert_eq!(
                (known.0, known.1),
                (term, revision),
                "state machine safety: entry {index} was decided otherwise"
            );
        }
    }

    /// The weather clears up: everybody is there, nothing is lost.
    fn mend(&mut self) {
        const CALM: Weather = Weather { lost: 0, doubled: 0, slow: 1, crash: 0, write: 0, splits: false };
        self.side.fill(false);
        for id in 0..self.up.len() {
            if !std::mem::replace(&mut self.up[id], true) {
                self.members[id].restart(self.now);
            }
        }
        let end = self.now + Duration::from_secs(20);
        while self.now < end {
            self.step(CALM);
        }
    }
}

/// The log of a leader while it leads: it only grows.
fn assert_append_only(before: &Member, after: &Member) {
    if before.role != Role::Leader || after.role != Role::Leader || before.term != after.term {
        return;
    }
    let (old, new) = (before.log.last().index, after.log.last().index);
    assert!(new >= old, "leader append-only: the log of the leader of term {} shrank", after.term);
    let (base, _) = after.log.base();
    for index in base.index.max(1)..=old {
        let same =
            before.log.term_at(index).is_none() || before.log.term_at(index) == after.log.term_at(index);
        assert!(same, "leader append-only: entry {index} of the leader of term {} changed", after.term);
    }
}

fn run(seed: u64, size: usize, weather: Weather, steps: usize) -> World {
    let mut world = World::new(seed, size);
    for step in 0..steps {
        let before = (step % 10 == 0).then(|| world.members.clone());
        world.step(weather);
        world.disturb(weather);
        for before in before.into_iter().flatten() {
            assert_append_only(&before, &world.members[before.id]);
        }
    }
    world
}

#[test]
fn no_schedule_breaks_a_safety_property_and_after_each_the_members_agree() {
    let (mut elections, mut writes) = (0, 0);
    for seed in 0..2_000 {
        let (weather, size) = (ROUGH[seed as usize % 4], [3, 5, 1, 5, 3, 4, 3][seed as usize % 7]);
        let mut world = run(seed, size, weather, 600);
        world.mend();
        let leaders: Vec<_> = world.members.iter().filter(|m| m.role == Role::Leader).collect();
        assert_eq!(leaders.len(), 1, "seed {seed}: a leader comes back");
        let (last, commit) = (leaders[0].log.last(), leaders[0].commit);
        for member in &world.members {
            assert_eq!((member.log.last(), member.commit), (last, commit), "seed {seed}: {}", member.id);
        }
        assert_eq!(commit, last.index, "seed {seed}: everything is decided");
        elections += world.leaders.len();
        writes += world.decided.len();
    }
    assert!(elections > 6_000 && writes > 40_000, "{elections} elections and {writes} entries: too calm");
}

#[test]
fn a_member_that_lags_far_behind_gets_a_snapshot() {
    const CALM: Weather = Weather { lost: 0, doubled: 0, slow: 2, crash: 0, write: 90, splits: false };
    let mut world = run(1, 3, CALM, 200);
    let lagging = world.members.iter().find(|m| m.role != Role::Leader).expect("two follow").id;
    world.up[lagging] = false;
    for _ in 0..12_000 {
        world.step(CALM);
        world.disturb(CALM);
    }
    let leader = world.members.iter().find(|m| m.role == Role::Leader).expect("a majority is there").clone();
    let (base, _) = leader.log.base();
    let behind = world.members[lagging].log.last().index;
    assert!(behind < base.index, "{behind} and {}: too few writes for a snapshot", base.index);
    world.mend();
    assert_eq!(world.members[lagging].log.last(), world.members[leader.id].log.last());
}

/// The dissertation's figure 3.7: a majority has an entry of an older term, and a later leader may still replace it.
#[test]
fn an_entry_of_an_older_term_is_decided_only_with_one_of_the_leaders_own() {
    let mut leader = Member::new(0, 5, Random::stream(1, "0"), SimTime::ZERO);
    leader.log.push(Entry { term: 1, revision: 1 });
    leader.log.push(Entry { term: 2, revision: 2 });
    leader.term = 3;
    let mut out = Vec::new();
    leader.tick(SimTime::from_secs(5), &mut out);
    let mut hear = |from: MemberId, body: Body| {
        leader.receive(Message { from, to: 0, term: 4, body }, SimTime::from_secs(5), &mut out);
        (leader.role, leader.commit)
    };
    for from in [1, 2] {
        hear(from, Body::PreVoteReply { granted: true });
    }
    hear(1, Body::VoteReply { granted: true });
    assert_eq!(hear(2, Body::VoteReply { granted: true }), (Role::Leader, 0));
    hear(1, Body::AppendReply { agreed: Ok(2) });
    assert_eq!(hear(2, Body::AppendReply { agreed: Ok(2) }), (Role::Leader, 0), "three of five have it");
    hear(1, Body::AppendReply { agreed: Ok(3) });
    assert_eq!(hear(2, Body::AppendReply { agreed: Ok(3) }), (Role::Leader, 3), "now nobody can replace it");
}
