//! Kinds that nothing special is known of: all their fields (upstream: `genericDescriber`).

use super::Story;
use super::story::shown;
use orrery_apimachinery::Value;

/// Fields that were told already.
const TOLD: [&str; 5] = [
    ".metadata.managedFields",
    ".metadata.name",
    ".metadata.namespace",
    ".metadata.labels",
    ".metadata.annotations",
];

/// Words that are written in capitals.
const ACRONYMS: [&str; 5] = ["API", "URL", "UID", "OSB", "GUID"];

pub(super) fn describe(story: &mut Story, tree: &Value) {
    story.tell(
        tree,
        "Name:\t{metadata.name}\nNamespace:\t{metadata.namespace}\nLabels:\t{+metadata.labels}
Annotations:\t{*metadata.annotations}",
    );
    fields(story, 0, tree, "");
}

fn fields(story: &mut Story, level: usize, tree: &Value, path: &str) {
    for (field, value) in tree.as_object().into_iter().flatten() {
        let path = [path, ".", field].concat();
        if TOLD.contains(&&*path) {
            continue;
        }
        let label = label(field);
        match value {
            Value::Object(_) => {
                story.line(level, &[&label, ":"].concat());
                fields(story, level + 1, value, &path);
            }
            Value::Array(items) => {
                story.line(level, &[&label, ":"].concat());
                for item in items {
                    match item {
                        Value::Object(_) => fields(story, level + 1, item, &path),
                        other => story.line(level + 1, &shown(other)),
                    }
                }
            }
            Value::Null => story.field(level, &label, "<nil>"),
            other => story.field(level, &label, &shown(other)),
        }
    }
}

/// `creationTimestamp` as `Creation Timestamp` (upstream: `smartLabelFor`).
fn label(field: &str) -> String {
    if field.chars().any(|c| !c.is_alphabetic() && c != '-') {
        return field.into();
    }
    let mut words: Vec<String> = Vec::new();
    for word in split(field) {
        let upper = word.to_uppercase();
        words.push(match ACRONYMS.contains(&&*upper) {
            true => upper,
            false => {
                let first = word.chars().next().map_or(0, char::len_utf8);
                [&word[..first].to_uppercase(), &word[first..]].concat()
            }
        });
    }
    words.join(" ")
}

/// The words of a name in camel case; of several capitals in a row the last begins the next word
/// (upstream: `fatih/camelcase`).
fn split(field: &str) -> Vec<&str> {
    let class = |c: char| (c.is_lowercase(), c.is_uppercase());
    let signs: Vec<(usize, char)> = field.char_indices().collect();
    let mut starts = vec![0];
    for pair in signs.windows(2) {
        let [(at, a), (next, b)] = [pair[0], pair[1]];
        match (class(a), class(b)) {
            ((_, true), (true, _)) if at == 0 || starts.last() == Some(&at) => {}
            ((_, true), (true, _)) => starts.push(at),
            (before, behind) if before != behind => starts.push(next),
            _ => {}
        }
    }
    starts.push(field.len());
    starts.windows(2).map(|range| &field[range[0]..range[1]]).collect()
}
