//! Reads the YAML of one document.

use crate::compose::{Composer, Event};
use crate::hint::hint;
use crate::position::Positions;
use crate::quirks;
use crate::scalar::{Scalar, resolve, resolve_tagged};
use crate::split::Chunk;
use crate::tag;
use crate::{Diagnostic, Document, Limits, Range, Reading, Severity};
use libyaml_safer::{
    Encoding, Error, ErrorKind, Event as Parsed, EventData, MappingStyle, Mark, Parser, ScalarStyle,
    SequenceStyle,
};
use std::borrow::Cow;

/// Reads `chunk` and adds what is found to `reading`.
pub(crate) fn read(chunk: &Chunk<'_>, limits: &Limits, reading: &mut Reading) {
    let mut composer = Composer::new(limits);
    let outcome = events(chunk, limits, &mut composer);
    let (root, warnings) = composer.finish();
    reading.diagnostics.extend(warnings);
    match outcome {
        Err(diagnostic) => reading.diagnostics.push(*diagnostic),
        Ok(rest) => {
            reading.diagnostics.extend(rest);
            let positions = root.filter(|(value, _)| !value.is_null());
            reading.documents.extend(positions.map(|(value, root)| Document {
                value,
                line: root.value.line,
                positions: Positions { root },
            }));
        }
    }
}

/// Feeds the events of the chunk's document to `composer`. Upstream parses to the end before it looks at what was
/// said, so an error of syntax further down comes first. What follows the document is not read,
/// as upstream; it is reported.
fn events(
    chunk: &Chunk<'_>,
    limits: &Limits,
    composer: &mut Composer<'_>,
) -> Result<Option<Diagnostic>, Box<Diagnostic>> {
    // Every document is a stream of its own to upstream, and may start with a mark of its byte order.
    let text = chunk.text.strip_prefix('\u{feff}').unwrap_or(chunk.text);
    let Some(text) = tag::without_commas(text) else {
        let message = "yaml: there are too many tags that end with a comma";
        return Err(Box::new(Diagnostic::error(range(Mark::default(), Mark::default(), chunk), message)));
    };
    // Upstream's reader of lines ends the last one too; the parser does not expect a text that ends amid a line.
    let text = if text.ends_with('\n') { text } else { Cow::Owned(format!("{text}\n")) };
    let text = quirks::without_glued_colons(text);
    let mut input = text.as_bytes();
    let mut parser = Parser::new();
    parser.set_input_string(&mut input);
    parser.set_encoding(Encoding::Utf8);
    let (mut meaning, mut documents, mut outcome) = (Meaning::new(&text, chunk), 0, Ok(()));
    // A value takes at most two events.
    for _ in 0..2 * limits.nodes + 4 {
        let event = match parser.parse() {
            Ok(event) => event,
            Err(error) if documents > 0 => {
                return outcome.map(|()| Some(not_read(syntax_error(&error, chunk))));
            }
            Err(error) => return Err(Box::new(syntax_error(&error, chunk))),
        };
        let range = range(event.start_mark, event.end_mark, chunk);
        match event.data {
            EventData::StreamEnd => return outcome.map(|()| None),
            EventData::DocumentStart { .. } if documents > 0 => {
                return outcome.map(|()| Some(not_read(Diagnostic::error(range, ""))));
            }
            EventData::StreamStart { .. } | EventData::DocumentStart { .. } => continue,
            EventData::DocumentEnd { .. } => {
                documents += 1;
                continue;
            }
            _ => {}
        }
        let fed = meaning.of(event)?;
        if outcome.is_ok() {
            outcome = match fed {
                Ok(event) => composer.feed(event, range),
                Err(message) => Err(Box::new(Diagnostic::error(range, message))),
            };
        }
        if meaning.blocks.len() > limits.depth || composer.hopeless() {
            break;
        }
    }
    outcome.map(|()| None)
}

/// What the parser's events mean inside a document.
struct Meaning<'a> {
    text: &'a str,
    chunk: &'a Chunk<'a>,
    /// The lists and maps that are open, and by what each is closed if it stands in brackets.
    blocks: Vec<Option<char>>,
}

impl<'a> Meaning<'a> {
    fn new(text: &'a str, chunk: &'a Chunk<'a>) -> Self {
        Self { text, chunk, blocks: Vec::new() }
    }

