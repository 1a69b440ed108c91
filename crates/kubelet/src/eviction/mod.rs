//! The eviction manager: when the machine runs short of something, pods have to go
//! (upstream: `pkg/kubelet/eviction/eviction_manager.go`).
//!
//! Upstream measures every ten seconds. Here what pods use is known by the pods' own turns, so that a look is only
//! planned for the first of these instants at which something is short, or at which a shortage is over for long enough.

pub(crate) mod limits;
mod ranking;
mod signals;

use crate::node_status;
use crate::pod_worker::{PodWorker, Stage, Verdict};
use crate::rhythm::Beat;
use crate::usage::{self, Uses};
use crate::{Kubelet, Network};
use orrery_api::Pod;
use orrery_apimachinery::Order;
use orrery_apimachinery::Str;
use orrery_client::{ApiServer, Cause, EventType};
use orrery_container_runtime::images::Reference;
use orrery_sim::{Duration, SimTime};
use signals::{Shortage, Signal};
use std::collections::BTreeMap;
use std::rc::Rc;

/// How often the machine is measured (upstream: `evictionMonitoringPeriod`).
const PERIOD: Duration = Duration::from_secs(10);
/// How often it is looked whether an evicted pod is gone, before the machine is measured again, and how long
/// (upstream: `podCleanupPollFreq`, `podCleanupTimeout`).
const CLEANUP_POLL: Duration = Duration::from_secs(1);
const CLEANUP_TIMEOUT: Duration = Duration::from_secs(30);
/// For how long a condition holds after the shortage was last seen (`evictionPressureTransitionPeriod`).
const TRANSITION_PERIOD: Duration = Duration::from_secs(300);
/// Pods of at least this priority are never evicted (upstream: `SystemCriticalPriority`).
const CRITICAL: i32 = 2_000_000_000;

/// What a machine can run short of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strain {
    /// Memory.
    Memory,
    /// Room on its disk.
    Disk,
    /// Process numbers.
    Pids,
}

impl Strain {
    /// The one called `memory`, `disk` or `pids`.
    pub fn named(name: &str) -> Option<Strain> {
        match name {
            "memory" => Some(Strain::Memory),
            "disk" => Some(Strain::Disk),
            "pids" => Some(Strain::Pids),
            _ => None,
        }
    }
}

/// What the manager knows.
#[derive(Clone, Debug)]
pub(crate) struct Manager {
    /// When the machine is measured.
    pub beat: Beat,
    /// What the pods use, by their uids, and all together; pods that use nothing are not listed.
    uses: BTreeMap<Str, Uses>,
    total: Uses,
    /// What something outside the pods uses of memory, disk and process numbers.
    strain: [i64; 3],
    /// When each condition was last seen to hold.
    observed: Vec<(&'static str, SimTime)>,
    /// The pod that was evicted last, and until when its end is waited for.
    leaving: Option<(Str, SimTime)>,
    /// When the machine is measured next.
    pub next: Option<SimTime>,
}

impl Manager {
    /// A manager that measures at `millis` milliseconds into every period.
    pub(crate) fn new(millis: u64) -> Self {
        Manager {
            beat: Beat::every(PERIOD, millis),
            uses: BTreeMap::new(),
            total: Uses::default(),
            strain: [0; 3],
            observed: Vec::new(),
            leaving: None,
            next: None,
        }
    }

    /// A pod is gone.
    pub(crate) fn forget(&mut self, uid: &str) {
        let uses = self.uses.remove(uid).unwrap_or_default();
        self.total = self.total.minus(uses);
    }

    /// Forgets what a kubelet keeps in its memory.
    pub(crate) fn restart(&mut self) {
        self.observed.clear();
        self.leaving = None;
    }
}

impl Kubelet {
    /// Lets something outside the pods use up what the machine has.
    pub fn strain(&mut self, what: Strain, now: SimTime) {
        self.manager.strain[what as usize] = signals::all_but_a_little(what, &self.node, &self.manager, now);
        self.plan_measurement(now);
    }

    /// Gives the machine back what was used up.
    pub fn relieve(&mut self, now: SimTime) {
        self.manager.strain = [0; 3];
        self.plan_measurement(now);
    }

    /// Notes what a pod uses from now on; when that changes by itself.
    pub(crate) fn note_usage(
        &mut self,
        worker: &PodWorker,
        pod: Option<&Pod>,
        now: SimTime,
    ) -> Option<SimTime> {
        let (uses, next) = pod.map_or((Uses::default(), None), |pod| usage::of(pod, worker, now));
        let before = self.manager.uses.get(&worker.uid).copied().unwrap_or_default();
        if uses != before {
            let manager = &mut self.manager;
            manager.total = manager.total.minus(before).plus(uses);
            if uses == Uses::default() {
                manager.uses.remove(&worker.uid);
            } else {
                manager.uses.insert(worker.uid.clone(), uses);
            }
            self.plan_measurement(now);
        }
        next
    }

    /// Plans the next measurement at which there is something to do.
    pub(crate) fn plan_measurement(&mut self, from: SimTime) {
        let manager = &self.manager;
        let short = !signals::shortages(&self.node, manager, from).is_empty()
            || manager.uses.values().any(|uses| uses.beyond_limits);
        let over = manager.observed.iter().map(|(_, seen)| *seen + TRANSITION_PERIOD).min();
        let next = if short { Some(from) } else { over.map(|at| at.max(from)) };
        self.manager.next = next.map(|at| manager.beat.from(at));
    }

