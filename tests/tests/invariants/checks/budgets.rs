//! An eviction happens only while the disruption budget allows one.

use super::{Check, demand};
use orrery_api::{Object, Pod, PodDisruptionBudget};
use orrery_apiserver::{ApiServer, Change, Op};

pub(crate) struct EvictionsKeepTheBudget;

impl Check for EvictionsKeepTheBudget {
    fn see(&mut self, change: &Change, api: &ApiServer) -> Result<(), String> {
        let Object::PodDisruptionBudget(budget) = &change.value else { return Ok(()) };
        let before = change.previous.as_ref().and_then(|object| object.get::<PodDisruptionBudget>());
        let Some(before) = before.filter(|_| change.op == Op::Modified) else { return Ok(()) };
        demand(budget.status.disruptions_allowed >= 0, || "fewer than no disruptions are allowed".into())?;
        if budget.status.disrupted_pods.len() <= before.status.disrupted_pods.len() {
            return Ok(());
        }
        let healthy = |pod: &&std::rc::Rc<Pod>| {
            let evicted = budget.status.disrupted_pods.contains_key(&pod.metadata.name);
            !evicted && !pod.metadata.terminating() && is_ready(pod)
        };
        let pods = budget.spec.selector.as_ref().map(|s| api.pods_matching(&budget.metadata.namespace, s));
        let left = pods.iter().flatten().filter(healthy).count();
        demand(left as i64 >= i64::from(before.status.desired_healthy), || {
            format!(
                "{left} healthy pods are left of {}, {} at least",
                budget.metadata.name, before.status.desired_healthy
            )
        })
    }
}

fn is_ready(pod: &Pod) -> bool {
    pod.status.conditions.iter().any(|c| &*c.type_ == "Ready" && &*c.status == "True")
}
