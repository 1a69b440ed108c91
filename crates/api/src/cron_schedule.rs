//! When a CronJob runs: the schedule's grammar and the instants it means, as `robfig/cron` v3 reads them
//! (upstream: `github.com/robfig/cron/v3`, `parser.go`, `spec.go` and `constantdelay.go`).

use crate::time_zones::TimeZone;
use crate::validation::quoted;
use orrery_apimachinery::Time;
use orrery_apimachinery::duration;

/// A schedule such as `*/5 * * * MON-FRI`, `@daily` or `@every 1h30m`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CronSchedule {
    /// At the minutes that all five fields allow.
    Fields(CronFields),
    /// Again and again after so many seconds.
    Every(i64),
}

/// The five fields: bit `n` of a field allows the value `n`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CronFields {
    minute: u64,
    hour: u64,
    day_of_month: u64,
    month: u64,
    day_of_week: u64,
}

/// Marks a field that a star leaves open.
const STAR: u64 = 1 << 63;
/// A schedule that means nothing within so many years never runs.
const YEARS: i64 = 5;

/// What a field may hold. Names stand for the values from `min` on.
struct Bounds {
    min: u64,
    max: u64,
    names: &'static [&'static str],
}

const MINUTE: Bounds = Bounds { min: 0, max: 59, names: &[] };
const HOUR: Bounds = Bounds { min: 0, max: 23, names: &[] };
const DAY_OF_MONTH: Bounds = Bounds { min: 1, max: 31, names: &[] };
const MONTH: Bounds = Bounds {
    min: 1,
    max: 12,
    names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
};
const DAY_OF_WEEK: Bounds =
    Bounds { min: 0, max: 6, names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"] };

impl CronSchedule {
    /// Reads a schedule. What is wrong with it is told in upstream's words. A time zone in front is
    /// checked and left out: the API server accepts none.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("empty spec string".into());
        }
        let text = without_zone(text)?;
        if text.starts_with('@') {
            return descriptor(text);
        }
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minute, hour, day_of_month, month, day_of_week] = fields[..] else {
            return Err(format!("expected exactly 5 fields, found {}: [{}]", fields.len(), fields.join(" ")));
        };
        Ok(CronSchedule::Fields(CronFields {
            minute: field(minute, &MINUTE)?,
            hour: field(hour, &HOUR)?,
            day_of_month: field(day_of_month, &DAY_OF_MONTH)?,
            month: field(month, &MONTH)?,
            day_of_week: field(day_of_week, &DAY_OF_WEEK)?,
        }))
    }

    /// The first instant behind `after` that the schedule means in a time zone.
    pub fn next(&self, after: Time, zone: &TimeZone) -> Option<Time> {
        match self {
            CronSchedule::Every(seconds) => Some(Time(after.0 + seconds)),
            CronSchedule::Fields(fields) => Search { fields, zone, at: after.0 + 1, began: false }.run(),
        }
    }
}

