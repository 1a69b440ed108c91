//! The life of a kubelet: it starts and stops, its machine loses power, and its way to the API server breaks.
//!
//! Containers belong to the machine: they run on while the kubelet is stopped, and end with the power. A kubelet that
//! is cut off goes on with the objects as it last knew them: a copy of the API server, which takes its writes. When the
//! way is open again, what it wrote there is told to the real one (upstream: the informers' caches, the cache of the
//! status manager and the queue of the event recorder).

use crate::Network;
use crate::kubelet::Kubelet;
use crate::node_status;
use crate::pod_worker::{PodWorker, Sandbox, Stage};
use crate::runtime::Note;
use crate::status::{OWN_CONDITIONS, is_final};
use orrery_api::{Event, Object, Pod, PodCondition, PodStatus};
use orrery_apimachinery::ObjectMeta;
use orrery_client::{ApiServer, Cause, Key, Op, Revision, WorkQueue};
use orrery_sim::{Duration, SimTime};
use std::rc::Rc;

/// The exit code of a container whose end nobody saw (containerd: `unknownExitCode`).
const UNKNOWN_EXIT: i32 = 255;
/// How long the recorder tries to send an event before it drops it and takes the next one
/// (upstream: `maxTriesPerEvent`, `sleepDuration`).
const EVENT_TRIES: Duration = Duration::from_secs(110);

/// What works of a node.
#[derive(Clone, Debug)]
pub(crate) struct Life {
    /// Since when the machine is without power.
    dark_since: Option<SimTime>,
    /// Whether the kubelet's process runs.
    runs: bool,
    /// Whether it can reach the API server.
    connected: bool,
    /// Whether it has heard from the API server since it started: before, it touches nothing
    /// (upstream: `sourcesReady`).
    informed: bool,
    /// Since when it renews its Lease; `None` while it does not.
    renews_since: Option<SimTime>,
    /// The objects as it last knew them, while it does not hear of new ones.
    known: Option<Box<Known>>,
}

/// The objects as a kubelet last knew them.
#[derive(Clone, Debug)]
struct Known {
    api: ApiServer,
    /// The revision and the instant of the copy; what follows in it is the kubelet's own.
    revision: Revision,
    since: SimTime,
}

impl Life {
    /// A machine that is off.
    pub(crate) fn new() -> Self {
        Life {
            dark_since: Some(SimTime::ZERO),
            runs: false,
            connected: true,
            informed: false,
            renews_since: None,
            known: None,
        }
    }

    /// Whether the kubelet looks after its pods.
    pub(crate) fn works(&self) -> bool {
        self.runs && self.informed
    }

    /// Whether the kubelet hears of changes.
    pub(crate) fn hears(&self) -> bool {
        self.works() && self.connected
    }
}

impl Kubelet {
    /// Whether the machine has power.
    pub fn is_on(&self) -> bool {
        self.life.dark_since.is_none()
    }

    /// Whether the kubelet's process runs.
    pub fn runs(&self) -> bool {
        self.life.runs
    }

    /// The objects as the kubelet sees them: those of `api`, or what it last knew of them.
    pub fn sees<'a>(&'a self, api: &'a ApiServer) -> &'a ApiServer {
        self.life.known.as_ref().map_or(api, |known| &known.api)
    }

    /// Starts the kubelet, and before that its machine. It registers, or says that it is there again, and takes
    /// up the pods that are bound to its node.
    pub fn start(&mut self, api: &mut ApiServer, now: SimTime) {
        if let Some(dark_since) = self.life.dark_since.take() {
            self.boot(api, dark_since, now);
        }
        if std::mem::replace(&mut self.life.runs, true) {
            return;
        }
        self.workers.values_mut().for_each(|worker| forget_what_was_in_memory(Rc::make_mut(worker), now));
        self.manager.restart();
        self.node.ailments.clear();
        self.node.unschedulable = false;
        self.plan_measurement(now);
        if self.life.connected {
            self.begin(api, now);
        }
    }

    /// Stops the kubelet, as `systemctl stop kubelet` does: its containers run on, and nobody looks after them.
    pub fn stop(&mut self, api: &mut ApiServer, now: SimTime) {
        if !self.life.runs {
            return;
        }
        self.fall_silent(api, now);
        (self.life.runs, self.life.informed) = (false, false);
        self.queue = WorkQueue::default();
    }

