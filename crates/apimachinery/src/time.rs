//! Dates as objects carry them.

use crate::Value;
use crate::decode::{Cx, GoType, Member, Typed};
use std::fmt;

/// A date to the second, written in RFC 3339 (upstream: `metav1.Time`): seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Time(pub i64);

/// A date to the microsecond (upstream: `metav1.MicroTime`): microseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct MicroTime(pub i64);

/// Days since 1970 of a date in the proleptic Gregorian calendar.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

/// The inverse of [`days_from_civil`]: (year, month, day).
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i64::from(month <= 2), month, doy - (153 * mp + 2) / 5 + 1)
}

/// Parses `2025-01-01T00:00:00[.fraction](Z|+hh:mm)` into microseconds since 1970.
fn parse_micros(text: &str) -> Option<i64> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
    let at = |i: usize| text.as_bytes().get(i).copied();
    let shaped = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')].iter().all(|&(i, c)| at(i) == Some(c));
    if !shaped || !matches!(at(10)?, b'T' | b't') {
        return None;
    }
    let (month, day) = (number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    let in_range =
        (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second < 60;
    if !in_range {
        return None;
    }
    let (micros, zone) = fraction(text.get(19..)?)?;
    let seconds = days_from_civil(number(0..4)?, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    Some((seconds - offset_seconds(zone)?) * 1_000_000 + micros)
}

/// Splits `.123Z` into microseconds and the zone.
fn fraction(rest: &str) -> Option<(i64, &str)> {
    let Some(digits) = rest.strip_prefix('.') else { return Some((0, rest)) };
    let end = digits.find(|c: char| !c.is_ascii_digit())?;
    let six: String = digits[..end].chars().chain("000000".chars()).take(6).collect();
    Some((six.parse().ok()?, &digits[end..]))
}

/// Seconds east of Greenwich of `Z` or `+hh:mm`.
fn offset_seconds(zone: &str) -> Option<i64> {
    if zone == "Z" || zone == "z" {
        return Some(0);
    }
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = zone[1..].split_once(':')?;
    Some(sign * (hours.parse::<i64>().ok()? * 3_600 + minutes.parse::<i64>().ok()? * 60))
}

impl Time {
    /// Parses an RFC 3339 date.
    pub fn parse(text: &str) -> Option<Time> {
        parse_micros(text).map(|us| Time(us.div_euclid(1_000_000)))
    }

    /// The date of (year, month, day, hour, minute, second) in UTC. Days beyond the month's last go on into the next.
    pub fn from_civil(year: i64, month: i64, day: i64, hour: i64, minute: i64, second: i64) -> Time {
        Time(days_from_civil(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second)
    }

    /// (year, month, day, hour, minute, second) in UTC.
    pub fn civil(self) -> (i64, i64, i64, i64, i64, i64) {
        let (y, m, d) = civil_from_days(self.0.div_euclid(86_400));
        let s = self.0.rem_euclid(86_400);
        (y, m, d, s / 3_600, s / 60 % 60, s % 60)
    }
}

impl MicroTime {
    /// Parses an RFC 3339 date.
    pub fn parse(text: &str) -> Option<MicroTime> {
        parse_micros(text).map(MicroTime)
    }

    /// The same date without its fraction of a second.
    pub fn seconds(self) -> Time {
        Time(self.0.div_euclid(1_000_000))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (y, mo, d, h, mi, s) = self.civil();
        write!(f, "{y:04}-{mo:02}-{d:02}T{h:02}:{mi:02}:{s:02}Z")
    }
}

impl fmt::Display for MicroTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (y, mo, d, h, mi, s) = self.seconds().civil();
        write!(f, "{y:04}-{mo:02}-{d:02}T{h:02}:{mi:02}:{s:02}.{:06}Z", self.0.rem_euclid(1_000_000))
    }
}

macro_rules! as_text {
    ($ty:ident) => {
        impl Member for $ty {
            fn read<'v>(&mut self, value: &'v Value, cx: &mut Cx<'v>) -> bool {
                let Some(text) = cx.text(value).filter(|text| !text.is_empty()) else {
                    return value.is_null() || value.is_string();
                };
                let Some(date) = $ty::parse(text) else { return unreadable(text, cx) };
                *self = date;
                true
            }

            fn write(&self) -> Value {
                self.to_string().into()
            }
        }

        impl Typed for $ty {
            const TYPE: &'static GoType = &GoType::Named(stringify!($ty));
        }
    };
}
as_text!(Time);
as_text!(MicroTime);

fn unreadable(text: &str, cx: &mut Cx<'_>) -> bool {
    cx.refuse(format!(
        "parsing time \"{text}\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"{text}\" as \"2006\""
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_printed_as_they_are_read() {
        for text in
            ["1970-01-01T00:00:00Z", "2024-02-29T23:59:59Z", "2025-01-01T00:00:00Z", "2100-03-01T12:00:00Z"]
        {
            assert_eq!(Time::parse(text).expect(text).to_string(), text);
        }
        assert_eq!(Time::parse("2025-01-01T09:00:00+09:00"), Time::parse("2025-01-01T00:00:00Z"));
        assert_eq!(
            MicroTime::parse("2025-01-01T00:00:00.5Z").expect("valid").to_string(),
            "2025-01-01T00:00:00.500000Z"
        );
        assert_eq!(Time::parse("yesterday"), None);
    }
}
