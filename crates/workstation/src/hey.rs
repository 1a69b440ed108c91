//! `hey`, which sends many requests from the person's own machine and tells how they were answered
//! (upstream: `github.com/rakyll/hey`).

use crate::{Desk, Words};
use orrery_container_runtime::{Hammered, Hammering};
use orrery_sim::Duration;

/// Workers, and requests, when nobody says.
const WORKERS: u64 = 50;
const REQUESTS: u64 = 200;
/// How long a worker waits for an answer.
const TIMEOUT: u64 = 20;

pub(crate) fn run(desk: &mut Desk<'_>, argv: &[String]) -> Result<(), String> {
    let words = Words::of(argv, &["-disable-compression", "-disable-keepalive", "-disable-redirects", "-h2"]);
    let [url] = words.plain[..] else { return Err("Usage: hey [options...] <url>".into()) };
    let number = |flag: &str, usual: u64| match words.flag(&[flag]) {
        None => Ok(usual),
        Some(text) => {
            text.parse::<u64>().map_err(|_| format!("invalid value \"{text}\" for flag {flag}: parse error"))
        }
    };
    let (workers, requests) = (number("-c", WORKERS)?, number("-n", REQUESTS)?);
    let (pace, timeout) = (number("-q", 0)?, number("-t", TIMEOUT)?);
    let time = words.flag(&["-z"]).map(|text| {
        let nanos = orrery_apimachinery::duration::parse(text)?;
        Ok::<Duration, String>(Duration::from_nanos(nanos.unsigned_abs()))
    });
    if workers == 0 || (time.is_none() && requests < workers) {
        return Err("-n cannot be less than -c.".into());
    }
    let hammering = Hammering {
        url: url.into(),
        workers,
        per_worker: pace,
        requests,
        time: time.transpose()?,
        keep_alive: words.flag(&["-disable-keepalive"]).is_none(),
        timeout: Duration::from_secs(if timeout == 0 { 3_600 } else { timeout }),
    };
    let hammered = desk.station.hammer(&hammering);
    tell(desk, &hammered);
    Ok(())
}

/// Seconds with four places.
fn seconds(micros: u64) -> String {
    let tenths = (micros + 50) / 100;
    format!("{}.{:04} secs", tenths / 10_000, tenths % 10_000)
}

fn tell(desk: &mut Desk<'_>, told: &Hammered) {
    let micros = (told.took.as_micros() as u64).max(1);
    let answers: u64 = told.statuses.iter().map(|(_, count)| count).sum();
    let rate = answers.saturating_mul(10_000_000_000) / micros;
    desk.say("\nSummary:");
    for (name, micros) in
        [("Total", micros), ("Slowest", told.slowest), ("Fastest", told.fastest), ("Average", told.average)]
    {
        desk.say(&format!("  {name}:\t{}", seconds(micros)));
    }
    desk.say(&format!("  Requests/sec:\t{}.{:04}\n", rate / 10_000, rate % 10_000));
    desk.say("\nLatency distribution:");
    for (percent, micros) in &told.quantiles {
        desk.say(&format!("  {percent}% in {}", seconds(*micros)));
    }
    desk.say("\nStatus code distribution:");
    for (status, count) in &told.statuses {
        desk.say(&format!("  [{status}]\t{count} responses"));
    }
    if !told.errors.is_empty() {
        desk.say("\nError distribution:");
        for (why, count) in &told.errors {
            desk.say(&format!("  [{count}]\t{why}"));
        }
    }
}
