//! What holds of every run.

use super::*;
use crate::{Changed, Goal, Pace, What};
use orrery_sim::Random;
use orrery_view::scene::tally;

pub(crate) const WEB: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: web, image: nginx}]}\n";

fn ready(run: &Run) -> usize {
    tally(run.cluster(), None).0
}

pub(crate) fn seconds(n: u64) -> u64 {
    n * 1_000_000_000
}

pub(crate) fn go(run: &mut Run, to: u64) {
    run.seek(seconds(to), &mut || true);
}

/// Goes somewhere at once, and tells whether that is anywhere.
pub(crate) fn travel(run: &mut Run, goal: Goal) -> bool {
    run.travel(goal).go_on(run, &mut || true).expect("nothing interrupts it")
}

fn scale(replicas: u32) -> Action {
    let (kind, namespace, name) = ("Deployment".into(), "default".into(), "web".into());
    Action::Scale { kind, namespace, name, replicas }
}

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

/// Two replicas at once, four after a minute, and a node that goes after two.
pub(crate) fn eventful() -> Run {
    let mut run = Run::new(SEED, NODES, None);
    run.act(Action::Apply { text: WEB.into() });
    go(&mut run, 60);
    run.act(scale(4));
    go(&mut run, 120);
    run.act(Action::StopNode { name: "node-2".into() });
    go(&mut run, 600);
    run
}

/// The same run, from its link and in one go.
fn straight(run: &Run) -> Run {
    let mut again = Run::of(&run.link(vec![], 1.0));
    again.run(run.now(), &mut || true);
    again
}

#[test]
fn an_applied_deployment_becomes_ready_and_a_replay_comes_to_the_same() {
    let mut run = eventful();
    assert_eq!(run.trace_hash(), straight(&run).trace_hash());
    go(&mut run, 50);
    assert_eq!((ready(&run), run.taken()), (2, 1));
    go(&mut run, 110);
    assert_eq!((ready(&run), run.taken()), (4, 2));
}

#[test]
fn a_refusal_names_its_line() {
    let mut run = Run::new(SEED, NODES, None);
    let text = WEB.replace("replicas: 2", "replicas: -1");
    let outcome = run.act(Action::Apply { text });
    assert_eq!(outcome.refused.iter().map(|r| r.line).collect::<Vec<_>>(), [5], "{outcome:?}");
}

/// A command may take its time, and much may happen meanwhile: who comes to an instant of that time, or just after it, does
/// not wait for all of that again.
#[test]
fn what_happened_while_a_command_ran_is_behind_a_checkpoint() {
    let web = |n: usize| {
        WEB.replace("name: web}", &format!("name: web-{n}}}")).replace("replicas: 2", "replicas: 40")
    };
    let text = (0..50).map(web).collect::<Vec<_>>().join("---\n");
    let mut run = Run::new(SEED, 30, None);
    go(&mut run, 10);
    let before = run.here().place();
    run.act(Action::Apply { text });
    let (place, end) = (run.here().place(), run.now());
    assert!(place - before >= EVENTS_APART / 2, "{} events", place - before);
    go(&mut run, 60);
    let hash = run.trace_hash();
    for (instant, to) in
        [("its beginning", seconds(10)), ("within", (seconds(10) + end) / 2), ("its end", end)]
    {
        assert_eq!(run.near(Moment { branch: 0, at: to }).place(), place, "{instant}");
        run.seek(to, &mut || true);
        assert_eq!((run.now(), run.taken()), (end, 1), "{instant}");
        go(&mut run, 60);
        assert_eq!(run.trace_hash(), hash, "{instant}");
    }
    assert_eq!(run.trace_hash(), straight(&run).trace_hash());
    assert_eq!(run.near(Moment { branch: 0, at: seconds(10) - 1 }).taken(), 0);
}

