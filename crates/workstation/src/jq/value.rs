//! What jq does with values.

use orrery_apimachinery::Value;
use serde_json::json;
use std::cmp::Ordering;

type Made = Result<Value, String>;

/// What a value is.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// How much memory it takes, about.
pub(super) fn weight(value: &Value) -> usize {
    16 + match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(weight).sum(),
        Value::Object(fields) => fields.iter().map(|(name, value)| name.len() + weight(value)).sum(),
        _ => 0,
    }
}

/// Everything but `null` and `false` is true.
pub(super) fn truth(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false))
}

/// A string as it is, everything else as JSON on one line.
pub(super) fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A field of an object, or an element of a list.
pub(super) fn index(value: &Value, key: &Value) -> Made {
    match (value, key) {
        (Value::Null, Value::String(_) | Value::Number(_)) => Ok(Value::Null),
        (Value::Object(fields), Value::String(name)) => Ok(fields.get(name).cloned().unwrap_or_default()),
        (Value::Array(items), Value::Number(number)) => {
            let at = number.as_i64().unwrap_or(i64::MAX);
            let at = if at < 0 { at + items.len() as i64 } else { at };
            Ok(usize::try_from(at).ok().and_then(|at| items.get(at)).cloned().unwrap_or_default())
        }
        (_, Value::String(name)) => Err(format!("Cannot index {} with {name:?}", kind(value))),
        _ => Err(format!("Cannot index {} with {}", kind(value), kind(key))),
    }
}

/// The elements of a list, the values of an object.
pub(super) fn iterate(value: &Value) -> Result<Vec<Value>, String> {
    match value {
        Value::Array(items) => Ok(items.clone()),
        Value::Object(fields) => Ok(fields.values().cloned().collect()),
        _ => Err(format!("Cannot iterate over {} ({value})", kind(value))),
    }
}

/// `null`, then `false`, `true`, numbers, strings, lists, objects.
pub(super) fn compare(a: &Value, b: &Value) -> Ordering {
    let rank = |value: &Value| match value {
        Value::Null => 0,
        Value::Bool(value) => 1 + u8::from(*value),
        Value::Number(_) => 3,
        Value::String(_) => 4,
        Value::Array(_) => 5,
        Value::Object(_) => 6,
    };
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal)
        }
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::Array(a), Value::Array(b)) => {
            let differs = a.iter().zip(b).map(|(a, b)| compare(a, b)).find(|order| order.is_ne());
            differs.unwrap_or(a.len().cmp(&b.len()))
        }
        (Value::Object(_), Value::Object(_)) => a.to_string().cmp(&b.to_string()),
        _ => rank(a).cmp(&rank(b)),
    }
}

/// `+`.
pub(super) fn plus(a: &Value, b: &Value) -> Made {
    match (a, b) {
        (Value::Null, other) | (other, Value::Null) => Ok(other.clone()),
        (Value::String(a), Value::String(b)) => Ok([a.as_str(), b].concat().into()),
        (Value::Array(a), Value::Array(b)) => Ok([&a[..], b].concat().into()),
        (Value::Object(a), Value::Object(b)) => {
            let mut all = a.clone();
            all.extend(b.clone());
            Ok(all.into())
        }
        (Value::Number(x), Value::Number(y)) => Ok(match (x.as_i64(), y.as_i64()) {
            (Some(x), Some(y)) => x.saturating_add(y).into(),
            _ => (x.as_f64().unwrap_or_default() + y.as_f64().unwrap_or_default()).into(),
        }),
        _ => Err(format!("{} ({a}) and {} ({b}) cannot be added", kind(a), kind(b))),
    }
}

/// A function of a value alone.
pub(super) fn of(name: &str, at: &Value) -> Made {
    Ok(match (name, at) {
        ("type", _) => kind(at).into(),
        ("tostring", _) => text(at).into(),
        ("length", Value::Null) => 0.into(),
        ("length", Value::String(text)) => text.chars().count().into(),
        ("length", Value::Array(items)) => items.len().into(),
        ("length", Value::Object(fields)) => fields.len().into(),
        ("length", Value::Number(_)) => at.clone(),
        ("keys", Value::Array(items)) => (0..items.len()).collect::<Vec<_>>().into(),
        ("keys", Value::Object(fields)) => fields.keys().cloned().collect::<Vec<_>>().into(),
        ("to_entries", Value::Object(fields)) => {
            fields.iter().map(|(key, value)| json!({"key": key, "value": value})).collect::<Vec<_>>().into()
        }
        ("sort" | "unique" | "reverse", Value::Array(items)) => {
            let mut items = items.clone();
            match name {
                "reverse" => items.reverse(),
                _ => items.sort_by(compare),
            }
            if name == "unique" {
                items.dedup();
            }
            items.into()
        }
        ("length" | "keys" | "to_entries" | "sort" | "unique" | "reverse", _) => {
            let has = if name == "length" { "length" } else { "keys" };
            return Err(format!("{} ({at}) has no {has}", kind(at)));
        }
        _ => return Err(unknown(name, 0)),
    })
}

/// A function of a value and another.
pub(super) fn with(name: &str, at: &Value, with: &Value) -> Made {
    Ok(match (name, at, with) {
        ("has", Value::Object(fields), Value::String(key)) => fields.contains_key(key).into(),
        ("has", Value::Array(items), Value::Number(at)) => {
            at.as_u64().is_some_and(|at| at < items.len() as u64).into()
        }
        ("join", Value::Array(items), Value::String(between)) => {
            let text = |value: &Value| if value.is_null() { String::new() } else { text(value) };
            items.iter().map(text).collect::<Vec<_>>().join(between).into()
        }
        ("startswith", Value::String(at), Value::String(with)) => at.starts_with(with.as_str()).into(),
        ("endswith", Value::String(at), Value::String(with)) => at.ends_with(with.as_str()).into(),
        ("contains" | "test", Value::String(at), Value::String(with)) => at.contains(with.as_str()).into(),
        ("contains", Value::Array(items), Value::Array(with)) => {
            with.iter().all(|with| items.contains(with)).into()
        }
        ("has" | "join" | "startswith" | "endswith" | "contains" | "test", ..) => {
            return Err(format!(
                "{name} cannot be applied to {} ({at}) and {} ({with})",
                kind(at),
                kind(with)
            ));
        }
        _ => return Err(unknown(name, 1)),
    })
}

pub(super) fn unknown(name: &str, args: usize) -> String {
    format!("{name}/{args} is not defined here")
}
