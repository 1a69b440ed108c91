//! Evicts pods that request too much or too little (upstream: `vpa-updater`).

use super::api::{self, Vpa};
use crate::{Action, Controller, Wake};
use orrery_api::{Container, Pod};
use orrery_apimachinery::{StatusResult, Str};
use orrery_client::{ApiServer, Change, Context, DeleteOptions, EventType, Key, Op};
use orrery_sim::Duration;
use std::rc::Rc;

/// How often it looks (upstream: `--updater-interval`).
const INTERVAL: Duration = Duration::from_secs(60);
/// A workload with fewer pods is left alone (upstream: `--min-replicas`).
const MIN_REPLICAS: i32 = 2;
/// A pod within the bounds is only replaced when it is this old (upstream: `podLifetimeUpdateThreshold`) …
const LIFETIME: i64 = 12 * 60 * 60;
/// … and requests differ by this many percent from what is recommended (upstream: `defaultUpdateThreshold`).
const DIFFERENCE_PERCENT: i64 = 10;
/// The containers that the admission webhook saw in a pod.
pub(super) const OBSERVED: &str = "vpaObservedContainers";

/// The loop; it remembers nothing.
#[derive(Clone, Debug, Default)]
pub struct VpaUpdater;

/// Why a pod is to be replaced, the most urgent last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Priority {
    /// A container should request more.
    scale_up: bool,
    /// How far requests are from what is recommended, in percent.
    difference: i64,
}

impl Controller for VpaUpdater {
    const NAME: &'static str = "vpa-updater";

    fn observe(&mut self, change: &Change, _api: &ApiServer, wake: &mut Wake) {
        if let Some(key) = api::key(&change.value).filter(|_| change.op == Op::Added) {
            wake.key_after(key, INTERVAL);
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let Some(vpa) = api::get(cx.api(), key) else { return Ok(Action::AwaitChange) };
        if matches!(vpa.mode(), "Recreate" | "Auto") && vpa.status.recommendation.is_some() {
            let pods = vpa.pods(cx.api()).unwrap_or_default();
            let mut wanted: Vec<(Priority, Rc<Pod>)> = Vec::new();
            for pod in &pods {
                if let Some(priority) = priority(&vpa, pod, cx.date().0) {
                    wanted.push((priority, pod.clone()));
                }
            }
            wanted.sort_by_key(|(priority, _)| std::cmp::Reverse(*priority));
            let mut groups = Groups { vpa: &vpa, pods: &pods, evicted: Vec::new() };
            for (_, pod) in wanted {
                groups.evict(&pod, cx);
            }
        }
        Ok(Action::RequeueAfter(INTERVAL))
    }
}

/// Whether a pod is to be replaced, and how urgently (upstream: `AddPod` of `UpdatePriorityCalculator`).
fn priority(vpa: &Vpa, pod: &Pod, now: i64) -> Option<Priority> {
    if pod.metadata.terminating() {
        return None;
    }
    let observed = pod.metadata.annotations.get(OBSERVED);
    let seen = |name: &str| observed.is_none_or(|names| names.split(", ").any(|one| one == name));
    let (mut outside, mut scale_up, mut difference) = (false, false, 0);
    for container in pod.spec.containers.iter().filter(|c| seen(&c.name)) {
        let Some(recommended) = vpa.status.recommended(&container.name) else { continue };
        for (resource, target) in &recommended.target {
            let request = amount(container, resource);
            let target = target.milli_value();
            scale_up |= request < target;
            let below =
                recommended.lower_bound.get(resource).is_some_and(|least| request < least.milli_value());
            let above =
                recommended.upper_bound.get(resource).is_some_and(|most| request > most.milli_value());
            outside |= below || above;
            // Resources differ in scale, so each counts by its own share.
            difference += (target - request).saturating_abs().saturating_mul(100) / request.max(1);
        }
    }
    let old = pod.status.start_time.is_some_and(|start| start.0 + LIFETIME <= now);
    (outside || (old && difference >= DIFFERENCE_PERCENT)).then_some(Priority { scale_up, difference })
}

fn amount(container: &Container, resource: &str) -> i64 {
    container.resources.requests.get(resource).map_or(0, |request| request.milli_value())
}

/// The pods of one autoscaler, of which some may go at a time (upstream: `PodsEvictionRestriction`).
struct Groups<'a> {
    vpa: &'a Vpa,
    pods: &'a [Rc<Pod>],
    /// The uids of the owners of the pods that went.
    evicted: Vec<Str>,
}

impl Groups<'_> {
    fn evict(&mut self, pod: &Pod, cx: &mut Context<'_>) {
        let Some(owner) = pod.metadata.controller().map(|owner| owner.uid.clone()) else { return };
        if !self.may_go(pod, &owner, cx.api()) {
            return;
        }
        if cx.evict(&pod.metadata.namespace, &pod.metadata.name, &DeleteOptions::default()).is_err() {
            return;
        }
        self.evicted.push(owner);
        let message = "Pod was evicted by VPA Updater to apply resource recommendation.";
        cx.event(pod, EventType::Normal, "EvictedByVPA", message);
    }

    /// Upstream: `CanEvict`: half of what is configured stays alive, or all but one of so few that half is none.
    fn may_go(&self, pod: &Pod, owner: &str, api: &ApiServer) -> bool {
        let owned = |pod: &&Rc<Pod>| pod.metadata.controller().is_some_and(|o| &*o.uid == owner);
        let pending = |pod: &Pod| pod.status.phase.as_deref() == Some("Pending");
        let actual = self.pods.iter().filter(owned).count();
        let least = self.vpa.spec.update_policy.as_ref().and_then(|policy| policy.min_replicas);
        if (actual as i64) < i64::from(least.unwrap_or(MIN_REPLICAS)) {
            return false;
        }
        if pending(pod) {
            return true;
        }
        let configured = configured(pod, api).map_or(actual, |replicas| replicas.unsigned_abs() as usize);
        let running = self.pods.iter().filter(owned).filter(|pod| !pending(pod)).count();
        let evicted = self.evicted.iter().filter(|uid| &***uid == owner).count();
        let tolerated = configured / 2;
        running - evicted > configured - tolerated
            || (running == configured && tolerated == 0 && evicted == 0)
    }
}

/// How many pods the controller of a pod is to have.
fn configured(pod: &Pod, api: &ApiServer) -> Option<i32> {
    let owner = pod.metadata.controller()?;
    let kind = api.kind_by_gvk(&owner.api_version, &owner.kind)?;
    api.replicas(&Key::new(kind, pod.metadata.namespace.clone(), owner.name.clone()))
}
