//! When Jobs are started, and what becomes of them.

use super::CronJobController;
use crate::jobs;
use crate::testing::Workbench;
use expect_test::{Expect, expect};
use orrery_api::{CronJob, Job};
use orrery_sim::Duration;
use serde_json::{Value, json};
use std::ops::{Deref, DerefMut};

/// A workbench with what these tests do on it.
struct Bench(Workbench<CronJobController>);

impl Deref for Bench {
    type Target = Workbench<CronJobController>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Bench {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

/// A bench with one CronJob, called `tick`. Time begins at midnight.
fn bench(schedule: &str, spec: Value) -> Bench {
    let mut bench = Bench(Workbench::new());
    let mut cron = json!({
        "apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"namespace": "default", "name": "tick"},
        "spec": {"schedule": schedule, "jobTemplate": {
            "metadata": {"labels": {"app": "tick"}, "annotations": {"note": "kept"}},
            "spec": {"template": {"spec": {
                "restartPolicy": "Never", "containers": [{"name": "main", "image": "busybox"}]}}}}}
    });
    for (field, value) in spec.as_object().expect("a spec has fields") {
        cron["spec"][field] = value.clone();
    }
    bench.apply(cron);
    bench
}

impl Bench {
    fn cron(&self) -> CronJob {
        (*self.get::<CronJob>("default", "tick").expect("nobody deletes it")).clone()
    }

    fn minutes(&mut self, minutes: u64) {
        self.pass(Duration::from_secs(60 * minutes));
    }

    /// The Jobs there are: the minute since the beginning, and whether they go on.
    fn jobs(&self) -> String {
        let start = self.api.date(orrery_sim::SimTime::ZERO).0 / 60;
        let told = |job: &std::rc::Rc<Job>| {
            let minute = job.metadata.name.rsplit('-').next().and_then(|minute| minute.parse::<i64>().ok());
            let end = jobs::end(job).map_or("active".into(), |end| end.type_.clone());
            format!("{} {end}", minute.map_or(-1, |minute| minute - start))
        };
        self.api.list::<Job>().map(told).collect::<Vec<_>>().join(", ")
    }

    /// Ends all Jobs that go on.
    fn end(&mut self, how: &str) {
        let date = self.api.date(self.now);
        let names: Vec<_> = self.api.list::<Job>().map(|job| job.metadata.name.clone()).collect();
        for name in names {
            self.modify_status::<Job>("default", &name, |job| {
                if jobs::end(job).is_none() {
                    jobs::finish(job, how, date);
                }
            });
        }
    }
}

#[test]
fn a_job_is_started_at_its_minute() {
    let mut bench = bench("*/5 * * * *", json!({"timeZone": "Asia/Kolkata"}));
    bench.minutes(6);
    let job = bench.api.list::<Job>().next().expect("one is started").clone();
    let minute = bench.api.date(orrery_sim::SimTime::ZERO).0 / 60 + 5;
    assert_eq!(*job.metadata.name, format!("tick-{minute}"));
    let annotations: Vec<_> =
        job.metadata.annotations.iter().map(|(key, value)| format!("{key}={value}")).collect();
    expect!["batch.kubernetes.io/cronjob-scheduled-timestamp=2025-01-01T05:35:00+05:30 note=kept"]
        .assert_eq(&annotations.join(" "));
    assert_eq!(job.metadata.labels.get("app").map(|value| &**value), Some("tick"));
    assert_eq!(job.metadata.controller().map(|owner| &*owner.kind), Some("CronJob"));
    let status = bench.cron().status;
    assert_eq!(status.active.len(), 1);
    assert_eq!(status.active[0].uid.as_ref(), Some(&job.metadata.uid));
    assert_eq!(status.last_schedule_time.map(|at| at.0), Some(minute * 60));
    bench.end("Complete");
    bench.minutes(1);
    let status = bench.cron().status;
    assert_eq!(
        (status.active.len(), status.last_successful_time),
        (0, bench.api.list::<Job>().next().and_then(|job| job.status.completion_time))
    );
    expect![[r#"
        Normal SuccessfulCreate CronJob/tick: Created job tick-28928165
        Normal SawCompletedJob CronJob/tick: Saw completed job: tick-28928165, condition: Complete
    "#]]
    .assert_eq(&bench.events());
}

#[test]
fn a_policy_decides_what_happens_while_a_job_goes_on() {
    let rows: [(&str, Value, Expect); 4] = [
        (
            "beside each other",
            json!({}),
            expect![[r#"
            beside each other: 1 active, 2 active, 3 active
            Normal SuccessfulCreate CronJob/tick: Created job tick-28928161
            Normal SuccessfulCreate CronJob/tick: Created job tick-28928162
            Normal SuccessfulCreate CronJob/tick: Created job tick-28928163
        "#]],
        ),
        (
            "not while one goes on",
            json!({"concurrencyPolicy": "Forbid"}),
            expect![[r#"
            not while one goes on: 1 active
            Normal SuccessfulCreate CronJob/tick: Created job tick-28928161
            Normal JobAlreadyActive CronJob/tick: Not starting job because prior execution is running and concurrency policy is Forbid
        "#]],
        ),
        (
            "instead of the one that goes on",
            json!({"concurrencyPolicy": "Replace"}),
            expect![[r#"
            instead of the one that goes on: 3 active
            Normal SuccessfulCreate CronJob/tick: Created job tick-28928161
            Normal SuccessfulDelete CronJob/tick: Deleted job tick-28928161
            Normal SuccessfulCreate CronJob/tick: Created job tick-28928162
            Normal SuccessfulDelete CronJob/tick: Deleted job tick-28928162
            Normal SuccessfulCreate CronJob/tick: Created job tick-28928163
        "#]],
        ),
        (
            "not now",
            json!({"suspend": true}),
            expect![[r#"
            not now: 
        "#]],
        ),
    ];
    for (row, spec, told) in rows {
        let mut bench = bench("* * * * *", spec);
        bench.minutes(3);
        bench.pass(Duration::from_secs(1));
        told.assert_eq(&format!("{row}: {}\n{}", bench.jobs(), bench.events()));
    }
}

#[test]
fn a_start_that_was_forbidden_is_made_up_for_within_the_deadline() {
    for (row, deadline, jobs) in [
        ("the last one that was missed", Value::Null, "1 Complete, 3 active"),
        ("not if it was too long ago", json!(10), "1 Complete"),
    ] {
        let spec = json!({"concurrencyPolicy": "Forbid", "startingDeadlineSeconds": deadline});
        let mut bench = bench("* * * * *", spec);
        bench.pass(Duration::from_secs(3 * 60 + 30));
        bench.end("Complete");
        bench.pass(Duration::from_secs(1));
        assert_eq!(bench.jobs(), jobs, "{row}");
    }
}

#[test]
fn only_some_of_the_jobs_that_ended_are_kept() {
    let rows: [(&str, Value, &str, Expect); 4] = [
        (
            "three successes",
            json!({}),
            "Complete",
            expect!["three successes: 4 Complete, 5 Complete, 6 Complete"],
        ),
        ("one failure", json!({}), "Failed", expect!["one failure: 6 Failed"]),
        ("none", json!({"successfulJobsHistoryLimit": 0}), "Complete", expect!["none: "]),
        (
            "as many as are asked for",
            json!({"failedJobsHistoryLimit": 2}),
            "Failed",
            expect!["as many as are asked for: 5 Failed, 6 Failed"],
        ),
    ];
    for (row, spec, how, told) in rows {
        let mut bench = bench("* * * * *", spec);
        for _ in 0..6 {
            bench.minutes(1);
            bench.pass(Duration::from_secs(1));
            bench.end(how);
        }
        bench.pass(Duration::from_secs(1));
        told.assert_eq(&format!("{row}: {}", bench.jobs()));
    }
}

#[test]
fn starts_of_the_past_are_made_up_for_once() {
    let rows: [(&str, u64, Value, Expect); 3] = [
        (
            "a few were missed",
            10,
            json!({}),
            expect![[r#"
            a few were missed: 10 active
            Normal SuccessfulCreate CronJob/tick: Created job tick-28928170
        "#]],
        ),
        (
            "more than a hundred were missed",
            150,
            json!({}),
            expect![[r#"
            more than a hundred were missed: 150 active
            Warning TooManyMissedTimes CronJob/tick: too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew
            Normal SuccessfulCreate CronJob/tick: Created job tick-28928310
        "#]],
        ),
        (
            "many, but few within the deadline",
            150,
            json!({"startingDeadlineSeconds": 200}),
            expect![[r#"
            many, but few within the deadline: 150 active
            Normal SuccessfulCreate CronJob/tick: Created job tick-28928310
        "#]],
        ),
    ];
    for (row, minutes, spec, told) in rows {
        let mut bench = bench("* * * * *", json!({"suspend": true}));
        bench.minutes(minutes);
        bench.modify::<CronJob>("default", "tick", |cron| {
            cron.spec.suspend = Some(false);
            cron.spec.starting_deadline_seconds = spec["startingDeadlineSeconds"].as_i64();
        });
        bench.pass(Duration::from_secs(1));
        told.assert_eq(&format!("{row}: {}\n{}", bench.jobs(), bench.events()));
    }
}

#[test]
fn another_schedule_begins_with_its_next_start() {
    let mut bench = bench("0 12 * * *", json!({}));
    bench.minutes(90);
    bench.modify::<CronJob>("default", "tick", |cron| cron.spec.schedule = "15 1 * * *".into());
    bench.minutes(60);
    assert_eq!(bench.jobs(), "", "a quarter past one is over for today");
    bench.minutes(24 * 60);
    assert_eq!(
        bench.jobs(),
        "75 active, 1515 active",
        "the old schedule still wakes, and what was missed is made up for"
    );
}

#[test]
fn jobs_that_come_and_go_without_the_controller_are_told() {
    let mut bench = bench("* * * * *", json!({}));
    bench.pass(Duration::from_secs(61));
    let mut stray = (**bench.api.list::<Job>().next().expect("one is started")).clone();
    bench.drop_object(&std::rc::Rc::new(stray.clone()));
    bench.pass(Duration::from_secs(1));
    stray.metadata.resource_version = 0;
    stray.metadata.uid = Default::default();
    stray.metadata.name = "stray".into();
    stray.spec.selector = None;
    stray.spec.template = bench.cron().spec.job_template.spec.template.clone();
    bench.create(stray);
    bench.pass(Duration::from_secs(1));
    expect![[r#"
        Normal SuccessfulCreate CronJob/tick: Created job tick-28928161
        Normal MissingJob CronJob/tick: Active job went missing: tick-28928161
        Warning UnexpectedJob CronJob/tick: Saw a job that the controller did not create or forgot: stray
    "#]]
    .assert_eq(&bench.events());
}

#[test]
fn a_schedule_that_means_nothing_starts_nothing() {
    let mut bench = bench("0 0 31 2 *", json!({}));
    bench.minutes(5);
    expect![[r#"
        Warning InvalidSchedule CronJob/tick: invalid schedule: 0 0 31 2 * : time difference between two schedules is less than 1 second
    "#]].assert_eq(&bench.events());
    assert_eq!(bench.next(), None);
}
