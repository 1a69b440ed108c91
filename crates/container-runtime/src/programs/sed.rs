//! `sed`: `s///`, `d`, `p`, `q`, with addresses of lines, expressions and the last line.

use super::lines::{has, operands, texts, value};
use super::regex::{Match, Regex};
use super::{Call, Outcome};

/// One command.
struct Edit {
    from: Option<Address>,
    to: Option<Address>,
    not: bool,
    what: What,
}

enum Address {
    Line(usize),
    Last,
    Match(Regex),
}

enum What {
    Substitute {
        regex: Regex,
        with: String,
        all: bool,
        print: bool,
    },
    Delete,
    Print,
    Quit,
    /// A line before, after, or instead: `i`, `a`, `c`.
    Text(char, String),
}

pub(super) fn sed(call: &mut Call) -> Outcome {
    let mut paths = operands(call, "e");
    let script = match value(call, 'e') {
        Some(script) => script.to_owned(),
        None if paths.is_empty() => return call.fail(1, &["no command"]),
        None => (*paths.remove(0)).to_owned(),
    };
    let extended = has(call, 'E') || has(call, 'r');
    let (in_place, quiet) = (has(call, 'i'), has(call, 'n'));
    let Some(edits) = read(&script, extended) else {
        return call.fail(1, &["unsupported command ", &script]);
    };
    for (path, text) in texts(call, &paths) {
        let result = edit(&text, &edits, quiet);
        if in_place {
            let path = call.path(&path);
            if let Err(why) = call.container.write(&path, &result, call.world) {
                return call.fail(4, &["couldn't open ", &path, ": ", &why]);
            }
        } else {
            call.out.push_str(&result);
        }
    }
    Outcome::Exit(i32::from(!call.err.is_empty()))
}

fn read(script: &str, extended: bool) -> Option<Vec<Edit>> {
    let (mut edits, mut rest) = (Vec::new(), script);
    loop {
        rest = rest.trim_start_matches([' ', ';', '\n']);
        if rest.is_empty() {
            return Some(edits);
        }
        let from = address(&mut rest, extended)?;
        let to = match rest.strip_prefix(',') {
            Some(after) => {
                rest = after;
                address(&mut rest, extended)?
            }
            None => None,
        };
        rest = rest.trim_start();
        let not = rest.starts_with('!');
        rest = rest.trim_start_matches('!');
        let sign = rest.chars().next()?;
        rest = &rest[sign.len_utf8()..];
        let what = match sign {
            's' => substitute(&mut rest, extended)?,
            'd' => What::Delete,
            'p' => What::Print,
            'q' => What::Quit,
            'i' | 'a' | 'c' => {
                let text = rest.trim_start_matches(['\\', ' ', '\n']);
                rest = "";
                What::Text(sign, [text, "\n"].concat())
            }
            _ => return None,
        };
        edits.push(Edit { from, to, not, what });
    }
}

/// Passes an address; the outer `None` means that it cannot be read.
fn address(rest: &mut &str, extended: bool) -> Option<Option<Address>> {
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    if digits > 0 {
        let (number, after) = rest.split_at(digits);
        *rest = after;
        return Some(Some(Address::Line(number.parse().ok()?)));
    }
    if let Some(after) = rest.strip_prefix('$') {
        *rest = after;
        return Some(Some(Address::Last));
    }
    if let Some(after) = rest.strip_prefix('/') {
        *rest = after;
        let expression = until(rest, '/')?;
        return Some(Some(Address::Match(Regex::new(&expression, extended, false)?)));
    }
    Some(None)
}

/// Passes a text up to a sign that has no backslash before it.
fn until(rest: &mut &str, sign: char) -> Option<String> {
    let mut text = String::new();
    let mut chars = rest.char_indices();
    while let Some((at, c)) = chars.next() {
        if c == sign {
            *rest = &rest[at + c.len_utf8()..];
            return Some(text);
        }
        if c == '\\' {
            let (_, next) = chars.next()?;
            if next != sign {
                text.push('\\');
            }
            text.push(next);
        } else {
            text.push(c);
        }
    }
    None
}

