//! ResourceQuotas: how much a namespace may use and hold.

use crate::resources::ResourceList;
use crate::rules::Rules;
use crate::validation::{Bare, Errors, Path, resources, strings};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{ObjectMeta, Str};
use std::collections::BTreeSet;

/// A bound on what a namespace uses and holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ResourceQuota {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// What is to be bounded.
    pub spec: ResourceQuotaSpec,
    /// What is bounded, and how much of it is used.
    pub status: ResourceQuotaStatus,
}

/// What is to be bounded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ResourceQuotaSpec {
    /// The bound of every named resource.
    #[json(omitempty)]
    pub hard: ResourceList,
    /// Which objects count: those that all scopes match; all when there is none.
    #[json(omitempty)]
    pub scopes: Vec<Str>,
    /// Which objects count, as a choice among the values of scopes.
    #[json(omitempty)]
    pub scope_selector: Option<ScopeSelector>,
}

/// A choice of objects by their scopes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ScopeSelector {
    /// Requirements that must all hold.
    #[json(omitempty)]
    pub match_expressions: Vec<ScopedResourceSelectorRequirement>,
}

/// One requirement of a [`ScopeSelector`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ScopedResourceSelectorRequirement {
    /// The scope that the requirement is about.
    pub scope_name: Str,
    /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
    pub operator: Str,
    /// What the scope's value is compared with.
    #[json(omitempty)]
    pub values: Vec<Str>,
}

/// What is bounded, and how much of it is used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct ResourceQuotaStatus {
    /// The bounds in force.
    #[json(omitempty)]
    pub hard: ResourceList,
    /// How much is used.
    #[json(omitempty)]
    pub used: ResourceList,
}

/// Pods that end by a deadline.
pub const TERMINATING: &str = "Terminating";
/// Pods that do not.
pub const NOT_TERMINATING: &str = "NotTerminating";
/// Pods that ask for nothing.
pub const BEST_EFFORT: &str = "BestEffort";
/// Pods that ask for something.
pub const NOT_BEST_EFFORT: &str = "NotBestEffort";
/// Pods of a priority class.
pub const PRIORITY_CLASS: &str = "PriorityClass";
/// Pods whose affinity looks into other namespaces.
pub const CROSS_NAMESPACE_POD_AFFINITY: &str = "CrossNamespacePodAffinity";

const SCOPES: [&str; 6] = [
    TERMINATING,
    NOT_TERMINATING,
    BEST_EFFORT,
    NOT_BEST_EFFORT,
    PRIORITY_CLASS,
    CROSS_NAMESPACE_POD_AFFINITY,
];

impl Rules for ResourceQuota {
    fn check(&self, errors: &mut Errors) {
        let path = &Path::Root("spec");
        for (name, amount) in &self.spec.hard {
            resources::quota(name, *amount, &path.field("hard").key(name), errors);
        }
        check_scopes(&self.spec, &path.field("scopes"), errors);
        if let Some(selector) = &self.spec.scope_selector {
            let path = path.field("scopeSelector");
            check_selector(&self.spec, selector, &path.field("matchExpressions"), errors);
        }
    }

    fn check_update(&self, old: &Self, errors: &mut Errors) {
        self.check(errors);
        let set = |quota: &Self| quota.spec.scopes.iter().cloned().collect::<BTreeSet<_>>();
        if set(self) != set(old) {
            let path = Path::Root("spec");
            errors.invalid(&path.field("scopes"), &Bare(&shown_scopes(&self.spec)), "field is immutable");
        }
    }
}

fn shown_scopes(spec: &ResourceQuotaSpec) -> String {
    strings("core.ResourceQuotaScope", &spec.scopes)
}

fn shown_selector(selector: &ScopeSelector) -> String {
    const REQUIREMENT: &str = "core.ScopedResourceSelectorRequirement";
    let requirement = |r: &ScopedResourceSelectorRequirement| {
        let values = strings("string", &r.values);
        format!("{REQUIREMENT}{{ScopeName:{:?}, Operator:{:?}, Values:{values}}}", r.scope_name, r.operator)
    };
    let requirements: Vec<_> = selector.match_expressions.iter().map(requirement).collect();
    format!("core.ScopeSelector{{MatchExpressions:[]{REQUIREMENT}{{{}}}}}", requirements.join(", "))
}

/// Whether what a scope picks has such a resource (upstream: `IsResourceQuotaScopeValidForResource`).
fn has_resource(scope: &str, resource: &str) -> bool {
    const COMPUTE: [&str; 6] =
        ["cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory"];
    match scope {
        BEST_EFFORT => resource == "pods",
        _ if SCOPES.contains(&scope) => resource == "pods" || COMPUTE.contains(&resource),
        _ => true,
    }
}

/// The bounded resources that what a scope picks does not have.
fn strange<'a>(spec: &'a ResourceQuotaSpec, scope: &'a str) -> impl Iterator<Item = &'a Str> {
    spec.hard.keys().filter(move |name| resources::is_standard_for_quota(name) && !has_resource(scope, name))
}

fn check_scopes(spec: &ResourceQuotaSpec, path: &Path, errors: &mut Errors) {
    let shown = shown_scopes(spec);
    let shown = Bare(&shown);
    for scope in &spec.scopes {
        if !SCOPES.contains(&&**scope) {
            errors.invalid(path, &shown, "unsupported scope");
        }
        strange(spec, scope)
            .for_each(|_| errors.invalid(path, &shown, "unsupported scope applied to resource"));
    }
    check_conflicts(spec, &spec.scopes.iter().map(|scope| &**scope).collect::<Vec<_>>(), path, errors);
}

fn check_conflicts(spec: &ResourceQuotaSpec, scopes: &[&str], path: &Path, errors: &mut Errors) {
    for (one, other) in [(BEST_EFFORT, NOT_BEST_EFFORT), (TERMINATING, NOT_TERMINATING)] {
        if scopes.contains(&one) && scopes.contains(&other) {
            errors.invalid(path, &Bare(&shown_scopes(spec)), "conflicting scopes");
        }
    }
}

fn check_selector(spec: &ResourceQuotaSpec, selector: &ScopeSelector, path: &Path, errors: &mut Errors) {
    for requirement in &selector.match_expressions {
        let scope = &requirement.scope_name;
        if !SCOPES.contains(&&**scope) {
            errors.invalid(&path.field("scopeName"), scope, "unsupported scope");
        }
        strange(spec, scope).for_each(|_| {
            errors.invalid(path, &Bare(&shown_selector(selector)), "unsupported scope applied to resource");
        });
        check_requirement(requirement, path, errors);
    }
    let scopes: Vec<_> = selector.match_expressions.iter().map(|r| &*r.scope_name).collect();
    check_conflicts(spec, &scopes, path, errors);
}

fn check_requirement(requirement: &ScopedResourceSelectorRequirement, path: &Path, errors: &mut Errors) {
    let (scope, operator) = (&*requirement.scope_name, &requirement.operator);
    if SCOPES.contains(&scope) && scope != PRIORITY_CLASS && &**operator != "Exists" {
        let detail = "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";
        errors.invalid(&path.field("operator"), operator, detail);
    }
    match &**operator {
        "In" | "NotIn" if requirement.values.is_empty() => errors.required(
            &path.field("values"),
            "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
        ),
        "Exists" | "DoesNotExist" if !requirement.values.is_empty() => {
            let shown = strings("string", &requirement.values);
            let detail = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
            errors.invalid(&path.field("values"), &Bare(&shown), detail);
        }
        "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
        _ => errors.invalid(&path.field("operator"), operator, "not a valid selector operator"),
    }
}
