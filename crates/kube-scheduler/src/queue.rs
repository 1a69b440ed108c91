//! The pods that wait: ready to be tried, backing off, or found unschedulable
//! (upstream: `pkg/scheduler/backend/queue`).

use crate::framework::PluginSet;
use crate::pod_info::PodInfo;
use orrery_api::Pod;
use orrery_apimachinery::Str;
use orrery_client::{Backoff, Cause};
use orrery_sim::{Duration, SimTime};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A pod for which nothing has happened in so long is tried again …
const UNSCHEDULABLE_TIMEOUT: Duration = Duration::from_secs(300);
/// … when the queue is next looked through.
const UNSCHEDULABLE_FLUSH: Duration = Duration::from_secs(30);
/// How often the queue looks for pods that have backed off for long enough.
const BACKOFF_FLUSH: Duration = Duration::from_secs(1);

/// A pod that waits for a node (upstream: `framework.QueuedPodInfo`).
#[derive(Clone, Debug)]
pub(crate) struct QueuedPod {
    /// The pod as it came, or as its spec was last changed.
    pub(crate) pod: Rc<Pod>,
    /// What is known of its spec.
    pub(crate) info: Rc<PodInfo>,
    /// When it was put into the queue.
    pub(crate) since: SimTime,
    /// How often it was tried.
    pub(crate) attempts: u32,
    /// The plug-ins that refused it the last time.
    pub(crate) refused_by: PluginSet,
    /// The write because of which it is tried.
    pub(crate) cause: Cause,
}

impl QueuedPod {
    /// The pod's uid.
    pub(crate) fn uid(&self) -> &Str {
        &self.pod.metadata.uid
    }

    fn gated(&self) -> bool {
        !self.info.spec.scheduling_gates.is_empty()
    }

    fn backed_off_at(&self, backoff: Backoff) -> SimTime {
        if self.attempts == 0 { self.since } else { self.since + backoff.delay(self.attempts) }
    }
}

/// Who is tried first: the highest priority, then who waits longest.
type Turn = (Reverse<i32>, SimTime, u64);
/// An instant, and a number that tells apart what has the same one.
type At = (SimTime, u64);

#[derive(Clone, Copy, Debug)]
enum Place {
    Active(Turn),
    Backoff(At),
    Unschedulable(At),
    Gated,
}

/// The queue.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    delay: Backoff,
    active: BTreeMap<Turn, QueuedPod>,
    /// By when they may be tried again.
    backoff: BTreeMap<At, QueuedPod>,
    /// By when they were put away.
    unschedulable: BTreeMap<At, QueuedPod>,
    gated: BTreeMap<Str, QueuedPod>,
    places: BTreeMap<Str, Place>,
    seq: u64,
}

impl Queue {
    /// A queue in which pods back off for so long.
    pub(crate) fn with_backoff(delay: Backoff) -> Self {
        Queue {
            delay,
            active: BTreeMap::new(),
            backoff: BTreeMap::new(),
            unschedulable: BTreeMap::new(),
            gated: BTreeMap::new(),
            places: BTreeMap::new(),
            seq: 0,
        }
    }

    /// How many pods are ready, backing off, and unschedulable or gated.
    pub(crate) fn lengths(&self) -> (usize, usize, usize) {
        (self.active.len(), self.backoff.len(), self.unschedulable.len() + self.gated.len())
    }

    /// The pod, if it waits here.
    pub(crate) fn get(&self, uid: &Str) -> Option<&QueuedPod> {
        match self.places.get(uid)? {
            Place::Active(turn) => self.active.get(turn),
            Place::Backoff(at) => self.backoff.get(at),
            Place::Unschedulable(at) => self.unschedulable.get(at),
            Place::Gated => self.gated.get(uid),
        }
    }

    /// Puts a pod where it is tried at its turn; one with gates waits until they are gone.
    pub(crate) fn activate(&mut self, pod: QueuedPod) {
        if pod.gated() {
            return self.put(pod, Place::Gated);
        }
        self.seq += 1;
        let turn = (Reverse(pod.info.priority()), pod.since, self.seq);
        self.put(pod, Place::Active(turn));
    }

    /// Puts a pod away until an event makes it worth another try.
    pub(crate) fn park(&mut self, pod: QueuedPod) {
        self.seq += 1;
        let at = (pod.since, self.seq);
        self.put(pod, Place::Unschedulable(at));
    }

