//! What is told so far, and how it is told: lines out of trees.

use orrery_api::printers::selector;
use orrery_apimachinery::decode::decode;
use orrery_apimachinery::{LabelSelector, StrMap, Time, Value, gofmt};

/// Longer values of annotations are cut, and stand on lines of their own.
pub(super) const LONGEST: usize = 140;
/// The annotation of which nothing is told.
const APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// What is told so far. Columns are apart by tabs, levels by two blanks.
#[derive(Default)]
pub(crate) struct Story(pub(super) String);

impl Story {
    /// One line.
    pub(super) fn line(&mut self, level: usize, text: &str) {
        self.0.extend(std::iter::repeat_n("  ", level));
        self.0 += text;
        self.0.push('\n');
    }

    /// `name:` and what it is.
    pub(super) fn field(&mut self, level: usize, name: &str, value: &str) {
        self.line(level, &[name, ":\t", value].concat());
    }

    /// `name:` and what it is, a line each.
    pub(super) fn list(&mut self, level: usize, name: &str, values: &[String]) {
        match values.split_first() {
            None => self.field(level, name, "<none>"),
            Some((first, others)) => {
                self.field(level, name, first);
                others.iter().for_each(|value| self.line(0, &["\t", value].concat()));
            }
        }
    }

    pub(super) fn labels(&mut self, level: usize, name: &str, labels: &StrMap) {
        let pairs: Vec<String> = labels.iter().map(|(key, value)| [key, "=", value].concat()).collect();
        self.list(level, name, &pairs);
    }

    /// Annotations but for what `kubectl apply` keeps there.
    pub(super) fn annotations(&mut self, level: usize, name: &str, annotations: &StrMap) {
        let mut pairs = Vec::new();
        for (key, value) in annotations.iter() {
            if &**key != APPLIED {
                pairs.push(annotation(key, value));
            }
        }
        self.list(level, name, &pairs);
    }

    /// The lines of a template, with what `tree` has at the paths in braces:
    ///
    /// - `{spec.type}`: a value; a date if the field is named so, a map as pairs. `{spec.type?none}` says what stands
    ///   for nothing, `{#status.active}` that it is 0.
    /// - `{+metadata.labels}`: pairs, a line each; `{*metadata.annotations}`: annotations.
    /// - `{%spec.selector}`: a selector; `{,spec.hosts}`: a list with commas; `{^spec.suspend}`: `True` or `False`.
    ///
    /// A line that begins with `?` is told only if there is something at all its paths.
    pub(super) fn tell(&mut self, tree: &Value, template: &str) {
        for line in template.lines() {
            let (line, optional) = line.strip_prefix('?').map_or((line, false), |line| (line, true));
            // What stands between braces is every second part.
            let mut paths = line.split(['{', '}']).skip(1).step_by(2).filter(|path| !path.contains('?'));
            if !optional || paths.all(|path| !is_nothing(at(tree, path.trim_start_matches(SIGNS)))) {
                self.tell_line(tree, line);
            }
        }
    }

    fn tell_line(&mut self, tree: &Value, line: &str) {
        let mut rest = line;
        while let Some((before, behind)) = rest.split_once('{') {
            let (path, behind) = behind.split_once('}').unwrap_or((behind, ""));
            self.0 += before;
            match path.split_at(1) {
                ("+", path) => self.0 += &pairs(at(tree, path), "=").join("\n\t"),
                ("*", path) => self.0 += &annotations(at(tree, path)).join("\n\t"),
                ("%", path) => self.0 += &selected(at(tree, path)),
                (",", path) => self.0 += &joined(at(tree, path), ","),
                ("^", path) => self.0 += &capitalized(&value_at(tree, path)),
                ("#", path) => self.0 += &value_at(tree, &[path, "?0"].concat()),
                _ => self.0 += &value_at(tree, path),
            }
            rest = behind;
        }
        self.0 += rest;
        self.0.push('\n');
    }

    /// A table of two blanks more than its title: a row for each of the trees.
    pub(super) fn table(&mut self, heads: &str, rows: &Value, row: &str) {
        if list(rows).is_empty() {
            return;
        }
        self.0 += heads;
        self.0.push('\n');
        list(rows).iter().for_each(|tree| self.tell(tree, row));
    }
}

/// The signs that say how a value is told.
const SIGNS: [char; 6] = ['+', '*', '%', ',', '^', '#'];

/// What stands at a path of field names.
pub(super) fn at<'v>(tree: &'v Value, path: &str) -> &'v Value {
    path.split('.').filter(|field| !field.is_empty()).fold(tree, |tree, field| &tree[field])
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

