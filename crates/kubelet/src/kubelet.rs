//! The component: one kubelet, which wakes its pod workers when something is due for them.

use crate::admission::{self, Rejection};
use crate::eviction::Manager;
use crate::life::Life;
use crate::node::Node;
use crate::node_status;
use crate::outside::Peers;
use crate::pod_worker::{PodWorker, Stage};
use crate::status::is_final;
use crate::sync::Turn;
use crate::volumes::next_look;
use crate::{Arrival, Network, NodeConfig, RuntimeProfile};
use orrery_api::{Object, PersistentVolumeClaim, Pod, PodStatus, Resource};
use orrery_apimachinery::Str;
use orrery_client::{ApiServer, Cause, Change, Context, EventType, Identity, Op, Recorder, WorkQueue};
use orrery_container_runtime::{Answer, Message, Reply, Target, Unreachable};
use orrery_sim::SimTime;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::rc::Rc;

/// In the queue: that there is news of the node itself.
pub(crate) const NODE: &str = "";

/// The kubelet of one node.
#[derive(Clone, Debug)]
pub struct Kubelet {
    pub(crate) identity: Identity,
    pub(crate) node: Node,
    /// The workers by the uid of their pod. Shared with checkpoints until they change.
    pub(crate) workers: BTreeMap<Str, Rc<PodWorker>>,
    pub(crate) queue: WorkQueue<Str>,
    pub(crate) life: Life,
    pub(crate) manager: Manager,
}

impl Kubelet {
    /// Whether images are pulled or containers made, or the next relisting finds that some were.
    pub fn starts_containers(&self, now: SimTime) -> bool {
        let relist = self.node.relist.after(now);
        self.workers.values().any(|worker| {
            worker.plan.as_ref().is_some_and(|plan| plan.starts_a_container())
                || worker.relist_at.is_some_and(|at| at <= relist)
        })
    }

    /// The kubelet of the node `config` of the run with `seed`; it is off until it is started.
    pub fn new(seed: u64, config: NodeConfig, profile: RuntimeProfile) -> Self {
        let recorder = Recorder::new("kubelet", Some(&config.name));
        // The looks of different kubelets are spread over the period.
        let manager = Manager::new(config.index as u64 * 370 % 10_000);
        Kubelet {
            identity: Identity::new(seed, &format!("kubelet/{}", config.name), recorder),
            node: Node::new(config, profile),
            workers: BTreeMap::new(),
            queue: WorkQueue::default(),
            life: Life::new(),
            manager,
        }
    }

    /// Starts to work on a pod.
    fn take_on(&mut self, pod: &Pod, now: SimTime, cause: Cause) {
        if is_final(pod.status.phase.as_deref()) && !pod.metadata.terminating() {
            return;
        }
        let worker = PodWorker::new(pod, now);
        let uid = worker.uid.clone();
        self.workers.insert(uid.clone(), Rc::new(worker));
        self.queue.add(uid, now, cause);
    }

    /// Admits a pod to the node, or turns it away.
    fn admit(node: &mut Node, worker: &mut PodWorker, pod: &Pod, cx: &mut Context<'_>) {
        if worker.share.is_some()
            || worker.verdict.is_some()
            || worker.stage != Stage::Syncing
            || worker.stopping
        {
            return;
        }
        let share = admission::share_of(pod);
        let taken = admission::check_condition(pod, &node.ailments).and_then(|()| node.allotted.take(&share));
        match taken {
            Ok(()) => worker.share = Some(share),
            Err(rejection) => {
                worker.stage = Stage::Finished;
                turn_away(pod, &rejection, cx);
            }
        }
    }

    /// Lets a worker take its turn.
    pub(crate) fn wake(
        &mut self,
        uid: &Str,
        api: &mut ApiServer,
        network: &mut dyn Network,
        now: SimTime,
        cause: Cause,
    ) {
        if &**uid == NODE {
            return node_status::tell(&mut self.node, &mut self.identity.act(api, now, cause));
        }
        // It is away while it works, so that its containers can reach those of the others.
        let Some(mut worker) = self.workers.remove(uid) else { return };
        let (over, next) = self.turn(Rc::make_mut(&mut worker), api, network, now, cause);
        let pod = worker.gone.as_ref().or(api.get::<Pod>(&worker.namespace, &worker.name)).cloned();
        let change = self.note_usage(&worker, pod.as_deref().filter(|_| !over), now);
        let next = next.into_iter().chain(change).min();
        self.workers.insert(uid.clone(), worker);
        self.tell_volumes(now, cause);
        if over {
            self.forget(uid);
        } else if let Some(at) = next {
            let cause = if at > now { cause.later() } else { cause };
            self.queue.add(uid.clone(), at.max(now), cause);
        }
    }

