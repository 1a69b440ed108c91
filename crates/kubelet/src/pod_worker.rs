//! What a kubelet knows of one pod (upstream: `pkg/kubelet/pod_workers.go`, the runtime's containers and the
//! caches that are kept of them).

use crate::admission::Share;
use crate::load::Used;
use crate::plan::Plan;
use crate::prober::Probes;
use crate::runtime::{End, Note};
use crate::stop::Stop;
use crate::volumes::Volumes;
use orrery_api::{Container, Pod, PodSpec};
use orrery_apimachinery::Str;
use orrery_client::ApiServer;
use orrery_container_runtime::{Foresight, Process};
use orrery_sim::{Duration, SimTime};
use std::borrow::Cow;
use std::rc::Rc;

/// Where the work on a pod stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It is brought to, and kept in, its desired state.
    Syncing,
    /// Its containers are to be stopped; true once that has begun.
    Terminating(bool),
    /// Its containers are stopped; what is left is to say so.
    Terminated,
    /// Nothing is left to do but to let it go.
    Finished,
}

/// One run of a container.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    /// The number of the run, from zero.
    pub attempt: i32,
    /// The image that it was made from.
    pub image: Str,
    /// When it started.
    pub started: SimTime,
    /// When it ends, once that is known.
    pub ends: Option<SimTime>,
    /// With which exit code.
    pub exit_code: i32,
    /// What else its status tells of its end.
    pub note: Option<Rc<Note>>,
    /// Its processes. The fake runtime of the recordings has none.
    pub life: Option<Box<Life>>,
}

/// What a run of a container does, as far as that is not known in advance.
#[derive(Clone, Debug, Default)]
pub(crate) struct Life {
    /// Its processes; they are away while they work.
    pub process: Option<Process>,
    /// When they are to be looked after.
    pub wake: Option<SimTime>,
    /// How they are ended from outside, once that is known.
    pub doom: Option<End>,
    /// Whether they answer nobody.
    pub hangs: bool,
    /// Whether their end was looked into.
    pub over: bool,
    /// What it has used, once that is more than a program that waits uses.
    pub used: Option<Box<Used>>,
}

impl Instance {
    /// Whether it runs at an instant.
    pub(crate) fn runs_at(&self, at: SimTime) -> bool {
        self.ends.is_none_or(|end| at < end)
    }

    /// Ends it at an instant, unless it has ended by then.
    pub(crate) fn end(&mut self, at: SimTime, exit_code: i32) {
        if self.runs_at(at) {
            self.ends = Some(at);
            self.exit_code = exit_code;
            self.note = None;
            if let Some(life) = &mut self.life {
                life.wake = None;
                if let Some(process) = &mut life.process {
                    process.end(at, exit_code, if exit_code == 0 { "Completed" } else { "Error" });
                }
            }
        }
    }

    /// Finds out from its processes when it ends, or when they are to be looked after.
    pub(crate) fn foresee(&mut self) {
        let Some(life) = self.life.as_mut().filter(|life| !life.over) else { return };
        let Some(process) = &life.process else { return };
        let (end, wake) = match (process.ended(), process.foresee()) {
            (Some(exit), _) => (Some((exit.at, exit.code)), None),
            (None, Foresight::Ends { at, code }) => (Some((at, code)), None),
            (None, Foresight::Reaches(at) | Foresight::Unknown(at)) => (None, Some(at)),
            (None, Foresight::Never) => (None, None),
        };
        let doom = life.doom.as_ref().map(|doom| (self.started + doom.after, doom.exit_code));
        let first = [end, doom].into_iter().flatten().min();
        life.wake = wake.filter(|at| first.is_none_or(|(end, _)| *at < end));
        self.ends = first.map(|(at, _)| at);
        self.exit_code = first.map_or(0, |(_, code)| code);
    }

    /// Its processes, unless they are at work.
    pub(crate) fn process(&self) -> Option<&Process> {
        self.life.as_ref()?.process.as_ref()
    }

    /// Whether it answers nobody.
    pub(crate) fn hangs(&self) -> bool {
        self.life.as_ref().is_some_and(|life| life.hangs)
    }
}

/// A delay that doubles, and since when it holds (upstream: `client-go/util/flowcontrol/backoff.go`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Delay {
    /// How long.
    pub length: Duration,
    /// Since when.
    pub since: SimTime,
}

/// The first delay.
const FIRST_DELAY: Duration = Duration::from_secs(10);
/// The longest delay.
const LONGEST_DELAY: Duration = Duration::from_secs(300);

