//! From the text of an action to its words (Go: `text/template/parse`, `lex.go`).

use orrery_apimachinery::Value;

/// A word of an action.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'t> {
    Space,
    /// `.name`.
    Field(&'t str),
    /// `$name`.
    Variable(&'t str),
    Name(&'t str),
    Constant(Value),
    /// `.`, `|`, `(`, `)`, `,`, `=`, `:=`.
    Sign(&'t str),
}

/// The words of an action, each with where it begins and ends.
pub(super) struct Action<'t> {
    pub(super) tokens: Vec<(usize, usize, Token<'t>)>,
    pub(super) next: usize,
}

impl<'t> Action<'t> {
    pub(super) fn peek(&self) -> Option<&Token<'t>> {
        self.tokens.get(self.next).map(|(_, _, token)| token)
    }

    pub(super) fn take(&mut self) -> Option<Token<'t>> {
        let token = self.peek().cloned();
        self.next += 1;
        token
    }

    pub(super) fn spaces(&mut self) {
        while self.peek() == Some(&Token::Space) {
            self.next += 1;
        }
    }
}

/// The word that a text begins with, and how long it is.
pub(super) fn token(text: &str) -> Result<(usize, Token<'_>), String> {
    let first = text.chars().next().ok_or("unclosed action")?;
    let named = |from: usize| {
        let word = |c: char| c == '_' || c.is_alphanumeric();
        from + text[from..].find(|c| !word(c)).unwrap_or(text.len() - from)
    };
    let signs = [":=", "=", "|", "(", ")", ","];
    if let Some(sign) = signs.into_iter().find(|sign| text.starts_with(sign)) {
        return Ok((sign.len(), Token::Sign(sign)));
    }
    match first {
        ' ' | '\t' | '\r' | '\n' => Ok((1, Token::Space)),
        '"' | '`' | '\'' => quoted(text, first),
        '$' => Ok((named(1), Token::Variable(&text[..named(1)]))),
        '.' if named(1) > 1 && !text[1..].starts_with(|c: char| c.is_ascii_digit()) => {
            Ok((named(1), Token::Field(&text[1..named(1)])))
        }
        '.' => Ok((1, Token::Sign("."))),
        '0'..='9' | '-' | '+' => number(text),
        first if first == '_' || first.is_alphabetic() => {
            let length = named(0);
            let token = match &text[..length] {
                "true" => Token::Constant(true.into()),
                "false" => Token::Constant(false.into()),
                "nil" => Token::Constant(Value::Null),
                name => Token::Name(name),
            };
            Ok((length, token))
        }
        '{' => Err("unexpected \"{\" in command".into()),
        other => Err(format!("unexpected {other:?} in operand")),
    }
}

/// A text in quotes, or a letter.
fn quoted(text: &str, quote: char) -> Result<(usize, Token<'_>), String> {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|(_, c)| {
        let ends = !escaped && *c == quote;
        escaped = !escaped && *c == '\\' && quote != '`';
        ends
    });
    let unterminated = match quote {
        '`' => "unterminated raw quoted string",
        '\'' => "unterminated character constant",
        _ => "unterminated quoted string",
    };
    let (end, _) = end.ok_or(unterminated)?;
    let inner = &text[1..end];
    let value = match quote {
        '`' => inner.into(),
        '\'' => inner.chars().next().map_or(0, u32::from).into(),
        _ => unescaped(inner).into(),
    };
    Ok((end + 1, Token::Constant(value)))
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        out.push(match letter {
            '\\' => match letters.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('r') => '\r',
                Some(other) => other,
                None => '\\',
            },
            letter => letter,
        });
    }
    out
}

fn number(text: &str) -> Result<(usize, Token<'_>), String> {
    let length = text.find(|c: char| !(c.is_alphanumeric() || "+-._".contains(c))).unwrap_or(text.len());
    let word = &text[..length];
    let hex = word.strip_prefix("0x").and_then(|digits| i64::from_str_radix(digits, 16).ok());
    let whole = hex.or_else(|| word.replace('_', "").parse().ok());
    let value = match whole {
        Some(whole) => whole.into(),
        None => word.parse::<f64>().map(Value::from).map_err(|_| format!("bad number syntax: {word:?}"))?,
    };
    Ok((length, Token::Constant(value)))
}
