//! Members on machines: what a fault leads to, and that quiet costs nothing.

use super::super::{Group, Outage, Role};
use orrery_sim::{Duration, SimTime};

const ALL: [usize; 5] = [0, 1, 2, 3, 4];

/// Runs until `until`; returns how many looks it took.
fn run(group: &mut Group, revision: u64, until: SimTime) -> usize {
    let mut looks = 0;
    while let Some(at) = group.next().filter(|at| *at <= until) {
        group.run(revision, at);
        looks += 1;
    }
    looks
}

fn at(seconds: u64) -> SimTime {
    SimTime::from_secs(seconds)
}

#[test]
fn quiet_costs_nothing_however_much_is_written() {
    let mut group = Group::new(1, 3, SimTime::ZERO);
    assert_eq!(group.next(), None, "a leader is there from the beginning");
    let status = group.status(100_000);
    assert_eq!(status.iter().filter(|m| m.role == Role::Leader).count(), 1);
    assert!(status.iter().all(|m| m.index == 100_001 && m.commit == m.index && m.lag == 0), "{status:?}");
    group.stop(0, 100_000, at(3_600));
    assert_eq!(group.status(100_000)[1].index, 100_001, "the log is what the formula said");
}

#[test]
fn a_follower_that_stops_lags_behind_and_catches_up() {
    let mut group = Group::new(1, 3, SimTime::ZERO);
    let leader = group.leader().expect("elected");
    let other = (leader + 1) % 3;
    group.stop(other, 10, at(10));
    assert_eq!(group.answers(&ALL[..3]), Ok(()), "two of three decide");
    assert!(run(&mut group, 10, at(60)) < 50);
    assert_eq!(group.next(), None);
    let status = group.status(5_000);
    assert_eq!((status[leader].lag, status[other].lag), (0, 4_990));
    group.start(other, 5_000, at(60));
    run(&mut group, 5_000, at(70));
    assert_eq!((group.status(5_000)[other].lag, group.leader()), (0, Some(leader)), "nobody was unseated");
    assert_eq!(group.next(), None);
}

#[test]
fn another_leads_one_to_two_seconds_after_the_leader_is_killed() {
    for seed in 0..50 {
        let mut group = Group::new(seed, 5, SimTime::ZERO);
        let old = group.leader().expect("elected");
        let term = group.status(0)[old].term;
        group.stop(old, 7, at(10));
        assert_eq!(group.answers(&ALL), Err(Outage::NoLeader));
        while group.leader().is_none() {
            let at = group.next().expect("somebody will ask");
            group.run(7, at);
        }
        let took = group.next().expect("it is not settled yet").since(at(10));
        let bounds = Duration::from_millis(900)..Duration::from_millis(3_500);
        assert!(bounds.contains(&took), "seed {seed}: {took:?}");
        run(&mut group, 7, at(30));
        assert!(group.next().is_none() && group.status(7).iter().any(|m| m.term > term));
    }
}

#[test]
fn without_a_majority_nothing_is_decided_until_it_is_back() {
    let mut group = Group::new(3, 3, SimTime::ZERO);
    let leader = group.leader().expect("elected");
    let others: Vec<usize> = (0..3).filter(|id| *id != leader).collect();
    group.stop(others[0], 5, at(10));
    group.stop(others[1], 5, at(10));
    assert_eq!(group.answers(&[leader]), Err(Outage::NoLeader));
    assert_eq!(group.answers(&others), Err(Outage::Refused));
    assert!(run(&mut group, 5, at(3_600)) < 100, "who cannot win asks no more");
    let alone = &group.status(5)[leader];
    assert!(alone.role != Role::Leader && alone.leader.is_none(), "a leader without a majority steps down");
    group.start(others[0], 5, at(3_600));
    run(&mut group, 5, at(3_610));
    assert_eq!(group.answers(&[leader]), Ok(()));
    assert_eq!(group.next(), None);
}

#[test]
fn a_leader_that_is_cut_off_is_replaced_and_follows_when_it_is_back() {
    let mut group = Group::new(5, 5, SimTime::ZERO);
    let old = group.leader().expect("elected");
    let cut = ALL.iter().filter(|id| **id != old).flat_map(|id| [(old, *id), (*id, old)]).collect();
    group.cut(cut, 9, at(10));
    assert_eq!(group.leader(), None, "it takes itself for the leader and can decide nothing");
    run(&mut group, 9, at(20));
    let new = group.leader().expect("four of five elect");
    assert_ne!(new, old);
    assert_eq!(group.answers(&[old]), Err(Outage::NoLeader), "who talks to it alone gets no answer");
    assert_eq!((group.next(), group.answers(&ALL)), (None, Ok(())));
    group.cut(Vec::new(), 500, at(100));
    run(&mut group, 500, at(110));
    let status = group.status(500);
    assert!(status.iter().all(|m| m.leader == Some(new) && m.lag == 0), "{status:?}");
}

#[test]
fn who_lost_its_data_votes_again_when_it_knows_everything() {
    let mut group = Group::new(2, 3, SimTime::ZERO);
    let leader = group.leader().expect("elected");
    let (lost, third) = ((leader + 1) % 3, (leader + 2) % 3);
    group.lose(lost, 2_000, at(10));
    group.stop(third, 2_000, at(10));
    group.start(lost, 2_000, at(11));
    assert!(group.status(2_000)[lost].learner);
    assert_eq!(group.answers(&[leader]), Err(Outage::NoLeader), "one that listens makes no majority");
    group.start(third, 2_000, at(30));
    run(&mut group, 2_000, at(60));
    let status = group.status(2_000);
    assert!(status.iter().all(|m| !m.learner && m.lag == 0), "{status:?}");
    group.stop(third, 2_000, at(60));
    run(&mut group, 2_000, at(70));
    assert_eq!(group.answers(&[leader]), Ok(()));
}

#[test]
fn a_restored_cluster_begins_anew() {
    let mut group = Group::new(2, 3, SimTime::ZERO);
    group.restore(40, at(10));
    run(&mut group, 40, at(20));
    let status = group.status(40);
    assert!(group.next().is_none() && status.iter().all(|m| m.lag == 0 && m.index == 2), "{status:?}");
}
