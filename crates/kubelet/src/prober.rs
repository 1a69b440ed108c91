//! Probes (upstream: `pkg/kubelet/prober`): when one is asked, what is answered, and what follows from it.
//!
//! A probe whose good answer is known to stay costs nothing: it is asked again when the answer may be another one.

mod manager;

use crate::pod_worker::PodWorker;
use crate::probe::Heard;
use orrery_api::{Container, Probe};
use orrery_sim::{Duration, SimTime};

/// The three questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Whether it has started up.
    Startup,
    /// Whether it is alive.
    Liveness,
    /// Whether it can serve.
    Readiness,
}

/// What can be seen of a probe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeFacts {
    /// What it asks.
    pub question: Question,
    /// When it is asked next; where it is known what will be answered, when it would be.
    pub next: Option<SimTime>,
    /// How often it is asked.
    pub period: Duration,
    /// Whether its last answer was good, and how often that came in a row.
    pub last: bool,
    /// See `last`.
    pub in_a_row: i32,
    /// How many answers in a row turn what counts.
    pub threshold: i32,
    /// What counts as its answer now, if anything does.
    pub result: Option<bool>,
}

impl Question {
    const ALL: [Question; 3] = [Question::Startup, Question::Liveness, Question::Readiness];

    fn key(self) -> &'static str {
        match self {
            Question::Startup => "startup",
            Question::Liveness => "liveness",
            Question::Readiness => "readiness",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Question::Startup => "Startup",
            Question::Liveness => "Liveness",
            Question::Readiness => "Readiness",
        }
    }

    fn spec(self, container: &Container) -> Option<&Probe> {
        match self {
            Question::Startup => container.startup_probe.as_deref(),
            Question::Liveness => container.liveness_probe.as_deref(),
            Question::Readiness => container.readiness_probe.as_deref(),
        }
    }
}

/// One probe of a container (upstream: `prober.worker`).
#[derive(Clone, Debug)]
struct Prober {
    question: Question,
    /// An instant at which it was asked, from which the others follow.
    base: SimTime,
    period: Duration,
    /// When it is asked next, if ever.
    next: Option<SimTime>,
    /// The run of the container that is asked.
    attempt: Option<i32>,
    /// What counts as its answer now.
    result: Option<bool>,
    /// The last answer and how often it came in a row.
    last: bool,
    in_a_row: i32,
    /// Set when it is not asked until the container is started anew.
    on_hold: bool,
    /// Until when the answer that counts is known to be given again.
    rests_until: SimTime,
    /// What was answered, if that is on its way, and when it arrives.
    pending: Option<Box<(SimTime, Heard)>>,
}

/// What the kubelet has last told of a container.
#[derive(Clone, Copy)]
struct Seen {
    attempt: i32,
    /// Since when it runs.
    running: Option<SimTime>,
    started: bool,
}

/// The probes of one container.
#[derive(Clone, Debug, Default)]
pub(crate) struct Probes(Vec<Prober>);

impl Probes {
    /// The probes of a container, asked for the first time at `now`; `None` when it has none.
    pub(crate) fn of(container: &Container, now: SimTime) -> Option<Box<Probes>> {
        let prober = |question: Question| {
            question.spec(container).map(|spec| Prober {
                question,
                base: now,
                period: period(spec),
                next: None,
                attempt: None,
                result: None,
                last: true,
                in_a_row: 0,
                on_hold: false,
                rests_until: SimTime::ZERO,
                pending: None,
            })
        };
        let probers: Vec<Prober> = Question::ALL.into_iter().filter_map(prober).collect();
        (!probers.is_empty()).then(|| Box::new(Probes(probers)))
    }

    /// When one of them is to be asked.
    pub(crate) fn next(&self) -> Option<SimTime> {
        self.0.iter().filter_map(|p| p.next).min()
    }

    fn get(&mut self, question: Question) -> Option<&mut Prober> {
        self.0.iter_mut().find(|p| p.question == question)
    }

    fn result(&self, question: Question, attempt: Option<i32>) -> Option<bool> {
        self.0.iter().find(|p| p.question == question && p.attempt == attempt).and_then(|p| p.result)
    }

    /// Whether the run `attempt` has started up, as far as is known.
    pub(crate) fn startup_result(&self, attempt: Option<i32>) -> Option<bool> {
        self.result(Question::Startup, attempt)
    }

    /// Whether the run `attempt` is alive, as far as is known.
    pub(crate) fn liveness_result(&self, attempt: Option<i32>) -> Option<bool> {
        self.result(Question::Liveness, attempt)
    }

    /// Whether the run `attempt` has started up; without such a probe it has.
    pub(crate) fn is_started(&self, attempt: Option<i32>) -> bool {
        self.passed(Question::Startup, attempt)
    }

