//! What requests take of a container: its processor time, and with it the time that an answer takes.
//!
//! How much of a processor one request takes follows from the image; the annotation
//! `orrery.dev/cpu-per-request.<container>: 5ms` says it otherwise, and
//! `orrery.dev/memory-per-request.<container>: 1Mi` how much memory a request takes while it waits. A container uses no
//! more than its limit, or its node, has; what comes beyond that waits.

use crate::meter::Meter;
use crate::node::Node;
use crate::outside::Outside;
use crate::pod_worker::{Instance, Life, container};
use crate::runtime::parse_duration;
use orrery_api::{Container, Pod, resources};
use orrery_apimachinery::Quantity;
use orrery_container_runtime::{Answer, Message, Process, Protocol, Reply, Unreachable};
use orrery_sim::{Duration, SimTime};

/// An answer that may change without anybody telling is asked for again after so long.
const DOUBT: Duration = Duration::from_secs(1);
/// What takes less is within the time that a message travels.
const LEAST: Duration = Duration::from_millis(1);
/// Who waits so long may be given up, by probes too.
const LONG: Duration = Duration::from_secs(1);
/// So many changes of what a container uses by itself are known.
const PACES: usize = 32;

/// What a run of a container has used, and what it answered last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Used {
    /// What requests have taken.
    pub meter: Meter,
    /// What it used by itself, once that has changed.
    paces: Vec<Pace>,
    last: Option<Known>,
}

/// An answer that holds as long as nothing happens in the container.
#[derive(Clone, Debug)]
struct Known {
    port: u16,
    message: Message,
    answer: Answer<Result<Reply, Unreachable>>,
    process: Process,
    until: SimTime,
}

/// What a container uses by itself from an instant on.
#[derive(Clone, Copy, Debug)]
struct Pace {
    at: SimTime,
    /// Nanoseconds of a processor that it has used until then.
    used: u64,
    /// Thousandths of a processor.
    millis: u64,
}

impl Life {
    /// Notes what the container uses by itself from now on. A server that starts uses too little to be told.
    pub(crate) fn note_pace(&mut self, started: SimTime, now: SimTime) {
        const LITTLE: u64 = 5;
        let Some(process) = &self.process else { return };
        let millis = process.cpu_millis();
        let last = self.paces().last().copied();
        if last.map_or(millis <= LITTLE, |last| last.millis == millis) {
            return;
        }
        let last = last.unwrap_or(Pace { at: started, used: 0, millis: 0 });
        let used = last.used + last.millis * micros(now, last.at);
        let paces = &mut self.used.get_or_insert_default().paces;
        if paces.len() == PACES {
            paces.remove(0);
        }
        paces.push(Pace { at: now, used, millis });
    }

    fn paces(&self) -> &[Pace] {
        self.used.as_ref().map_or(&[], |used| &used.paces)
    }

    /// Nanoseconds of a processor that it used by itself until an instant.
    pub(crate) fn used_at(&self, started: SimTime, at: SimTime) -> u64 {
        let Some(process) = &self.process else { return 0 };
        let pace = self.paces().iter().rev().find(|pace| pace.at <= at).copied();
        let pace = pace.unwrap_or_else(|| {
            let millis = if self.paces().is_empty() { process.cpu_millis() } else { 0 };
            Pace { at: started, used: 0, millis }
        });
        pace.used + pace.millis * micros(at, pace.at)
    }
}

/// A thousandth of a processor uses a nanosecond in each of these.
fn micros(now: SimTime, since: SimTime) -> u64 {
    now.since(since).as_micros() as u64
}

impl Instance {
    /// What requests have taken of it.
    pub(crate) fn meter(&self) -> Option<&Meter> {
        self.life.as_ref()?.used.as_ref().map(|used| &used.meter)
    }
}

