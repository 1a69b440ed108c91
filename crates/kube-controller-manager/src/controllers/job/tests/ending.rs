//! How a Job ends, and what it waits for before it says so.

use super::*;
use expect_test::expect;

#[test]
fn a_deadline_ends_a_job_when_its_last_pod_has_left() {
    let mut bench = bench(json!({"activeDeadlineSeconds": 5, "completions": 2, "parallelism": 2}));
    bench.live(4, RUNS);
    let mut told = String::new();
    for _ in 0..4 {
        told += &format!("{} {}\n", bench.now, bench.status());
        bench.pass(Duration::from_secs(2));
    }
    bench.live(3, RUNS);
    told += &format!("{} {}\n", bench.now, bench.status());
    expect![[r#"
        00:00:04.000 active 2, ready 2
        00:00:06.000 active 0, terminating 2, failed 2; FailureTarget (DeadlineExceeded)
        00:00:08.000 active 0, terminating 2, failed 2; FailureTarget (DeadlineExceeded)
        00:00:10.000 active 0, terminating 2, failed 2; FailureTarget (DeadlineExceeded)
        00:00:15.000 active 0, failed 2; FailureTarget (DeadlineExceeded); Failed (DeadlineExceeded)
    "#]]
    .assert_eq(&told);
    expect![[r#"
        Normal SuccessfulCreate Job/work: Created pod: work-8fmxx
        Normal SuccessfulCreate Job/work: Created pod: work-7ckdj
        Normal SuccessfulDelete Job/work: Deleted pod: work-7ckdj
        Normal SuccessfulDelete Job/work: Deleted pod: work-8fmxx
        Warning DeadlineExceeded Job/work: Job was active longer than specified deadline
    "#]]
    .assert_eq(&bench.events());
}

#[test]
fn a_job_that_ended_is_left_alone() {
    let mut bench = bench(json!({}));
    bench.live(6, SUCCEEDS);
    let written = bench.written();
    bench.modify::<Job>("default", "work", |job| job.spec.parallelism = Some(7));
    bench.pass(Duration::from_secs(60));
    assert_eq!(bench.written(), written);
    assert_eq!(bench.next(), None, "nothing is waited for");
}

#[test]
fn a_satisfied_policy_ends_the_pods_that_are_left() {
    let rules = json!({"rules": [{"succeededIndexes": "0"}]});
    let mut bench = bench(
        json!({"completions": 3, "parallelism": 3, "completionMode": "Indexed", "successPolicy": rules}),
    );
    bench.live(8, &|pod| (super::super::pods::completion_index(pod) == Some(0)).then_some(0));
    expect!["active 0, succeeded 1, indexes completed: 0; SuccessCriteriaMet (SuccessPolicy); Complete (SuccessPolicy)"].assert_eq(&bench.status());
    expect![[r#"
        Normal SuccessfulCreate Job/work: Created pod: work-0-8fmxx
        Normal SuccessfulCreate Job/work: Created pod: work-1-7ckdj
        Normal SuccessfulCreate Job/work: Created pod: work-2-ldmlw
        Normal SuccessfulDelete Job/work: Deleted pod: work-1-7ckdj
        Normal SuccessfulDelete Job/work: Deleted pod: work-2-ldmlw
        Normal Completed Job/work: Job completed
    "#]]
    .assert_eq(&bench.events());
}

#[test]
fn pods_that_cannot_be_created_are_tried_again_later() {
    let mut bench = bench(json!({"completions": 20, "parallelism": 20}));
    bench.apply(json!({
        "apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"namespace": "default", "name": "few"},
        "spec": {"hard": {"pods": "3"}}
    }));
    bench.modify_status::<orrery_api::ResourceQuota>("default", "few", |quota| {
        quota.status.hard = quota.spec.hard.clone();
        quota.status.used = [("pods".into(), Default::default())].into();
    });
    bench.pass(Duration::from_millis(500));
    assert_eq!(bench.creations().len(), 3);
    expect!["active 3"].assert_eq(&bench.status());
    let refused = |bench: &Bench| bench.events().matches("FailedCreate").count();
    assert!(refused(&bench) <= 4, "a refusal is not heard twenty times");
}