fn value_at(tree: &Value, path: &str) -> String {
    let (path, nothing) = path.split_once('?').unwrap_or((path, ""));
    match at(tree, path) {
        Value::String(text) if path.ends_with("Time") || path.ends_with("Timestamp") => {
            date(Time::parse(text))
        }
        Value::Null if nothing.is_empty() && path.ends_with("Time") => date(None),
        Value::Null => nothing.into(),
        value => shown(value),
    }
}

/// A value as people read it; nothing for null.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Object(_) => pairs(value, "=").join(","),
        other => gofmt::value(other),
    }
}

/// The items of a list.
pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The items of a list, with something between them.
pub(super) fn joined(value: &Value, comma: &str) -> String {
    let items: Vec<String> = list(value).iter().map(shown).collect();
    items.join(comma)
}

/// The pairs of a map; `<none>` alone where there are none.
pub(super) fn pairs(map: &Value, sign: &str) -> Vec<String> {
    let entries = map.as_object().into_iter().flatten();
    none_if_empty(entries.map(|(key, value)| [key, sign, &shown(value)].concat()).collect())
}

/// The annotations of a map but for what `kubectl apply` keeps there; `<none>` alone where there are none.
pub(super) fn annotations(map: &Value) -> Vec<String> {
    let mut told = Vec::new();
    for (key, value) in map.as_object().into_iter().flatten() {
        if key != APPLIED {
            told.push(annotation(key, value.as_str().unwrap_or_default()));
        }
    }
    none_if_empty(told)
}

fn none_if_empty(mut told: Vec<String>) -> Vec<String> {
    if told.is_empty() {
        told.push("<none>".into());
    }
    told
}

/// A selector as the command line takes it.
pub(super) fn selected(tree: &Value) -> String {
    selector(Some(&decode::<LabelSelector>(tree).0))
}

fn capitalized(text: &str) -> String {
    match text {
        "true" => "True".into(),
        "false" => "False".into(),
        other => other.into(),
    }
}

fn annotation(key: &str, value: &str) -> String {
    let value = value.strip_suffix('\n').unwrap_or(value);
    if value.len() + key.len() + 2 <= LONGEST && !value.contains('\n') {
        return [key, ": ", value].concat();
    }
    let mut text = [key, ":"].concat();
    for line in value.split('\n') {
        text += "\n\t  ";
        text += &shorten(line, LONGEST - 2);
    }
    text
}

/// A text that is no longer than `most` bytes.
pub(super) fn shorten(text: &str, most: usize) -> String {
    let end = text.floor_char_boundary(most);
    [&text[..end], if end < text.len() { "..." } else { "" }].concat()
}

/// `Sat, 21 Nov 2026 11:13:45 +0000` (Go: `time.RFC1123Z`).
pub(super) fn date(time: Option<Time>) -> String {
    const DAYS: &str = "ThuFriSatSunMonTueWed";
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let third = |words: &'static str, place: i64| {
        let start = usize::try_from(place).unwrap_or(0) * 3;
        words.get(start..start + 3).unwrap_or_default()
    };
    // Go's zero date is the first day of the first year.
    let time = time.unwrap_or(Time::from_civil(1, 1, 1, 0, 0, 0));
    let (year, month, day, hour, minute, second) = time.civil();
    let weekday = third(DAYS, time.0.div_euclid(86_400).rem_euclid(7));
    let month = third(MONTHS, month - 1);
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} +0000")
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use serde_json::json;

    #[test]
    fn a_template_is_told_with_what_stands_at_its_paths() {
        let tree = json!({
            "metadata": {"labels": {"a": "1", "b": "2"}, "annotations": {}, "creationTimestamp": "2026-11-21T11:13:45Z"},
            "spec": {"hosts": ["x", "y"], "suspend": true, "selector": {"matchLabels": {"app": "web"}}, "type": ""},
            "rows": [{"type": "Ready", "status": "True"}, {"type": "Gone"}],
        });
        let mut story = Story::default();
        let template = "Labels:\t{+metadata.labels}\nAnnotations:\t{*metadata.annotations}
Since:\t{metadata.creationTimestamp}\nHosts:\t{,spec.hosts} ({spec.hosts})\nSuspend:\t{^spec.suspend}
Selector:\t{%spec.selector}\n?Left out:\t{spec.type}\nType:\t{spec.kind?<unset>}\nActive:\t{#status.active}";
        story.tell(&tree, template);
        story.table("Rows:\n  Type\tStatus", &tree["rows"], "  {type}\t{status}");
        expect![[r"
            Labels:	a=1
            	b=2
            Annotations:	<none>
            Since:	Sat, 21 Nov 2026 11:13:45 +0000
            Hosts:	x,y ([x y])
            Suspend:	True
            Selector:	app=web
            Type:	<unset>
            Active:	0
            Rows:
              Type	Status
              Ready	True
              Gone	
        "]]
        .assert_eq(&story.0);
    }
}
