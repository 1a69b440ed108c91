//! LimitRanges: what one container, pod or claim of a namespace may ask for.

use crate::resources::{ResourceList, STORAGE};
use crate::rules::Rules;
use crate::validation::{Errors, Path, names, resources, resources::RawQuantity};
use orrery_apimachinery::decode::Fields;
use orrery_apimachinery::{ObjectMeta, Quantity, Str};
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// Bounds for containers.
pub const CONTAINER: &str = "Container";
/// Bounds for pods.
pub const POD: &str = "Pod";
/// Bounds for claims.
pub const PERSISTENT_VOLUME_CLAIM: &str = "PersistentVolumeClaim";

/// Bounds and defaults for single objects of a namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct LimitRange {
    /// Name, labels and the like.
    pub metadata: ObjectMeta,
    /// The bounds.
    pub spec: LimitRangeSpec,
}

/// The bounds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct LimitRangeSpec {
    /// The bounds of each type.
    #[json(null_if_empty)]
    pub limits: Vec<LimitRangeItem>,
}

/// The bounds of one type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Fields)]
pub struct LimitRangeItem {
    /// `Container`, `Pod` or `PersistentVolumeClaim`.
    pub type_: Str,
    /// The most that may be asked for.
    #[json(omitempty)]
    pub max: ResourceList,
    /// The least that may be asked for.
    #[json(omitempty)]
    pub min: ResourceList,
    /// The limit of a container that names none.
    #[json(omitempty)]
    pub default: ResourceList,
    /// The request of a container that names none.
    #[json(omitempty)]
    pub default_request: ResourceList,
    /// How many times its request a limit may be.
    #[json(omitempty)]
    pub max_limit_request_ratio: ResourceList,
}

impl LimitRangeItem {
    /// The lists in upstream's order, each with its name.
    fn lists(&self) -> [(&'static str, &ResourceList); 5] {
        [
            ("max", &self.max),
            ("min", &self.min),
            ("default", &self.default),
            ("defaultRequest", &self.default_request),
            ("maxLimitRequestRatio", &self.max_limit_request_ratio),
        ]
    }
}

impl Rules for LimitRange {
    fn set_defaults(&mut self) {
        self.spec.limits.iter_mut().for_each(fill_item);
    }

    fn check(&self, errors: &mut Errors) {
        let path = &Path::Root("spec");
        let path = &path.field("limits");
        let mut types = BTreeSet::new();
        for (i, item) in self.spec.limits.iter().enumerate() {
            let path = &path.index(i);
            check_type(&item.type_, &path.field("type"), errors);
            if !types.insert(&item.type_) {
                errors.duplicate(&path.field("type"), &item.type_);
            }
            check_lists(item, path, errors);
            let names: BTreeSet<&Str> = item.lists().into_iter().flat_map(|(_, list)| list.keys()).collect();
            for name in names {
                check_order(item, name, path, errors);
                check_ratio(item, name, path, errors);
            }
        }
    }
}

/// Containers get what their bounds imply (upstream: `SetDefaults_LimitRangeItem`).
fn fill_item(item: &mut LimitRangeItem) {
    if &*item.type_ != CONTAINER {
        return;
    }
    let fill = |list: &mut ResourceList, from: &ResourceList| {
        for (name, amount) in from {
            list.entry(name.clone()).or_insert(*amount);
        }
    };
    fill(&mut item.default, &item.max);
    fill(&mut item.default_request, &item.default);
    fill(&mut item.default_request, &item.min);
}

fn check_type(name: &Str, path: &Path, errors: &mut Errors) {
    let reasons = names::qualified_name(name);
    if reasons.is_empty()
        && !name.contains('/')
        && ![CONTAINER, POD, PERSISTENT_VOLUME_CLAIM].contains(&&**name)
    {
        errors.invalid(path, name, "must be a standard limit type or fully qualified");
    }
    errors.each_invalid(path, name, reasons);
}

fn check_lists(item: &LimitRangeItem, path: &Path, errors: &mut Errors) {
    let is_pod = &*item.type_ == POD;
    let of_containers = is_pod || &*item.type_ == CONTAINER;
    for (field, list) in item.lists() {
        let path = path.field(field);
        if is_pod && field.starts_with("default") {
            if !list.is_empty() {
                errors.forbidden(&path, "may not be specified when `type` is 'Pod'");
            }
            continue;
        }
        for name in list.keys() {
            if of_containers {
                resources::container_name(name, &path.key(name), errors);
            } else {
                resources::name(name, &path.key(name), errors);
            }
        }
    }
    if &*item.type_ == PERSISTENT_VOLUME_CLAIM
        && !item.min.contains_key(STORAGE)
        && !item.max.contains_key(STORAGE)
    {
        let detail = "either minimum or maximum storage value is required, but neither was provided";
        errors.required(&path.field("limits"), detail);
    }
}

/// The amounts of one resource must be in order: least, default request, default, most.
fn check_order(item: &LimitRangeItem, name: &str, path: &Path, errors: &mut Errors) {
    let none = ResourceList::new();
    let (defaults, requests) = match &*item.type_ {
        POD => (&none, &none),
        _ => (&item.default, &item.default_request),
    };
    let min = ("min value", item.min.get(name));
    let max = ("max value", item.max.get(name));
    let request = ("default request value", requests.get(name));
    let limit = ("default value", defaults.get(name));
    let limit_of_request = ("default limit value", limit.1);
    for (field, shown, (low_name, low), (high_name, high)) in [
        ("min", min.1, min, max),
        ("defaultRequest", request.1, min, request),
        ("defaultRequest", request.1, request, max),
        ("defaultRequest", request.1, request, limit_of_request),
        ("default", min.1, min, limit),
        ("default", max.1, limit, max),
    ] {
        if let (Some(shown), Some(low), Some(high)) = (shown, low, high)
            && low > high
        {
            let detail = format!("{low_name} {low} is greater than {high_name} {high}");
            errors.invalid(&path.field(field).key(name), &RawQuantity(*shown), detail);
        }
    }
    if let (Some(request), Some(limit)) = (request.1, limit.1)
        && !resources::can_be_overcommitted(name)
        && request != limit
    {
        let detail = format!("default value {limit} must equal to defaultRequest value {request} in {name}");
        errors.invalid(&path.field("defaultRequest").key(name), &RawQuantity(*request), detail);
    }
}

fn check_ratio(item: &LimitRangeItem, name: &str, path: &Path, errors: &mut Errors) {
    let Some(most) = item.max_limit_request_ratio.get(name) else { return };
    let path = &path.field("maxLimitRequestRatio");
    if *most < Quantity::from_units(1) {
        errors.invalid(&path.key(name), &RawQuantity(*most), format!("ratio {most} is less than 1"));
    }
    if let (Some(min), Some(max)) = (item.min.get(name), item.max.get(name))
        && max.cmp_times(*most, *min) == Ordering::Less
    {
        let detail = format!("ratio {most} is greater than max/min = {}", max.times(*min));
        errors.invalid(&path.key(name), &RawQuantity(*most), detail);
    }
}
