//! The time zones (the IANA database, as Go's `time.LoadLocation` finds them).
//!
//! Of each zone the table keeps the rule that holds from now on. Deviation: what the database lists date by date for
//! years to come, the summer times of Morocco and Gaza that follow the moon, is not kept.

use orrery_apimachinery::Time;

/// A rule per line, as `cargo xtask time-zones` writes it; behind each, indented, an area and the names within it that
/// follow the rule.
const TABLE: &str = include_str!("time_zones.txt");

/// How far the clocks of a place are ahead of UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeZone {
    /// Seconds, while there is no summer time.
    standard: i64,
    /// Seconds in summer, and when summer begins and ends.
    summer: Option<(i64, Change, Change)>,
}

/// When clocks change: the `week`th `weekday` of a month, five being the last, at so many seconds of the clock until
/// then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Change {
    month: i64,
    week: i64,
    weekday: i64,
    second: i64,
}

impl TimeZone {
    /// The zone of that name, such as `Europe/Zurich`.
    pub fn named(name: &str) -> Option<Self> {
        let (area, name) = name.rfind('/').map_or(("/", name), |slash| name.split_at(slash + 1));
        let mut rule = "";
        for line in TABLE.lines() {
            let Some(names) = line.strip_prefix(' ') else {
                rule = line;
                continue;
            };
            let mut words = names.split(' ');
            if words.next() == Some(area) && words.any(|word| word == name) {
                return Some(TimeZone::of_rule(rule));
            }
        }
        None
    }

    fn of_rule(rule: &str) -> Self {
        let mut numbers = rule.split([' ', '.']).map(|number| number.parse::<i64>().unwrap_or(0));
        let mut next = || numbers.next();
        let standard = next().unwrap_or(0) * 60;
        let summer = next().and_then(|summer| {
            let mut change =
                || Some(Change { month: next()?, week: next()?, weekday: next()?, second: next()? * 60 });
            Some((summer * 60, change()?, change()?))
        });
        TimeZone { standard, summer }
    }

    /// How many seconds the clocks are ahead of UTC at an instant.
    pub fn offset(&self, at: Time) -> i64 {
        let Some((summer, start, end)) = self.summer else { return self.standard };
        let (year, ..) = Time(at.0 + self.standard).civil();
        let (start, end) = (start.of(year) - self.standard, end.of(year) - summer);
        // In the south summer lasts over New Year.
        let is_summer =
            if start < end { (start..end).contains(&at.0) } else { !(end..start).contains(&at.0) };
        if is_summer { summer } else { self.standard }
    }
}

impl Change {
    /// The seconds of the clock until then, since 1970.
    fn of(&self, year: i64) -> i64 {
        let first = Time::from_civil(year, self.month, 1, 0, 0, 0);
        // 1970 began on a Thursday.
        let weekday = first.0 / 86_400 + 4;
        let mut day = 7 * (self.week - 1) + (self.weekday - weekday).rem_euclid(7);
        if Time(first.0 + day * 86_400).civil().1 != self.month {
            day -= 7;
        }
        first.0 + day * 86_400 + self.second
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_known_by_their_exact_names() {
        for name in
            ["UTC", "Etc/UTC", "Etc/GMT+12", "Europe/Zurich", "America/Argentina/Buenos_Aires", "Zulu"]
        {
            assert!(TimeZone::named(name).is_some(), "{name}");
        }
        for name in
            ["", "/", "Mars/Base", "europe/zurich", "Europe/", "Zurich", "Argentina/Buenos_Aires", "Europe"]
        {
            assert_eq!(TimeZone::named(name), None, "{name}");
        }
        let names = TABLE.lines().filter_map(|line| line.strip_prefix(' '));
        assert_eq!(names.map(|line| line.split(' ').count() - 1).sum::<usize>(), 598);
    }

    #[test]
    fn clocks_change_when_their_zone_says_so() {
        for (row, zone, date, minutes) in [
            ("nothing to add", "UTC", "2026-07-01T00:00:00Z", 0),
            ("signs of these names are turned around", "Etc/GMT+5", "2026-07-01T00:00:00Z", -300),
            ("half an hour, no summer time", "Asia/Kolkata", "2026-07-01T00:00:00Z", 330),
            ("winter", "Europe/Zurich", "2026-01-15T12:00:00Z", 60),
            (
                "a second before the last Sunday of March at one o'clock UTC",
                "Europe/Zurich",
                "2026-03-29T00:59:59Z",
                60,
            ),
            ("summer begins", "Europe/Zurich", "2026-03-29T01:00:00Z", 120),
            ("a second before summer ends", "Europe/Zurich", "2026-10-25T00:59:59Z", 120),
            ("summer ends", "Europe/Zurich", "2026-10-25T01:00:00Z", 60),
            ("the second Sunday of March", "America/New_York", "2026-03-08T07:00:00Z", -240),
            ("before it", "America/New_York", "2026-03-08T06:59:59Z", -300),
            (
                "the first Sunday of November, which is its first day",
                "America/New_York",
                "2026-11-01T06:00:00Z",
                -300,
            ),
            ("in the south it is summer in January", "Australia/Sydney", "2026-01-01T00:00:00Z", 660),
            ("and winter in July", "Australia/Sydney", "2026-07-01T00:00:00Z", 600),
            ("half an hour of summer time", "Australia/Lord_Howe", "2026-01-01T00:00:00Z", 660),
            ("two hours of it", "Antarctica/Troll", "2026-07-01T00:00:00Z", 120),
            ("where winter is what is told as summer", "Europe/Dublin", "2026-01-01T00:00:00Z", 0),
            ("and summer is the standard", "Europe/Dublin", "2026-07-01T00:00:00Z", 60),
            ("a change counted from the day before", "America/Santiago", "2026-09-06T04:00:00Z", -180),
        ] {
            let zone = TimeZone::named(zone).expect("the row names a zone");
            let date = Time::parse(date).expect("the row has a date");
            assert_eq!(zone.offset(date), minutes * 60, "{row}");
        }
    }
}
