//! Values as Go has them, and how two of them compare.

use crate::validation::go_syntax::{fields, qualified};
use orrery_apimachinery::Order;
use orrery_apimachinery::{Quantity, Value};

/// A value of Go.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Go {
    /// A pointer, a list or a map that is not there.
    Nil,
    /// A number or a truth value.
    Plain(String),
    /// A text; with an `s` before it when its type knows how to print itself.
    Text {
        prefix: &'static str,
        text: String,
    },
    /// A struct; a closed one is compared as a whole.
    Struct {
        ty: String,
        fields: Vec<(String, Go)>,
        closed: bool,
    },
    List {
        ty: String,
        items: Vec<Go>,
    },
    Map {
        ty: String,
        entries: Vec<(String, Go)>,
    },
    Ptr(Box<Go>),
}

impl Go {
    /// Whether the value is what Go gives a variable that nobody set.
    pub(super) fn is_zero(&self) -> bool {
        match self {
            Go::Nil => true,
            Go::Plain(text) => matches!(text.as_str(), "0" | "false"),
            Go::Text { text, .. } => text.is_empty(),
            Go::Struct { fields, .. } => fields.iter().all(|(_, field)| field.is_zero()),
            _ => false,
        }
    }

    /// The type's name, where messages may show it.
    pub(super) fn type_name(&self) -> Option<&str> {
        match self {
            Go::Struct { ty, .. } | Go::List { ty, .. } | Go::Map { ty, .. } => Some(ty),
            _ => None,
        }
    }
}

/// What Go has for a value of JSON in a variable of type `ty`.
pub(super) fn go_value(ty: &str, value: Option<&Value>) -> Go {
    let value = value.filter(|value| !value.is_null());
    if let Some(target) = ty.strip_prefix('*') {
        return value.map_or(Go::Nil, |value| Go::Ptr(Box::new(go_value(target, Some(value)))));
    }
    if let Some(element) = ty.strip_prefix("[]") {
        let items = value.and_then(Value::as_array).filter(|items| !items.is_empty());
        let list = |items: &Vec<Value>| Go::List {
            ty: format!("[]{}", qualified("core", element)),
            items: items.iter().map(|item| go_value(element, Some(item))).collect(),
        };
        return items.map_or(Go::Nil, list);
    }
    if let Some(names) = fields(ty) {
        let member = |key: &Option<String>| match key {
            Some(key) => value.and_then(|value| value.get(key)),
            None => value,
        };
        let fields = crate::template_hash::layout::parse(names);
        let fields = fields.map(|field| (field.name.to_string(), go_value(field.ty, member(&field.key))));
        return Go::Struct { ty: qualified("core", ty), fields: fields.collect(), closed: false };
    }
    scalar_or_map(ty, value)
}

fn scalar_or_map(ty: &str, value: Option<&Value>) -> Go {
    let text = value.and_then(Value::as_str).unwrap_or_default();
    let entries = value.and_then(Value::as_object).filter(|entries| !entries.is_empty());
    let map = |prefix: &'static str, element: &str| {
        entries.map_or(Go::Nil, |entries| Go::Map {
            ty: qualified("core", ty),
            entries: entries
                .iter()
                .map(|(key, value)| {
                    (super::quoted(prefix, key, usize::MAX - 3), go_value(element, Some(value)))
                })
                .collect(),
        })
    };
    match ty {
        "map[string]string" => map("", "string"),
        "ResourceList" => map("s", "resource.Quantity"),
        "resource.Quantity" => quantity(text),
        "intstr.IntOrString" => int_or_string(value),
        "bool" => Go::Plain((value == Some(&Value::Bool(true))).to_string()),
        "int32" | "int64" => Go::Plain(value.map_or_else(|| "0".into(), ToString::to_string)),
        _ => Go::Text { prefix: "", text: text.into() },
    }
}

fn int_or_string(value: Option<&Value>) -> Go {
    let text = value.and_then(Value::as_str);
    let number = value.filter(|value| value.is_number()).map_or_else(|| "0".into(), ToString::to_string);
    let fields = vec![
        ("Type".into(), Go::Plain(i32::from(text.is_some()).to_string())),
        ("IntVal".into(), Go::Plain(number)),
        ("StrVal".into(), Go::Text { prefix: "", text: text.unwrap_or_default().into() }),
    ];
    Go::Struct { ty: "intstr.IntOrString".into(), fields, closed: false }
}

