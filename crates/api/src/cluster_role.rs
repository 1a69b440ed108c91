//! ClusterRoles: what may be done in the whole cluster.

use crate::role::{PolicyRule, check_rules};
use crate::rules::Rules;
use crate::validation::{Errors, NameRule, Path, metadata, names};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{LabelSelector, ObjectMeta};

/// What may be done in the whole cluster, or in a namespace whose binding names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ClusterRole {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What may be done.
    #[json(null_if_empty)]
    pub rules: Vec<PolicyRule>,
    /// Which other roles the rules are taken from.
    #[json(omitempty)]
    pub aggregation_rule: Option<AggregationRule>,
}

/// Which other roles the rules are taken from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct AggregationRule {
    /// Their labels.
    #[json(omitempty)]
    pub cluster_role_selectors: Vec<LabelSelector>,
}

impl Rules for ClusterRole {
    const NAME: NameRule = names::path_segment;

    fn check(&self, errors: &mut Errors) {
        check_rules(&self.rules, false, errors);
        let Some(aggregation) = &self.aggregation_rule else { return };
        let path = Path::Root("aggregationRule");
        let path = path.field("clusterRoleSelectors");
        if aggregation.cluster_role_selectors.is_empty() {
            let detail = "at least one clusterRoleSelector required if aggregationRule is non-nil";
            errors.required(&path, detail);
        }
        for (i, selector) in aggregation.cluster_role_selectors.iter().enumerate() {
            metadata::selector(selector, &path.index(i), errors);
        }
    }
}
