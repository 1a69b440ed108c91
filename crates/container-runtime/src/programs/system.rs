//! Programs that tell of the container, its processes and the machine, and those that run others.

use super::lines::{has, operands, value};
use super::{Call, Found, Outcome, Program, Reach, Script, base_name, basic};
use crate::terminal::{HISTORY, NEW_PAGE};
use orrery_apimachinery::Str;
use orrery_sim::Duration;

const fn program(name: &'static str, run: fn(&mut Call) -> Outcome) -> Program {
    Program { name, found: Found::Everywhere, reach: Reach::Nothing, run }
}

const fn other(name: &'static str, found: Found, run: fn(&mut Call) -> Outcome) -> Program {
    Program { name, found, reach: Reach::Others, run }
}

pub(super) const PROGRAMS: &[Program] = &[
    program("arch", |call| say(call, "x86_64")),
    program("basename", basename),
    program("clear", |_| Outcome::Exit(0)),
    program("df", df),
    program("dirname", dirname),
    other("env", Found::Everywhere, env),
    Program { name: "expr", found: Found::Everywhere, reach: Reach::Nothing, run: expr },
    program("free", free),
    other("gosu", Found::Apart, as_user),
    Program { name: "history", found: Found::Apart, reach: Reach::Nothing, run: history },
    program("hostname", hostname),
    program("id", id),
    other("busybox", Found::Busybox, wrapped),
    Program { name: "kill", found: Found::Both, reach: Reach::Others, run: kill },
    other("killall", Found::Busybox, kill_by_name),
    other("nice", Found::Everywhere, wrapped),
    other("nohup", Found::Everywhere, wrapped),
    program("nproc", nproc),
    other("pkill", Found::Busybox, kill_by_name),
    program("printenv", printenv),
    other("ps", Found::Busybox, ps),
    Program { name: "pwd", found: Found::Both, reach: Reach::Nothing, run: pwd },
    program("seq", seq),
    other("su-exec", Found::Apart, as_user),
    other("sudo", Found::Apart, wrapped),
    other("time", Found::Everywhere, wrapped),
    other("timeout", Found::Everywhere, timeout),
    other("top", Found::Busybox, top),
    program("tty", |call| {
        call.out.push_str("not a tty\n");
        Outcome::Exit(1)
    }),
    program("uname", uname),
    other("watch", Found::Busybox, watch),
    program("uptime", |call| {
        say(call, " 00:00:00 up 1 day,  0:00,  0 users,  load average: 0.00, 0.00, 0.00")
    }),
    program("which", which),
    program("whoami", whoami),
    other("xargs", Found::Everywhere, xargs),
    program("yes", yes),
];

fn say(call: &mut Call, text: &str) -> Outcome {
    call.out.push_str(text);
    call.out.push('\n');
    Outcome::Exit(0)
}

fn basename(call: &mut Call) -> Outcome {
    let path = call.args.get(1).map_or("", |path| path.trim_end_matches('/'));
    let name = base_name(path);
    let ending = call.args.get(2).map_or("", |ending| ending);
    let name = name.strip_suffix(ending).filter(|name| !name.is_empty()).unwrap_or(name).to_owned();
    say(call, &name)
}

fn dirname(call: &mut Call) -> Outcome {
    let path = call.args.get(1).map_or("", |path| path.trim_end_matches('/'));
    let directory = match path.rsplit_once('/') {
        Some(("", _)) => "/",
        Some((directory, _)) => directory,
        None => ".",
    };
    let directory = directory.to_owned();
    say(call, &directory)
}

fn hostname(call: &mut Call) -> Outcome {
    let start = call.container.start.clone();
    match start.address {
        Some(address) if has(call, 'i') || has(call, 'I') => say(call, &address.to_string()),
        _ => say(call, &start.hostname),
    }
}

fn is_root(call: &Call) -> bool {
    matches!(&*call.container.start.image.user, "" | "root" | "0" | "0:0" | "root:root")
}

fn whoami(call: &mut Call) -> Outcome {
    let user = call.container.start.image.user.clone();
    let name = user.split(':').next().unwrap_or_default();
    let name = if is_root(call) { "root" } else { name };
    say(call, name)
}

