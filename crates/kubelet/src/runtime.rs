//! What containers do: a simulated process follows from the image, the command and the pod's annotations.
//!
//! `sleep N`, `exit N` and `false` do what they say, programs that only print end at once, servers and
//! unknown commands run for ever. Annotations override that:
//! `orrery.dev/run.<container>: "<duration>:<exit code>[:<reason>]"` says how a container ends,
//! `orrery.dev/probe.<container>.<type>: pass|fail|pass-after=<duration>|fail-after=<duration>` how its
//! probes answer, and `orrery.dev/ignore-sigterm: "1"` lets it run until it is killed.

use orrery_api::{Container, ExecAction, Pod};
use orrery_apimachinery::Str;
use orrery_sim::{Duration, SimTime};

/// How a container's main process ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct End {
    /// How long after its start.
    pub after: Duration,
    /// With which exit code.
    pub exit_code: i32,
    /// The runtime's word for it, when that does not follow from the exit code.
    pub reason: Option<Str>,
}

impl End {
    fn at_once(exit_code: i32) -> Self {
        End { after: Duration::ZERO, exit_code, reason: None }
    }
}

/// How the main process of `container` ends; `None` when it runs until it is stopped.
pub(crate) fn end_of(pod: &Pod, container: &Container) -> Option<End> {
    let key = format!("orrery.dev/run.{}", container.name);
    if let Some(end) = pod.metadata.annotations.get(&key).and_then(|text| parse_run(text)) {
        return Some(end);
    }
    let words: Vec<&str> = container.command.iter().chain(&container.args).map(|w| &**w).collect();
    if words.is_empty() {
        return ends_without_command(container.image.as_deref().unwrap_or_default()).then(|| End::at_once(0));
    }
    run_command(&words)
}

fn parse_run(text: &str) -> Option<End> {
    let mut parts = text.splitn(3, ':');
    let after = parse_duration(parts.next()?)?;
    let exit_code = parts.next().unwrap_or("0").trim().parse().ok()?;
    Some(End { after, exit_code, reason: parts.next().map(|r| r.trim().into()) })
}

/// Whether the image's own command is a shell, which ends when nobody types.
fn ends_without_command(image: &str) -> bool {
    let name = image.rsplit('/').next().unwrap_or(image);
    let name = name.split([':', '@']).next().unwrap_or(name);
    matches!(name, "busybox" | "alpine" | "ubuntu" | "debian")
}

/// Follows a command: a shell's script part by part, any other as one part.
fn run_command(words: &[&str]) -> Option<End> {
    let shell = words[0].rsplit('/').next().unwrap_or(words[0]);
    match words {
        [_, flag, script, ..]
            if matches!(shell, "sh" | "bash" | "ash") && flag.starts_with('-') && flag.ends_with('c') =>
        {
            run_script(script)
        }
        _ => run_part(&words.join(" ")).map(|part| End {
            after: part.time,
            exit_code: part.exit_code,
            reason: None,
        }),
    }
}

/// What one simple command does.
struct Part {
    time: Duration,
    exit_code: i32,
    ends_script: bool,
}

impl Part {
    fn new(exit_code: i32) -> Self {
        Part { time: Duration::ZERO, exit_code, ends_script: false }
    }
}

/// Words of a script that keep it from ending.
const ENDLESS: [&str; 5] = ["while true", "while :", "while sleep", "for ((;;", "until false"];

fn run_script(script: &str) -> Option<End> {
    if ENDLESS.iter().any(|word| script.contains(word)) {
        return None;
    }
    let mut end = End::at_once(0);
    for (joint, text) in split_script(script) {
        let skipped = (joint == "&&" && end.exit_code != 0) || (joint == "||" && end.exit_code == 0);
        if skipped || text.is_empty() {
            continue;
        }
        let part = run_part(text)?;
        end.after += part.time;
        end.exit_code = part.exit_code;
        if part.ends_script {
            break;
        }
    }
    Some(end)
}

/// The simple commands of a script, each with what joins it to the one before.
fn split_script(script: &str) -> Vec<(&str, &str)> {
    let (mut parts, mut rest, mut joint) = (Vec::new(), script, ";");
    loop {
        let next = ["&&", "||", ";", "\n"].iter().filter_map(|j| rest.find(j).map(|at| (at, *j))).min();
        let Some((at, found)) = next else {
            parts.push((joint, rest.trim()));
            return parts;
        };
        parts.push((joint, rest[..at].trim()));
        rest = &rest[at + found.len()..];
        joint = found;
    }
}

/// Programs that do something short and end well.
const SHORT: [&str; 27] = [
    "echo", "printf", "date", "perl", "true", "ls", "cat", "env", "pwd", "hostname", "uname", "id", "whoami",
    "mkdir", "touch", "cp", "mv", "rm", "test", "[", "expr", "seq", "grep", "export", "set", "cd", "chmod",
];

/// What a simple command does; `None` when it never ends.
fn run_part(text: &str) -> Option<Part> {
    let text = text.strip_prefix("exec ").unwrap_or(text);
    let mut words = text.split_whitespace();
    let Some(program) = words.next() else { return Some(Part::new(0)) };
    let argument = words.next();
    match program.rsplit('/').next().unwrap_or(program) {
        "sleep" => {
            let time = parse_sleep(argument.unwrap_or("0"))?;
            Some(Part { time, ..Part::new(0) })
        }
        "exit" => {
            let exit_code = argument.and_then(|a| a.parse().ok()).unwrap_or(0);
            Some(Part { ends_script: true, ..Part::new(exit_code) })
        }
        "false" => Some(Part::new(1)),
        program if SHORT.contains(&program) || program.contains('=') => Some(Part::new(0)),
        _ => None,
    }
}

