//! `echo`, `printf` and `base64`.

use super::lines::{code, has, operands, texts, value};
use super::{Call, Found, Outcome, Program, Reach};
use orrery_apimachinery::Bytes;

pub(super) const PROGRAMS: &[Program] = &[
    Program { name: "echo", found: Found::Both, reach: Reach::Nothing, run: echo },
    Program { name: "base64", found: Found::Everywhere, reach: Reach::Files, run: base64 },
    Program { name: "printf", found: Found::Both, reach: Reach::Nothing, run: printf },
];

fn echo(call: &mut Call) -> Outcome {
    let flag =
        |word: &str| word.len() > 1 && word.starts_with('-') && word[1..].chars().all(|c| "neE".contains(c));
    let flags = call.args[1..].iter().take_while(|word| flag(word)).count();
    let set = |letter| call.args[1..=flags].iter().any(|word| word.contains(letter));
    let text = call.args[1 + flags..].join(" ");
    // dash interprets backslashes without being asked; the others do when asked.
    let (text, stop) = if set('e') { unescape(&text) } else { (text, false) };
    call.out.push_str(&text);
    if !set('n') && !stop {
        call.out.push('\n');
    }
    Outcome::Exit(0)
}

/// Into base64, in lines of 76 signs unless `-w` says otherwise, or back with `-d`.
fn base64(call: &mut Call) -> Outcome {
    let (back, paths) =
        (has(call, 'd') || call.args.iter().any(|word| &**word == "--decode"), operands(call, "w"));
    let width = value(call, 'w').map_or(Some(76), |width| width.parse().ok());
    let Some(width) = width else { return call.fail(1, &["invalid wrap size"]) };
    for (_, text) in texts(call, &paths) {
        if !back {
            wrap(&Bytes::from(&text).to_base64(), width, &mut call.out);
            continue;
        }
        match Bytes::from_base64(&text) {
            Ok(bytes) => call.out.push_str(&String::from_utf8_lossy(bytes.as_slice())),
            Err(_) => return call.fail(1, &["invalid input"]),
        }
    }
    code(call)
}

/// Lines of so many signs; one without an end for zero.
fn wrap(text: &str, width: usize, out: &mut String) {
    let mut rest = text;
    while width > 0 && !rest.is_empty() {
        let (line, after) = rest.split_at(width.min(rest.len()));
        out.push_str(line);
        out.push('\n');
        rest = after;
    }
    out.push_str(rest);
}

/// A text with its backslash sequences replaced, and whether `\c` ended it.
pub(crate) fn unescape(text: &str) -> (String, bool) {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        result.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(c) = rest.chars().next() else {
            result.push('\\');
            break;
        };
        rest = &rest[c.len_utf8()..];
        let simple = match c {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'a' => '\u{7}',
            'b' => '\u{8}',
            'e' => '\u{1b}',
            'f' => '\u{c}',
            'v' => '\u{b}',
            '\\' | '\'' | '"' => c,
            'c' => return (result, true),
            '0'..='7' | 'x' => {
                let radix = if c == 'x' { 16 } else { 8 };
                let digits =
                    rest.chars().take(if c == 'x' { 2 } else { 3 }).take_while(|d| d.is_digit(radix)).count();
                let first = c.to_digit(8).filter(|_| c != 'x').unwrap_or(0);
                let number =
                    rest[..digits].chars().fold(first, |n, d| n * radix + d.to_digit(radix).unwrap_or(0));
                rest = &rest[digits..];
                result.push(char::from_u32(number & 0xff).unwrap_or(' '));
                continue;
            }
            other => {
                result.push('\\');
                other
            }
        };
        result.push(simple);
    }
    result.push_str(rest);
    (result, false)
}

fn printf(call: &mut Call) -> Outcome {
    let skip = usize::from(call.args.get(1).is_some_and(|word| &**word == "--"));
    let Some(format) = call.args.get(1 + skip) else {
        return call.fail(2, &["usage: printf format [arguments]"]);
    };
    let mut arguments = call.args[2 + skip..].iter();
    loop {
        let before = arguments.len();
        let mut rest: &str = format;
        while let Some(at) = rest.find('%') {
            call.out.push_str(&unescape(&rest[..at]).0);
            rest = &rest[at + 1..];
            let end = rest.find(|c: char| c.is_ascii_alphabetic() || c == '%').unwrap_or(rest.len());
            let (flags, kind) = (&rest[..end], rest[end..].chars().next().unwrap_or('%'));
            rest = rest.get(end + 1..).unwrap_or_default();
            if kind == '%' {
                call.out.push('%');
                continue;
            }
            let argument = arguments.next().map_or("", |word| word);
            let text = convert(argument, kind, flags);
            call.out.push_str(&padded(&text, flags));
        }
        call.out.push_str(&unescape(rest).0);
        // The format is used again as long as there are arguments that it takes.
        if arguments.len() == 0 || arguments.len() == before || call.out.len() > 1 << 20 {
            return Outcome::Exit(0);
        }
    }
}

fn convert(argument: &str, kind: char, flags: &str) -> String {
    let number = || argument.trim().parse::<i64>().unwrap_or(0);
    match kind {
        'd' | 'i' | 'u' => number().to_string(),
        'x' => format!("{:x}", number()),
        'X' => format!("{:X}", number()),
        'o' => format!("{:o}", number()),
        'f' => {
            let places = flags.split_once('.').and_then(|(_, digits)| digits.parse().ok()).unwrap_or(6);
            fixed(argument, places)
        }
        'b' => unescape(argument).0,
        'c' => argument.chars().take(1).collect(),
        _ => match flags.split_once('.').and_then(|(_, digits)| digits.parse().ok()) {
            Some(most) => argument.chars().take(most).collect(),
            None => argument.into(),
        },
    }
}

/// A decimal number with so many places; what is beyond them is cut off.
fn fixed(text: &str, places: usize) -> String {
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let mut digits: String = fraction.chars().take(places.min(100)).collect();
    while digits.len() < places.min(100) {
        digits.push('0');
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    if places == 0 { whole.into() } else { [whole, ".", &digits].concat() }
}

fn padded(text: &str, flags: &str) -> String {
    let width = flags.trim_start_matches(['-', '+', ' ']);
    let zero = width.starts_with('0') && !flags.contains('-');
    let digits = width.split('.').next().unwrap_or_default();
    let width = digits.parse::<usize>().unwrap_or(0).min(1_000);
    let missing = width.saturating_sub(text.chars().count());
    match (flags.starts_with('-'), zero) {
        (true, _) => [text, &" ".repeat(missing)].concat(),
        (false, true) => ["0".repeat(missing).as_str(), text].concat(),
        (false, false) => [" ".repeat(missing).as_str(), text].concat(),
    }
}
