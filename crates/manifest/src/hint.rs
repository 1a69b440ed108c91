//! What to do about YAML that cannot be read.

use libyaml_safer::{Error, Mark};

/// Advice about `error`, which was found in `text`.
pub(crate) fn hint(error: &Error, text: &str) -> Option<String> {
    let mark = error.problem_mark().unwrap_or_default();
    let line = line_at(text, mark);
    let advice = match error.problem() {
        "found character that cannot start any token" => character(line, mark),
        "mapping values are not allowed in this context" => mapping_values(text, line, mark),
        "did not find expected key" => {
            "the keys of one map start in the same column, and a quoted value ends with its quote".into()
        }
        "could not find expected ':'" => "a key is followed by a colon and a space: `key: value`".into(),
        "did not find expected '-' indicator" => "the elements of one list start in the same column".into(),
        "block sequence entries are not allowed in this context" => {
            "a list starts on the line after its key, with `- `".into()
        }
        "did not find expected node content" => "a value is missing here, or a bracket is not closed".into(),
        "did not find expected ',' or ']'" => "a list that starts with `[` ends with `]`".into(),
        "did not find expected ',' or '}'" if glued(line, mark) => {
            "put a space after the colon: `{key: value}`".into()
        }
        "did not find expected ',' or '}'" => "a map that starts with `{` ends with `}`".into(),
        "found unexpected end of stream" => "a quote is opened here and never closed".into(),
        "found unknown escape character" => {
            "in double quotes a backslash starts an escape: use single quotes, or write it twice".into()
        }
        "found undefined tag handle" => "a value that starts with `!` is a tag: quote it".into(),
        "did not find expected alphabetic or numeric character" => {
            "a value that starts with `*` or `&` is an alias or an anchor: quote it".into()
        }
        "did not find expected <document start>" => "separate documents with a line of `---`".into(),
        "control characters are not allowed" => "remove the invisible character".into(),
        "found a tab character that violates indentation"
        | "found a tab character where an indentation space is expected" => TAB.into(),
        _ => return None,
    };
    Some(advice)
}

const TAB: &str = "this is a tab: YAML is indented with spaces only";

fn line_at(text: &str, mark: Mark) -> &str {
    text.lines().nth(mark.line as usize).unwrap_or("")
}

/// Whether a colon is right before the place.
fn glued(line: &str, mark: Mark) -> bool {
    mark.column > 0 && line.chars().nth(mark.column as usize - 1) == Some(':')
}

fn character(line: &str, mark: Mark) -> String {
    match line.chars().nth(mark.column as usize) {
        Some('\t') => TAB.into(),
        Some(other) => format!("a value cannot start with `{other}`: quote it"),
        None => "quote the value".into(),
    }
}

/// A colon where no key can be: usually a mistake of this line or of the one above it.
fn mapping_values(text: &str, line: &str, mark: Mark) -> String {
    if line.matches(": ").count() + usize::from(line.trim_end().ends_with(':')) > 1 {
        return "a value that holds a colon and a space must be quoted".into();
    }
    let number = mark.line as usize;
    let above = text.lines().take(number).filter(|l| !l.trim().is_empty()).last().unwrap_or("");
    for (place, candidate) in [("this line", line), ("the line above", above)] {
        let content = candidate.trim_start();
        if content.strip_prefix('-').is_some_and(|rest| !rest.starts_with([' ', '-'])) {
            return format!("put a space after the dash in {place}: `- `");
        }
    }
    if above.contains(':') && !above.contains(": ") && !above.trim_end().ends_with(':') {
        return "put a space after the colon in the line above: `key: value`".into();
    }
    "this line is indented deeper than the line above, which has a value already".into()
}
