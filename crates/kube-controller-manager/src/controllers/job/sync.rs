//! One look at a Job: whether it has ended, and what its pods are to be (upstream: `syncJob`).

use super::backoff::Failures;
use super::indexes::{Indexes, Interval};
use super::per_index::{self, Unreplaced};
use super::pod_failure_policy::{Failure, failure};
use super::pods::{self, has_failed, has_succeeded, is_indexed, is_stopping, is_suspended, number};
use super::{TRACKING, is_tracked, manage, success_policy, track};
use crate::owners::Owner;
use crate::{Action, claim, jobs};
use orrery_api::{Job, JobCondition, JobStatus, Pod, UncountedTerminatedPods};
use orrery_apimachinery::Order;
use orrery_apimachinery::{StatusResult, Time};
use orrery_client::{Context, EventType, Key};
use orrery_sim::Duration;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The condition that precedes success.
pub(super) const SUCCESS_CRITERIA_MET: &str = "SuccessCriteriaMet";
/// The condition that precedes failure.
pub(super) const FAILURE_TARGET: &str = "FailureTarget";
const SUSPENDED: &str = "Suspended";

/// What one look finds and decides (upstream: `syncJobCtx`).
pub(super) struct Look {
    pub(super) job: Rc<Job>,
    /// The status as it is to become.
    pub(super) status: JobStatus,
    /// Those of an indexed Job are in the order of their indexes.
    pub(super) pods: Vec<Rc<Pod>>,
    pub(super) active_pods: Vec<Rc<Pod>>,
    pub(super) active: i32,
    pub(super) ready: i32,
    pub(super) terminating: i32,
    /// All that succeeded and all that failed, be they in a count or not.
    pub(super) succeeded: i32,
    failed: i32,
    /// The pods that were in no count yet when the look began.
    pub(super) uncounted: UncountedTerminatedPods,
    pub(super) known_succeeded_indexes: Indexes,
    pub(super) succeeded_indexes: Indexes,
    pub(super) failed_indexes: Option<Indexes>,
    pub(super) unreplaced: Unreplaced,
    pub(super) failures: Failures,
    /// How the Job has ended, or is to end.
    pub(super) end: Option<JobCondition>,
    /// After how long time itself changes something.
    wait: Option<Duration>,
}

/// Moves a Job that goes on by one step.
pub(super) fn job(
    job: Rc<Job>,
    key: &Key,
    memory: &mut BTreeMap<Key, Failures>,
    cx: &mut Context<'_>,
) -> StatusResult<Action> {
    let Some(selector) = job.spec.selector.clone() else { return Ok(Action::AwaitChange) };
    let owner = Owner::of(&*job);
    let candidates = claim::candidates(owner, &selector, cx.api());
    let fits = |pod: &Pod| selector.matches(&pod.metadata.labels);
    let pods = claim::claim(owner, candidates, &fits, Some(TRACKING), cx)?;
    let mut look = Look::new(job, pods, memory.get(key).copied().unwrap_or_default(), cx);
    look.judge(cx);
    match (look.step(key, memory, cx), look.wait) {
        (Ok(()), wait) => Ok(wait.map_or(Action::AwaitChange, Action::RequeueAfter)),
        (Err(_), Some(wait)) => Ok(Action::RetryWithin(wait)),
        (Err(status), None) => Err(status),
    }
}

/// A condition that is true since `date`.
pub(super) fn condition(type_: &str, reason: &str, message: &str, date: Time) -> JobCondition {
    JobCondition {
        type_: type_.into(),
        status: "True".into(),
        reason: Some(reason.into()),
        message: Some(message.into()),
        last_probe_time: Some(date),
        last_transition_time: Some(date),
    }
}

impl Look {
    fn new(job: Rc<Job>, mut pods: Vec<Rc<Pod>>, failures: Failures, cx: &Context<'_>) -> Self {
        if is_indexed(&job) {
            pods.order_by_key(|pod| pods::completion_index(pod));
        }
        let mut status = job.status.clone();
        let uncounted = status.uncounted_terminated_pods.get_or_insert_default().clone();
        if !is_suspended(&job) {
            status.start_time.get_or_insert(cx.date());
        }
        let mut look = Look {
            active_pods: Vec::new(),
            active: 0,
            ready: 0,
            terminating: 0,
            succeeded: status.succeeded + number(uncounted.succeeded.len()),
            failed: status.failed + number(uncounted.failed.len()),
            known_succeeded_indexes: Indexes::default(),
            succeeded_indexes: Indexes::default(),
            failed_indexes: None,
            unreplaced: Unreplaced::default(),
            failures,
            end: None,
            wait: None,
            job,
            status,
            pods,
            uncounted,
        };
        look.count();
        look
    }

