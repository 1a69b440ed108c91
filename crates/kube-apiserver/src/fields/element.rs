//! One step of the path to a field.

use orrery_apimachinery::Value;
use serde_json::Map;
use std::cmp::Ordering;
use std::fmt;
use std::rc::Rc;

/// One step, as FieldsV1 writes it: `f:image`, `k:{"name":"web"}`, `v:"example.com/hold"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Element(Rc<str>);

impl Element {
    /// A field of a struct, or an entry of a map.
    pub(crate) fn field(name: &str) -> Self {
        Element(format!("f:{name}").into())
    }

    /// The item of a list in which the fields have these values.
    pub(super) fn key(values: Map<String, Value>) -> Self {
        Element(format!("k:{}", Value::Object(values)).into())
    }

    /// The item of a set.
    pub(super) fn value(value: &Value) -> Self {
        Element(format!("v:{value}").into())
    }

    /// Reads a step; steps of other kinds are nothing.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once(':')?;
        match (kind, serde_json::from_str(rest)) {
            ("f", _) => Some(Element(text.into())),
            ("k", Ok(Value::Object(values))) => Some(Element::key(values)),
            ("v", Ok(value)) => Some(Element::value(&value)),
            _ => None,
        }
    }

    /// The step as FieldsV1 writes it.
    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// The name of the field, if it is one.
    pub(super) fn name(&self) -> Option<&str> {
        self.0.strip_prefix("f:")
    }

    fn content(&self) -> Value {
        serde_json::from_str(self.0.get(2..).unwrap_or_default()).unwrap_or_default()
    }
}

/// Fields come first, by name, then items by their values: numbers as numbers.
impl Ord for Element {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.name(), other.name()) {
            (Some(a), Some(b)) => a.cmp(b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => by_value(&self.content(), &other.content()).then_with(|| self.0.cmp(&other.0)),
        }
    }
}

impl PartialOrd for Element {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn by_value(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let pairs = a.iter().zip(b).map(|((x, v), (y, w))| x.cmp(y).then_with(|| by_value(v, w)));
            pairs.fold(Ordering::Equal, Ordering::then)
        }
        (Value::Number(a), Value::Number(b)) => a.as_i64().cmp(&b.as_i64()),
        _ => Ordering::Equal,
    }
}

/// As upstream's messages write it: `.image`, `[name="web"]`, `[="example.com/hold"]`.
impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.name(), self.content()) {
            (Some(name), _) => write!(f, ".{name}"),
            (None, Value::Object(values)) => {
                let pairs: Vec<String> = values.iter().map(|(name, v)| format!("{name}={v}")).collect();
                write!(f, "[{}]", pairs.join(","))
            }
            (None, value) => write!(f, "[={value}]"),
        }
    }
}
