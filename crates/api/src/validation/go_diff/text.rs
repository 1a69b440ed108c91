//! How the text is laid out: on one line where that is possible, else with keys and values in columns.

/// A line that says what is removed or put in is not longer than this.
const WIDTH: usize = 80;

/// Spaces that upstream writes so that nobody depends on them.
const SPACE: char = '\u{a0}';

/// A piece of text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Text {
    Line(String),
    Wrap(String, Box<Text>, String),
    List(Vec<Record>),
}

/// One line of a list, or several.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Record {
    /// `-`, `+` or a space.
    sign: char,
    key: String,
    value: Text,
    comma: bool,
    comment: Option<String>,
}

impl Record {
    pub(super) fn new(key: &str, value: Text) -> Record {
        Record { sign: ' ', key: key.into(), value, comma: true, comment: None }
    }

    /// The same, of one side only.
    pub(super) fn signed(self, sign: char) -> Record {
        Record { sign, ..self }
    }

    /// Three dots for what is not shown.
    pub(super) fn hidden(comment: Option<String>) -> Record {
        Record { comma: false, comment, ..Record::new("", Text::ellipsis()) }
    }
}

impl Text {
    pub(super) fn line(text: &str) -> Text {
        Text::Line(text.into())
    }

    pub(super) fn ellipsis() -> Text {
        Text::line("...")
    }

    pub(super) fn wrap(before: &str, text: Text, after: &str) -> Text {
        Text::Wrap(before.into(), Box::new(text), after.into())
    }

    pub(super) fn braces(records: Vec<Record>) -> Text {
        Text::wrap("{", Text::List(records), "}")
    }

    /// The whole text, with a line end.
    pub(super) fn print(self) -> String {
        let mut out = indent(' ', 0);
        self.compact(' ').expand(&mut out, ' ', 0);
        out + "\n"
    }

    /// Joins what fits on one line.
    fn compact(self, sign: char) -> Text {
        match self {
            Text::Line(_) => self,
            Text::Wrap(before, inner, after) => match inner.compact(sign) {
                Text::Line(text) => Text::Line(format!("{before}{text}{after}")),
                inner => Text::Wrap(before, Box::new(inner), after),
            },
            Text::List(records) => {
                let records: Vec<Record> = records
                    .into_iter()
                    .map(|r| Record {
                        value: r.value.compact(if r.sign == ' ' { sign } else { r.sign }),
                        ..r
                    })
                    .collect();
                match joined(&records) {
                    Some(text) if sign == ' ' || text.len() <= WIDTH => Text::Line(text),
                    _ => Text::List(records),
                }
            }
        }
    }

    fn expand(&self, out: &mut String, sign: char, depth: usize) {
        match self {
            Text::Line(text) => out.push_str(text),
            Text::Wrap(before, inner, after) => {
                out.push_str(before);
                inner.expand(out, sign, depth);
                out.push_str(after);
            }
            Text::List(records) => expand_list(records, out, sign, depth),
        }
    }
}

/// The records on one line, if they can stand there.
fn joined(records: &[Record]) -> Option<String> {
    let texts = records.iter().map(|record| match &record.value {
        Text::Line(text) if record.sign == ' ' && record.comment.is_none() => Some(match &*record.key {
            "" => text.clone(),
            key => format!("{key}: {text}"),
        }),
        _ => None,
    });
    Some(texts.collect::<Option<Vec<_>>>()?.join(", "))
}

fn indent(sign: char, depth: usize) -> String {
    let mark = if sign == ' ' { SPACE } else { sign };
    format!("{mark}{SPACE}{}", "\t".repeat(depth))
}

fn expand_list(records: &[Record], out: &mut String, sign: char, depth: usize) {
    let aligned = |record: &Record| !record.key.is_empty() && matches!(record.value, Text::Line(_));
    for group in records.chunk_by(|a, b| aligned(a) && aligned(b)) {
        let width = group.iter().map(|record| record.key.chars().count()).max().unwrap_or(0);
        for record in group {
            let own = if record.sign == ' ' { sign } else { record.sign };
            out.push('\n');
            out.push_str(&indent(own, depth + 1));
            if !record.key.is_empty() {
                let gap = if aligned(record) { width - record.key.chars().count() } else { 0 };
                out.push_str(&format!("{}: {}", record.key, " ".repeat(gap)));
            }
            record.value.expand(out, own, depth + 1);
            out.push_str(if record.comma { "," } else { "" });
            if let Some(comment) = &record.comment {
                out.push_str(&format!(" // {comment}"));
            }
        }
    }
    out.push('\n');
    out.push_str(&indent(sign, depth));
}
