//! Programs that read lines and print lines.

use super::regex::{Regex, class};
use super::{Call, Found, Outcome, Program, Reach};
use orrery_apimachinery::Order;
use orrery_apimachinery::Str;

const fn program(name: &'static str, run: fn(&mut Call) -> Outcome) -> Program {
    Program { name, found: Found::Everywhere, reach: Reach::Files, run }
}

pub(super) const PROGRAMS: &[Program] = &[
    program("awk", super::awk::awk),
    program("cut", cut),
    program("egrep", grep),
    program("fgrep", grep),
    program("grep", grep),
    program("head", head),
    program("nl", |call| each(call, |text, n| format!("{n:>6}\t{text}"))),
    program("rev", |call| each(call, |text, _| text.chars().rev().collect())),
    program("sed", super::sed::sed),
    program("sort", sort),
    program("tac", tac),
    program("tail", tail),
    program("tr", tr),
    program("uniq", uniq),
    program("wc", wc),
];

/// The words that are not options, when some options take a word of their own.
pub(super) fn operands(call: &Call, with_value: &str) -> Vec<Str> {
    let mut found = Vec::new();
    let mut words = call.args[1..].iter();
    while let Some(word) = words.next() {
        let letters = word.strip_prefix('-').filter(|rest| !rest.is_empty() && !rest.starts_with('-'));
        match letters {
            Some(letters) if letters.len() == 1 && with_value.contains(letters) => drop(words.next()),
            Some(_) => {}
            None if word.starts_with("--") => {}
            None => found.push(word.clone()),
        }
    }
    found
}

/// The value of an option of one letter: in the same word or the next.
pub(super) fn value<'a>(call: &'a Call, letter: char) -> Option<&'a str> {
    let mut words = call.args[1..].iter();
    while let Some(word) = words.next() {
        let Some(rest) = word.strip_prefix('-').and_then(|rest| rest.strip_prefix(letter)) else { continue };
        return if rest.is_empty() { words.next().map(|word| &**word) } else { Some(rest) };
    }
    None
}

pub(super) fn has(call: &Call, letter: char) -> bool {
    call.args[1..]
        .iter()
        .any(|word| word.starts_with('-') && !word.starts_with("--") && word.contains(letter))
}

/// The texts of files, or what comes in; those that are not there are complained of.
pub(super) fn texts(call: &mut Call, paths: &[Str]) -> Vec<(Str, String)> {
    if paths.is_empty() {
        return vec![("-".into(), (*call.input.rest()).to_owned())];
    }
    let mut found = Vec::new();
    for path in paths {
        match call.read(path) {
            Some(text) => found.push((path.clone(), text)),
            None => drop(call.fail(1, &[path, ": No such file or directory"])),
        }
    }
    found
}

pub(super) fn code(call: &Call) -> Outcome {
    Outcome::Exit(i32::from(!call.err.is_empty()))
}

fn each(call: &mut Call, change: fn(&str, usize) -> String) -> Outcome {
    let paths = operands(call, "");
    for (_, text) in texts(call, &paths) {
        for (i, line) in text.lines().enumerate() {
            call.out.push_str(&change(line, i + 1));
            call.out.push('\n');
        }
    }
    code(call)
}

/// How many lines (or bytes) `head` and `tail` are asked for.
fn count(call: &Call) -> (String, bool) {
    let short = call.args[1..].iter().find_map(|word| {
        word.strip_prefix('-')
            .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
            .map(str::to_owned)
    });
    match value(call, 'c') {
        Some(bytes) => (bytes.into(), true),
        None => (value(call, 'n').map(str::to_owned).or(short).unwrap_or_else(|| "10".into()), false),
    }
}

fn head(call: &mut Call) -> Outcome {
    let ((count, bytes), paths) = (count(call), operands(call, "nc"));
    let random = paths.iter().any(|path| matches!(&**path, "/dev/urandom" | "/dev/random"));
    let number = super::files::bytes(&count).unwrap_or(10) as usize;
    if random {
        call.container.varies = true;
        for _ in 0..number.min(4_096) {
            call.out.push(char::from(b' ' + call.container.random.below(95) as u8));
        }
        return Outcome::Exit(0);
    }
    for (_, text) in texts(call, &paths) {
        if bytes {
            let mut end = number.min(text.len());
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            call.out.push_str(&text[..end]);
        } else {
            text.split_inclusive('\n').take(number).for_each(|line| call.out.push_str(line));
        }
    }
    code(call)
}

