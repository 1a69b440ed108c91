//! The shell's own commands that change nothing but its state, and shells as programs.

use super::{Options, Shell};
use crate::files::Kind;
use crate::programs::{self, Call, Found, Outcome, Program, Reach, Script};
use orrery_apimachinery::Str;

const fn own(name: &'static str, run: fn(&mut Call) -> Outcome) -> Program {
    Program { name, found: Found::Shell, reach: Reach::Nothing, run }
}

const fn shell(name: &'static str, found: Found) -> Program {
    Program { name, found, reach: Reach::Others, run: start }
}

pub(crate) const PROGRAMS: &[Program] = &[
    own(":", |_| Outcome::Exit(0)),
    own("alias", |_| Outcome::Exit(0)),
    Program { name: "cd", found: Found::Shell, reach: Reach::Files, run: cd },
    Program { name: "command", found: Found::Shell, reach: Reach::Others, run: command },
    own("export", export),
    own("hash", |_| Outcome::Exit(0)),
    Program { name: "read", found: Found::Shell, reach: Reach::Others, run: read },
    own("readonly", export),
    own("set", set),
    own("shift", shift),
    own("shopt", |_| Outcome::Exit(0)),
    own("trap", trap),
    Program { name: "type", found: Found::Shell, reach: Reach::Nothing, run: kind },
    own("ulimit", |_| Outcome::Exit(0)),
    own("umask", |_| Outcome::Exit(0)),
    own("unset", unset),
    shell("sh", Found::Everywhere),
    shell("ash", Found::Busybox),
    shell("bash", Found::Gnu),
    shell("dash", Found::Gnu),
    shell("zsh", Found::Apart),
];

fn cd(call: &mut Call) -> Outcome {
    let home = call.shell.get("HOME").cloned().unwrap_or_else(|| "/".into());
    let to = call.args.get(1).cloned().unwrap_or(home);
    let to = if &*to == "-" { call.shell.get("OLDPWD").cloned().unwrap_or_default() } else { to };
    let path = call.path(&to);
    if call.container.kind(&path, call.world) != Some(Kind::Directory) {
        let line = [&*call.shell.name, ": cd: can't cd to ", &to, ": No such file or directory\n"].concat();
        call.err = line;
        return Outcome::Exit(2);
    }
    let before = std::mem::replace(&mut call.shell.directory, path.into());
    call.shell.set("OLDPWD", before);
    Outcome::Exit(0)
}

fn export(call: &mut Call) -> Outcome {
    for word in call.args[1..].iter().filter(|word| !word.starts_with('-')) {
        match word.split_once('=') {
            Some((name, value)) => call.shell.export(name, value),
            None => drop(call.shell.exported.insert(&**word, "")),
        }
    }
    if call.args.len() == 1 || &*call.args[1] == "-p" {
        for (name, value) in call.shell.variables.iter() {
            if call.shell.exported.contains_key(name) {
                call.out.push_str(&["export ", name, "='", value, "'\n"].concat());
            }
        }
    }
    Outcome::Exit(0)
}

fn unset(call: &mut Call) -> Outcome {
    for name in call.args[1..].iter().filter(|word| !word.starts_with('-')) {
        call.shell.variables.remove(name);
    }
    Outcome::Exit(0)
}

fn shift(call: &mut Call) -> Outcome {
    let count = call.args.get(1).and_then(|word| word.parse().ok()).unwrap_or(1);
    match call.shell.arguments.get(count..) {
        Some(rest) => {
            call.shell.arguments = rest.into();
            Outcome::Exit(0)
        }
        None => Outcome::Exit(1),
    }
}

/// Reads options as `set` and shells take them; how many words they are.
fn options(words: &[Str], options: &mut Options) -> usize {
    let mut at = 0;
    while let Some(word) = words.get(at).filter(|w| w.len() > 1 && (w.starts_with('-') || w.starts_with('+')))
    {
        at += 1;
        if &**word == "--" || word.starts_with("--") {
            if &**word == "--" {
                break;
            }
            continue;
        }
        let on = word.starts_with('-');
        for letter in word[1..].bytes() {
            match letter {
                b'e' => options.errexit = on,
                b'u' => options.nounset = on,
                b'x' => options.xtrace = on,
                b'o' => {
                    let name = words.get(at).map_or("", |name| name);
                    at += 1;
                    match name {
                        "errexit" => options.errexit = on,
                        "nounset" => options.nounset = on,
                        "xtrace" => options.xtrace = on,
                        "pipefail" => options.pipefail = on,
                        _ => {}
                    }
                }
                _ => {}
            }
        }
    }
    at.min(words.len())
}