impl Delay {
    /// The delay after one more failure at `now`: it starts anew when the one before is forgotten.
    pub(crate) fn next(old: Option<Delay>, now: SimTime) -> Delay {
        let length =
            old.filter(|d| !d.expired(now)).map_or(FIRST_DELAY, |d| (d.length * 2).min(LONGEST_DELAY));
        Delay { length, since: now }
    }

    /// Whether it is forgotten: so long after it was last lengthened, whatever has happened since
    /// (upstream: `Backoff.GC`, which `HandlePodCleanups` calls every other second).
    pub(crate) fn expired(self, now: SimTime) -> bool {
        now.since(self.since) > LONGEST_DELAY * 2
    }
}

/// What keeps a container from running.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Trouble {
    /// The reason and the message that its status shows while it waits (upstream: `reasonCache`).
    pub waiting: Option<(Str, Str)>,
    /// The delay between its restarts.
    pub restarts: Option<Delay>,
    /// The delay between pulls of its image.
    pub pulls: Option<Delay>,
    /// Why the last pull failed.
    pub pull_error: Option<Str>,
}

/// One container of a pod: its runs and its troubles.
#[derive(Clone, Debug, Default)]
pub(crate) struct Run {
    /// The present or last run.
    pub current: Option<Instance>,
    /// The run before that.
    pub previous: Option<Box<Instance>>,
    /// Set while something is or was wrong.
    pub trouble: Option<Box<Trouble>>,
    /// Set when the container has probes.
    pub probes: Option<Box<Probes>>,
}

impl Run {
    /// Whether it runs at an instant.
    pub(crate) fn runs_at(&self, at: SimTime) -> bool {
        self.current.as_ref().is_some_and(|i| i.runs_at(at))
    }

    /// The run that has ended by an instant, if the last one has.
    pub(crate) fn ended_by(&self, at: SimTime) -> Option<&Instance> {
        self.current.as_ref().filter(|i| !i.runs_at(at))
    }

    /// When a run of it last ended, as was known at an instant.
    pub(crate) fn last_end(&self, at: SimTime) -> Option<SimTime> {
        let runs = [self.current.as_ref(), self.previous.as_deref()];
        runs.into_iter().flatten().filter(|i| !i.runs_at(at)).find_map(|i| i.ends)
    }

    /// What its status shows while it waits.
    pub(crate) fn waiting(&self) -> Option<&(Str, Str)> {
        self.trouble.as_ref()?.waiting.as_ref()
    }

    /// Notes what keeps it from running; `None` that nothing does.
    pub(crate) fn set_waiting(&mut self, waiting: Option<(Str, Str)>) {
        if waiting.is_some() || self.trouble.is_some() {
            self.trouble.get_or_insert_default().waiting = waiting;
        }
    }
}

/// Why a pod has failed as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub reason: Str,
    pub message: Str,
    /// How long its containers get to end, in seconds, if not as long as they want.
    pub grace: Option<i64>,
    /// Whether it goes for the sake of the node.
    pub disrupts: bool,
}

/// The sandbox of a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sandbox {
    /// Not made yet.
    Absent,
    /// Made at the given instant and ready.
    Ready(SimTime),
    /// Stopped.
    Stopped,
}

/// Everything that a kubelet knows of one pod.
#[derive(Clone, Debug)]
pub(crate) struct PodWorker {
    pub namespace: Str,
    pub name: Str,
    pub uid: Str,
    pub stage: Stage,
    /// The pod as it last was, once it is gone from the API server.
    pub gone: Option<Rc<Pod>>,
    /// Whether the pod is to stop: it is being deleted, or gone.
    pub stopping: bool,
    /// What the pod takes of the node, while it does.
    pub share: Option<Share>,
    /// Why the pod has failed as a whole.
    pub verdict: Option<Box<Verdict>>,
    pub address: Option<u32>,
    pub sandbox: Sandbox,
    /// Whether the volumes are mounted.
    pub mounted: bool,
    /// Init containers, then containers, then ephemeral ones, in the order of the spec.
    pub runs: Vec<Run>,
    /// What is kept of the pod's volumes, once somebody has looked.
    pub volumes: Option<Box<Volumes>>,
    /// Set while containers are being stopped.
    #[expect(clippy::box_collection, reason = "there are 150,000 workers, and few of them stop anything")]
    pub stops: Option<Box<Vec<Stop>>>,
    /// What is being done, when that takes time.
    pub plan: Option<Box<Plan>>,
    /// When the worker last finished a look at the pod.
    pub last_sync: Option<SimTime>,
    /// When it is to look again.
    pub sync_at: Option<SimTime>,
    /// When a relisting finds something new.
    pub relist_at: Option<SimTime>,
    /// When the pod's time is up.
    pub deadline: Option<SimTime>,
}

