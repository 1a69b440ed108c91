//! Programs that look at files and change them.

use super::{Call, Found, Outcome, Program, Reach};
use crate::files::{Kind, parent};
use orrery_apimachinery::Str;

const fn program(name: &'static str, run: fn(&mut Call) -> Outcome) -> Program {
    Program { name, found: Found::Everywhere, reach: Reach::Files, run }
}

pub(super) const PROGRAMS: &[Program] = &[
    program("cat", cat),
    program("chgrp", changed),
    program("chmod", changed),
    program("chown", changed),
    program("cp", copy),
    program("dd", dd),
    program("fallocate", fallocate),
    program("install", copy),
    Program { name: "less", found: Found::Busybox, reach: Reach::Files, run: cat },
    program("ln", link),
    program("ls", list),
    program("mkdir", make_directory),
    Program { name: "more", found: Found::Busybox, reach: Reach::Files, run: cat },
    program("mktemp", make_temporary),
    program("mv", copy),
    program("readlink", read_link),
    program("realpath", read_link),
    program("rm", remove),
    program("rmdir", remove),
    program("sync", |_| Outcome::Exit(0)),
    program("tee", tee),
    program("touch", touch),
    program("truncate", truncate),
];

/// The words that are not options.
fn operands(call: &Call) -> Vec<Str> {
    let option = |word: &&Str| word.len() > 1 && word.starts_with('-');
    call.args[1..].iter().filter(|word| !option(word)).cloned().collect()
}

/// Whether an option of one letter was given.
fn has(call: &Call, letter: char) -> bool {
    call.args[1..]
        .iter()
        .any(|word| word.starts_with('-') && !word.starts_with("--") && word[1..].contains(letter))
}

/// Complains of a file as busybox does: `cat: can't open 'x': No such file or directory`.
fn missing(call: &mut Call, what: &str, path: &str) -> i32 {
    call.fail(1, &[what, "'", path, "': No such file or directory"]);
    1
}

/// Bytes that `cat` shows at most.
const MOST_SHOWN: usize = 4 << 20;

fn cat(call: &mut Call) -> Outcome {
    let mut paths = operands(call);
    if paths.is_empty() {
        paths.push("-".into());
    }
    let mut code = 0;
    for path in paths {
        let whole = call.path(&path);
        match call.read(&path) {
            Some(text) if call.out.len() < MOST_SHOWN => call.out.push_str(&text),
            Some(_) => {}
            None if call.container.kind(&whole, call.world) == Some(Kind::Directory) => {
                call.fail(1, &["read error: Is a directory"]);
                code = 1;
            }
            None => code = missing(call, "can't open ", &path),
        }
    }
    Outcome::Exit(code)
}

fn changed(call: &mut Call) -> Outcome {
    let mut code = 0;
    for path in operands(call).iter().skip(1) {
        let whole = call.path(path);
        if call.container.kind(&whole, call.world).is_none() {
            call.fail(1, &[path, ": No such file or directory"]);
            code = 1;
        }
    }
    Outcome::Exit(code)
}

/// A file, or a directory with all that is in it, is written again elsewhere.
fn copy_all(call: &mut Call, from: &str, to: &str, depth: u32) -> Result<(), Str> {
    if let Some(names) = call.container.list(from, call.world) {
        call.container.make_directory(to, call.world)?;
        for name in names.iter().filter(|_| depth < 16) {
            copy_all(call, &[from, "/", name].concat(), &[to, "/", name].concat(), depth + 1)?;
        }
        return Ok(());
    }
    let text = call.container.read(from, call.world).unwrap_or_default();
    call.container.write(to, &text, call.world)
}

/// `cp` and `mv`.
fn copy(call: &mut Call) -> Outcome {
    let moves = call.name() == "mv";
    let mut paths = operands(call);
    let Some(target) = paths.pop().filter(|_| !paths.is_empty()) else {
        return call.fail(1, &["missing file operand"]);
    };
    let whole = call.path(&target);
    let into = call.container.kind(&whole, call.world) == Some(Kind::Directory);
    let deep = moves || has(call, 'r') || has(call, 'R') || has(call, 'a');
    let mut code = 0;
    for path in paths {
        let from = call.path(&path);
        let kind = call.container.kind(&from, call.world);
        let to = if into {
            [whole.trim_end_matches('/'), "/", super::base_name(&from)].concat()
        } else {
            whole.clone()
        };
        let done = match kind {
            None => Err("No such file or directory".into()),
            Some(Kind::Directory) if !deep => Err("omitting directory".into()),
            Some(Kind::Directory) if path.ends_with("/.") => copy_all(call, &from, &whole, 0),
            Some(_) => copy_all(call, &from, &to, 0),
        };
        match done {
            Ok(()) if moves => drop(call.container.remove(&from, call.world)),
            Ok(()) => {}
            Err(why) => {
                let what = if moves {
                    "can't rename '"
                } else if kind.is_none() {
                    "can't stat '"
                } else {
                    "can't create '"
                };
                call.fail(1, &[what, &path, "': ", &why]);
                code = 1;
            }
        }
    }
    Outcome::Exit(code)
}

