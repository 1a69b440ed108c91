//! PodDisruptionBudgets: how many pods may be missing because someone wanted it so.

use crate::condition::Condition;
use crate::rules::Rules;
use crate::validation::{Errors, NameRule, Path, intstr, metadata, names};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{IntOrString, LabelSelector, ObjectMeta, Str, Time};
use std::collections::BTreeMap;

/// Pods that are not ready can be evicted only while the budget is kept.
pub const IF_HEALTHY_BUDGET: &str = "IfHealthyBudget";
/// Pods that are not ready can always be evicted.
pub const ALWAYS_ALLOW: &str = "AlwaysAllow";

/// How many pods may be missing because someone wanted it so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PodDisruptionBudget {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What it is to be.
    pub spec: PodDisruptionBudgetSpec,
    /// What is known of it.
    pub status: PodDisruptionBudgetStatus,
}

/// Which pods, and how many of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PodDisruptionBudgetSpec {
    /// How many pods must stay, as a number or a percentage.
    #[json(omitempty)]
    pub min_available: Option<IntOrString>,
    /// Which pods are meant. An empty selector means all of the namespace.
    #[json(omitempty)]
    pub selector: Option<LabelSelector>,
    /// How many pods may be missing, as a number or a percentage.
    #[json(omitempty)]
    pub max_unavailable: Option<IntOrString>,
    /// When pods that are not ready can be evicted: `IfHealthyBudget` or `AlwaysAllow`.
    #[json(omitempty)]
    pub unhealthy_pod_eviction_policy: Option<Str>,
}

/// How many more pods may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PodDisruptionBudgetStatus {
    /// The generation that the status speaks of.
    #[json(omitempty)]
    pub observed_generation: i64,
    /// Pods whose eviction was allowed, and when, until they are seen to go.
    #[json(omitempty)]
    pub disrupted_pods: BTreeMap<Str, Time>,
    /// How many pods can be evicted now.
    pub disruptions_allowed: i32,
    /// Pods that are healthy.
    pub current_healthy: i32,
    /// Pods that must be healthy.
    pub desired_healthy: i32,
    /// Pods that the budget is about.
    pub expected_pods: i32,
    /// What is true of the object, and since when.
    #[json(omitempty)]
    pub conditions: Vec<Condition>,
}

impl Rules for PodDisruptionBudget {
    const NAME: NameRule = names::path_segment;
    const COUNTS_GENERATION: bool = true;

    fn check(&self, errors: &mut Errors) {
        let (path, spec) = (&Path::Root("spec"), &self.spec);
        if spec.min_available.is_some() && spec.max_unavailable.is_some() {
            errors.invalid(path, spec, "minAvailable and maxUnavailable cannot be both set");
        }
        for (name, amount) in
            [("minAvailable", &spec.min_available), ("maxUnavailable", &spec.max_unavailable)]
        {
            if let Some(amount) = amount {
                intstr::non_negative_or_percent(amount, &path.field(name), errors);
                intstr::at_most_100_percent(amount, &path.field(name), errors);
            }
        }
        if let Some(selector) = &spec.selector {
            metadata::selector(selector, &path.field("selector"), errors);
        }
        if let Some(policy) = &spec.unhealthy_pod_eviction_policy {
            let path = path.field("unhealthyPodEvictionPolicy");
            errors.one_of(&path, Some(policy), &[ALWAYS_ALLOW, IF_HEALTHY_BUDGET]);
        }
    }
}
