//! Rules for amounts of resources.

use super::shown::Shown;
use super::{Bare, Errors, Path, names};
use crate::resources::STORAGE;
use crate::{ResourceList, ResourceRequirements};
use orrery_apimachinery::Quantity;

/// Resources that have no domain in their name (upstream: `standardResources`).
const STANDARD: [&str; 20] = [
    "cpu",
    "memory",
    "ephemeral-storage",
    "requests.cpu",
    "requests.memory",
    "requests.ephemeral-storage",
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "storage",
    "requests.storage",
    "services.nodeports",
    "services.loadbalancers",
];
/// Those of them that a container can have.
const OF_CONTAINERS: [&str; 3] = ["cpu", "memory", "ephemeral-storage"];

pub(crate) fn is_huge_page(name: &str) -> bool {
    name.starts_with("hugepages-")
}

fn is_huge_page_of_quota(name: &str) -> bool {
    is_huge_page(name) || name.starts_with("requests.hugepages-")
}

fn is_standard(name: &str) -> bool {
    STANDARD.contains(&name) || is_huge_page_of_quota(name)
}

/// Whether a quota can bound the resource that has no domain in its name.
pub(crate) fn is_standard_for_quota(name: &str) -> bool {
    is_standard(name) && name != STORAGE
}

/// Whether the name is one that Kubernetes itself gave.
pub(crate) fn is_native(name: &str) -> bool {
    !name.contains('/') || name.contains("kubernetes.io/")
}

/// Whether more may be promised than there is.
pub(crate) fn can_be_overcommitted(name: &str) -> bool {
    is_native(name) && !is_huge_page(name)
}

/// What a container requests and is limited to (upstream: `ValidateContainerResourceRequirements`).
pub(crate) fn requirements(requirements: &ResourceRequirements, path: &Path, errors: &mut Errors) {
    let (limits, requests) = (path.field("limits"), path.field("requests"));
    for (name, amount) in &requirements.limits {
        container_amount(name, *amount, &limits.key(name), errors);
    }
    for (name, amount) in &requirements.requests {
        container_amount(name, *amount, &requests.key(name), errors);
        match requirements.limits.get(name) {
            Some(limit) if amount != limit && !can_be_overcommitted(name) => {
                errors.invalid(&requests, amount, format!("must be equal to {name} limit of {limit}"));
            }
            Some(limit) if amount > limit => {
                errors.invalid(
                    &requests,
                    amount,
                    format!("must be less than or equal to {name} limit of {limit}"),
                );
            }
            None if !can_be_overcommitted(name) => {
                errors.required(&limits, "Limit must be set for non overcommitable resources");
            }
            _ => {}
        }
    }
    huge_pages(requirements, path, errors);
}

fn huge_pages(requirements: &ResourceRequirements, path: &Path, errors: &mut Errors) {
    let mut names = requirements.limits.keys().chain(requirements.requests.keys());
    if names.clone().any(|n| is_huge_page(n)) && !names.any(|n| matches!(&**n, "cpu" | "memory")) {
        errors.forbidden(path, "HugePages require cpu or memory");
    }
}

fn container_amount(name: &str, amount: Quantity, path: &Path, errors: &mut Errors) {
    container_name(name, path, errors);
    self::amount(name, amount, path, errors);
    if let Some(size) = name.strip_prefix("hugepages-")
        && !is_divisible(amount, size)
    {
        errors.invalid(path, &amount, format!("{amount} is not positive integer multiple of {name}"));
    }
}

/// Whether an amount is made of pages of a size.
fn is_divisible(amount: Quantity, size: &str) -> bool {
    Quantity::parse(size).is_some_and(|size| {
        size > Quantity::ZERO && size.milli_value() % 1000 == 0 && amount.value() % size.value() == 0
    })
}

/// The name of any resource (upstream: `validateResourceName`).
pub(crate) fn name(name: &str, path: &Path, errors: &mut Errors) {
    let shown = Bare(name);
    let reasons = names::qualified_name(name);
    if reasons.is_empty() && !name.contains('/') && !is_standard(name) {
        errors.invalid(path, &shown, "must be a standard resource type or fully qualified");
    }
    errors.each_invalid(path, &shown, reasons);
}

/// The name of a container's resource (upstream: `validateContainerResourceName`).
pub(crate) fn container_name(name: &str, path: &Path, errors: &mut Errors) {
    let shown = Bare(name);
    self::name(name, path, errors);
    if !name.contains('/') {
        if !(OF_CONTAINERS.contains(&name) || is_huge_page(name)) {
            errors.invalid(path, &shown, "must be a standard resource for containers");
        }
    } else if !is_native(name) && !is_extended(name) {
        errors.invalid(path, &shown, "doesn't follow extended resource name standard");
    }
}

/// Whether a resource of somebody else has a name that quotas can use, too.
fn is_extended(name: &str) -> bool {
    !name.starts_with("requests.") && names::qualified_name(&format!("requests.{name}")).is_empty()
}

/// What a quota bounds, and by how much (upstream: `ValidateResourceQuotaResourceName`).
pub(crate) fn quota(name: &str, amount: Quantity, path: &Path, errors: &mut Errors) {
    self::name(name, path, errors);
    if !name.contains('/') && !is_standard_for_quota(name) {
        errors.invalid(path, &Bare(name), "must be a standard resource for quota");
    }
    self::amount(name, amount, path, errors);
}

/// Standard resources that only come whole.
const COUNTED: [&str; 9] = [
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
];

/// An amount that is not negative, and whole where parts make no sense.
pub(crate) fn amount(name: &str, amount: Quantity, path: &Path, errors: &mut Errors) {
    if amount.is_negative() {
        errors.invalid(path, &amount, "must be greater than or equal to 0");
    }
    let extended = !is_native(name) && !name.starts_with("requests.");
    if (extended || COUNTED.contains(&name)) && amount.milli_value() % 1000 != 0 {
        errors.invalid(path, &RawQuantity(amount), "must be an integer");
    }
}

/// An amount that upstream hands to a message as it lies in memory.
pub(crate) struct RawQuantity(pub(crate) Quantity);

impl Shown for RawQuantity {
    fn shown(&self) -> String {
        self.0.in_memory()
    }
}

/// An amount above zero.
pub(crate) fn positive(amount: Quantity, path: &Path, errors: &mut Errors) {
    if amount <= Quantity::ZERO {
        errors.invalid(path, &amount, "must be greater than zero");
    }
}

/// The amounts that a node states.
pub(crate) fn node_amounts(list: &ResourceList, path: &Path, errors: &mut Errors) {
    for (name, quantity) in list {
        amount(name, *quantity, &path.field(name), errors);
    }
}
