//! `true`, `false`, `sleep`.

use super::{Call, Found, Outcome, Program, Reach};
use orrery_sim::Duration;

pub(super) const PROGRAMS: &[Program] = &[
    Program { name: "true", found: Found::Both, reach: Reach::Nothing, run: |_| Outcome::Exit(0) },
    Program { name: "false", found: Found::Both, reach: Reach::Nothing, run: |_| Outcome::Exit(1) },
    Program { name: "sleep", found: Found::Everywhere, reach: Reach::Nothing, run: sleep },
    // What holds the namespaces of a pod: it does nothing.
    Program { name: "pause", found: Found::Apart, reach: Reach::Nothing, run: |_| Outcome::Stay },
];

fn sleep(call: &mut Call) -> Outcome {
    if call.args.len() < 2 {
        return call.fail(1, &["missing operand"]);
    }
    let mut total = Duration::ZERO;
    for word in &call.args[1..] {
        if matches!(&**word, "inf" | "infinity") {
            return Outcome::Stay;
        }
        match duration(word) {
            Some(time) => total = total.saturating_add(time),
            None => return call.fail(1, &["invalid number '", word, "'"]),
        }
    }
    call.took = total;
    Outcome::Exit(0)
}

/// Seconds, or a number with a unit.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = match text.as_bytes().last()? {
        b's' => (&text[..text.len() - 1], 1),
        b'm' => (&text[..text.len() - 1], 60),
        b'h' => (&text[..text.len() - 1], 3_600),
        b'd' => (&text[..text.len() - 1], 86_400),
        _ => (text, 1),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| if text.is_empty() { Some(0) } else { text.parse::<u64>().ok() };
    if number.is_empty() || number == "." || number.starts_with('+') {
        return None;
    }
    let thousandths = [fraction, "000"].concat().get(..3).and_then(digits)?;
    let millis = digits(whole)?.checked_mul(1_000)?.checked_add(thousandths)?;
    Some(Duration::from_millis(millis.checked_mul(unit)?))
}
