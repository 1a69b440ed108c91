//! `date`: the virtual one.

use super::{Call, Found, Outcome, Program, Reach};
use orrery_apimachinery::Time;

pub(super) const PROGRAMS: &[Program] =
    &[Program { name: "date", found: Found::Everywhere, reach: Reach::Nothing, run: date }];

const DAYS: [&str; 7] = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn date(call: &mut Call) -> Outcome {
    call.container.varies = true;
    let words = &call.args[1..];
    let iso = words.iter().any(|word| word.starts_with("-I") || word.starts_with("--iso"));
    let format = match words.iter().find_map(|word| word.strip_prefix('+')) {
        Some(format) => format.to_owned(),
        None if words.iter().any(|word| &**word == "-Iseconds" || &**word == "--iso-8601=seconds") => {
            "%Y-%m-%dT%H:%M:%S+00:00".into()
        }
        None if iso => "%Y-%m-%d".into(),
        None if words.iter().any(|word| &**word == "-R") => "%a, %d %b %Y %H:%M:%S +0000".into(),
        None => "%a %b %e %H:%M:%S UTC %Y".into(),
    };
    call.out = format_at(call, &format) + "\n";
    Outcome::Exit(0)
}

/// The present date in a format of `strftime`.
pub(super) fn format(call: &Call, format: &str) -> String {
    format_at(call, format)
}

fn format_at(call: &Call, format: &str) -> String {
    let (seconds, nanos) = (call.now.as_secs() as i64, call.now.as_nanos() % 1_000_000_000);
    let time = Time(call.container.start.epoch.0 + seconds);
    let (year, month, day, hour, minute, second) = time.civil();
    let days = time.0.div_euclid(86_400);
    let (weekday, month_name) = (DAYS[days.rem_euclid(7) as usize], MONTHS[(month - 1) as usize]);
    let mut text = String::new();
    let mut signs = format.chars();
    while let Some(c) = signs.next() {
        if c != '%' {
            text.push(c);
            continue;
        }
        let two = |n: i64| format!("{n:02}");
        let mut sign = signs.next().unwrap_or('%');
        let digits = sign.to_digit(10).filter(|_| signs.as_str().starts_with('N'));
        if digits.is_some() || sign == '-' {
            sign = signs.next().unwrap_or('%');
        }
        let piece = match sign {
            'Y' => year.to_string(),
            'y' => two(year % 100),
            'm' => two(month),
            'd' => two(day),
            'e' => format!("{day:>2}"),
            'H' => two(hour),
            'I' => two((hour + 11) % 12 + 1),
            'M' => two(minute),
            'S' => two(second),
            'p' => if hour < 12 { "AM" } else { "PM" }.into(),
            'N' => format!("{nanos:09}").chars().take(digits.unwrap_or(9) as usize).collect(),
            's' => time.0.to_string(),
            'j' => format!("{:03}", days - Time::from_civil(year, 1, 1, 0, 0, 0).0.div_euclid(86_400) + 1),
            'u' => ((days + 3).rem_euclid(7) + 1).to_string(),
            'w' => (days + 4).rem_euclid(7).to_string(),
            'A' => weekday.into(),
            'a' => weekday[..3].into(),
            'B' => month_name.into(),
            'b' | 'h' => month_name[..3].into(),
            'F' => format!("{year}-{month:02}-{day:02}"),
            'T' => format!("{hour:02}:{minute:02}:{second:02}"),
            'R' => format!("{hour:02}:{minute:02}"),
            'D' => format!("{month:02}/{day:02}/{:02}", year % 100),
            'c' => format_at(call, "%a %b %e %T %Y"),
            'Z' => "UTC".into(),
            'z' => "+0000".into(),
            'n' => "\n".into(),
            't' => "\t".into(),
            '%' => "%".into(),
            other => ['%', other].iter().collect(),
        };
        text.push_str(&piece);
    }
    text
}
