//! Moves the pods of a StatefulSet one step towards what is asked for (upstream: `updateStatefulSet` in
//! `stateful_set_control.go`).

use super::revisions::Revisions;
use super::status::is_running_and_ready;
use super::{identity, pod_control, retention};
use crate::pod_control::slow_start;
use crate::pods;
use orrery_api::{PARALLEL, Pod, StatefulSet, StatefulSetStatus};
use orrery_apimachinery::Order;
use orrery_apimachinery::{Reason, Status, StatusResult};
use orrery_client::Context;
use std::rc::Rc;

/// Whether the pods that come after must wait.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    Continue,
    Wait,
}

/// One look at a StatefulSet.
struct Round<'a> {
    set: &'a StatefulSet,
    revisions: &'a Revisions,
    /// Whether pods come and go one by one, in the order of their numbers.
    monotonic: bool,
    /// The pods that there are to be, by place.
    replicas: Vec<Option<Rc<Pod>>>,
    /// The pods that there are not to be, the highest number first.
    condemned: Vec<Rc<Pod>>,
    /// The place among the condemned of the one that may go although it is not healthy: nothing before it is wrong.
    first_unhealthy: Option<usize>,
    /// A pod that cannot be made yet, and why.
    stale: Option<Status>,
}

/// Creates, repairs and deletes pods. In order, unless the StatefulSet is `Parallel`: first the pods that there are to
/// be, then those that there are not to be, then those of an old revision.
pub(super) fn update(
    set: &StatefulSet,
    revisions: &Revisions,
    pods: &[Rc<Pod>],
    status: &mut StatefulSetStatus,
    cx: &mut Context<'_>,
) -> StatusResult<()> {
    if set.metadata.terminating() {
        return Ok(());
    }
    let mut round = Round::of(set, revisions, pods);
    round.run(status, cx)?;
    round.stale.map_or(Ok(()), Err)
}

impl<'a> Round<'a> {
    fn of(set: &'a StatefulSet, revisions: &'a Revisions, pods: &[Rc<Pod>]) -> Self {
        let mut replicas = vec![None; usize::try_from(identity::replicas(set)).unwrap_or(0)];
        let mut condemned = Vec::new();
        for pod in pods {
            match identity::place(set, pod) {
                Some(place) => replicas[place] = Some(pod.clone()),
                None if identity::ordinal(pod) >= 0 => condemned.push(pod.clone()),
                None => {}
            }
        }
        condemned.order_by_key(|pod| -identity::ordinal(pod));
        let healthy = replicas.iter().all(|pod| pod.as_ref().is_some_and(|pod| is_healthy(pod)));
        let first_unhealthy = condemned.iter().rposition(|pod| !is_healthy(pod)).filter(|_| healthy);
        let monotonic = set.spec.pod_management_policy.as_deref() != Some(PARALLEL);
        Round { set, revisions, monotonic, replicas, condemned, first_unhealthy, stale: None }
    }

    fn run(&mut self, status: &mut StatefulSetStatus, cx: &mut Context<'_>) -> StatusResult<()> {
        let count = self.replicas.len();
        if self.for_all(count, Round::keep, cx)? == Flow::Wait {
            return Ok(());
        }
        let count = self.condemned.len();
        if self.for_all(count, Round::hand_over_claims, cx)? == Flow::Wait
            || self.for_all(count, Round::condemn, cx)? == Flow::Wait
            || self.set.spec.update_strategy.type_.as_deref() == Some("OnDelete")
        {
            return Ok(());
        }
        self.roll(status, cx)
    }

