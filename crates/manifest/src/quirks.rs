//! Where go-yaml v2 reads otherwise than the parser that we stand on, which is closer to YAML 1.2.

use crate::Diagnostic;
use crate::split::Chunk;
use crate::yaml::{message, range};
use libyaml_safer::{Encoding, Mark, Scanner};
use std::borrow::Cow;

/// What stands for a colon of a text; columns stay as they are.
const COLON: char = '\u{f03a}';

/// Every stand-in scans the text once more, so there is an end to it.
const MAX_LOOKS: usize = 32;

/// The text with a stand-in for each colon before a bracket, as in `{name:}`: to go-yaml it is a part of the name, to
/// our scanner a mistake.
pub(crate) fn without_glued_colons(text: Cow<'_, str>) -> Cow<'_, str> {
    let glued = [":,", ":?", ":[", ":]", ":{", ":}"];
    if text.contains(COLON) || !glued.iter().any(|pair| text.contains(pair)) {
        return text;
    }
    let mut out = text;
    for _ in 0..MAX_LOOKS {
        let Some(colon) = unexpected_colon(&out) else { break };
        out.to_mut().replace_range(colon..=colon, COLON.encode_utf8(&mut [0; 4]));
    }
    out
}

/// A text as it was before [`without_glued_colons`].
pub(crate) fn with_colons(text: String) -> String {
    if text.contains(COLON) { text.replace(COLON, ":") } else { text }
}

fn unexpected_colon(text: &str) -> Option<usize> {
    let mut input = text.as_bytes();
    let mut scanner = Scanner::new();
    scanner.set_input_string(&mut input);
    scanner.set_encoding(Encoding::Utf8);
    let error = scanner.find_map(Result::err).filter(|error| error.problem() == "found unexpected ':'")?;
    let index = error.problem_mark()?.index as usize;
    text[index..].starts_with(':').then_some(index)
}

/// `\/` is an escape of JSON that go-yaml does not know.
pub(crate) fn escaped_slash(text: &str, start: Mark, end: Mark, chunk: &Chunk<'_>) -> Option<Diagnostic> {
    let quoted = text.get(start.index as usize..end.index as usize)?;
    let mut characters = quoted.char_indices();
    let offset = loop {
        let (offset, character) = characters.next()?;
        if character == '\\' && characters.next()?.1 == '/' {
            break offset;
        }
    };
    let mark = after(start, &quoted[..offset]);
    let line = if mark.line == 0 { 0 } else { mark.line + 1 };
    let mut diagnostic =
        Diagnostic::error(range(mark, mark, chunk), message(line, "found unknown escape character"));
    diagnostic.end_column += 2;
    Some(diagnostic.with_hint("write the slash without the backslash"))
}

/// Within brackets a question mark ends a plain text of go-yaml, and starts a key where none can be.
pub(crate) fn question(
    text: &str,
    start: Mark,
    end: Mark,
    closing: char,
    chunk: &Chunk<'_>,
) -> Option<Diagnostic> {
    let plain = text.get(start.index as usize..end.index as usize)?;
    let mark = after(start, &plain[..plain.find('?')?]);
    let words = format!("did not find expected ',' or '{closing}'");
    let mut diagnostic = Diagnostic::error(range(mark, mark, chunk), message(mark.line, &words));
    diagnostic.end_column += 1;
    Some(diagnostic.with_hint("within brackets, a text with a question mark must be quoted"))
}

/// The place behind `text` that starts at `mark`.
fn after(mut mark: Mark, text: &str) -> Mark {
    for character in text.chars() {
        (mark.line, mark.column) =
            if character == '\n' { (mark.line + 1, 0) } else { (mark.line, mark.column + 1) };
    }
    mark
}