    /// Measures the machine, and does something about what is short (upstream: `synchronize`).
    pub(crate) fn measure(&mut self, api: &mut ApiServer, network: &mut dyn Network, now: SimTime) {
        if self.waits_for_the_evicted(now) {
            self.manager.next = Some(now + CLEANUP_POLL);
            return;
        }
        let shortages = signals::shortages(&self.node, &self.manager, now);
        self.update_conditions(&shortages, api, now);
        self.plan_measurement(SimTime::from_nanos(now.as_nanos() + 1));
        let evicted = match self.evict_beyond_limits(api, now) {
            Some(uid) => Some(uid),
            None => self.reclaim(&shortages, api, network, now),
        };
        if let Some(uid) = evicted {
            self.manager.leaving = Some((uid, now + CLEANUP_TIMEOUT));
            self.manager.next = Some(now + CLEANUP_POLL);
        }
    }

    fn waits_for_the_evicted(&mut self, now: SimTime) -> bool {
        let Some((uid, until)) = &self.manager.leaving else { return false };
        let cleaned_up = |worker: &Rc<PodWorker>| matches!(worker.stage, Stage::Terminated | Stage::Finished);
        if now >= *until || self.workers.get(uid).is_none_or(cleaned_up) {
            self.manager.leaving = None;
        }
        self.manager.leaving.is_some()
    }

    /// A condition holds while the shortage is seen, and some time longer.
    fn update_conditions(&mut self, shortages: &[Shortage], api: &mut ApiServer, now: SimTime) {
        let observed = &mut self.manager.observed;
        observed.retain(|(_, seen)| now.since(*seen) < TRANSITION_PERIOD);
        for shortage in shortages {
            let condition = shortage.signal.condition();
            observed.retain(|(known, _)| *known != condition);
            observed.push((condition, now));
        }
        observed.order();
        let ailments: Vec<&'static str> = observed.iter().map(|(condition, _)| *condition).collect();
        if ailments != self.node.ailments {
            self.node.ailments = ailments;
            node_status::tell(&mut self.node, &mut self.identity.act(api, now, Cause::TIME));
        }
    }

    /// Gets back some of what is short, memory first: by what the node itself can spare, or by a pod. The pod that has
    /// to go.
    fn reclaim(
        &mut self,
        shortages: &[Shortage],
        api: &mut ApiServer,
        network: &mut dyn Network,
        now: SimTime,
    ) -> Option<Str> {
        let worst = shortages.first()?;
        let resource = worst.signal.resource();
        let mut cx = self.identity.act(api, now, Cause::TIME);
        if let Some(node) = cx.get::<orrery_api::Node>("", &self.node.config.name) {
            let message = format!("Attempting to reclaim {resource}");
            cx.event(&*node, EventType::Warning, "EvictionThresholdMet", message);
        }
        if worst.signal == Signal::Disk {
            self.remove_unused_images(api, network, now);
            if signals::shortages(&self.node, &self.manager, now).is_empty() {
                return None;
            }
        }
        for (pod, worker) in ranking::rank(worst.signal, self.candidates(api), now) {
            let message = ranking::message(worst, &pod, &worker, now);
            if self.evict(&pod, message, true, api, now) {
                return Some(pod.metadata.uid.clone());
            }
        }
        None
    }

    /// The pods that have something running and are not on their way out already.
    fn candidates(&self, api: &ApiServer) -> Vec<(Rc<Pod>, Rc<PodWorker>)> {
        let active = self.workers.values().filter(|worker| {
            worker.stage == Stage::Syncing
                && !worker.stopping
                && worker.verdict.is_none()
                && worker.share.is_some()
        });
        let known = |worker: &Rc<PodWorker>| api.get::<Pod>(&worker.namespace, &worker.name).cloned();
        active.filter_map(|worker| Some((known(worker)?, worker.clone()))).collect()
    }

    fn remove_unused_images(&mut self, api: &ApiServer, network: &mut dyn Network, now: SimTime) {
        let pods = api.pods_on(&self.node.config.name);
        let containers = pods.flat_map(|pod| pod.spec.init_containers.iter().chain(&pod.spec.containers));
        let references = containers.filter_map(|c| Reference::parse(c.image.as_deref()?).ok());
        let used: Vec<Str> = references.map(|reference| network.registries().name(&reference)).collect();
        self.node.images.keep_only(&used, now);
    }

    /// Ends a pod for the sake of the node; false when it must not be (upstream: `evictPod`).
    fn evict(
        &mut self,
        pod: &Pod,
        message: String,
        disrupts: bool,
        api: &mut ApiServer,
        now: SimTime,
    ) -> bool {
        if is_critical(pod) {
            return false;
        }
        let Some(worker) = self.workers.get_mut(&pod.metadata.uid) else { return false };
        let worker = Rc::make_mut(worker);
        self.identity.act(api, now, Cause::TIME).event(pod, EventType::Warning, "Evicted", message.as_str());
        worker.verdict = Some(Box::new(Verdict {
            reason: "Evicted".into(),
            message: message.into(),
            // Upstream: `immediateEvictionGracePeriodSeconds`.
            grace: Some(1),
            disrupts,
        }));
        worker.plan = None;
        worker.ask(now);
        self.queue.add(pod.metadata.uid.clone(), now, Cause::TIME);
        true
    }
}

/// Whether a node keeps a pod whatever it is short of (upstream: `IsCriticalPod`).
pub(crate) fn is_critical(pod: &Pod) -> bool {
    pod.spec.priority.is_some_and(|priority| priority >= CRITICAL)
}
