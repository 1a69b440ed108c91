//! Where the values of a document are.

use std::collections::BTreeMap;
use std::rc::Rc;

/// A stretch of text. Lines and columns are counted from 1, columns in characters; the end is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first line.
    pub line: u32,
    /// The column of the first character.
    pub column: u32,
    /// The last line.
    pub end_line: u32,
    /// The column behind the last character.
    pub end_column: u32,
}

impl Default for Range {
    /// The very start of a text.
    fn default() -> Self {
        Range { line: 1, column: 1, end_line: 1, end_column: 1 }
    }
}

impl Range {
    /// From the start of this one to the end of `last`.
    pub(crate) fn to_end_of(self, last: Range) -> Range {
        Range { end_line: last.end_line, end_column: last.end_column, ..self }
    }
}

/// The place of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its key; `None` for the elements of lists and for the document itself.
    pub key: Option<Range>,
    /// Its value.
    pub value: Range,
}

/// The places of a value and of all that is in it. Aliases share the places of their anchor.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) value: Range,
    pub(crate) children: Children,
}

/// What is in a value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Children {
    /// Nothing.
    None,
    /// The elements of a list.
    List(Vec<Rc<Node>>),
    /// The entries of a map.
    Map(BTreeMap<String, Entry>),
}

/// An entry of a map.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: Range,
    pub(crate) node: Rc<Node>,
    /// Whether it came from a `<<` merge.
    pub(crate) merged: bool,
}

/// The places of all values of a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Positions {
    pub(crate) root: Rc<Node>,
}

impl Positions {
    /// The place of a field given by its path, such as `spec.containers[0].image`, or that of the nearest
    /// parent that exists. Keys may hold dots: the longest key that fits is taken.
    pub fn of(&self, path: &str) -> Span {
        let mut span = Span { key: None, value: self.root.value };
        let (mut node, mut rest) = (&self.root, path);
        while let Some((key, child, left)) = step(node, rest) {
            span = Span { key, value: child.value };
            (node, rest) = (child, left);
        }
        span
    }

    /// The places within the value at `path`, for a document of its own.
    pub(crate) fn element(&self, key: &str, index: usize) -> Option<Positions> {
        let Children::Map(entries) = &self.root.children else { return None };
        let Children::List(items) = &entries.get(key)?.node.children else { return None };
        Some(Positions { root: items.get(index)?.clone() })
    }
}

/// The child that `path` starts with, and what is left of the path.
fn step<'n, 'p>(node: &'n Node, path: &'p str) -> Option<(Option<Range>, &'n Rc<Node>, &'p str)> {
    match &node.children {
        Children::None => None,
        Children::List(items) => {
            let (index, left) = path.strip_prefix('[')?.split_once(']')?;
            Some((None, items.get(index.parse::<usize>().ok()?)?, left))
        }
        Children::Map(entries) => {
            let (entry, left) = match path.strip_prefix('[') {
                Some(inner) => bracketed(entries, inner)?,
                None => dotted(entries, path.strip_prefix('.').unwrap_or(path))?,
            };
            Some((Some(entry.key), &entry.node, left))
        }
    }
}

/// `[app.kubernetes.io/name]`, as upstream's validation writes keys of maps.
fn bracketed<'n, 'p>(entries: &'n BTreeMap<String, Entry>, inner: &'p str) -> Option<(&'n Entry, &'p str)> {
    let (key, left) = inner.split_once(']')?;
    Some((entries.get(key)?, left))
}

fn dotted<'n, 'p>(entries: &'n BTreeMap<String, Entry>, path: &'p str) -> Option<(&'n Entry, &'p str)> {
    let ends = path.char_indices().filter(|(_, c)| matches!(c, '.' | '[')).map(|(i, _)| i);
    let ends: Vec<usize> = ends.chain([path.len()]).collect();
    ends.iter().rev().find_map(|&end| Some((entries.get(&path[..end])?, &path[end..])))
}
