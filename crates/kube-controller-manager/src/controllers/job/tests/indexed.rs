//! Jobs whose completions have indexes.

use super::super::pods::{COMPLETION_INDEX, completion_index};
use super::*;
use expect_test::{Expect, expect};

/// An indexed Job of so many completions, all at once.
fn indexed(completions: i32, more: Value) -> Bench {
    let mut spec =
        json!({"completions": completions, "parallelism": completions, "completionMode": "Indexed"});
    for (field, value) in more.as_object().expect("a spec has fields") {
        spec[field] = value.clone();
    }
    bench(spec)
}

#[test]
fn a_pod_knows_its_index() {
    let mut bench = indexed(2, json!({"backoffLimitPerIndex": 1}));
    bench.pass(Duration::from_secs(1));
    let mut pods = bench.pods();
    pods.sort_by_key(|pod| completion_index(pod));
    for (index, pod) in pods.iter().enumerate() {
        let index = index.to_string();
        assert!(pod.metadata.name.starts_with(&format!("work-{index}-")), "{}", pod.metadata.name);
        assert_eq!(pod.metadata.labels.get(COMPLETION_INDEX).map(|v| &**v), Some(&*index));
        assert_eq!(pod.spec.hostname.as_deref(), Some(&*format!("work-{index}")));
        let failures = pod.metadata.annotations.get("batch.kubernetes.io/job-index-failure-count");
        assert_eq!(failures.map(|v| &**v), Some("0"));
        let variable = &pod.spec.containers[0].env[0];
        let field = variable.value_from.as_ref().and_then(|source| source.field_ref.as_ref());
        assert_eq!(&*variable.name, "JOB_COMPLETION_INDEX");
        let path = field.map(|field| &*field.field_path);
        assert_eq!(path, Some("metadata.labels['batch.kubernetes.io/job-completion-index']"));
    }
    assert_eq!(pods.len(), 2);
}

#[test]
fn a_long_name_leaves_room_for_the_index() {
    let mut bench = Bench(crate::testing::Workbench::new());
    let name = "n".repeat(60);
    bench.apply(json!({
        "apiVersion": "batch/v1", "kind": "Job", "metadata": {"namespace": "default", "name": name},
        "spec": {"completions": 11, "parallelism": 1, "completionMode": "Indexed", "template": {"spec": {
            "restartPolicy": "Never", "containers": [{"name": "main", "image": "busybox"}]}}}
    }));
    bench.pass(Duration::from_secs(1));
    let prefix = format!("{}-0-", "n".repeat(55));
    assert!(bench.pods()[0].metadata.name.starts_with(&prefix), "{}", bench.pods()[0].metadata.name);
}

#[test]
fn indexes_end_one_by_one() {
    let odd_fails: Fate = &|pod| completion_index(pod).map(|index| index % 2);
    let rows: [(&str, Bench, Fate, u64, Expect); 7] = [
        (
            "all succeed",
            indexed(3, json!({})),
            SUCCEEDS,
            9,
            expect![
                "all succeed: 3 pods; active 0, succeeded 3, indexes completed: 0-2; SuccessCriteriaMet (CompletionsReached); Complete (CompletionsReached)"
            ],
        ),
        (
            "some fail, and are tried again",
            indexed(4, json!({})),
            odd_fails,
            9,
            expect![
                "some fail, and are tried again: 6 pods; active 0, succeeded 2, failed 4, indexes completed: 0,2"
            ],
        ),
        (
            "some fail for good while others go on",
            indexed(4, json!({"backoffLimitPerIndex": 0})),
            &|pod| completion_index(pod).filter(|index| index % 2 == 1),
            9,
            expect![
                "some fail for good while others go on: 4 pods; active 2, ready 2, failed 2, indexes failed: 1,3"
            ],
        ),
        (
            "some fail for good",
            indexed(4, json!({"backoffLimitPerIndex": 0})),
            odd_fails,
            9,
            expect![
                "some fail for good: 4 pods; active 0, succeeded 2, failed 2, indexes completed: 0,2, indexes failed: 1,3; FailureTarget (FailedIndexes); Failed (FailedIndexes)"
            ],
        ),
        (
            "a second failure is one too many",
            indexed(2, json!({"backoffLimitPerIndex": 1})),
            FAILS,
            30,
            expect![
                "a second failure is one too many: 4 pods; active 0, failed 4, indexes failed: 0,1; FailureTarget (FailedIndexes); Failed (FailedIndexes)"
            ],
        ),
        (
            "too many indexes fail",
            indexed(5, json!({"backoffLimitPerIndex": 0, "maxFailedIndexes": 1, "parallelism": 2})),
            FAILS,
            12,
            expect![
                "too many indexes fail: 2 pods; active 0, failed 2, indexes failed: 0,1; FailureTarget (MaxFailedIndexesExceeded); Failed (MaxFailedIndexesExceeded)"
            ],
        ),
        (
            "a policy is satisfied",
            indexed(5, json!({"parallelism": 2, "successPolicy": {"rules": [{"succeededCount": 2}]}})),
            SUCCEEDS,
            9,
            expect![
                "a policy is satisfied: 2 pods; active 0, succeeded 2, indexes completed: 0,1; SuccessCriteriaMet (SuccessPolicy); Complete (SuccessPolicy)"
            ],
        ),
    ];
    for (row, mut bench, fate, seconds, told) in rows {
        bench.live(seconds, fate);
        told.assert_eq(&format!("{row}: {} pods; {}", bench.creations().len(), bench.status()));
    }
}

