//! What failures of pods mean.

use super::super::is_tracked;
use super::super::pod_failure_policy::{Failure, failure};
use super::*;
use expect_test::{Expect, expect};
use orrery_api::PodCondition;

#[test]
fn the_wait_before_a_pod_is_replaced_doubles() {
    let mut bench = bench(json!({"backoffLimit": 9}));
    bench.live(3_000, FAILS);
    let times = bench.creations();
    let waits: Vec<u64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    // A pod takes two seconds to fail, and its end is a date without fractions.
    assert_eq!(waits, [12, 21, 41, 81, 161, 321, 601, 601, 601]);
    expect!["active 0, failed 10; FailureTarget (BackoffLimitExceeded); Failed (BackoffLimitExceeded)"]
        .assert_eq(&bench.status());
}

#[test]
fn while_a_failed_pod_waits_for_its_successor_nothing_is_counted_beside_pods_that_are_ready() {
    let mut bench = bench(json!({"completions": 2, "parallelism": 2}));
    bench.live(2, RUNS);
    let first = bench.pods()[0].clone();
    bench.end(&first, 1);
    let mut told = String::new();
    for _ in 0..3 {
        bench.live(5, RUNS);
        let tracked = bench.pods().iter().filter(|pod| is_tracked(pod)).count();
        told +=
            &format!("{} {}; {tracked} of {} pods tracked\n", bench.now, bench.status(), bench.pods().len());
    }
    expect![[r#"
        00:00:07.000 active 2, ready 2; 2 of 2 pods tracked
        00:00:12.000 active 2, ready 1, failed 1; 2 of 3 pods tracked
        00:00:17.000 active 2, ready 2, failed 1; 2 of 3 pods tracked
    "#]]
    .assert_eq(&told);
}

#[test]
fn a_success_ends_the_wait() {
    let mut bench = bench(json!({"backoffLimit": 9, "completions": 2}));
    bench.live(40, FAILS);
    bench.live(60, SUCCEEDS);
    let times = bench.creations();
    assert_eq!(times, [0, 12, 33, 74, 75], "the fourth succeeded, and the fifth is not kept waiting");
    expect!["active 0, succeeded 2, failed 3; SuccessCriteriaMet (CompletionsReached); Complete (CompletionsReached)"].assert_eq(&bench.status());
}

#[test]
fn too_many_failures_end_a_job() {
    let on_failure = |restarts: i32| {
        let mut bench = bench(json!({"backoffLimit": 2, "template": {"spec": {
            "restartPolicy": "OnFailure", "containers": [{"name": "main", "image": "busybox"}]}}}));
        bench.live(2, RUNS);
        let name = bench.pods()[0].metadata.name.clone();
        bench.modify_status::<Pod>("default", &name, |pod| {
            pod.status.container_statuses =
                vec![ContainerStatus { name: "main".into(), restart_count: restarts, ..Default::default() }];
        });
        bench.live(5, RUNS);
        bench.status()
    };
    let never = |limit: i32, seconds: u64| {
        let mut bench = bench(json!({"backoffLimit": limit}));
        bench.live(seconds, FAILS);
        bench.status()
    };
    let rows: [(&str, String, Expect); 5] = [
        (
            "the limit is not passed yet",
            never(1, 8),
            expect!["the limit is not passed yet: active 0, failed 1"],
        ),
        (
            "one more than the limit",
            never(1, 30),
            expect![
                "one more than the limit: active 0, failed 2; FailureTarget (BackoffLimitExceeded); Failed (BackoffLimitExceeded)"
            ],
        ),
        (
            "none is allowed",
            never(0, 8),
            expect![
                "none is allowed: active 0, failed 1; FailureTarget (BackoffLimitExceeded); Failed (BackoffLimitExceeded)"
            ],
        ),
        (
            "containers that were started again",
            on_failure(1),
            expect!["containers that were started again: active 1, ready 1"],
        ),
        (
            "as often as the limit says",
            on_failure(2),
            expect![
                "as often as the limit says: active 0, failed 1; FailureTarget (BackoffLimitExceeded); Failed (BackoffLimitExceeded)"
            ],
        ),
    ];
    for (row, told, expected) in rows {
        expected.assert_eq(&format!("{row}: {told}"));
    }
}

/// A Job with the rules of a policy.
fn with_rules(rules: Value) -> Job {
    bench(json!({"completions": 1, "completionMode": "Indexed", "backoffLimitPerIndex": 1,
        "podFailurePolicy": {"rules": rules}, "template": {"spec": {"restartPolicy": "Never", "containers": [
            {"name": "main", "image": "busybox"}, {"name": "side", "image": "busybox"}]}}}))
    .job()
}

#[test]
fn the_first_rule_that_a_failed_pod_matches_decides() {
    let codes = |action: &str, operator: &str, values: Value, container: Value| {
        json!({"action": action, "onExitCodes": {
            "operator": operator, "values": values, "containerName": container}})
    };
    let disrupted =
        |action: &str| json!({"action": action, "onPodConditions": [{"type": "DisruptionTarget"}]});
    let any = Value::Null;
    let said = |text: &str| Failure::FailsJob(text.into());
    for (row, rules, code, meaning) in [
        ("no rule", json!([]), 1, Failure::Counts),
        (
            "a code of the list",
            json!([codes("FailJob", "In", json!([3, 42]), any.clone())]),
            42,
            said(
                "Container main for pod default/pod failed with exit code 42 matching FailJob rule at index 0",
            ),
        ),
        (
            "a code that is not in the list",
            json!([codes("FailJob", "In", json!([3, 42]), any.clone())]),
            5,
            Failure::Counts,
        ),
        (
            "any code but those",
            json!([codes("Ignore", "NotIn", json!([3]), any.clone())]),
            5,
            Failure::Ignored,
        ),
        ("one of those", json!([codes("Ignore", "NotIn", json!([3]), any.clone())]), 3, Failure::Counts),
        ("another container", json!([codes("Ignore", "In", json!([3]), json!("side"))]), 3, Failure::Counts),
        (
            "the container that is meant",
            json!([codes("Ignore", "In", json!([3]), json!("main"))]),
            3,
            Failure::Ignored,
        ),
        (
            "only the index fails",
            json!([codes("FailIndex", "In", json!([3]), any.clone())]),
            3,
            Failure::FailsIndex,
        ),
        (
            "it counts, whatever follows",
            json!([codes("Count", "In", json!([3]), any.clone()), disrupted("Ignore")]),
            3,
            Failure::Counts,
        ),
        (
            "a condition",
            json!([codes("Count", "In", json!([3]), any.clone()), disrupted("FailJob")]),
            4,
            said("Pod default/pod has condition DisruptionTarget matching FailJob rule at index 1"),
        ),
        (
            "another condition",
            json!([{"action": "Ignore", "onPodConditions": [{"type": "Other"}]}]),
            4,
            Failure::Counts,
        ),
        (
            "a condition that is not true",
            json!([{"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "False"}]}]),
            4,
            Failure::Counts,
        ),
    ] {
        let state = ContainerState {
            terminated: Some(Box::new(ContainerStateTerminated { exit_code: code, ..Default::default() })),
            ..Default::default()
        };
        let metadata = orrery_apimachinery::ObjectMeta::named("default", "pod");
        let mut pod = Pod { metadata, ..Default::default() };
        pod.status.container_statuses =
            vec![ContainerStatus { name: "main".into(), state, ..Default::default() }];
        pod.status.conditions = vec![PodCondition {
            type_: "DisruptionTarget".into(),
            status: "True".into(),
            ..Default::default()
        }];
        assert_eq!(failure(&with_rules(rules), &pod), meaning, "{row}");
    }
}

#[test]
fn a_policy_acts() {
    let rule = |action: &str| json!({"rules": [{"action": action, "onExitCodes": {"operator": "In", "values": [42]}}]});
    let rows: [(&str, Value, i32, Expect); 4] = [
        (
            "a failure that fails the job",
            json!({"podFailurePolicy": rule("FailJob")}),
            42,
            expect![
                "a failure that fails the job: 1 pods; active 0, failed 1; FailureTarget (PodFailurePolicy); Failed (PodFailurePolicy); Container main for pod default/work-* failed with exit code 42 matching FailJob rule at index 0"
            ],
        ),
        (
            "another failure counts",
            json!({"podFailurePolicy": rule("FailJob"), "backoffLimit": 0}),
            1,
            expect![
                "another failure counts: 1 pods; active 0, failed 1; FailureTarget (BackoffLimitExceeded); Failed (BackoffLimitExceeded); Job has reached the specified backoff limit"
            ],
        ),
        (
            "an ignored failure is replaced",
            json!({"podFailurePolicy": rule("Ignore"), "backoffLimit": 0}),
            42,
            expect!["an ignored failure is replaced: 2 pods; active 0; "],
        ),
        (
            "a failure that fails its index",
            json!({"podFailurePolicy": rule("FailIndex"), "completions": 2, "parallelism": 2,
            "completionMode": "Indexed", "backoffLimitPerIndex": 3}),
            42,
            expect![
                "a failure that fails its index: 2 pods; active 0, failed 2, indexes failed: 0,1; FailureTarget (FailedIndexes); Failed (FailedIndexes); Job has failed indexes"
            ],
        ),
    ];
    for (row, spec, code, told) in rows {
        let mut bench = bench(spec);
        bench.live(20, &|_| Some(code));
        let status = bench.status();
        let message = bench.job().status.conditions.last().and_then(|c| c.message.clone());
        told.assert_eq(&format!("{row}: {} pods; {status}; {}", bench.creations().len(), unnamed(message)));
    }
}

/// A message without the generated end of a pod's name.
fn unnamed(message: Option<orrery_apimachinery::Str>) -> String {
    let message = message.unwrap_or_default();
    let words =
        message.split(' ').map(|word| word.strip_prefix("default/work-").map_or(word, |_| "default/work-*"));
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_pod_is_replaced_when_it_leaves_or_when_it_has_left() {
    for (policy, created) in [("TerminatingOrFailed", 2), ("Failed", 1)] {
        let mut bench = bench(json!({"podReplacementPolicy": policy}));
        bench.live(2, RUNS);
        let pod = bench.pods()[0].clone();
        bench.drop_object(&pod);
        bench.pass(Duration::from_secs(15));
        assert_eq!(bench.creations().len(), created, "{policy}, while it leaves");
        bench.live(20, RUNS);
        assert_eq!(bench.creations().len(), 2, "{policy}, when it has left");
        let status = bench.job().status;
        assert_eq!((status.failed, status.active), (1, 1), "{policy}");
    }
}