    /// Whether the run `attempt` can serve; without such a probe it can.
    pub(crate) fn is_ready(&self, attempt: Option<i32>) -> bool {
        self.passed(Question::Readiness, attempt)
    }

    fn passed(&self, question: Question, attempt: Option<i32>) -> bool {
        self.result(question, attempt) == Some(true) || self.0.iter().all(|p| p.question != question)
    }

    /// Asks no more whether a container is alive or has started up: it is being stopped.
    pub(crate) fn keep_readiness(&mut self) {
        self.0.retain(|prober| prober.question == Question::Readiness);
    }

    /// What can be seen of them at `now`.
    pub(crate) fn facts(&self, container: &Container, now: SimTime) -> Vec<ProbeFacts> {
        let facts = |prober: &Prober| {
            let spec = prober.question.spec(container)?;
            Some(ProbeFacts {
                question: prober.question,
                next: prober.next.or_else(|| prober.rests(now).then(|| prober.beat_after(now))),
                period: prober.period,
                last: prober.last,
                in_a_row: prober.in_a_row,
                threshold: if prober.last { spec.success_threshold } else { spec.failure_threshold },
                result: prober.result,
            })
        };
        self.0.iter().filter_map(facts).collect()
    }
}

impl PodWorker {
    /// Something has changed that probes may hear of: those that rest are asked at their next beat.
    pub(crate) fn doubt_probes(&mut self, now: SimTime) {
        let probers =
            self.runs.iter_mut().filter_map(|run| run.probes.as_mut()).flat_map(|probes| &mut probes.0);
        for prober in probers.filter(|prober| prober.rests(now)) {
            prober.rests_until = now;
            let beat = prober.beat_after(now);
            prober.next = Some(prober.next.map_or(beat, |next| next.min(beat)));
        }
    }
}

impl Prober {
    fn new_run(&mut self, attempt: i32) {
        self.attempt = Some(attempt);
        // Until the first answer a container counts as alive and as not ready; startup is open.
        self.result = match self.question {
            Question::Startup => None,
            Question::Liveness => Some(true),
            Question::Readiness => Some(false),
        };
        self.on_hold = false;
        (self.rests_until, self.pending) = (SimTime::ZERO, None);
    }

    /// Whether the answer that counts is known to be given again.
    fn rests(&self, now: SimTime) -> bool {
        self.rests_until > now && !self.on_hold
    }

    /// The first beat of its rhythm after `at`.
    fn beat_after(&self, at: SimTime) -> SimTime {
        let (base, period) =
            (self.base.as_nanos(), u64::try_from(self.period.as_nanos()).unwrap_or(u64::MAX).max(1));
        let beats = (at.as_nanos() + 1).saturating_sub(base).div_ceil(period);
        SimTime::from_nanos(base + beats * period)
    }

    /// Counts an answer; whether it changed what counts.
    fn count(&mut self, answer: bool, spec: &Probe) -> bool {
        self.in_a_row = if self.last == answer { self.in_a_row + 1 } else { 1 };
        self.last = answer;
        let threshold = if answer { spec.success_threshold } else { spec.failure_threshold };
        if self.in_a_row < threshold {
            return false;
        }
        let changed = self.result != Some(answer);
        self.result = Some(answer);
        if self.question == Question::Startup || (!answer && self.question == Question::Liveness) {
            self.on_hold = true;
            self.in_a_row = 0;
        }
        changed
    }

    /// From when on its beats mean something, as the container is seen; `None` when they do not.
    fn counts_from(&self, seen: &Seen, spec: &Probe) -> Option<SimTime> {
        if self.attempt != Some(seen.attempt) {
            return Some(SimTime::ZERO);
        }
        let asks = self.question == Question::Startup;
        match seen.running {
            _ if self.on_hold => None,
            None => (self.result != Some(false)).then_some(SimTime::ZERO),
            // Startup comes first; the others follow once it has passed.
            Some(_) if asks == seen.started => None,
            Some(since) => {
                let delay = Duration::from_secs(u64::try_from(spec.initial_delay_seconds).unwrap_or(0));
                Some((since + delay).max(self.rests_until)).filter(|at| *at < SimTime::NEVER)
            }
        }
    }

    /// Works out when it is asked next. A beat at `now` comes before whatever else happens then.
    fn arm(&mut self, seen: Option<&Seen>, spec: &Probe, now: SimTime) {
        if self.next.is_some_and(|at| at <= now) {
            return;
        }
        let from = seen.and_then(|seen| self.counts_from(seen, spec));
        let before = |from: SimTime| SimTime::from_nanos(from.as_nanos().saturating_sub(1));
        let beat = from.map(|from| self.beat_after(before(from).max(now)));
        self.next = self.pending.as_ref().map(|pending| pending.0).or(beat);
    }
}

fn period(spec: &Probe) -> Duration {
    Duration::from_secs(u64::try_from(spec.period_seconds).unwrap_or(0).max(1))
}
