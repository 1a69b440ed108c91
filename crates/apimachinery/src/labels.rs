//! Selectors written as text: `app=web,tier!=db,env in (a, b),!legacy` (upstream: `k8s.io/apimachinery/pkg/labels`).

use crate::{LabelSelector, LabelSelectorRequirement, Str, StrMap};
use std::fmt;

/// Whether an equality selector such as a Service's picks `labels`; an empty one picks nothing.
pub fn equality_matches(selector: &StrMap, labels: &StrMap) -> bool {
    !selector.is_empty() && selector.iter().all(|(k, v)| labels.get(k) == Some(v))
}

/// Reads the text form of a selector; the error is upstream's.
pub fn parse(text: &str) -> Result<LabelSelector, String> {
    let mut parser = Parser { tokens: tokens(text), next: 0 };
    let mut selector = LabelSelector::default();
    loop {
        match parser.peek() {
            Token::End => return Ok(selector),
            Token::Word(_) | Token::Sign("!") => {
                let requirement = parser.requirement();
                let requirement = requirement.map_err(|why| format!("unable to parse requirement: {why}"))?;
                selector.match_expressions.push(requirement);
            }
            other => return Err(format!("found '{other}', expected: !, identifier, or 'end of string'")),
        }
        match (parser.take(), parser.peek()) {
            (Token::End, _) => return Ok(selector),
            (Token::Sign(","), Token::Word(_) | Token::Sign("!")) => {}
            (Token::Sign(","), other) => {
                return Err(format!("found '{other}', expected: identifier after ','"));
            }
            (other, _) => return Err(format!("found '{other}', expected: ',' or 'end of string'")),
        }
    }
}

/// The operators between a key and values, as messages list them.
const OPERATORS: &str = "in, notin, =, ==, !=, gt, lt";

/// A piece of a selector's text.
#[derive(Clone, Copy, PartialEq)]
enum Token<'t> {
    /// A key, a value, `in` or `notin`.
    Word(&'t str),
    /// An operator, a parenthesis or a comma.
    Sign(&'t str),
    End,
}

impl fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Token::Word(text) | Token::Sign(text) => f.write_str(text),
            Token::End => Ok(()),
        }
    }
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];
    let is_sign = |c: char| "=!(),><".contains(c);
    let mut tokens = Vec::new();
    let mut rest = text.trim_start_matches(SPACE);
    while let Some(first) = rest.chars().next() {
        let len = match first {
            '=' | '!' if rest[1..].starts_with('=') => 2,
            first if is_sign(first) => 1,
            _ => rest.find(|c| is_sign(c) || SPACE.contains(&c)).unwrap_or(rest.len()),
        };
        let (token, after) = rest.split_at(len);
        tokens.push(if is_sign(first) { Token::Sign(token) } else { Token::Word(token) });
        rest = after.trim_start_matches(SPACE);
    }
    tokens
}

struct Parser<'t> {
    tokens: Vec<Token<'t>>,
    next: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Token<'t> {
        self.tokens.get(self.next).copied().unwrap_or(Token::End)
    }

    fn take(&mut self) -> Token<'t> {
        let token = self.peek();
        self.next += 1;
        token
    }

    fn requirement(&mut self) -> Result<LabelSelectorRequirement, String> {
        let absent = self.peek() == Token::Sign("!");
        if absent {
            self.take();
        }
        let key = match self.take() {
            Token::Word(key) => key,
            other => return Err(format!("found '{other}', expected: identifier")),
        };
        let make = |operator: &str, values: Vec<Str>| {
            Ok(LabelSelectorRequirement { key: key.into(), operator: operator.into(), values })
        };
        if absent {
            return make("DoesNotExist", vec![]);
        }
        if matches!(self.peek(), Token::End | Token::Sign(",")) {
            return make("Exists", vec![]);
        }
        let operator = match self.take() {
            Token::Word("in") => return make("In", self.values()?),
            Token::Word("notin") => return make("NotIn", self.values()?),
            Token::Sign("=" | "==") => "In",
            Token::Sign("!=") => "NotIn",
            Token::Sign(">") => "Gt",
            Token::Sign("<") => "Lt",
            other => return Err(format!("found '{other}', expected: {OPERATORS}")),
        };
        match self.peek() {
            Token::End | Token::Sign(",") => make(operator, vec!["".into()]),
            Token::Word(value) => {
                self.take();
                make(operator, vec![value.into()])
            }
            other => Err(format!("found '{other}', expected: identifier")),
        }
    }

    /// Reads `(a, b)`; what stands between two commas may be empty.
    fn values(&mut self) -> Result<Vec<Str>, String> {
        let open = self.take();
        if open != Token::Sign("(") {
            return Err(format!("found '{open}' expected: '('"));
        }
        let (mut values, mut value): (Vec<Str>, Option<&str>) = (Vec::new(), None);
        loop {
            match self.take() {
                Token::Word(word) if value.is_none() => value = Some(word),
                Token::Sign(sign @ ("," | ")")) => {
                    values.push(value.take().unwrap_or_default().into());
                    if sign == ")" {
                        return Ok(values);
                    }
                }
                other if value.is_some() => return Err(format!("found '{other}', expected: ',' or ')'")),
                other => return Err(format!("found '{other}', expected: ',', or identifier")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_selectors_pick_what_upstream_picks() {
        let labels: StrMap = [("app", "web"), ("tier", "front")].into_iter().collect();
        for (row, text, picked) in [
            ("equality", "app=web", true),
            ("double equality", "app==web", true),
            ("inequality of an absent key holds", "zone!=a", true),
            ("inequality of a present value fails", "app!=web", false),
            ("all parts must hold", "app=web,tier=back", false),
            ("a set with a comma in it", "tier in (back, front),app", true),
            ("notin", "tier notin (front)", false),
            ("absence", "!zone", true),
            ("absence of what is there", "!app", false),
            ("an empty value is one", "app=", false),
            ("values may be empty", "app in (,web)", true),
        ] {
            assert_eq!(parse(text).expect(row).matches(&labels), picked, "{row}: {text}");
        }
    }

    #[test]
    fn a_selector_that_cannot_be_read_is_refused_in_upstreams_words() {
        for (text, error) in [
            ("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
            ("app in web", "unable to parse requirement: found 'web' expected: '('"),
            ("app in (a b)", "unable to parse requirement: found 'b', expected: ',' or ')'"),
            ("a=b,", "found '', expected: identifier after ','"),
            ("=b", "found '=', expected: !, identifier, or 'end of string'"),
            ("a=b c", "found 'c', expected: ',' or 'end of string'"),
            ("a==(", "unable to parse requirement: found '(', expected: identifier"),
        ] {
            assert_eq!(parse(text).err().as_deref(), Some(error), "{text}");
        }
    }
}