#[test]
fn wherever_one_goes_the_end_is_the_same() {
    let mut run = eventful();
    let (end, hash) = (run.now(), run.trace_hash());
    let revisions = run.cluster().api().revision();
    for seed in 0..6 {
        let mut chance = Random::stream(seed, "seeks");
        for _ in 0..25 {
            match chance.below(6) {
                0 => drop(travel(&mut run, Goal::On(Pace::Change))),
                1 => drop(travel(&mut run, Goal::Back(Pace::Change))),
                2 => drop(travel(&mut run, Goal::On(Pace::Reconcile))),
                3 => drop(travel(&mut run, Goal::Write(chance.below(revisions)))),
                4 => run.seek(chance.below(end), &mut || false),
                _ => run.seek(chance.below(end), &mut || true),
            }
        }
        run.seek(end, &mut || true);
        assert_eq!(run.trace_hash(), hash, "seed {seed}");
        assert_eq!((run.taken(), run.branches().len()), (3, 1), "going somewhere does nothing");
    }
}

#[test]
fn what_is_done_in_the_past_is_another_branch_and_nothing_is_lost() {
    let mut run = eventful();
    let first = run.trace_hash();
    go(&mut run, 90);
    run.act(scale(1));
    go(&mut run, 600);
    let second = run.trace_hash();
    assert_eq!((run.branch(), ready(&run)), (1, 1));
    assert_eq!(run.trace_hash(), straight(&run).trace_hash());
    let left = &run.branches()[1];
    assert_eq!((left.parent, left.at, left.shared, left.steps.len()), (Some(0), seconds(90), 2, 3));
    run.switch(0);
    go(&mut run, 600);
    assert_eq!((run.trace_hash(), run.taken()), (first, 3));
    run.switch(1);
    go(&mut run, 70);
    assert_eq!(run.taken(), 2, "before it left, a branch is its parent");
    go(&mut run, 600);
    assert_eq!(run.trace_hash(), second);
    let other = run.at(Moment { branch: 0, at: seconds(600) });
    assert_eq!((other.cluster().trace_hash(), run.trace_hash()), (first, second), "side by side");
}

#[test]
fn a_branch_without_deeds_is_its_parent_until_something_is_done() {
    let mut run = eventful();
    let hash = run.trace_hash();
    assert_eq!(run.fork(seconds(100)), 1);
    run.rename(1, "what if");
    assert_eq!((run.now(), run.taken(), run.end()), (seconds(100), 2, seconds(100)));
    run.act(Action::StopNode { name: "node-1".into() });
    assert_eq!(run.branches().iter().map(|branch| &*branch.name).collect::<Vec<_>>(), ["", "what if"]);
    run.switch(0);
    go(&mut run, 600);
    assert_eq!(run.trace_hash(), hash);
}

#[test]
fn what_only_reads_leaves_no_trace() {
    let mut run = eventful();
    let hash = run.trace_hash();
    go(&mut run, 90);
    for line in
        ["get pods", "describe deployment web", "rollout status deployment web", "top pods", "no-such"]
    {
        run.kubectl(words(line), vec![], Library::default());
    }
    assert!(run.now() > seconds(90), "a command takes time");
    go(&mut run, 600);
    assert_eq!((run.trace_hash(), run.branches().len(), run.taken()), (hash, 1, 3));
    go(&mut run, 90);
    assert_eq!(run.kubectl(words("scale deployment web --replicas=1"), vec![], Library::default()).code, 0);
    assert_eq!(run.branches().len(), 2);
}

#[test]
fn checkpoints_lie_evenly_and_are_bounded() {
    let mut run = Run::new(SEED, 50, None);
    run.act(Action::Apply { text: WEB.replace("replicas: 2", "replicas: 1000") });
    run.run(seconds(20), &mut || true);
    for _ in 0..200 {
        let now = run.now();
        run.act(scale((now / seconds(1)) as u32 % 2));
        run.run(now + seconds(1), &mut || true);
    }
    let places: Vec<u64> = run.branches[0].checkpoints.iter().map(|kept| kept.place()).collect();
    assert!(places.len() > 32 && places.len() <= 65, "{places:?}");
    let widest = places.windows(2).map(|pair| pair[1] - pair[0]).max();
    let even = run.here.place() / places.len() as u64;
    assert!(widest <= Some(even.max(EVENTS_APART) * 4), "{even} {places:?}");
    assert!(run.checkpoints().1 <= branch::ROOM, "{:?}", run.checkpoints());
}

#[test]
fn where_little_happens_there_are_few_checkpoints() {
    let mut run = eventful();
    assert_eq!(
        run.checkpoints().0,
        3,
        "the beginning, where the first thing was done, and one before each other"
    );
    go(&mut run, 36_000);
    assert_eq!(run.checkpoints().0, 3, "ten hours of nothing");
}

