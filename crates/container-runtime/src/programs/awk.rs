//! `awk`, as far as one-liners go.

use super::lines::{code, operands, texts, value};
use super::regex::Regex;
use super::{Call, Outcome};

/// `awk '{print $1, $NF}'`, `awk -F: '/pattern/ {print $2}'`, `awk 'NR==2'`: what one-liners mostly are. Of any other
/// program nothing is known.
pub(super) fn awk(call: &mut Call) -> Outcome {
    let separator = value(call, 'F').map(|f| super::unescape(f).0);
    let mut paths = operands(call, "Fv");
    if paths.is_empty() {
        return call.fail(2, &["no program"]);
    }
    let program = paths.remove(0);
    let (test, action) = match program.split_once('{') {
        Some((test, rest)) => (test.trim(), rest.trim().trim_end_matches('}').trim()),
        None => (program.trim(), "print"),
    };
    let regex = test.strip_prefix('/').and_then(|rest| Regex::new(rest.strip_suffix('/')?, true, false));
    let line_number =
        test.strip_prefix("NR").and_then(|rest| rest.trim_start_matches(['=', ' ']).parse::<usize>().ok());
    let Some(printed) =
        action.strip_prefix("print").filter(|_| test.is_empty() || regex.is_some() || line_number.is_some())
    else {
        call.container.assume("awk", "print nothing");
        return Outcome::Exit(0);
    };
    for (_, text) in texts(call, &paths) {
        for (i, line) in text.lines().enumerate() {
            let wanted = regex.as_ref().is_none_or(|regex| regex.is_in(line))
                && line_number.is_none_or(|n| n == i + 1);
            if !wanted {
                continue;
            }
            let fields: Vec<&str> = match &separator {
                Some(separator) => line.split(&**separator).collect(),
                None => line.split_whitespace().collect(),
            };
            call.out.push_str(&awk_line(printed.trim(), line, &fields, i + 1));
            call.out.push('\n');
        }
    }
    code(call)
}

/// What `print` prints: fields and texts, with blanks where commas are.
fn awk_line(printed: &str, line: &str, fields: &[&str], number: usize) -> String {
    if printed.is_empty() {
        return line.into();
    }
    let mut result = String::new();
    let mut rest = printed.trim_end_matches(';').trim();
    while let Some(c) = rest.chars().next() {
        if let Some(text) = rest.strip_prefix('"') {
            let (text, after) = text.split_once('"').unwrap_or((text, ""));
            result.push_str(&super::unescape(text).0);
            rest = after;
            continue;
        }
        let end = rest[1..].find(|c: char| !c.is_ascii_alphanumeric()).map_or(rest.len(), |end| end + 1);
        let word = if c.is_ascii_alphanumeric() || c == '$' { &rest[..end] } else { &rest[..c.len_utf8()] };
        match word {
            "$0" => result.push_str(line),
            "$NF" => result.push_str(fields.last().unwrap_or(&"")),
            "NR" => result.push_str(&number.to_string()),
            "NF" => result.push_str(&fields.len().to_string()),
            "," => result.push(' '),
            word => {
                let field = word
                    .strip_prefix('$')
                    .and_then(|n| n.parse::<usize>().ok())
                    .and_then(|n| n.checked_sub(1));
                result.push_str(field.and_then(|n| fields.get(n)).unwrap_or(&""));
            }
        }
        rest = &rest[word.len()..];
    }
    result
}