fn id(call: &mut Call) -> Outcome {
    let user = call.container.start.image.user.clone();
    let name = user.split(':').next().unwrap_or_default();
    let (number, name) = match name.parse::<u32>() {
        _ if is_root(call) => (0, "root"),
        Ok(number) => (number, ""),
        Err(_) => (1000, name),
    };
    if has(call, 'u') || has(call, 'g') {
        let text = if has(call, 'n') { name.to_owned() } else { number.to_string() };
        return say(call, &text);
    }
    let names = if name.is_empty() { String::new() } else { ["(", name, ")"].concat() };
    say(call, &format!("uid={number}{names} gid={number}{names} groups={number}{names}"))
}

fn uname(call: &mut Call) -> Outcome {
    let host = call.container.start.hostname.clone();
    let (release, version) = ("6.1.0", "#1 SMP PREEMPT_DYNAMIC");
    let text = if has(call, 'a') {
        ["Linux ", &host, " ", release, " ", version, " x86_64 GNU/Linux"].concat()
    } else if has(call, 'r') {
        release.into()
    } else if has(call, 'n') {
        (*host).into()
    } else if has(call, 'm') {
        "x86_64".into()
    } else {
        "Linux".into()
    };
    say(call, &text)
}

fn pwd(call: &mut Call) -> Outcome {
    let directory = call.shell.directory.clone();
    say(call, &directory)
}

/// `env`, or a command line with more in its environment.
fn env(call: &mut Call) -> Outcome {
    let words = &call.args[1..];
    let settings = words.iter().take_while(|word| word.contains('=') || word.starts_with('-')).count();
    let mut more: Vec<(Str, Str)> = Vec::new();
    for (name, value) in words[..settings].iter().filter_map(|word| word.split_once('=')) {
        more.push((name.into(), value.into()));
    }
    if settings < words.len() {
        return Outcome::Become { words: words[settings..].to_vec(), env: more };
    }
    for (name, value) in call.shell.variables.iter() {
        if call.shell.exported.contains_key(name) {
            call.out.push_str(&[name, "=", value, "\n"].concat());
        }
    }
    more.iter().for_each(|(name, value)| call.out.push_str(&[name, "=", value, "\n"].concat()));
    Outcome::Exit(0)
}

fn printenv(call: &mut Call) -> Outcome {
    let Some(name) = call.args.get(1).cloned() else { return env(call) };
    match call.shell.get(&name).filter(|_| call.shell.exported.contains_key(&name)).cloned() {
        Some(value) => say(call, &value),
        None => Outcome::Exit(1),
    }
}

fn kill(call: &mut Call) -> Outcome {
    let mut signal: Str = "TERM".into();
    let others = call.world.processes();
    let before = others.last().map_or(0, |(pid, _)| *pid);
    let mut words = call.args[1..].iter();
    while let Some(word) = words.next() {
        match word.strip_prefix('-') {
            Some("s") => signal = words.next().cloned().unwrap_or(signal),
            Some("l") => return Outcome::Exit(0),
            Some(name) => signal = name.into(),
            None => match word.trim_start_matches('%').parse::<u32>() {
                Ok(pid) if others.iter().any(|(other, _)| *other == pid) => {
                    call.world.signal(pid, &signal_name(&signal));
                }
                Ok(pid) => call.container.signals.push((pid.saturating_sub(before), signal_name(&signal))),
                Err(_) => return call.fail(1, &["invalid number '", word, "'"]),
            },
        }
    }
    let known = |pid: u32| call.container.processes.iter().any(|(other, _)| *other == pid);
    match call.container.signals.iter().find(|(pid, _)| !known(*pid)).map(|(pid, _)| *pid) {
        Some(pid) => {
            call.container.signals.clear();
            call.fail(1, &["can't kill pid ", &(before + pid).to_string(), ": No such process"])
        }
        None => Outcome::Exit(0),
    }
}

fn signal_name(signal: &str) -> Str {
    match signal.trim_start_matches("SIG") {
        "0" => "0",
        "1" => "HUP",
        "2" => "INT",
        "3" => "QUIT",
        "9" => "KILL",
        "15" => "TERM",
        other => other,
    }
    .into()
}

