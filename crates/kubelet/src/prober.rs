//! Probes (upstream: `pkg/kubelet/prober`): when one is asked, what is answered, and what follows from it.
//!
//! A probe whose answer is known to stay costs nothing: it is asked again when the answer changes.

use crate::pod_worker::{Instance, Run, container};
use crate::runtime::{self, Answers};
use crate::sync::Turn;
use orrery_api::{Container, Pod, Probe};
use orrery_client::EventType;
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
    /// When it is asked next, if ever.
    next: Option<SimTime>,
    /// The run of the container that is asked.
    attempt: Option<i32>,
    /// What counts as its answer now.
    result: Option<bool>,
    /// The last answer and how often it came in a row.
    last: bool,
    in_a_row: i32,
    /// Set after a failure for which the container is restarted.
    on_hold: bool,
}

/// The probes of one container.
#[derive(Clone, Debug, Default)]
pub(crate) struct Probes(Vec<Prober>);

impl Probes {
    /// The probes of a container, asked for the first time at `now`; `None` when it has none.
    pub(crate) fn of(container: &Container, now: SimTime) -> Option<Box<Probes>> {
        let prober = |question: Question| {
            question.spec(container).map(|_| Prober {
                question,
                base: now,
                next: None,
                attempt: None,
                result: None,
                last: false,
                in_a_row: 0,
                on_hold: false,
            })
        };
        let probers: Vec<Prober> = Question::ALL.into_iter().filter_map(prober).collect();
        (!probers.is_empty()).then(|| Box::new(Probes(probers)))
    }

