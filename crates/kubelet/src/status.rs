//! The status of a pod as its kubelet sees it (upstream: `pkg/kubelet/kubelet_pods.go`, `generateAPIPodStatus`,
//! and `pkg/kubelet/status`).

mod conditions;
mod phase;

use crate::node::Node;
use crate::pod_worker::{PodWorker, Run, Sandbox, container, is_ephemeral, is_sidecar, should_restart};
use crate::words::Word;
use crate::{ip, pod_worker::Instance};
use conditions::{Verdict, containers_ready, gates_ready, initialized};
use orrery_api::{
    Container, ContainerState, ContainerStateRunning, ContainerStateTerminated, ContainerStateWaiting,
    ContainerStatus, HostIP, Pod, PodCondition, PodIP, PodStatus, VolumeMount, VolumeMountStatus,
};
use orrery_apimachinery::Order;
use orrery_apimachinery::{Str, Time};
use orrery_client::ApiServer;
use orrery_sim::{Random, SimTime};

/// What a status is made from.
pub(crate) struct View<'a> {
    pub pod: &'a Pod,
    pub worker: &'a PodWorker,
    pub node: &'a Node,
    pub api: &'a ApiServer,
    pub now: SimTime,
    /// The relisting of containers that is believed.
    pub at: SimTime,
    /// Whether the pod's containers are stopped for good.
    pub terminal: bool,
}

/// The conditions of a pod that its kubelet answers for.
pub(crate) const OWN_CONDITIONS: [Word; 5] = [
    Word::PodReadyToStartContainers,
    Word::Initialized,
    Word::Ready,
    Word::ContainersReady,
    Word::PodScheduled,
];

/// Whether a phase is one that a pod never leaves.
pub(crate) fn is_final(phase: Option<&str>) -> bool {
    matches!(phase, Some("Succeeded" | "Failed"))
}