/// A quantity with its insides: the amount, the text when it was written in canonical form, and the format.
fn quantity(text: &str) -> Go {
    let canonical = Quantity::parse(text).unwrap_or_default().to_string();
    let digits = canonical.find(|c: char| c != '-' && !c.is_ascii_digit()).unwrap_or(canonical.len());
    let (number, suffix) = canonical.split_at(digits);
    let bits =
        ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].iter().position(|s| *s == suffix).map(|i| (i as u32 + 1) * 10);
    let power = match suffix.strip_prefix('e') {
        Some(power) => power.parse().unwrap_or(0),
        None => "num"
            .find(suffix)
            .map_or_else(|| "kMGTPE".find(suffix).map_or(0, |i| (i as i32 + 1) * 3), |i| [-9, -6, -3][i]),
    };
    let power = if suffix.is_empty() { 0 } else { power };
    let value: i64 = number.parse().unwrap_or(0);
    let (value, scale, format, kept) = match bits {
        Some(bits) => (value << bits, 0, "BinarySI", value & 7 != 0),
        None if suffix.starts_with('e') => (value, power, "DecimalExponent", !number.ends_with("000")),
        None => (value, power, "DecimalSI", !number.ends_with("000")),
    };
    let plain = |number: String| Go::Plain(number);
    let amount = vec![("value".into(), plain(value.to_string())), ("scale".into(), plain(scale.to_string()))];
    let kept = if kept { canonical.clone() } else { String::new() };
    let fields = vec![
        ("i".into(), Go::Struct { ty: "resource.int64Amount".into(), fields: amount, closed: true }),
        ("s".into(), Go::Text { prefix: "", text: kept }),
        ("Format".into(), Go::Text { prefix: "", text: format.into() }),
    ];
    Go::Struct { ty: "resource.Quantity".into(), fields, closed: true }
}

/// Two values, and how they differ.
pub(super) struct Node<'g> {
    pub(super) old: Option<&'g Go>,
    pub(super) new: Option<&'g Go>,
    /// How many leaves differ.
    pub(super) differing: usize,
    /// How many nodes lie below.
    pub(super) descendants: usize,
    /// How many levels.
    pub(super) depth: usize,
    pub(super) records: Vec<(String, Node<'g>)>,
}

impl<'g> Node<'g> {
    pub(super) fn compare(old: Option<&'g Go>, new: Option<&'g Go>) -> Node<'g> {
        let records: Vec<(String, Node<'g>)> = match (old, new) {
            (Some(Go::Ptr(a)), Some(Go::Ptr(b))) => vec![(String::new(), Node::compare(Some(a), Some(b)))],
            (Some(Go::Struct { fields: a, closed: false, .. }), Some(Go::Struct { fields: b, .. })) => {
                let pairs = a.iter().zip(b);
                pairs.map(|((name, a), (_, b))| (name.clone(), Node::compare(Some(a), Some(b)))).collect()
            }
            (Some(Go::List { items: a, .. }), Some(Go::List { items: b, .. })) => items(a, b),
            (Some(Go::Map { entries: a, .. }), Some(Go::Map { entries: b, .. })) => entries(a, b),
            _ => Vec::new(),
        };
        let leaf = records.is_empty();
        let sum = |count: fn(&Node<'g>) -> usize| records.iter().map(|(_, node)| count(node)).sum::<usize>();
        Node {
            old,
            new,
            differing: if leaf { usize::from(old != new) } else { sum(|node| node.differing) },
            descendants: sum(|node| node.descendants + 1),
            depth: records.iter().map(|(_, node)| node.depth + 1).max().unwrap_or(0),
            records,
        }
    }

    /// The value that a mode shows.
    pub(super) fn side(&self, mode: super::Mode) -> Option<&'g Go> {
        match mode {
            super::Mode::Removed => self.old,
            super::Mode::Inserted => self.new,
            _ => self.old.or(self.new),
        }
    }
}

/// Items of equal lists of one length face each other; else those in the middle were taken out and put in.
fn items<'g>(a: &'g [Go], b: &'g [Go]) -> Vec<(String, Node<'g>)> {
    let pair = |(a, b): (&'g Go, &'g Go)| (String::new(), Node::compare(Some(a), Some(b)));
    if a.len() == b.len() {
        return a.iter().zip(b).map(pair).collect();
    }
    let head = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (removed, inserted) = (&a[head..a.len() - tail], &b[head..b.len() - tail]);
    let mut records: Vec<_> = a[..head].iter().zip(b).map(pair).collect();
    records.extend(removed.iter().map(|item| (String::new(), Node::compare(Some(item), None))));
    records.extend(inserted.iter().map(|item| (String::new(), Node::compare(None, Some(item)))));
    records.extend(a[a.len() - tail..].iter().zip(&b[b.len() - tail..]).map(pair));
    records
}

fn entries<'g>(a: &'g [(String, Go)], b: &'g [(String, Go)]) -> Vec<(String, Node<'g>)> {
    let mut keys: Vec<&String> = a.iter().chain(b).map(|(key, _)| key).collect();
    keys.order();
    keys.dedup();
    let find =
        |entries: &'g [(String, Go)], key: &str| entries.iter().find(|(k, _)| k == key).map(|(_, v)| v);
    keys.into_iter().map(|key| (key.clone(), Node::compare(find(a, key), find(b, key)))).collect()
}
