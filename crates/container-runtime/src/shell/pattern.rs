//! Shell patterns: `*`, `?`, `[a-z]`; a backslash takes the meaning from what follows.

/// Whether a whole text matches a pattern.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let (mut p, mut t) = (pattern, text);
    // Where to go on when what follows the last `*` does not match.
    let mut retry: Option<(&str, &str)> = None;
    loop {
        if let Some(rest) = p.strip_prefix('*') {
            retry = Some((rest, t));
            p = rest;
            continue;
        }
        let next = if p.is_empty() { t.is_empty().then_some((p, t)) } else { one(p, t) };
        match (next, retry) {
            (Some(_), _) if p.is_empty() => return true,
            (Some((rest_p, rest_t)), _) => (p, t) = (rest_p, rest_t),
            (None, Some((after, from))) => {
                let Some(c) = from.chars().next() else { return false };
                let from = &from[c.len_utf8()..];
                retry = Some((after, from));
                (p, t) = (after, from);
            }
            (None, None) => return false,
        }
    }
}

/// What is left of both when the first sign of a pattern matches the first character of a text.
fn one<'p, 't>(pattern: &'p str, text: &'t str) -> Option<(&'p str, &'t str)> {
    let c = text.chars().next()?;
    let rest = &text[c.len_utf8()..];
    let mut signs = pattern.chars();
    match signs.next()? {
        '?' => Some((signs.as_str(), rest)),
        '[' => match set(signs.as_str(), c) {
            Some((within, after)) => within.then_some((after, rest)),
            None => (c == '[').then_some((signs.as_str(), rest)),
        },
        '\\' => {
            let literal = signs.next().unwrap_or('\\');
            (literal == c).then_some((signs.as_str(), rest))
        }
        literal => (literal == c).then_some((signs.as_str(), rest)),
    }
}

/// Whether a character is in the set that a pattern begins with, and what follows the set.
fn set(pattern: &str, c: char) -> Option<(bool, &str)> {
    let (not, body) = match pattern.strip_prefix(['!', '^']) {
        Some(body) => (true, body),
        None => (false, pattern),
    };
    let end =
        body.char_indices().skip(1).find(|(i, sign)| *sign == ']' && !body[..*i].ends_with("[:alpha:"))?.0;
    let members = &body[..end];
    if let Some(class) = members.strip_prefix("[:") {
        // The set ends one bracket later.
        let within = match class.trim_end_matches(':') {
            "digit" => c.is_ascii_digit(),
            "alpha" => c.is_ascii_alphabetic(),
            "alnum" => c.is_ascii_alphanumeric(),
            "space" => c.is_ascii_whitespace(),
            "upper" => c.is_ascii_uppercase(),
            "lower" => c.is_ascii_lowercase(),
            _ => false,
        };
        return Some((within != not, body[end + 1..].strip_prefix(']')?));
    }
    let mut within = false;
    let mut signs = members.chars();
    while let Some(low) = signs.next() {
        let mut ahead = signs.clone();
        let high = if ahead.next() == Some('-') { ahead.next() } else { None };
        if high.is_some() {
            signs = ahead;
        }
        within |= low <= c && c <= high.unwrap_or(low);
    }
    Some((within != not, &body[end + 1..]))
}

/// A text as a pattern that matches just itself.
pub(super) fn escaped(text: &str, into: &mut String) {
    for c in text.chars() {
        if "*?[]\\".contains(c) {
            into.push('\\');
        }
        into.push(c);
    }
}

/// A pattern as a text: without the backslashes.
pub(super) fn unescaped(pattern: &str) -> String {
    let mut text = String::with_capacity(pattern.len());
    let mut signs = pattern.chars();
    while let Some(c) = signs.next() {
        text.push(if c == '\\' { signs.next().unwrap_or('\\') } else { c });
    }
    text
}

/// Whether a pattern matches more than itself.
pub(super) fn is_open(pattern: &str) -> bool {
    let mut signs = pattern.chars();
    while let Some(c) = signs.next() {
        match c {
            '\\' => drop(signs.next()),
            '*' | '?' => return true,
            '[' if signs.as_str().contains(']') => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_matches_a_pattern_or_not() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abbd", false),
            ("*.txt", "notes.txt", true),
            ("?", "ü", true),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[0-9][0-9]", "42", true),
            ("[[:digit:]]*", "4x", true),
            ("\\*", "*", true),
            ("\\*", "a", false),
            ("*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
