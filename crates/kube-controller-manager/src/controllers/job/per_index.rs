//! Failures within one index, which are told from pod to pod by an annotation (upstream: `indexed_job_utils.go`).

use super::backoff::{finished_at, wait_after};
use super::indexes::{Indexes, Interval};
use super::pod_failure_policy::{Failure, failure};
use super::pods;
use super::sync::Look;
use orrery_api::{Job, Pod};
use orrery_apimachinery::StrMap;
use orrery_client::Context;
use orrery_sim::Duration;
use std::rc::Rc;

/// How many failures of its index there were before a pod …
const FAILURES: &str = "batch.kubernetes.io/job-index-failure-count";
/// … and how many more that a policy ignores.
const IGNORED_FAILURES: &str = "batch.kubernetes.io/job-index-ignored-failure-count";

/// The pods whose failure is not told to a successor yet, by index. They keep their finalizer until it is.
#[derive(Debug, Default)]
pub(super) struct Unreplaced(Vec<(i32, Rc<Pod>)>);

impl Unreplaced {
    /// Upstream: `getPodsWithDelayedDeletionPerIndex`. The pods of `look` are in the order of their indexes.
    pub(super) fn find(look: &Look, failed: &Indexes) -> Self {
        let running = pods::indexes(&look.active_pods);
        let settled = Indexes::default().with(&running).with(failed.intervals());
        let mut found: Vec<(i32, Rc<Pod>)> = Vec::new();
        for pod in &look.pods {
            let Some(index) = look.tracked_index(pod).filter(|_| pods::has_failed(pod, &look.job)) else {
                continue;
            };
            if look.succeeded_indexes.has(index) || settled.has(index) {
                continue;
            }
            match found.last_mut().filter(|(known, _)| *known == index) {
                Some((_, known)) if is_later(known, pod) => *known = pod.clone(),
                Some(_) => {}
                None => found.push((index, pod.clone())),
            }
        }
        Unreplaced(found)
    }

    fn of(&self, index: i32) -> Option<&Rc<Pod>> {
        let at = self.0.binary_search_by_key(&index, |(index, _)| *index).ok()?;
        Some(&self.0[at].1)
    }

    /// Whether `pod` is one of them.
    pub(super) fn has(&self, pod: &Pod) -> bool {
        let index = pods::completion_index(pod);
        index.and_then(|index| self.of(index)).is_some_and(|known| known.metadata.uid == pod.metadata.uid)
    }

    /// Of `indexes` those whose pod can be created now; if there is none, how long the first has to wait
    /// (upstream: `getPodCreationInfoForIndependentIndexes`).
    pub(super) fn ready(&self, indexes: Vec<i32>, cx: &Context<'_>) -> Result<Vec<i32>, Duration> {
        let (mut ready, mut first) = (Vec::new(), None);
        for index in indexes {
            let wait = self.of(index).map_or(Duration::ZERO, |pod| {
                let failures = count(pod, FAILURES) + count(pod, IGNORED_FAILURES) + 1;
                wait_after(failures, finished_at(pod), cx.api(), cx.now())
            });
            if wait.is_zero() {
                ready.push(index);
            } else if first.is_none_or(|first| wait < first) {
                first = Some(wait);
            }
        }
        match first.filter(|_| ready.is_empty()) {
            Some(wait) => Err(wait),
            None => Ok(ready),
        }
    }

    /// Tells the next pod of `index` how many there were before it (upstream: `addIndexFailureCountAnnotation`).
    pub(super) fn tell(&self, job: &Job, index: i32, annotations: &mut StrMap) {
        let (mut failures, mut ignored) = (0, 0);
        if let Some(pod) = self.of(index) {
            let ignores = failure(job, pod) == Failure::Ignored;
            failures = count(pod, FAILURES) + u32::from(!ignores);
            ignored = count(pod, IGNORED_FAILURES) + u32::from(ignores);
        }
        annotations.insert(FAILURES, failures.to_string());
        if ignored > 0 {
            annotations.insert(IGNORED_FAILURES, ignored.to_string());
        }
    }
}

/// Whether `pod` failed no earlier than `known` did, of the same index.
fn is_later(known: &Pod, pod: &Pod) -> bool {
    let all = |pod| count(pod, FAILURES) + count(pod, IGNORED_FAILURES);
    all(known) <= all(pod) && finished_at(known) <= finished_at(pod)
}

/// The indexes that failed for good, with those of `look` (upstream: `calculateFailedIndexes`).
pub(super) fn failed(look: &Look, limit: i32, completions: i32) -> Indexes {
    let known = look.job.status.failed_indexes.as_deref().unwrap_or_default();
    let mut new: Vec<Interval> = Vec::new();
    for pod in &look.pods {
        let index = look.tracked_index(pod);
        if let Some(index) = index.filter(|_| fails_index(&look.job, pod, limit)) {
            new.push((index, index));
        }
    }
    Indexes::parse(known, completions).with(&new)
}

fn fails_index(job: &Job, pod: &Pod, limit: i32) -> bool {
    pods::has_failed(pod, job)
        && match failure(job, pod) {
            Failure::FailsIndex => true,
            Failure::Ignored => false,
            Failure::Counts | Failure::FailsJob(_) => i64::from(count(pod, FAILURES)) >= i64::from(limit),
        }
}

/// A number that an annotation tells; zero without it (upstream: `parseInt32`).
fn count(pod: &Pod, annotation: &str) -> u32 {
    let number = pod.metadata.annotations.get(annotation).and_then(|text| text.parse::<i32>().ok());
    number.map_or(0, |number| number.max(0).unsigned_abs())
}
