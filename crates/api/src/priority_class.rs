//! PriorityClasses: the names of priorities.

use crate::defaults::fill;
use crate::rules::Rules;
use crate::validation::{Errors, Path, preemption_policy};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{ObjectMeta, Str};

/// The highest priority that people may give.
pub const HIGHEST_USER_PRIORITY: i32 = 1_000_000_000;
/// The class of what a node cannot do without.
pub const SYSTEM_NODE_CRITICAL: &str = "system-node-critical";
/// The class of what the cluster cannot do without.
pub const SYSTEM_CLUSTER_CRITICAL: &str = "system-cluster-critical";
/// The classes that every cluster has, with their values.
pub const SYSTEM_PRIORITY_CLASSES: [(&str, i32); 2] =
    [(SYSTEM_NODE_CRITICAL, 2_000_001_000), (SYSTEM_CLUSTER_CRITICAL, 2_000_000_000)];
/// How the names of the cluster's own classes begin.
const SYSTEM_PREFIX: &str = "system-";

/// The name of a priority.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PriorityClass {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// The priority.
    pub value: i32,
    /// Whether pods without a class are of this one.
    #[json(omitempty)]
    pub global_default: bool,
    /// What it is for.
    #[json(text)]
    pub description: Option<Str>,
    /// `PreemptLowerPriority` or `Never`.
    #[json(omitempty)]
    pub preemption_policy: Option<Str>,
}

impl Rules for PriorityClass {
    const COUNTS_GENERATION: bool = true;

    /// Upstream starts to count and then never goes on.
    fn same_desired(&self, _old: &Self) -> bool {
        true
    }

    fn set_defaults(&mut self) {
        fill(&mut self.preemption_policy, "PreemptLowerPriority");
    }

    fn check(&self, errors: &mut Errors) {
        if self.metadata.name.starts_with(SYSTEM_PREFIX) {
            if let Err(error) = self.check_system() {
                let detail = format!(
                    "priority class names with '{SYSTEM_PREFIX}' prefix are reserved for system use only. error: {error}"
                );
                errors.forbidden(&Path::Root("metadata").field("name"), &detail);
            }
        } else if self.value > HIGHEST_USER_PRIORITY {
            let detail =
                format!("maximum allowed value of a user defined priority is {HIGHEST_USER_PRIORITY}");
            errors.forbidden(&Path::Root("value"), &detail);
        }
        if let Some(policy) = &self.preemption_policy {
            preemption_policy(policy, &Path::Root("preemptionPolicy"), errors);
        }
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        if self.value != old.value {
            errors.forbidden(&Path::Root("value"), "may not be changed in an update.");
        }
        let path = Path::Root("preemptionPolicy");
        errors.immutable(&path, &self.preemption_policy, &old.preemption_policy);
    }
}

impl PriorityClass {
    /// Whether this is one of the cluster's own classes (upstream: `IsKnownSystemPriorityClass`).
    fn check_system(&self) -> Result<(), String> {
        let name = &self.metadata.name;
        let known = SYSTEM_PRIORITY_CLASSES.iter().find(|(known, _)| **known == **name);
        match known {
            None => Err(format!("{name} is not a known system priority class")),
            Some((_, value)) if *value != self.value => {
                Err(format!("value of {name} PriorityClass must be {value}"))
            }
            Some(_) if self.global_default => {
                Err(format!("globalDefault of {name} PriorityClass must be false"))
            }
            Some(_) => Ok(()),
        }
    }
}
