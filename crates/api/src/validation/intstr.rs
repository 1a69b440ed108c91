//! Rules for ports, addresses, and numbers that may be percentages.

use super::{Errors, Path, names};
use orrery_apimachinery::IntOrString;
use std::net::{IpAddr, Ipv4Addr};

const PERCENT: &str = "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

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
            errors.invalid(path, value, PERCENT);
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    /// The first address, its first bit first.
    first: u128,
    /// How many bits all addresses of the range share.
    length: u8,
    v4: bool,
}

/// The range that a text such as `10.9.8.0/24` means.
pub(crate) fn range(text: &str) -> Option<Range> {
    let (ip, length) = text.split_once('/')?;
    let (bits, v4) = match ip.parse::<IpAddr>().ok()? {
        IpAddr::V4(ip) => (u128::from(ip.to_bits()) << 96, true),
        IpAddr::V6(ip) => (ip.to_bits(), false),
    };
    let most = if v4 { 32 } else { 128 };
    let length = length.parse().ok().filter(|length| *length <= most)?;
    Some(Range { first: bits & mask(length), length, v4 })
}

fn mask(length: u8) -> u128 {
    u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0)
}

impl Range {
    /// Whether `other` is a part of the range, and not all of it.
    pub(crate) fn contains_strictly(self, other: Range) -> bool {
        self.v4 == other.v4 && self.length < other.length && other.first & mask(self.length) == self.first
    }

    /// Whether an address is in the range.
    pub(crate) fn covers(self, address: Ipv4Addr) -> bool {
        self.v4 && (u128::from(address.to_bits()) << 96) & mask(self.length) == self.first
    }
}

/// A text that is to be a range of addresses.
pub(crate) fn cidr(text: &str, path: &Path, errors: &mut Errors) {
    if range(text).is_none() {
        errors.invalid(path, text, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
    }
}