    /// Has a pod tried again, after its back-off if that is not over yet.
    pub(crate) fn retry(&mut self, pod: QueuedPod, now: SimTime) {
        let due = pod.backed_off_at(self.delay);
        if due <= now {
            self.activate(pod);
            return;
        }
        self.seq += 1;
        let at = (next_tick(due, BACKOFF_FLUSH), self.seq);
        let pod = QueuedPod { cause: pod.cause.later(), ..pod };
        self.put(pod, Place::Backoff(at));
    }

    /// Has those unschedulable pods tried again for which `worth` says so.
    pub(crate) fn move_if(&mut self, now: SimTime, cause: Cause, worth: impl Fn(&QueuedPod) -> bool) {
        let moved = self.unschedulable.iter().filter(|(_, pod)| worth(pod)).map(|(at, _)| *at);
        for at in moved.collect::<Vec<_>>() {
            if let Some(pod) = self.unschedulable.remove(&at) {
                self.retry(QueuedPod { cause, ..pod }, now);
            }
        }
    }

    /// Moves the pods whose time has come, and takes the next one to try.
    pub(crate) fn pop(&mut self, now: SimTime) -> Option<QueuedPod> {
        while let Some(entry) = self.backoff.first_entry().filter(|e| e.key().0 <= now) {
            let pod = entry.remove();
            self.activate(pod);
        }
        while let Some(entry) = self.unschedulable.first_entry().filter(|e| timeout(e.key().0) <= now) {
            let pod = entry.remove();
            self.activate(QueuedPod { cause: Cause::TIME, ..pod });
        }
        let (_, mut pod) = self.active.pop_first()?;
        self.places.remove(pod.uid());
        pod.attempts += 1;
        Some(pod)
    }

    /// When there is next something to take.
    pub(crate) fn next(&self) -> Option<SimTime> {
        if !self.active.is_empty() {
            return Some(SimTime::ZERO);
        }
        let backoff = self.backoff.keys().next().map(|(due, _)| *due);
        let flush = self.unschedulable.keys().next().map(|(since, _)| timeout(*since));
        backoff.into_iter().chain(flush).min()
    }

    /// Takes a pod out, wherever it waits.
    pub(crate) fn remove(&mut self, uid: &Str) -> Option<QueuedPod> {
        match self.places.remove(uid)? {
            Place::Active(turn) => self.active.remove(&turn),
            Place::Backoff(at) => self.backoff.remove(&at),
            Place::Unschedulable(at) => self.unschedulable.remove(&at),
            Place::Gated => self.gated.remove(uid),
        }
    }

    /// Takes over a pod that waits and has changed. One whose last gate is gone is tried at once, and one
    /// that was found unschedulable is tried again if `worth`, told of the pod as it was and as it is,
    /// says so; both keep their turn.
    pub(crate) fn update(
        &mut self,
        pod: &Rc<Pod>,
        info: Rc<PodInfo>,
        now: SimTime,
        worth: impl Fn(&QueuedPod, &QueuedPod) -> bool,
    ) {
        let Some(place) = self.places.get(&pod.metadata.uid).copied() else { return };
        let Some(was) = self.remove(&pod.metadata.uid) else { return };
        let is = QueuedPod { pod: pod.clone(), info, ..was.clone() };
        match place {
            Place::Gated if !is.gated() => self.activate(is),
            Place::Unschedulable(_) if worth(&was, &is) => self.retry(is, now),
            place => self.put(is, place),
        }
    }

    fn put(&mut self, pod: QueuedPod, place: Place) {
        let uid = pod.uid().clone();
        self.places.insert(uid.clone(), place);
        match place {
            Place::Active(turn) => self.active.insert(turn, pod),
            Place::Backoff(at) => self.backoff.insert(at, pod),
            Place::Unschedulable(at) => self.unschedulable.insert(at, pod),
            Place::Gated => self.gated.insert(uid, pod),
        };
    }
}

/// When a pod is tried again though nothing has happened: when it has waited for longer than that.
fn timeout(since: SimTime) -> SimTime {
    next_tick(since + UNSCHEDULABLE_TIMEOUT + Duration::from_nanos(1), UNSCHEDULABLE_FLUSH)
}

