//! Pods that were to be disrupted and still live: the condition that tells so is taken back
//! (upstream: `syncStalePodDisruption`).

use crate::conditions::set_condition;
use crate::{Action, pods};
use orrery_api::{Pod, PodCondition};
use orrery_apimachinery::StatusResult;
use orrery_client::{ApiServer, Context};
use orrery_sim::{Duration, SimTime};

/// How long a disruption that was announced is waited for (upstream: `stalePodDisruptionTimeout`), and a
/// second more: dates have no fractions.
const PATIENCE: Duration = Duration::from_secs(2 * 60 + 1);

/// How long after `now` the pod's condition is stale; `None` when it has none that could be. A kubelet's own
/// never is: it may take any time.
pub(super) fn until(pod: &Pod, api: &ApiServer, now: SimTime) -> Option<Duration> {
    if pod.metadata.terminating() || pods::is_over(pod) {
        return None;
    }
    let condition = pod.status.conditions.iter().find(|c| &*c.type_ == "DisruptionTarget")?;
    if &*condition.status != "True" || condition.reason.as_deref() == Some("TerminationByKubelet") {
        return None;
    }
    let since = api.instant(condition.last_transition_time.unwrap_or_default());
    Some((since + PATIENCE).since(now))
}

/// Takes the condition back once it is stale.
pub(super) fn clean_up(pod: &Pod, cx: &mut Context<'_>) -> StatusResult<Action> {
    let Some(left) = until(pod, cx.api(), cx.now()) else { return Ok(Action::AwaitChange) };
    if !left.is_zero() {
        return Ok(Action::RequeueAfter(left));
    }
    let condition =
        PodCondition { type_: "DisruptionTarget".into(), status: "False".into(), ..Default::default() };
    let date = cx.date();
    cx.modify_status::<Pod>(&pod.metadata.namespace, &pod.metadata.name, |pod| {
        set_condition(&mut pod.status.conditions, condition, date);
    })?;
    Ok(Action::AwaitChange)
}
