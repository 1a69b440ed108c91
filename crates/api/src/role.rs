//! Roles: what may be done in a namespace.

use crate::rules::Rules;
use crate::validation::{Bare, Errors, NameRule, Path, names, strings};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{ObjectMeta, Str};

/// What may be done in a namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct Role {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What may be done.
    #[json(null_if_empty)]
    pub rules: Vec<PolicyRule>,
}

/// Verbs and what they may be used on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct PolicyRule {
    /// The verbs.
    #[json(null_if_empty)]
    pub verbs: Vec<Str>,
    /// The API groups; the empty one is the core group.
    #[json(omitempty)]
    pub api_groups: Vec<Str>,
    /// The resources.
    #[json(omitempty)]
    pub resources: Vec<Str>,
    /// The names of single objects; all if empty.
    #[json(omitempty)]
    pub resource_names: Vec<Str>,
    /// Addresses that are no resources.
    #[json(name = "nonResourceURLs", omitempty)]
    pub non_resource_urls: Vec<Str>,
}

impl Rules for Role {
    const NAME: NameRule = names::path_segment;

    fn check(&self, errors: &mut Errors) {
        check_rules(&self.rules, true, errors);
    }
}

/// The rules of a role, of a namespace or of the cluster.
pub(crate) fn check_rules(rules: &[PolicyRule], namespaced: bool, errors: &mut Errors) {
    for (i, rule) in rules.iter().enumerate() {
        check_rule(rule, namespaced, &Path::Root("rules").index(i), errors);
    }
}

fn check_rule(rule: &PolicyRule, namespaced: bool, path: &Path, errors: &mut Errors) {
    if rule.verbs.is_empty() {
        errors.required(&path.field("verbs"), "verbs must contain at least one value");
    }
    if rule.non_resource_urls.is_empty() {
        if rule.api_groups.is_empty() {
            let detail = "resource rules must supply at least one api group";
            errors.required(&path.field("apiGroups"), detail);
        }
        if rule.resources.is_empty() {
            let detail = "resource rules must supply at least one resource";
            errors.required(&path.field("resources"), detail);
        }
        return;
    }
    let (at, shown) = (path.field("nonResourceURLs"), strings("string", &rule.non_resource_urls));
    if namespaced {
        errors.invalid(&at, &Bare(&shown), "namespaced rules cannot apply to non-resource URLs");
    }
    if !(rule.api_groups.is_empty() && rule.resources.is_empty() && rule.resource_names.is_empty()) {
        let detail = "rules cannot apply to both regular resources and non-resource URLs";
        errors.invalid(&at, &Bare(&shown), detail);
    }
}
