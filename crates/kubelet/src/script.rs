//! The fake runtime's shell of few words: it follows the scripts that people put into manifests, as far as they tell how long
//! a process runs, how it ends, and what it says.

use orrery_sim::Duration;

/// What a process did until it ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Process {
    /// How long it ran.
    pub time: Duration,
    /// With which code it ended.
    pub exit_code: i32,
    /// What it printed.
    pub output: String,
    /// What it wrote to files: the path and the text.
    pub files: Vec<(String, String)>,
}

/// Runs a command; `None` when it never ends.
pub(crate) fn run(command: &[&str]) -> Option<Process> {
    let program = command.first().map_or("", |first| base_name(first));
    match command {
        [_, flag, script, ..]
            if matches!(program, "sh" | "bash" | "ash") && flag.starts_with('-') && flag.ends_with('c') =>
        {
            run_script(script)
        }
        _ => {
            let words = command.iter().map(|w| (*w).to_owned()).collect();
            let mut process = Process::default();
            run_simple(words, &mut process)?;
            Some(process)
        }
    }
}

fn base_name(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

/// Words of a script that keep it from ending.
const ENDLESS: [&str; 5] = ["while true", "while :", "while sleep", "for ((;;", "until false"];

fn run_script(script: &str) -> Option<Process> {
    if ENDLESS.iter().any(|word| script.contains(word)) {
        return None;
    }
    let mut process = Process::default();
    for (joint, words) in simple_commands(script) {
        let failed = process.exit_code != 0;
        let skipped = (joint == "&&" && failed) || (joint == "||" && !failed);
        if skipped || words.is_empty() {
            continue;
        }
        if run_simple(words, &mut process)? == Flow::Stop {
            break;
        }
    }
    Some(process)
}

/// The simple commands of a script, each with what joins it to the one before. Quotes are taken off.
fn simple_commands(script: &str) -> Vec<(&'static str, Vec<String>)> {
    let mut commands = vec![(";", Vec::new())];
    let (mut word, mut quote, mut rest) = (None::<String>, None, script);
    while let Some(c) = rest.chars().next() {
        // The sign in `2>&1` joins nothing.
        let redirects = word.as_ref().is_some_and(|w| w.ends_with('>'));
        let joint = ["&&", "||", ";", "\n", "|", "&"].into_iter().find(|j| rest.starts_with(j) && !redirects);
        let mut step = c.len_utf8();
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, _) if joint.is_some() => {
                let joint = joint.expect("just seen");
                step = joint.len();
                commands.last_mut().expect("there is a first one").1.extend(word.take());
                commands.push((joint, Vec::new()));
            }
            (None, c) if c.is_whitespace() => {
                commands.last_mut().expect("there is a first one").1.extend(word.take());
            }
            (_, c) => word.get_or_insert_default().push(c),
        }
        rest = &rest[step..];
    }
    commands.last_mut().expect("there is a first one").1.extend(word);
    commands
}

/// Whether a script goes on after a command.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    GoOn,
    Stop,
}

/// Programs that do something short and end well.
const SHORT: [&str; 27] = [
    "echo", "printf", "date", "perl", "true", "ls", "cat", "env", "pwd", "hostname", "uname", "id", "whoami",
    "mkdir", "touch", "cp", "mv", "rm", "test", "[", "expr", "seq", "grep", "export", "set", "cd", "chmod",
];

/// Runs a simple command as a part of `process`; `None` when it never ends.
fn run_simple(mut words: Vec<String>, process: &mut Process) -> Option<Flow> {
    if words.first().is_some_and(|w| w == "exec") {
        words.remove(0);
    }
    let target = take_redirection(&mut words);
    let Some(program) = words.first().map(|w| base_name(w).to_owned()) else { return Some(Flow::GoOn) };
    process.exit_code = 0;
    match &*program {
        "sleep" => process.time += parse_sleep(words.get(1).map_or("0", |w| w))?,
        "exit" => {
            process.exit_code = words.get(1).and_then(|w| w.parse().ok()).unwrap_or(0);
            return Some(Flow::Stop);
        }
        "false" => process.exit_code = 1,
        "echo" | "printf" => {
            let text = said(&program, &words[1..]);
            match target {
                Some(path) => process.files.push((path, text)),
                None => process.output.push_str(&text),
            }
        }
        known if SHORT.contains(&known) || known.contains('=') => {}
        _ => return None,
    }
    Some(Flow::GoOn)
}