/// The first multiple of `tick` that is not before `at`.
fn next_tick(at: SimTime, tick: Duration) -> SimTime {
    let tick = u64::try_from(tick.as_nanos()).unwrap_or(u64::MAX);
    SimTime::from_nanos(at.as_nanos().div_ceil(tick).saturating_mul(tick))
}

#[cfg(test)]
mod tests {
    use super::*;
    use orrery_api::PodSpec;
    use orrery_apimachinery::ObjectMeta;

    fn pod(uid: &str, priority: i32, since: u64, attempts: u32) -> QueuedPod {
        let spec = Rc::new(PodSpec { priority: Some(priority), ..Default::default() });
        let metadata = ObjectMeta { uid: uid.into(), ..ObjectMeta::named("default", uid) };
        QueuedPod {
            pod: Rc::new(Pod { metadata, ..Default::default() }),
            info: Rc::new(PodInfo::new(&spec)),
            since: SimTime::from_millis(since),
            attempts,
            refused_by: PluginSet::default(),
            cause: Cause::TIME,
        }
    }

    fn queue() -> Queue {
        Queue::with_backoff(Backoff { base: Duration::from_secs(1), cap: Duration::from_secs(10) })
    }

    fn drain(queue: &mut Queue, now: SimTime) -> Vec<String> {
        std::iter::from_fn(|| queue.pop(now)).map(|pod| pod.uid().to_string()).collect()
    }

    #[test]
    fn the_highest_priority_goes_first_then_who_waits_longest() {
        let mut queue = queue();
        for (uid, priority, since) in [("late", 0, 5), ("early", 0, 1), ("important", 10, 9)] {
            queue.activate(pod(uid, priority, since, 0));
        }
        assert_eq!(drain(&mut queue, SimTime::from_secs(1)), ["important", "early", "late"]);
    }

    #[test]
    fn a_pod_that_an_event_moves_first_backs_off_for_longer_with_every_attempt() {
        for (row, attempts, due_ms) in [
            ("after the first attempt a second", 1, 2_000),
            ("after the second two", 2, 3_000),
            ("after the fourth eight", 4, 9_000),
            ("never more than ten", 9, 11_000),
        ] {
            let mut queue = queue();
            queue.park(pod("a", 0, 500, attempts));
            queue.move_if(SimTime::from_millis(600), 7.into(), |_| true);
            assert_eq!(queue.next(), Some(SimTime::from_millis(due_ms)), "{row}, at the next whole second");
            assert_eq!(queue.pop(SimTime::from_millis(due_ms - 1)).map(|p| p.attempts), None, "{row}");
            let tried = queue.pop(SimTime::from_millis(due_ms)).expect(row);
            assert_eq!((tried.attempts, tried.cause), (attempts + 1, Cause::from(7).later()), "{row}");
        }
    }

    #[test]
    fn a_pod_that_changes_keeps_its_turn() {
        let mut queue = queue();
        let gated = PodSpec { scheduling_gates: vec![Default::default()], ..Default::default() };
        let first = QueuedPod { info: Rc::new(PodInfo::new(&Rc::new(gated))), ..pod("gated", 0, 1, 0) };
        let free = pod("gated", 0, 1, 0);
        queue.activate(first);
        queue.activate(pod("later", 0, 2, 0));
        queue.retry(pod("backing off", 0, 100, 1), SimTime::from_millis(100));
        queue.update(&free.pod, free.info.clone(), SimTime::from_millis(3), |_, _| false);
        let backing_off = pod("backing off", 0, 100, 1);
        queue.update(&backing_off.pod, backing_off.info.clone(), SimTime::from_millis(1_500), |_, _| true);
        assert_eq!(drain(&mut queue, SimTime::from_millis(1_600)), ["gated", "later"]);
        assert_eq!(drain(&mut queue, SimTime::from_secs(2)), ["backing off"], "when the queue looks");
    }

    #[test]
    fn a_pod_for_which_nothing_happens_is_tried_again_after_five_minutes() {
        let mut queue = queue();
        queue.park(pod("a", 0, 1_000, 1));
        assert_eq!(queue.next(), Some(SimTime::from_secs(330)));
        assert_eq!(drain(&mut queue, SimTime::from_secs(329)), Vec::<String>::new());
        assert_eq!(drain(&mut queue, SimTime::from_secs(330)), ["a"]);
    }
}
