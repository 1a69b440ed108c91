//! What templates can call (Go: `text/template/funcs.go`; kubectl: `exists`, `base64decode`).

use crate::json::compact;
use orrery_api::Bytes;
use orrery_apimachinery::{Value, gofmt};
use std::cmp::Ordering;

/// The functions, and how many arguments they take: at least, and at most.
const KNOWN: [(&str, usize, usize); 17] = [
    ("and", 1, usize::MAX),
    ("base64decode", 1, 1),
    ("eq", 1, usize::MAX),
    ("exists", 1, usize::MAX),
    ("ge", 2, 2),
    ("gt", 2, 2),
    ("html", 0, usize::MAX),
    ("index", 1, usize::MAX),
    ("le", 2, 2),
    ("len", 1, 1),
    ("lt", 2, 2),
    ("ne", 2, 2),
    ("not", 1, 1),
    ("or", 1, usize::MAX),
    ("print", 0, usize::MAX),
    ("printf", 1, usize::MAX),
    ("println", 0, usize::MAX),
];

/// Whether there is a function of that name.
pub(super) fn is_known(name: &str) -> bool {
    KNOWN.iter().any(|(known, ..)| *known == name)
}

/// Calls a function.
pub(super) fn call(name: &str, arguments: &[Value]) -> Result<Value, String> {
    let known = KNOWN.iter().find(|(known, ..)| *known == name);
    let (_, least, most) = known.ok_or_else(|| format!("{name:?} is not a defined function"))?;
    let count = arguments.len();
    if count < *least || count > *most {
        let least = if least == most { least.to_string() } else { format!("at least {least}") };
        return Err(format!("wrong number of args for {name}: want {least} got {count}"));
    }
    run(name, arguments).map_err(|error| format!("error calling {name}: {error}"))
}

fn run(name: &str, arguments: &[Value]) -> Result<Value, String> {
    let [first, rest @ ..] = arguments else {
        return Ok(if name == "println" { "\n" } else { "" }.into());
    };
    let ordered = |wanted: &[Ordering]| compare(first, &rest[0]).map(|it| wanted.contains(&it).into());
    match name {
        // Those that decide were taken out before.
        "and" | "or" => Ok(arguments[arguments.len() - 1].clone()),
        "not" => Ok((!is_true(first)).into()),
        "eq" if rest.is_empty() => Err("missing argument for comparison".into()),
        "eq" => {
            let equal: Result<Vec<bool>, String> = rest.iter().map(|other| is_equal(first, other)).collect();
            Ok(equal?.contains(&true).into())
        }
        "ne" => Ok((!is_equal(first, &rest[0])?).into()),
        "lt" => ordered(&[Ordering::Less]),
        "le" => ordered(&[Ordering::Less, Ordering::Equal]),
        "gt" => ordered(&[Ordering::Greater]),
        "ge" => ordered(&[Ordering::Greater, Ordering::Equal]),
        "len" => length(first),
        "index" => rest.iter().try_fold(first.clone(), |value, at| index(&value, at)),
        "exists" => {
            let mut value = first.clone();
            for at in rest {
                match index(&value, at) {
                    Ok(found) if !found.is_null() => value = found,
                    _ => return Ok(false.into()),
                }
            }
            Ok(true.into())
        }
        "base64decode" => base64(first),
        "html" => Ok(escaped(&print(arguments)).into()),
        "print" => Ok(print(arguments).into()),
        "println" => {
            let words: Vec<String> = arguments.iter().map(gofmt::value).collect();
            Ok((words.join(" ") + "\n").into())
        }
        _ => Ok(printf(first, rest).into()),
    }
}

/// Whether a value counts as true: it is not empty.
pub(super) fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(it) => *it,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
    }
}

/// A value as an action prints it.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Null => "<no value>".into(),
        Value::Number(number) if number.is_f64() => float(number.as_f64().unwrap_or_default()),
        value => gofmt::value(value),
    }
}