    /// Takes the power away: the kubelet and all containers end with it.
    pub fn power_off(&mut self, api: &mut ApiServer, now: SimTime) {
        if self.is_on() {
            self.stop(api, now);
            self.life.dark_since = Some(now);
            self.workers.values_mut().for_each(|worker| end_containers(Rc::make_mut(worker), now));
        }
    }

    /// Breaks the way to the API server: the kubelet goes on with what it knows.
    pub fn disconnect(&mut self, api: &mut ApiServer, now: SimTime) {
        if std::mem::replace(&mut self.life.connected, false) {
            self.fall_silent(api, now);
        }
    }

    /// Opens the way to the API server again: the kubelet tells what has happened, and hears what was asked of it.
    pub fn connect(&mut self, api: &mut ApiServer, now: SimTime) {
        if std::mem::replace(&mut self.life.connected, true) || !self.life.runs {
            return;
        }
        if !self.life.informed {
            return self.begin(api, now);
        }
        if let Some(known) = &self.life.known {
            let mut known = known.clone();
            self.tell_events(&mut known, api, now);
            self.tell_statuses(&known, api, now);
        }
        node_status::come_back(&mut self.node, &mut self.identity.act(api, now, Cause::TIME));
        self.catch_up(api, now);
    }

    /// Lets the kubelet do one unit of its work, on the objects as it knows them.
    pub(crate) fn work(&mut self, api: &mut ApiServer, network: &mut dyn Network, now: SimTime) {
        let mut known = self.life.known.take();
        let api = known.as_mut().map_or(api, |known| &mut known.api);
        if self.manager.next.is_some_and(|at| at <= now) {
            self.measure(api, network, now);
        } else if let Some((uid, cause)) = self.queue.pop(now) {
            self.wake(&uid, api, network, now, cause);
        }
        self.life.known = known;
    }

    /// Signs of life stop; what is known now is what will be known.
    fn fall_silent(&mut self, api: &mut ApiServer, now: SimTime) {
        if let Some(since) = self.life.renews_since.take() {
            node_status::go_down(&self.node, since, &mut self.identity.act(api, now, Cause::TIME));
        }
        let copy = || Box::new(Known { api: api.clone(), revision: api.revision(), since: now });
        self.life.known.get_or_insert_with(copy);
    }

    /// The first contact since the kubelet started.
    fn begin(&mut self, api: &mut ApiServer, now: SimTime) {
        node_status::come_up(&mut self.node, &mut self.identity.act(api, now, Cause::TIME));
        self.catch_up(api, now);
    }

    /// Lists the pods of the node anew: those that are new, those that have changed, and those that are gone.
    fn catch_up(&mut self, api: &mut ApiServer, now: SimTime) {
        let known = self.life.known.take();
        (self.life.informed, self.life.renews_since) = (true, Some(now));
        let pods: Vec<Rc<Pod>> = api.pods_on(&self.node.config.name).cloned().collect();
        let heard_of = known.as_ref().map_or(0, |known| known.revision);
        for pod in &pods {
            let revision = pod.metadata.resource_version;
            let cause = if revision > heard_of { Cause::from(revision) } else { Cause::TIME };
            self.pod_written(pod, None, now, cause);
        }
        let gone = |worker: &&Rc<PodWorker>| pods.iter().all(|pod| pod.metadata.uid != worker.uid);
        let gone: Vec<Rc<PodWorker>> = self.workers.values().filter(gone).cloned().collect();
        for worker in gone {
            let last = known.as_ref().and_then(|known| known.api.get::<Pod>(&worker.namespace, &worker.name));
            match worker.gone.as_ref().or(last) {
                Some(pod) => self.pod_gone(pod, now, Cause::TIME),
                // It had let the pod go itself.
                None => self.forget(&worker.uid),
            }
        }
    }

