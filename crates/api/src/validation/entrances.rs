//! Rules for what a status tells of the points of entry of a load balancer (upstream: `ValidateLoadBalancerStatus` of
//! `pkg/apis/core/validation`, and its twin `ValidateIngressLoadBalancerStatus` for Ingresses).

use super::{Errors, Path, intstr, names};
use crate::FieldError;
use crate::ingress::Ingress;
use crate::service::{LOAD_BALANCER, Service};
use orrery_apimachinery::Str;
use std::net::IpAddr;

const STATUS: Path = Path::Root("status");

/// Every rule that the status of a Service breaks.
pub(crate) fn of_service(service: &Service) -> Vec<FieldError> {
    let (mut errors, status) = (Errors::default(), STATUS.field("loadBalancer"));
    let (path, ingress) = (status.field("ingress"), &service.status.load_balancer.ingress);
    if service.spec.type_.as_deref() != Some(LOAD_BALANCER) && !ingress.is_empty() {
        errors.forbidden(&path, "may only be used when `spec.type` is 'LoadBalancer'");
        return errors.into_list();
    }
    for (i, entrance) in ingress.iter().enumerate() {
        let at = path.index(i);
        address(&entrance.ip, &at, &mut errors);
        let mode = at.field("ipMode");
        match (&entrance.ip, &entrance.ip_mode) {
            (Some(_), None) => errors.required(&mode, "must be specified when `ip` is set"),
            (None, Some(_)) => errors.forbidden(&mode, "may not be specified when `ip` is not set"),
            (_, given) => errors.one_of(&mode, Some(given.as_deref().unwrap_or("VIP")), &["Proxy", "VIP"]),
        }
        hostname(&entrance.hostname, &at, &mut errors);
    }
    errors.into_list()
}

/// Every rule that the status of an Ingress breaks.
pub(crate) fn of_ingress(ingress: &Ingress) -> Vec<FieldError> {
    let (mut errors, status) = (Errors::default(), STATUS.field("loadBalancer"));
    let path = status.field("ingress");
    for (i, entrance) in ingress.status.load_balancer.ingress.iter().enumerate() {
        address(&entrance.ip, &path.index(i), &mut errors);
        hostname(&entrance.hostname, &path.index(i), &mut errors);
    }
    errors.into_list()
}

fn address(ip: &Option<Str>, path: &Path, errors: &mut Errors) {
    if let Some(ip) = ip {
        intstr::ip(ip, &path.field("ip"), errors);
    }
}

fn hostname(name: &Option<Str>, path: &Path, errors: &mut Errors) {
    let Some(name) = name else { return };
    let path = path.field("hostname");
    errors.each_invalid(&path, name, names::dns_subdomain(name, false));
    if name.parse::<IpAddr>().is_ok() {
        errors.invalid(&path, name, "must be a DNS name, not an IP address");
    }
}