    /// Does what is to be done now, and writes what came of it.
    fn step(
        &mut self,
        key: &Key,
        memory: &mut BTreeMap<Key, Failures>,
        cx: &mut Context<'_>,
    ) -> StatusResult<()> {
        let outcome = if self.end.is_some() { manage::stop(self, cx) } else { self.carry_on(cx) };
        let changed = self.tell_counts() || self.status.conditions != self.job.status.conditions;
        let remember = |failures| {
            memory.insert(key.clone(), failures);
        };
        track::status(self, changed, remember, cx)?;
        outcome
    }

    fn count(&mut self) {
        let (mut succeeded, mut failed) = (Vec::new(), Vec::new());
        for pod in &self.pods {
            if crate::pods::is_active(pod) {
                self.active_pods.push(pod.clone());
                self.ready += i32::from(crate::pods::is_ready(pod));
            }
            self.terminating += i32::from(is_stopping(pod));
            let valid = !is_indexed(&self.job) || self.tracked_index(pod).is_some();
            let uid = &pod.metadata.uid;
            if !is_tracked(pod) || !valid {
                continue;
            }
            if has_succeeded(pod) && !self.uncounted.succeeded.contains(uid) {
                succeeded.push(pod.clone());
            } else if has_failed(pod, &self.job) && !self.uncounted.failed.contains(uid) {
                self.failed += i32::from(failure(&self.job, pod) != Failure::Ignored);
                failed.push(pod.clone());
            }
        }
        self.active = number(self.active_pods.len());
        self.succeeded += number(succeeded.len());
        self.failures = self.failures.after(&succeeded, &failed);
    }

    /// The index of a pod that is in no count yet, if the Job still has that index.
    pub(super) fn tracked_index(&self, pod: &Pod) -> Option<i32> {
        let completions = self.job.spec.completions.unwrap_or(0);
        pods::completion_index(pod).filter(|index| *index < completions && is_tracked(pod))
    }

    /// Looks again after `delay` at the latest.
    pub(super) fn wait(&mut self, delay: Duration) {
        self.wait = Some(self.wait.map_or(delay, |wait| wait.min(delay)));
    }

    /// Decides whether the Job has come to its end. Failure is looked for before success.
    fn judge(&mut self, cx: &Context<'_>) {
        let date = cx.date();
        self.end = self.end_in_sight(date).or_else(|| self.failure(date, cx));
        let Some(completions) = self.job.spec.completions.filter(|_| is_indexed(&self.job)) else { return };
        self.count_indexes(completions);
        if self.end.is_none() {
            self.end = self.failed_by_indexes(completions, date);
        }
        if self.end.is_none() {
            let met = success_policy::satisfied(&self.job.spec, completions, &self.succeeded_indexes);
            self.end = met.map(|said| condition(SUCCESS_CRITERIA_MET, "SuccessPolicy", &said, date));
        }
    }

    /// The end that an earlier look decided, or that a policy asks for.
    fn end_in_sight(&self, date: Time) -> Option<JobCondition> {
        let known = |type_: &str| {
            let mut all = self.status.conditions.iter();
            all.find(|c| &*c.type_ == type_ && &*c.status == "True")
        };
        if let Some(met) = known(SUCCESS_CRITERIA_MET) {
            return Some(met.clone());
        }
        if let Some(target) = known(FAILURE_TARGET) {
            return Some(JobCondition {
                type_: jobs::FAILED.into(),
                last_probe_time: Some(date),
                last_transition_time: Some(date),
                ..target.clone()
            });
        }
        let said = self.pods.iter().filter(|pod| has_failed(pod, &self.job)).find_map(|pod| {
            match failure(&self.job, pod) {
                Failure::FailsJob(said) => Some(said),
                _ => None,
            }
        });
        said.map(|said| condition(FAILURE_TARGET, "PodFailurePolicy", &said, date))
    }

