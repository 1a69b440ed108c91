//! What a scalar means to Kubernetes: go-yaml v2's rules for plain text (`goyaml.v2/resolve.go`).

/// What a scalar means.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scalar {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Text(String),
    /// The key `<<`.
    Merge,
}

impl Scalar {
    fn tag(&self) -> &'static str {
        match self {
            Scalar::Null => "!!null",
            Scalar::Bool(_) => "!!bool",
            Scalar::Int(_) | Scalar::Uint(_) => "!!int",
            Scalar::Float(_) => "!!float",
            Scalar::Text(_) => "!!str",
            Scalar::Merge => "!!merge",
        }
    }
}

/// What a plain scalar without a tag means.
pub(crate) fn resolve(text: &str) -> Scalar {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Scalar::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Scalar::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Scalar::Bool(false)
        }
        ".nan" | ".NaN" | ".NAN" => Scalar::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Scalar::Float(f64::NEG_INFINITY),
        "<<" => Scalar::Merge,
        _ => number(text).unwrap_or_else(|| Scalar::Text(text.into())),
    }
}

/// What a scalar with an explicit tag means, or why it cannot mean that.
pub(crate) fn resolve_tagged(tag: &str, text: &str) -> Result<Scalar, String> {
    let short = tag.strip_prefix("tag:yaml.org,2002:").unwrap_or("");
    match short {
        "binary" => match base64(text) {
            Some(bytes) => Ok(Scalar::Text(String::from_utf8_lossy(&bytes).into_owned())),
            None => Err("yaml: !!binary value contains invalid base64 data".into()),
        },
        "null" | "bool" | "int" | "float" | "timestamp" => match (short, resolve(text)) {
            ("float", Scalar::Int(n)) => Ok(Scalar::Float(n as f64)),
            ("timestamp", scalar @ Scalar::Text(_)) if is_timestamp(text) => Ok(scalar),
            (_, scalar) if scalar.tag() == format!("!!{short}") => Ok(scalar),
            (_, scalar) => Err(format!("yaml: cannot decode {} `{text}` as a !!{short}", scalar.tag())),
        },
        _ => Ok(Scalar::Text(text.into())),
    }
}

/// Whether a text, written plain, would be read as something else. (upstream: `stringv` in `goyaml.v2/encode.go`)
pub(crate) fn needs_quotes(text: &str) -> bool {
    !matches!(resolve(text), Scalar::Text(_) | Scalar::Merge) || is_base60(text) || is_timestamp(text)
}

fn number(text: &str) -> Option<Scalar> {
    match text.bytes().next()? {
        b'.' => float(&without_inner_underscores(text)?),
        b'0'..=b'9' | b'+' | b'-' => {
            let plain = text.replace('_', "");
            integer(&plain).or_else(|| float(&plain))
        }
        _ => None,
    }
}

/// Go's `ParseFloat` lets underscores separate digits, nowhere else.
fn without_inner_underscores(text: &str) -> Option<String> {
    let digit = |i: usize| text.as_bytes().get(i).is_some_and(u8::is_ascii_digit);
    let proper = text.match_indices('_').all(|(i, _)| i > 0 && digit(i - 1) && digit(i + 1));
    proper.then(|| text.replace('_', ""))
}

/// Go's `ParseInt(…, 0, 64)`, then `ParseUint`.
fn integer(plain: &str) -> Option<Scalar> {
    let (sign, unsigned) = match plain.strip_prefix(['+', '-']) {
        Some(rest) => (&plain[..1], rest),
        None => ("", plain),
    };
    let (radix, digits) = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &unsigned[2..]),
        [b'0', b'o' | b'O', ..] => (8, &unsigned[2..]),
        [b'0', b'b' | b'B', ..] => (2, &unsigned[2..]),
        [b'0', _, ..] => (8, &unsigned[1..]),
        _ => (10, unsigned),
    };
    if !digits.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    match i64::from_str_radix(&format!("{sign}{digits}"), radix) {
        Ok(n) => Some(Scalar::Int(n)),
        Err(_) if sign.is_empty() => u64::from_str_radix(digits, radix).ok().map(Scalar::Uint),
        Err(_) => None,
    }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn float(plain: &str) -> Option<Scalar> {
    let unsigned = plain.strip_prefix(['+', '-']).unwrap_or(plain);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.strip_prefix(['+', '-']).unwrap_or(exponent)),
        None => (unsigned, "0"),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let shaped = digits(whole) && digits(fraction) && digits(exponent) && !exponent.is_empty();
    if !shaped || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    plain.parse::<f64>().ok().filter(|f| f.is_finite()).map(Scalar::Float)
}

/// `1:20` is twenty past one to YAML 1.1, though not to go-yaml, which quotes it nevertheless.
fn is_base60(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let Some((first, rest)) = unsigned.split_once(':') else { return false };
    let (sixties, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    let whole = |s: &str| s.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let sixty = |s: &str| match s.as_bytes() {
        [a] => a.is_ascii_digit(),
        [b'0'..=b'5', b] => b.is_ascii_digit(),
        _ => false,
    };
    first.starts_with(|c: char| c.is_ascii_digit())
        && whole(first)
        && sixties.split(':').all(sixty)
        && whole(fraction)
}

/// `2006-1-2`, `2006-1-2T15:4:5.9Z` and `2006-1-2 15:4:5.9`.
fn is_timestamp(text: &str) -> bool {
    let day_end = text.find(['T', 't', ' ']).unwrap_or(text.len());
    let (day, time) = text.split_at(day_end);
    if !is_day(day) {
        return false;
    }
    match time.chars().next() {
        None => true,
        Some(' ') => is_time_of_day(&time[1..]),
        Some(_) => without_zone(&time[1..]).is_some_and(is_time_of_day),
    }
}

/// A number of one or two digits.
fn small(text: &str) -> Option<u32> {
    let shaped = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| shaped)
}

