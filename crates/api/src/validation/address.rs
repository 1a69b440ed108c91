//! Rules for addresses that traffic is sent to (upstream: `ValidateNonSpecialIP` in `pkg/apis/core/validation`).

use super::{Errors, Path, intstr, names};
use std::net::IpAddr;

/// An address that a client elsewhere could mean.
pub(crate) fn reachable(text: &str, path: &Path, errors: &mut Errors) {
    let before = errors.count();
    intstr::ip(text, path, errors);
    if errors.count() == before {
        not_special(text, path, errors);
    }
}

/// An address that is more than valid: no loopback and the like.
pub(crate) fn not_special(text: &str, path: &Path, errors: &mut Errors) {
    let (unspecified, loopback, link_local, link_local_multicast) = match text.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => {
            let [a, b, c, _] = ip.octets();
            (ip.is_unspecified(), ip.is_loopback(), ip.is_link_local(), (a, b, c) == (224, 0, 0))
        }
        Ok(IpAddr::V6(ip)) => {
            let first = ip.segments()[0];
            (ip.is_unspecified(), ip.is_loopback(), first & 0xffc0 == 0xfe80, first & 0xff0f == 0xff02)
        }
        Err(_) => return errors.invalid(path, text, "must be a valid IP address"),
    };
    if unspecified {
        errors.invalid(path, text, format!("may not be unspecified ({text})"));
    }
    if loopback {
        errors.invalid(path, text, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
    }
    if link_local {
        errors.invalid(path, text, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
    }
    if link_local_multicast {
        errors.invalid(path, text, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
    }
}

/// A name of two parts or more, with a dot at its end or without.
pub(crate) fn full_domain_name(text: &str, path: &Path, errors: &mut Errors) {
    let name = text.strip_suffix('.').unwrap_or(text);
    let reasons = names::dns_subdomain(name, false);
    let label = name.split('.').find(|label| !names::dns_label(label, false).is_empty());
    if text.is_empty() {
        errors.required(path, "");
    } else if !reasons.is_empty() {
        errors.invalid(path, name, reasons.join(","));
    } else if !name.contains('.') {
        errors.invalid(path, name, "should be a domain with at least two segments separated by dots");
    } else if let Some(label) = label {
        errors.invalid(path, label, names::dns_label(label, false).join(","));
    }
}