/// `TZ=Europe/Zurich 0 3 * * *` without its zone, which must exist.
fn without_zone(text: &str) -> Result<&str, String> {
    let Some(rest) = text.strip_prefix("TZ=").or_else(|| text.strip_prefix("CRON_TZ=")) else {
        return Ok(text);
    };
    let (zone, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    load_zone(zone).map_err(|e| format!("provided bad location {zone}: {e}"))?;
    Ok(rest.trim())
}

/// The time zone of that name, or why there is none (upstream: Go's `time.LoadLocation`). A component's own time is UTC.
pub fn load_zone(name: &str) -> Result<TimeZone, String> {
    let own = matches!(name, "" | "UTC" | "Local").then(TimeZone::default);
    if let Some(zone) = own.or_else(|| TimeZone::named(name)) {
        return Ok(zone);
    }
    if name.split('/').any(|part| part == "..") || name.starts_with(['/', '\\']) {
        return Err("time: invalid location name".into());
    }
    Err(format!("unknown time zone {name}"))
}

fn descriptor(text: &str) -> Result<CronSchedule, String> {
    let fields = match text {
        "@yearly" | "@annually" => "0 0 1 1 *",
        "@monthly" => "0 0 1 * *",
        "@weekly" => "0 0 * * 0",
        "@daily" | "@midnight" => "0 0 * * *",
        "@hourly" => "0 * * * *",
        _ => {
            let every =
                text.strip_prefix("@every ").ok_or_else(|| format!("unrecognized descriptor: {text}"))?;
            let nanos =
                duration::parse(every).map_err(|e| format!("failed to parse duration {text}: {e}"))?;
            return Ok(CronSchedule::Every((nanos / 1_000_000_000).max(1)));
        }
    };
    CronSchedule::parse(fields)
}

/// The values of a field: ranges between commas.
fn field(text: &str, bounds: &Bounds) -> Result<u64, String> {
    text.split(',')
        .filter(|range| !range.is_empty())
        .try_fold(0, |bits, range| Ok(bits | self::range(range, bounds)?))
}

/// `*`, `5`, `1-5`, `MON-FRI`, and each with a step behind a slash.
fn range(text: &str, bounds: &Bounds) -> Result<u64, String> {
    let parts: Vec<&str> = text.split('/').collect();
    let limits: Vec<&str> = parts[0].split('-').collect();
    let open = matches!(limits[0], "*" | "?");
    let (start, mut end) = match limits[..] {
        _ if open => (bounds.min, bounds.max),
        [single] => (value(single, bounds)?, value(single, bounds)?),
        [low, high] => (value(low, bounds)?, value(high, bounds)?),
        _ => {
            value(limits[0], bounds)?;
            return Err(format!("too many hyphens: {text}"));
        }
    };
    let step = match parts[..] {
        [_] => 1,
        [_, step] => {
            // "5/10" goes on to the end.
            if limits.len() == 1 {
                end = bounds.max;
            }
            number(step)?
        }
        _ => return Err(format!("too many slashes: {text}")),
    };
    if start < bounds.min {
        return Err(format!("beginning of range ({start}) below minimum ({}): {text}", bounds.min));
    }
    if end > bounds.max {
        return Err(format!("end of range ({end}) above maximum ({}): {text}", bounds.max));
    }
    if start > end {
        return Err(format!("beginning of range ({start}) beyond end of range ({end}): {text}"));
    }
    if step == 0 {
        return Err(format!("step of range should be a positive number: {text}"));
    }
    let step = usize::try_from(step).unwrap_or(usize::MAX);
    let bits = (start..=end).step_by(step).fold(0, |bits, n| bits | 1 << n);
    Ok(if open && step == 1 { bits | STAR } else { bits })
}

fn value(text: &str, bounds: &Bounds) -> Result<u64, String> {
    let name = bounds.names.iter().zip(bounds.min..).find(|(name, _)| name.eq_ignore_ascii_case(text));
    name.map_or_else(|| number(text), |(_, value)| Ok(value))
}

fn number(text: &str) -> Result<u64, String> {
    use std::num::IntErrorKind::{NegOverflow, PosOverflow};
    let number = text.parse::<i64>().map_err(|e| {
        let why = match e.kind() {
            PosOverflow | NegOverflow => "value out of range",
            _ => "invalid syntax",
        };
        format!("failed to parse int from {text}: strconv.Atoi: parsing {}: {why}", quoted(text))
    })?;
    u64::try_from(number).map_err(|_| format!("negative number ({number}) not allowed: {text}"))
}

/// The search for the next instant. It turns the largest field that does not match forward, and begins
/// again whenever a larger one changes with it.
struct Search<'a> {
    fields: &'a CronFields,
    zone: &'a TimeZone,
    /// Seconds since 1970.
    at: i64,
    /// Whether a field was turned yet: what is smaller than the first one starts from its beginning then.
    began: bool,
}