/// Takes `> path` and the like out of a command; the path that its output goes to.
fn take_redirection(words: &mut Vec<String>) -> Option<String> {
    let at = words.iter().position(|w| w.starts_with('>') || w.starts_with("1>") || w.starts_with("2>"))?;
    let sign = words.remove(at);
    let rest = sign.trim_start_matches(['1', '2']).trim_start_matches('>').to_owned();
    let path = if rest.is_empty() && at < words.len() { words.remove(at) } else { rest };
    let more = take_redirection(words);
    if sign.starts_with('2') || path.starts_with('&') { more } else { Some(path) }
}

/// What `echo` or `printf` prints.
fn said(program: &str, words: &[String]) -> String {
    if program == "printf" {
        return words.first().map(|w| w.replace("\\n", "\n")).unwrap_or_default();
    }
    let flags = words.iter().take_while(|w| matches!(&***w, "-n" | "-e" | "-ne" | "-en")).count();
    let text = words[flags..].join(" ");
    let set = |flag| words[..flags].iter().any(|w| w.contains(flag));
    let text = if set('e') { text.replace("\\n", "\n") } else { text };
    if set('n') { text } else { text + "\n" }
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
pub(crate) fn decimal_millis(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    let whole = if whole.is_empty() && !fraction.is_empty() { 0 } else { whole.parse::<u64>().ok()? };
    whole.checked_mul(1_000)?.checked_add(digits.parse::<u64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(command: &[&str]) -> String {
        match run(command) {
            Some(p) => {
                let files: String = p.files.iter().map(|(path, text)| format!(" {path}={text:?}")).collect();
                format!("{} after {} ms {:?}{files}", p.exit_code, p.time.as_millis(), p.output)
            }
            None => "for ever".into(),
        }
    }

    #[test]
    fn a_command_ends_as_it_says() {
        for (row, command, expected) in [
            ("a sleep takes its time", &["sleep", "3600"][..], "0 after 3600000 ms \"\""),
            ("a sleep in a shell", &["sh", "-c", "sleep 3"], "0 after 3000 ms \"\""),
            ("an endless sleep", &["sleep", "inf"], "for ever"),
            (
                "a script that prints, sleeps and fails",
                &["/bin/sh", "-c", "echo hi; sleep 1.5 && exit 3"],
                "3 after 1500 ms \"hi\\n\"",
            ),
            (
                "what follows a failure with && is skipped",
                &["sh", "-c", "false && sleep 9"],
                "1 after 0 ms \"\"",
            ),
            (
                "what follows a failure with || is done",
                &["sh", "-c", "false || echo ok"],
                "0 after 0 ms \"ok\\n\"",
            ),
            (
                "signs in quotes join nothing",
                &["sh", "-c", "echo 'a; b && c'"],
                "0 after 0 ms \"a; b && c\\n\"",
            ),
            (
                "a last word in a file",
                &["sh", "-c", "echo \"it broke\" > /dev/termination-log 2>&1; exit 1"],
                "1 after 0 ms \"\" /dev/termination-log=\"it broke\\n\"",
            ),
            ("false fails", &["false"], "1 after 0 ms \"\""),
            ("an endless loop", &["sh", "-c", "while true; do date; sleep 1; done"], "for ever"),
            ("tail -f", &["tail", "-f", "/dev/null"], "for ever"),
            ("an unknown program serves", &["serve"], "for ever"),
        ] {
            assert_eq!(outcome(command), expected, "{row}");
        }
    }
}
