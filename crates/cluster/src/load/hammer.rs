//! A load that a program on the person's own machine sends, for a while.

use super::{Load, latency};
use crate::{Cluster, Origin};
use orrery_apimachinery::Str;
use orrery_apiserver::Session;
use orrery_container_runtime::{Hammered, Hammering, Url};
use orrery_kube_proxy::Failure;
use orrery_sim::Duration;

/// Its name among the loads.
const NAME: &str = "hey";
/// So many requests in a second are sent at most.
const MOST: u64 = 2_000;
const PERCENTS: [u64; 7] = [10, 25, 50, 75, 90, 95, 99];

impl Cluster {
    /// Sends requests as told, while time passes.
    pub(crate) fn hammer_at(&mut self, told: &Hammering) -> Hammered {
        // Workers that are not held back send as soon as they are answered.
        let pace = match told.per_worker {
            0 => {
                let took = self.request(&Origin::Outside, &told.url).took;
                1_000 / (took.min(told.timeout).as_millis() as u64).max(1)
            }
            pace => pace,
        };
        let rate = told.workers.saturating_mul(pace).clamp(1, MOST);
        let began = self.now;
        let until = told.time.map(|time| began + time);
        let requests = told.time.is_none().then_some(told.requests);
        let load = Load::new(NAME, Origin::Outside, &told.url, rate * 1_000);
        let (keep_alive, timeout) = (told.keep_alive, told.timeout);
        self.forget_load(NAME);
        let at_once = Some(told.workers);
        self.set_load(Load { keep_alive, timeout, at_once, until, requests, ..load });
        while self.load(NAME).is_some_and(|status| status.stopped.is_none() || status.in_flight > 0) {
            self.pass(Duration::from_millis(100));
        }
        let mut hammered = Hammered { took: self.now.since(began), ..Hammered::default() };
        let running = self.loads.running.iter().find(|running| &*running.status.load.name == NAME);
        let Some(running) = running else { return hammered };
        let latencies: &latency::Latencies = &running.latencies;
        hammered.statuses.clone_from(&running.status.answered);
        for (why, count) in &running.status.failed {
            hammered.errors.push((said(*why, &told.url), *count));
        }
        hammered.quantiles = PERCENTS.map(|percent| (percent, latencies.quantile(percent * 10))).into();
        (hammered.fastest, hammered.slowest) = (latencies.quantile(1), latencies.quantile(1_000));
        hammered.average = latencies.summary().mean_micros;
        hammered
    }
}

/// What a program written in Go says of a failure.
fn said(why: Failure, url: &Str) -> Str {
    let read = Url::read(url);
    let what = match why {
        Failure::UnknownName => format!("dial tcp: lookup {}: no such host", read.host),
        Failure::NoEndpoints | Failure::NotListening => {
            format!("dial tcp {}:{}: connect: connection refused", read.host, read.port)
        }
        Failure::NoRoute => format!("dial tcp {}:{}: connect: no route to host", read.host, read.port),
        Failure::ConnectionReset => "EOF".into(),
        _ => "context deadline exceeded (Client.Timeout exceeded while awaiting headers)".into(),
    };
    format!("Get \"{url}\": {what}").into()
}
