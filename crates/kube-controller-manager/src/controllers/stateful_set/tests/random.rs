//! Random edits and faults: what a StatefulSet never does, and that it ends as it was asked to.

use super::super::identity;
use super::revisions::history;
use super::{Bench, SOON, bench, change, numbers, picture, roll, set, story};
use orrery_api::{Pod, RollingUpdateStatefulSetStrategy};
use orrery_sim::{Duration, Random};
use serde_json::json;
use std::collections::BTreeSet;
use std::rc::Rc;

const RUNS: u64 = 40;
const STEPS: usize = 60;
const LIMIT: usize = 2;

/// A person, or a node, does something.
fn disturb(bench: &mut Bench, random: &mut Random) -> String {
    let number = i32::try_from(random.below(6)).expect("a small number");
    let pods = bench.pods();
    let pod = pods.get(usize::try_from(random.below(6)).expect("a small number")).cloned();
    match (random.below(9), pod) {
        (0, _) => change(bench, |set| set.spec.replicas = Some(number)),
        (1, _) => roll(bench, &number.to_string()),
        (2, _) => change(bench, |set| set.spec.ordinals.get_or_insert_default().start = number),
        (3, _) => change(bench, |set| {
            let strategy = &mut set.spec.update_strategy;
            let rolling = number > 0;
            strategy.type_ = Some(if rolling { "RollingUpdate" } else { "OnDelete" }.into());
            strategy.rolling_update = rolling.then(|| RollingUpdateStatefulSetStrategy {
                partition: Some(number - 1),
                ..Default::default()
            });
        }),
        (4, Some(pod)) => bench.drop_object(&pod),
        (5, Some(pod)) if pod.node_name.is_some() => bench.set_ready(&pod, "10.0.0.9", number % 2 == 0),
        (6, Some(pod)) if pod.node_name.is_some() => {
            bench.modify_status::<Pod>("default", &pod.metadata.name, |pod| {
                pod.status.phase = Some("Failed".into())
            });
        }
        _ => bench.run_pods(|_| number > 0),
    }
    picture(bench)
}

/// Whether a pod is there, in order and to stay.
fn is_fine(pod: &Pod) -> bool {
    pod.status.phase.as_deref() == Some("Running")
        && crate::pods::is_ready(pod)
        && !pod.metadata.terminating()
}

/// What the controller may do in one turn, seen from what there was before it.
fn check(bench: &Bench, before: &[Rc<Pod>], written: usize) {
    let (set, now) = (set(bench), bench.pods());
    let ordered = set.spec.pod_management_policy.as_deref() == Some("OrderedReady");
    let start = set.spec.ordinals.as_ref().map_or(0, |ordinals| ordinals.start);
    let after = bench.written();
    let mut acts: Vec<&str> = after.lines().skip(written).filter(|line| line.contains(" Pod ")).collect();
    acts.pop();
    assert!(
        !ordered || acts.iter().all(|act| act.ends_with("(gone)")),
        "each is through before the next: {acts:?}"
    );
    for pod in &now {
        let ordinal: i32 =
            pod.metadata.name.trim_start_matches("web-").parse().expect("a pod's name ends in its number");
        assert_eq!(*pod.metadata.name, format!("web-{ordinal}"), "one name for each number");
        if before.iter().any(|b| b.metadata.uid == pod.metadata.uid) {
            continue;
        }
        assert!(
            (start..start + set.spec.replicas.unwrap_or(1)).contains(&ordinal),
            "only what there is to be"
        );
        for earlier in (start..ordinal).filter(|_| ordered) {
            let name = format!("web-{earlier}");
            let pod = before.iter().find(|b| *b.metadata.name == *name);
            assert!(pod.is_some_and(|pod| is_fine(pod)), "web-{ordinal} came before {name} was ready");
        }
    }
    let live = now.iter().filter_map(|pod| identity::revision(pod)).collect::<BTreeSet<_>>();
    let kept = history(bench).split(' ').count();
    assert!(kept <= LIMIT + 2 + live.len(), "{kept} revisions are kept");
}

#[test]
fn whatever_happens_pods_keep_their_order_and_all_is_well_in_the_end() {
    for seed in 0..RUNS {
        let mut random = Random::stream(seed, "stateful-set");
        let policy = if seed % 2 == 0 { "OrderedReady" } else { "Parallel" };
        let mut bench = bench(json!({"podManagementPolicy": policy, "revisionHistoryLimit": LIMIT}));
        let mut told = Vec::new();
        for _ in 0..STEPS {
            told.push(disturb(&mut bench, &mut random));
            let (before, written) = (bench.pods(), bench.written().lines().count());
            bench.pass(SOON);
            check(&bench, &before, written);
        }
        heal(&mut bench);
        let set = set(&bench);
        let replicas = set.spec.replicas.expect("defaulted");
        assert_eq!(numbers(&bench), [replicas; 5], "seed {seed}: {}\n{}", picture(&bench), told.join("\n"));
        assert_eq!(set.status.current_revision, set.status.update_revision, "seed {seed}");
    }
}

/// Everything works again and may be updated.
fn heal(bench: &mut Bench) {
    change(bench, |set| {
        set.spec.update_strategy.type_ = Some("RollingUpdate".into());
        set.spec.update_strategy.rolling_update =
            Some(RollingUpdateStatefulSetStrategy { partition: Some(0), ..Default::default() });
    });
    for pod in bench.pods() {
        if crate::pods::is_over(&pod) {
            // Two of those that are not to be wait for each other for ever, as upstream's do.
            bench.drop_object(&pod);
        } else if pod.node_name.is_some() && !pod.metadata.terminating() {
            bench.set_ready(&pod, "10.0.0.9", true);
        }
    }
    bench.pass(Duration::from_secs(600));
    bench.run_pods(|_| true);
    story(bench, &|_| true);
}