fn tail(call: &mut Call) -> Outcome {
    let ((count, bytes), paths) = (count(call), operands(call, "nc"));
    let number = count.trim_start_matches(['+', '-']).parse::<usize>().unwrap_or(10);
    let follow = has(call, 'f') || has(call, 'F') || call.args.iter().any(|word| &**word == "--follow");
    let retry = has(call, 'F');
    let mut end = 0;
    let waits = |call: &mut Call, path: &str| {
        let path = call.path(path);
        retry && call.container.kind(&path, call.world).is_none()
    };
    let there: Vec<Str> = paths.iter().filter(|path| !waits(call, path)).cloned().collect();
    let read = if paths.is_empty() || !there.is_empty() { texts(call, &there) } else { Vec::new() };
    for (_, text) in read {
        end = text.len();
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let skip = match count.starts_with('+') {
            true => number.saturating_sub(1),
            false => lines.len().saturating_sub(number),
        };
        if bytes {
            let mut from = text.len().saturating_sub(number);
            while !text.is_char_boundary(from) {
                from += 1;
            }
            call.out.push_str(&text[from..]);
        } else {
            lines.iter().skip(skip).for_each(|line| call.out.push_str(line));
        }
    }
    match paths.first() {
        Some(path) if follow && &**path == "/dev/null" => Outcome::Stay,
        Some(path) if follow && call.err.is_empty() => Outcome::Follow(call.path(path).into(), end),
        None if follow => Outcome::Stay,
        _ => code(call),
    }
}

fn tac(call: &mut Call) -> Outcome {
    let paths = operands(call, "");
    for (_, text) in texts(call, &paths) {
        text.split_inclusive('\n').rev().for_each(|line| call.out.push_str(line));
    }
    code(call)
}

fn grep(call: &mut Call) -> Outcome {
    let mut paths = operands(call, "emABC");
    let pattern = match value(call, 'e') {
        Some(pattern) => pattern.to_owned(),
        None if paths.is_empty() => return call.fail(2, &["no pattern"]),
        None => (*paths.remove(0)).to_owned(),
    };
    let pattern = expression(call, pattern);
    let extended = has(call, 'E') || has(call, 'P') || call.name() == "egrep";
    let Some(regex) = Regex::new(&pattern, extended, has(call, 'i')) else {
        return call.fail(2, &["bad regex '", &pattern, "'"]);
    };
    let (not, quiet, counting) = (has(call, 'v'), has(call, 'q'), has(call, 'c'));
    let given = |letter| value(call, letter).and_then(|n| n.parse::<usize>().ok());
    let around = given('C').unwrap_or(0);
    let look = Look {
        only: has(call, 'o'),
        names: paths.len() > 1 && !has(call, 'h'),
        numbers: has(call, 'n'),
        before: given('B').unwrap_or(around),
        after: given('A').unwrap_or(around),
    };
    let most = given('m').unwrap_or(usize::MAX);
    let silent = quiet || counting || has(call, 'l');
    let mut total = 0;
    for (path, text) in texts(call, &paths) {
        let lines: Vec<&str> = text.lines().collect();
        let mut found = 0;
        let mut hit = |line: &&str| {
            let hit = found < most && regex.find(line, 0).and_then(|m| m[0]).is_some() != not;
            found += usize::from(hit);
            hit
        };
        let hits: Vec<bool> = lines.iter().map(&mut hit).collect();
        if !silent {
            look.print(&path, &lines, &hits, &regex, &mut call.out);
        } else if counting {
            call.out.push_str(&format!("{found}\n"));
        } else if has(call, 'l') && found > 0 {
            call.out.push_str(&[&path, "\n"].concat());
        }
        total += found;
    }
    if quiet {
        call.out.clear();
    }
    Outcome::Exit(if total > 0 { 0 } else { 1 + i32::from(!call.err.is_empty()) })
}

