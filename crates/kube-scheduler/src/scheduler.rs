//! The program: hears of changes, keeps queue and cache, runs one cycle at a time.

use crate::cache::Cache;
use crate::cycle::{Algorithm, Failure};
use crate::decision::{Decision, Decisions};
use crate::failure;
use crate::framework::{ClusterEvent, Cycle, Profile, Settings};
use crate::nominator::{Nomination, Nominator};
use crate::pod_info::PodInfos;
use crate::preemption::{PostFilter, evict};
use crate::queue::{Queue, QueuedPod};
use crate::volumes::{Progress, VolumeWaits, progress};
use orrery_api::{Object, Pod, Resource};
use orrery_apimachinery::Str;
use orrery_client::{ApiServer, Cause, Change, Component, EventType, Identity, Op, Recorder};
use orrery_sim::{Duration, Random, SimTime};
use std::rc::Rc;

/// The scheduler that a pod asks for that names none.
const NAME: &str = "default-scheduler";
/// How long one cycle takes; upstream schedules some hundreds of pods in a second.
const CYCLE_TIME: Duration = Duration::from_millis(1);

/// How many pods wait for a node, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Ready to be tried.
    pub active: usize,
    /// Tried not long ago.
    pub backoff: usize,
    /// Found unschedulable, or held by gates.
    pub unschedulable: usize,
    /// With a node, waiting for their volumes there.
    pub volumes: usize,
}

/// The scheduler.
#[derive(Clone, Debug)]
pub struct Scheduler {
    /// Who records the events of each profile, in the order of the profiles.
    identities: Vec<Identity>,
    queue: Queue,
    nominator: Nominator,
    cache: Cache,
    infos: PodInfos,
    algorithm: Algorithm,
    decisions: Decisions,
    volume_waits: VolumeWaits,
    /// The profiles; a pod asks for one by its scheduler name.
    profiles: Rc<[Profile]>,
    random: Random,
    busy_until: SimTime,
}

impl Scheduler {
    /// A scheduler that knows nothing yet but what it is told, for the run with `seed`.
    pub fn new(seed: u64, settings: &Settings) -> Self {
        let (mut identities, mut cache) = (Vec::new(), Cache::default());
        for profile in settings.profiles.iter() {
            let recorder = Recorder::series(&profile.scheduler_name);
            identities.push(Identity::new(seed, "kube-scheduler", recorder));
            profile.args.default_constraints.iter().for_each(|c| cache.learn(&c.topology_key));
        }
        Scheduler {
            identities,
            queue: Queue::with_backoff(settings.backoff),
            nominator: Nominator::default(),
            cache,
            infos: PodInfos::default(),
            algorithm: Algorithm::default(),
            decisions: Decisions::default(),
            volume_waits: VolumeWaits::default(),
            profiles: settings.profiles.clone(),
            random: Random::stream(seed, "kube-scheduler/ties"),
            busy_until: SimTime::ZERO,
        }
    }

    /// What was last decided about the pod with this uid, while it is remembered.
    pub fn last_decision(&self, uid: &str) -> Option<&Decision> {
        self.decisions.of(uid).map(|decision| &**decision)
    }

    /// How many pods wait, and how.
    pub fn waiting(&self) -> Waiting {
        let (active, backoff, unschedulable) = self.queue.lengths();
        Waiting { active, backoff, unschedulable, volumes: self.volume_waits.len() }
    }

