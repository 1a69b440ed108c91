//! Where in an object the cursor is, while its text is still being written.
//!
//! A text that is being written is broken most of the time, so nothing is parsed: as a person does, this reads the
//! lines above and takes what is indented less as what the cursor is in. Braces and brackets are followed within
//! the cursor's line.

pub(crate) mod line;

use line::{Entry, Line, indent};

/// One step from an object to what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// To the value of a key.
    Key(String),
    /// To an element of a list.
    Index(usize),
}

/// What can be written at the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The start of the value at the path: a key of it, if it is a map, or a value, if it is a plain element.
    Start,
    /// The value at the path, behind its key.
    Value,
}

/// The cursor as the text around it tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// From the object of the cursor's document to what the cursor is in.
    pub path: Vec<Step>,
    /// What can be written.
    pub place: Place,
    /// What was written of it so far, without an opening quote.
    pub typed: String,
    /// The column where that starts, from 1.
    pub column: u32,
    /// Keys that stand beside the cursor.
    pub beside: Vec<String>,
    /// Whether the cursor is between braces or brackets.
    pub flow: bool,
    /// The first line of the document, from 1.
    pub first_line: u32,
    /// Its last line.
    pub last_line: u32,
    /// Plain values near the top of the document, such as `kind` and `metadata.namespace`.
    top: Vec<(String, String)>,
}

impl Cursor {
    /// What the document says at a key of the object, or at one of its `metadata`.
    pub fn stated(&self, key: &str) -> Option<&str> {
        self.top.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

/// The cursor before the character at `line` and `column`, counted from 1; none in comments, in literal texts, and
/// where nothing can be known.
pub fn cursor(text: &str, line: u32, column: u32) -> Option<Cursor> {
    let lines: Vec<&str> = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    let separates = |line: &&str| line.starts_with("---");
    let at =
        (line as usize).checked_sub(1).filter(|at| lines.get(*at).is_some_and(|line| !separates(line)))?;
    let first = lines[..at].iter().rposition(separates).map_or(0, |found| found + 1);
    let last = lines[at..].iter().position(separates).map_or(lines.len(), |found| at + found);
    let document = &lines[first..last];
    // JSON says where it is by its braces, over many lines.
    if document.iter().find(|line| !line.trim().is_empty()).is_some_and(|line| line.starts_with('{')) {
        return None;
    }
    let at = at - first;
    let before: String = document[at].chars().take((column as usize).saturating_sub(1)).collect();
    if in_literal(document, at, &before) {
        return None;
    }
    let here = line::before_cursor(&before)?;
    let mut climb = Climb { limit: here.column, list_above: false, steps: Vec::new(), beside: Vec::new() };
    here.line.entries.iter().rev().for_each(|entry| climb.past(entry));
    let level = Some(here.column).filter(|_| here.place == Place::Start && !here.flow);
    document[..at].iter().rev().for_each(|line| climb.up(&Line::read(line), level));
    if let Some(level) = level {
        climb.beside.extend(below(&document[at + 1..], level));
    }
    let mut steps: Vec<Step> = climb.steps.into_iter().rev().collect();
    steps.extend(here.steps);
    Some(Cursor {
        path: steps,
        place: here.place,
        typed: here.typed,
        column: here.typed_at,
        beside: if here.flow { here.beside } else { climb.beside },
        flow: here.flow,
        first_line: first as u32 + 1,
        last_line: last as u32,
        top: top(document),
    })
}

/// The way up through the lines above the cursor.
struct Climb {
    /// What starts left of this column holds the cursor.
    limit: usize,
    /// The last step was an element of a list, whose key may start in the same column.
    list_above: bool,
    /// From the innermost outwards.
    steps: Vec<Step>,
    beside: Vec<String>,
}

impl Climb {
    /// Takes an entry that holds the cursor.
    fn past(&mut self, entry: &Entry) {
        match entry {
            Entry::Dash(column) => {
                self.steps.push(Step::Index(0));
                (self.limit, self.list_above) = (*column, true);
            }
            Entry::Key(column, name) => {
                self.steps.push(Step::Key(name.clone()));
                (self.limit, self.list_above) = (*column, false);
            }
        }
    }

    /// Looks at a line further up. Keys at `level` are beside the cursor as long as nothing holds it yet.
    fn up(&mut self, line: &Line, level: Option<usize>) {
        for entry in line.entries.iter().rev() {
            match entry {
                Entry::Key(column, name) => {
                    let innermost = level.is_some_and(|level| level == *column && self.limit == level);
                    if innermost && !self.list_above {
                        self.beside.push(name.clone());
                    } else if *column < self.limit || (self.list_above && *column == self.limit) {
                        self.past(entry);
                    }
                }
                Entry::Dash(column) if *column < self.limit => self.past(entry),
                Entry::Dash(column) => {
                    let index = if self.list_above { self.steps.last_mut() } else { None };
                    if let Some(Step::Index(index)) = index.filter(|_| *column == self.limit) {
                        *index += 1;
                    }
                }
            }
        }
    }
}

/// Keys of the same map in the lines that follow.
fn below(lines: &[&str], level: usize) -> Vec<String> {
    let mut keys = Vec::new();
    for line in lines.iter().map(|line| Line::read(line)) {
        match line.entries.first() {
            Some(Entry::Key(column, name)) if *column == level => keys.push(name.clone()),
            Some(first) if first.column() <= level => break,
            _ => {}
        }
    }
    keys
}

/// Whether the line is part of a text that a `|` or `>` above it opened.
fn in_literal(document: &[&str], at: usize, before: &str) -> bool {
    let mut least = indent(before);
    for line in document[..at].iter().rev().filter(|line| !line.trim().is_empty()) {
        let read = Line::read(line);
        // The text stands right of what opens it.
        let opener = read.entries.last().map_or(0, |entry| entry.column() - 1);
        if read.opens_text && opener < least {
            return true;
        }
        least = least.min(indent(line));
    }
    false
}

/// The plain values at the top and in `metadata`, with `metadata.` in front of theirs.
fn top(document: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut in_metadata = false;
    for line in document.iter().map(|line| Line::read(line)) {
        let Some(Entry::Key(column, name)) = line.entries.first() else { continue };
        if *column == 1 {
            in_metadata = name == "metadata";
        }
        let prefix = if *column == 1 { "" } else { "metadata." };
        if (*column == 1 || in_metadata) && !line.value.is_empty() {
            found.push((format!("{prefix}{name}"), line.value.clone()));
        }
        if *column == 1 && in_metadata {
            let inner = line::flow_entries(&line.value);
            found.extend(inner.into_iter().map(|(name, value)| (format!("metadata.{name}"), value)));
        }
    }
    found
}

#[cfg(test)]
mod tests;
