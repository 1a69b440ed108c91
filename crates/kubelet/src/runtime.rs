//! What a person says of a container's behaviour, by annotations of its pod.
//!
//! `orrery.dev/run.<container>: "<duration>:<exit code>[:<reason>]"` says how a container ends,
//! `orrery.dev/probe.<container>.<type>: pass|fail|pass-after=<duration>|fail-after=<duration>` how its probes are
//! answered, and `orrery.dev/ignore-sigterm: "1"` lets it run until it is killed. What it uses is in [`crate::usage`].

use crate::fake_runtime;
use crate::script::decimal_millis;
use crate::usage;
use orrery_api::{Container, ExecAction, Pod};
use orrery_apimachinery::Str;
use orrery_sim::{Duration, SimTime};
use std::rc::Rc;

/// How a container's main process ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct End {
    /// How long after its start.
    pub after: Duration,
    /// With which exit code.
    pub exit_code: i32,
    /// What else its status tells of it.
    pub note: Option<Rc<Note>>,
}

/// What a status tells of a container that has ended, beside its exit code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Note {
    /// The runtime's word for how it ended, when that does not follow from the exit code.
    pub reason: Option<Str>,
    /// The container's last words.
    pub message: Option<Str>,
}

/// How a container is ended from outside, if an annotation says it.
pub(crate) fn decreed_end(pod: &Pod, container: &Container) -> Option<End> {
    let key = ["orrery.dev/run.", &container.name].concat();
    let run = pod.metadata.annotations.get(&key).and_then(|text| parse_run(text));
    match (run, usage::out_of_memory(pod, container)) {
        (Some(run), Some(killed)) => Some(if run.after <= killed.after { run } else { killed }),
        (run, killed) => run.or(killed),
    }
}

fn parse_run(text: &str) -> Option<End> {
    let mut parts = text.splitn(3, ':');
    let after = parse_duration(parts.next()?)?;
    let exit_code = parts.next().unwrap_or("0").trim().parse().ok()?;
    let note = parts.next().map(|r| Rc::new(Note { reason: Some(r.trim().into()), ..Note::default() }));
    Some(End { after, exit_code, note })
}

/// A duration as Go writes it, such as `1m30s` or `500ms`.
pub(crate) fn parse_duration(text: &str) -> Option<Duration> {
    let (mut rest, mut total) = (text.trim(), Duration::ZERO);
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let unit_at = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(unit_at);
        let unit_end = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_end);
        let factor = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => return None,
        };
        total += Duration::from_millis(decimal_millis(number)? * factor / 1_000);
        rest = tail;
    }
    Some(total)
}

/// Whether the pod's processes do not heed SIGTERM.
pub(crate) fn ignores_sigterm(pod: &Pod) -> bool {
    pod.metadata.annotations.get("orrery.dev/ignore-sigterm").is_some_and(|v| &**v == "1")
}

/// When an answer that a probe gets changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Answers {
    /// The answer before the change.
    pub first: bool,
    /// When it turns into its opposite.
    pub turns_at: SimTime,
}

impl Answers {
    /// The answer at an instant.
    pub(crate) fn at(self, now: SimTime) -> bool {
        self.first == (now < self.turns_at)
    }
}

/// What the probes of one type of a container that started at `started` are answered, if an annotation says it or
/// nobody is there who could be asked.
pub(crate) fn answers(
    pod: &Pod,
    container: &str,
    r#type: &str,
    started: SimTime,
    exec: Option<&ExecAction>,
    fake: bool,
) -> Option<Answers> {
    let always = |first| Answers { first, turns_at: SimTime::NEVER };
    let key = format!("orrery.dev/probe.{container}.{type}");
    let Some(text) = pod.metadata.annotations.get(&key) else {
        return fake.then(|| always(exec.is_none_or(fake_runtime::exec_succeeds)));
    };
    let after = |text: &str| parse_duration(text).map(|d| started + d);
    Some(match text.split_once('=') {
        Some(("pass-after", d)) => {
            after(d).map_or(always(false), |turns_at| Answers { first: false, turns_at })
        }
        Some(("fail-after", d)) => {
            after(d).map_or(always(true), |turns_at| Answers { first: true, turns_at })
        }
        _ => always(&**text != "fail"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_annotation_says_how_a_container_ends() {
        let mut pod = Pod::default();
        pod.metadata.annotations.insert("orrery.dev/run.c", "1m2s:137:OOMKilled");
        let container = Container { name: "c".into(), ..Default::default() };
        let note = Rc::new(Note { reason: Some("OOMKilled".into()), message: None });
        let end = End { after: Duration::from_secs(62), exit_code: 137, note: Some(note) };
        assert_eq!(decreed_end(&pod, &container), Some(end));
    }

    #[test]
    fn probes_are_answered_as_the_annotation_says() {
        let started = SimTime::from_secs(10);
        for (text, early, late) in [
            ("pass", true, true),
            ("fail", false, false),
            ("pass-after=5s", false, true),
            ("fail-after=5s", true, false),
        ] {
            let mut pod = Pod::default();
            pod.metadata.annotations.insert("orrery.dev/probe.c.readiness", text);
            let answers = answers(&pod, "c", "readiness", started, None, true).expect("an annotation");
            let seen = (answers.at(SimTime::from_secs(14)), answers.at(SimTime::from_secs(15)));
            assert_eq!(seen, (early, late), "{text}");
        }
    }
}