    /// Lets a worker do what is due; whether nothing is left of its pod, and when it next has something to do.
    fn turn(
        &mut self,
        worker: &mut PodWorker,
        api: &mut ApiServer,
        network: &mut dyn Network,
        now: SimTime,
        cause: Cause,
    ) -> (bool, Option<SimTime>) {
        let Some(pod) = worker.pod(api) else {
            // Its deletion is on the way here; nothing can be done for it before.
            worker.sync_at = None;
            return (false, None);
        };
        let mut cx = self.identity.act(api, now, cause);
        Self::admit(&mut self.node, worker, &pod, &mut cx);
        let peers = Peers { workers: &mut self.workers, queue: &mut self.queue, network };
        let mut turn = Turn { node: &mut self.node, worker, cx, pod, peers, over: false };
        turn.take();
        (turn.over, turn.worker.next())
    }

    /// Whether an address is that of the node, or one of those that its pods get.
    pub fn has_address(&self, address: Ipv4Addr) -> bool {
        self.node.has_address(address)
    }

    /// Lets a pod of the node answer a message from beyond it.
    pub fn answer(
        &mut self,
        api: &ApiServer,
        network: &mut dyn Network,
        to: Arrival,
        message: &Message,
        now: SimTime,
    ) -> Answer<Result<Reply, Unreachable>> {
        let mut peers = Peers { workers: &mut self.workers, queue: &mut self.queue, network };
        peers.answer(api, &mut self.node, to, message, now)
    }

    /// The pod of the node that has an address of its own: its namespace and its name.
    pub fn pod_at(&self, address: Ipv4Addr) -> Option<(Str, Str)> {
        let worker = self.workers.values().find(|worker| worker.address == Some(u32::from(address)))?;
        Some((worker.namespace.clone(), worker.name.clone()))
    }

    /// Whether a pod of the node has a container that ran until an instant and may have answered there.
    pub fn is_served(&self, end: Target, at: SimTime) -> bool {
        let address = Some(u32::from(end.address)).filter(|a| self.node.addresses.covers(*a));
        let mut there = self.workers.values().filter(|worker| worker.address == address);
        self.is_on() && there.any(|worker| worker.runs.iter().any(|run| run.runs_at(at)))
    }

    /// The volumes in use are told with the node's next status (upstream: `nodeStatusUpdateFrequency`).
    fn tell_volumes(&mut self, now: SimTime, cause: Cause) {
        if std::mem::take(&mut self.node.volumes_changed) {
            self.queue.add(NODE.into(), self.manager.beat.from(now), cause);
        }
    }

    /// Volumes were attached to the node: pods that wait for some look whether theirs are.
    fn volumes_attached(&mut self, now: SimTime, cause: Cause) {
        for (uid, worker) in &mut self.workers {
            if worker.plan.is_some()
                && Rc::make_mut(worker).plan.as_mut().is_some_and(|plan| plan.try_to_mount(now))
            {
                self.queue.add(uid.clone(), now, cause);
            }
        }
    }

    /// A claim changed: the pods that have its volume are looked at when it is time (upstream: `checkVolumeFSResize`).
    fn claim_changed(&mut self, claim: &PersistentVolumeClaim, now: SimTime, cause: Cause) {
        let Some(volume) = &claim.spec.volume_name else { return };
        for (uid, worker) in &mut self.workers {
            if worker.volumes.as_ref().is_some_and(|volumes| volumes.has(volume)) {
                let at = next_look(uid, now);
                Rc::make_mut(worker).ask(at);
                self.queue.add(uid.clone(), at, cause);
            }
        }
    }

    pub(crate) fn forget(&mut self, uid: &str) {
        self.node.let_go_of_volumes(uid);
        let Some(worker) = self.workers.remove(uid) else { return };
        self.manager.forget(uid);
        if let Some(share) = &worker.share {
            self.node.allotted.release(share);
        }
        if let Some(address) = worker.address {
            self.node.addresses.release(address);
        }
    }

    /// Hears of a pod of this node that was written.
    pub(crate) fn pod_written(&mut self, pod: &Rc<Pod>, old: Option<&Rc<Pod>>, now: SimTime, cause: Cause) {
        let uid = &pod.metadata.uid;
        let Some(worker) = self.workers.get_mut(uid) else {
            self.take_on(pod, now, cause);
            return;
        };
        if old.is_some_and(|old| only_status_differs(old, pod)) {
            return;
        }
        let worker = Rc::make_mut(worker);
        worker.stopping |= pod.metadata.terminating();
        // Annotations say what containers answer.
        worker.doubt_probes(now);
        worker.ask(now);
        self.queue.add(uid.clone(), now, cause);
    }