/// `killall name` and `pkill [-f] name`.
fn kill_by_name(call: &mut Call) -> Outcome {
    let signal = call.args[1..].iter().find_map(|word| word.strip_prefix('-').filter(|rest| *rest != "f"));
    let signal = signal_name(signal.unwrap_or("TERM"));
    let Some(name) = operands(call, "").first().cloned() else { return Outcome::Exit(1) };
    let mut found = Vec::new();
    for (pid, words) in &call.container.processes {
        // The one that looks is the last one.
        let own = words.starts_with("pkill") || words.starts_with("killall");
        if !own && base_name(words.split(' ').next().unwrap_or_default()).contains(&*name) {
            found.push((*pid, signal.clone()));
        }
    }
    let code = i32::from(found.is_empty());
    call.container.signals.append(&mut found);
    Outcome::Exit(code)
}

/// The processes that it sees: behind those of others, whose numbers come first, its container's own, and itself.
fn processes(call: &mut Call) -> Vec<(u32, Str)> {
    let mut all = call.world.processes();
    let before = all.last().map_or(0, |(pid, _)| *pid);
    all.extend(call.container.processes.iter().map(|(pid, words)| (before + pid, words.clone())));
    let itself: Str = call.args.join(" ").into();
    if all.last().is_none_or(|(_, words)| *words != itself) {
        all.push((all.last().map_or(0, |(pid, _)| *pid) + 1, itself));
    }
    all
}

fn ps(call: &mut Call) -> Outcome {
    call.out.push_str("PID   USER     TIME  COMMAND\n");
    for (pid, words) in processes(call) {
        call.out.push_str(&format!("{pid:>5} root      0:00 {words}\n"));
    }
    Outcome::Exit(0)
}

/// `top [-b] [-n TIMES]`, as busybox's: every five seconds who is there.
fn top(call: &mut Call) -> Outcome {
    let times = value(call, 'n').and_then(|times| times.parse::<u32>().ok());
    if call.stage > 0 {
        call.took = Duration::from_secs(5);
    }
    call.out.push_str("  PID USER     STAT COMMAND\n");
    for (pid, words) in processes(call) {
        call.out.push_str(&format!("{pid:>5} root     S    {words}\n"));
    }
    if times == Some(call.stage + 1) { Outcome::Exit(0) } else { Outcome::Again(call.stage + 1) }
}

/// `watch [-n SECONDS] [-t] COMMAND`: again and again its answer, on an empty page.
fn watch(call: &mut Call) -> Outcome {
    let (mut every, mut titled): (Str, bool) = ("2".into(), true);
    let mut words = call.args[1..].iter().peekable();
    while let Some(word) = words.next_if(|word| word.starts_with('-')) {
        match word.trim_start_matches("--interval=").trim_start_matches("-n") {
            "" | "--interval" => every = words.next().cloned().unwrap_or_default(),
            "-t" | "--no-title" => titled = false,
            number if !number.starts_with('-') => every = number.into(),
            _ => {}
        }
    }
    let words: Vec<&str> = words.map(|word| &**word).collect();
    if words.is_empty() || basic::duration(&every).is_none() {
        return call.fail(1, &["usage: watch [-n SECONDS] [-t] COMMAND"]);
    }
    let command = words.join(" ");
    let tenth = if every.contains('.') { "" } else { ".0" };
    let title = if titled { format!("Every {every}{tenth}s: {command}\n\n") } else { String::new() };
    let page = quoted(&format!("{NEW_PAGE}{title}"));
    let text = format!("while true; do printf %s {page}\n{command}\nsleep {every}; done");
    Outcome::Script(Box::new(Script { text, name: "watch".into(), ..Script::default() }))
}

/// `history`: the lines that were typed, with their numbers.
fn history(call: &mut Call) -> Outcome {
    let lines = call.container.files.read(HISTORY).map(|text| (*text).clone()).unwrap_or_default();
    for (at, line) in lines.lines().enumerate() {
        call.out.push_str(&format!("{:>5}  {line}\n", at + 1));
    }
    Outcome::Exit(0)
}

fn which(call: &mut Call) -> Outcome {
    let mut code = 0;
    for name in operands(call, "") {
        match super::find_outside_shells(&name, &call.container.start.image) {
            Some(program) => call.out.push_str(&["/usr/bin/", program.name, "\n"].concat()),
            None => code = 1,
        }
    }
    Outcome::Exit(code)
}

fn nproc(call: &mut Call) -> Outcome {
    // It counts what the node has: a limit does not hide processors.
    say(call, "4")
}

