//! Cuts a text into documents, at lines of `---`, as upstream's `YAMLReader` (`apimachinery/pkg/util/yaml`).

use crate::{Diagnostic, Range};

/// The text of one document.
pub(crate) struct Chunk<'t> {
    pub(crate) text: &'t str,
    /// How many lines of the whole text are before it.
    pub(crate) lines_before: u32,
}

/// The documents of `text`. A separator that says more than `---` is reported and separates nevertheless.
pub(crate) fn chunks<'t>(text: &'t str, diagnostics: &mut Vec<Diagnostic>) -> Vec<Chunk<'t>> {
    let mut chunks = Vec::new();
    let (mut start, mut lines_before, mut end) = (0, 0, 0);
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let line_start = end;
        end += line.len();
        let Some(rest) = line.strip_prefix("---") else { continue };
        let rest = rest.trim();
        let odd = !rest.is_empty() && !rest.starts_with('#');
        if odd {
            diagnostics.push(bad_separator(number, line, rest));
        }
        // Only a separator at the very start of a document belongs to it, and is counted as its first line.
        if start < line_start || odd {
            chunks.push(Chunk { text: &text[start..line_start], lines_before });
            (start, lines_before) = (end, number);
        }
    }
    chunks.push(Chunk { text: &text[start..], lines_before });
    chunks
}

fn bad_separator(number: u32, line: &str, rest: &str) -> Diagnostic {
    let width = line.trim_end().chars().count() as u32;
    let range = Range { line: number, column: 1, end_line: number, end_column: width + 1 };
    Diagnostic::error(range, format!("invalid Yaml document separator: {rest}"))
        .with_hint("`---` stands alone on its line; put what follows on the next line")
}
