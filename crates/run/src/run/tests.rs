//! What holds of every run.

use super::*;
use crate::What;
use orrery_sim::Random;
use orrery_view::scene::tally;

const WEB: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: web, image: nginx}]}\n";

fn ready(run: &Run) -> usize {
    tally(run.cluster(), None).0
}

fn seconds(n: u64) -> u64 {
    n * 1_000_000_000
}

fn go(run: &mut Run, to: u64) {
    run.seek(seconds(to), &mut || true);
}

fn scale(replicas: u32) -> Action {
    let (kind, namespace, name) = ("Deployment".into(), "default".into(), "web".into());
    Action::Scale { kind, namespace, name, replicas }
}

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

/// Two replicas at once, four after a minute, and a node that goes after two.
fn eventful() -> Run {
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

#[test]
fn wherever_one_goes_the_end_is_the_same() {
    let mut run = eventful();
    let (end, hash) = (run.now(), run.trace_hash());
    let revisions = run.cluster().api().revision();
    for seed in 0..6 {
        let mut chance = Random::stream(seed, "seeks");
        for _ in 0..25 {
            match chance.below(6) {
                0 => drop(run.step()),
                1 => drop(run.step_back()),
                2 => drop(run.step_work()),
                3 => drop(run.seek_event(chance.below(revisions))),
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
fn back_is_where_forward_came_from() {
    let mut run = eventful();
    go(&mut run, 59);
    let mut hashes = vec![run.trace_hash()];
    while run.taken() < 2 || hashes.len() < 20 {
        assert!(run.step());
        hashes.push(run.trace_hash());
    }
    for hash in hashes.iter().rev().skip(1) {
        assert!(run.step_back());
        assert_eq!(run.trace_hash(), *hash);
    }
    go(&mut run, 0);
    while run.step_back() {}
    assert_eq!((run.now(), run.taken()), (0, 0));
}

#[test]
fn an_event_is_reached_just_after_it_was_written() {
    let mut run = eventful();
    let last = run.cluster().api().revision();
    for revision in [last, last / 2, last - 3] {
        assert!(run.seek_event(revision));
        let at = run.cluster().api().write(revision).map(|write| write.time.as_nanos());
        assert_eq!(at, Some(run.now()), "revision {revision}");
        assert!(run.step_back() && run.cluster().api().revision() < revision);
    }
    assert!(!run.seek_event(1_000_000), "nobody knows of it");
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
    let places: Vec<u64> = run.branches[0].checkpoints.iter().map(Cursor::place).collect();
    assert!(places.len() > 32 && places.len() <= 65, "{places:?}");
    let widest = places.windows(2).map(|pair| pair[1] - pair[0]).max();
    let even = run.here.place() / places.len() as u64;
    assert!(widest <= Some(even.max(EVENTS_APART) * 4), "{even} {places:?}");
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
    let changed = run.compare(moment(59), moment(110));
    let web = fields(&changed, "Deployment", "web");
    assert!(web.contains(&"spec.replicas: 2 -> 4".to_owned()), "{web:?}");
    assert!(!web.iter().any(|line| line.contains("resourceVersion")), "{web:?}");
    let added: Vec<_> = changed.iter().filter(|c| c.what == What::Added).map(|c| &*c.id.kind).collect();
    assert_eq!(added, ["Pod", "Pod"]);
    let node = fields(&run.compare(moment(110), moment(300)), "Node", "node-2");
    assert!(node.contains(&"status.conditions[Ready].status: True -> Unknown".to_owned()), "{node:?}");
    let back = run.compare(moment(110), moment(59));
    assert_eq!(back.iter().filter(|c| c.what == What::Removed).count(), 2);
    assert_eq!(run.compare(moment(300), moment(300)), []);
    run.fork(seconds(300));
    assert_eq!(run.compare(moment(300), run.moment()), [], "a branch begins as its parent is");
}

#[test]
fn a_branch_that_was_kept_is_grafted_onto_the_run_and_comes_to_the_same() {
    let mut run = eventful();
    go(&mut run, 30);
    run.act(scale(1));
    go(&mut run, 120);
    let (link, other) = (run.whole(vec![], 1.0), &run.branches()[1]);
    let mut again = Run::of(&Link { steps: run.branches()[0].steps.clone(), ..link });
    again.graft(0, other.at, other.steps.clone());
    let grafted = &again.branches()[1];
    assert_eq!((grafted.at, grafted.shared, grafted.parent), (other.at, other.shared, other.parent));
    again.switch(1);
    go(&mut again, 120);
    assert_eq!((ready(&again), again.trace_hash()), (1, run.trace_hash()));
    again.switch(0);
    go(&mut again, 110);
    assert_eq!(ready(&again), 4);
}
