//! How many replicas a metric wants (upstream: `replica_calculator.go`, `metrics/utilization.go`).

use super::double::{ceil, within_tolerance};
use super::explanation::{Formula, Kept, PodGroup, PodShare};
use crate::pods::{is_ready, ready_condition};
use orrery_api::Pod;
use orrery_api::resources::CPU;
use orrery_apimachinery::{Quantity, Time};
use std::rc::Rc;

/// How long a pod that starts may use the CPU for starting alone
/// (upstream: `--horizontal-pod-autoscaler-cpu-initialization-period`).
const CPU_INITIALIZATION_PERIOD: i64 = 300;
/// How long after its start a pod's first readiness may change before it counts as having been ready
/// (upstream: `--horizontal-pod-autoscaler-initial-readiness-delay`).
const INITIAL_READINESS_DELAY: i64 = 30;

/// What was measured of a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PodMetric {
    /// When the measuring ended …
    pub(super) timestamp: Time,
    /// … and how many seconds it took.
    pub(super) window: i64,
    /// The amount, in thousandths.
    pub(super) value: i64,
}

/// What a metric of pods is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    /// A percentage of what the pods request.
    Utilization(i64),
    /// Thousandths for each pod.
    Average(i64),
}

/// What a metric says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Count {
    /// How many replicas are wanted.
    pub(super) replicas: i32,
    /// What is measured: percent, or thousandths.
    pub(super) current: i64,
    /// What a pod uses on average, in thousandths.
    pub(super) average: i64,
    /// How it was worked out.
    pub(super) formula: Formula,
}

/// Sorts the pods into those that count and those that do not (upstream: `groupPods`).
pub(super) fn group_pods(
    pods: &[Rc<Pod>],
    measured: &[Option<PodMetric>],
    resource: &str,
    now: Time,
) -> Vec<PodShare> {
    let mut shares = Vec::with_capacity(pods.len());
    for (pod, metric) in pods.iter().zip(measured) {
        let group = match (pod.status.phase.as_deref(), metric) {
            _ if pod.metadata.terminating() => PodGroup::Ignored,
            (Some("Failed"), _) => PodGroup::Ignored,
            (Some("Pending"), _) => PodGroup::Unready,
            (_, None) => PodGroup::Missing,
            (_, Some(metric)) if resource == CPU && is_starting(pod, metric, now) => PodGroup::Unready,
            _ => PodGroup::Ready,
        };
        let usage = metric.map(|metric| metric.value);
        let counted = usage.filter(|_| group == PodGroup::Ready);
        shares.push(PodShare { name: pod.metadata.name.clone(), group, usage, request: 0, counted });
    }
    shares
}

/// Whether what the pod uses of the CPU says nothing yet.
fn is_starting(pod: &Pod, metric: &PodMetric, now: Time) -> bool {
    let (Some(ready), Some(start)) = (ready_condition(pod), pod.status.start_time) else { return true };
    let (unready, since) = (&*ready.status == "False", ready.last_transition_time.unwrap_or_default());
    if start.0 + CPU_INITIALIZATION_PERIOD > now.0 {
        // Either it is not ready, or no whole window was measured since it became so.
        unready || metric.timestamp.0 < since.0 + metric.window
    } else {
        // It has never been ready.
        unready && start.0 + INITIAL_READINESS_DELAY > since.0
    }
}

/// What every pod requests of a resource, in thousandths (upstream: `calculatePodRequests`).
///
/// Errors: a container requests nothing, in upstream's words.
pub(super) fn pod_requests(pods: &[Rc<Pod>], container: &str, resource: &str) -> Result<Vec<i64>, String> {
    let mut requests = Vec::with_capacity(pods.len());
    for pod in pods {
        let sidecars =
            pod.spec.init_containers.iter().filter(|c| c.restart_policy.as_deref() == Some("Always"));
        let mut sum = 0;
        for c in pod.spec.containers.iter().chain(sidecars) {
            if !container.is_empty() && container != &*c.name {
                continue;
            }
            let request = c.resources.requests.get(resource).map(Quantity::milli_value);
            let (name, pod) = (&c.name, &pod.metadata.name);
            sum += request
                .ok_or_else(|| format!("missing request for {resource} in container {name} of Pod {pod}"))?;
        }
        requests.push(sum);
    }
    Ok(requests)
}