impl Outside<'_> {
    /// Lets the container that listens on a port answer a request, or a batch of equal ones; `None` when none listens.
    pub(crate) fn serve_request(
        &mut self,
        port: u16,
        message: &Message,
    ) -> Option<Answer<Result<Reply, Unreachable>>> {
        let batch = self.peers.network.batch();
        for index in 0..self.worker.runs.len() {
            let known = batch.and_then(|_| self.known_answer(index, port, message));
            let Some(answer) = known.or_else(|| self.serve_at(index, port, message)) else { continue };
            return Some(self.charge(index, (port, message.protocol()), batch, answer));
        }
        None
    }

    /// Lets the container that listens on a port answer a question of the kubelet, which waits as others do; `None` when
    /// none listens.
    pub(crate) fn serve(
        &mut self,
        port: u16,
        message: &Message,
    ) -> Option<Answer<Result<Reply, Unreachable>>> {
        (0..self.worker.runs.len()).find_map(|index| {
            let answer = self.serve_at(index, port, message)?;
            let meter = self.worker.runs[index].current.as_ref().and_then(Instance::meter);
            let wait = meter.map_or(Duration::ZERO, |meter| meter.wait(self.now));
            Some(Answer { took: answer.took.saturating_add(wait), ..answer })
        })
    }

    /// Lets a container answer, if it listens on a port.
    pub(crate) fn serve_at(
        &mut self,
        index: usize,
        port: u16,
        message: &Message,
    ) -> Option<Answer<Result<Reply, Unreachable>>> {
        let protocol = message.protocol();
        let instance = self.worker.runs[index].current.as_ref()?;
        // One that rests and does not listen need not be looked into.
        if instance.process().is_some_and(|p| p.rests(self.now) && p.serves(port, protocol).is_none()) {
            return None;
        }
        let hangs = instance.hangs();
        let asked = self.with(index, |process, outside| {
            process.advance(outside.now, outside);
            process.serves(port, protocol)?;
            if hangs {
                return Some((None, Answer { took: Duration::MAX, result: Err(Unreachable::TimedOut) }));
            }
            let before = process.clone();
            let answer = process.answer(port, message, outside.now, outside);
            let probed = outside.worker.runs[index].probes.is_some();
            if probed && process.answers_until(&before).is_none() {
                outside.worker.doubt_probes(outside.now);
            }
            Some((Some(before), answer))
        });
        let (before, answer) = asked??;
        if let Some(before) = before {
            self.remember(index, port, message, &before, &answer);
        }
        Some(answer)
    }

    /// What a container would answer, if that is known.
    fn known_answer(
        &self,
        index: usize,
        port: u16,
        message: &Message,
    ) -> Option<Answer<Result<Reply, Unreachable>>> {
        let instance = self.worker.runs[index].current.as_ref()?;
        let process = instance.process()?;
        let known = instance.life.as_ref()?.used.as_ref()?.last.as_ref()?;
        let holds = instance.runs_at(self.now)
            && !instance.hangs()
            && self.now < known.until
            && process.rests(self.now)
            && process.is_still(&known.process)
            && known.port == port
            && known.message == *message;
        holds.then(|| known.answer.clone())
    }

    /// Notes what a container has answered, so that it need not be asked again. Who had to ask others is always asked.
    pub(crate) fn remember(
        &mut self,
        index: usize,
        port: u16,
        message: &Message,
        before: &Process,
        answer: &Answer<Result<Reply, Unreachable>>,
    ) {
        if self.peers.network.batch().is_none() || self.sent {
            return;
        }
        let doubt = self.now + DOUBT;
        let life = self.worker.runs[index].current.as_mut().and_then(|instance| instance.life.as_mut());
        let Some(life) = life else { return };
        let Some(process) = life.process.clone() else { return };
        let until = if self.asked { doubt } else { process.answers_until(before).unwrap_or(doubt) };
        let last = Known { port, message: message.clone(), answer: answer.clone(), process, until };
        life.used.get_or_insert_default().last = Some(last);
    }

    /// Lets requests take their processor time; the answer comes later by that.
    fn charge(
        &mut self,
        index: usize,
        (port, protocol): (u16, Protocol),
        batch: Option<u64>,
        answer: Answer<Result<Reply, Unreachable>>,
    ) -> Answer<Result<Reply, Unreachable>> {
        let spec = container(&self.pod.spec, index).0;
        let pace = pace(&spec, self.node);
        let Some(instance) = &mut self.worker.runs[index].current else { return answer };
        let Some(life) = &mut instance.life else { return answer };
        let own =
            life.process.as_ref().and_then(|process| process.serves(port, protocol)).unwrap_or_default();
        let cost = stated(self.pod, &spec.name).unwrap_or(own);
        let used = life.used.get_or_insert_default();
        let Some(time) = used.meter.take(self.now, cost, batch, pace) else {
            return Answer { took: Duration::MAX, result: Err(Unreachable::TimedOut) };
        };
        if time >= LONG {
            // Probes wait as everybody does.
            self.worker.doubt_probes(self.now);
        }
        let more = if time < LEAST { Duration::ZERO } else { time };
        Answer { took: answer.took.saturating_add(more), ..answer }
    }
}

/// How much of the processors a container may use, in thousandths.
fn pace(spec: &Container, node: &Node) -> u64 {
    let limit = spec.resources.limits.get(resources::CPU).unwrap_or(&node.config.cpu);
    u64::try_from(limit.milli_value()).unwrap_or(1)
}

/// The processor time that an annotation says a request takes.
fn stated(pod: &Pod, container: &str) -> Option<Duration> {
    if pod.metadata.annotations.is_empty() {
        return None;
    }
    let key = ["orrery.dev/cpu-per-request.", container].concat();
    pod.metadata.annotations.get(&key).and_then(|text| parse_duration(text))
}

/// The memory that requests take while they wait.
pub(crate) fn memory(pod: &Pod, container: &str, meter: &Meter, now: SimTime) -> i64 {
    let key = ["orrery.dev/memory-per-request.", container].concat();
    let each = pod.metadata.annotations.get(&key).and_then(|text| Quantity::parse(text));
    each.map_or(0, |each| each.value().saturating_mul(meter.waiting(now)))
}
