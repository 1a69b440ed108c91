//! A line by itself: what it opens, and what the cursor in it is writing.

use super::{Place, Step};

/// Something in a line that what follows may be in. Columns are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// The dash of an element.
    Dash(usize),
    /// A key, and its name.
    Key(usize, String),
}

impl Entry {
    pub(crate) fn column(&self) -> usize {
        match self {
            Entry::Dash(column) | Entry::Key(column, _) => *column,
        }
    }
}

/// What a line holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    /// From left to right.
    pub(crate) entries: Vec<Entry>,
    /// What stands behind them, without quotes and comment.
    pub(crate) value: String,
    /// Whether the lines below are a literal text.
    pub(crate) opens_text: bool,
    /// The column behind the entries.
    end: usize,
}

impl Line {
    /// Reads a line.
    pub(crate) fn read(line: &str) -> Line {
        let mut found = Line { end: indent(line) + 1, ..Line::default() };
        let mut rest = line.trim_start_matches(' ');
        while rest == "-" || rest.starts_with("- ") {
            found.entries.push(Entry::Dash(found.end));
            let after = rest[1..].trim_start_matches(' ');
            found.end += rest.len() - after.len();
            rest = after;
        }
        if let Some((name, after)) = key(rest) {
            found.entries.push(Entry::Key(found.end, name));
            found.end += rest.chars().count() - after.chars().count();
            rest = after;
        }
        let value = without_comment(rest).trim();
        found.opens_text = value.starts_with(['|', '>']);
        found.value = value.trim_matches(['"', '\'']).to_owned();
        found
    }
}

impl Line {
    /// The column behind the dashes.
    pub(crate) fn content(&self) -> usize {
        match self.entries.last() {
            Some(Entry::Key(column, _)) => *column,
            _ => self.end,
        }
    }
}

/// How many blanks a line starts with.
pub(crate) fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// The key that `text` starts with, and what follows it.
fn key(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next().filter(|sign| ['"', '\''].contains(sign));
    let end = match quote {
        Some(quote) => text[1..].find(quote)? + 2,
        None if text.starts_with(['#', '{', '[', '|', '>', '&', '*', '!', '%', '@', '`']) => return None,
        None => text.find(": ").or_else(|| text.strip_suffix(':').map(str::len))?,
    };
    let after = text[end..].strip_prefix(':').filter(|after| after.is_empty() || after.starts_with(' '))?;
    let name = text[..end].trim_matches(['"', '\'']);
    // A colon in a comment makes no key.
    let commented = quote.is_none() && name.contains(" #");
    (!commented).then(|| (name.to_owned(), after.trim_start_matches(' ')))
}

/// The text up to a `#` that follows a blank, outside quotes.
fn without_comment(text: &str) -> &str {
    let (mut quote, mut blank) = (None, true);
    for (at, sign) in text.char_indices() {
        match (sign, quote) {
            ('#', None) if blank => return &text[..at],
            (sign, Some(open)) if sign == open => quote = None,
            // Within a word an apostrophe is one.
            ('"' | '\'', None) if blank || text[..at].ends_with(['{', '[', ',']) => quote = Some(sign),
            _ => {}
        }
        blank = sign == ' ';
    }
    text
}

/// What the cursor is writing, as its own line tells.
pub(super) struct Here {
    /// What of the line holds the cursor.
    pub(super) line: Line,
    /// The column where that starts which the cursor is in.
    pub(super) column: usize,
    pub(super) place: Place,
    pub(super) typed: String,
    pub(super) typed_at: u32,
    pub(super) flow: bool,
    /// Steps within braces and brackets.
    pub(super) steps: Vec<Step>,
    /// Keys within the same braces.
    pub(super) beside: Vec<String>,
}

/// Reads a line that ends at the cursor.
pub(super) fn before_cursor(before: &str) -> Option<Here> {
    if before.contains('\t') || without_comment(before).len() < before.len() {
        return None;
    }
    let line = Line::read(before);
    let rest: String = before.chars().skip(line.end - 1).collect();
    let behind_key = matches!(line.entries.last(), Some(Entry::Key(..)));
    // Without a blank, nothing is written behind a colon or a dash yet.
    if rest.is_empty() && before.ends_with([':', '-']) {
        return None;
    }
    if rest.starts_with(['{', '[']) {
        return flow(line, &rest);
    }
    let place = if behind_key { Place::Value } else { Place::Start };
    let (typed, typed_at) = unquoted(&rest, line.end);
    Some(Here {
        column: line.end,
        line,
        place,
        typed,
        typed_at,
        flow: false,
        steps: Vec::new(),
        beside: Vec::new(),
    })
}

fn unquoted(text: &str, column: usize) -> (String, u32) {
    match text.strip_prefix(['"', '\'']) {
        Some(inner) => (inner.to_owned(), column as u32 + 1),
        None => (text.to_owned(), column as u32),
    }
}

/// A pair of braces or brackets that is open at the cursor.
#[derive(Default)]
struct Open {
    map: bool,
    keys: Vec<String>,
    /// The key whose value is being written.
    key: Option<String>,
    index: usize,
}

/// The cursor between braces or brackets: `rest` is what stands behind the entries of the line.
fn flow(line: Line, rest: &str) -> Option<Here> {
    let mut open: Vec<Open> = Vec::new();
    let (mut quote, mut word, mut word_at) = (None, String::new(), line.end);
    for (column, sign) in (line.end..).zip(rest.chars()) {
        if let Some(close) = quote {
            if sign == close {
                quote = None;
            }
            word.push(sign);
            continue;
        }
        let level = open.last_mut();
        match (sign, level) {
            ('{' | '[', _) => open.push(Open { map: sign == '{', ..Open::default() }),
            ('}' | ']', _) => drop(open.pop()),
            (',', Some(level)) => (level.key, level.index) = (None, level.index + 1),
            (':', Some(level)) if level.map && level.key.is_none() => {
                let name = word.trim().trim_matches(['"', '\'']).to_owned();
                level.keys.push(name.clone());
                level.key = Some(name);
            }
            (sign, _) => {
                if word.is_empty() {
                    if sign == ' ' {
                        continue;
                    }
                    word_at = column;
                }
                quote = ['"', '\''].contains(&sign).then_some(sign).filter(|_| word.is_empty());
                word.push(sign);
                continue;
            }
        }
        word.clear();
    }
    let innermost = open.last()?;
    let place = if innermost.map && innermost.key.is_some() { Place::Value } else { Place::Start };
    let beside = if place == Place::Start { innermost.keys.clone() } else { Vec::new() };
    let steps = open.into_iter().filter_map(|level| match level.map {
        true => level.key.map(Step::Key),
        false => Some(Step::Index(level.index)),
    });
    let steps = steps.collect();
    if word.is_empty() {
        word_at = line.end + rest.chars().count();
    }
    let (typed, typed_at) = unquoted(&word, word_at);
    Some(Here { column: line.end, line, place, typed, typed_at, flow: true, steps, beside })
}

/// The entries of `{name: web, namespace: shop}`.
pub(super) fn flow_entries(text: &str) -> Vec<(String, String)> {
    let Some(inside) = text.strip_prefix('{').and_then(|text| text.split('}').next()) else {
        return Vec::new();
    };
    let entries = inside.split(',').filter_map(|entry| entry.split_once(':'));
    let plain = |text: &str| text.trim().trim_matches(['"', '\'']).to_owned();
    entries.map(|(name, value)| (plain(name), plain(value))).collect()
}
