//! What happens while loads are on: ten times in a second, and only when something is due.

use super::wire::Wire;
use super::{Fresh, Load, PodShare, Running};
use crate::Cluster;
use crate::cluster::Event;
use orrery_api::Pod;
use orrery_container_runtime::{Message, Reply, Target, Url};
use orrery_kube_proxy::Failure;
use orrery_sim::{Duration, SimTime};
use std::net::Ipv4Addr;

/// Requests that are due within this time are sent together.
const TICK: Duration = Duration::from_millis(100);
/// What the way there and back takes at least.
const ROUND_TRIP: Duration = Duration::from_millis(1);
/// So many connections a load has that keeps them.
const CONNECTIONS: usize = 16;
/// One request, as [`Running::due`] counts.
const REQUEST: u128 = 1_000_000_000_000;

/// Requests that wait for their answer.
#[derive(Clone, Debug)]
pub(crate) struct Flight {
    lands: SimTime,
    count: u64,
    end: Target,
    share: Option<usize>,
    /// The status that will be answered, or what the client will see.
    outcome: Result<u16, Failure>,
}

impl Cluster {
    /// Lets everything happen that is due for the loads.
    pub(crate) fn run_loads(&mut self) {
        self.loads.plan = None;
        let mut running = std::mem::take(&mut self.loads.running);
        for load in &mut running {
            self.advance(load);
        }
        self.loads.running = running;
        self.plan_loads();
    }

    /// Brings the agenda in line with what the loads plan.
    pub(crate) fn plan_loads(&mut self) {
        let next = self.loads.running.iter().filter_map(Running::next).min();
        let next = next.map(|at| at.max(self.now));
        if self.loads.plan.map(|entry| entry.at) == next {
            return;
        }
        if let Some(entry) = self.loads.plan.take() {
            self.agenda.cancel(entry);
        }
        self.loads.plan = next.map(|at| self.agenda.schedule(at, Event::Loads));
    }

    fn advance(&mut self, running: &mut Running) {
        self.land(running);
        let (load, now) = (running.status.load.clone(), self.now);
        if running.status.stopped.is_none() {
            let until = load.until.map_or(now, |until| until.min(now));
            let elapsed = until.since(running.sent_until).as_nanos();
            let due = u128::from(running.due) + elapsed * u128::from(load.per_second_milli);
            (running.sent_until, running.due) = (until, (due % REQUEST) as u64);
            let mut count = u64::try_from(due / REQUEST).unwrap_or(u64::MAX);
            // Clients that are answered within the tick send again in it.
            while running.room(count) > 0 {
                let room = running.room(count);
                self.send_requests(running, &load, room);
                count -= room;
            }
            running.status.stopped = running.is_done(now).then_some(until);
        }
        let over = running.status.stopped.is_some() && running.flying.is_empty();
        if over || now.since(running.fresh.since) >= self.series.apart(&load.name) {
            self.series.load(&load.name, &running.fresh, now);
            running.fresh = Fresh { since: now, ..Fresh::default() };
        }
    }

    /// Counts what has come to its end.
    fn land(&mut self, running: &mut Running) {
        while running.flying.front().is_some_and(|flight| flight.lands <= self.now) {
            let Some(flight) = running.flying.pop_front() else { return };
            running.status.in_flight -= flight.count;
            // A container that has ended in the meantime has broken its connections.
            let broken = flight.outcome.is_ok() && !self.is_served(flight.end, flight.lands);
            let outcome = if broken { Err(Failure::ConnectionReset) } else { flight.outcome };
            running.count(flight.share, outcome, flight.count);
        }
    }

    fn send_requests(&mut self, running: &mut Running, load: &Load, count: u64) {
        if count == 0 {
            return;
        }
        running.status.sent += count;
        let url = Url::read(&load.url);
        let address = match self.resolve(&load.from, &url.host) {
            Ok(address) => address,
            Err(why) => return running.count(None, Err(why), count),
        };
        let to = Target { address, port: url.port };
        let mut wires: Vec<(Wire, u64)> = Vec::new();
        for _ in 0..count {
            match self.connect_for(running, load, to) {
                Ok(wire) => match wires.iter_mut().find(|(known, _)| *known == wire) {
                    Some((_, count)) => *count += 1,
                    None => wires.push((wire, 1)),
                },
                Err(why) => running.count(None, Err(why), 1),
            }
        }
        let message = Message::Http {
            method: "GET".into(),
            path: url.path,
            host: url.host,
            headers: Vec::new(),
            body: "".into(),
        };
        for (wire, count) in wires {
            self.speak(running, load, wire, &message, count);
        }
    }

    /// A connection for one request: one that is kept, or a new one.
    fn connect_for(&mut self, running: &mut Running, load: &Load, to: Target) -> Result<Wire, Failure> {
        if !load.keep_alive {
            return self.dial(&load.from, to);
        }
        let turn = running.turn;
        running.turn = (turn + 1) % CONNECTIONS;
        if let Some(kept) = running.connections.get(turn) {
            return Ok(kept.clone());
        }
        let wire = self.dial(&load.from, to)?;
        running.connections.push(wire.clone());
        Ok(wire)
    }

