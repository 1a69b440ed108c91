//! Ways that lead somewhere, in one piece and in many.

use super::*;
use crate::run::tests::{WEB, eventful, go, seconds, travel};
use crate::{NODES, SEED};
use orrery_share::Action;

#[test]
fn back_is_where_forward_came_from() {
    let mut run = eventful();
    go(&mut run, 59);
    let mut hashes = vec![run.trace_hash()];
    while run.taken() < 2 || hashes.len() < 20 {
        assert!(travel(&mut run, Goal::On(Pace::Change)));
        hashes.push(run.trace_hash());
    }
    for hash in hashes.iter().rev().skip(1) {
        assert!(travel(&mut run, Goal::Back(Pace::Change)));
        assert_eq!(run.trace_hash(), *hash);
    }
    go(&mut run, 0);
    while travel(&mut run, Goal::Back(Pace::Change)) {}
    assert_eq!((run.now(), run.taken()), (0, 0));
}

#[test]
fn an_event_is_reached_just_after_it_was_written() {
    let mut run = eventful();
    let last = run.cluster().api().revision();
    for revision in [last, last / 2, last - 3] {
        assert!(travel(&mut run, Goal::Write(revision)));
        let at = run.cluster().api().write(revision).map(|write| write.time.as_nanos());
        assert_eq!(at, Some(run.now()), "revision {revision}");
        assert!(travel(&mut run, Goal::Back(Pace::Change)) && run.cluster().api().revision() < revision);
    }
    assert!(!travel(&mut run, Goal::Write(1_000_000)), "nobody knows of it");
}

#[test]
fn steps_back_retrace_the_steps_on() {
    let mut run = Run::new(SEED, NODES, None);
    for at in [10, 20, 30] {
        run.run(seconds(at), &mut || true);
        run.act(Action::Apply { text: WEB.replace("replicas: 2", &format!("replicas: {}", at / 10)) });
    }
    for (pace, on) in [(Pace::Second, [11, 12, 13]), (Pace::Action, [11, 20, 30])] {
        go(&mut run, on[0]);
        for to in &on[1..] {
            assert!(travel(&mut run, Goal::On(pace)));
            assert_eq!(run.now() / SECOND, *to, "{pace:?} on");
        }
        assert!(travel(&mut run, Goal::Back(pace)));
        assert_eq!(run.now() / SECOND, on[1], "{pace:?} back");
    }
    for pace in [Pace::Event, Pace::Change, Pace::Reconcile] {
        let (now, place) = (run.now(), run.here().place());
        assert!(travel(&mut run, Goal::Back(pace)));
        assert!(run.now() <= now && run.here().place() < place, "{pace:?}");
    }
}

/// Wherever it is interrupted, and however often, the way ends at the same place; until then a step has moved nothing, and
/// how far it is only grows.
#[test]
fn a_way_that_is_interrupted_goes_on_to_the_same_place() {
    let whole = eventful();
    let last = whole.cluster().api().revision();
    for (from, goal) in [
        (600, Goal::At(seconds(119))),
        (600, Goal::Back(Pace::Change)),
        (600, Goal::Back(Pace::Event)),
        (600, Goal::Write(last - 10)),
        (300, Goal::Write(last)),
        (0, Goal::On(Pace::Event)),
        (15, Goal::On(Pace::Change)),
        (30, Goal::On(Pace::Reconcile)),
        (30, Goal::On(Pace::Action)),
    ] {
        let (mut once, mut pieces) = (whole.clone(), whole.clone());
        go(&mut once, from);
        go(&mut pieces, from);
        let (before, mut percent) = (pieces.here().place(), 0);
        let mut way = pieces.travel(goal);
        let found = loop {
            if let Some(found) = way.go_on(&mut pieces, &mut || false) {
                break found;
            }
            let by_instant = matches!(way.way, Way::Run { .. });
            assert!(by_instant || pieces.here().place() == before, "{goal:?} moves on the way");
            let now = way.percent(&pieces).unwrap_or(0);
            assert!((percent..=100).contains(&now), "{goal:?} {percent} {now}");
            percent = now;
        };
        assert_eq!(found, travel(&mut once, goal), "{goal:?}");
        let there = |run: &Run| (run.here().place(), run.now(), run.trace_hash(), run.taken());
        assert_eq!(there(&pieces), there(&once), "{goal:?}");
        go(&mut pieces, 600);
        assert_eq!(pieces.trace_hash(), whole.trace_hash(), "{goal:?}");
    }
}