impl View<'_> {
    /// The status.
    pub(crate) fn build(&self) -> PodStatus {
        let old = &self.pod.status;
        let spec = &*self.pod.spec;
        let inits = spec.init_containers.len();
        let mut all: Vec<ContainerStatus> =
            (0..self.worker.runs.len()).map(|i| self.container_status(i)).collect();
        let mut ephemeral_container_statuses = all.split_off(inits + spec.containers.len());
        let phase = self.phase(&all);
        let conditions = self.conditions(&all, &phase);
        let (init_container_statuses, mut container_statuses) = split(all, inits);
        container_statuses.order_by(|a, b| a.name.cmp(&b.name));
        ephemeral_container_statuses.order_by(|a, b| a.name.cmp(&b.name));
        let same_phase = old.phase.as_ref() == Some(&phase);
        let mut status = PodStatus {
            conditions,
            container_statuses,
            init_container_statuses,
            start_time: old.start_time.or(Some(self.date(self.now))),
            // The reason and the message belong to the phase.
            reason: old.reason.clone().filter(|_| same_phase),
            message: old.message.clone().filter(|_| same_phase),
            ephemeral_container_statuses,
            host_ip: old.host_ip.clone(),
            host_ips: old.host_ips.clone(),
            // The scheduler's; upstream's kubelet does not know of it and so takes it away.
            nominated_node_name: None,
            pod_ip: old.pod_ip.clone(),
            pod_ips: old.pod_ips.clone(),
            qos_class: old.qos_class.clone(),
            resize: old.resize.clone(),
            resource_claim_statuses: old.resource_claim_statuses.clone(),
            phase: None,
        };
        status.phase = Some(phase);
        if let Some(verdict) = &self.worker.verdict {
            (status.reason, status.message) = (Some(verdict.reason.clone()), Some(verdict.message.clone()));
        }
        self.set_addresses(&mut status);
        status
    }

    fn date(&self, at: SimTime) -> Time {
        self.api.date(at)
    }

    fn word(&self, word: Word) -> Str {
        self.node.words.get(word)
    }

    fn set_addresses(&self, status: &mut PodStatus) {
        let host = &self.node.address;
        if status.host_ip.as_ref() != Some(host) {
            status.host_ip = Some(host.clone());
            status.host_ips = vec![HostIP { ip: host.clone() }];
        }
        let unseen = matches!(self.worker.sandbox, Sandbox::Ready(since) if since > self.at);
        let address = match self.worker.address.filter(|_| !unseen) {
            _ if self.pod.spec.host_network => Some(host.clone()),
            // A stopped sandbox keeps the address in the status.
            None => status.pod_ip.clone(),
            Some(address) => Some(
                status
                    .pod_ip
                    .clone()
                    .filter(|t| ip::parse_address(t) == Some(address))
                    .unwrap_or_else(|| ip::text(address)),
            ),
        };
        if status.pod_ip != address {
            status.pod_ips = address.iter().map(|ip| PodIP { ip: ip.clone() }).collect();
            status.pod_ip = address;
        }
    }

    // --- containers ---

    fn container_status(&self, i: usize) -> ContainerStatus {
        let (spec, is_init) = container(&self.pod.spec, i);
        let run = &self.worker.runs[i];
        let mut status = match &run.current {
            Some(instance) => self.of_instance(&spec, run, instance),
            None => self.of_none(&spec),
        };
        status.volume_mounts = self.mounts(&spec);
        self.apply_waiting(&mut status, is_init, run);
        if !is_ephemeral(&self.pod.spec, i) {
            self.apply_probes(&mut status, &spec, is_init, run);
        }
        status
    }

    /// A container that was never started.
    fn of_none(&self, spec: &Container) -> ContainerStatus {
        let reason = if self.pod.spec.init_containers.is_empty() {
            Word::ContainerCreating
        } else {
            Word::PodInitializing
        };
        ContainerStatus {
            name: spec.name.clone(),
            image: spec.image.clone().unwrap_or_default(),
            image_id: Str::default(),
            state: waiting(self.word(reason), None),
            ..Default::default()
        }
    }

    fn of_instance(&self, spec: &Container, run: &Run, instance: &Instance) -> ContainerStatus {
        let id = container_id(&self.worker.uid, &spec.name, instance.attempt);
        let state = if instance.runs_at(self.at) {
            let started_at = Some(self.date(instance.started));
            ContainerState { running: Some(ContainerStateRunning { started_at }), ..Default::default() }
        } else {
            self.terminated(&spec.name, instance)
        };
        let last_state = match &run.previous {
            Some(previous) if self.remembers(instance) => self.terminated(&spec.name, previous),
            _ => ContainerState::default(),
        };
        ContainerStatus {
            name: spec.name.clone(),
            image: instance.image.clone(),
            image_id: instance.image.clone(),
            container_id: Some(id),
            restart_count: instance.attempt,
            state,
            last_state,
            ..Default::default()
        }
    }

    /// The mounts; those below them are read-only too where that is asked for, which the runtime can do.
    fn mounts(&self, spec: &Container) -> Vec<VolumeMountStatus> {
        let recursive = |m: &VolumeMount| match m.recursive_read_only.as_deref() {
            Some("Enabled" | "IfPossible") => Word::Enabled,
            _ => Word::Disabled,
        };
        let status = |m: &VolumeMount| VolumeMountStatus {
            mount_path: m.mount_path.clone(),
            name: m.name.clone(),
            read_only: m.read_only,
            recursive_read_only: m.read_only.then(|| self.word(recursive(m))),
        };
        spec.volume_mounts.iter().map(status).collect()
    }

    /// Whether the run before `instance` is still known: once a container has ended, the kubelet soon
    /// removes the one before it (upstream: `containerDeletor`).
    fn remembers(&self, instance: &Instance) -> bool {
        instance.ends.is_none_or(|end| self.at <= self.node.relist.from(end))
    }

    fn terminated(&self, name: &str, instance: &Instance) -> ContainerState {
        let note = instance.note.as_deref();
        let reason = note.and_then(|n| n.reason.clone()).unwrap_or_else(|| {
            self.word(if instance.exit_code == 0 { Word::Completed } else { Word::Error })
        });
        let terminated = ContainerStateTerminated {
            container_id: Some(container_id(&self.worker.uid, name, instance.attempt)),
            exit_code: instance.exit_code,
            reason: Some(reason),
            message: note.and_then(|n| n.message.clone()),
            started_at: Some(self.date(instance.started)),
            finished_at: instance.ends.map(|end| self.date(end)),
            ..Default::default()
        };
        ContainerState { terminated: Some(Box::new(terminated)), ..Default::default() }
    }

    /// A container that is to be started and cannot shows why.
    fn apply_waiting(&self, status: &mut ContainerStatus, is_init: bool, run: &Run) {
        let done = is_init && run.ended_by(self.at).is_some_and(|i| i.exit_code == 0);
        if done || !should_restart(self.pod, run, self.at) {
            return;
        }
        if let Some((reason, message)) = run.waiting() {
            if status.state.terminated.is_some() {
                status.last_state = std::mem::take(&mut status.state);
            }
            status.state = waiting(reason.clone(), Some(message.clone()));
        }
    }

    /// Whether the container has started up and can serve (upstream: `prober.UpdatePodStatus`).
    fn apply_probes(&self, status: &mut ContainerStatus, spec: &Container, is_init: bool, run: &Run) {
        let probes = run.probes.as_deref();
        let attempt = run.current.as_ref().map(|i| i.attempt);
        let runs = status.state.running.is_some();
        let started = runs && probes.is_none_or(|p| p.is_started(attempt));
        status.started = Some(started);
        status.ready = if is_init && !is_sidecar(spec) {
            status.state.terminated.as_ref().is_some_and(|t| t.exit_code == 0)
        } else {
            started && probes.is_none_or(|p| p.is_ready(attempt))
        };
    }

    // --- the pod ---

    /// Upstream: `getPhase`, and what overrides it.
    fn phase(&self, all: &[ContainerStatus]) -> Str {
        if is_final(self.pod.status.phase.as_deref()) {
            return self.pod.status.phase.clone().expect("a final phase is a phase");
        }
        if self.worker.verdict.is_some() {
            return self.word(Word::Failed);
        }
        self.word(phase::phase(&self.pod.spec, all, self.terminal))
    }

    fn conditions(&self, all: &[ContainerStatus], phase: &str) -> Vec<PodCondition> {
        let spec = &*self.pod.spec;
        let old = &self.pod.status.conditions;
        let mut conditions: Vec<PodCondition> =
            old.iter().filter(|c| !OWN_CONDITIONS.iter().any(|own| own.is(&c.type_))).cloned().collect();
        conditions.extend(self.disruption());
        let containers_ready = containers_ready(spec, all, phase);
        let ready = gates_ready(self.pod, &containers_ready);
        let has_sandbox = matches!(self.worker.sandbox, Sandbox::Ready(since) if since <= self.at);
        let verdicts = [
            (OWN_CONDITIONS[0], Verdict::plain(has_sandbox)),
            (OWN_CONDITIONS[1], initialized(spec, all, phase)),
            (OWN_CONDITIONS[2], ready),
            (OWN_CONDITIONS[3], containers_ready),
            (OWN_CONDITIONS[4], Verdict::plain(true)),
        ];
        conditions.extend(verdicts.into_iter().map(|(type_, verdict)| self.condition(type_, verdict)));
        conditions
    }

    /// Says that the pod goes for the sake of its node, if nothing says so yet.
    fn disruption(&self) -> Option<PodCondition> {
        const TYPE: &str = "DisruptionTarget";
        let verdict = self.worker.verdict.as_ref().filter(|verdict| verdict.disrupts)?;
        let known = self.pod.status.conditions.iter().any(|c| &*c.type_ == TYPE && &*c.status == "True");
        (!known).then(|| PodCondition {
            type_: TYPE.into(),
            status: self.word(Word::True),
            reason: Some("TerminationByKubelet".into()),
            message: Some(verdict.message.clone()),
            last_transition_time: Some(self.date(self.now)),
            last_probe_time: None,
        })
    }

    fn condition(&self, type_: Word, verdict: Verdict) -> PodCondition {
        let status = self.word(if verdict.holds { Word::True } else { Word::False });
        let old = self.pod.status.conditions.iter().find(|c| type_.is(&c.type_) && c.status == status);
        PodCondition {
            type_: self.word(type_),
            last_transition_time: old.and_then(|c| c.last_transition_time).or(Some(self.date(self.now))),
            reason: verdict.reason.map(|r| self.word(r)),
            message: verdict.message.map(Into::into),
            status,
            last_probe_time: None,
        }
    }
}

fn split(mut all: Vec<ContainerStatus>, inits: usize) -> (Vec<ContainerStatus>, Vec<ContainerStatus>) {
    let rest = all.split_off(inits);
    (all, rest)
}

fn waiting(reason: Str, message: Option<Str>) -> ContainerState {
    let waiting = ContainerStateWaiting { reason: Some(reason), message };
    ContainerState { waiting: Some(Box::new(waiting)), ..Default::default() }
}

/// The runtime's id of a run of a container: 64 hexadecimal digits that follow from whose run it is.
fn container_id(uid: &str, name: &str, attempt: i32) -> Str {
    let mut random = Random::stream(u64::from(attempt.unsigned_abs()), &format!("{uid}/{name}"));
    format!("containerd://{}", random.hex(4)).into()
}