#[test]
fn two_moments_are_compared_field_by_field() {
    let mut run = eventful();
    let moment = |at| Moment { branch: 0, at: seconds(at) };
    let fields = |changed: &[Changed], kind: &str, name: &str| -> Vec<String> {
        let of = changed.iter().find(|c| &*c.id.kind == kind && &*c.id.name == name).map(|c| &c.what);
        let Some(What::Fields(fields)) = of else { return vec![format!("{of:?}")] };
        let side = |text: &Option<String>| text.clone().unwrap_or_default();
        fields.iter().map(|f| format!("{}: {} -> {}", f.path, side(&f.old), side(&f.new))).collect()
    };
    let changed = run.compare(moment(59), moment(110)).changed;
    let web = fields(&changed, "Deployment", "web");
    assert!(web.contains(&"spec.replicas: 2 -> 4".to_owned()), "{web:?}");
    assert!(!web.iter().any(|line| line.contains("resourceVersion")), "{web:?}");
    let added: Vec<_> = changed.iter().filter(|c| c.what == What::Added).map(|c| &*c.id.kind).collect();
    assert_eq!(added, ["Pod", "Pod"]);
    let node = fields(&run.compare(moment(110), moment(300)).changed, "Node", "node-2");
    assert!(node.contains(&"status.conditions[Ready].status: True -> Unknown".to_owned()), "{node:?}");
    let back = run.compare(moment(110), moment(59)).changed;
    assert_eq!(back.iter().filter(|c| c.what == What::Removed).count(), 2);
    assert_eq!(run.compare(moment(300), moment(300)), Comparison::default());
    run.fork(seconds(300));
    assert_eq!(run.compare(moment(300), run.moment()).changed, [], "a branch begins as its parent is");
}

#[test]
fn a_run_that_was_saved_is_opened_with_all_its_branches_and_comes_to_the_same() {
    let mut run = eventful();
    go(&mut run, 30);
    run.act(scale(1));
    run.rename(1, "what if");
    go(&mut run, 120);
    run.fork(seconds(100));
    let saved = run.saved(vec![], 1.0);
    let mut again = Run::open(&saved);
    assert_eq!((again.now(), again.branch()), (0, 2), "at the beginning, on the same branch");
    go(&mut again, 100);
    assert_eq!(again.saved(vec![], 1.0), saved);
    for branch in 0..3 {
        for run in [&mut run, &mut again] {
            run.switch(branch);
            go(run, 110);
        }
        assert_eq!((ready(&again), again.trace_hash()), (ready(&run), run.trace_hash()), "branch {branch}");
    }
}

#[test]
fn what_only_time_changes_is_counted_and_not_shown() {
    let run = eventful();
    let found = run.compare(Moment { branch: 0, at: seconds(1) }, run.moment());
    assert!(found.heartbeats >= NODES as usize, "{}", found.heartbeats);
    let fields = found.changed.iter().filter_map(|changed| match &changed.what {
        What::Fields(fields) => Some(fields),
        _ => None,
    });
    let paths: Vec<_> = fields.flatten().map(|field| &*field.path).collect();
    assert!(!paths.is_empty() && !paths.iter().any(|path| path.contains("Heartbeat")), "{paths:?}");
}

#[test]
fn a_comparison_that_is_interrupted_goes_on_and_finds_the_same() {
    let run = eventful();
    let [a, b] = [59, 300].map(|at| Moment { branch: 0, at: seconds(at) });
    let mut comparing = Comparing::new(&run, a, b);
    let (mut percent, mut rounds) = (0, 0);
    let found = loop {
        let mut looks = 3;
        let more = &mut || {
            looks -= 1;
            looks > 0
        };
        if let Some(found) = comparing.go_on(&run, more) {
            break found;
        }
        assert!((percent..=100).contains(&comparing.percent()), "{percent} {}", comparing.percent());
        (percent, rounds) = (comparing.percent(), rounds + 1);
    };
    assert!(rounds > 10, "{rounds}");
    assert_eq!(found, run.compare(a, b));
    let kinds: Vec<_> = found.changed.iter().map(|changed| &*changed.id.kind).collect();
    assert_eq!((kinds[0], kinds[kinds.len() - 1]), ("Deployment", "ReplicaSet"), "{kinds:?}");
}