fn is_day(text: &str) -> bool {
    let mut parts = text.split('-');
    let (Some(year), Some(month), Some(day), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let Some(year) = year.parse::<u32>().ok().filter(|_| year.len() == 4 && !year.starts_with('+')) else {
        return false;
    };
    let days = match small(month) {
        Some(2) if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        Some(2) => 28,
        Some(4 | 6 | 9 | 11) => 30,
        Some(1..=12) => 31,
        _ => return false,
    };
    small(day).is_some_and(|d| (1..=days).contains(&d))
}

fn is_time_of_day(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let parts: Vec<Option<u32>> = whole.split(':').map(small).collect();
    let in_range = matches!(parts[..], [Some(0..=23), Some(0..=59), Some(0..=59)]);
    in_range && !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit())
}

fn without_zone(text: &str) -> Option<&str> {
    if let Some(time) = text.strip_suffix('Z') {
        return Some(time);
    }
    let (time, zone) = text.split_at(text.rfind(['+', '-'])?);
    let (hours, minutes) = zone[1..].split_once(':')?;
    let shaped = hours.len() == 2 && minutes.len() == 2 && small(hours)? <= 24 && small(minutes)? < 60;
    shaped.then_some(time)
}

fn base64(text: &str) -> Option<Vec<u8>> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let text: Vec<u8> = text.bytes().filter(|b| !matches!(b, b'\r' | b'\n')).collect();
    let padding = text.iter().rev().take_while(|b| **b == b'=').count();
    if !text.len().is_multiple_of(4) || padding > 2 {
        return None;
    }
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0u32, 0);
    for byte in &text[..text.len() - padding] {
        bits = bits << 6 | ALPHABET.iter().position(|a| a == byte)? as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_mean_what_go_yaml_says() {
        let text = |s: &str| Scalar::Text(s.into());
        let rows = [
            ("yes", Scalar::Bool(true)),
            ("y", Scalar::Bool(true)),
            ("Off", Scalar::Bool(false)),
            ("yES", text("yES")),
            ("0644", Scalar::Int(420)),
            ("0o644", Scalar::Int(420)),
            ("0x1F", Scalar::Int(31)),
            ("-0b11", Scalar::Int(-3)),
            ("0x_1", Scalar::Int(1)),
            ("1_000", Scalar::Int(1000)),
            ("+1", Scalar::Int(1)),
            ("00", Scalar::Int(0)),
            ("08", Scalar::Float(8.0)),
            ("0o8", text("0o8")),
            ("0x", text("0x")),
            ("0x+1", text("0x+1")),
            ("9223372036854775808", Scalar::Uint(9223372036854775808)),
            ("99999999999999999999", Scalar::Float(1e20)),
            ("1e3", Scalar::Float(1000.0)),
            ("1e400", text("1e400")),
            (".5", Scalar::Float(0.5)),
            (".1_0", Scalar::Float(0.1)),
            ("._1", text("._1")),
            ("1.", Scalar::Float(1.0)),
            (".", text(".")),
            ("-", text("-")),
            ("-.inf", Scalar::Float(f64::NEG_INFINITY)),
            ("1:20", text("1:20")),
            ("2001-01-01", text("2001-01-01")),
            ("1.2.3", text("1.2.3")),
            ("NULL", Scalar::Null),
            ("", Scalar::Null),
        ];
        for (plain, meaning) in rows {
            assert_eq!(resolve(plain), meaning, "{plain}");
        }
    }

    #[test]
    fn texts_that_look_like_something_else_need_quotes() {
        for text in [
            "yes",
            "n",
            "0644",
            "1e3",
            "null",
            "",
            "~",
            "1:20",
            "2024-02-29",
            "2001-1-2T3:4:5.6+01:00",
            "2001-1-2 3:4:5",
        ] {
            assert!(needs_quotes(text), "{text}");
        }
        for text in
            ["web", "1.2.3", "2023-02-29", "2001-01-01T00:00:00", "100m", "1:70:1", "nginx:1.25", "10.0.0.1"]
        {
            assert!(!needs_quotes(text), "{text}");
        }
    }

    #[test]
    fn tags_are_obeyed_or_refused() {
        let long = |tag: &str| format!("tag:yaml.org,2002:{tag}");
        assert_eq!(resolve_tagged(&long("str"), "12"), Ok(Scalar::Text("12".into())));
        assert_eq!(resolve_tagged(&long("int"), "3"), Ok(Scalar::Int(3)));
        assert_eq!(resolve_tagged(&long("float"), "3"), Ok(Scalar::Float(3.0)));
        assert_eq!(resolve_tagged(&long("binary"), "aGVsbG8="), Ok(Scalar::Text("hello".into())));
        assert_eq!(
            resolve_tagged(&long("timestamp"), "2001-01-01"),
            Ok(Scalar::Text("2001-01-01".into())),
            "a date is a text to JSON"
        );
        assert_eq!(resolve_tagged("!own", "12"), Ok(Scalar::Text("12".into())));
        assert_eq!(
            resolve_tagged(&long("int"), "abc"),
            Err("yaml: cannot decode !!str `abc` as a !!int".into())
        );
    }
}