    /// The nodes as the scheduler sees them.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    fn observe_pod(&mut self, change: &Change, pod: &Rc<Pod>, api: &ApiServer, now: SimTime) {
        let over =
            change.op == Op::Deleted || matches!(pod.status.phase.as_deref(), Some("Succeeded" | "Failed"));
        match (&pod.node_name, over) {
            (Some(node), false) => self.observe_assigned(change.revision.into(), pod, node, api, now),
            (Some(node), true) => self.pod_is_gone(change.revision.into(), pod, node, api, now),
            (None, true) => {
                self.queue.remove(&pod.metadata.uid);
                self.nominator.remove(&pod.metadata.uid);
                if let Some(wait) = self.volume_waits.remove(&pod.metadata.uid) {
                    self.pod_is_gone(change.revision.into(), pod, &wait.node, api, now);
                }
            }
            (None, false) => self.observe_pending(change, pod, api, now),
        }
        if change.op == Op::Deleted {
            self.decisions.forget(&pod.metadata.uid);
        }
    }

    fn observe_assigned(&mut self, cause: Cause, pod: &Rc<Pod>, node: &Str, api: &ApiServer, now: SimTime) {
        let was = self.cache.update_pod(pod, node);
        if was.is_none() {
            let info = self.infos.of(&pod.spec);
            self.cache.add_pod(pod, node, &info);
            self.queue.remove(&pod.metadata.uid);
            self.nominator.remove(&pod.metadata.uid);
        }
        let relabelled = was.as_ref().is_none_or(|was| was.kind.labels != pod.metadata.labels);
        // What the scheduler only assumed of a pod is news to the pods that wait when the pod has its node.
        let new = was.as_ref().is_none_or(|was| was.pod.node_name.is_none());
        if !(new || relabelled) {
            return;
        }
        let Some(is) = self.cache.assigned(&pod.metadata.uid, node).map(|pod| pod.kind.clone()) else {
            return;
        };
        let event = match &was {
            Some(was) if !new => ClusterEvent::AssignedPodUpdate { was: &was.kind, is: &is },
            _ => ClusterEvent::AssignedPodAdd(&is),
        };
        self.retry_after(event, api, now, cause);
    }

    /// Counts out a pod that held room on a node.
    fn pod_is_gone(&mut self, cause: Cause, pod: &Pod, node: &str, api: &ApiServer, now: SimTime) {
        if let Some(gone) = self.cache.remove_pod(pod, node) {
            self.retry_after(ClusterEvent::AssignedPodDelete(&gone), api, now, cause);
        }
    }

    fn observe_pending(&mut self, change: &Change, pod: &Rc<Pod>, api: &ApiServer, now: SimTime) {
        let uid = &pod.metadata.uid;
        if let Some(known) = self.queue.get(uid) {
            let same = Rc::ptr_eq(&known.pod.spec, &pod.spec);
            let info = if same { known.info.clone() } else { self.infos.of(&pod.spec) };
            let was = change.previous.as_ref().and_then(Pod::unwrap_ref);
            self.nominator.update(was.map(|was| &**was), pod, &info);
            let (cache, nominator, profiles) = (&self.cache, &self.nominator, &self.profiles);
            // Gates aside, tolerations are all of a spec that can change and matters to a plug-in.
            self.queue.update(pod, info, now, |was, is| {
                let worth = |event| worth(is, &event, cache, nominator, profiles, api);
                let labels = &was.pod.metadata.labels;
                was.pod.spec.tolerations != is.pod.spec.tolerations && worth(ClusterEvent::PodTolerations)
                    || *labels != is.pod.metadata.labels && worth(ClusterEvent::PodLabels(labels))
            });
            return;
        }
        let ours = profile_of(pod, &self.profiles).is_some();
        // A change may be older than our own binding of the pod.
        let still_pending = || {
            let current = api.get::<Pod>(&pod.metadata.namespace, &pod.metadata.name);
            current.is_some_and(|p| p.metadata.uid == *uid && p.node_name.is_none())
        };
        if ours && !self.volume_waits.contains(uid) && still_pending() {
            let info = self.infos.of(&pod.spec);
            self.nominator.nominate(pod, &info, &Nomination::Keep);
            self.queue.activate(QueuedPod {
                info,
                pod: pod.clone(),
                since: now,
                attempts: 0,
                refused_by: Default::default(),
                cause: change.revision.into(),
            });
        }
    }

    /// Has the pods tried again for which `event` may have made room.
    fn retry_after(&mut self, event: ClusterEvent<'_>, api: &ApiServer, now: SimTime, cause: Cause) {
        let (cache, nominator, profiles) = (&self.cache, &self.nominator, &self.profiles);
        self.queue.move_if(now, cause, |known| worth(known, &event, cache, nominator, profiles, api));
    }

    fn cycle(&mut self, queued: QueuedPod, api: &mut ApiServer, now: SimTime) {
        let meta = &queued.pod.metadata;
        let current = api.get::<Pod>(&meta.namespace, &meta.name);
        let Some(pod) = current.filter(|p| p.metadata.uid == meta.uid && p.node_name.is_none()).cloned()
        else {
            return;
        };
        let profiles = self.profiles.clone();
        let Some(of) = profile_of(&pod, &profiles) else { return };
        if pod.metadata.terminating() {
            let note = format!("skip schedule deleting pod: {}/{}", meta.namespace, meta.name);
            let mut cx = self.identities[of].act(api, now, queued.cause);
            cx.event(&*pod, EventType::Warning, "FailedScheduling", note);
            return;
        }
        let mut decision = new_decision(&queued, self.cache.len(), now);
        queued.info.topology_keys.iter().for_each(|key| self.cache.learn(key));
        let (cache, nominator) = (&self.cache, &self.nominator);
        let cycle = Cycle { pod: &pod, info: &queued.info, profile: &profiles[of], cache, nominator, api };
        match self.algorithm.run(&cycle, &mut self.random, &mut decision) {
            Ok(slot) => {
                let node = self.cache.info(slot).name.clone();
                self.decisions.keep(queued.uid().clone(), decision);
                self.cache.add_pod(&pod, &node, &queued.info);
                self.nominator.remove(queued.uid());
                self.bind_volumes(queued, &pod, node, api, now);
            }
            Err(failure) => {
                let Failure { error, post_filter } = *failure;
                let message = error.message(&post_filter.message);
                decision.message = message.as_str().into();
                self.decisions.keep(queued.uid().clone(), decision);
                self.make_room(&queued, &pod, &post_filter, api, now);
                let queued = QueuedPod { refused_by: error.refused_by, ..queued };
                self.give_up(queued, &pod, "Unschedulable", &message, &post_filter.nomination, api, now);
            }
        }
    }

    /// Has the victims go, and has those pods look elsewhere that waited for the same room and are less
    /// important (upstream: `prepareCandidate`).
    fn make_room(
        &mut self,
        queued: &QueuedPod,
        pod: &Rc<Pod>,
        outcome: &PostFilter,
        api: &mut ApiServer,
        now: SimTime,
    ) {
        let Nomination::To(node) = &outcome.nomination else { return };
        let Some(of) = profile_of(pod, &self.profiles) else { return };
        let mut cx = self.identities[of].act(api, now, queued.cause);
        for victim in &outcome.victims {
            evict(&mut cx, &self.profiles[of].scheduler_name, pod, victim, node);
        }
        for waiting in self.nominator.on(node) {
            let meta = &waiting.pod.metadata;
            if waiting.info.priority() < queued.info.priority() {
                // One that is gone by now waits for nothing.
                let _ = cx.modify_status::<Pod>(&meta.namespace, &meta.name, |pod| {
                    pod.status.nominated_node_name = None;
                });
            }
        }
    }

    /// Puts a pod that was tried in vain back, until an event, or, when no plug-in refused it, until its
    /// back-off is over; and tells people why (upstream: `handleSchedulingFailure`).
    #[expect(clippy::too_many_arguments, reason = "the pod, what became of it, and what every act needs")]
    fn give_up(
        &mut self,
        queued: QueuedPod,
        pod: &Rc<Pod>,
        reason: &str,
        message: &str,
        nomination: &Nomination,
        api: &mut ApiServer,
        now: SimTime,
    ) {
        let Some(of) = profile_of(pod, &self.profiles) else { return };
        self.nominator.nominate(pod, &queued.info, nomination);
        let mut cx = self.identities[of].act(api, now, queued.cause);
        failure::report(&mut cx, pod, reason, message, nomination);
        let queued = QueuedPod { since: now, ..queued };
        if queued.refused_by.is_empty() {
            self.queue.retry(queued, now);
        } else {
            self.queue.park(queued);
        }
    }

    /// Has the pod's volumes bound on the node that was chosen, and then the pod itself.
    fn bind_volumes(
        &mut self,
        queued: QueuedPod,
        pod: &Rc<Pod>,
        node: Str,
        api: &mut ApiServer,
        now: SimTime,
    ) {
        if queued.info.uses_claims
            && let Some(info) = self.cache.slot(&node).map(|slot| self.cache.info(slot))
            && let Some(target) = &info.node
        {
            let Some(of) = profile_of(pod, &self.profiles) else { return };
            let timeout = self.profiles[of].args.bind_timeout;
            let mut cx = self.identities[of].act(api, now, queued.cause);
            match self.volume_waits.begin(&mut cx, queued, pod, target, timeout) {
                Ok(None) => {}
                Ok(Some(queued)) => self.bind(queued, pod, &node, api, now),
                Err((queued, error)) => self.fail_binding(queued, pod, &node, &error, api, now),
            }
        } else {
            self.bind(queued, pod, &node, api, now);
        }
    }

    fn bind(&mut self, queued: QueuedPod, pod: &Rc<Pod>, node: &str, api: &mut ApiServer, now: SimTime) {
        let (namespace, name) = (&pod.metadata.namespace, &pod.metadata.name);
        let Some(of) = profile_of(pod, &self.profiles) else { return };
        let mut cx = self.identities[of].act(api, now, queued.cause);
        match cx.bind(namespace, name, node) {
            Ok(()) => {
                let note = format!("Successfully assigned {namespace}/{name} to {node}");
                cx.event(&**pod, EventType::Normal, "Scheduled", note);
            }
            Err(error) => {
                let error = format!("running Bind plugin \"DefaultBinder\": {error}");
                self.fail_binding(queued, pod, node, &error, api, now);
            }
        }
    }

    /// Takes back what was assumed of a pod and has it tried again.
    fn fail_binding(
        &mut self,
        queued: QueuedPod,
        pod: &Rc<Pod>,
        node: &str,
        error: &str,
        api: &mut ApiServer,
        now: SimTime,
    ) {
        self.pod_is_gone(Cause::TIME, pod, node, api, now);
        let queued = QueuedPod { refused_by: Default::default(), ..queued };
        self.give_up(queued, pod, "SchedulerError", error, &Nomination::Clear, api, now);
    }

    /// Looks after a pod whose volumes may be bound by now.
    fn resume(&mut self, uid: &Str, api: &mut ApiServer, now: SimTime) {
        let Some(wait) = self.volume_waits.get(uid) else { return };
        match progress(wait, api, now) {
            Progress::Waiting => {}
            Progress::Done => {
                let wait = self.volume_waits.remove(uid).expect("it was there a line ago");
                self.bind(wait.queued, &wait.pod, &wait.node, api, now);
            }
            Progress::Failed(error) => {
                let wait = self.volume_waits.remove(uid).expect("it was there a line ago");
                self.fail_binding(wait.queued, &wait.pod, &wait.node, &error, api, now);
            }
        }
    }
}

