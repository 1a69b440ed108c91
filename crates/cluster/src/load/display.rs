//! A load's counts as text.

use super::{Latency, LoadStatus};
use orrery_kube_proxy::Failure;
use std::fmt;

impl fmt::Display for LoadStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let load = &self.load;
        let (whole, milli) = (load.per_second_milli / 1_000, load.per_second_milli % 1_000);
        write!(f, "{}: {whole}", load.name)?;
        if milli > 0 {
            write!(f, ".{milli:03}")?;
        }
        writeln!(f, " requests/s from {} to {}", load.from, load.url)?;
        let answered: u64 = self.answered.iter().map(|(_, count)| count).sum();
        let failed: u64 = self.failed.iter().map(|(_, count)| count).sum();
        let (sent, flying) = (self.sent, self.in_flight);
        writeln!(f, "sent {sent}, answered {answered}, failed {failed}, in flight {flying}")?;
        for (status, count) in &self.answered {
            writeln!(f, "  {count:>8}  HTTP {status}")?;
        }
        for (why, count) in &self.failed {
            writeln!(f, "  {count:>8}  {}", words(*why))?;
        }
        for pod in &self.pods {
            let lost = if pod.failed == 0 { String::new() } else { format!(", {} lost", pod.failed) };
            writeln!(f, "  {:>8}  pod {}/{}{lost}", pod.answered, pod.namespace, pod.name)?;
        }
        writeln!(f, "latency {}", self.latency)
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = |micros: u64| format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100);
        write!(f, "p50 {}, p99 {}", millis(self.p50_micros), millis(self.p99_micros))
    }
}

/// What a client sees of a failure.
fn words(why: Failure) -> &'static str {
    match why {
        Failure::UnknownName => "unknown name",
        Failure::NoEndpoints => "connection refused: no endpoints",
        Failure::NoSuchPort => "no such port",
        Failure::NotListening => "connection refused: nobody listens",
        Failure::Denied => "denied by a NetworkPolicy",
        Failure::NoRoute => "no route to host",
        Failure::TimedOut => "timed out",
        Failure::NoLocalEndpoints => "timed out: no endpoints on the node",
        Failure::NoBackend => "no backend",
        Failure::ConnectionReset => "connection reset",
    }
}