/// A number of bytes with a unit.
pub(super) fn bytes(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text[..end].parse().ok()?;
    let factor = match &text[end..] {
        "" | "c" | "B" | "b" => 1,
        "k" | "K" | "kB" | "KB" | "Ki" | "KiB" => 1 << 10,
        "m" | "M" | "MB" | "Mi" | "MiB" => 1 << 20,
        "g" | "G" | "GB" | "Gi" | "GiB" => 1 << 30,
        "t" | "T" => 1 << 40,
        _ => return None,
    };
    number.checked_mul(factor)
}

/// Bytes that a disk writes in a millisecond.
const WRITTEN: u64 = 500_000;

fn dd(call: &mut Call) -> Outcome {
    let value =
        |name: &str| call.args[1..].iter().find_map(|word| word.strip_prefix(name)).map(str::to_owned);
    let size = value("bs=").and_then(|text| bytes(&text)).unwrap_or(512);
    let input = value("if=").unwrap_or_default();
    let endless = matches!(&*input, "/dev/zero" | "/dev/urandom" | "/dev/random");
    let count = value("count=").and_then(|text| bytes(&text));
    if endless && count.is_none() {
        return match value("of=").as_deref() {
            // It goes on as long as there is room: the processor is busy with it.
            None | Some("/dev/null") => Outcome::Work { cpu_millis: 1_000, memory_bytes: 1 << 20 },
            _ => call.fail(1, &["error writing: No space left on device"]),
        };
    }
    let total = count.unwrap_or(1).saturating_mul(size);
    match value("of=").as_deref() {
        Some("/dev/null") | None => {}
        Some(path) => {
            let path = call.path(path);
            if let Err(why) = call.container.write(&path, "", call.world) {
                return call.fail(1, &["can't open '", &path, "': ", &why]);
            }
            if let Err(why) = call.container.grow(&path, total, call.world) {
                return call.fail(1, &["error writing '", &path, "': ", &why]);
            }
        }
    }
    let records = count.unwrap_or(1).to_string();
    call.took = orrery_sim::Duration::from_millis(1 + total / WRITTEN);
    call.err = [&records, "+0 records in\n", &records, "+0 records out\n"].concat();
    Outcome::Exit(0)
}

/// `fallocate -l size file`
fn fallocate(call: &mut Call) -> Outcome {
    let at = call.args.iter().position(|word| &**word == "-l");
    let size = at.and_then(|at| bytes(call.args.get(at + 1)?)).unwrap_or(0);
    grow(call, size)
}

/// `truncate -s size file`
fn truncate(call: &mut Call) -> Outcome {
    let at = call.args.iter().position(|word| &**word == "-s");
    let size = at.and_then(|at| bytes(call.args.get(at + 1)?)).unwrap_or(0);
    grow(call, size)
}

fn grow(call: &mut Call, size: u64) -> Outcome {
    let path = call.path(call.args.last().map_or("", |path| path));
    if let Err(why) = call.container.write(&path, "", call.world) {
        return call.fail(1, &[&path, ": ", &why]);
    }
    match call.container.grow(&path, size, call.world) {
        Ok(()) => Outcome::Exit(0),
        Err(why) => call.fail(1, &[&path, ": ", &why]),
    }
}

fn link(call: &mut Call) -> Outcome {
    let paths = operands(call);
    let [from, to, ..] = &*paths else { return call.fail(1, &["missing file operand"]) };
    let mut whole = call.path(to);
    if call.container.kind(&whole, call.world) == Some(Kind::Directory) {
        whole = [&whole, "/", super::base_name(from)].concat();
    }
    call.container.files.make_link(&whole, from);
    Outcome::Exit(0)
}