    /// Lets the end of a connection answer as many requests.
    fn speak(&mut self, running: &mut Running, load: &Load, wire: Wire, message: &Message, count: u64) {
        let answer = self.send_batch(&wire, message, count);
        let share = self.share_of(running, wire.end.address);
        let timed_out = answer.took > load.timeout;
        let outcome = match answer.result {
            _ if timed_out => Err(Failure::TimedOut),
            Ok(Reply::Http { status, .. }) => Ok(status),
            Ok(_) => Ok(200),
            Err(why) => Err(self.tracer.failure(why)),
        };
        if outcome.is_err() {
            running.connections.retain(|kept| *kept != wire);
        }
        let took = answer.took.max(ROUND_TRIP).min(load.timeout);
        if outcome.is_ok() {
            running.time(took, count);
        }
        if took < TICK {
            return running.count(share, outcome, count);
        }
        running.status.in_flight += count;
        let flight = Flight { lands: self.now + took, count, end: wire.end, share, outcome };
        let after = running.flying.iter().rposition(|other| other.lands <= flight.lands);
        running.flying.insert(after.map_or(0, |at| at + 1), flight);
    }

    /// Where the counts of the pod are that has an address.
    fn share_of(&self, running: &mut Running, address: Ipv4Addr) -> Option<usize> {
        let shares = &mut running.status.pods;
        if let Some(at) = running.homes.iter().position(|(known, _)| *known == address) {
            let share = running.homes[at].1;
            let PodShare { namespace, name, .. } = &shares[share];
            let text = self.api.get::<Pod>(namespace, name).and_then(|pod| pod.status.pod_ip.as_ref());
            if text.is_some_and(|ip| ip.parse() == Ok(address)) {
                return Some(share);
            }
            running.homes.remove(at);
        }
        let (namespace, name) = self.pod_at(address)?;
        let known = shares.iter().position(|s| s.namespace == namespace && s.name == name);
        let share = known.unwrap_or_else(|| {
            shares.push(PodShare { namespace, name, answered: 0, failed: 0 });
            shares.len() - 1
        });
        running.homes.push((address, share));
        Some(share)
    }
}

impl Running {
    /// When something is due.
    fn next(&self) -> Option<SimTime> {
        let landing = self.flying.front().map(|flight| flight.lands);
        let (load, on) = (&self.status.load, self.status.stopped.is_none());
        let missing = REQUEST - u128::from(self.due);
        let wait = missing.div_ceil(u128::from(load.per_second_milli.max(1)));
        let wait = Duration::from_nanos(u64::try_from(wait).unwrap_or(u64::MAX / 2));
        let sends = (on && load.per_second_milli > 0).then(|| self.sent_until + wait);
        let ends = load.until.filter(|_| on);
        [landing.map(ceil), sends.map(ceil), ends].into_iter().flatten().min()
    }

    /// Counts requests that have come to their end.
    fn count(&mut self, share: Option<usize>, outcome: Result<u16, Failure>, count: u64) {
        let status = &mut self.status;
        match outcome {
            Ok(code) => bump(&mut status.answered, code, count),
            Err(why) => bump(&mut status.failed, why, count),
        }
        let well = outcome.is_ok_and(|code| code < 500);
        *(if well { &mut self.fresh.answered } else { &mut self.fresh.errors }) += count;
        if let Some(share) = share.map(|at| &mut status.pods[at]) {
            *(if outcome.is_ok() { &mut share.answered } else { &mut share.failed }) += count;
        }
    }

    /// Counts how long answers take: not all of them equally long.
    fn time(&mut self, took: Duration, count: u64) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX / 1_000);
        let (draws, longest) = (count.min(64), self.status.load.timeout.as_micros() as u64);
        for draw in 0..draws {
            let times = SPREAD[self.random.below(SPREAD.len() as u64) as usize];
            // The draws stand for all, as evenly as can be.
            let stands_for = count * (draw + 1) / draws - count * draw / draws;
            let took = (micros * times / 1_000).min(longest);
            self.latencies.add(took, stands_for);
            self.fresh.latencies.add(took, stands_for);
        }
    }
}

/// How many thousandths of the average the answer to a request takes: a log-normal distribution (sigma 0.4) in equal
/// parts.
const SPREAD: [u64; 32] = [
    391, 474, 525, 566, 602, 634, 664, 693, 721, 748, 775, 802, 829, 856, 884, 912, 941, 971, 1002, 1035,
    1070, 1107, 1147, 1190, 1238, 1291, 1353, 1425, 1515, 1633, 1811, 2192,
];

fn bump<K: PartialEq + PartialOrd>(counts: &mut Vec<(K, u64)>, key: K, count: u64) {
    match counts.iter_mut().find(|(known, _)| *known == key) {
        Some((_, known)) => *known += count,
        None => {
            let at = counts.iter().position(|(known, _)| *known > key).unwrap_or(counts.len());
            counts.insert(at, (key, count));
        }
    }
}

/// The end of the tick that an instant is in.
fn ceil(at: SimTime) -> SimTime {
    const NANOS: u64 = TICK.as_nanos() as u64;
    SimTime::from_nanos(at.as_nanos().div_ceil(NANOS) * NANOS)
}
