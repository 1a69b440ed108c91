//! A worker's turn: one look at its pod, and what follows from it (upstream: `pkg/kubelet/kubelet.go`, `SyncPod`).

use crate::node::Node;
use crate::outside::Peers;
use crate::pod_worker::{PodWorker, Stage, Verdict, container, is_ephemeral};
use crate::status::{View, is_final};
use orrery_api::{Pod, PodStatus};
use orrery_client::{Context, EventType};
use orrery_sim::{Duration, SimTime};
use std::rc::Rc;

/// One worker's turn, with all that it can reach.
pub(crate) struct Turn<'a, 'b> {
    pub node: &'a mut Node,
    pub worker: &'a mut PodWorker,
    pub cx: Context<'b>,
    pub pod: Rc<Pod>,
    pub peers: Peers<'a>,
    /// Set when nothing is left of the pod.
    pub over: bool,
}

impl Turn<'_, '_> {
    /// The virtual time.
    pub(crate) fn now(&self) -> SimTime {
        self.cx.now()
    }

    /// The relisting of containers that is believed now.
    pub(crate) fn seen_at(&self) -> SimTime {
        self.node.relist.last(self.now())
    }

    /// Does everything that is due.
    pub(crate) fn take(&mut self) {
        let now = self.now();
        let pod = self.pod.clone();
        self.worker.take_in(&pod.spec);
        self.look_after_containers();
        if self.worker.relist_at.is_some_and(|at| at <= now) {
            self.worker.relist_at = self.next_end().map(|end| self.node.relist.from(end));
            self.worker.ask(now);
        }
        if self.worker.deadline.is_some_and(|at| at <= now) {
            self.deadline_exceeded();
        }
        if self.worker.stage == Stage::Syncing && self.worker.stopping {
            self.worker.plan = None;
            self.worker.stage = Stage::Terminating(false);
        }
        self.go_on_stopping();
        self.go_on();
        self.probe();
        self.finish_kill();
        self.look();
    }

    /// Looks at the pod, if that is due and the cache is newer than the last look.
    fn look(&mut self) {
        let now = self.now();
        let killing = self.worker.stage == Stage::Terminating(true);
        if killing || self.worker.is_busy() || self.worker.sync_at.is_none_or(|at| at > now) {
            return;
        }
        let ready = self.node.ready_at(now, self.worker.last_sync);
        if ready > now {
            self.worker.sync_at = Some(ready);
            return;
        }
        self.worker.sync_at = None;
        match self.worker.stage {
            Stage::Syncing => self.sync(),
            Stage::Terminating(_) => self.terminate(),
            Stage::Terminated => self.finish(),
            Stage::Finished => self.let_go(),
        }
    }

    fn sync(&mut self) {
        let at = self.seen_at();
        let over = self.write_status(at);
        if self.worker.verdict.is_none() {
            self.worker.deadline = self.deadline();
        }
        if over {
            self.worker.stage = Stage::Terminating(false);
            self.end_look();
            self.worker.ask(self.cx.now());
            return;
        }
        self.trigger_readiness();
        self.begin_plan(at);
    }

    /// The first beat of the worker at which the pod's time is up.
    fn deadline(&self) -> Option<SimTime> {
        let seconds = u64::try_from(self.pod.spec.active_deadline_seconds?).ok()?;
        let start = self.cx.api().instant(self.pod.status.start_time?);
        Some(self.node.tick.from(start + Duration::from_secs(seconds)))
    }

    fn deadline_exceeded(&mut self) {
        self.worker.deadline = None;
        if self.worker.stage != Stage::Syncing || self.worker.verdict.is_some() {
            return;
        }
        const REASON: &str = "DeadlineExceeded";
        const MESSAGE: &str = "Pod was active on the node longer than the specified deadline";
        let (reason, message) = (REASON.into(), MESSAGE.into());
        self.worker.verdict = Some(Box::new(Verdict { reason, message, grace: None, disrupts: false }));
        self.worker.plan = None;
        let pod = self.pod.clone();
        self.cx.event(&*pod, EventType::Normal, REASON, MESSAGE);
        let now = self.now();
        self.worker.ask(now);
    }

    /// Makes the status and stores it, if it is news. A pod whose containers may still run is not yet said to be
    /// over (upstream: `mergePodStatus`). Returns whether it is.
    pub(crate) fn write_status(&mut self, at: SimTime) -> bool {
        let mut status = self.view(at, false).build();
        let over = is_final(status.phase.as_deref());
        let old = &self.pod.status;
        if over && !is_final(old.phase.as_deref()) {
            status.phase = old.phase.clone();
            status.reason = old.reason.clone();
            status.message = old.message.clone();
        }
        self.store_status(status);
        over
    }

    /// What a status is made from, if the relisting at `at` is believed.
    pub(crate) fn view(&self, at: SimTime, terminal: bool) -> View<'_> {
        View {
            pod: &self.pod,
            worker: self.worker,
            node: self.node,
            api: self.cx.api(),
            now: self.cx.now(),
            at,
            terminal,
        }
    }

    /// Stores a status, if it is news.
    pub(crate) fn store_status(&mut self, status: PodStatus) {
        if status == self.pod.status || self.worker.gone.is_some() {
            return;
        }
        let (namespace, name) = (self.worker.namespace.clone(), self.worker.name.clone());
        // The pod was read in this turn: a status can only be refused when it is gone.
        if let Ok(pod) = self.cx.modify_status::<Pod>(&namespace, &name, |p| p.status = status) {
            self.pod = pod;
            self.arm_probes();
        }
    }

    /// When the next container ends, as far as is known.
    fn next_end(&self) -> Option<SimTime> {
        let now = self.now();
        let ends = self.worker.runs.iter().filter_map(|r| r.current.as_ref()).filter_map(|i| i.ends);
        ends.filter(|end| *end > now).min()
    }

    /// Containers have changed: the next relisting will find it.
    pub(crate) fn containers_changed(&mut self) {
        let next = self.node.relist.after(self.now());
        self.worker.relist_at = Some(self.worker.relist_at.map_or(next, |at| at.min(next)));
    }

    /// An event about the container with the number `index` (upstream: `kubecontainer.GenerateContainerRef`).
    pub(crate) fn event_of(
        &mut self,
        index: usize,
        r#type: EventType,
        reason: &str,
        message: impl Into<String>,
    ) {
        let pod = self.pod.clone();
        let (spec, is_init) = container(&pod.spec, index);
        let list = match is_init {
            true => "initContainers",
            false if is_ephemeral(&pod.spec, index) => "ephemeralContainers",
            false => "containers",
        };
        let part = ["spec.", list, "{", &spec.name, "}"].concat();
        self.cx.event_in(&*pod, &part, r#type, reason, message);
    }

    pub(crate) fn end_look(&mut self) {
        self.worker.last_sync = Some(self.now());
    }
}
