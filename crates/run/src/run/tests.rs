//! What holds of every run.

use super::*;
use orrery_view::scene::tally;

const WEB: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: web, image: nginx}]}\n";

fn ready(run: &Run) -> usize {
    tally(run.cluster(), None).0
}

fn seconds(n: u64) -> u64 {
    n * 1_000_000_000
}

#[test]
fn an_applied_deployment_becomes_ready_and_a_replay_comes_to_the_same() {
    let mut run = Run::new(SEED, NODES, None);
    let outcome = run.act(Action::Apply { text: WEB.into() });
    assert_eq!(outcome, Outcome { applied: 1, refused: vec![] });
    run.run(seconds(60), &mut || true);
    assert_eq!(ready(&run), 2);
    let scale = Action::Scale {
        kind: "Deployment".into(),
        namespace: "default".into(),
        name: "web".into(),
        replicas: 4,
    };
    assert_eq!(run.act(scale), Outcome::default());
    run.run(seconds(120), &mut || true);
    let before = run.trace_hash();
    let mut again = Run::of(&run.link(vec![], 1.0));
    again.run(seconds(120), &mut || true);
    assert_eq!(again.trace_hash(), before);
    again.seek(seconds(60), &mut || true);
    assert_eq!(ready(&again), 2);
}

#[test]
fn a_refusal_names_its_line() {
    let mut run = Run::new(SEED, NODES, None);
    let text = WEB.replace("replicas: 2", "replicas: -1");
    let outcome = run.act(Action::Apply { text });
    assert_eq!(outcome.refused.iter().map(|r| r.line).collect::<Vec<_>>(), [5], "{outcome:?}");
}
