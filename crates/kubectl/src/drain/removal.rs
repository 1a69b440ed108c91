//! The removal of the pods of one node: each is evicted or deleted for itself, and waited for (upstream:
//! `DeleteOrEvictPods`).

use super::{Problem, complain, is_skipped};
use crate::command::{Cx, DryRun, Output};
use crate::follow::Errand;
use crate::trouble::Trouble;
use crate::{Args, ROUND_TRIP};
use orrery_api::{Kind, Pod};
use orrery_apimachinery::{Reason, Status, StatusResult, duration};
use orrery_apiserver::{DeleteOptions, Key};
use orrery_sim::{Duration, SimTime};
use serde_json::json;
use std::rc::Rc;

/// How long a pod that cannot be evicted now is left alone.
const RETRY: Duration = Duration::from_secs(5);
/// How often it is looked whether a pod is gone.
const LOOK: Duration = Duration::from_secs(1);
/// How long to wait at most when no limit is given. Deviation: upstream waits forever.
const PATIENCE: Duration = Duration::from_secs(3_600);

/// A pod on its way out.
struct Leaver {
    pod: Rc<Pod>,
    /// When there is something to do about it again.
    at: SimTime,
    stage: Stage,
}

enum Stage {
    /// It is to be asked to go.
    Due,
    /// Somebody else is to ask it, or has been told to.
    Asked,
    /// It is going, and only waited for.
    Going,
    Over(Result<(), Trouble>),
}

/// The pods of a node that leave it.
pub(super) struct Removal {
    leavers: Vec<Leaver>,
    /// Which of them an errand is under way for.
    asking: Option<usize>,
    options: DeleteOptions,
    patience: Duration,
    deadline: SimTime,
    evicting: bool,
    /// How long nothing is to be done.
    rest: Duration,
}

impl Removal {
    pub(super) fn new(cx: &Cx<'_>, args: &Args, pods: Vec<Rc<Pod>>) -> Removal {
        let (at, patience) = (cx.session.now(), args.duration("timeout").unwrap_or(PATIENCE));
        let grace_period_seconds = args.number("grace-period").filter(|seconds| *seconds >= 0);
        Removal {
            leavers: pods.into_iter().map(|pod| Leaver { pod, at, stage: Stage::Due }).collect(),
            asking: None,
            options: DeleteOptions { grace_period_seconds, ..Default::default() },
            patience,
            deadline: at + patience,
            evicting: !args.on("disable-eviction"),
            rest: Duration::ZERO,
        }
    }

    /// How long nothing is to be done.
    pub(super) fn rest(&self) -> Duration {
        self.rest
    }

    /// Does what is due; the outcome once all pods are gone, or nothing more can be done. Pods are asked to go here and
    /// now, or by errands.
    pub(super) fn look(
        &mut self,
        cx: &mut Cx<'_>,
        args: &Args,
        at_once: bool,
    ) -> Option<Result<(), Problem>> {
        let now = cx.session.now();
        for at in 0..self.leavers.len() {
            if self.leavers[at].at > now {
                continue;
            }
            let is_due = matches!(self.leavers[at].stage, Stage::Due);
            if !is_due {
                self.wait_for(cx, args, at);
            } else if self.may_ask(cx, at) {
                if at_once || cx.dry_run != DryRun::No {
                    let outcome = self.ask(cx, at);
                    self.asked(cx, at, outcome);
                } else {
                    self.leavers[at].stage = Stage::Asked;
                }
            }
        }
        let open = self.leavers.iter().filter(|leaver| !matches!(leaver.stage, Stage::Over(_)));
        let Some(next) = open.map(|leaver| leaver.at).min() else { return Some(self.outcome()) };
        self.rest = next.since(now);
        None
    }

    fn outcome(&mut self) -> Result<(), Problem> {
        let mut errors: Vec<Trouble> = Vec::new();
        for leaver in self.leavers.drain(..) {
            if let Stage::Over(Err(error)) = leaver.stage
                && !errors.contains(&error)
            {
                errors.push(error);
            }
        }
        match errors.pop() {
            None => Ok(()),
            Some(error) if !self.evicting => Err(Problem::One(error)),
            Some(error) => {
                errors.push(error);
                Err(Problem::Several(errors.iter().map(Trouble::bare).collect()))
            }
        }
    }

    /// Says that a pod is asked to go, unless it is too late for that.
    fn may_ask(&mut self, cx: &mut Cx<'_>, at: usize) -> bool {
        if !self.evicting {
            return true;
        }
        let (namespace, name) = self.place(at);
        cx.say(format!("evicting pod {namespace}/{name}{}", cx.dry_run.suffix()));
        let late = cx.session.now() >= self.deadline;
        if late {
            let nanos = u64::try_from(self.patience.as_nanos()).unwrap_or(u64::MAX);
            self.fail(at, &format!("global timeout reached: {}", duration::print(nanos)));
        }
        !late
    }

    fn place(&self, at: usize) -> (String, String) {
        let meta = &self.leavers[at].pod.metadata;
        (meta.namespace.to_string(), meta.name.to_string())
    }

    fn fail(&mut self, at: usize, error: &str) {
        let (namespace, name) = self.place(at);
        let text = format!("error when evicting pods/{name:?} -n {namespace:?}: {error}");
        self.leavers[at].stage = Stage::Over(Err(Trouble::Text(text)));
    }