    /// Too many failures, or too much time.
    fn failure(&mut self, date: Time, cx: &Context<'_>) -> Option<JobCondition> {
        let limit = self.job.spec.backoff_limit.unwrap_or(6);
        if self.failed > limit || self.restarted_too_often(limit) {
            let said = "Job has reached the specified backoff limit";
            return Some(condition(FAILURE_TARGET, "BackoffLimitExceeded", said, date));
        }
        let deadline = self.job.spec.active_deadline_seconds.filter(|_| !is_suspended(&self.job))?;
        let start = cx.api().instant(self.status.start_time?);
        let end = start + Duration::from_secs(deadline.unsigned_abs());
        if cx.now() < end {
            self.wait(end.since(cx.now()));
            return None;
        }
        let said = "Job was active longer than specified deadline";
        Some(condition(FAILURE_TARGET, "DeadlineExceeded", said, date))
    }

    /// Containers that are started again in their pods count too (upstream: `pastBackoffLimitOnFailure`).
    fn restarted_too_often(&self, limit: i32) -> bool {
        if self.job.spec.template.spec.restart_policy.as_deref() != Some("OnFailure") {
            return false;
        }
        let mut restarts = 0;
        for pod in &self.pods {
            if matches!(pod.status.phase.as_deref(), Some("Running" | "Pending")) {
                for status in pod.status.init_container_statuses.iter().chain(&pod.status.container_statuses)
                {
                    restarts += status.restart_count;
                }
            }
        }
        restarts >= limit.max(1)
    }

    /// Upstream: `calculateSucceededIndexes`, `calculateFailedIndexes`.
    fn count_indexes(&mut self, completions: i32) {
        let mut new: Vec<Interval> = Vec::new();
        for pod in &self.pods {
            new.extend(self.tracked_index(pod).filter(|_| has_succeeded(pod)).map(|index| (index, index)));
        }
        let known = self.status.completed_indexes.as_deref().unwrap_or_default();
        self.known_succeeded_indexes = Indexes::parse(known, completions);
        self.succeeded_indexes = self.known_succeeded_indexes.with(&new);
        self.succeeded = self.succeeded_indexes.total();
        if let Some(limit) = self.job.spec.backoff_limit_per_index {
            let failed = per_index::failed(self, limit, completions);
            self.unreplaced = Unreplaced::find(self, &failed);
            self.failed_indexes = Some(failed);
        }
    }

    fn failed_by_indexes(&self, completions: i32, date: Time) -> Option<JobCondition> {
        let failed = self.failed_indexes.as_ref()?.total();
        let (reason, said) = if self.job.spec.max_failed_indexes.is_some_and(|most| failed > most) {
            ("MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes")
        } else if failed > 0 && failed + self.succeeded >= completions {
            ("FailedIndexes", "Job has failed indexes")
        } else {
            return None;
        };
        Some(condition(FAILURE_TARGET, reason, said, date))
    }

    /// Brings the pods to their number, and tells whether all that is asked for has succeeded.
    fn carry_on(&mut self, cx: &mut Context<'_>) -> StatusResult<()> {
        let managed = !self.job.metadata.terminating();
        let outcome = if managed { manage::pods(self, cx) } else { Ok(()) };
        let enough = self.succeeded >= self.job.spec.completions.unwrap_or(1);
        if enough && self.active == 0 {
            let said = "Reached expected number of succeeded pods";
            self.end = Some(condition(SUCCESS_CRITERIA_MET, "CompletionsReached", said, cx.date()));
        } else if managed {
            self.tell_suspension(cx);
        }
        outcome
    }

    /// Tells whether the Job is suspended, once it was (upstream: `ensureJobConditionStatus`).
    fn tell_suspension(&mut self, cx: &mut Context<'_>) {
        let suspended = is_suspended(&self.job);
        let (status, reason, event, message) = if suspended {
            ("True", "JobSuspended", "Suspended", "Job suspended")
        } else {
            ("False", "JobResumed", "Resumed", "Job resumed")
        };
        let date = cx.date();
        let told = JobCondition { status: status.into(), ..condition(SUSPENDED, reason, message, date) };
        match self.status.conditions.iter_mut().find(|c| &*c.type_ == SUSPENDED) {
            Some(known) if known.status == told.status => return,
            Some(known) => *known = told,
            None if suspended => self.status.conditions.push(told),
            None => return,
        }
        if !suspended {
            // The time while it was suspended does not count towards the deadline.
            self.status.start_time = Some(date);
        }
        cx.event(&*self.job, EventType::Normal, event, message);
    }

    /// Puts the counts of pods that go on into the status; true if that changed it.
    fn tell_counts(&mut self) -> bool {
        let (status, known) = (&mut self.status, &self.job.status);
        status.active = self.active;
        status.ready = Some(self.ready);
        status.terminating = Some(self.terminating);
        (status.active, status.ready, status.terminating) != (known.active, known.ready, known.terminating)
    }
}