/// As `%v` does: with an exponent from a million on.
fn float(number: f64) -> String {
    let exponent = if number == 0.0 { 0 } else { number.abs().log10().floor() as i32 };
    if (-4..21).contains(&exponent) && exponent < 6 {
        return number.to_string();
    }
    let text = format!("{number:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
    format!("{digits}e{sign}{exponent:0>2}")
}

/// Texts are not kept apart, anything else is (Go: `fmt.Sprint`).
fn print(values: &[Value]) -> String {
    let mut text = String::new();
    for (i, value) in values.iter().enumerate() {
        if i > 0 && !value.is_string() && !values[i - 1].is_string() {
            text.push(' ');
        }
        text += &gofmt::value(value);
    }
    text
}

fn escaped(text: &str) -> String {
    let signs = [('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;"), ('"', "&#34;"), ('\'', "&#39;")];
    signs.iter().fold(text.to_owned(), |text, (sign, name)| text.replace(*sign, name))
}

fn base64(value: &Value) -> Result<Value, String> {
    let bytes = Bytes::from_base64(value.as_str().unwrap_or_default())
        .map_err(|at| format!("base64 decode failed: illegal base64 data at input byte {at}"))?;
    Ok(String::from_utf8_lossy(bytes.as_slice()).into_owned().into())
}

fn length(value: &Value) -> Result<Value, String> {
    match value {
        Value::String(text) => Ok(text.len().into()),
        Value::Array(items) => Ok(items.len().into()),
        Value::Object(fields) => Ok(fields.len().into()),
        Value::Null => Err("reflect: call of reflect.Value.Type on zero Value".into()),
        other => Err(format!("len of type {}", kind(other))),
    }
}

fn index(value: &Value, at: &Value) -> Result<Value, String> {
    match (value, at) {
        (Value::Object(fields), Value::String(key)) => Ok(fields.get(key).cloned().unwrap_or_default()),
        (Value::Object(_), other) => Err(format!("value has type {}; should be string", kind(other))),
        (Value::Array(items), Value::Number(at)) => {
            let item = at.as_u64().and_then(|at| items.get(at as usize)).cloned();
            item.ok_or_else(|| format!("index out of range: {at}"))
        }
        (Value::Array(_), other) => Err(format!("cannot index slice/array with type {}", kind(other))),
        (Value::Null, _) => Err("index of untyped nil".into()),
        (other, _) => Err(format!("can't index item of type {}", kind(other))),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nil",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float64",
        Value::Number(_) => "int",
        Value::String(_) => "string",
        Value::Array(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
    }
}

fn is_equal(a: &Value, b: &Value) -> Result<bool, String> {
    if a.is_null() || b.is_null() {
        return Ok(a == b);
    }
    if a.is_object() || a.is_array() || kind(a) != kind(b) {
        return Err("incompatible types for comparison".into());
    }
    Ok(a == b)
}

fn compare(a: &Value, b: &Value) -> Result<Ordering, String> {
    let order = match (a, b) {
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        (Value::Number(x), Value::Number(y)) if kind(a) == kind(b) => match (x.as_i64(), y.as_i64()) {
            (Some(x), Some(y)) => Some(x.cmp(&y)),
            _ => x.as_f64().partial_cmp(&y.as_f64()),
        },
        _ => None,
    };
    order.ok_or_else(|| "incompatible types for comparison".into())
}

/// `%v %s %d %q %x %t %f` with a width, `-` and `0`.
fn printf(format: &Value, arguments: &[Value]) -> String {
    let format = format.as_str().unwrap_or_default();
    let mut out = String::new();
    let (mut parts, mut arguments) = (format.split('%'), arguments.iter());
    out += parts.next().unwrap_or_default();
    while let Some(part) = parts.next() {
        if part.is_empty() {
            // Two signs in a row are one.
            out.push('%');
            out += parts.next().unwrap_or_default();
            continue;
        }
        let at = part.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(0);
        let (flags, rest) = part.split_at(at);
        let verb = rest.chars().next().unwrap_or('v');
        out += &match arguments.next() {
            None => format!("%!{verb}(MISSING)"),
            Some(value) => padded(&verbed(verb, flags, value), flags),
        };
        out += &rest[verb.len_utf8()..];
    }
    let extra: Vec<String> = arguments.map(|it| format!("{}={}", kind(it), gofmt::value(it))).collect();
    if !extra.is_empty() {
        out += &format!("%!(EXTRA {})", extra.join(", "));
    }
    out
}

fn verbed(verb: char, flags: &str, value: &Value) -> String {
    match (verb, value) {
        ('v', Value::Number(number)) if number.is_f64() => shown(value),
        ('v', _) | ('s', Value::String(_) | Value::Array(_) | Value::Object(_)) => gofmt::value(value),
        ('d', Value::Number(number)) if !number.is_f64() => number.to_string(),
        ('t', Value::Bool(_)) => value.to_string(),
        ('q', Value::String(_)) => compact(value),
        ('x', Value::Number(number)) => format!("{:x}", number.as_i64().unwrap_or_default()),
        ('x', Value::String(text)) => text.bytes().map(|byte| format!("{byte:02x}")).collect(),
        ('f', Value::Number(number)) if number.is_f64() => {
            let digits = flags.split_once('.').and_then(|(_, digits)| digits.parse().ok()).unwrap_or(6);
            format!("{:.*}", digits, number.as_f64().unwrap_or_default())
        }
        (_, Value::Null) => format!("%!{verb}(<nil>)"),
        _ => format!("%!{verb}({}={})", kind(value), gofmt::value(value)),
    }
}

fn padded(text: &str, flags: &str) -> String {
    let digits = flags.trim_start_matches(['-', '+', ' ', '#']);
    let width: usize = digits.split('.').next().and_then(|width| width.parse().ok()).unwrap_or(0);
    let missing = width.saturating_sub(text.chars().count());
    match (flags.starts_with('-'), digits.starts_with('0')) {
        (true, _) => text.to_owned() + &" ".repeat(missing),
        (_, true) => "0".repeat(missing) + text,
        _ => " ".repeat(missing) + text,
    }
}