/// The expression that `grep` looks for: of a plain text, of whole words or of whole lines, if that is asked for.
fn expression(call: &Call, pattern: String) -> String {
    let fixed = has(call, 'F') || call.name() == "fgrep";
    let pattern = if fixed { quote(&pattern) } else { pattern };
    match (has(call, 'w'), has(call, 'x')) {
        (true, _) => ["\\<", &pattern, "\\>"].concat(),
        (_, true) => ["^", &pattern, "$"].concat(),
        _ => pattern,
    }
}

/// How `grep` prints what it finds.
struct Look {
    only: bool,
    names: bool,
    numbers: bool,
    before: usize,
    after: usize,
}

impl Look {
    /// Prints the lines that are hits, and those around them.
    fn print(&self, path: &str, lines: &[&str], hits: &[bool], regex: &Regex, out: &mut String) {
        let mut last = None::<usize>;
        for (i, line) in lines.iter().enumerate() {
            let hit = hits[i];
            let near = i.saturating_sub(self.after)..lines.len().min(i + self.before + 1);
            if !hit && (self.only || !near.into_iter().any(|at| hits[at])) {
                continue;
            }
            if self.before + self.after > 0 && last.is_some_and(|last| last + 1 < i) {
                out.push_str("--\n");
            }
            last = Some(i);
            let sign = if hit { ":" } else { "-" };
            let mut head = if self.names { [path, sign].concat() } else { String::new() };
            if self.numbers {
                head += &[&(i + 1).to_string(), sign].concat();
            }
            if !self.only {
                out.push_str(&[&head, *line, "\n"].concat());
                continue;
            }
            let mut from = 0;
            while let Some((start, end)) = regex.find(line, from).and_then(|m| m[0]).filter(|m| m.1 > m.0) {
                out.push_str(&[&head, &line[start..end], "\n"].concat());
                from = end;
            }
        }
    }
}

