//! What a Job's status may tell, row by row.

use super::*;
use crate::job::{JobCondition, NON_INDEXED};

/// A status with so many active pods, of which all are ready.
fn running(active: i32) -> Job {
    let mut job = Job::default();
    job.spec.completions = Some(5);
    job.spec.completion_mode = Some(INDEXED.into());
    job.status.start_time = Some(Time(1_735_689_600));
    (job.status.active, job.status.ready) = (active, Some(active));
    job
}

fn set(job: &mut Job, types: &[&str]) {
    for type_ in types {
        let condition = JobCondition { type_: (*type_).into(), status: "True".into(), ..Default::default() };
        job.status.conditions.push(condition);
    }
}

#[test]
fn a_status_tells_of_progress_and_of_one_end() {
    type Edit = fn(&mut Job);
    let ended: Edit = |job| set(job, &[SUCCESS, COMPLETE]);
    let rows: [(&str, Job, Edit, &[&str]); 15] = [
        ("pods come and go", running(2), |job| job.status.active = 3, &[]),
        (
            "more ready than active",
            running(2),
            |job| job.status.active = 1,
            &["status.ready: Invalid value: 2: cannot set more ready pods than active"],
        ),
        (
            "less than none",
            running(0),
            |job| job.status.failed = -1,
            &[
                "status.failed: Invalid value: -1: must be greater than or equal to 0",
                "status.failed: Invalid value: -1: cannot decrease the failed counter",
            ],
        ),
        (
            "an end in its order",
            running(0),
            |job| {
                set(job, &[SUCCESS, COMPLETE]);
                job.status.completion_time = job.status.start_time;
            },
            &[],
        ),
        (
            "an end while pods run",
            running(1),
            ended,
            &[
                "status.completionTime: Required value: completionTime is required for Complete jobs",
                "status.active: Invalid value: 1: active>0 is invalid for finished job",
            ],
        ),
        (
            "an end that was not announced",
            running(0),
            |job| set(job, &[FAILED]),
            &[
                "status.conditions: Invalid value: cannot set Failed=True condition without the FailureTarget=true condition",
            ],
        ),
        (
            "both ends",
            running(0),
            |job| set(job, &[SUCCESS, FAILURE_TARGET]),
            &[
                "status.conditions: Invalid value: cannot set SuccessCriteriaMet=True and FailureTarget=true conditions",
            ],
        ),
        (
            "an end before the start",
            running(0),
            |job| {
                set(job, &[SUCCESS, COMPLETE]);
                job.status.completion_time = Some(Time(1_735_689_599));
            },
            &[
                "status.completionTime: Invalid value: 2024-12-31 23:59:59 +0000 UTC: completionTime cannot be set before startTime",
            ],
        ),
        (
            "an end before all pods are counted",
            running(0),
            |job| {
                set(job, &[FAILURE_TARGET, FAILED]);
                let pods = job.status.uncounted_terminated_pods.get_or_insert_default();
                pods.failed = vec!["a".into(), "a".into()];
            },
            &[
                "status.uncountedTerminatedPods.failed[1]: Duplicate value: \"a\"",
                "status.uncountedTerminatedPods: Invalid value: batch.UncountedTerminatedPods{Succeeded:[]types.UID(nil), Failed:[]types.UID{\"a\", \"a\"}}: uncountedTerminatedPods needs to be empty for finished job",
            ],
        ),
        (
            "an end that is taken back",
            {
                let mut job = running(0);
                set(&mut job, &[FAILURE_TARGET, FAILED]);
                job
            },
            |job| job.status.conditions.clear(),
            &[
                "status.conditions: Invalid value: cannot disable the terminal Failed=True condition",
                "status.conditions: Invalid value: cannot disable the terminal FailureTarget=True condition",
            ],
        ),
        (
            "another start",
            running(0),
            |job| job.status.start_time = None,
            &["status.startTime: Required value: startTime cannot be removed for unsuspended job"],
        ),
        (
            "another start when it is resumed",
            {
                let mut job = running(0);
                set(&mut job, &[SUSPENDED]);
                job
            },
            |job| {
                job.status.conditions[0].status = "False".into();
                job.status.start_time = Some(Time(1_735_689_700));
            },
            &[],
        ),
        (
            "indexes that there are not",
            running(0),
            |job| job.status.completed_indexes = Some("1,7".into()),
            &[
                "status.completedIndexes: Invalid value: \"1,7\": error parsing completedIndexes: too large index: \"7\"",
            ],
        ),
        (
            "indexes of both ends",
            running(0),
            |job| {
                job.spec.backoff_limit_per_index = Some(1);
                job.status.completed_indexes = Some("0-3".into());
                job.status.failed_indexes = Some("2".into());
            },
            &[
                "status.failedIndexes: Invalid value: \"2\": failedIndexes and completedIndexes overlap at index: 2",
            ],
        ),
        (
            "indexes where there are none",
            running(0),
            |job| {
                job.spec.completion_mode = Some(NON_INDEXED.into());
                job.status.completed_indexes = Some("1".into());
                job.status.failed_indexes = Some("".into());
            },
            &[
                "status.completedIndexes: Invalid value: \"1\": cannot set non-empty completedIndexes when non-indexed completion mode",
                "status.failedIndexes: Invalid value: \"\": cannot set non-null failedIndexes when backoffLimitPerIndex is null",
            ],
        ),
    ];
    for (row, old, edit, said) in rows {
        let mut new = old.clone();
        edit(&mut new);
        let told: Vec<String> = update(&new, &old).iter().map(ToString::to_string).collect();
        assert_eq!(told, said, "{row}");
    }
}
