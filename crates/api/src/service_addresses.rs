//! Addresses and address families of a Service, which must fit together (upstream:
//! `ValidateServiceClusterIPsRelatedFields` and the checks of their changes in `pkg/apis/core/validation`).

use crate::service::{EXTERNAL_NAME, Service};
use crate::validation::{Bare, Errors, Path, intstr, strings};
use orrery_apimachinery::Str;
use std::net::IpAddr;

/// The word in place of the address of a service that has none.
pub const NO_ADDRESS: &str = "None";
/// The family of the addresses of old.
pub const IPV4: &str = "IPv4";
/// The family of the longer addresses.
pub const IPV6: &str = "IPv6";
/// The policy of a service with addresses of one family.
pub const SINGLE_STACK: &str = "SingleStack";
/// The policy of a service that takes a second family where there is one.
pub const PREFER_DUAL_STACK: &str = "PreferDualStack";
/// The policy of a service that must have addresses of both families.
pub const REQUIRE_DUAL_STACK: &str = "RequireDualStack";

const ONCE: &str = "may not change once set";

impl Service {
    /// What is wrong with addresses and families, before the server fills them.
    pub fn address_errors(&self) -> Vec<String> {
        let mut errors = Errors::default();
        check(self, &mut errors);
        errors.into_list().iter().map(ToString::to_string).collect()
    }

    /// Whether the service is only another name, and so has no addresses.
    pub(crate) fn is_external_name(&self) -> bool {
        self.spec.type_.as_deref() == Some(EXTERNAL_NAME)
    }
}

/// The family of an address.
pub fn family_of(ip: &str) -> &'static str {
    if matches!(ip.parse(), Ok(IpAddr::V6(_))) { IPV6 } else { IPV4 }
}

/// The rules for addresses and families.
pub(crate) fn check(service: &Service, errors: &mut Errors) {
    let (path, spec) = (&Path::Root("spec"), &service.spec);
    if service.is_external_name() {
        return;
    }
    check_first(service, path, errors);
    for (i, family) in spec.ip_families.iter().enumerate() {
        let list = path.field("ipFamilies");
        errors.one_of(&list.index(i), Some(family), &[IPV4, IPV6]);
        if spec.ip_families[..i].contains(family) {
            errors.duplicate(&list.index(i), family);
        }
    }
    if let Some(policy) = &spec.ip_family_policy {
        let policies = [PREFER_DUAL_STACK, REQUIRE_DUAL_STACK, SINGLE_STACK];
        errors.one_of(&path.field("ipFamilyPolicy"), Some(policy), &policies);
    }
    check_addresses(service, &path.field("clusterIPs"), errors);
}

/// `clusterIP` is the first of `clusterIPs`.
fn check_first(service: &Service, path: &Path, errors: &mut Errors) {
    let (path, ips) = (path.field("clusterIPs"), &service.spec.cluster_ips);
    match (&service.spec.cluster_ip, ips.first()) {
        (Some(_), None) => errors.required(&path, ""),
        (Some(ip), Some(first)) if ip != first => {
            invalid(&path, ips, "first value must match `clusterIP`", errors);
        }
        (None, Some(_)) => {
            invalid(&path, ips, "must be empty when `clusterIP` is not specified", errors);
        }
        _ => {}
    }
}

fn check_addresses(service: &Service, path: &Path, errors: &mut Errors) {
    let (ips, families) = (&service.spec.cluster_ips, &service.spec.ip_families);
    let before = errors.count();
    for (i, ip) in ips.iter().enumerate() {
        if i > 0 || &**ip != NO_ADDRESS {
            intstr::ip(ip, &path.index(i), errors);
        } else if ips.len() > 1 {
            invalid(path, ips, "'None' must be the first and only value", errors);
        }
    }
    let usable = errors.count() == before;
    if ips.len() > 2 {
        invalid(path, ips, "may only hold up to 2 values", errors);
    }
    if !usable {
        return;
    }
    if ips.len() > 1 && ips.iter().all(|ip| family_of(ip) == family_of(&ips[0])) {
        invalid(path, ips, "may specify no more than one IP for each IP family", errors);
    }
    for (i, (ip, family)) in ips.iter().zip(families).enumerate().filter(|_| !service.headless()) {
        if matches!(&**family, IPV4 | IPV6) && family_of(ip) != &**family {
            let detail = format!("expected an {family} value as indicated by `ipFamilies[{i}]`");
            errors.invalid(&path.index(i), ip, detail);
        }
    }
}

/// The rules for changed addresses and families: a second one may come and go, the first stays.
pub(crate) fn check_update(new: &Service, old: &Service, errors: &mut Errors) {
    let path = &Path::Root("spec");
    if new.is_external_name() || old.is_external_name() {
        return;
    }
    if !(new.headless() && old.headless()) {
        check_new_addresses(new, old, path, errors);
    }
    if !new.headless() && !old.headless() {
        check_new_families(new, old, path, errors);
    }
}

fn check_new_addresses(new: &Service, old: &Service, path: &Path, errors: &mut Errors) {
    let (ips, known) = (&new.spec.cluster_ips, &old.spec.cluster_ips);
    let list_path = path.field("clusterIPs");
    if ips.len() == known.len() {
        for i in (0..ips.len()).filter(|i| ips[*i] != known[*i]) {
            invalid(&list_path.index(i), ips, ONCE, errors);
        }
        return;
    }
    if ips.is_empty() {
        invalid(&list_path.index(0), ips, "primary clusterIP can not be unset", errors);
    }
    if let (Some(ip), Some(first)) = (ips.first(), known.first())
        && ip != first
    {
        invalid(&list_path.index(0), ips, ONCE, errors);
    }
    if ips.len() == 1 && known.len() > 1 {
        check_released(new, "clusterIP", path, errors);
    }
}

fn check_new_families(new: &Service, old: &Service, path: &Path, errors: &mut Errors) {
    let (families, known) = (&new.spec.ip_families, &old.spec.ip_families);
    let list_path = path.field("ipFamilies");
    let shown = strings("core.IPFamily", families);
    if families.len() == known.len() {
        for _ in (0..families.len()).filter(|i| families[*i] != known[*i]) {
            errors.invalid(&list_path.index(0), &Bare(&shown), ONCE);
        }
        return;
    }
    if new.spec.cluster_ips.is_empty() && families.len() < known.len() {
        errors.invalid(&list_path.index(0), &Bare(&shown), "primary ipFamily can not be unset");
    }
    if let (Some(family), Some(first)) = (families.first(), known.first())
        && family != first
    {
        // Upstream shows the addresses there.
        invalid(&list_path.index(0), &new.spec.cluster_ips, ONCE, errors);
    }
    if families.len() == 1 && known.len() > 1 {
        check_released(new, "ipFamily", path, errors);
    }
}

/// A second one goes only by the owner's will.
fn check_released(new: &Service, what: &str, path: &Path, errors: &mut Errors) {
    let policy = new.spec.ip_family_policy.as_deref();
    if policy != Some(SINGLE_STACK) {
        let detail = format!("must be set to 'SingleStack' when releasing the secondary {what}");
        errors.invalid(&path.field("ipFamilyPolicy"), policy.unwrap_or("null"), detail);
    }
}

fn invalid(path: &Path, ips: &[Str], detail: &str, errors: &mut Errors) {
    errors.invalid(path, &Bare(&strings("string", ips)), detail);
}
