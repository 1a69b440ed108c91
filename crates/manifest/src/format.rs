//! Indents a text as kubectl writes YAML: two blanks a level, dashes below the first letter of their key.
//!
//! Lines are moved and nothing else: comments, quotes and order stay. A document that cannot be read, or that would
//! mean something else afterwards, stays as it is.

use crate::cursor::line::{Entry, Line, indent};
use crate::{Limits, Severity, read};
use serde_json::Value;

/// The same text, indented.
pub fn format(text: &str) -> String {
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut documents: Vec<Vec<&str>> = vec![Vec::new()];
    for line in text.lines() {
        if line.starts_with("---") {
            documents.push(Vec::new());
        }
        documents.last_mut().expect("there is always one").push(line);
    }
    let formatted = documents.into_iter().flat_map(|lines| document(&lines));
    let text: String = formatted.map(|line| line + end).collect();
    text
}

/// The lines of a document, as they are if anything speaks against moving them.
fn document(lines: &[&str]) -> Vec<String> {
    let moved = Mover::default().all(lines);
    let means = |text: &str| {
        let found = read(text, &Limits::default());
        let sound = found.diagnostics.iter().all(|d| d.severity == Severity::Warning);
        sound.then(|| found.documents.into_iter().map(|document| document.value).collect::<Vec<Value>>())
    };
    let before = means(&lines.join("\n"));
    match before.is_some() && before == means(&moved.join("\n")) {
        true => moved,
        false => lines.iter().map(|line| (*line).to_owned()).collect(),
    }
}

/// Something that is open, with its column before and after.
struct Open {
    dash: bool,
    from: usize,
    to: usize,
}

/// Moves line after line.
#[derive(Default)]
struct Mover {
    open: Vec<Open>,
    /// Comments and blank lines, which go with the line that follows.
    waiting: Vec<String>,
    moved: Vec<String>,
    /// How far the last line went to the right.
    shift: isize,
    /// What is indented more than this belongs to a literal text.
    literal: Option<usize>,
    /// Braces and brackets that are open.
    flow: usize,
}

impl Mover {
    fn all(mut self, lines: &[&str]) -> Vec<String> {
        for line in lines {
            self.line(line);
        }
        let shift = self.shift;
        self.release(shift);
        self.moved
    }

    fn line(&mut self, line: &str) {
        let blank = line.trim().is_empty();
        if let Some(limit) = self.literal {
            if blank || indent(line) > limit {
                return self.moved.push(if blank { line.to_owned() } else { shifted(line, self.shift) });
            }
            self.literal = None;
        }
        if blank || line.trim_start().starts_with('#') {
            return self.waiting.push(line.trim_end().to_owned());
        }
        let read = Line::read(line);
        if self.flow > 0 || read.entries.is_empty() {
            self.flow = opened(self.flow, line);
            let shift = if line.starts_with("---") { 0 } else { self.shift };
            self.release(shift);
            return self.moved.push(shifted(line.trim_end(), shift));
        }
        self.entries(line, &read);
        self.flow = opened(0, &read.value);
    }

    fn entries(&mut self, line: &str, read: &Line) {
        let first = self.column(&read.entries[0]);
        let dashes = read.entries.iter().filter(|entry| matches!(entry, Entry::Dash(_))).count();
        for (at, entry) in read.entries.iter().enumerate() {
            let to = if at == 0 { first } else { self.open.last().map_or(0, |open| open.to) + 2 };
            self.open.push(Open { dash: matches!(entry, Entry::Dash(_)), from: entry.column(), to });
        }
        let last = self.open.last().expect("the line has an entry");
        self.literal = read.opens_text.then(|| last.from - 1);
        let from_first = first as isize + 1 - read.entries[0].column() as isize;
        let last_shift = last.to as isize + 1 - last.from as isize;
        self.release(from_first);
        self.shift = last_shift;
        let rest: String = line.chars().skip(read.content() - 1).collect();
        let moved = format!("{}{}{rest}", " ".repeat(first), "- ".repeat(dashes));
        self.moved.push(moved.trim_end().to_owned());
    }

    /// The new column, from 0, of the first entry of a line. What it does not stand in is closed.
    fn column(&mut self, entry: &Entry) -> usize {
        let (dash, column) = (matches!(entry, Entry::Dash(_)), entry.column());
        while let Some(open) = self.open.last() {
            if open.from > column || (open.from == column && open.dash && !dash) {
                self.open.pop();
            } else if open.from == column && open.dash == dash {
                return self.open.pop().map_or(0, |open| open.to);
            } else {
                return if dash && !open.dash { open.to } else { open.to + 2 };
            }
        }
        0
    }

