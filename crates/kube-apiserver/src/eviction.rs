//! Eviction: a deletion that asks the pod's budget first (upstream:
//! `pkg/registry/core/pod/storage/eviction.go`).

use crate::admission::namespace_lifecycle;
use crate::delete::check_preconditions;
use crate::{ApiServer, DeleteOptions, Key, Request};
use orrery_api::pod_disruption_budget::ALWAYS_ALLOW;
use orrery_api::{Condition, Kind, Object, Pod, PodCondition, PodDisruptionBudget, PodStatus, Resource};
use orrery_apimachinery::{Reason, Status, StatusResult, Time};
use std::rc::Rc;

/// No more evictions than this may wait for the disruption controller to notice them.
const MAX_DISRUPTED_PODS: usize = 2_000;

impl ApiServer {
    /// Evicts a pod: `POST pods/NAME/eviction`. Returns it as it then is.
    ///
    /// Errors: `NotFound`; `TooManyRequests` while the pod's budget forbids it; `Forbidden` in a namespace that
    /// goes away; `Unknown` when the pod has several budgets; `Conflict` when it is not the pod that is meant.
    pub fn evict(
        &mut self,
        request: &Request,
        namespace: &str,
        name: &str,
        options: &DeleteOptions,
    ) -> StatusResult<Object> {
        if request.dry_run {
            return self.rehearse(request, |server, request| server.evict(request, namespace, name, options));
        }
        let key = Key::new(Kind::Pod, namespace, name);
        let object = self.stored(&key)?;
        namespace_lifecycle::check(self, &object)?;
        check_preconditions(&object, options)?;
        let pod = Pod::unwrap_ref(&object).cloned().expect("the bucket of pods holds pods");
        if is_guarded(&pod) {
            self.spend_budget(request, &pod)?;
        }
        let date = self.date(request.now);
        self.modify_status::<Pod>(request, namespace, name, |pod| mark(&mut pod.status, date))?;
        // The mark is the server's own; it does not make the pod another one than was meant.
        self.delete(request, &key, &DeleteOptions { resource_version: None, ..options.clone() })
    }

    /// Takes one disruption from the pod's budget, if it has one that guards it.
    fn spend_budget(&mut self, request: &Request, pod: &Pod) -> StatusResult<()> {
        let meta = &pod.metadata;
        let selects = |budget: &&Rc<PodDisruptionBudget>| {
            budget.spec.selector.as_ref().is_some_and(|s| s.matches(&meta.labels))
        };
        let budgets = self.list_in::<PodDisruptionBudget>(&meta.namespace).filter(selects);
        let budgets: Vec<_> = budgets.take(2).cloned().collect();
        let Some(budget) = budgets.first() else { return Ok(()) };
        if budgets.len() > 1 {
            let message = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
            return Err(Status::new(Reason::Unknown, message));
        }
        if !is_ready(pod) && spares_unhealthy(budget) {
            return Ok(());
        }
        check(budget)?;
        let date = self.date(request.now);
        self.modify_status::<PodDisruptionBudget>(
            request,
            &meta.namespace,
            &budget.metadata.name,
            |budget| {
                let status = &mut budget.status;
                status.disruptions_allowed -= 1;
                status.disrupted_pods.insert(meta.name.clone(), date);
                if status.disruptions_allowed == 0 {
                    exhaust(budget, date);
                }
            },
        )?;
        Ok(())
    }
}

/// Whether budgets guard the pod: one that never ran, has ended or goes anyway is no loss (upstream: `canIgnorePDB`).
fn is_guarded(pod: &Pod) -> bool {
    let phase = pod.status.phase.as_deref();
    !matches!(phase, Some("Succeeded" | "Failed" | "Pending")) && !pod.metadata.terminating()
}

fn is_ready(pod: &Pod) -> bool {
    pod.status.conditions.iter().any(|c| &*c.type_ == "Ready" && &*c.status == "True")
}

/// Whether pods that are not ready may go without counting.
fn spares_unhealthy(budget: &PodDisruptionBudget) -> bool {
    let status = &budget.status;
    budget.spec.unhealthy_pod_eviction_policy.as_deref() == Some(ALWAYS_ALLOW)
        || status.desired_healthy > 0 && status.current_healthy >= status.desired_healthy
}

/// Whether the budget has a disruption left (upstream: `checkAndDecrement`).
fn check(budget: &PodDisruptionBudget) -> StatusResult<()> {
    let (name, status) = (&budget.metadata.name, &budget.status);
    let forbidden = |why| Err(Status::forbidden("poddisruptionbudget.policy", name, why));
    let violated = |cause| {
        let message = "Cannot evict pod as it would violate the pod's disruption budget.";
        Err(Status::new(Reason::TooManyRequests, message).with_causes(vec![cause]))
    };
    if status.observed_generation < budget.metadata.generation {
        violated(format!("The disruption budget {name} is still being processed by the server."))
    } else if status.disruptions_allowed < 0 {
        forbidden("pdb disruptions allowed is negative")
    } else if status.disrupted_pods.len() > MAX_DISRUPTED_PODS {
        forbidden("DisruptedPods map too big - too many evictions not confirmed by PDB controller")
    } else if status.disruptions_allowed == 0 {
        let (needs, has) = (status.desired_healthy, status.current_healthy);
        violated(format!("The disruption budget {name} needs {needs} healthy pods and has {has} currently"))
    } else {
        Ok(())
    }
}

/// Tells that nothing is left of the budget (upstream: `UpdateDisruptionAllowedCondition`).
fn exhaust(budget: &mut PodDisruptionBudget, date: Time) {
    let status = &mut budget.status;
    let observed_generation = status.observed_generation;
    for condition in status.conditions.iter_mut().filter(|c| &*c.type_ == "DisruptionAllowed") {
        *condition = Condition {
            type_: condition.type_.clone(),
            status: "False".into(),
            reason: "InsufficientPods".into(),
            message: "".into(),
            observed_generation,
            last_transition_time: Some(date),
        };
    }
}

/// Notes on the pod why it goes.
fn mark(status: &mut PodStatus, date: Time) {
    let mut condition = PodCondition {
        type_: "DisruptionTarget".into(),
        status: "True".into(),
        reason: Some("EvictionByEvictionAPI".into()),
        message: Some("Eviction API: evicting".into()),
        last_transition_time: Some(date),
        ..Default::default()
    };
    match status.conditions.iter_mut().find(|known| known.type_ == condition.type_) {
        Some(known) => {
            if known.status == condition.status {
                condition.last_transition_time = known.last_transition_time;
            }
            *known = condition;
        }
        None => status.conditions.push(condition),
    }
}