    /// Asks a pod to go.
    fn ask(&self, cx: &mut Cx<'_>, at: usize) -> StatusResult<()> {
        let (namespace, name) = self.place(at);
        let key = Key::new(Kind::Pod, &*namespace, &*name);
        cx.call(|api, request| match self.evicting {
            true => api.evict(request, &namespace, &name, &self.options).map(|_| ()),
            false => api.delete(request, &key, &self.options).map(|_| ()),
        })
    }

    /// The command line that asks the next pod to go.
    pub(super) fn errand(&mut self) -> Option<Errand> {
        let at = self.leavers.iter().position(|leaver| matches!(leaver.stage, Stage::Asked))?;
        self.asking = Some(at);
        let (namespace, name) = self.place(at);
        if self.evicting {
            let url = format!("/api/v1/namespaces/{namespace}/pods/{name}/eviction");
            let mut body = json!({"apiVersion": "policy/v1", "kind": "Eviction"});
            body["metadata"] = json!({"name": name, "namespace": namespace});
            if let Some(seconds) = self.options.grace_period_seconds {
                body["deleteOptions"] = json!({"gracePeriodSeconds": seconds});
            }
            let errand = Errand::of(&["create", "--raw", &url, "-f", "-"]);
            return Some(Errand { input: Some(body.to_string()), ..errand });
        }
        let mut errand = Errand::of(&["delete", "pod", &name, "-n", &namespace, "--wait=false"]);
        match self.options.grace_period_seconds {
            Some(0) => errand.line.push("--force".into()),
            Some(seconds) => errand.line.push(format!("--grace-period={seconds}")),
            None => {}
        }
        Some(errand)
    }

    /// What an errand came to.
    pub(super) fn heard(&mut self, cx: &mut Cx<'_>, args: &Args, output: &Output) {
        if let Some(at) = self.asking.take() {
            self.asked(cx, at, refusal(output));
            // It may be gone already.
            self.wait_for(cx, args, at);
        }
    }

    /// A pod has been asked to go.
    fn asked(&mut self, cx: &mut Cx<'_>, at: usize, outcome: StatusResult<()>) {
        let (namespace, name) = self.place(at);
        let leaver = &mut self.leavers[at];
        leaver.stage = Stage::Going;
        leaver.at = cx.session.now() + ROUND_TRIP;
        let Err(status) = outcome else {
            if self.evicting && cx.dry_run != DryRun::No {
                leaver.stage = Stage::Over(Ok(()));
            }
            return;
        };
        if !self.evicting {
            if !status.is_not_found() {
                leaver.stage = Stage::Over(Err(status.into()));
            }
            return;
        }
        let leaving = status.message.ends_with("because it is being terminated");
        let text = match status.reason {
            Reason::NotFound => return leaver.stage = Stage::Over(Ok(())),
            Reason::TooManyRequests => format!("error when evicting pods/{name:?} -n {namespace:?}"),
            Reason::Forbidden if leaving && leaver.pod.metadata.terminating() => return,
            Reason::Forbidden if leaving => {
                format!("error when evicting pod {name:?} from terminating namespace {namespace:?}")
            }
            _ => return self.fail(at, &status.message),
        };
        complain(cx, &format!("{text} (will retry after 5s): {status}"));
        leaver.stage = Stage::Due;
        leaver.at = cx.session.now() + RETRY;
    }

    /// Looks whether a pod is gone (upstream: `waitForDelete`).
    fn wait_for(&mut self, cx: &mut Cx<'_>, args: &Args, at: usize) {
        let leaver = &mut self.leavers[at];
        if !matches!(leaver.stage, Stage::Going) {
            return;
        }
        let (now, meta) = (cx.session.now(), &leaver.pod.metadata);
        let pod = cx.api().get::<Pod>(&meta.namespace, &meta.name).cloned();
        let Some(pod) = pod.filter(|pod| pod.metadata.uid == meta.uid) else {
            let word = if self.evicting { "evicted" } else { "deleted" };
            cx.say(format!("pod/{} {word}{}", meta.name, cx.dry_run.suffix()));
            leaver.stage = Stage::Over(Ok(()));
            return;
        };
        if is_skipped(cx, args, &pod) {
            let limit = args.number("skip-wait-for-delete-timeout").unwrap_or_default();
            let name = &*meta.name;
            cx.say(format!("pod {name:?} has DeletionTimestamp older than {limit} seconds, skipping"));
            leaver.stage = Stage::Over(Ok(()));
        } else if now >= self.deadline {
            let (name, namespace) = (&*meta.name, &*meta.namespace);
            let waiting =
                format!("error when waiting for pod {name:?} in namespace {namespace:?} to terminate: ");
            let doing = if self.evicting { waiting } else { String::new() };
            leaver.stage = Stage::Over(Err(Trouble::Text(doing + "context deadline exceeded")));
        } else {
            leaver.at = (now + LOOK).min(self.deadline);
        }
    }
}

/// The server's refusal in what kubectl printed.
fn refusal(output: &Output) -> StatusResult<()> {
    if output.code == 0 {
        return Ok(());
    }
    let text = output.stderr.trim_end();
    let (reason, message) = text
        .strip_prefix("Error from server (")
        .and_then(|rest| rest.split_once("): "))
        .unwrap_or(("", text));
    let known = [Reason::NotFound, Reason::TooManyRequests, Reason::Forbidden];
    let reason = known.into_iter().find(|known| format!("{known:?}") == reason);
    Err(Status::new(reason.unwrap_or(Reason::Unknown), message))
}
