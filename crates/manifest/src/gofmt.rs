//! Values as Go prints them: messages and numbers follow `strconv` and `fmt`.

use orrery_apimachinery::gofmt;
use serde_json::{Number, Value};

/// The shortest decimal digits of a number and where its point is: 1.5e3 is ("15", 4).
fn digits(scientific: &str) -> (String, i32) {
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let exponent: i32 = exponent.parse().expect("Rust writes an exponent");
    (mantissa.chars().filter(char::is_ascii_digit).collect(), exponent + 1)
}

/// `strconv.FormatFloat(…, 'f', -1, …)`.
fn plain(sign: &str, digits: &str, point: i32) -> String {
    if point <= 0 {
        return format!("{sign}0.{}{digits}", "0".repeat(point.unsigned_abs() as usize));
    }
    let point = point as usize;
    match digits.len().checked_sub(point) {
        None | Some(0) => format!("{sign}{digits}{}", "0".repeat(point - digits.len())),
        Some(_) => format!("{sign}{}.{}", &digits[..point], &digits[point..]),
    }
}

/// `strconv.FormatFloat(…, 'e', -1, …)`.
fn scientific(sign: &str, digits: &str, point: i32) -> String {
    let (first, rest) = digits.split_at(1);
    let dot = if rest.is_empty() { "" } else { "." };
    let exponent = point - 1;
    let direction = if exponent < 0 { '-' } else { '+' };
    format!("{sign}{first}{dot}{rest}e{direction}{:02}", exponent.abs())
}

fn general(negative: bool, written: &str) -> String {
    let sign = if negative { "-" } else { "" };
    let (digits, point) = digits(written);
    if (-3..=6).contains(&point) || digits == "0" {
        plain(sign, &digits, point.max(if digits == "0" { 1 } else { point }))
    } else {
        scientific(sign, &digits, point)
    }
}

/// `strconv.FormatFloat(f, 'g', -1, 64)`.
pub(crate) fn float64(f: f64) -> String {
    general(f.is_sign_negative(), &format!("{f:e}"))
}

/// `strconv.FormatFloat(f, 'g', -1, 32)`: how a float key of a map is written.
pub(crate) fn float32(f: f64) -> String {
    if !f.is_finite() {
        return if f.is_nan() {
            ".nan"
        } else if f > 0.0 {
            ".inf"
        } else {
            "-.inf"
        }
        .into();
    }
    general(f.is_sign_negative(), &format!("{:e}", f as f32))
}

/// The number that Go's JSON writer makes of a float: without a fraction it becomes an integer. `None` for
/// infinities and NaN.
pub(crate) fn json_number(f: f64) -> Option<Number> {
    let float = Number::from_f64(f)?;
    if f.fract() != 0.0 || f.abs() >= 1e21 {
        return Some(float);
    }
    let (digits, point) = digits(&format!("{f:e}"));
    let text = plain(if f < 0.0 { "-" } else { "" }, &digits, point);
    let integer = text.parse::<i64>().map(Number::from).or_else(|_| text.parse::<u64>().map(Number::from));
    Some(integer.unwrap_or(float))
}

/// A tree as `encoding/json` writes it.
pub(crate) fn json(value: &Value) -> String {
    let join = |parts: Vec<String>| parts.join(",");
    match value {
        Value::Number(n) => n.as_f64().filter(|_| n.is_f64()).map_or_else(|| n.to_string(), json_float),
        Value::Array(items) => format!("[{}]", join(items.iter().map(json).collect())),
        Value::Object(entries) => {
            let entry = |(key, value): (&String, &Value)| format!("{}:{}", json_text(key), json(value));
            format!("{{{}}}", join(entries.iter().map(entry).collect()))
        }
        Value::String(text) => json_text(text),
        plain => plain.to_string(),
    }
}

/// A text in quotes, fit for a web page and for JavaScript.
fn json_text(text: &str) -> String {
    gofmt::escape_html(Value::from(text).to_string())
}

fn json_float(f: f64) -> String {
    let (sign, written) = (if f < 0.0 { "-" } else { "" }, format!("{:e}", f.abs()));
    let (digits, point) = digits(&written);
    if f != 0.0 && !(1e-6..1e21).contains(&f.abs()) {
        // A negative exponent loses its leading zero.
        return scientific(sign, &digits, point).replace("e-0", "e-");
    }
    plain(sign, &digits, point)
}

/// `fmt.Sprintf("%#v", …)` of a tree that go-yaml read.
pub(crate) fn go_syntax(value: &Value) -> String {
    let join = |parts: Vec<String>| parts.join(", ");
    match value {
        Value::Null => "interface {}(nil)".into(),
        Value::Bool(b) => b.to_string(),
        Value::Number(n) => n.to_string(),
        Value::String(s) => format!("{s:?}"),
        Value::Array(items) => format!("[]interface {{}}{{{}}}", join(items.iter().map(go_syntax).collect())),
        Value::Object(entries) => {
            let entries = entries.iter().map(|(k, v)| format!("{k:?}:{}", go_syntax(v))).collect();
            format!("map[interface {{}}]interface {{}}{{{}}}", join(entries))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_go_does() {
        let rows = [
            (0.5, "0.5"),
            (123456.5, "123456.5"),
            (123456789.5, "1.234567895e+08"),
            (1e21, "1e+21"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (-2.5e-7, "-2.5e-07"),
            (100000.0, "100000"),
            (0.0, "0"),
        ];
        for (float, text) in rows {
            assert_eq!(float64(float), text);
        }
        assert_eq!(float32(2.66666666666), "2.6666667", "keys keep the digits of a single");
        assert_eq!(float32(f64::NEG_INFINITY), "-.inf", "keys may be what values may not");
    }

    #[test]
    fn trees_are_written_as_go_writes_json() {
        let tree = serde_json::json!({"a<b": ["&", 1e-6, 1e-7, 1e20, -1.5e300, true, null, {}]});
        let text = r#"{"a\u003cb":["\u0026",0.000001,1e-7,100000000000000000000,-1.5e+300,true,null,{}]}"#;
        assert_eq!(json(&tree), text);
    }

    #[test]
    fn floats_without_a_fraction_become_integers_in_json() {
        assert_eq!(json_number(1.0), Some(1.into()));
        assert_eq!(json_number(-0.0), Some(0.into()));
        assert_eq!(json_number(1.5), Number::from_f64(1.5));
        assert_eq!(json_number(1e20), Number::from_f64(1e20), "too large for 64 bits");
        assert_eq!(json_number(f64::INFINITY), None);
    }
}