fn set(call: &mut Call) -> Outcome {
    let words = &call.args[1..];
    let mut set = call.shell.options;
    let read = options(words, &mut set);
    call.shell.options = set;
    if read < words.len() || words.last().is_some_and(|word| &**word == "--") {
        call.shell.arguments = words[read..].into();
    }
    if words.is_empty() {
        for (name, value) in call.shell.variables.iter() {
            call.out.push_str(&[name, "='", value, "'\n"].concat());
        }
    }
    Outcome::Exit(0)
}

fn trap(call: &mut Call) -> Outcome {
    let words = &call.args[1..];
    let words = if words.first().is_some_and(|word| &**word == "--") { &words[1..] } else { words };
    let Some((action, signals)) = words.split_first() else { return Outcome::Exit(0) };
    for signal in signals {
        let signal = match signal.trim_start_matches("SIG") {
            "0" => "EXIT",
            "15" => "TERM",
            "2" => "INT",
            other => other,
        };
        match &**action {
            "-" => drop(call.shell.traps.remove(signal)),
            action => drop(call.shell.traps.insert(signal, action)),
        }
    }
    Outcome::Exit(0)
}

fn read(call: &mut Call) -> Outcome {
    let mut raw = false;
    let mut names: Vec<Str> = Vec::new();
    let mut words = call.args[1..].iter();
    while let Some(word) = words.next() {
        match &**word {
            "-t" | "-p" | "-n" | "-d" | "-u" => drop(words.next()),
            word if word.starts_with('-') => raw |= word.contains('r'),
            _ => names.push(word.clone()),
        }
    }
    if names.is_empty() {
        names.push("REPLY".into());
    }
    let line = call.input.line();
    let there = line.as_ref().is_some_and(|line| line.ends_with('\n'));
    let line = line.unwrap_or_default();
    let line = line.trim_end_matches('\n');
    let line = if raw { line.to_owned() } else { line.replace('\\', "") };
    let separators = call.shell.get("IFS").cloned().unwrap_or_else(|| " \t\n".into());
    assign(call.shell, &line, &names, &separators);
    Outcome::Exit(i32::from(!there))
}

/// Gives each name a word of a line, the last one the rest.
fn assign(shell: &mut Shell, line: &str, names: &[Str], separators: &str) {
    let separator = |c: char| separators.contains(c);
    let blank = |c: char| c.is_whitespace() && separators.contains(c);
    let mut rest = line.trim_matches(blank);
    for (i, name) in names.iter().enumerate() {
        let cut = if i + 1 < names.len() { rest.find(separator) } else { None };
        let (word, more) = rest.split_at(cut.unwrap_or(rest.len()));
        shell.set(name, word);
        rest = more;
        if let Some(c) = rest.chars().next() {
            rest = rest[c.len_utf8()..].trim_start_matches(blank);
        }
    }
}

fn command(call: &mut Call) -> Outcome {
    if call.args.get(1).is_some_and(|word| &**word == "-v" || &**word == "-V") {
        return kind(call);
    }
    Outcome::Become { words: call.args[1..].to_vec(), env: Vec::new() }
}

/// `command -v` and `type`: where a command is.
fn kind(call: &mut Call) -> Outcome {
    let mut code = 0;
    for name in call.args[1..].iter().filter(|word| !word.starts_with('-')) {
        let own = call.shell.function(name).is_some();
        match programs::find(name, &call.container.start.image) {
            _ if own => call.out.push_str(&[name, "\n"].concat()),
            Some(Program { found: Found::Shell | Found::Both, .. }) => {
                call.out.push_str(&[name, "\n"].concat());
            }
            Some(_) => call.out.push_str(&["/usr/bin/", programs::base_name(name), "\n"].concat()),
            None => code = 127,
        }
    }
    Outcome::Exit(code)
}

/// A shell as a program: `sh -c script name arguments`, `sh file arguments`, or what comes in.
fn start(call: &mut Call) -> Outcome {
    let words = &call.args[1..];
    let mut script = Script { name: call.args[0].clone(), ..Script::default() };
    let read = options(words, &mut script.options);
    script.options.bash = matches!(call.name(), "bash" | "zsh");
    let given = words[..read]
        .iter()
        .any(|word| !word.starts_with("--") && word.starts_with('-') && word.contains('c'));
    let rest = &words[read..];
    if given {
        let Some((text, rest)) = rest.split_first() else {
            return call.fail(2, &["-c requires an argument"]);
        };
        script.text = (**text).into();
        script.name = rest.first().unwrap_or(&call.args[0]).clone();
        script.arguments = rest.get(1..).unwrap_or_default().into();
    } else if let Some((file, rest)) = rest.split_first() {
        let Some(text) = call.read(file) else {
            return call.fail(2, &["can't open '", file, "': No such file or directory"]);
        };
        script.text = text;
        script.name = file.clone();
        script.arguments = rest.into();
    } else {
        script.typed = true;
    }
    Outcome::Script(Box::new(script))
}
