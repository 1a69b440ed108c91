//! What a Job makes of the ends of its pods: which failures mean what, and which successes are enough.

use orrery_apimachinery::Str;
use orrery_apimachinery::decode::Fields;

/// Which failures of pods mean what. The first rule that fits decides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PodFailurePolicy {
    /// The rules.
    #[json(null_if_empty)]
    pub rules: Vec<PodFailurePolicyRule>,
}

/// What is made of pods that fail in a certain way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PodFailurePolicyRule {
    /// `FailJob`, `FailIndex`, `Ignore` or `Count`.
    pub action: Str,
    /// The exit codes that the rule is about.
    #[json(omitempty)]
    pub on_exit_codes: Option<PodFailurePolicyOnExitCodesRequirement>,
    /// The conditions that the rule is about, of which one is enough.
    #[json(omitempty)]
    pub on_pod_conditions: Vec<PodFailurePolicyOnPodConditionsPattern>,
}

/// Exit codes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PodFailurePolicyOnExitCodesRequirement {
    /// The container that is meant, if not all are.
    #[json(omitempty)]
    pub container_name: Option<Str>,
    /// `In` or `NotIn`.
    pub operator: Str,
    /// The codes, in order.
    #[json(null_if_empty)]
    pub values: Vec<i32>,
}

/// A condition that a failed pod has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PodFailurePolicyOnPodConditionsPattern {
    /// The type.
    pub type_: Str,
    /// `True`, `False` or `Unknown`.
    pub status: Str,
}

/// When an indexed job counts as successful. One rule that is satisfied is enough.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct SuccessPolicy {
    /// The rules.
    #[json(null_if_empty)]
    pub rules: Vec<SuccessPolicyRule>,
}

/// Which indexes are to succeed, and how many of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct SuccessPolicyRule {
    /// Which ones count, such as `1,3-5`.
    #[json(omitempty)]
    pub succeeded_indexes: Option<Str>,
    /// How many are enough.
    #[json(omitempty)]
    pub succeeded_count: Option<i32>,
}

impl PodFailurePolicy {
    /// A condition is meant to be true unless something else is said.
    pub(crate) fn set_defaults(&mut self) {
        for pattern in self.rules.iter_mut().flat_map(|rule| &mut rule.on_pod_conditions) {
            if pattern.status.is_empty() {
                pattern.status = "True".into();
            }
        }
    }
}
