//! Deletes Jobs some time after they ended (upstream: `pkg/controller/ttlafterfinished`).

use crate::{Action, Controller, Wake, jobs};
use orrery_api::{Job, Object};
use orrery_apimachinery::StatusResult;
use orrery_client::{ApiServer, Change, Context, DeleteOptions, Key, Op, Propagation};
use orrery_sim::{Duration, SimTime};

/// The controller.
#[derive(Clone, Debug, Default)]
pub struct TtlAfterFinishedController;

impl Controller for TtlAfterFinishedController {
    const NAME: &'static str = "ttl-after-finished-controller";

    fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake) {
        if let Object::Job(job) = &change.value
            && change.op != Op::Deleted
            && expiry(job, api).is_some()
        {
            wake.key(Key::of(&change.value));
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let job = cx.get::<Job>(&key.namespace, &key.name);
        let Some((job, expiry)) = job.and_then(|job| Some((job.clone(), expiry(&job, cx.api())?))) else {
            return Ok(Action::AwaitChange);
        };
        if expiry > cx.now() {
            return Ok(Action::RequeueAfter(expiry.since(cx.now())));
        }
        let options = DeleteOptions {
            propagation: Propagation::Foreground,
            uid: Some(job.metadata.uid.clone()),
            ..Default::default()
        };
        cx.delete(key, &options).map(|_| Action::AwaitChange)
    }
}

/// When the Job is to go, if it has ended and a time was given.
fn expiry(job: &Job, api: &ApiServer) -> Option<SimTime> {
    let ttl = job.spec.ttl_seconds_after_finished.filter(|_| !job.metadata.terminating())?;
    let end = api.instant(jobs::end(job)?.last_transition_time?);
    Some(end + Duration::from_secs(u64::from(ttl.unsigned_abs())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Workbench;
    use serde_json::json;

    /// A Job with so many seconds to live that has just ended.
    fn finished(
        bench: &mut Workbench<TtlAfterFinishedController>,
        name: &str,
        ttl: serde_json::Value,
        end: &str,
    ) {
        bench.apply(json!({
            "apiVersion": "batch/v1", "kind": "Job",
            "metadata": {"namespace": "default", "name": name},
            "spec": {"ttlSecondsAfterFinished": ttl, "template": {"spec": {
                "restartPolicy": "Never", "containers": [{"name": "main", "image": "busybox"}]}}}
        }));
        let date = bench.api.date(bench.now);
        bench.modify_status::<Job>("default", name, |job| {
            if matches!(end, jobs::COMPLETE | jobs::FAILED) {
                jobs::finish(job, end, date);
            }
        });
    }

    #[test]
    fn a_job_goes_some_time_after_its_end() {
        for (row, ttl, end, seconds, stays) in [
            ("one that succeeded, before its time", json!(10), "Complete", 9, true),
            ("one that succeeded, at its time", json!(10), "Complete", 11, false),
            ("one that failed", json!(10), "Failed", 11, false),
            ("one that goes at once", json!(0), "Complete", 1, false),
            ("one that goes on", json!(10), "", 60, true),
            ("one without a time", json!(null), "Complete", 60, true),
        ] {
            let mut bench = Workbench::<TtlAfterFinishedController>::new();
            finished(&mut bench, "work", ttl, end);
            bench.pass(Duration::from_secs(seconds));
            let job = bench.get::<Job>("default", "work").expect("the garbage collector is not there");
            assert_eq!(job.metadata.terminating(), !stays, "{row}");
            let finalizers: &[&str] = if stays { &[] } else { &["foregroundDeletion"] };
            assert_eq!(
                job.metadata.finalizers,
                finalizers.iter().map(|f| (*f).into()).collect::<Vec<_>>(),
                "{row}"
            );
        }
    }
}