fn list(call: &mut Call) -> Outcome {
    let mut paths = operands(call);
    if paths.is_empty() {
        paths.push(".".into());
    }
    let (long, all) = (has(call, 'l'), has(call, 'a') || has(call, 'A'));
    let (mut code, several) = (0, paths.len() > 1);
    for path in paths {
        let whole = call.path(&path);
        let names = match call.container.kind(&whole, call.world) {
            Some(Kind::Directory) if has(call, 'd') => vec![path.clone()],
            Some(Kind::Directory) => call.container.list(&whole, call.world).unwrap_or_default(),
            Some(Kind::File) => vec![path.clone()],
            None => {
                call.fail(1, &[&path, ": No such file or directory"]);
                code = 1;
                continue;
            }
        };
        if several {
            call.out.push_str(&[&path, ":\n"].concat());
        }
        for name in names.iter().filter(|name| all || !name.starts_with('.') || ***name == *path) {
            if long {
                let at = if **name == *path { whole.clone() } else { [&whole, "/", name].concat() };
                let directory = call.container.kind(&at, call.world) == Some(Kind::Directory);
                let size = call.container.size(&at, call.world);
                let (mode, links) = if directory { ("drwxr-xr-x", 2) } else { ("-rw-r--r--", 1) };
                let date = super::clock::format(call, "%b %e %H:%M");
                call.out.push_str(&format!("{mode} {links:>4} root     root     {size:>9} {date} "));
            }
            call.out.push_str(&[name, "\n"].concat());
        }
    }
    Outcome::Exit(code)
}

fn make_directory(call: &mut Call) -> Outcome {
    let deep = has(call, 'p');
    let mut code = 0;
    for path in operands(call) {
        let whole = call.path(&path);
        let why = if call.container.kind(&whole, call.world).is_some() {
            (!deep).then(|| "File exists".into())
        } else if !deep && call.container.kind(parent(&whole), call.world).is_none() {
            Some("No such file or directory".into())
        } else {
            call.container.make_directory(&whole, call.world).err()
        };
        if let Some(why) = why {
            call.fail(1, &["can't create directory '", &path, "': ", &why]);
            code = 1;
        }
    }
    Outcome::Exit(code)
}

fn make_temporary(call: &mut Call) -> Outcome {
    let path = ["/tmp/tmp.", &call.container.random.suffix(6)].concat();
    match has(call, 'd') {
        true => call.container.files.make_directory(&path),
        false => call.container.files.write(&path, ""),
    }
    call.out = [&path, "\n"].concat();
    Outcome::Exit(0)
}

fn read_link(call: &mut Call) -> Outcome {
    let Some(path) = operands(call).first().map(|path| call.path(path)) else { return Outcome::Exit(1) };
    let to = call.container.files.link(&path).map_or(&*path, |to| to);
    call.out = [to, "\n"].concat();
    Outcome::Exit(0)
}

fn remove(call: &mut Call) -> Outcome {
    let (force, deep) = (has(call, 'f'), has(call, 'r') || has(call, 'R') || call.name() == "rmdir");
    let mut code = 0;
    for path in operands(call) {
        let whole = call.path(&path);
        let kind = call.container.kind(&whole, call.world);
        let why = match kind {
            Some(Kind::Directory) if !deep => "is a directory",
            Some(_) if call.container.remove(&whole, call.world) => continue,
            Some(_) => "Read-only file system",
            None if force => continue,
            None => "No such file or directory",
        };
        call.fail(1, &["can't remove '", &path, "': ", why]);
        code = 1;
    }
    Outcome::Exit(code)
}

fn tee(call: &mut Call) -> Outcome {
    let text = call.input.rest();
    let append = has(call, 'a') || call.shell.options.goes_on;
    for path in operands(call) {
        let whole = call.path(&path);
        let done = match append {
            true => call.container.append(&whole, &text, call.world),
            false => call.container.write(&whole, &text, call.world),
        };
        if let Err(why) = done {
            call.fail(1, &[&path, ": ", &why]);
        }
    }
    call.out.push_str(&text);
    Outcome::Exit(0)
}

fn touch(call: &mut Call) -> Outcome {
    for path in operands(call) {
        let whole = call.path(&path);
        if call.container.kind(&whole, call.world).is_some() {
            continue;
        }
        if let Err(why) = call.container.append(&whole, "", call.world) {
            return call.fail(1, &[&path, ": ", &why]);
        }
    }
    Outcome::Exit(0)
}