impl Search<'_> {
    fn run(mut self) -> Option<Time> {
        let last_year = self.local().0 + YEARS;
        while self.local().0 <= last_year {
            if self.month() && self.day() && self.hour() && self.minute() && self.second() {
                return Some(Time(self.at));
            }
        }
        None
    }

    /// Year, month, day, hour, minute and second in the time zone.
    fn local(&self) -> (i64, i64, i64, i64, i64, i64) {
        Time(self.at + self.zone.offset(Time(self.at))).civil()
    }

    /// Goes to a local time. One that the clocks skip or repeat is what Go's `time.Date` makes of it.
    fn go(&mut self, year: i64, month: i64, day: i64, hour: i64) {
        let local = Time::from_civil(year, month, day, hour, 0, 0).0;
        let guess = local - self.zone.offset(Time(local));
        self.at = local - self.zone.offset(Time(guess));
    }

    fn begin(&mut self, start: impl FnOnce(&mut Self)) {
        if !std::mem::replace(&mut self.began, true) {
            start(self);
        }
    }

    /// Turns to a month that matches; false when the year changed.
    fn month(&mut self) -> bool {
        while 1 << self.local().1 & self.fields.month == 0 {
            self.begin(|s| {
                let (year, month, ..) = s.local();
                s.go(year, month, 1, 0);
            });
            let (year, month, day, hour, ..) = self.local();
            let (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
            self.go(year, month, day, hour);
            if month == 1 {
                return false;
            }
        }
        true
    }

    /// Turns to a day that matches; false when the month changed.
    fn day(&mut self) -> bool {
        while !self.day_matches() {
            self.begin(|s| {
                let (year, month, day, ..) = s.local();
                s.go(year, month, day, 0);
            });
            let (year, month, day, hour, ..) = self.local();
            self.go(year, month, day + 1, hour);
            // Where clocks change at midnight the day may start an hour off.
            match self.local().3 {
                0 => {}
                late @ 13.. => self.at += (24 - late) * 3_600,
                early => self.at -= early * 3_600,
            }
            if self.local().2 == 1 {
                return false;
            }
        }
        true
    }

    /// Both days must match if one of them is left open, and else one of them.
    fn day_matches(&self) -> bool {
        let (year, month, day, ..) = self.local();
        // 1970 began on a Thursday.
        let weekday = (Time::from_civil(year, month, day, 0, 0, 0).0 / 86_400 + 4).rem_euclid(7);
        let of_month = 1 << day & self.fields.day_of_month != 0;
        let of_week = 1 << weekday & self.fields.day_of_week != 0;
        if (self.fields.day_of_month | self.fields.day_of_week) & STAR != 0 {
            of_month && of_week
        } else {
            of_month || of_week
        }
    }

    /// Turns to an hour that matches; false when the day changed.
    fn hour(&mut self) -> bool {
        while 1 << self.local().3 & self.fields.hour == 0 {
            self.begin(|s| {
                let (year, month, day, hour, ..) = s.local();
                s.go(year, month, day, hour);
            });
            self.at += 3_600;
            if self.local().3 == 0 {
                return false;
            }
        }
        true
    }

    /// Turns to a minute that matches; false when the hour changed.
    fn minute(&mut self) -> bool {
        while 1 << self.local().4 & self.fields.minute == 0 {
            self.begin(|s| s.at -= s.at.rem_euclid(60));
            self.at += 60;
            if self.local().4 == 0 {
                return false;
            }
        }
        true
    }

    /// Turns to the beginning of a minute; false when the minute changed with it.
    fn second(&mut self) -> bool {
        let second = self.local().5;
        self.at += (60 - second) % 60;
        self.began |= second != 0;
        second == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_schedule_is_refused_in_upstreams_words() {
        for (text, said) in [
            ("", "empty spec string"),
            ("every minute", "expected exactly 5 fields, found 2: [every minute]"),
            ("* * * * * *", "expected exactly 5 fields, found 6: [* * * * * *]"),
            ("61 * * * *", "end of range (61) above maximum (59): 61"),
            ("0 0 0 * *", "beginning of range (0) below minimum (1): 0"),
            ("30-10 * * * *", "beginning of range (30) beyond end of range (10): 30-10"),
            ("*/0 * * * *", "step of range should be a positive number: */0"),
            ("1/2/3 * * * *", "too many slashes: 1/2/3"),
            ("1-2-3 * * * *", "too many hyphens: 1-2-3"),
            ("*/-1 * * * *", "negative number (-1) not allowed: -1"),
            ("* * * * X", "failed to parse int from X: strconv.Atoi: parsing \"X\": invalid syntax"),
            ("-5 * * * *", "failed to parse int from : strconv.Atoi: parsing \"\": invalid syntax"),
            ("* * * * 7", "end of range (7) above maximum (6): 7"),
            ("TZ=Mars/Base * * * * *", "provided bad location Mars/Base: unknown time zone Mars/Base"),
            ("@never", "unrecognized descriptor: @never"),
            ("@every x", "failed to parse duration @every x: time: invalid duration \"x\""),
            ("@every 5", "failed to parse duration @every 5: time: missing unit in duration \"5\""),
            ("@every 5y", "failed to parse duration @every 5y: time: unknown unit \"y\" in duration \"5y\""),
        ] {
            assert_eq!(CronSchedule::parse(text), Err(said.into()), "{text}");
        }
    }

    /// The instants that a schedule means after one instant in a time zone.
    fn following(schedule: &str, after: &str, zone: &str, count: usize) -> Vec<String> {
        let schedule = CronSchedule::parse(schedule).expect("the row is a schedule");
        let first = Time::parse(after).expect("the row is a date");
        let zone = load_zone(zone).expect("the row names a zone");
        std::iter::successors(schedule.next(first, &zone), |at| schedule.next(*at, &zone))
            .take(count)
            .map(|at| at.to_string())
            .collect()
    }

    #[test]
    fn a_schedule_means_the_instants_that_all_fields_allow() {
        for (row, schedule, after, then) in [
            ("every minute, not this one", "* * * * *", "2026-11-21T10:48:00Z", "2026-11-21T10:49:00Z"),
            ("seconds are left behind", "* * * * *", "2026-11-21T10:48:59Z", "2026-11-21T10:49:00Z"),
            (
                "steps start at the field's minimum",
                "*/25 * * * *",
                "2026-11-21T10:26:00Z",
                "2026-11-21T10:50:00Z",
            ),
            ("a step from a number", "5/20 * * * *", "2026-11-21T10:26:00Z", "2026-11-21T10:45:00Z"),
            ("lists and ranges", "0 9-11,20 * * *", "2026-11-21T11:30:00Z", "2026-11-21T20:00:00Z"),
            ("names of days", "0 3 * * mon-FRI", "2026-11-21T10:00:00Z", "2026-11-23T03:00:00Z"),
            ("a question mark is a star", "0 0 ? JAN ?", "2026-11-21T10:00:00Z", "2027-01-01T00:00:00Z"),
            ("either day when both are given", "0 0 13 * 5", "2026-11-21T10:00:00Z", "2026-11-27T00:00:00Z"),
            (
                "the last day of a leap year's February",
                "0 0 29 2 *",
                "2026-11-21T10:00:00Z",
                "2028-02-29T00:00:00Z",
            ),
            (
                "a stepped star leaves a day not open",
                "0 0 */30 * 1",
                "2026-11-21T10:00:00Z",
                "2026-11-23T00:00:00Z",
            ),
            ("hourly", "@hourly", "2026-11-21T10:59:59Z", "2026-11-21T11:00:00Z"),
            ("weekly on Sunday", "@weekly", "2026-11-21T10:00:00Z", "2026-11-22T00:00:00Z"),
            ("monthly", "@monthly", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
            ("yearly", "@yearly", "2026-11-21T10:00:00Z", "2027-01-01T00:00:00Z"),
            ("a while later", "@every 1h30m", "2026-11-21T10:00:07Z", "2026-11-21T11:30:07Z"),
            ("a second at least", "@every 10ms", "2026-11-21T10:00:07Z", "2026-11-21T10:00:08Z"),
        ] {
            assert_eq!(following(schedule, after, "", 1), [then], "{row}: {schedule}");
        }
        assert!(following("0 0 30 2 *", "2026-11-21T10:00:00Z", "UTC", 1).is_empty(), "never");
    }

    #[test]
    fn a_schedule_follows_the_clocks_of_its_zone() {
        assert_eq!(
            following("30 8 * * *", "2026-03-28T00:00:00Z", "Europe/Zurich", 2),
            ["2026-03-28T07:30:00Z", "2026-03-29T06:30:00Z"]
        );
        assert_eq!(
            following("30 2 * * *", "2026-03-28T12:00:00Z", "Europe/Zurich", 1),
            ["2026-03-30T00:30:00Z"],
            "the clocks skip half past two"
        );
        assert_eq!(
            following("30 2 * * *", "2026-10-24T12:00:00Z", "Europe/Zurich", 3),
            ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z"],
            "the clocks show half past two twice"
        );
    }
}