/// How many replicas a metric of the pods wants (upstream: `GetResourceReplicas`, `calcPlainMetricReplicas`). Writes
/// what it assumes of pods that cannot be measured into `shares`.
///
/// Errors: nothing can be said, in upstream's words.
pub(super) fn replicas_for_pods(
    shares: &mut [PodShare],
    current_replicas: i32,
    goal: Goal,
) -> Result<Count, String> {
    let measured = Sum::of(shares);
    if measured.pods == 0 {
        return Err("did not receive metrics for targeted pods (pods might be unready)".into());
    }
    let target = goal.target();
    let first = measured.current(goal)?;
    let (up, down) = (first > target, first < target);
    let has = |group| shares.iter().any(|share| share.group == group);
    let (with_unready, with_missing) = (up && has(PodGroup::Unready), has(PodGroup::Missing));
    if with_missing && (up || down) {
        assume(shares, PodGroup::Missing, |share| if up { 0 } else { goal.cautious(share.request) });
    }
    if with_unready {
        assume(shares, PodGroup::Unready, |_| 0);
    }
    let all = Sum::of(shares);
    let current = all.current(goal)?;
    let turned = (down && current > target) || (up && current < target);
    let replicas = ceil(current, target, all.pods);
    // That more or fewer pods count than are asked for must not turn the direction either.
    let crossed = (current < target && replicas > current_replicas)
        || (current > target && replicas < current_replicas);
    let kept = if within_tolerance(current, target) {
        Some(Kept::WithinTolerance)
    } else if turned || ((with_unready || with_missing) && crossed) {
        Some(Kept::OtherDirection)
    } else {
        None
    };
    let proposal = if kept.is_some() { current_replicas } else { replicas };
    let percent = matches!(goal, Goal::Utilization(_));
    let formula = Formula { replicas: Some(all.pods), current, target, percent, kept, proposal };
    Ok(Count { replicas: proposal, current: first, average: measured.usage / measured.pods, formula })
}

/// How many replicas an amount wants that all pods share (upstream: `getUsageRatioReplicaCount`); `pods` are those of
/// the target.
pub(super) fn replicas_for_value(
    usage: i64,
    target: i64,
    current_replicas: i32,
    pods: &[Rc<Pod>],
) -> Result<Count, String> {
    let kept = (current_replicas != 0 && within_tolerance(usage, target)).then_some(Kept::WithinTolerance);
    let ready = |pod: &&Rc<Pod>| pod.status.phase.as_deref() == Some("Running") && is_ready(pod);
    let count = match (kept, current_replicas) {
        (Some(_), _) => i64::from(current_replicas),
        // Without pods, the quotient alone says how many it takes.
        (_, 0) => 1,
        _ if pods.is_empty() => {
            return Err("unable to calculate ready pods: no pods returned by selector while calculating replica count".into());
        }
        _ => pods.iter().filter(ready).count() as i64,
    };
    let proposal = if kept.is_some() { current_replicas } else { ceil(usage, target, count) };
    let formula = Formula { replicas: Some(count), current: usage, target, percent: false, kept, proposal };
    Ok(Count { replicas: proposal, current: usage, average: usage, formula })
}

/// How many replicas an amount wants of which every pod is to have its part (upstream:
/// `GetObjectPerPodMetricReplicas`, `GetExternalPerPodMetricReplicas`).
pub(super) fn replicas_for_average(usage: i64, target: i64, status_replicas: i32) -> Count {
    let replicas = i64::from(status_replicas);
    // Nothing divided by no pods is no number, and no number is far from one.
    let tolerable =
        if replicas == 0 { usage == 0 } else { within_tolerance(usage, target.saturating_mul(replicas)) };
    let kept = tolerable.then_some(Kept::WithinTolerance);
    let proposal = if kept.is_some() { status_replicas } else { ceil(usage, target, 1) };
    // What amd64 makes of an amount divided by no pods.
    let average = if replicas == 0 {
        i64::MIN
    } else {
        usage.div_euclid(replicas) + i64::from(usage.rem_euclid(replicas) != 0)
    };
    let formula = Formula { replicas: None, current: usage, target, percent: false, kept, proposal };
    Count { replicas: proposal, current: usage, average, formula }
}

fn assume(shares: &mut [PodShare], group: PodGroup, usage: impl Fn(&PodShare) -> i64) {
    for share in shares.iter_mut().filter(|share| share.group == group) {
        share.counted = Some(usage(share));
    }
}

impl Goal {
    fn target(self) -> i64 {
        let (Goal::Utilization(target) | Goal::Average(target)) = self;
        target
    }

    /// What a pod of which nothing is known is taken to use when fewer replicas are wanted: all that it requests, or
    /// what it is to use.
    fn cautious(self, request: i64) -> i64 {
        match self {
            Goal::Utilization(target) => request.saturating_mul(target.max(100)) / 100,
            Goal::Average(target) => target,
        }
    }
}

/// What all pods that count come to.
#[derive(Default)]
struct Sum {
    usage: i64,
    requests: i64,
    pods: i64,
}

impl Sum {
    fn of(shares: &[PodShare]) -> Sum {
        let mut sum = Sum::default();
        for share in shares {
            if let Some(usage) = share.counted {
                sum = Sum {
                    usage: sum.usage.saturating_add(usage),
                    requests: sum.requests.saturating_add(share.request),
                    pods: sum.pods + 1,
                };
            }
        }
        sum
    }

    /// The measure that is compared with the goal: percent of what is requested, or thousandths for each pod.
    fn current(&self, goal: Goal) -> Result<i64, String> {
        match goal {
            Goal::Average(_) => Ok(self.usage / self.pods),
            Goal::Utilization(_) if self.requests == 0 => {
                Err("no metrics returned matched known pods".into())
            }
            Goal::Utilization(_) => Ok(i64::from((self.usage.saturating_mul(100) / self.requests) as i32)),
        }
    }
}
