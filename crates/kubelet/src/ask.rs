//! Asking a container what a probe or a hook asks.

use crate::outside::Outside;
use crate::pod_worker::Instance;
use crate::probe::{self, Heard, Outcome};
use crate::sync::Turn;
use crate::{fake_runtime, runtime};
use orrery_api::{Container, HTTPGetAction, Probe};
use orrery_apimachinery::Str;
use orrery_container_runtime::{Answer, ExecResult, Message, Reply, Target, Unreachable, World};
use orrery_sim::{Duration, SimTime};

/// How often a redirection is followed (upstream: `RedirectChecker`).
const MAX_REDIRECTS: usize = 10;
/// How long a hook waits for its answer.
const HOOK_PATIENCE: Duration = Duration::from_secs(30);

impl Turn<'_, '_> {
    /// Asks a container that runs what its probe called `key` asks.
    pub(crate) fn ask(&mut self, index: usize, key: &str, spec: &Container, probe: &Probe) -> Heard {
        let now = self.now();
        let Some(instance) = &self.worker.runs[index].current else {
            return Heard::for_good(Outcome::Error("the container does not run".into()));
        };
        // The date of its start, as its status tells it.
        let started = SimTime::from_secs(instance.started.as_secs());
        let before = instance.process().cloned();
        let command = probe.exec.as_ref();
        if let Some(answers) =
            runtime::answers(&self.pod, &spec.name, key, started, command, before.is_none())
        {
            let until = if answers.turns_at > now { answers.turns_at } else { SimTime::NEVER };
            let text = match command {
                Some(exec) if !fake_runtime::exec_succeeds(exec) => "",
                _ => "HTTP probe failed with statuscode: 500",
            };
            let outcome = if answers.at(now) { Outcome::Success } else { Outcome::Failure(text.into()) };
            return Heard { until, ..Heard::for_good(outcome) };
        }
        let mut outside = self.outside();
        let (outcome, took) = outside.hear(index, spec, probe);
        let asked_others = outside.asked;
        let process = self.worker.runs[index].current.as_ref().and_then(Instance::process);
        let until = process.zip(before).and_then(|(process, before)| process.answers_until(&before));
        Heard { outcome, took, until: until.filter(|_| !asked_others).unwrap_or(now) }
    }

    /// Sends the request of a hook; why nobody answered, if nobody did, and how long it took. What is answered does not
    /// matter.
    pub(crate) fn ask_hook(&mut self, spec: &Container, get: &HTTPGetAction) -> (Option<String>, Duration) {
        let Page { url, authority, answer } = match self.outside().get(spec, get, HOOK_PATIENCE) {
            Ok(page) => page,
            Err(why) => return (Some(why), Duration::ZERO),
        };
        let failure = match probe::of_http(&url, &authority, &answer.result) {
            Outcome::Failure(why) if answer.result.is_err() => Some(why),
            _ => None,
        };
        (failure, answer.took)
    }
}

/// What came of a request for a page.
struct Page {
    url: String,
    authority: String,
    answer: Answer<Result<Reply, Unreachable>>,
}

impl Outside<'_> {
    fn hear(&mut self, index: usize, spec: &Container, probe: &Probe) -> (Outcome, Duration) {
        let timeout = probe::timeout(probe);
        if let Some(exec) = &probe.exec {
            let result = self.exec(index, &exec.command).unwrap_or_default();
            let took = result.took.map_or(timeout, |took| took.min(timeout));
            return (probe::of_exec(&result, timeout), took);
        }
        if let Some(get) = &probe.http_get {
            return match self.get(spec, get, timeout) {
                Ok(page) => {
                    (probe::of_http(&page.url, &page.authority, &page.answer.result), page.answer.took)
                }
                Err(why) => (Outcome::Error(why), Duration::ZERO),
            };
        }
        if let Some(tcp) = &probe.tcp_socket {
            let port = match probe::port(&tcp.port, spec) {
                Ok(port) => port,
                Err(why) => return (Outcome::Error(why), Duration::ZERO),
            };
            let host = tcp.host.as_deref().filter(|host| !host.is_empty());
            let (authority, answer) = self.ask_at(host, port, &Message::Connect, timeout);
            return (probe::of_tcp(&authority, &answer.result), answer.took);
        }
        let Some(grpc) = &probe.grpc else {
            return (Outcome::Error("missing probe handler".into()), Duration::ZERO);
        };
        let port = u16::try_from(grpc.port).unwrap_or_default();
        let question = probe::health_check(grpc, &self.address());
        let (authority, answer) = self.ask_at(None, port, &question, timeout);
        // Nobody is there: the client tries until its time is up.
        let took = if answer.result.is_err() { timeout } else { answer.took };
        (probe::of_grpc(&authority, timeout, &answer.result), took)
    }

    /// Runs a command within one of the pod's containers, if it has processes.
    pub(crate) fn exec(&mut self, index: usize, command: &[Str]) -> Option<ExecResult> {
        if self.hangs(index) {
            return Some(ExecResult::default());
        }
        self.with(index, |process, outside| process.exec(command, outside.now, outside))
    }

    /// Whether a container answers nobody.
    pub(crate) fn hangs(&self, index: usize) -> bool {
        self.worker.runs[index].current.as_ref().is_some_and(Instance::hangs)
    }

    /// Sends a message to a port of the pod, or of another host, as the kubelet does; also whom it asks.
    fn ask_at(
        &mut self,
        host: Option<&str>,
        port: u16,
        message: &Message,
        timeout: Duration,
    ) -> (String, Answer<Result<Reply, Unreachable>>) {
        let own = self.address();
        let authority = [host.unwrap_or(&own), ":", &port.to_string()].concat();
        let found = host.map(|host| self.lookup(host).result.first().copied());
        let answer = match found {
            Some(None) => Answer { took: Duration::ZERO, result: Err(Unreachable::NoRoute) },
            Some(Some(address)) => self.send(Target { address, port }, message, timeout),
            None => match self.serve(port, message) {
                Some(answer) if answer.took <= timeout => answer,
                Some(_) => Answer { took: timeout, result: Err(Unreachable::TimedOut) },
                None => Answer { took: Duration::ZERO, result: Err(Unreachable::Refused) },
            },
        };
        (authority, answer)
    }

    /// Asks for a page, and for where it sends whoever asks; the error is why it cannot be asked for.
    fn get(&mut self, spec: &Container, get: &HTTPGetAction, timeout: Duration) -> Result<Page, String> {
        let port = probe::port(&get.port, spec)?;
        let host = get.host.as_deref().filter(|host| !host.is_empty());
        let named = host.map_or_else(|| self.address(), Str::from);
        let mut get = get.clone();
        let mut took = Duration::ZERO;
        for _ in 0..MAX_REDIRECTS {
            let (message, url) = probe::request(&get, &named, port);
            let (authority, answer) = self.ask_at(host, port, &message, timeout);
            took += answer.took;
            match probe::redirect(&answer.result, &authority) {
                Some(path) => get.path = Some(path),
                None => return Ok(Page { url, authority, answer: Answer { took, ..answer } }),
            }
        }
        Err(format!("stopped after {MAX_REDIRECTS} redirects"))
    }
}

/// The port that a probe asks, if it asks one.
pub(crate) fn port_of(spec: &Container, probe: &Probe) -> Option<u16> {
    let http = probe.http_get.as_ref().map(|get| &get.port);
    match http.or(probe.tcp_socket.as_ref().map(|tcp| &tcp.port)) {
        Some(port) => probe::port(port, spec).ok(),
        None => probe.grpc.as_ref().and_then(|grpc| u16::try_from(grpc.port).ok()),
    }
}
