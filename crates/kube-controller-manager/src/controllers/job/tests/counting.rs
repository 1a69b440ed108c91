//! How many pods a Job runs, and when it has enough of them.

use super::*;
use expect_test::{Expect, expect};

#[test]
fn a_job_runs_so_many_pods_until_enough_of_them_succeeded() {
    let rows: [(&str, Value, Fate, u64, Expect); 8] = [
        (
            "one pod if nothing is said",
            json!({}),
            SUCCEEDS,
            9,
            expect![
                "one pod if nothing is said: 1 pods; active 0, succeeded 1; SuccessCriteriaMet (CompletionsReached); Complete (CompletionsReached)"
            ],
        ),
        (
            "no more at once than may run",
            json!({"completions": 5, "parallelism": 2}),
            RUNS,
            9,
            expect!["no more at once than may run: 2 pods; active 2, ready 2"],
        ),
        (
            "as many as are to succeed",
            json!({"completions": 5, "parallelism": 2}),
            SUCCEEDS,
            30,
            expect![
                "as many as are to succeed: 5 pods; active 0, succeeded 5; SuccessCriteriaMet (CompletionsReached); Complete (CompletionsReached)"
            ],
        ),
        (
            "no more than are missing",
            json!({"completions": 2, "parallelism": 9}),
            RUNS,
            9,
            expect!["no more than are missing: 2 pods; active 2, ready 2"],
        ),
        (
            "nothing is to run",
            json!({"completions": 2, "parallelism": 0}),
            RUNS,
            9,
            expect!["nothing is to run: 0 pods; active 0"],
        ),
        (
            "nothing is to succeed",
            json!({"completions": 0}),
            RUNS,
            9,
            expect![
                "nothing is to succeed: 0 pods; active 0; SuccessCriteriaMet (CompletionsReached); Complete (CompletionsReached)"
            ],
        ),
        (
            "without a number of completions one success is enough",
            json!({"parallelism": 3}),
            SUCCEEDS,
            9,
            expect![
                "without a number of completions one success is enough: 3 pods; active 0, succeeded 3; SuccessCriteriaMet (CompletionsReached); Complete (CompletionsReached)"
            ],
        ),
        (
            "another controller is to run it",
            json!({"managedBy": "example.com/other"}),
            RUNS,
            9,
            expect!["another controller is to run it: 0 pods; active 0"],
        ),
    ];
    for (row, spec, fate, seconds, told) in rows {
        let mut bench = bench(spec);
        bench.live(seconds, fate);
        told.assert_eq(&format!("{row}: {} pods; {}", bench.creations().len(), bench.status()));
    }
}

#[test]
fn without_completions_the_other_pods_go_on_after_the_first_success() {
    let mut bench = bench(json!({"parallelism": 3}));
    bench.live(2, RUNS);
    let first = bench.pods()[0].clone();
    bench.end(&first, 0);
    bench.live(5, RUNS);
    expect!["active 2, ready 2, succeeded 1"].assert_eq(&bench.status());
    bench.live(5, SUCCEEDS);
    expect!["active 0, succeeded 3; SuccessCriteriaMet (CompletionsReached); Complete (CompletionsReached)"]
        .assert_eq(&bench.status());
    assert_eq!(bench.creations().len(), 3, "none is started after the first success");
}

#[test]
fn too_many_pods_lose_their_finalizer_and_those_of_which_least_is_lost_go() {
    let mut bench = bench(json!({"completions": 3, "parallelism": 3}));
    bench.live(3, RUNS);
    let pods = bench.pods();
    bench.set_ready(&pods[1], "10.244.0.1", false);
    bench.modify::<Job>("default", "work", |job| job.spec.parallelism = Some(2));
    bench.pass(Duration::from_millis(10));
    let going: Vec<_> = bench.pods().into_iter().filter(|pod| pod.metadata.terminating()).collect();
    assert_eq!(going.len(), 1);
    assert_eq!(going[0].metadata.name, pods[1].metadata.name, "the one that is not ready");
    assert!(going[0].metadata.finalizers.is_empty());
    bench.live(3, RUNS);
    expect!["active 2, ready 2"].assert_eq(&bench.status());
}

#[test]
fn every_pod_is_named_in_the_status_before_it_is_counted() {
    let mut bench = bench(json!({}));
    bench.live(3, SUCCEEDS);
    bench.pass(Duration::from_secs(2));
    expect![[r#"
        00:00:00.002 POST Pod default/work-8fmxx
        00:00:00.002 PUT Job default/work/status
        00:00:01.004 PUT Job default/work/status
        00:00:02.006 PUT Job default/work/status
        00:00:02.006 PUT Pod default/work-8fmxx
        00:00:02.006 PUT Job default/work/status
    "#]]
    .assert_eq(&bench.written());
    expect![[r#"
        Normal SuccessfulCreate Job/work: Created pod: work-8fmxx
        Normal Completed Job/work: Job completed
    "#]]
    .assert_eq(&bench.events());
}

#[test]
fn a_suspended_job_has_no_pods_and_starts_anew() {
    let mut bench =
        bench(json!({"completions": 2, "parallelism": 2, "suspend": true, "activeDeadlineSeconds": 8}));
    let suspend = |bench: &mut Bench, suspend| {
        bench.modify::<Job>("default", "work", |job| job.spec.suspend = Some(suspend));
    };
    let mut told = String::new();
    for (seconds, then) in [(20, false), (5, true), (3, false), (7, true), (5, false)] {
        bench.live(seconds, RUNS);
        let start = bench.job().status.start_time.map(|at| at.to_string());
        told += &format!("{} since {}\n", bench.status(), start.unwrap_or_else(|| "never".into()));
        suspend(&mut bench, then);
    }
    expect![[r#"
        active 0; Suspended (JobSuspended) since never
        active 2, ready 2; not Suspended (JobResumed) since 2025-01-01T00:00:20Z
        active 0; Suspended (JobSuspended) since 2025-01-01T00:00:20Z
        active 0; Suspended (JobSuspended); FailureTarget (DeadlineExceeded); Failed (DeadlineExceeded) since 2025-01-01T00:00:20Z
        active 0; Suspended (JobSuspended); FailureTarget (DeadlineExceeded); Failed (DeadlineExceeded) since 2025-01-01T00:00:20Z
    "#]].assert_eq(&told);
    bench.live(12, RUNS);
    expect![
        "active 0; Suspended (JobSuspended); FailureTarget (DeadlineExceeded); Failed (DeadlineExceeded)"
    ]
    .assert_eq(&bench.status());
    expect![[r#"
        Normal Suspended Job/work: Job suspended
        Normal SuccessfulCreate Job/work: Created pod: work-mxxcc
        Normal SuccessfulCreate Job/work: Created pod: work-kdjvb
        Normal Resumed Job/work: Job resumed
        Normal SuccessfulDelete Job/work: Deleted pod: work-kdjvb
        Normal SuccessfulDelete Job/work: Deleted pod: work-mxxcc
        Warning DeadlineExceeded Job/work: Job was active longer than specified deadline
    "#]]
    .assert_eq(&bench.events());
}