    /// Lets comments go, as far to the right as the line that they stand above.
    fn release(&mut self, shift: isize) {
        self.moved.extend(self.waiting.drain(..).map(|line| shifted(&line, shift)));
    }
}

fn shifted(line: &str, shift: isize) -> String {
    let text = line.trim_start_matches(' ');
    if text.is_empty() {
        return String::new();
    }
    " ".repeat(indent(line).saturating_add_signed(shift)) + text
}

/// How many braces and brackets are open behind a text.
fn opened(before: usize, text: &str) -> usize {
    let (mut open, mut quote) = (before, None);
    if before == 0 && !text.starts_with(['{', '[']) {
        return 0;
    }
    for sign in text.chars() {
        match (sign, quote) {
            (sign, Some(close)) => quote = (sign != close).then_some(close),
            ('"' | '\'', None) => quote = Some(sign),
            ('{' | '[', None) => open += 1,
            ('}' | ']', None) => open = open.saturating_sub(1),
            _ => {}
        }
    }
    open
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_moved_and_nothing_is_lost() {
        let rows = [
            ("what is right stays", "a:\n  b: 1\n  c:\n  - d\n", "a:\n  b: 1\n  c:\n  - d\n"),
            (
                "levels take two blanks",
                "a:\n    b:\n        c: 1\n    d: 2\n",
                "a:\n  b:\n    c: 1\n  d: 2\n",
            ),
            (
                "dashes stand below their key",
                "a:\n    - b: 1\n      c: 2\n    - d\n",
                "a:\n- b: 1\n  c: 2\n- d\n",
            ),
            ("blanks behind a dash", "a:\n-   b: 1\n    c: 2\n", "a:\n- b: 1\n  c: 2\n"),
            ("lists in lists", "a:\n  - - b\n    - c\n", "a:\n- - b\n  - c\n"),
            ("an element below its dash", "a:\n  -\n    b: 1\n", "a:\n-\n  b: 1\n"),
            (
                "comments go with what follows",
                "a:\n    # one\n    b: 1 # two\n\n    # three\n    c: 2\n# four\n",
                "a:\n  # one\n  b: 1 # two\n\n  # three\n  c: 2\n# four\n",
            ),
            (
                "a literal text keeps its own margin",
                "a:\n    b: |\n        x: 1\n          y\n\n        z\n    c: 2\n",
                "a:\n  b: |\n      x: 1\n        y\n\n      z\n  c: 2\n",
            ),
            (
                "braces over lines",
                "a:\n    b: {\n        c: 1,\n        d: 2\n    }\n",
                "a:\n  b: {\n      c: 1,\n      d: 2\n  }\n",
            ),
            ("blanks at the end", "a: 1   \nb: 2\t\n", "a: 1\nb: 2\n"),
            ("several documents", "a:\n    b: 1\n---\nc:\n    d: 1\n", "a:\n  b: 1\n---\nc:\n  d: 1\n"),
            (
                "a document that cannot be read stays",
                "a:\n    b: 1\n   c: 2\n---\nc:\n    d: 1\n",
                "a:\n    b: 1\n   c: 2\n---\nc:\n  d: 1\n",
            ),
            ("JSON stays", "{\"a\": {\n      \"b\": 1}}\n", "{\"a\": {\n      \"b\": 1}}\n"),
            ("Windows line ends stay", "a:\r\n    b: 1\r\n", "a:\r\n  b: 1\r\n"),
            (
                "a text of two lines",
                "a:\n    b: one\n        two\n    c: 1\n",
                "a:\n  b: one\n      two\n  c: 1\n",
            ),
        ];
        let wrong = rows.iter().filter_map(|(row, text, want)| {
            let found = format(text);
            (found != *want).then(|| format!("{row}:\n{found}"))
        });
        let wrong: Vec<String> = wrong.collect();
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    #[test]
    fn what_is_formatted_stays_so() {
        for text in
            ["a:\n    - b:\n        c: 1\n      # x\n      d: |\n         t\n", "", "\n\n", "# only\n"]
        {
            let once = format(text);
            assert_eq!(format(&once), once);
        }
    }
}