impl PodWorker {
    /// A worker that knows nothing yet, to look at its pod at `now`.
    pub(crate) fn new(pod: &Pod, now: SimTime) -> Self {
        let count = pod.spec.init_containers.len() + pod.spec.containers.len();
        PodWorker {
            namespace: pod.metadata.namespace.clone(),
            name: pod.metadata.name.clone(),
            uid: pod.metadata.uid.clone(),
            stage: Stage::Syncing,
            gone: None,
            stopping: pod.metadata.terminating(),
            share: None,
            verdict: None,
            address: None,
            sandbox: Sandbox::Absent,
            mounted: false,
            runs: (0..count).map(|_| Run::default()).collect(),
            volumes: None,
            stops: None,
            plan: None,
            last_sync: None,
            sync_at: Some(now),
            relist_at: None,
            deadline: None,
        }
    }

    /// Makes room for what was added to the pod.
    pub(crate) fn take_in(&mut self, spec: &PodSpec) {
        let count = spec.init_containers.len() + spec.containers.len() + spec.ephemeral_containers.len();
        while self.runs.len() < count {
            self.runs.push(Run::default());
        }
    }

    /// The pod, as it is or last was.
    pub(crate) fn pod(&self, api: &ApiServer) -> Option<Rc<Pod>> {
        let stored = api.get::<Pod>(&self.namespace, &self.name).filter(|p| p.metadata.uid == self.uid);
        self.gone.as_ref().or(stored).cloned()
    }

    /// Asks for a look at the pod, at `at` or earlier.
    pub(crate) fn ask(&mut self, at: SimTime) {
        self.sync_at = Some(self.sync_at.map_or(at, |known| known.min(at)));
    }

    /// Whether a look has to wait until what is being done is done.
    pub(crate) fn is_busy(&self) -> bool {
        self.plan.is_some() && !self.stopping
    }

    /// When it next has something to do.
    pub(crate) fn next(&self) -> Option<SimTime> {
        let killing = self.stage == Stage::Terminating(true);
        let look = self.sync_at.filter(|_| !self.is_busy() && !killing);
        let step = self.plan.as_ref().map(|p| p.resume);
        let probe = self.runs.iter().filter_map(|r| r.probes.as_ref()).filter_map(|p| p.next()).min();
        let stop = self.next_stop();
        let process = self.runs.iter().filter_map(|r| r.current.as_ref()?.life.as_ref()?.wake).min();
        [look, step, stop, probe, process, self.relist_at, self.deadline].into_iter().flatten().min()
    }
}

/// The container of a spec that has the number `i`, and whether it is an init container.
pub(crate) fn container(spec: &PodSpec, i: usize) -> (Cow<'_, Container>, bool) {
    if let Some(init) = spec.init_containers.get(i) {
        return (Cow::Borrowed(init), true);
    }
    let i = i - spec.init_containers.len();
    let container = match spec.containers.get(i) {
        Some(container) => Cow::Borrowed(container),
        None => Cow::Owned((&spec.ephemeral_containers[i - spec.containers.len()]).into()),
    };
    (container, false)
}

/// Whether the number `i` is that of an ephemeral container.
pub(crate) fn is_ephemeral(spec: &PodSpec, i: usize) -> bool {
    i >= spec.init_containers.len() + spec.containers.len()
}

/// Whether a container is a sidecar: an init container that is to run as long as the pod.
pub(crate) fn is_sidecar(container: &Container) -> bool {
    container.restart_policy.as_deref() == Some("Always")
}

/// Whether a pod's containers are started again after a failure.
pub(crate) fn restarts_on_failure(spec: &PodSpec) -> bool {
    spec.restart_policy.as_deref() != Some("Never")
}

/// Whether a container is to be started, as its runs stand at an instant (upstream: `ShouldContainerBeRestarted`).
pub(crate) fn should_restart(pod: &Pod, run: &Run, at: SimTime) -> bool {
    if pod.metadata.terminating() {
        return false;
    }
    match run.ended_by(at) {
        _ if run.runs_at(at) => false,
        None => true,
        Some(ended) => match pod.spec.restart_policy.as_deref() {
            Some("Never") => false,
            Some("OnFailure") => ended.exit_code != 0,
            _ => true,
        },
    }
}

/// `name_namespace(uid)`, as kubelets write of pods (upstream: `pkg/kubelet/util/format`).
pub(crate) fn described(pod: &Pod) -> String {
    let meta = &pod.metadata;
    format!("{}_{}({})", meta.name, meta.namespace, meta.uid)
}
