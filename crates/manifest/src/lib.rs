//! Manifests: text to documents whose every value knows its place, what is wrong with them, and YAML out.
//!
//! Text is read by the rules of `kubectl`, which are those of YAML 1.1 as go-yaml v2 knows it (`yes` is a
//! truth value, `0644` is octal, the last of two equal keys wins) and of Go's JSON reader. Nothing is thrown
//! away for one mistake: a broken document is reported and the others are read.

mod advice;
mod compose;
mod cursor;
mod diagnostic;
mod emit;
mod format;
mod gofmt;
mod hint;
mod json;
mod lists;
mod objects;
mod order;
mod position;
mod quirks;
mod scalar;
mod split;
mod tag;
mod yaml;

pub use cursor::{Cursor, Place, Step, cursor};
pub use diagnostic::{Diagnostic, Severity};
pub use emit::to_yaml;
pub use format::format;
pub use lists::expand_lists;
pub use objects::{Located, Objects, objects, objects_of};
pub use position::{Positions, Range, Span};

use orrery_apimachinery::Order;
use serde_json::Value;

/// How much text is read. Whatever is larger is refused with a clear message instead of a frozen page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of text.
    pub bytes: usize,
    /// Maps and lists within each other.
    pub depth: usize,
    /// Values of one document after its aliases are expanded; every 64 bytes of a text count as one more.
    pub nodes: usize,
    /// What is told of a text; the rest of what is wrong with it shows when these are mended.
    pub diagnostics: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { bytes: 2 << 20, depth: 1_000, nodes: 200_000, diagnostics: 1_000 }
    }
}

/// One document of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// What it says.
    pub value: Value,
    /// The line of its first value, counted from 1.
    pub line: u32,
    /// Where each of its values is.
    pub positions: Positions,
}

/// What was found in a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// The documents that could be read, without the empty ones.
    pub documents: Vec<Document>,
    /// What is wrong, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a text of one or more documents, YAML or JSON.
pub fn read(text: &str, limits: &Limits) -> Reading {
    let mut reading = Reading::default();
    if text.len() > limits.bytes {
        reading.diagnostics.push(too_large(text.len(), limits.bytes));
        return reading;
    }
    reading.diagnostics.extend(not_utf8(text));
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // As kubectl: a text that starts with a brace is JSON, to its end.
    if text.trim_start().starts_with('{') {
        json::read(text, limits, &mut reading);
    } else {
        let chunks = split::chunks(text, &mut reading.diagnostics);
        chunks.iter().for_each(|chunk| yaml::read(chunk, limits, &mut reading));
    }
    reading.diagnostics.order_by_key(|d| (d.line, d.column));
    reading.diagnostics.truncate(limits.diagnostics);
    reading
}

/// A warning at the first character that somebody who expected UTF-8 could not read.
fn not_utf8(text: &str) -> Option<Diagnostic> {
    let before = &text[..text.find('\u{fffd}')?];
    let line = before.matches('\n').count() as u32 + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() as u32 + 1;
    let range = Range { line, column, end_line: line, end_column: column + 1 };
    let message = "a character here could not be read: the text was not UTF-8";
    Some(Diagnostic::warning(range, message).with_hint("save the file as UTF-8"))
}

fn too_large(size: usize, limit: usize) -> Diagnostic {
    let mib = |bytes: usize| {
        let tenths = bytes * 10 / (1 << 20);
        format!("{}.{} MiB", tenths / 10, tenths % 10)
    };
    let message =
        format!("the text is too large: {} ({size} bytes), at most {} are read", mib(size), mib(limit));
    Diagnostic::error(Range::default(), message).with_hint("split it into several smaller texts")
}