fn df(call: &mut Call) -> Outcome {
    let used = call.container.files.bytes() >> 10;
    let total: u64 = 64 << 20;
    call.out.push_str("Filesystem           1K-blocks      Used Available Use% Mounted on\n");
    call.out.push_str(&format!(
        "overlay              {total:>9} {used:>9} {:>9} {:>3}% /\n",
        total - used.min(total),
        used * 100 / total
    ));
    Outcome::Exit(0)
}

fn free(call: &mut Call) -> Outcome {
    let total: u64 = 8 << 20;
    call.out.push_str("              total        used        free      shared  buff/cache   available\n");
    call.out.push_str(&format!(
        "Mem:     {total:>10}  {:>10}  {:>10}           0           0  {:>10}\n",
        total / 8,
        total / 8 * 7,
        total / 8 * 7
    ));
    call.out.push_str("Swap:             0           0           0\n");
    Outcome::Exit(0)
}

fn seq(call: &mut Call) -> Outcome {
    let numbers: Vec<i64> = operands_with_signs(call).iter().filter_map(|word| word.parse().ok()).collect();
    let (from, step, to) = match *numbers {
        [to] => (1, 1, to),
        [from, to] => (from, 1, to),
        [from, step, to] if step != 0 => (from, step, to),
        _ => return call.fail(1, &["invalid number"]),
    };
    let separator = value(call, 's').unwrap_or("\n").to_owned();
    let (mut at, mut first) = (from, true);
    while (step > 0 && at <= to) || (step < 0 && at >= to) {
        if !std::mem::take(&mut first) {
            call.out.push_str(&separator);
        }
        call.out.push_str(&at.to_string());
        if call.out.len() > 1 << 20 {
            break;
        }
        at += step;
    }
    if !first {
        call.out.push('\n');
    }
    Outcome::Exit(0)
}

/// The words that are not options; a negative number is none.
fn operands_with_signs(call: &Call) -> Vec<Str> {
    let mut words = call.args[1..].to_vec();
    if let Some(at) = words.iter().position(|word| &**word == "-s") {
        words.drain(at..(at + 2).min(words.len()));
    }
    words.retain(|word| !word.starts_with('-') || word.parse::<i64>().is_ok());
    words
}

fn expr(call: &mut Call) -> Outcome {
    let words: Vec<&str> = call.args[1..].iter().map(|word| &**word).collect();
    let text = match *words {
        [text] => text.to_owned(),
        ["length", text] => text.chars().count().to_string(),
        [a, ":", pattern] | ["match", a, pattern] => {
            let anchored = ["^", pattern.trim_start_matches('^')].concat();
            let found = super::regex::Regex::new(&anchored, false, false).and_then(|regex| regex.find(a, 0));
            match found.as_deref() {
                Some([_, Some((from, to)), ..]) => a[*from..*to].to_owned(),
                Some([Some((from, to)), ..]) => a[*from..*to].chars().count().to_string(),
                _ => "0".into(),
            }
        }
        _ => {
            let joined = words.join(" ").replace("\\*", "*");
            match crate::shell::evaluate(&joined, call.shell) {
                Ok(number) => number.to_string(),
                Err(_) if words.len() == 3 && matches!(words[1], "=" | "!=") => {
                    i32::from((words[0] == words[2]) == (words[1] == "=")).to_string()
                }
                Err(_) => return call.fail(2, &["syntax error"]),
            }
        }
    };
    let code = i32::from(text == "0" || text.is_empty());
    say(call, &text);
    Outcome::Exit(code)
}

/// Programs that run another one: its command line follows their options.
fn wrapped(call: &mut Call) -> Outcome {
    let words: Vec<Str> = call.args[1..].iter().skip_while(|word| word.starts_with('-')).cloned().collect();
    if words.is_empty() { Outcome::Exit(0) } else { Outcome::Become { words, env: Vec::new() } }
}

/// `gosu user command`
fn as_user(call: &mut Call) -> Outcome {
    Outcome::Become { words: call.args.get(2..).unwrap_or_default().to_vec(), env: Vec::new() }
}

/// `timeout 5 command`: what lasts longer ends with 124 (143 with busybox).
fn timeout(call: &mut Call) -> Outcome {
    let words = operands_after_options(call);
    let Some((limit, words)) = words.split_first() else { return call.fail(1, &["missing operand"]) };
    let Some(limit) = basic::duration(limit) else { return call.fail(1, &["invalid number '", limit, "'"]) };
    Outcome::Within { limit, words: words.to_vec() }
}