    /// The composer's event, or a message about a value that has none; an error where upstream's parser stops.
    fn of(&mut self, event: Parsed) -> Result<Result<Event, String>, Box<Diagnostic>> {
        Ok(match event.data {
            EventData::Alias { anchor } => Ok(Event::Alias(anchor)),
            EventData::Scalar { anchor, tag, value, plain_implicit, style, .. } => {
                if let Some(error) = self.refused(style, event.start_mark, event.end_mark) {
                    return Err(Box::new(error));
                }
                scalar(tag, quirks::with_colons(value), plain_implicit, style)
                    .map(|scalar| Event::Scalar { scalar, anchor })
            }
            EventData::SequenceStart { anchor, style, .. } => {
                self.blocks.push((style == SequenceStyle::Flow).then_some(']'));
                Ok(Event::ListStart { anchor })
            }
            EventData::MappingStart { anchor, style, .. } => {
                // The one entry of `[a: b]` is a map that nothing closes.
                let braced = self.text[event.start_mark.index as usize..].starts_with('{');
                self.blocks.push((style == MappingStyle::Flow).then_some(if braced { '}' } else { ']' }));
                Ok(Event::MapStart { anchor })
            }
            _ => Ok(Event::End { block: self.blocks.pop().flatten().is_none() }),
        })
    }

    /// What the parser takes of a scalar and upstream's does not.
    fn refused(&self, style: ScalarStyle, start: Mark, end: Mark) -> Option<Diagnostic> {
        match (style, self.blocks.last()) {
            (ScalarStyle::DoubleQuoted, _) => quirks::escaped_slash(self.text, start, end, self.chunk),
            (ScalarStyle::Plain, Some(Some(closing))) => {
                quirks::question(self.text, start, end, *closing, self.chunk)
            }
            _ => None,
        }
    }
}

/// What a scalar is.
fn scalar(tag: Option<String>, value: String, plain: bool, style: ScalarStyle) -> Result<Scalar, String> {
    match tag {
        Some(tag) => resolve_tagged(&tag, &value),
        None if plain && style == ScalarStyle::Plain => Ok(resolve(&value)),
        None => Ok(Scalar::Text(value)),
    }
}

/// Whatever is behind the end of the document, at the place of `rest`.
fn not_read(rest: Diagnostic) -> Diagnostic {
    let message = "what follows the end of the document is not read".into();
    Diagnostic { severity: Severity::Warning, message, hint: None, ..rest }
        .with_hint("separate documents with a line of `---`")
}

pub(crate) fn range(start: Mark, end: Mark, chunk: &Chunk<'_>) -> Range {
    let line = |mark: Mark| mark.line as u32 + 1 + chunk.lines_before;
    let column = |mark: Mark| mark.column as u32 + 1;
    Range { line: line(start), column: column(start), end_line: line(end), end_column: column(end) }
}

/// go-yaml's error, which names a line unless it is the first.
pub(crate) fn message(line: u64, problem: &str) -> String {
    let place = if line == 0 { String::new() } else { format!("line {line}: ") };
    format!("yaml: {place}{problem}")
}

/// The parser's error with go-yaml's text. (upstream: `fail` in `goyaml.v2/decode.go`)
fn syntax_error(error: &Error, chunk: &Chunk<'_>) -> Diagnostic {
    let (problem, context) = (error.problem_mark().unwrap_or_default(), error.context_mark());
    let line = match (problem.line, error.kind()) {
        (0, _) => context.map_or(0, |mark| mark.line),
        (line, ErrorKind::Scanner) => line + 1,
        // Upstream forgets to count from 1 here, and people know its numbers.
        (line, _) => line,
    };
    let foreign = error.problem() == "did not find expected <document start>" && foreign_version(chunk.text);
    let message = match error.problem() {
        _ if foreign => message(0, "found incompatible YAML document"),
        text => message(line, text),
    };
    // An error about something that never ended is best shown where that began.
    let begins = matches!(error.problem(), "found unexpected end of stream" | "could not find expected ':'");
    let mark = context.filter(|_| begins).unwrap_or(problem);
    let place = match error.kind() {
        ErrorKind::Reader => invisible(chunk),
        _ => range(mark, mark, chunk),
    };
    let mut diagnostic = Diagnostic::error(place, message);
    diagnostic.end_column += 1;
    diagnostic.hint = if foreign {
        Some("Kubernetes reads YAML 1.1: leave out the line that starts with `%YAML`".into())
    } else {
        hint(error, chunk.text)
    };
    diagnostic
}

/// Whether the document says that it is not YAML 1.1.
fn foreign_version(text: &str) -> bool {
    let directive = text.lines().find_map(|line| line.strip_prefix("%YAML "));
    directive.is_some_and(|version| version.trim() != "1.1")
}

/// The first character that YAML does not allow; the parser does not tell its place.
fn invisible(chunk: &Chunk<'_>) -> Range {
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..);
    let before = &chunk.text[..chunk.text.find(|c| !allowed(c)).unwrap_or(0)];
    let line = before.matches('\n').count() as u32 + 1 + chunk.lines_before;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() as u32 + 1;
    Range { line, column, end_line: line, end_column: column }
}