impl Component for Scheduler {
    fn observe(&mut self, change: &Change, api: &ApiServer, now: SimTime) {
        match &change.value {
            Object::Pod(pod) => self.observe_pod(change, pod, api, now),
            Object::Node(node) if change.op == Op::Deleted => {
                self.cache.remove_node(node);
                self.retry_after(ClusterEvent::NodeDelete(node), api, now, change.revision.into());
            }
            Object::Node(node) => {
                let was =
                    self.cache.slot(&node.metadata.name).and_then(|slot| self.cache.info(slot).node.clone());
                let what = self.cache.set_node(node);
                if let Some(slot) = self.cache.slot(&node.metadata.name).filter(|_| what.any()) {
                    let node = self.cache.shared(slot);
                    let event = ClusterEvent::Node { node: &node, was: was.as_deref(), change: what };
                    self.retry_after(event, api, now, change.revision.into());
                }
            }
            Object::PersistentVolumeClaim(claim) => {
                if change.op != Op::Deleted {
                    self.volume_waits.observe(claim, now);
                }
                self.retry_after(ClusterEvent::Object(change), api, now, change.revision.into());
            }
            Object::PersistentVolume(_)
            | Object::StorageClass(_)
            | Object::CSINode(_)
            | Object::VolumeAttachment(_) => {
                self.retry_after(ClusterEvent::Object(change), api, now, change.revision.into());
            }
            _ if moves_counts(change) => self.cache.next_epoch(),
            _ => {}
        }
    }

