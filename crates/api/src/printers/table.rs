//! Rows to text, as kubectl aligns them (upstream: `cli-runtime/pkg/printers/tableprinter.go`).

use super::{columns, row, text};
use crate::{Kind, Object};
use orrery_apimachinery::Time;

/// Spaces behind the widest cell of a column.
const PADDING: usize = 3;
/// The least width of a column, padding included.
const MIN_WIDTH: usize = 6;

/// How a table is to look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// `-o wide`.
    pub wide: bool,
    /// What ages are counted to.
    pub now: Time,
    /// Whether the namespace comes first (`-A`); kinds without one do not show it.
    pub with_namespace: bool,
    /// Whether names start with their kind, such as `deployment.apps/web`.
    pub with_kind: bool,
    /// Whether all labels come last (`--show-labels`).
    pub show_labels: bool,
    /// Labels with a column of their own (`-L`).
    pub label_columns: Vec<String>,
    /// Whether the heads are left out.
    pub no_headers: bool,
}

/// The table of objects of one kind.
pub fn table(kind: Kind, objects: &[&Object], options: &Options) -> String {
    let mut lines = Vec::with_capacity(objects.len() + 1);
    if !options.no_headers {
        lines.push(heads(kind, options));
    }
    lines.extend(objects.iter().map(|object| cells(kind, object, options)));
    aligned(&lines)
}

fn heads(kind: Kind, options: &Options) -> Vec<String> {
    let mut heads: Vec<String> = columns(kind, options.wide).into_iter().map(String::from).collect();
    if options.with_namespace && kind.namespaced() {
        heads.insert(0, "NAMESPACE".into());
    }
    heads.extend(
        options.label_columns.iter().map(|l| l.rsplit('/').next().unwrap_or_default().to_uppercase()),
    );
    if options.show_labels {
        heads.push("LABELS".into());
    }
    heads
}

fn cells(kind: Kind, object: &Object, options: &Options) -> Vec<String> {
    let meta = object.metadata();
    let mut cells: Vec<String> =
        row(object, options.wide, options.now).iter().map(|cell| first_line(cell)).collect();
    if options.with_kind
        && let Some(name) = columns(kind, options.wide).iter().position(|c| *c == "NAME")
    {
        let group = if kind.group().is_empty() { String::new() } else { format!(".{}", kind.group()) };
        cells[name].insert_str(0, &format!("{}{group}/", kind.name().to_lowercase()));
    }
    if options.with_namespace && kind.namespaced() {
        cells.insert(0, meta.namespace.to_string());
    }
    cells.extend(
        options.label_columns.iter().map(|l| meta.labels.get(l).map_or_else(String::new, |v| v.to_string())),
    );
    if options.show_labels {
        cells.push(text::labels(&meta.labels));
    }
    cells
}

/// A cell is one line; what follows is left out.
fn first_line(cell: &str) -> String {
    match cell.find(['\u{c}', '\n', '\r']) {
        Some(end) => escaped(&cell[..end]) + "...",
        None => escaped(cell),
    }
}

/// A text that cannot command a terminal (upstream: `WriteEscaped`).
pub fn escaped(text: &str) -> String {
    text.replace('\u{1b}', "^[").replace('\r', "\\r")
}

/// Pads every cell but the last of each line to the width of its column.
fn aligned(lines: &[Vec<String>]) -> String {
    let count = lines.iter().map(Vec::len).max().unwrap_or_default();
    let width =
        |i: usize| lines.iter().filter_map(|l| l.get(i)).map(|c| c.chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..count).map(|i| MIN_WIDTH.max(width(i) + PADDING)).collect();
    let mut text = String::new();
    for line in lines {
        for (i, cell) in line.iter().enumerate() {
            text.push_str(cell);
            if i + 1 < line.len() {
                text.extend(std::iter::repeat_n(' ', widths[i] - cell.chars().count()));
            }
        }
        text.push('\n');
    }
    text
}