    /// Does `act` for each of `count` places: one after the other until one must be waited for, or for all at once.
    fn for_all(
        &mut self,
        count: usize,
        act: fn(&mut Self, usize, &mut Context<'_>) -> StatusResult<Flow>,
        cx: &mut Context<'_>,
    ) -> StatusResult<Flow> {
        if !self.monotonic {
            let (_, outcome) = slow_start(count, &mut |place| act(self, place, cx).map(drop));
            return outcome.map(|()| Flow::Continue);
        }
        for place in 0..count {
            if act(self, place, cx)? == Flow::Wait {
                return Ok(Flow::Wait);
            }
        }
        Ok(Flow::Continue)
    }

    /// What others wait for in an ordered StatefulSet, and nobody in a parallel one.
    fn wait_if(&self, reason: bool) -> Flow {
        if reason && self.monotonic { Flow::Wait } else { Flow::Continue }
    }

    /// Looks after one pod that there is to be (upstream: `processReplica`).
    fn keep(&mut self, place: usize, cx: &mut Context<'_>) -> StatusResult<Flow> {
        let Some(pod) = self.replicas[place].clone() else { return self.create(place, cx) };
        if pods::is_over(&pod) {
            // How it ended does not matter: a new one follows when it is gone.
            if !pod.metadata.terminating() {
                pod_control::delete(self.set, &pod, cx)?;
            }
            return Ok(Flow::Wait);
        }
        if pod.status.phase.as_deref() == Some("Pending") {
            pod_control::create_missing_claims(self.set, &pod, cx)?;
        }
        if self.wait_if(pod.metadata.terminating() || !self.is_available(&pod, cx)) == Flow::Wait {
            return Ok(Flow::Wait);
        }
        if !pod_control::is_right(self.set, &pod, cx) {
            pod_control::repair(self.set, &pod, cx)?;
        }
        Ok(Flow::Continue)
    }

    fn create(&mut self, place: usize, cx: &mut Context<'_>) -> StatusResult<Flow> {
        let pod = Rc::new(self.new_pod(place));
        if retention::is_stale(self.set, &pod, cx.api()) {
            // Deviation: upstream then waits for any other change of the StatefulSet or its pods, which may never
            // come. Here it is tried again.
            let message = format!("a claim of {} belongs to the pod before it", pod.metadata.name);
            self.stale = Some(Status::new(Reason::Conflict, message));
            return Ok(Flow::Wait);
        }
        pod_control::create(self.set, &pod, cx)?;
        self.replicas[place] = Some(pod);
        Ok(self.wait_if(true))
    }

    /// The pod for a place, of the revision that is right there (upstream: `newVersionedStatefulSetPod`).
    fn new_pod(&self, place: usize) -> Pod {
        let set = self.set;
        let strategy = &set.spec.update_strategy;
        let kept = match &strategy.rolling_update {
            Some(rolling) => rolling.partition.unwrap_or(0),
            None if strategy.type_.as_deref() == Some("RollingUpdate") => set.status.current_replicas,
            None => 0,
        };
        let place = i32::try_from(place).expect("there are no more places than an i32 counts");
        let ordinal = identity::start(set).saturating_add(place);
        let [current, update] = self.revisions.names();
        if place < kept {
            identity::new_pod(set, &self.revisions.current_template, current, ordinal)
        } else {
            identity::new_pod(set, &set.spec.template, update, ordinal)
        }
    }

    fn is_available(&self, pod: &Pod, cx: &Context<'_>) -> bool {
        let wait = pods::until_available(pod, self.set.spec.min_ready_seconds, cx.api(), cx.now());
        is_running_and_ready(pod) && wait.is_some_and(|wait| wait.is_zero())
    }

    /// Makes the claims of a condemned pod go with it, if they are to.
    fn hand_over_claims(&mut self, place: usize, cx: &mut Context<'_>) -> StatusResult<Flow> {
        let pod = &self.condemned[place];
        if !retention::is_followed(self.set, pod, cx.api()) {
            retention::follow(self.set, pod, cx)?;
        }
        Ok(Flow::Continue)
    }

    /// Deletes a condemned pod, if those before it allow (upstream: `processCondemned`).
    fn condemn(&mut self, place: usize, cx: &mut Context<'_>) -> StatusResult<Flow> {
        let pod = &self.condemned[place];
        if pod.metadata.terminating() {
            return Ok(self.wait_if(true));
        }
        if !self.is_available(pod, cx) && self.monotonic && self.first_unhealthy != Some(place) {
            return Ok(Flow::Wait);
        }
        pod_control::delete(self.set, pod, cx)?;
        Ok(Flow::Wait)
    }

    /// Deletes the last pod of an old revision, when those after it are healthy.
    fn roll(&self, status: &mut StatefulSetStatus, cx: &mut Context<'_>) -> StatusResult<()> {
        let rolling = self.set.spec.update_strategy.rolling_update.as_ref();
        let partition = rolling.and_then(|rolling| rolling.partition).unwrap_or(0);
        let [_, update] = self.revisions.names();
        for pod in self.replicas.iter().skip(usize::try_from(partition).unwrap_or(0)).rev().flatten() {
            if identity::revision(pod) != Some(update) && !pod.metadata.terminating() {
                pod_control::delete(self.set, pod, cx)?;
                status.current_replicas -= 1;
                return Ok(());
            }
            if !is_healthy(pod) {
                return Ok(());
            }
        }
        Ok(())
    }
}

fn is_healthy(pod: &Pod) -> bool {
    is_running_and_ready(pod) && !pod.metadata.terminating()
}
