//! Rules for ports, addresses, and numbers that may be percentages.

use super::{Errors, Path, names};
use orrery_apimachinery::IntOrString;
use std::net::IpAddr;

/// A port by number or by name.
pub(crate) fn port(port: &IntOrString, path: &Path, errors: &mut Errors) {
    match port {
        IntOrString::Int(n) => errors.each_invalid(path, n, names::port_number(*n)),
        IntOrString::String(name) => errors.each_invalid(path, name, names::port_name(name)),
    }
}

/// The number before a percent sign.
fn percent(value: &IntOrString) -> Option<i64> {
    match value {
        IntOrString::String(text) => {
            let digits = text.strip_suffix('%')?;
            let plain = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
            plain.then(|| digits.parse().unwrap_or(i64::MAX))
        }
        IntOrString::Int(_) => None,
    }
}

/// The number, be it a percentage or not.
pub(crate) fn number_or_percent(value: &IntOrString) -> i64 {
    match value {
        IntOrString::Int(n) => i64::from(*n),
        IntOrString::String(text) => percent(value).or_else(|| text.parse().ok()).unwrap_or(0),
    }
}

/// A number that is not negative, or a percentage.
pub(crate) fn non_negative_or_percent(value: &IntOrString, path: &Path, errors: &mut Errors) {
    match value {
        IntOrString::Int(n) => errors.non_negative(path, i64::from(*n)),
        IntOrString::String(_) if percent(value).is_none() => {
            errors.invalid(path, value, "must be an integer or percentage (e.g '5%%')");
        }
        IntOrString::String(_) => {}
    }
}

/// A percentage of at most a hundred.
pub(crate) fn at_most_100_percent(value: &IntOrString, path: &Path, errors: &mut Errors) {
    if percent(value).is_some_and(|n| n > 100) {
        errors.invalid(path, value, "must not be greater than 100%");
    }
}

/// An address.
pub(crate) fn ip(text: &str, path: &Path, errors: &mut Errors) {
    if text.parse::<IpAddr>().is_err() {
        let detail = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
        errors.invalid(path, text, detail);
    }
}

/// A range of addresses.
pub(crate) fn cidr(text: &str, path: &Path, errors: &mut Errors) {
    let valid = text.split_once('/').is_some_and(|(ip, bits)| {
        let most = match ip.parse::<IpAddr>() {
            Ok(IpAddr::V4(_)) => 32,
            Ok(IpAddr::V6(_)) => 128,
            Err(_) => return false,
        };
        bits.parse::<u8>().is_ok_and(|n| n <= most)
    });
    if !valid {
        errors.invalid(path, text, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
    }
}

/// An address that a client elsewhere could mean (upstream: `ValidateNonSpecialIP`).
pub(crate) fn reachable_ip(text: &str, path: &Path, errors: &mut Errors) {
    ip(text, path, errors);
    let (unspecified, loopback, link_local, link_local_multicast) = match text.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => {
            let [a, b, c, _] = ip.octets();
            (ip.is_unspecified(), ip.is_loopback(), ip.is_link_local(), (a, b, c) == (224, 0, 0))
        }
        Ok(IpAddr::V6(ip)) => {
            let first = ip.segments()[0];
            (ip.is_unspecified(), ip.is_loopback(), first & 0xffc0 == 0xfe80, first & 0xff0f == 0xff02)
        }
        Err(_) => return,
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