fn operands_after_options(call: &Call) -> Vec<Str> {
    let mut words = call.args[1..].iter();
    let mut rest = words.as_slice();
    while let Some(word) = words.next().filter(|word| word.starts_with('-')) {
        if matches!(&**word, "-s" | "-k" | "-t") {
            // busybox once wanted `-t` before the seconds.
            if &**word != "-t" {
                words.next();
            }
        }
        rest = words.as_slice();
    }
    rest.to_vec()
}

/// A word of a script in which nothing is a sign.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// How `xargs` makes command lines of what it reads.
#[derive(Default)]
struct Lines<'a> {
    /// What each line, or part, is put in place of.
    pattern: Option<&'a str>,
    /// So many words, or lines, make a command line.
    most: Option<usize>,
    by_line: bool,
    /// What stands between two parts.
    sign: Option<String>,
    /// Without anything to read nothing is run.
    unless_empty: bool,
}

impl Lines<'_> {
    fn parts<'t>(&self, text: &'t str) -> Vec<&'t str> {
        match &self.sign {
            Some(sign) => text.split(sign.as_str()).filter(|part| !part.is_empty()).collect(),
            None if self.by_line || self.pattern.is_some() => {
                text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
            }
            None => text.split_whitespace().collect(),
        }
    }

    fn of(&self, command: &[&str], text: &str) -> Vec<Vec<String>> {
        let parts = self.parts(text);
        if let Some(pattern) = self.pattern {
            let filled = |part: &&str| command.iter().map(|word| word.replace(pattern, part)).collect();
            return parts.iter().map(filled).collect();
        }
        let with = |group: &[&str]| -> Vec<String> {
            let words = group
                .iter()
                .flat_map(|part| if self.by_line { part.split_whitespace().collect() } else { vec![*part] });
            command.iter().copied().chain(words).map(str::to_owned).collect()
        };
        if parts.is_empty() {
            return if self.unless_empty { Vec::new() } else { vec![with(&[])] };
        }
        parts.chunks(self.most.unwrap_or(usize::MAX).max(1)).map(with).collect()
    }
}

/// `xargs [-I PATTERN | -n COUNT | -L COUNT] [-d SIGN | -0] [-r] [COMMAND]`: command lines of what it reads, one after another.
fn xargs(call: &mut Call) -> Outcome {
    let mut lines = Lines::default();
    let mut given = call.args[1..].iter().peekable();
    while let Some(option) = given.next_if(|word| word.starts_with('-')) {
        let mut letters = option[1..].chars();
        let (letter, behind) = (letters.next(), letters.as_str());
        let mut value = || match behind {
            "" => given.next().map_or("", |word| word),
            behind => behind,
        };
        match letter {
            Some('I') => lines.pattern = Some(value()).filter(|pattern| !pattern.is_empty()),
            Some('n') => lines.most = value().parse().ok(),
            Some('L') => (lines.most, lines.by_line) = (value().parse().ok(), true),
            Some('d') => lines.sign = Some(value().replace("\\n", "\n")),
            Some('0') => lines.sign = Some("\0".to_owned()),
            Some('P') => drop(value()),
            _ => lines.unless_empty |= option.contains('r'),
        }
    }
    let command: Vec<&str> = given.map(|word| &**word).collect();
    let command = if command.is_empty() { vec!["echo"] } else { command };
    let run = |words: Vec<String>| {
        words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ") + " || failed=123\n"
    };
    let all = lines.of(&command, &call.input.rest());
    let text = all.into_iter().map(run).collect::<String>() + "exit ${failed:-0}";
    Outcome::Script(Box::new(Script { text, name: "xargs".into(), ..Script::default() }))
}

/// It prints for ever; whoever reads gets as much as fits into a pipe.
fn yes(call: &mut Call) -> Outcome {
    let line = if call.args.len() > 1 { call.args[1..].join(" ") } else { "y".into() } + "\n";
    call.out = line.repeat((1 << 12) / line.len() + 1);
    if call.is_piped() {
        return Outcome::Exit(141);
    }
    call.took = Duration::from_millis(1);
    if call.stage < 20 {
        Outcome::Again(call.stage + 1)
    } else {
        Outcome::Work { cpu_millis: 1_000, memory_bytes: 1 << 19 }
    }
}
