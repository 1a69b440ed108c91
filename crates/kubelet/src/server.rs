//! What a kubelet answers about its containers: their logs, and commands that are run within them
//! (upstream: `pkg/kubelet/server` and `kubelet_pods.go`, `validateContainerLogStatus`).

use crate::outside::{Outside, Peers};
use crate::pod_worker::{Instance, PodWorker, Run, container};
use crate::{Kubelet, Network};
use orrery_api::{ContainerStatus, Pod};
use orrery_apimachinery::Str;
use orrery_client::ApiServer;
use orrery_container_runtime::{
    Answer, ExecResult, Input, Log, Message, Process, Reply, Session, Target, Unreachable, World,
};
use orrery_sim::{Duration, SimTime};
use std::net::Ipv4Addr;

impl Kubelet {
    /// What a container has written until `now`, in its present or last run or in the one before that.
    /// The error is why there is nothing to read, in upstream's words.
    pub fn logs(&self, pod: &Pod, name: &str, previous: bool, now: SimTime) -> Result<Log, String> {
        let pod_name = &pod.metadata.name;
        let worker = self.workers.get(&pod.metadata.uid);
        let worker =
            worker.ok_or_else(|| format!("pod \"{pod_name}\" cannot be found - no logs available"))?;
        let whose = format!("container \"{name}\" in pod \"{pod_name}\"");
        let status = &pod.status;
        let all = status.container_statuses.iter().chain(&status.init_container_statuses);
        let status = all.chain(&status.ephemeral_container_statuses).find(|s| &*s.name == name);
        let status = status.ok_or_else(|| format!("{whose} is not available"))?;
        let run = index_of(worker, pod, name).map(|index| &worker.runs[index]);
        let attempt = attempt_of(status, previous, &whose)?;
        let process = run.and_then(|run| instance_of(run, attempt)).and_then(Instance::process);
        // What a process has printed by now does not depend on anybody outside: else it would have been looked after.
        let mut process = process.cloned();
        if let Some(process) = &mut process {
            process.advance(now, &mut Nobody);
        }
        Ok(process.as_ref().map(Process::log).cloned().unwrap_or_default())
    }

    /// Runs a command within a container, with what is typed into it; `None` when the container does not run.
    pub fn exec(
        &mut self,
        api: &ApiServer,
        network: &mut dyn Network,
        whose: (&Pod, &str),
        (command, input): (&[Str], Input),
        now: SimTime,
    ) -> Option<ExecResult> {
        self.within(api, network, whose, now, |index, outside| match outside.hangs(index) {
            true => Some(ExecResult::default()),
            false => outside.with(index, |process, outside| process.begin(command, input, now, outside)),
        })
    }

    /// Types a text into a container; `None` when it does not run.
    pub fn feed(
        &mut self,
        api: &ApiServer,
        network: &mut dyn Network,
        whose: (&Pod, &str),
        text: &str,
        now: SimTime,
    ) -> Option<()> {
        self.within(api, network, whose, now, |index, outside| {
            outside.with(index, |process, outside| process.feed(text, now, outside))
        })
    }

    /// What a command does that goes on within a container, or what its own process does.
    pub fn session(&self, pod: &Pod, name: &str, pid: u32, now: SimTime) -> Option<Session> {
        let worker = self.workers.get(&pod.metadata.uid)?;
        let run = &worker.runs[index_of(worker, pod, name)?];
        let mut process = run.current.as_ref().filter(|_| run.runs_at(now))?.process()?.clone();
        process.advance(now, &mut Nobody);
        process.session(pid)
    }

    /// Does something within a container that runs.
    fn within<T>(
        &mut self,
        api: &ApiServer,
        network: &mut dyn Network,
        (pod, name): (&Pod, &str),
        now: SimTime,
        act: impl FnOnce(usize, &mut Outside<'_>) -> Option<T>,
    ) -> Option<T> {
        let mut peers = Peers { workers: &mut self.workers, queue: &mut self.queue, network };
        let done = peers.visit(&pod.metadata.uid, api, &mut self.node, now, |outside| {
            let index = index_of(outside.worker, pod, name)?;
            if !outside.worker.runs[index].runs_at(now) {
                return None;
            }
            let result = act(index, outside);
            outside.worker.doubt_probes(now);
            result
        });
        done.flatten()
    }

    /// Sends a message from within a container, to a port of a host; `None` when the container does not run.
    pub fn request(
        &mut self,
        api: &ApiServer,
        network: &mut dyn Network,
        (pod, container): (&Pod, Option<&Str>),
        (host, port): (&str, u16),
        message: &Message,
        now: SimTime,
    ) -> Option<Answer<Result<Reply, Unreachable>>> {
        let name = container.or(pod.spec.containers.first().map(|container| &container.name))?;
        let mut peers = Peers { workers: &mut self.workers, queue: &mut self.queue, network };
        let done = peers.visit(&pod.metadata.uid, api, &mut self.node, now, |outside| {
            let index = index_of(outside.worker, pod, name)?;
            if !outside.worker.runs[index].runs_at(now) {
                return None;
            }
            outside.index = index;
            let found = outside.lookup(host);
            let Some(&address) = found.result.first() else {
                return Some(Answer { took: found.took, result: Err(Unreachable::NoRoute) });
            };
            let answer = outside.send(Target { address, port }, message, Duration::MAX);
            Some(Answer { took: found.took.saturating_add(answer.took), ..answer })
        });
        done.flatten()
    }
}

/// The number of the container called `name`.
fn index_of(worker: &PodWorker, pod: &Pod, name: &str) -> Option<usize> {
    (0..worker.runs.len()).find(|index| &*container(&pod.spec, *index).0.name == name)
}

/// The run of a container that has this number.
fn instance_of(run: &Run, attempt: i32) -> Option<&Instance> {
    run.current.iter().chain(run.previous.as_deref()).find(|instance| instance.attempt == attempt)
}

/// The number of the run whose log is meant.
fn attempt_of(status: &ContainerStatus, previous: bool, whose: &str) -> Result<i32, String> {
    let last = status.last_state.terminated.is_some();
    if previous {
        let missing = || format!("previous terminated {whose} not found");
        return if last { Ok(before(status)) } else { Err(missing()) };
    }
    if status.state.running.is_some() || status.state.terminated.is_some() {
        return Ok(status.restart_count);
    }
    if last {
        return Ok(before(status));
    }
    let reason = status.state.waiting.as_ref().and_then(|waiting| waiting.reason.as_deref());
    Err(match reason {
        Some("ErrImagePull") => format!("{whose} is waiting to start: image can't be pulled"),
        Some("ImagePullBackOff") => format!("{whose} is waiting to start: trying and failing to pull image"),
        Some(reason) => format!("{whose} is waiting to start: {reason}"),
        None => format!("{whose} is waiting to start - no logs yet"),
    })
}

/// The run that the last state tells of: while a container waits, that is the one which is counted.
fn before(status: &ContainerStatus) -> i32 {
    if status.state.waiting.is_some() { status.restart_count } else { status.restart_count - 1 }
}

/// An outside in which nobody is there.
struct Nobody;

impl World for Nobody {
    fn lookup(&mut self, _name: &str) -> Answer<Vec<Ipv4Addr>> {
        Answer { took: Duration::ZERO, result: Vec::new() }
    }

    fn send(
        &mut self,
        _to: Target,
        _message: &Message,
        _timeout: Duration,
    ) -> Answer<Result<Reply, Unreachable>> {
        Answer { took: Duration::ZERO, result: Err(Unreachable::NoRoute) }
    }
}
