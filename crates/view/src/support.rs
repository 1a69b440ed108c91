//! Which fields of what a person wrote are accepted and not simulated. `support.txt` is made of
//! `crates/api/support.yaml` by the tests that hold both true.

use orrery_apimachinery::Value;
use orrery_manifest::{Located, Range};
use std::collections::BTreeMap;

const TEXT: &str = include_str!("support.txt");

/// A field that is kept and printed, and that nothing happens because of.
#[derive(Clone, Debug, PartialEq)]
pub struct NotSimulated {
    /// Where in the object, such as `spec.dnsPolicy`.
    pub path: String,
    /// Where in the text.
    pub range: Range,
}

/// What is known of the fields of a type.
type Fields = BTreeMap<&'static str, Next>;

#[derive(Clone, Copy)]
enum Next {
    Accepted,
    Type(&'static str),
}

/// By type: the fields that are not simulated, and those that lead to such.
pub struct Support(BTreeMap<&'static str, Fields>);

impl Default for Support {
    fn default() -> Self {
        let field = |word: &'static str| match word.split_once('>') {
            Some((name, ty)) => (name, Next::Type(ty)),
            None => (&word[1..], Next::Accepted),
        };
        let line = |line: &'static str| {
            let (ty, fields) = line.split_once(' ')?;
            Some((ty, fields.split(' ').map(field).collect()))
        };
        Support(TEXT.lines().filter_map(line).collect())
    }
}

impl Support {
    /// The fields of the object that are not simulated; of fields within each other the outermost.
    pub fn not_simulated(&self, located: &Located) -> Vec<NotSimulated> {
        let kind = located.object.kind();
        let qualified = format!("{}.{}", kind.api_version(), kind.name());
        let ty = if self.0.contains_key(&*qualified) { &qualified } else { kind.name() };
        let mut paths = Vec::new();
        self.walk(ty, &located.document.value, String::new(), &mut paths);
        let range = |path: &String| {
            let span = located.document.positions.of(path);
            span.key.unwrap_or(span.value)
        };
        paths.into_iter().map(|path| NotSimulated { range: range(&path), path }).collect()
    }

    fn walk(&self, ty: &str, value: &Value, path: String, paths: &mut Vec<String>) {
        if let Value::Array(items) = value {
            let items = items.iter().enumerate();
            return items.for_each(|(i, item)| self.walk(ty, item, format!("{path}[{i}]"), paths));
        }
        let (Some(fields), Value::Object(entries)) = (self.0.get(ty), value) else { return };
        for (name, value) in entries.iter().filter(|(_, value)| says_something(value)) {
            let dot = if path.is_empty() { "" } else { "." };
            let path = format!("{path}{dot}{name}");
            match fields.get(name.as_str()) {
                Some(Next::Accepted) => paths.push(path),
                Some(Next::Type(ty)) => self.walk(ty, value, path, paths),
                None => {}
            }
        }
    }
}

/// Whether the field would be missed: `securityContext: {}` would not.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(entries) => !entries.is_empty(),
        Value::Bool(true) | Value::Number(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_that_nothing_happens_because_of_are_named_with_their_lines() {
        let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  hostPID: true\n  securityContext: {}\n  containers:\n  - name: a\n    image: b\n    tty: true\n    stdin: false\n    securityContext:\n      privileged: true\n";
        let read = orrery_manifest::objects(text);
        assert_eq!(read.diagnostics, []);
        let support = Support::default();
        let found = read.objects.iter().flat_map(|located| support.not_simulated(located));
        let found: Vec<(u32, String)> = found.map(|field| (field.range.line, field.path)).collect();
        let expected = [
            (13, "spec.containers[0].securityContext.privileged"),
            (10, "spec.containers[0].tty"),
            (5, "spec.hostPID"),
        ];
        assert_eq!(found, expected.map(|(line, path)| (line, path.to_owned())));
    }
}
