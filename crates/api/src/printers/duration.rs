//! Spans of time as people read them (upstream: `k8s.io/apimachinery/pkg/util/duration`, `HumanDuration`).

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;

/// `59s`, `2m3s`, `5h`, `3d4h`: at most two units, the smaller one only while it matters.
pub fn human_duration(seconds: i64) -> String {
    match seconds {
        // Clocks may differ by a second.
        ..-1 => "<invalid>".into(),
        -1 => "0s".into(),
        s if s < 2 * MINUTE => format!("{s}s"),
        s if s < 10 * MINUTE => two(s, (MINUTE, "m"), (1, "s")),
        s if s < 3 * HOUR => format!("{}m", s / MINUTE),
        s if s < 8 * HOUR => two(s, (HOUR, "h"), (MINUTE, "m")),
        s if s < 2 * DAY => format!("{}h", s / HOUR),
        s if s < 8 * DAY => two(s, (DAY, "d"), (HOUR, "h")),
        s if s < 2 * YEAR => format!("{}d", s / DAY),
        s if s < 8 * YEAR => two(s, (YEAR, "y"), (DAY, "d")),
        s => format!("{}y", s / YEAR),
    }
}

/// The larger unit and, unless there is none of it, the smaller one.
fn two(seconds: i64, (large, l): (i64, &str), (small, s): (i64, &str)) -> String {
    match seconds % large / small {
        0 => format!("{}{l}", seconds / large),
        rest => format!("{}{l}{rest}{s}", seconds / large),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_as_upstream_prints_them() {
        for (row, seconds, text) in [
            ("a clock that runs a second ahead", -1, "0s"),
            ("a clock that runs far ahead", -2, "<invalid>"),
            ("nothing", 0, "0s"),
            ("seconds up to two minutes", 119, "119s"),
            ("two units up to ten minutes", 123, "2m3s"),
            ("no smaller unit when it is zero", 180, "3m"),
            ("minutes up to three hours", 179 * 60 + 59, "179m"),
            ("hours and minutes up to eight", 7 * HOUR + 120, "7h2m"),
            ("hours up to two days", 47 * HOUR + 1800, "47h"),
            ("days and hours up to eight days", 3 * DAY + 4 * HOUR, "3d4h"),
            ("days up to two years", 729 * DAY, "729d"),
            ("years and days up to eight years", 2 * YEAR + 3 * DAY, "2y3d"),
            ("years from then on", 9 * YEAR + 3 * DAY, "9y"),
        ] {
            assert_eq!(human_duration(seconds), text, "{row}");
        }
    }
}
