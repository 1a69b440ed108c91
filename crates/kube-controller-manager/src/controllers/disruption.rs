//! Tells of each PodDisruptionBudget how many of its pods may be disrupted now
//! (upstream: `pkg/controller/disruption`).

mod expected;
mod stale;
#[cfg(test)]
mod tests;

use crate::conditions::set_condition;
use crate::{Action, Controller, Wake, pods};
use expected::{Expected, expected};
use orrery_api::{Condition, Kind, Object, Pod, PodDisruptionBudget, PodDisruptionBudgetStatus};
use orrery_apimachinery::{LabelSelector, StatusResult, Str, Time};
use orrery_client::{ApiServer, Change, Context, EventType, Key, Op};
use orrery_sim::Duration;
use std::collections::BTreeMap;
use std::rc::Rc;

/// How long an eviction that was granted is waited for (upstream: `DeletionTimeout`).
const DELETION_TIMEOUT: i64 = 2 * 60;

/// The controller; it remembers nothing.
#[derive(Clone, Debug, Default)]
pub struct DisruptionController;

impl Controller for DisruptionController {
    const NAME: &'static str = "controllermanager";

    fn observe(&mut self, change: &Change, api: &ApiServer, wake: &mut Wake) {
        match &change.value {
            Object::PodDisruptionBudget(_) if change.op != Op::Deleted => wake.key(Key::of(&change.value)),
            Object::Pod(pod) => {
                let budgets = budgets_of(pod, api);
                for budget in &budgets {
                    wake.key(Key::of(&Object::PodDisruptionBudget(budget.clone())));
                }
                if budgets.len() > 1 {
                    wake.key(Key::of(&change.value));
                }
                if let Some(left) = stale::until(pod, api, change.time) {
                    wake.key_after(Key::of(&change.value), left);
                }
            }
            _ => {}
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        if let Some(pod) = cx.get::<Pod>(&key.namespace, &key.name).filter(|_| key.kind == Kind::Pod) {
            complain_of_several(&pod, cx);
            return stale::clean_up(&pod, cx);
        }
        let Some(Object::PodDisruptionBudget(budget)) = cx.api().object(key).cloned() else {
            return Ok(Action::AwaitChange);
        };
        let pods = pods_of(&budget, cx.api());
        if pods.is_empty() {
            cx.event(&*budget, EventType::Normal, "NoPods", "No matching pods found");
        }
        match expected(&budget, &pods, cx.api()) {
            Ok(expected) => tell(&budget, &pods, &expected, cx),
            Err(error) => {
                let message = format!("Failed to calculate the number of expected pods: {error}");
                cx.event(&*budget, EventType::Warning, "CalculateExpectedPodCountFailed", message);
                fail_safe(&budget, &error, cx)
            }
        }
    }
}

fn selects(selector: &Option<LabelSelector>, pod: &Pod) -> bool {
    selector.as_ref().is_some_and(|selector| selector.matches(&pod.metadata.labels))
}

/// The budgets that are about a pod, by name.
fn budgets_of(pod: &Pod, api: &ApiServer) -> Vec<Rc<PodDisruptionBudget>> {
    let all = api.list_in::<PodDisruptionBudget>(&pod.metadata.namespace);
    all.filter(|budget| selects(&budget.spec.selector, pod)).cloned().collect()
}

/// Tells that a pod has several budgets. Upstream looks at one of them only, whichever comes first.
fn complain_of_several(pod: &Pod, cx: &mut Context<'_>) {
    if let [first, _, ..] = &budgets_of(pod, cx.api())[..] {
        let (meta, chosen) = (&pod.metadata, &first.metadata.name);
        let message = format!(
            "Pod {:?}/{:?} matches multiple PodDisruptionBudgets.  Chose {chosen:?} arbitrarily.",
            meta.namespace, meta.name
        );
        cx.event(pod, EventType::Warning, "MultiplePodDisruptionBudgets", message);
    }
}

fn pods_of(budget: &PodDisruptionBudget, api: &ApiServer) -> Vec<Rc<Pod>> {
    let Some(selector) = &budget.spec.selector else { return Vec::new() };
    api.pods_matching(&budget.metadata.namespace, selector)
}

/// Writes what is known of the budget's pods.
fn tell(
    budget: &PodDisruptionBudget,
    pods: &[Rc<Pod>],
    expected: &Expected,
    cx: &mut Context<'_>,
) -> StatusResult<Action> {
    if expected.unmanaged {
        let selector = budget.spec.selector.as_ref().map(LabelSelector::go_string).unwrap_or_default();
        let message = format!(
            "Pods selected by this PodDisruptionBudget (selector: {selector}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set \".spec.minAvailable\" field of the PDB to an integer value."
        );
        cx.event(budget, EventType::Warning, "UnmanagedPods", message);
    }
    let now = cx.date();
    let disrupted = awaited(budget, pods, now, cx);
    let healthy = |pod: &&Rc<Pod>| {
        !pod.metadata.terminating() && !disrupted.contains_key(&pod.metadata.name) && pods::is_ready(pod)
    };
    let current = i32::try_from(pods.iter().filter(healthy).count()).unwrap_or(i32::MAX);
    let spare = if expected.pods > 0 { (current - expected.healthy).max(0) } else { 0 };
    // Dates have no fractions; a second more, to be past them.
    let recheck = disrupted.values().map(|since| since.0 + DELETION_TIMEOUT + 1 - now.0).min();
    let status = PodDisruptionBudgetStatus {
        conditions: budget.status.conditions.clone(),
        current_healthy: current,
        desired_healthy: expected.healthy,
        disrupted_pods: disrupted,
        disruptions_allowed: spare,
        expected_pods: expected.pods,
        observed_generation: budget.metadata.generation,
    };
    let (truth, reason) = if spare > 0 { ("True", "SufficientPods") } else { ("False", "InsufficientPods") };
    write(budget, status, (truth, reason, ""), cx)?;
    Ok(recheck.map_or(Action::AwaitChange, |left| {
        Action::RequeueAfter(Duration::from_secs(u64::try_from(left.max(0)).unwrap_or(0)))
    }))
}

/// The pods whose eviction was granted and that are still there. One that stays is no longer waited for
/// (upstream: `buildDisruptedPodMap`).
fn awaited(
    budget: &PodDisruptionBudget,
    pods: &[Rc<Pod>],
    now: Time,
    cx: &mut Context<'_>,
) -> BTreeMap<Str, Time> {
    let mut awaited = BTreeMap::new();
    for pod in pods.iter().filter(|pod| !pod.metadata.terminating()) {
        let Some(since) = budget.status.disrupted_pods.get(&pod.metadata.name) else { continue };
        if since.0 + DELETION_TIMEOUT < now.0 {
            let namespace = &budget.metadata.namespace;
            // Upstream names the namespace twice.
            let message =
                format!("Pod was expected by PDB {namespace}/{namespace} to be deleted but it wasn't");
            cx.event(&**pod, EventType::Warning, "NotDeleted", message);
        } else {
            awaited.insert(pod.metadata.name.clone(), *since);
        }
    }
    awaited
}

/// When the numbers are not known, no disruption is allowed (upstream: `failSafe`).
fn fail_safe(budget: &PodDisruptionBudget, error: &str, cx: &mut Context<'_>) -> StatusResult<Action> {
    let status = PodDisruptionBudgetStatus { disruptions_allowed: 0, ..budget.status.clone() };
    write(budget, status, ("False", "SyncFailed", error), cx)?;
    Ok(Action::AwaitChange)
}

fn write(
    budget: &PodDisruptionBudget,
    mut status: PodDisruptionBudgetStatus,
    (truth, reason, message): (&str, &str, &str),
    cx: &mut Context<'_>,
) -> StatusResult<()> {
    let condition = Condition {
        type_: "DisruptionAllowed".into(),
        status: truth.into(),
        reason: reason.into(),
        message: message.into(),
        observed_generation: status.observed_generation,
        ..Default::default()
    };
    set_condition(&mut status.conditions, condition, cx.date());
    let meta = &budget.metadata;
    cx.modify_status::<PodDisruptionBudget>(&meta.namespace, &meta.name, |b| b.status = status)?;
    Ok(())
}