    /// Hears that a pod of this node is gone from the API server.
    pub(crate) fn pod_gone(&mut self, pod: &Rc<Pod>, now: SimTime, cause: Cause) {
        let uid = &pod.metadata.uid;
        let Some(worker) = self.workers.get_mut(uid) else { return };
        if worker.stage == Stage::Finished {
            self.forget(uid);
            return;
        }
        let worker = Rc::make_mut(worker);
        worker.gone = Some(pod.clone());
        worker.stopping = true;
        worker.ask(now);
        self.queue.add(uid.clone(), now, cause);
    }
}

impl Kubelet {
    /// Hears of a change of its pods or its node. Only computes which pods to look at.
    pub fn observe(&mut self, change: &Change, now: SimTime) {
        if let Object::Node(node) = &change.value
            && self.life.hears()
            && node.spec.unschedulable != self.node.unschedulable
        {
            // Upstream looks at its node every ten seconds, too (`nodeStatusUpdateFrequency`).
            self.queue.add(NODE.into(), self.manager.beat.from(now), change.revision.into());
        }
        if let Object::Node(node) = &change.value
            && let Some(old) = change.previous.as_ref().and_then(orrery_api::Node::unwrap_ref)
            && (old.status.volumes_attached != node.status.volumes_attached
                || old.status.volumes_in_use != node.status.volumes_in_use)
            && self.life.hears()
        {
            self.volumes_attached(now, change.revision.into());
        }
        if let Object::PersistentVolumeClaim(claim) = &change.value
            && self.life.hears()
        {
            self.claim_changed(claim, now, change.revision.into());
        }
        let Some(pod) = Pod::unwrap_ref(&change.value) else { return };
        if !self.life.hears() || pod.node_name.as_ref() != Some(&self.node.config.name) {
            return;
        }
        match change.op {
            Op::Deleted => self.pod_gone(pod, now, change.revision.into()),
            Op::Added | Op::Modified => {
                let old = change.previous.as_ref().and_then(Pod::unwrap_ref);
                self.pod_written(pod, old, now, change.revision.into());
            }
        }
    }

    /// When it next has something to do; `None` while it only waits for changes.
    pub fn next(&self) -> Option<SimTime> {
        let next = self.queue.next().into_iter().chain(self.manager.next).min();
        next.filter(|_| self.life.works())
    }

    /// Does one unit of the work that is due at `now`.
    pub fn run(&mut self, api: &mut ApiServer, network: &mut dyn Network, now: SimTime) {
        self.work(api, network, now);
    }
}

/// Says that the node has no room for a pod (upstream: `kubelet.rejectPod`).
fn turn_away(pod: &Pod, rejection: &Rejection, cx: &mut Context<'_>) {
    let Rejection { reason, message } = rejection;
    cx.event(pod, EventType::Warning, reason, message.clone());
    let status = PodStatus {
        phase: Some("Failed".into()),
        reason: Some(reason.as_str().into()),
        message: Some(format!("Pod was rejected: {message}").into()),
        qos_class: pod.status.qos_class.clone(),
        start_time: Some(cx.date()),
        ..Default::default()
    };
    // Refused only when the pod is gone: then nobody asks.
    let _ = cx.modify_status::<Pod>(&pod.metadata.namespace, &pod.metadata.name, |p| p.status = status);
}

/// Whether a write changed nothing that a kubelet acts upon. Conditions that readiness gates wait for do count.
fn only_status_differs(old: &Pod, new: &Pod) -> bool {
    let same = |a: &Pod, b: &Pod| {
        a.metadata.deletion_timestamp == b.metadata.deletion_timestamp
            && a.metadata.deletion_grace_period_seconds == b.metadata.deletion_grace_period_seconds
            && a.metadata.annotations == b.metadata.annotations
            && a.metadata.labels == b.metadata.labels
            && a.metadata.finalizers == b.metadata.finalizers
            && (Rc::ptr_eq(&a.spec, &b.spec) || a.spec == b.spec)
    };
    let gates = &new.spec.readiness_gates;
    let gate = |pod: &Pod, name: &str| {
        pod.status.conditions.iter().find(|c| &*c.type_ == name).map(|c| c.status.clone())
    };
    same(old, new) && gates.iter().all(|g| gate(old, &g.condition_type) == gate(new, &g.condition_type))
}