    fn next(&self) -> Option<SimTime> {
        let due = self.queue.next().into_iter().chain(self.volume_waits.next()).min()?;
        Some(due.max(self.busy_until))
    }

    fn run(&mut self, api: &mut ApiServer, now: SimTime) {
        self.busy_until = now + CYCLE_TIME;
        if let Some(uid) = self.volume_waits.pop(now) {
            self.resume(&uid, api, now);
        } else if let Some(queued) = self.queue.pop(now) {
            self.cycle(queued, api, now);
        }
    }
}

/// Whether one of the plug-ins that refused the pod takes `event` for worth another try.
fn worth(
    known: &QueuedPod,
    event: &ClusterEvent<'_>,
    cache: &Cache,
    nominator: &Nominator,
    profiles: &[Profile],
    api: &ApiServer,
) -> bool {
    let Some(profile) = profile_of(&known.pod, profiles).map(|of| &profiles[of]) else { return false };
    let cycle = Cycle { pod: &known.pod, info: &known.info, profile, cache, nominator, api };
    profile.plugins_in(known.refused_by).any(|plugin| plugin.worth_retrying(&cycle, event))
}

/// The place of the profile that a pod asks for, if it is ours.
fn profile_of(pod: &Pod, profiles: &[Profile]) -> Option<usize> {
    let name = pod.spec.scheduler_name.as_deref().unwrap_or(NAME);
    profiles.iter().position(|profile| &*profile.scheduler_name == name)
}