    /// The machine starts: its containers have ended, nobody saw when, and their sandboxes are gone.
    fn boot(&mut self, api: &ApiServer, dark_since: SimTime, now: SimTime) {
        self.node.boots += 1;
        let found = self.node.relist.last(now);
        for worker in self.workers.values_mut() {
            let pod = worker.pod(api).filter(|_| worker.volumes.is_some());
            let worker = Rc::make_mut(worker);
            if let (Some(volumes), Some(pod)) = (&mut worker.volumes, pod) {
                volumes.lose_power(&pod);
            }
            for instance in worker.runs.iter_mut().filter_map(|run| run.current.as_mut()) {
                if instance.ends == Some(dark_since) && instance.exit_code == UNKNOWN_EXIT {
                    instance.ends = Some(found);
                }
            }
            if let Some(address) = worker.address.take() {
                self.node.addresses.release(address);
            }
        }
    }

    /// Sends the events that are still waiting to be sent; those that were tried too often are lost.
    fn tell_events(&mut self, known: &mut Known, api: &mut ApiServer, now: SimTime) {
        let lost = now.since(known.since).as_secs() / EVENT_TRIES.as_secs();
        let written = known.api.watch(known.revision).into_iter().flatten();
        let told = written.filter(|change| change.value.get::<Event>().is_some() && change.op != Op::Deleted);
        for change in told.skip(usize::try_from(lost).unwrap_or(usize::MAX)) {
            let mut cx = self.identity.act(api, now, Cause::TIME);
            let key = Key::of(&change.value);
            let Some(event) = change.value.get::<Event>() else { continue };
            let mut event = (**event).clone();
            // Events are best effort.
            let _ = match cx.get::<Event>(&key.namespace, &key.name) {
                Some(there) => {
                    event.metadata = there.metadata.clone();
                    cx.update(Object::Event(Rc::new(event))).map(drop)
                }
                None => {
                    event.metadata = ObjectMeta::named(key.namespace, key.name);
                    cx.create(event).map(drop)
                }
            };
        }
    }

    /// Sends the statuses that have changed since the way was open (upstream: `status.manager.syncBatch`).
    fn tell_statuses(&mut self, known: &Known, api: &mut ApiServer, now: SimTime) {
        let pods: Vec<Rc<Pod>> = known.api.pods_on(&self.node.config.name).cloned().collect();
        for pod in pods {
            let meta = &pod.metadata;
            let there = api.get::<Pod>(&meta.namespace, &meta.name).filter(|p| p.metadata.uid == meta.uid);
            let Some(there) = there.filter(|p| !is_final(p.status.phase.as_deref())) else { continue };
            let status = merged(&pod.status, &there.status);
            let mut cx = self.identity.act(api, now, Cause::TIME);
            // The pod is there: nothing is refused.
            let _ = cx.modify_status::<Pod>(&meta.namespace, &meta.name, |p| p.status = status);
        }
    }
}

/// The kubelet's status of a pod, with the conditions of others as they are now (upstream: `mergePodStatus`).
fn merged(own: &PodStatus, there: &PodStatus) -> PodStatus {
    let is_own = |condition: &&PodCondition| OWN_CONDITIONS.iter().any(|own| own.is(&condition.type_));
    let others = there.conditions.iter().filter(|c| !is_own(c));
    let conditions = others.chain(own.conditions.iter().filter(is_own)).cloned().collect();
    PodStatus { conditions, ..own.clone() }
}

/// A kubelet that starts finds the containers, but not what its predecessor kept in its memory.
fn forget_what_was_in_memory(worker: &mut PodWorker, now: SimTime) {
    if worker.stage != Stage::Finished || worker.stopping {
        worker.stage = Stage::Syncing;
    }
    for run in &mut worker.runs {
        (run.trouble, run.probes) = (None, None);
    }
    (worker.verdict, worker.plan, worker.stops) = (None, None, None);
    (worker.deadline, worker.last_sync) = (None, None);
    worker.mounted = false;
    (worker.sync_at, worker.relist_at) = (Some(now), Some(now));
}

/// The containers of a pod end with the power.
fn end_containers(worker: &mut PodWorker, now: SimTime) {
    for instance in worker.runs.iter_mut().filter_map(|run| run.current.as_mut()) {
        if instance.runs_at(now) {
            instance.end(now, UNKNOWN_EXIT);
            instance.note = Some(Rc::new(Note { reason: Some("Unknown".into()), message: None }));
        }
    }
    if worker.sandbox != Sandbox::Absent {
        worker.sandbox = Sandbox::Stopped;
    }
}