#[test]
fn failures_are_told_from_pod_to_pod_and_each_index_waits_for_itself() {
    let mut bench = indexed(2, json!({"backoffLimitPerIndex": 3}));
    bench.live(60, &|pod| (completion_index(pod) == Some(1)).then_some(1));
    let mut told = String::new();
    for pod in bench.pods() {
        let failures = pod.metadata.annotations.get("batch.kubernetes.io/job-index-failure-count");
        let created = pod.metadata.creation_timestamp.unwrap_or_default();
        let index = completion_index(&pod).unwrap_or(-1);
        told += &format!("{index}: {} at {created}\n", failures.cloned().unwrap_or_default());
    }
    let mut lines: Vec<_> = told.lines().collect();
    lines.sort_unstable();
    expect![[r#"
        0: 0 at 2025-01-01T00:00:00Z
        1: 0 at 2025-01-01T00:00:00Z
        1: 1 at 2025-01-01T00:00:12Z
        1: 2 at 2025-01-01T00:00:33Z"#]]
    .assert_eq(&lines.join("\n"));
    expect!["active 2, ready 1, failed 1"].assert_eq(&bench.status());
}

#[test]
fn an_indexed_job_grows_and_shrinks_with_its_parallelism() {
    let mut bench = indexed(3, json!({}));
    let resize = |bench: &mut Bench, size| {
        bench.modify::<Job>("default", "work", |job| {
            (job.spec.completions, job.spec.parallelism) = (Some(size), Some(size));
        });
    };
    bench.live(2, RUNS);
    bench.live(3, &|pod| (completion_index(pod) == Some(2)).then_some(0));
    let mut told = format!("{}\n", bench.status());
    for size in [5, 1] {
        resize(&mut bench, size);
        bench.live(4, RUNS);
        let mut indexes: Vec<_> = bench
            .pods()
            .iter()
            .filter(|pod| crate::pods::is_active(pod))
            .map(|pod| completion_index(pod))
            .collect();
        indexes.sort_unstable();
        told += &format!("{size}: {indexes:?}; {}\n", bench.status());
    }
    expect![[r#"
        active 2, ready 2, succeeded 1, indexes completed: 2
        5: [Some(0), Some(1), Some(3), Some(4)]; active 4, ready 4, succeeded 1, indexes completed: 2
        1: [Some(0)]; active 1, ready 1
    "#]]
    .assert_eq(&told);
}

#[test]
fn pods_that_repeat_an_index_or_have_none_go() {
    let mut bench = indexed(2, json!({}));
    bench.live(2, RUNS);
    let template = (*bench.pods()[0]).clone();
    for (name, index) in [("again", Some("0")), ("without", None), ("beyond", Some("7"))] {
        let mut pod = Pod { spec: template.spec.clone(), ..Default::default() };
        pod.metadata = orrery_apimachinery::ObjectMeta::named("default", name);
        pod.metadata.labels = template.metadata.labels.clone();
        pod.metadata.owner_references = template.metadata.owner_references.clone();
        pod.metadata.finalizers = template.metadata.finalizers.clone();
        if let Some(index) = index {
            pod.metadata.annotations.insert(COMPLETION_INDEX, index);
        }
        bench.create(pod);
    }
    bench.live(4, RUNS);
    let names: Vec<_> = bench.pods().iter().map(|pod| pod.metadata.name[..7].to_owned()).collect();
    assert_eq!(names, ["work-0-", "work-1-"]);
    expect!["active 2, ready 2"].assert_eq(&bench.status());
}
