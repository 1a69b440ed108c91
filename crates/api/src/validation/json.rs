//! What Go says of a text that should be a JSON object (upstream: `encoding/json`).

use orrery_apimachinery::Value;

/// Why `bytes` are no JSON object, in Go's words.
pub(crate) fn object(bytes: &[u8]) -> Result<(), String> {
    let found = match serde_json::from_slice::<Value>(bytes) {
        Ok(Value::Object(_) | Value::Null) => return Ok(()),
        Ok(Value::String(_)) => "string",
        Ok(Value::Number(_)) => "number",
        Ok(Value::Bool(_)) => "bool",
        Ok(Value::Array(_)) => "array",
        Err(error) => return Err(syntax(bytes, &error)),
    };
    Err(format!("json: cannot unmarshal {found} into Go value of type map[string]interface {{}}"))
}

fn syntax(bytes: &[u8], error: &serde_json::Error) -> String {
    if error.is_eof() {
        return "unexpected end of JSON input".into();
    }
    let line = bytes.split(|b| *b == b'\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
    let at = error.column().saturating_sub(1);
    let wrong = char::from(line.get(at).copied().unwrap_or(b'\n'));
    let told = error.to_string();
    let place = [
        ("key must be a string", "looking for beginning of object key string"),
        ("expected `:`", "after object key"),
        ("expected `,` or `}`", "after object key:value pair"),
        ("expected `,` or `]`", "after array element"),
        ("trailing characters", "after top-level value"),
    ];
    let place = place.iter().find(|(ours, _)| told.starts_with(ours)).map(|(_, gos)| (*gos).to_string());
    let place = place.or_else(|| literal(&line[..at.min(line.len())]));
    format!(
        "invalid character '{wrong}' {}",
        place.unwrap_or_else(|| "looking for beginning of value".into())
    )
}

/// The word that was begun right before the wrong character.
fn literal(before: &[u8]) -> Option<String> {
    let start = before.iter().rposition(|b| !b.is_ascii_lowercase()).map_or(0, |i| i + 1);
    let begun = std::str::from_utf8(&before[start..]).ok().filter(|b| !b.is_empty())?;
    let word = ["null", "true", "false"].into_iter().find(|w| w.starts_with(begun))?;
    let expected = word[begun.len()..].chars().next()?;
    Some(format!("in literal {word} (expecting '{expected}')"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_json_is_told_in_gos_words() {
        for (row, text, said) in [
            ("a word that is none", "not json", "invalid character 'o' in literal null (expecting 'u')"),
            ("a word", "hello", "invalid character 'h' looking for beginning of value"),
            ("a text that stops", "{\"auths\":", "unexpected end of JSON input"),
            ("a missing comma", "{\"a\": 1 \"b\": 2}", "invalid character '\"' after object key:value pair"),
            ("something behind", "{} x", "invalid character 'x' after top-level value"),
            ("a list", "[]", "json: cannot unmarshal array into Go value of type map[string]interface {}"),
        ] {
            assert_eq!(object(text.as_bytes()), Err(said.into()), "{row}");
        }
        assert_eq!(object(b"{\"auths\": {}}"), Ok(()));
    }
}
