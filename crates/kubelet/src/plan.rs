//! Bringing a pod to where it should be, step by step, where steps take time: volumes are mounted, what is
//! wrong is stopped, a sandbox is made, images are pulled and containers started
//! (upstream: `kuberuntime_manager.go`, `SyncPod`, and `kuberuntime_container.go`, `startContainer`).

use crate::actions::{self, Actions};
use crate::env;
use crate::pod_worker::{Delay, Sandbox, container, described};
use crate::pulling::{NoImage, Pulling};
use crate::sync::Turn;
use crate::volumes::Mounting;
use orrery_client::EventType;
use orrery_sim::{Duration, SimTime};
use std::collections::VecDeque;

/// What a worker is in the middle of.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// When it goes on.
    pub resume: SimTime,
    step: Step,
    /// The relisting that the look believed.
    at: SimTime,
    /// Containers still to start.
    starts: VecDeque<usize>,
    /// Whether something failed that is to be tried again.
    failed: bool,
}

impl Plan {
    /// Whether an image is pulled for a container, or the container made.
    pub(crate) fn starts_a_container(&self) -> bool {
        matches!(self.step, Step::Pulled { .. } | Step::Create { .. })
    }

    /// Goes on at `now` if it waits for volumes; whether it does.
    pub(crate) fn try_to_mount(&mut self, now: SimTime) -> bool {
        let waits = matches!(self.step, Step::Mount { .. });
        if waits {
            self.resume = self.resume.min(now);
        }
        waits
    }
}

/// The next step of a plan.
#[derive(Clone, Debug)]
enum Step {
    /// Try to mount the volumes, since then.
    Mount { begun: SimTime },
    /// Find out what to do, and stop what is to be stopped.
    Act,
    /// Wait until what is to be stopped is, then make the sandbox if that is to be done.
    Stop { kill_pod: bool, create_sandbox: bool },
    /// Start the next container.
    Next,
    /// The image of a container has arrived, or not.
    Pulled { index: usize, pulling: Pulling },
    /// A container is made.
    Create { index: usize },
    /// The hook after the start of a container is through.
    Hooked { index: usize, failure: Option<String> },
}

impl Turn<'_, '_> {
    /// Begins to bring the pod to where it should be, believing the relisting at `at`.
    pub(crate) fn begin_plan(&mut self, at: SimTime) {
        let now = self.now();
        if self.worker.mounted {
            self.expand_volumes();
        }
        let step = if self.worker.mounted { Step::Act } else { Step::Mount { begun: now } };
        let plan = Plan { resume: now, step, at, starts: VecDeque::new(), failed: false };
        self.worker.plan = Some(Box::new(plan));
        self.go_on();
    }

    /// Goes on with what is being done, as far as it goes now.
    pub(crate) fn go_on(&mut self) {
        let now = self.now();
        while let Some(mut plan) = self.worker.plan.take() {
            if plan.resume > now {
                self.worker.plan = Some(plan);
                return;
            }
            if self.advance(&mut plan) {
                self.worker.plan = Some(plan);
            } else {
                self.end_plan(&plan);
            }
        }
    }

    fn end_plan(&mut self, plan: &Plan) {
        self.end_look();
        let waits = self.worker.runs.iter().any(|r| r.waiting().is_some());
        if plan.failed || waits {
            let (least, most) = self.node.profile.retry_millis();
            let again = self.now() + Duration::from_millis(least + self.cx.random().below(most - least + 1));
            let tick = self.node.tick.from(again);
            self.worker.ask(tick);
        }
    }

    /// Does one step; false when that was the last.
    fn advance(&mut self, plan: &mut Plan) -> bool {
        match plan.step.clone() {
            Step::Mount { begun } => self.mount(plan, begun),
            Step::Act => self.act(plan),
            Step::Stop { kill_pod, create_sandbox } => self.after_stop(plan, kill_pod, create_sandbox),
            Step::Next => match plan.starts.pop_front() {
                Some(index) => {
                    self.begin_start(plan, index);
                    true
                }
                None => false,
            },
            Step::Pulled { index, pulling } => {
                match self.end_pull(index, &pulling) {
                    Ok(()) => self.has_image(plan, index),
                    Err(why) => self.has_no_image(plan, index, why),
                }
                true
            }
            Step::Create { index } => {
                self.create(plan, index);
                true
            }
            Step::Hooked { index, failure } => {
                self.end_hook(plan, index, failure);
                true
            }
        }
    }