fn substitute(rest: &mut &str, extended: bool) -> Option<What> {
    let sign = rest.chars().next()?;
    *rest = &rest[sign.len_utf8()..];
    let (expression, with) = (until(rest, sign)?, until(rest, sign)?);
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
    let (flags, after) = rest.split_at(end);
    *rest = after;
    let regex = Regex::new(&expression, extended, flags.contains(['i', 'I']))?;
    Some(What::Substitute { regex, with, all: flags.contains('g'), print: flags.contains('p') })
}

fn edit(text: &str, edits: &[Edit], quiet: bool) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut result = String::new();
    let mut open = vec![false; edits.len()];
    for (i, line) in lines.iter().enumerate() {
        let (mut line, mut deleted, mut quit, mut after) = ((*line).to_owned(), false, false, String::new());
        for (edit, open) in edits.iter().zip(&mut open) {
            if deleted || applies(edit, open, &line, i + 1, i + 1 == lines.len()) == edit.not {
                continue;
            }
            match &edit.what {
                What::Delete => deleted = true,
                What::Print => result.push_str(&[&line, "\n"].concat()),
                What::Quit => quit = true,
                What::Text('i', text) => result.push_str(text),
                What::Text('a', text) => after.push_str(text),
                What::Text(_, text) => {
                    result.push_str(text);
                    deleted = true;
                }
                What::Substitute { regex, with, all, print } => {
                    if let Some(new) = replaced(&line, regex, with, *all) {
                        line = new;
                        if *print {
                            result.push_str(&[&line, "\n"].concat());
                        }
                    }
                }
            }
        }
        if !deleted && !quiet {
            result.push_str(&[&line, "\n"].concat());
        }
        result.push_str(&after);
        if quit {
            break;
        }
    }
    result
}

fn applies(edit: &Edit, open: &mut bool, line: &str, number: usize, last: bool) -> bool {
    let hits = |address: &Address| match address {
        Address::Line(wanted) => *wanted == number,
        Address::Last => last,
        Address::Match(regex) => regex.is_in(line),
    };
    match (&edit.from, &edit.to) {
        (None, _) => true,
        (Some(from), None) => hits(from),
        (Some(from), Some(to)) => {
            if *open {
                *open = !hits(to);
                return true;
            }
            let starts = hits(from);
            *open = starts && !matches!(to, Address::Line(line) if *line <= number);
            starts
        }
    }
}

fn replaced(line: &str, regex: &Regex, with: &str, all: bool) -> Option<String> {
    let (mut result, mut at, mut found) = (String::new(), 0, false);
    while let Some(place) = regex.find(line, at) {
        let Some((from, to)) = place[0] else { break };
        found = true;
        result.push_str(&line[at..from]);
        insert(&mut result, line, with, &place);
        at = to;
        if from == to {
            // Nothing was found here: the next character stays.
            let Some(c) = line[at..].chars().next() else { break };
            result.push(c);
            at += c.len_utf8();
        }
        if !all || at >= line.len() {
            break;
        }
    }
    result.push_str(&line[at..]);
    found.then_some(result)
}

/// Adds a replacement: `&` is what was found, `\1` a group.
fn insert(result: &mut String, line: &str, with: &str, place: &Match) {
    let mut signs = with.chars();
    while let Some(c) = signs.next() {
        let group = match c {
            '&' => 0,
            '\\' => match signs.next() {
                Some(digit) if digit.is_ascii_digit() => digit as usize - '0' as usize,
                Some('n') => {
                    result.push('\n');
                    continue;
                }
                Some('t') => {
                    result.push('\t');
                    continue;
                }
                other => {
                    result.extend(other);
                    continue;
                }
            },
            other => {
                result.push(other);
                continue;
            }
        };
        if let Some((from, to)) = place.get(group).copied().flatten() {
            result.push_str(&line[from..to]);
        }
    }
}