/// Whether what plug-ins have counted may be other because of a change that is not about pods or nodes:
/// which pods a namespace selector means, and which of them belong together.
fn moves_counts(change: &Change) -> bool {
    // A deletion tells the last value, which is the one before it too.
    let previous = change.previous.as_ref().filter(|_| change.op != Op::Deleted);
    match (&change.value, previous) {
        (Object::Namespace(is), Some(Object::Namespace(was))) => is.metadata.labels != was.metadata.labels,
        (Object::Service(is), Some(Object::Service(was))) => is.spec.selector != was.spec.selector,
        (Object::ReplicationController(is), Some(Object::ReplicationController(was))) => {
            is.spec.selector != was.spec.selector
        }
        (Object::Namespace(_) | Object::Service(_) | Object::ReplicationController(_), None) => true,
        (Object::ReplicaSet(_) | Object::StatefulSet(_), _) => change.op == Op::Deleted,
        _ => false,
    }
}

fn new_decision(queued: &QueuedPod, nodes: usize, now: SimTime) -> Decision {
    Decision {
        at: now,
        namespace: queued.pod.metadata.namespace.clone(),
        name: queued.pod.metadata.name.clone(),
        attempt: queued.attempts,
        nodes,
        evaluated: 0,
        feasible: 0,
        scored_by: Vec::new(),
        verdicts: Vec::new(),
        names: Default::default(),
        scores: Vec::new(),
        winner: None,
        message: "".into(),
        preemption: None,
    }
}