    /// Tries to mount the volumes; false when it is given up for now.
    fn mount(&mut self, plan: &mut Plan, begun: SimTime) -> bool {
        match self.mount_volumes(begun) {
            Mounting::Done(at) => (plan.resume, plan.step) = (at, Step::Act),
            Mounting::Waits(until) => plan.resume = until,
            Mounting::GivesUp => plan.failed = true,
        }
        !plan.failed
    }

    /// Stops what is to be stopped, makes the sandbox, and lines up what is to be started.
    fn act(&mut self, plan: &mut Plan) -> bool {
        let pod = self.pod.clone();
        self.check_pull_secrets();
        self.add_probes();
        let actions = actions::compute(&pod, self.worker, plan.at);
        if actions.kill_pod {
            self.stop_all(None);
        } else {
            for kill in &actions.kills {
                self.stop_one(kill.index, &kill.message, kill.grace);
            }
        }
        plan.starts = actions.starts.into();
        let Actions { kill_pod, create_sandbox, .. } = actions;
        plan.step = Step::Stop { kill_pod, create_sandbox };
        true
    }

    /// Goes on once the containers that were to be stopped have ended.
    fn after_stop(&mut self, plan: &mut Plan, kill_pod: bool, create_sandbox: bool) -> bool {
        if let Some(next) = self.worker.next_stop() {
            plan.resume = next;
            return true;
        }
        if kill_pod {
            self.stop_sandbox();
        }
        if create_sandbox {
            plan.resume = self.make_sandbox();
        }
        plan.step = Step::Next;
        true
    }

    fn make_sandbox(&mut self) -> SimTime {
        let ready = self.now() + self.start_time();
        if self.worker.sandbox == Sandbox::Stopped {
            let pod = self.pod.clone();
            let message = "Pod sandbox changed, it will be killed and re-created.";
            self.cx.event(&*pod, EventType::Normal, "SandboxChanged", message);
        }
        if !self.pod.spec.host_network && self.worker.address.is_none() {
            self.worker.address = self.node.addresses.take();
        }
        self.worker.sandbox = Sandbox::Ready(ready);
        self.containers_changed();
        ready
    }

    pub(crate) fn stop_sandbox(&mut self) {
        if self.worker.sandbox != Sandbox::Stopped {
            self.worker.sandbox = Sandbox::Stopped;
            self.containers_changed();
        }
    }

    /// How long it takes to start something.
    fn start_time(&mut self) -> Duration {
        let (least, most) = self.node.profile.start_millis();
        Duration::from_millis(least + self.cx.random().below(most - least + 1))
    }

    /// Begins to start a container, unless it has to wait after a crash or its image does not come.
    fn begin_start(&mut self, plan: &mut Plan, index: usize) {
        if let Err((reason, message)) = self.check_restart_delay(plan.at, index) {
            return self.start_failed(plan, index, &reason, message);
        }
        match self.ensure_image(index) {
            Ok(None) => self.has_image(plan, index),
            Ok(Some(pulling)) => {
                plan.resume = pulling.pull.end;
                plan.step = Step::Pulled { index, pulling };
            }
            Err(why) => self.has_no_image(plan, index, why),
        }
    }

    fn has_image(&mut self, plan: &mut Plan, index: usize) {
        plan.resume = self.now() + self.start_time();
        plan.step = Step::Create { index };
    }

    fn has_no_image(&mut self, plan: &mut Plan, index: usize, (reason, message): NoImage) {
        if reason != "ImagePullBackOff" {
            plan.failed = true;
        }
        self.event_of(index, EventType::Warning, "Failed", format!("Error: {reason}"));
        self.start_failed(plan, index, reason, message);
    }