/// The argument of `sleep`: seconds, or with a unit; `None` for `inf` and what cannot be read.
fn parse_sleep(text: &str) -> Option<Duration> {
    let (number, factor) = match text.as_bytes().last()? {
        b's' => (&text[..text.len() - 1], 1_000),
        b'm' => (&text[..text.len() - 1], 60_000),
        b'h' => (&text[..text.len() - 1], 3_600_000),
        b'd' => (&text[..text.len() - 1], 86_400_000),
        _ => (text, 1_000),
    };
    decimal_millis(number).map(|n| Duration::from_millis(n * factor / 1_000))
}

/// A decimal number in thousandths.
fn decimal_millis(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    let whole = if whole.is_empty() && !fraction.is_empty() { 0 } else { whole.parse::<u64>().ok()? };
    Some(whole * 1_000 + digits.parse::<u64>().ok()?)
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

/// Whether a command that is run within a container, by a probe or a hook, succeeds.
pub(crate) fn exec_succeeds(exec: &ExecAction) -> bool {
    exec_code(exec) == 0
}

/// How long a command that is run within a container takes, if it ends at all.
pub(crate) fn exec_time(exec: &ExecAction) -> Option<Duration> {
    let words: Vec<&str> = exec.command.iter().map(|w| &**w).collect();
    if words.is_empty() { None } else { run_command(&words).map(|end| end.after) }
}

/// The exit code of a command that is run within a container.
pub(crate) fn exec_code(exec: &ExecAction) -> i32 {
    let words: Vec<&str> = exec.command.iter().map(|w| &**w).collect();
    if words.is_empty() { 0 } else { run_command(&words).map_or(0, |end| end.exit_code) }
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

/// What the probes of one type of a container that started at `started` are answered.
pub(crate) fn answers(
    pod: &Pod,
    container: &str,
    r#type: &str,
    started: SimTime,
    exec: Option<&ExecAction>,
) -> Answers {
    let always = |first| Answers { first, turns_at: SimTime::NEVER };
    let key = format!("orrery.dev/probe.{container}.{type}");
    let Some(text) = pod.metadata.annotations.get(&key) else {
        return always(exec.is_none_or(exec_succeeds));
    };
    let after = |text: &str| parse_duration(text).map(|d| started + d);
    match text.split_once('=') {
        Some(("pass-after", d)) => {
            after(d).map_or(always(false), |turns_at| Answers { first: false, turns_at })
        }
        Some(("fail-after", d)) => {
            after(d).map_or(always(true), |turns_at| Answers { first: true, turns_at })
        }
        _ => always(&**text != "fail"),
    }
}

/// Why an image cannot be pulled, in containerd's words.
pub(crate) fn pull_error(image: &str) -> Option<String> {
    const BAD: [&str; 8] =
        ["nosuch", "nonexist", "invalid", "does-not-exist", ":bad", ":broken", ":wrong", ":missing"];
    BAD.iter().any(|word| image.contains(word)).then(|| {
        format!(
            "rpc error: code = NotFound desc = failed to pull and unpack image \"{image}\": failed to resolve reference \"{image}\": {image}: not found"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(command: &[&str]) -> String {
        let container = Container {
            image: Some("busybox:1.36".into()),
            command: command.iter().map(|w| (*w).into()).collect(),
            ..Default::default()
        };
        match end_of(&Pod::default(), &container) {
            Some(end) => format!("{} after {} ms", end.exit_code, end.after.as_millis()),
            None => "for ever".into(),
        }
    }

    #[test]
    fn a_command_ends_as_it_says() {
        for (row, command, expected) in [
            ("no command: the image's shell ends at once", &[][..], "0 after 0 ms"),
            ("a sleep takes its time", &["sleep", "3600"], "0 after 3600000 ms"),
            ("a sleep in a shell", &["sh", "-c", "sleep 3"], "0 after 3000 ms"),
            ("an endless sleep", &["sleep", "inf"], "for ever"),
            (
                "a script that sleeps and fails",
                &["/bin/sh", "-c", "echo hi; sleep 1.5 && exit 3"],
                "3 after 1500 ms",
            ),
            ("what follows a failure with && is skipped", &["sh", "-c", "false && sleep 9"], "1 after 0 ms"),
            ("what follows a failure with || is done", &["sh", "-c", "false || echo well"], "0 after 0 ms"),
            ("false fails", &["false"], "1 after 0 ms"),
            ("an endless loop", &["sh", "-c", "while true; do date; sleep 1; done"], "for ever"),
            ("tail -f", &["tail", "-f", "/dev/null"], "for ever"),
            ("an unknown program serves", &["serve"], "for ever"),
        ] {
            assert_eq!(outcome(command), expected, "{row}");
        }
    }

    #[test]
    fn an_annotation_says_how_a_container_ends() {
        let mut pod = Pod::default();
        pod.metadata.annotations.insert("orrery.dev/run.c", "1m2s:137:OOMKilled");
        let container = Container { name: "c".into(), ..Default::default() };
        let end = End { after: Duration::from_secs(62), exit_code: 137, reason: Some("OOMKilled".into()) };
        assert_eq!(end_of(&pod, &container), Some(end));
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
            let answers = answers(&pod, "c", "readiness", started, None);
            let seen = (answers.at(SimTime::from_secs(14)), answers.at(SimTime::from_secs(15)));
            assert_eq!(seen, (early, late), "{text}");
        }
    }
}
