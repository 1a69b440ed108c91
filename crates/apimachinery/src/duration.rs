//! Durations as Go writes them: `1h30m`, `2m0.25s`, `500ms`.

/// Nanoseconds of `1h30m`; the error is Go's (upstream: `time.ParseDuration`).
pub fn parse(text: &str) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration {text:?}");
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let is_digit = |c: char| c.is_ascii_digit() || c == '.';
    let mut sum: i64 = 0;
    while !rest.is_empty() {
        let (amount, behind) = rest.split_at(rest.find(|c| !is_digit(c)).unwrap_or(rest.len()));
        let (unit, next) = behind.split_at(behind.find(is_digit).unwrap_or(behind.len()));
        let nanos = match unit {
            _ if amount.is_empty() || amount == "." => return Err(invalid()),
            "" => return Err(format!("time: missing unit in duration {text:?}")),
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return Err(format!("time: unknown unit {unit:?} in duration {text:?}")),
        };
        sum = times(amount, nanos).and_then(|n| sum.checked_add(n)).ok_or_else(invalid)?;
        rest = next;
    }
    Ok(if text.starts_with('-') { -sum } else { sum })
}

/// A decimal number times `unit`, without what is left of a nanosecond.
fn times(number: &str, unit: i64) -> Option<i64> {
    let digits = |digits: &str| if digits.is_empty() { Some(0) } else { digits.parse::<i64>().ok() };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let fraction = fraction.get(..9).unwrap_or(fraction);
    let parts = i128::from(digits(fraction)?) * i128::from(unit) / 10_i128.pow(fraction.len() as u32);
    digits(whole)?.checked_mul(unit)?.checked_add(i64::try_from(parts).ok()?)
}

/// Nanoseconds as Go prints them: `0s`, `850ms`, `1.5s`, `2m0.25s` (upstream: `time.Duration.String`).
pub fn print(nanos: u64) -> String {
    let decimal = |unit: u64| {
        let digits = unit.ilog10() as usize;
        let text = format!("{}.{:0digits$}", nanos % 60_000_000_000 / unit, nanos % unit);
        text.trim_end_matches('0').trim_end_matches('.').to_string()
    };
    match nanos {
        0 => "0s".into(),
        1..1_000 => format!("{nanos}ns"),
        1_000..1_000_000 => decimal(1_000) + "µs",
        1_000_000..1_000_000_000 => decimal(1_000_000) + "ms",
        _ => {
            let (minutes, seconds) = (nanos / 60_000_000_000, decimal(1_000_000_000));
            match (minutes / 60, minutes % 60) {
                (0, 0) => format!("{seconds}s"),
                (0, minutes) => format!("{minutes}m{seconds}s"),
                (hours, minutes) => format!("{hours}h{minutes}m{seconds}s"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_printed_as_go_prints_it() {
        for (text, printed) in [
            ("0", "0s"),
            ("1500us", "1.5ms"),
            ("2000ms", "2s"),
            ("90s", "1m30s"),
            ("120.25s", "2m0.25s"),
            ("1h", "1h0m0s"),
            ("36h1s", "36h0m1s"),
        ] {
            assert_eq!(parse(text).map(|n| print(n.unsigned_abs())).as_deref(), Ok(printed), "{text}");
        }
    }
}