    fn start_failed(&mut self, plan: &mut Plan, index: usize, reason: &str, message: String) {
        let waiting = (reason.into(), message.into());
        self.worker.runs[index].set_waiting(Some(waiting));
        if actions::blocks_others(&self.pod.spec, index) {
            plan.starts.clear();
        }
        plan.step = Step::Next;
    }

    /// Whether a container that ended may start again (upstream: `doBackOff`).
    fn check_restart_delay(&mut self, at: SimTime, index: usize) -> Result<(), (String, String)> {
        let now = self.now();
        let run = &mut self.worker.runs[index];
        let Some(ended) = run.last_end(at) else { return Ok(()) };
        let pod = self.pod.clone();
        // A container that was changed is another one (upstream: `GetStableKey`).
        let image = run.current.as_ref().map(|instance| instance.image.clone());
        let changed = image != container(&pod.spec, index).0.image;
        let trouble = run.trouble.get_or_insert_default();
        trouble.restarts = trouble.restarts.filter(|delay| !changed && !delay.expired(now));
        let Some(delay) = trouble.restarts.filter(|delay| now.since(ended) < delay.length) else {
            trouble.restarts = Some(Delay::next(trouble.restarts, now));
            return Ok(());
        };
        let name = container(&pod.spec, index).0.name.clone();
        let whose = described(&pod);
        let event = format!("Back-off restarting failed container {name} in pod {whose}");
        self.event_of(index, EventType::Warning, "BackOff", event);
        let length = go_minutes(delay.length);
        Err((
            "CrashLoopBackOff".into(),
            format!("back-off {length} restarting failed container={name} pod={whose}"),
        ))
    }

    /// Makes and starts a container whose image is there.
    fn create(&mut self, plan: &mut Plan, index: usize) {
        let pod = self.pod.clone();
        let (spec, is_init) = container(&pod.spec, index);
        plan.step = Step::Next;
        let problem = env::problem(&pod, &spec, self.cx.api());
        let problem = problem.or_else(|| self.make_sub_paths(&spec).err());
        if let Some(why) = problem.or_else(|| self.user_problem(&spec)) {
            self.event_of(index, EventType::Warning, "Failed", format!("Error: {why}"));
            plan.failed = true;
            return self.start_failed(plan, index, "CreateContainerConfigError", why);
        }
        self.event_of(index, EventType::Normal, "Created", format!("Created container: {}", spec.name));
        if let Some(why) = self.start_container(index, &spec, is_init) {
            self.event_of(index, EventType::Warning, "Failed", format!("Error: {why}"));
            plan.failed = true;
            return self.start_failed(plan, index, "RunContainerError", why.to_string());
        }
        self.event_of(index, EventType::Normal, "Started", format!("Started container {}", spec.name));
        self.worker.runs[index].set_waiting(None);
        if let Some(hook) = spec.lifecycle.as_ref().and_then(|l| l.post_start.as_ref()) {
            let hooked = self.run_hook(index, &spec, hook);
            plan.resume = self.now() + hooked.took;
            plan.step = Step::Hooked { index, failure: hooked.failure };
        }
    }

    /// After the hook after a start: a container whose hook failed is stopped.
    fn end_hook(&mut self, plan: &mut Plan, index: usize, failure: Option<String>) {
        plan.step = Step::Next;
        let Some(why) = failure else { return };
        self.event_of(index, EventType::Warning, "FailedPostStartHook", "PostStartHook failed");
        self.stop_one(index, "FailedPostStartHook", None);
        plan.failed = true;
        self.start_failed(plan, index, "PostStartHookError", why);
        plan.step = Step::Stop { kill_pod: false, create_sandbox: false };
    }
}

/// A whole number of seconds as Go prints it: `10s`, `2m40s`, `5m0s`.
fn go_minutes(duration: Duration) -> String {
    match duration.as_secs() {
        seconds @ 0..60 => format!("{seconds}s"),
        seconds => format!("{}m{}s", seconds / 60, seconds % 60),
    }
}
