//! What can be seen of a pod's containers beyond its status: for whoever shows them.

use crate::Kubelet;
use crate::pod_worker::{PodWorker, container};
use crate::prober::ProbeFacts;
use crate::usage;
use orrery_api::Pod;
use orrery_apimachinery::Str;
use orrery_client::ApiServer;
use orrery_sim::SimTime;

/// What can be seen of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerFacts {
    /// Its name.
    pub name: Str,
    /// How it stands.
    pub state: ContainerNow,
    /// What its main process runs: the command line, as far as it is known.
    pub command: Vec<Str>,
    /// Why what it does is partly assumed, if it is.
    pub assumed: Option<Str>,
    /// How often it was restarted.
    pub restarts: i32,
    /// Until when it is not restarted, after a crash.
    pub back_off_until: Option<SimTime>,
    /// When it is killed, if it has not ended by then.
    pub grace_until: Option<SimTime>,
    /// Its probes.
    pub probes: Vec<ProbeFacts>,
    /// Whether it runs and answers nobody.
    pub hangs: bool,
    /// The ports on which it listens.
    pub listens: Vec<u16>,
    /// Thousandths of a processor that it uses.
    pub cpu_millis: u64,
    /// Bytes of memory that it uses.
    pub memory_bytes: u64,
}

/// How a container stands at this instant, whether or not the status tells it yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContainerNow {
    /// It has not started, or waits to be started again: why, if that is known.
    Waiting(Option<Str>),
    /// It runs since an instant.
    Running(SimTime),
    /// It has ended.
    Ended {
        /// When.
        at: SimTime,
        /// With which exit code.
        code: i32,
    },
}

impl Kubelet {
    /// What can be seen of the containers of a pod of this node at `now`, init containers first; nothing when the
    /// kubelet does not know the pod.
    pub fn containers(
        &self,
        api: &ApiServer,
        namespace: &str,
        pod: &str,
        now: SimTime,
    ) -> Vec<ContainerFacts> {
        let Some(pod) = api.get::<Pod>(namespace, pod) else { return Vec::new() };
        let Some(worker) = self.workers.get(&pod.metadata.uid) else { return Vec::new() };
        (0..worker.runs.len()).map(|i| facts(pod, worker, i, now)).collect()
    }
}

fn facts(pod: &Pod, worker: &PodWorker, i: usize, now: SimTime) -> ContainerFacts {
    let (spec, run) = (container(&pod.spec, i).0, &worker.runs[i]);
    let instance = run.current.as_ref().filter(|instance| instance.runs_at(now));
    let process = instance.and_then(|instance| instance.process());
    let uses = usage::of_container(pod, worker, i, now).0;
    let waiting = run.waiting();
    let state = match &run.current {
        Some(instance) if instance.runs_at(now) => ContainerNow::Running(instance.started),
        _ if waiting.is_some() => ContainerNow::Waiting(waiting.map(|(reason, _)| reason.clone())),
        Some(instance) => ContainerNow::Ended { at: instance.ends.unwrap_or(now), code: instance.exit_code },
        None => ContainerNow::Waiting(None),
    };
    let restarts = run.trouble.as_ref().and_then(|t| t.restarts);
    let back_off = restarts.and_then(|delay| Some(run.last_end(now)? + delay.length));
    let stops = worker.stops.iter().flat_map(|stops| stops.iter());
    let grace = stops.filter(|stop| stop.index == i).map(|stop| stop.grace_until).next();
    ContainerFacts {
        name: spec.name.clone(),
        command: process.map_or_else(
            || spec.command.iter().chain(&spec.args).cloned().collect(),
            |process| process.command_line(),
        ),
        assumed: process.and_then(|process| process.assumed().cloned()),
        restarts: run.current.as_ref().map_or(0, |instance| instance.attempt),
        back_off_until: back_off.filter(|until| *until > now && waiting.is_some()),
        grace_until: grace.filter(|until| *until > now),
        probes: run.probes.as_ref().map(|probes| probes.facts(&spec, now)).unwrap_or_default(),
        hangs: instance.is_some_and(|instance| instance.hangs()),
        listens: process.map(|process| process.listens()).unwrap_or_default(),
        cpu_millis: uses.cpu.unsigned_abs(),
        memory_bytes: uses.memory.unsigned_abs(),
        state,
    }
}