/// A text as an expression that finds just itself.
fn quote(text: &str) -> String {
    let mut quoted = String::new();
    for c in text.chars() {
        if ".*[]^$\\".contains(c) {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted
}

fn wc(call: &mut Call) -> Outcome {
    let paths = operands(call, "");
    let wanted = [has(call, 'l'), has(call, 'w'), has(call, 'c') || has(call, 'm')];
    let all = !wanted.contains(&true);
    for (path, text) in texts(call, &paths) {
        let counts = [text.matches('\n').count(), text.split_whitespace().count(), text.len()];
        let several = wanted.iter().filter(|w| **w).count() != 1;
        let mut line = String::new();
        for (count, _) in counts.iter().zip(wanted).filter(|(_, wanted)| all || *wanted) {
            match several {
                true => line.push_str(&format!("{count:>10}")),
                false => line.push_str(&count.to_string()),
            }
        }
        if !paths.is_empty() {
            line.push_str(&[" ", &path].concat());
        }
        call.out.push_str(&[&line, "\n"].concat());
    }
    code(call)
}

/// Which of a list such as `1,3-5,7-` are meant.
fn chosen(list: &str, number: usize) -> bool {
    list.split(',').any(|range| {
        let (from, to) = range.split_once('-').unwrap_or((range, range));
        from.parse().unwrap_or(1) <= number && number <= to.parse().unwrap_or(usize::MAX)
    })
}

fn cut(call: &mut Call) -> Outcome {
    let separator = value(call, 'd').and_then(|d| d.chars().next()).unwrap_or('\t');
    let (fields, chars) =
        (value(call, 'f').map(str::to_owned), value(call, 'c').or(value(call, 'b')).map(str::to_owned));
    let paths = operands(call, "dfcb");
    for (_, text) in texts(call, &paths) {
        for line in text.lines() {
            match (&fields, &chars) {
                (Some(list), _) if line.contains(separator) => {
                    let mut first = true;
                    for (_, field) in line.split(separator).enumerate().filter(|(i, _)| chosen(list, i + 1)) {
                        if !std::mem::take(&mut first) {
                            call.out.push(separator);
                        }
                        call.out.push_str(field);
                    }
                }
                (None, Some(list)) => {
                    line.chars()
                        .enumerate()
                        .filter(|(i, _)| chosen(list, i + 1))
                        .for_each(|(_, c)| call.out.push(c));
                }
                _ => call.out.push_str(line),
            }
            call.out.push('\n');
        }
    }
    code(call)
}

/// The characters of a set as `tr` writes it.
fn set(text: &str) -> Vec<char> {
    let mut found = Vec::new();
    let text = super::unescape(text).0;
    let mut rest = &*text;
    while let Some(c) = rest.chars().next() {
        if let Some((name, after)) = rest.strip_prefix("[:").and_then(|rest| rest.split_once(":]")) {
            class(name).iter().for_each(|(low, high)| found.extend(*low..=*high));
            rest = after;
            continue;
        }
        rest = &rest[c.len_utf8()..];
        let high = rest.strip_prefix('-').and_then(|rest| rest.chars().next());
        match high {
            Some(high) if high >= c && (high as u32 - c as u32) < 1_000 => {
                found.extend(c..=high);
                rest = &rest[1 + high.len_utf8()..];
            }
            _ => found.push(c),
        }
    }
    found
}

fn tr(call: &mut Call) -> Outcome {
    let (delete, squeeze, opposite) = (has(call, 'd'), has(call, 's'), has(call, 'c') || has(call, 'C'));
    let sets = operands(call, "");
    let Some(from) = sets.first().map(|text| set(text)) else { return call.fail(1, &["missing operand"]) };
    let to = sets.get(1).map(|text| set(text)).unwrap_or_default();
    let text = call.input.rest();
    let mut last = None;
    for c in text.chars() {
        let place = from.iter().position(|other| *other == c);
        let hit = place.is_some() != opposite;
        if hit && delete {
            continue;
        }
        let new = match to.last() {
            Some(end) if hit => *to.get(place.unwrap_or(usize::MAX)).unwrap_or(end),
            _ => c,
        };
        if !(squeeze && hit && last == Some(new)) {
            call.out.push(new);
        }
        last = Some(new);
    }
    Outcome::Exit(0)
}

/// The number that a line begins with, in thousandths.
fn leading_number(line: &str) -> i64 {
    let line = line.trim_start();
    let end = line.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(line.len());
    line[..end].parse().unwrap_or(0)
}

fn sort(call: &mut Call) -> Outcome {
    let paths = operands(call, "kt");
    let (numbers, unique) = (has(call, 'n'), has(call, 'u'));
    let separator = value(call, 't').and_then(|t| t.chars().next());
    let key = value(call, 'k').and_then(|k| k.split([',', 'n', 'r']).next()?.parse::<usize>().ok());
    let key = key.filter(|key| *key > 0);
    let mut lines: Vec<String> = Vec::new();
    for (_, text) in texts(call, &paths) {
        lines.extend(text.lines().map(str::to_owned));
    }
    let part = |line: &str| -> String {
        match (key, separator) {
            (Some(key), Some(separator)) => line.split(separator).nth(key - 1).unwrap_or_default().into(),
            (Some(key), None) => line.split_whitespace().nth(key - 1).unwrap_or_default().into(),
            _ => line.into(),
        }
    };
    lines.order_by_key(|line| {
        let part = part(line);
        (if numbers { leading_number(&part) } else { 0 }, part)
    });
    if unique {
        lines.dedup();
    }
    if has(call, 'r') {
        lines.reverse();
    }
    lines.iter().for_each(|line| call.out.push_str(&[line, "\n"].concat()));
    code(call)
}

fn uniq(call: &mut Call) -> Outcome {
    let paths = operands(call, "");
    let counting = has(call, 'c');
    for (_, text) in texts(call, &paths) {
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            let mut count = 1;
            while lines.next_if_eq(&line).is_some() {
                count += 1;
            }
            if (has(call, 'd') && count == 1) || (has(call, 'u') && count > 1) {
                continue;
            }
            if counting {
                call.out.push_str(&format!("{count:>7} "));
            }
            call.out.push_str(&[line, "\n"].concat());
        }
    }
    code(call)
}
