//! What differs between two structs, as `cmp.Diff` of Go prints it into a message
//! (upstream: `github.com/google/go-cmp/cmp/report_*.go`).

mod model;
mod text;

use model::{Go, Node, go_value};
use orrery_apimachinery::Value;
use text::{Record, Text};

/// How many equal records stand around those that differ.
const CONTEXT: usize = 2;

/// What is shown of a pair.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Both,
    Identical,
    Removed,
    Inserted,
}

impl Mode {
    /// The verbosity with which a pair is shown.
    fn verbosity(self) -> u32 {
        if self == Mode::Identical { 1 } else { 3 }
    }
}

/// When the name of a type stands before its value.
#[derive(Clone, Copy, PartialEq)]
enum Types {
    Always,
    Never,
    /// Before structs, lists and maps, unless they are the same on both sides.
    Auto,
}

/// The difference of two structs of the type called `ty`, which the package `core` has.
pub(crate) fn diff(ty: &str, old: &Value, new: &Value) -> String {
    let (old, new) = (go_value(ty, Some(old)), go_value(ty, Some(new)));
    shown(&Node::compare(Some(&old), Some(&new)), Mode::Both, Types::Always).print()
}

/// One pair, with whatever is in it.
fn shown(node: &Node<'_>, mode: Mode, types: Types) -> Text {
    if node.depth == 0 {
        let (value, verbosity) = (node.side(mode), mode.verbosity());
        return value.map_or_else(Text::ellipsis, |value| formatted(value, mode, types, verbosity));
    }
    let Some(value) = node.new.or(node.old) else { return Text::ellipsis() };
    match value {
        Go::Ptr(_) => {
            let inner =
                node.records.first().map_or_else(Text::ellipsis, |(_, node)| shown(node, mode, types));
            Text::wrap("&", inner, "")
        }
        _ => with_type(value, Text::braces(records(node, value, mode)), mode, types),
    }
}

fn with_type(value: &Go, text: Text, mode: Mode, types: Types) -> Text {
    let named = match types {
        Types::Always => true,
        Types::Never => false,
        Types::Auto => mode != Mode::Identical,
    };
    match value.type_name().filter(|_| named) {
        Some(name) => Text::wrap(name, text, ""),
        None => text,
    }
}

/// What is inside of a pair, record by record.
fn records(node: &Node<'_>, value: &Go, mode: Mode) -> Vec<Record> {
    let types = if matches!(value, Go::Struct { .. }) { Types::Auto } else { Types::Never };
    if mode != Mode::Both {
        let most = if mode == Mode::Identical { 4 } else { 16 };
        let wanted = node.records.iter().filter(|(_, inner)| {
            !matches!(value, Go::Struct { .. }) || inner.side(mode).is_some_and(|value| !value.is_zero())
        });
        return cut(wanted.map(|(key, inner)| Record::new(key, shown(inner, mode, types))).collect(), most);
    }
    let what = match value {
        Go::Struct { .. } => "field",
        Go::Map { .. } => "entry",
        _ => "element",
    };
    let groups: Vec<_> =
        node.records.chunk_by(|(_, a), (_, b)| (a.differing == 0) == (b.differing == 0)).collect();
    let mut list = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        if group[0].1.differing == 0 {
            equal_records(&mut list, group, (index > 0, index + 1 < groups.len()), what, types);
        } else {
            group.iter().for_each(|(key, inner)| differing_record(&mut list, key, inner, types));
        }
    }
    list
}

/// Of equal records only those next to differing ones are shown.
fn equal_records(
    list: &mut Vec<Record>,
    group: &[(String, Node<'_>)],
    (after, before): (bool, bool),
    what: &str,
    types: Types,
) {
    let low = if after { CONTEXT.min(group.len()) } else { 0 };
    let mut high = if before { CONTEXT.min(group.len() - low) } else { 0 };
    if group.len() - low - high == 1 {
        high += 1;
    }
    let hidden = group.len() - low - high;
    let show = |(key, inner): &(String, Node<'_>)| Record::new(key, shown(inner, Mode::Identical, types));
    list.extend(group[..low].iter().map(show));
    if hidden > 0 {
        list.push(Record::hidden(Some(counted(hidden, what))));
    }
    list.extend(group[group.len() - high..].iter().map(show));
}

fn counted(count: usize, what: &str) -> String {
    match (count, what) {
        (1, what) => format!("1 identical {what}"),
        (count, "entry") => format!("{count} identical entries"),
        (count, what) => format!("{count} identical {what}s"),
    }
}

/// A record is shown in both states, unless it is large enough to look for the difference inside of it.
fn differing_record(list: &mut Vec<Record>, key: &str, node: &Node<'_>, types: Types) {
    if node.descendants != node.depth {
        list.push(Record::new(key, shown(node, Mode::Both, types)));
        return;
    }
    for (mode, sign, side) in [(Mode::Removed, '-', node.old), (Mode::Inserted, '+', node.new)] {
        if side.is_some() {
            list.push(Record::new(key, shown(node, mode, types)).signed(sign));
        }
    }
}

fn cut(mut list: Vec<Record>, most: usize) -> Vec<Record> {
    if list.len() > most {
        list.truncate(most);
        list.push(Record::hidden(None));
    }
    list
}

/// A value alone; the deeper it lies, the less of it is shown.
fn formatted(value: &Go, mode: Mode, types: Types, verbosity: u32) -> Text {
    let most = ((1usize << verbosity) >> 1) << 2;
    let deeper = verbosity.saturating_sub(1);
    let list = match value {
        Go::Nil => return Text::line("nil"),
        Go::Plain(text) => return Text::line(text),
        Go::Text { prefix, text } => return Text::line(&quoted(prefix, text, 32 << verbosity)),
        Go::Ptr(target) => return Text::wrap("&", formatted(target, mode, types, verbosity), ""),
        Go::Struct { fields, .. } => {
            let set = fields.iter().filter(|(_, field)| !field.is_zero());
            set.map(|(name, field)| Record::new(name, formatted(field, mode, Types::Auto, deeper))).collect()
        }
        Go::List { items, .. } => {
            items.iter().map(|item| Record::new("", formatted(item, mode, Types::Never, deeper))).collect()
        }
        Go::Map { entries, .. } => entries
            .iter()
            .map(|(key, entry)| Record::new(key, formatted(entry, mode, Types::Never, deeper)))
            .collect(),
    };
    with_type(value, Text::braces(cut(list, most)), mode, types)
}

/// A text in quotes, or in backquotes where that saves escapes; what is too long is cut.
fn quoted(prefix: &str, text: &str, most: usize) -> String {
    let (text, rest) = match text.get(..most).filter(|_| text.len() > most + 3) {
        Some(start) => (start, "..."),
        None => (text, ""),
    };
    let quoted = super::shown::quoted(text);
    let plain = !text.contains(['`', '\n']) && !text.chars().any(|c| c.is_control() && c != '\t');
    if quoted.len() > text.len() + 2 && plain {
        return format!("{prefix}`{text}`{rest}");
    }
    format!("{prefix}{quoted}{rest}")
}

#[cfg(test)]
mod tests;
