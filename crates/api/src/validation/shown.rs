//! How Go shows a value in a message.

use orrery_apimachinery::{IntOrString, LabelSelector, LabelSelectorRequirement, Quantity, Str, StrMap};

/// A value that a message can show.
pub(crate) trait Shown {
    /// The value in Go's words.
    fn shown(&self) -> String;
}

/// A text in double quotes, as Go's `%q`.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_ascii_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Words that are shown as they are.
pub(crate) struct Bare<'a>(pub(crate) &'a str);

impl Shown for Bare<'_> {
    fn shown(&self) -> String {
        self.0.into()
    }
}

impl Shown for str {
    fn shown(&self) -> String {
        quoted(self)
    }
}

impl Shown for Str {
    fn shown(&self) -> String {
        quoted(self)
    }
}

impl<T: Shown> Shown for Option<T> {
    fn shown(&self) -> String {
        self.as_ref().map_or_else(|| "null".into(), Shown::shown)
    }
}

impl Shown for bool {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Shown for i32 {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Shown for i64 {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Shown for Quantity {
    fn shown(&self) -> String {
        quoted(&self.to_string())
    }
}

impl Shown for IntOrString {
    fn shown(&self) -> String {
        let (kind, int, text) = match self {
            IntOrString::Int(n) => (0, *n, ""),
            IntOrString::String(s) => (1, 0, &**s),
        };
        format!("intstr.IntOrString{{Type:{kind}, IntVal:{int}, StrVal:{}}}", quoted(text))
    }
}

impl Shown for StrMap {
    fn shown(&self) -> String {
        if self.is_empty() {
            return "map[string]string(nil)".into();
        }
        let pairs: Vec<_> = self.iter().map(|(k, v)| format!("{}:{}", quoted(k), quoted(v))).collect();
        format!("map[string]string{{{}}}", pairs.join(", "))
    }
}

impl Shown for LabelSelector {
    fn shown(&self) -> String {
        let expressions = list("v1.LabelSelectorRequirement", self.match_expressions.iter().map(requirement));
        format!(
            "v1.LabelSelector{{MatchLabels:{}, MatchExpressions:{expressions}}}",
            self.match_labels.shown()
        )
    }
}

fn requirement(r: &LabelSelectorRequirement) -> String {
    let values = list("string", r.values.iter().map(|v| quoted(v)));
    format!(
        "v1.LabelSelectorRequirement{{Key:{}, Operator:{}, Values:{values}}}",
        quoted(&r.key),
        quoted(&r.operator)
    )
}

/// Whoever gives a list that may not be empty gives it as `[]`, which is not nil.
impl Shown for Vec<i32> {
    fn shown(&self) -> String {
        let numbers: Vec<_> = self.iter().map(i32::to_string).collect();
        format!("[]int32{{{}}}", numbers.join(", "))
    }
}

/// A list of texts of type `ty`.
pub(crate) fn strings(ty: &str, items: &[Str]) -> String {
    list(ty, items.iter().map(|item| quoted(item)))
}

/// A pointer to a `ty`. Go prints where it points to, which is different every time; here it is not.
pub(crate) fn pointer(ty: &str, is_set: bool) -> String {
    format!("(*{ty})({})", if is_set { "0xc000000000" } else { "nil" })
}

/// A list in Go's words; an empty one is nil.
fn list(ty: &str, items: impl Iterator<Item = String>) -> String {
    let items: Vec<_> = items.collect();
    if items.is_empty() { format!("[]{ty}(nil)") } else { format!("[]{ty}{{{}}}", items.join(", ")) }
}
