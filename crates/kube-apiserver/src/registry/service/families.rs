//! The address families of a service, on a cluster that has IPv4 alone (upstream: `initIPFamilyFields` in
//! `pkg/registry/core/service/storage/alloc.go`).

use orrery_api::service_addresses::{
    IPV4, IPV6, NO_ADDRESS, PREFER_DUAL_STACK, REQUIRE_DUAL_STACK, SINGLE_STACK, family_of,
};
use orrery_api::{EXTERNAL_NAME, Service};

/// Fills policy and families from what is known, and tells what does not fit together.
pub(super) fn settle(service: &mut Service, old: Option<&Service>) -> Result<(), Vec<String>> {
    if service.spec.type_.as_deref() == Some(EXTERNAL_NAME)
        || old.is_some_and(|old| prefers_the_same(service, old))
    {
        return Ok(());
    }
    let unselected = service.headless() && service.spec.selector.is_empty();
    if service.spec.ip_family_policy.is_none() {
        let usual = if unselected { REQUIRE_DUAL_STACK } else { SINGLE_STACK };
        let known = old.and_then(|old| old.spec.ip_family_policy.clone());
        service.spec.ip_family_policy = Some(known.unwrap_or_else(|| usual.into()));
    }
    refuse(service.address_errors())?;
    let mut errors = Vec::new();
    if let Some(old) = old {
        release_second(service, old, &mut errors);
    }
    check_single(service, &mut errors);
    infer_families(service, &mut errors);
    refuse(errors)?;
    let spec = &mut service.spec;
    let is_single = spec.ip_family_policy.as_deref() == Some(SINGLE_STACK);
    if unselected {
        // Its families say nothing about addresses that this cluster would have to give.
        if spec.ip_families.is_empty() {
            spec.ip_families.push(IPV4.into());
        }
        if let ([family], false) = (&*spec.ip_families, is_single) {
            let other = if &**family == IPV4 { IPV6 } else { IPV4 };
            spec.ip_families.push(other.into());
        }
        return Ok(());
    }
    refuse(missing_families(service))?;
    if service.spec.ip_families.is_empty() {
        service.spec.ip_families.push(IPV4.into());
    }
    Ok(())
}

fn refuse(errors: Vec<String>) -> Result<(), Vec<String>> {
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// Whether nothing changes for a service that would take a second family where there is one.
fn prefers_the_same(new: &Service, old: &Service) -> bool {
    let (new, old) = (&new.spec, &old.spec);
    let prefers = |policy: Option<&str>| policy == Some(PREFER_DUAL_STACK);
    prefers(new.ip_family_policy.as_deref())
        && prefers(old.ip_family_policy.as_deref().or(Some(PREFER_DUAL_STACK)))
        && new.type_ == old.type_
        && new.cluster_ips == old.cluster_ips
        && new.ip_families == old.ip_families
}

/// The second address and family go when the policy says so, and only then.
fn release_second(service: &mut Service, old: &Service, errors: &mut Vec<String>) {
    let (new, known) = (&mut service.spec, &old.spec);
    let policy = new.ip_family_policy.as_deref().unwrap_or_default();
    if policy == SINGLE_STACK {
        if new.cluster_ips == known.cluster_ips {
            new.cluster_ips.truncate(1);
        }
        if new.ip_families == known.ip_families {
            new.ip_families.truncate(1);
        }
        return;
    }
    for (what, present, before) in [
        ("cluster IP", new.cluster_ips.len(), known.cluster_ips.len()),
        ("IP family", new.ip_families.len(), known.ip_families.len()),
    ] {
        if present > 0 && present < before {
            let detail = format!("must be 'SingleStack' to release the secondary {what}");
            errors.push(format!("spec.ipFamilyPolicy: Invalid value: \"{policy}\": {detail}"));
        }
    }
}

fn check_single(service: &Service, errors: &mut Vec<String>) {
    let spec = &service.spec;
    if spec.ip_family_policy.as_deref() != Some(SINGLE_STACK) {
        return;
    }
    for (what, count) in [("cluster IPs", spec.cluster_ips.len()), ("IP families", spec.ip_families.len())] {
        if count == 2 {
            errors.push(format!(
                "spec.ipFamilyPolicy: Invalid value: \"{SINGLE_STACK}\": must be 'RequireDualStack' or 'PreferDualStack' when multiple {what} are specified"
            ));
        }
    }
}

/// Addresses that were chosen tell their families.
fn infer_families(service: &mut Service, errors: &mut Vec<String>) {
    let spec = &mut service.spec;
    let ips = &spec.cluster_ips;
    for (i, ip) in ips.iter().enumerate().take_while(|(_, ip)| &***ip != NO_ADDRESS) {
        if i < spec.ip_families.len() {
            continue;
        }
        if family_of(ip) == IPV4 {
            spec.ip_families.push(IPV4.into());
        } else {
            let shown: Vec<_> = ips.iter().map(|ip| format!("\"{ip}\"")).collect();
            let shown = shown.join(", ");
            errors.push(format!(
                "spec.clusterIPs[{i}]: Invalid value: []string{{{shown}}}: {IPV6} is not configured on this cluster"
            ));
        }
    }
}

fn missing_families(service: &Service) -> Vec<String> {
    let spec = &service.spec;
    let mut errors = Vec::new();
    if spec.ip_family_policy.as_deref() == Some(REQUIRE_DUAL_STACK) {
        errors.push(format!(
            "spec.ipFamilyPolicy: Invalid value: \"{REQUIRE_DUAL_STACK}\": this cluster is not configured for dual-stack services"
        ));
    }
    for (i, family) in spec.ip_families.iter().enumerate().filter(|(_, family)| &***family != IPV4) {
        errors.push(format!(
            "spec.ipFamilies[{i}]: Invalid value: \"{family}\": not configured on this cluster"
        ));
    }
    errors
}
