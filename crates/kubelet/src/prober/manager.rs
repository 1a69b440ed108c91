//! Which probes are asked when, and what their answers bring about (upstream: `prober_manager.go` and `worker.go`).

use super::{Prober, Probes, Question, Seen};
use crate::pod_worker::{container, is_sidecar};
use crate::probe::{Heard, Outcome};
use crate::status::is_final;
use crate::sync::Turn;
use orrery_api::{Container, Probe};
use orrery_client::EventType;
use orrery_sim::SimTime;

impl Turn<'_, '_> {
    /// Begins to probe the containers that have probes (upstream: `prober.Manager.AddPod`).
    pub(crate) fn add_probes(&mut self) {
        let (now, pod) = (self.now(), self.pod.clone());
        for (i, run) in self.worker.runs.iter_mut().enumerate() {
            let (spec, is_init) = container(&pod.spec, i);
            if run.probes.is_none() && (!is_init || is_sidecar(&spec)) {
                run.probes = Probes::of(&spec, now);
            }
        }
        self.arm_probes();
    }

    /// What was last told of a container, if it has ever been made.
    fn seen(&self, name: &str) -> Option<Seen> {
        let status = &self.pod.status;
        let mut statuses = status.init_container_statuses.iter().chain(&status.container_statuses);
        let status = statuses.find(|s| &*s.name == name && s.container_id.is_some())?;
        let running = status.state.running.as_ref().and_then(|running| running.started_at);
        Some(Seen {
            attempt: status.restart_count,
            running: running.map(|date| self.cx.api().instant(date)),
            started: status.started == Some(true),
        })
    }

    /// After something new was told of the pod: works out when its probes are asked.
    pub(crate) fn arm_probes(&mut self) {
        let (now, pod) = (self.now(), self.pod.clone());
        let over = is_final(pod.status.phase.as_deref());
        for i in 0..self.worker.runs.len() {
            if self.worker.runs[i].probes.is_none() {
                continue;
            }
            let spec = container(&pod.spec, i).0;
            let seen = self.seen(&spec.name).filter(|_| !over);
            for prober in self.worker.runs[i].probes.iter_mut().flat_map(|probes| &mut probes.0) {
                if let Some(probe) = prober.question.spec(&spec) {
                    prober.arm(seen.as_ref(), probe, now);
                }
            }
        }
    }

    /// After a look at the pod: containers that run and are not ready are asked at once, as upstream does when it
    /// makes a status.
    pub(crate) fn trigger_readiness(&mut self) {
        let (now, at) = (self.now(), self.seen_at());
        for run in &mut self.worker.runs {
            let Some(instance) = run.current.as_ref().filter(|i| i.runs_at(at)) else { continue };
            let attempt = Some(instance.attempt);
            let Some(probes) = &mut run.probes else { continue };
            if probes.is_started(attempt)
                && !probes.is_ready(attempt)
                && let Some(prober) = probes.get(Question::Readiness)
            {
                (prober.base, prober.next) = (now, Some(now));
            }
        }
        self.arm_probes();
    }

    /// Asks the probes that are due.
    pub(crate) fn probe(&mut self) {
        let now = self.now();
        let mut turned = false;
        for i in 0..self.worker.runs.len() {
            for question in Question::ALL {
                let probes = self.worker.runs[i].probes.as_mut();
                let due =
                    probes.and_then(|p| p.get(question)).and_then(|p| p.next).is_some_and(|at| at <= now);
                turned |= due && self.do_probe(i, question);
            }
        }
        if turned {
            self.write_status(self.seen_at());
        }
    }

    /// Asks one probe, or hears what it was answered; whether that is to be shown at once.
    fn do_probe(&mut self, i: usize, question: Question) -> bool {
        let pod = self.pod.clone();
        let spec = container(&pod.spec, i).0;
        let seen = self.seen(&spec.name);
        if let Some(prober) = self.prober(i, question) {
            prober.next = None;
        }
        let (Some(probe), Some(seen)) = (question.spec(&spec), &seen) else { return false };
        let shown = self.ask_or_hear(i, question, &spec, probe, seen);
        let now = self.now();
        if let Some(prober) = self.prober(i, question) {
            prober.arm(Some(seen), probe, now);
        }
        shown
    }

    fn prober(&mut self, i: usize, question: Question) -> Option<&mut Prober> {
        self.worker.runs[i].probes.as_mut()?.get(question)
    }

    fn ask_or_hear(
        &mut self,
        i: usize,
        question: Question,
        spec: &Container,
        probe: &Probe,
        seen: &Seen,
    ) -> bool {
        let now = self.now();
        let instance =
            self.worker.runs[i].current.clone().filter(|i| i.attempt == seen.attempt && i.runs_at(now));
        let Some(prober) = self.prober(i, question) else { return false };
        if let Some(pending) = prober.pending.take() {
            return instance.is_some() && self.hear(i, question, probe, pending.1);
        }
        let noticed = prober.attempt != Some(seen.attempt) && question != Question::Liveness;
        if prober.attempt != Some(seen.attempt) {
            prober.new_run(seen.attempt);
        }
        let failed = seen.running.is_none() && prober.result != Some(false);
        if failed {
            // A container that does not run fails.
            prober.result = Some(false);
        }
        let asks = prober.counts_from(seen, probe).is_some_and(|from| from <= now);
        if noticed || failed {
            self.worker.ask(now);
        }
        if instance.is_none() || !asks || seen.running.is_none() {
            return false;
        }
        let heard = self.ask(i, question.key(), spec, probe);
        if heard.took.is_zero() {
            return self.hear(i, question, probe, heard);
        }
        if let Some(prober) = self.prober(i, question) {
            prober.pending = Some(Box::new((now + heard.took, heard)));
        }
        false
    }

    /// Takes an answer in; whether what it changes is to be shown at once.
    fn hear(&mut self, i: usize, question: Question, probe: &Probe, heard: Heard) -> bool {
        let title = question.title();
        let (reason, text) = match &heard.outcome {
            Outcome::Success => ("", String::new()),
            Outcome::Warning(text) => ("ProbeWarning", format!("{title} probe warning: {text}")),
            Outcome::Failure(text) => ("Unhealthy", format!("{title} probe failed: {text}")),
            Outcome::Error(text) => ("Unhealthy", format!("{title} probe errored: {text}")),
        };
        if !reason.is_empty() {
            self.event_of(i, EventType::Warning, reason, text);
        }
        let answer = match heard.outcome {
            Outcome::Success | Outcome::Warning(_) => true,
            Outcome::Failure(_) => false,
            Outcome::Error(_) => return false,
        };
        let Some(prober) = self.prober(i, question) else { return false };
        let turned = prober.count(answer, probe);
        let rests = heard.outcome == Outcome::Success && prober.result == Some(true);
        prober.rests_until = if rests { heard.until } else { SimTime::ZERO };
        if turned {
            let now = self.now();
            self.worker.ask(now);
        }
        turned && question != Question::Liveness
    }
}