    /// When one of them is to be asked.
    pub(crate) fn next(&self) -> Option<SimTime> {
        self.0.iter().filter_map(|p| p.next).min()
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

    /// Whether the run `attempt` can serve, as far as is known.
    pub(crate) fn readiness_result(&self, attempt: Option<i32>) -> Option<bool> {
        self.result(Question::Readiness, attempt)
    }

    /// What can be seen of them at `now`.
    pub(crate) fn facts(&self, container: &Container, now: SimTime) -> Vec<ProbeFacts> {
        let facts = |prober: &Prober| {
            let spec = prober.question.spec(container)?;
            Some(ProbeFacts {
                question: prober.question,
                next: prober.next.or_else(|| {
                    let after = SimTime::from_nanos(now.as_nanos() + 1);
                    prober.settled().then(|| prober.beat_from(after, period(spec)))
                }),
                period: period(spec),
                last: prober.last,
                in_a_row: prober.in_a_row,
                threshold: if prober.last { spec.success_threshold } else { spec.failure_threshold },
                result: prober.result,
            })
        };
        self.0.iter().filter_map(facts).collect()
    }

    /// Stops asking.
    pub(crate) fn stop(&mut self) {
        for prober in &mut self.0 {
            prober.next = None;
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
        self.in_a_row = 0;
        self.on_hold = false;
    }

    /// The first instant of its rhythm that is not before `at`.
    fn beat_from(&self, at: SimTime, period: Duration) -> SimTime {
        let (base, period) =
            (self.base.as_nanos(), u64::try_from(period.as_nanos()).unwrap_or(u64::MAX).max(1));
        SimTime::from_nanos(base + at.as_nanos().saturating_sub(base).div_ceil(period) * period)
    }

    /// Counts an answer; whether it changed what counts.
    fn count(&mut self, answer: bool, spec: &Probe) -> bool {
        self.in_a_row = if self.last == answer && self.in_a_row > 0 { self.in_a_row + 1 } else { 1 };
        self.last = answer;
        let threshold = if answer { spec.success_threshold } else { spec.failure_threshold };
        if self.in_a_row < threshold.max(1) {
            return false;
        }
        let changed = self.result != Some(answer);
        self.result = Some(answer);
        if !answer && self.question != Question::Readiness {
            self.on_hold = true;
            self.in_a_row = 0;
        }
        changed
    }

    /// Whether its answer is known to stay, so that it is not asked.
    fn settled(&self) -> bool {
        self.result == Some(true) && self.last && !self.on_hold && self.question != Question::Startup
    }

    /// When it has to be asked again after an answer at `now`.
    fn plan(&self, answer: bool, answers: Answers, now: SimTime, period: Duration) -> Option<SimTime> {
        let settled = self.result == Some(answer);
        if self.on_hold || (settled && answer && self.question == Question::Startup) {
            return None;
        }
        if settled && answer {
            let turns = answers.turns_at > now && answers.turns_at < SimTime::NEVER;
            return turns.then(|| self.beat_from(answers.turns_at, period));
        }
        Some(self.beat_from(SimTime::from_nanos(now.as_nanos() + 1), period))
    }
}

fn period(spec: &Probe) -> Duration {
    Duration::from_secs(u64::try_from(spec.period_seconds).unwrap_or(0).max(1))
}

/// When the container started, as its status says: to the second.
fn started_at(instance: &Instance) -> SimTime {
    SimTime::from_secs(instance.started.as_secs())
}

fn answers(
    pod: &Pod,
    container: &Container,
    instance: &Instance,
    question: Question,
    spec: &Probe,
) -> Answers {
    runtime::answers(pod, &container.name, question.key(), started_at(instance), spec.exec.as_ref())
}

impl Turn<'_, '_> {
    /// After a look at the pod: notes new runs of its containers, and asks those that are not ready at once,
    /// as upstream does when it makes a status.
    pub(crate) fn refresh_probes(&mut self) {
        let (now, at) = (self.now(), self.seen_at());
        let pod = self.pod.clone();
        for (i, run) in self.worker.runs.iter_mut().enumerate() {
            if run.probes.is_some() {
                refresh(&pod, run, &container(&pod.spec, i).0, at, now);
            }
        }
    }

    /// Asks the probes that are due.
    pub(crate) fn probe(&mut self) {
        let now = self.now();
        let pod = self.pod.clone();
        let mut turned = false;
        for i in 0..self.worker.runs.len() {
            for question in Question::ALL {
                turned |= self.ask_if_due(&pod, i, question);
            }
        }
        if turned {
            self.write_status(self.seen_at());
            self.worker.ask(now);
        }
    }

    /// Asks one probe if it is due; whether its turn is to be shown at once.
    fn ask_if_due(&mut self, pod: &Pod, i: usize, question: Question) -> bool {
        let now = self.now();
        let spec = container(&pod.spec, i).0;
        let run = &mut self.worker.runs[i];
        let (Some(probe), Some(instance)) = (question.spec(&spec), run.current.clone()) else { return false };
        let started = spec.startup_probe.is_none()
            || run.probes.as_ref().and_then(|p| p.startup_result(Some(instance.attempt))) == Some(true);
        let Some(probes) = &mut run.probes else { return false };
        let due = |p: &&mut Prober| p.question == question && p.next.is_some_and(|at| at <= now);
        let Some(prober) = probes.0.iter_mut().find(due) else { return false };
        prober.next = None;
        if !instance.runs_at(now) {
            return false;
        }
        let noticed = prober.attempt != Some(instance.attempt) && question != Question::Liveness;
        if prober.attempt != Some(instance.attempt) {
            prober.new_run(instance.attempt);
        }
        if prober.on_hold {
            return false;
        }
        if started == (question == Question::Startup) {
            // Startup comes first; once it has passed, the others are asked from their next beat on.
            prober.next =
                (!started).then(|| prober.beat_from(SimTime::from_nanos(now.as_nanos() + 1), period(probe)));
            return false;
        }
        let delay_ends = started_at(&instance)
            + Duration::from_secs(u64::try_from(probe.initial_delay_seconds).unwrap_or(0));
        if now < delay_ends {
            prober.next = Some(prober.beat_from(delay_ends, period(probe)));
            self.ask_sync_if(noticed);
            return false;
        }
        let answers = answers(pod, &spec, &instance, question, probe);
        let answer = answers.at(now);
        let turned = prober.count(answer, probe);
        prober.next = prober.plan(answer, answers, now, period(probe));
        if !answer {
            self.report(i, question, probe);
        }
        self.ask_sync_if(noticed || turned);
        turned && question != Question::Liveness
    }

    fn ask_sync_if(&mut self, wanted: bool) {
        if wanted {
            let now = self.now();
            self.worker.ask(now);
        }
    }

    fn report(&mut self, index: usize, question: Question, probe: &Probe) {
        let output = match &probe.exec {
            Some(exec) if !runtime::exec_succeeds(exec) => "",
            _ => "HTTP probe failed with statuscode: 500",
        };
        let message = format!("{} probe failed: {output}", question.title());
        self.event_of(index, EventType::Warning, "Unhealthy", message);
    }
}

fn refresh(pod: &Pod, run: &mut Run, container: &Container, at: SimTime, now: SimTime) {
    let Some(instance) = run.current.clone().filter(|i| i.runs_at(at)) else { return };
    let attempt = instance.attempt;
    let Some(probes) = &mut run.probes else { return };
    let started = container.startup_probe.is_none() || probes.startup_result(Some(attempt)) == Some(true);
    for prober in &mut probes.0 {
        let Some(spec) = prober.question.spec(container) else { continue };
        let fresh = prober.attempt == Some(attempt);
        if prober.question == Question::Readiness && started && (!fresh || prober.result != Some(true)) {
            prober.base = now;
            prober.next = Some(now);
        } else if !fresh && prober.next.is_none() {
            prober.next = Some(prober.beat_from(now, period(spec)));
        } else if prober.next.is_none() && prober.settled() {
            // The pod can have been told to answer otherwise.
            let answers = answers(pod, container, &instance, prober.question, spec);
            prober.next = prober.plan(answers.at(now), answers, now, period(spec));
        }
    }
}
