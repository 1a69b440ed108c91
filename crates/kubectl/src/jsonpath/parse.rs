//! From the text of a template to its parts (upstream: `parser.go`).

use super::{Bound, Node};
use orrery_apimachinery::Value;

type Outcome<T> = Result<T, String>;

/// Reads a whole template.
pub(super) fn template(text: &str) -> Outcome<Vec<Node>> {
    let mut nodes = Vec::new();
    let mut rest = text;
    while let Some((before, action)) = rest.split_once('{') {
        if !before.is_empty() {
            nodes.push(Node::Literal(before.into()));
        }
        let mut cursor = Cursor(action);
        nodes.push(Node::Path(cursor.path()?));
        rest = cursor.0;
    }
    if !rest.is_empty() {
        nodes.push(Node::Literal(rest.into()));
    }
    Ok(nodes)
}

/// Reads what would stand between braces.
fn path(text: &str) -> Outcome<Vec<Node>> {
    let text = format!("{text}}}");
    Cursor(&text).path()
}

/// The text that is not read yet.
struct Cursor<'t>(&'t str);

impl<'t> Cursor<'t> {
    fn peek(&self) -> Option<char> {
        self.0.chars().next()
    }

    /// Takes the first `len` bytes.
    fn take(&mut self, len: usize) -> &'t str {
        let (taken, rest) = self.0.split_at(len);
        self.0 = rest;
        taken
    }

    /// Takes characters as long as `wanted` holds.
    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'t str {
        self.take(self.0.find(|c| !wanted(c)).unwrap_or(self.0.len()))
    }

    /// Reads a path and the brace behind it.
    fn path(&mut self) -> Outcome<Vec<Node>> {
        let mut nodes = Vec::new();
        loop {
            if self.0.starts_with("[?(") {
                nodes.push(self.filter()?);
                continue;
            }
            if self.0.starts_with("..") {
                if nodes.last() == Some(&Node::Recursive) {
                    return Err("invalid multiple recursive descent".into());
                }
                self.take(2);
                nodes.push(Node::Recursive);
                if self.peek().is_some_and(|c| c == '_' || c.is_alphanumeric()) {
                    nodes.push(self.field());
                }
                continue;
            }
            match self.peek() {
                None | Some('\r' | '\n') => return Err("unclosed action".into()),
                Some('}') => {
                    self.take(1);
                    return Ok(nodes);
                }
                Some(' ' | '@' | '$') => drop(self.take(1)),
                Some('[') => self.index(&mut nodes)?,
                Some(quote @ ('"' | '\'')) => nodes.push(self.quoted(quote)?),
                Some('.') => {
                    self.take(1);
                    nodes.push(self.field());
                }
                Some(c) if c == '+' || c == '-' || c.is_numeric() => nodes.push(self.number()?),
                Some(c) if c == '_' || c.is_alphabetic() => nodes.push(self.word()),
                Some(c) => return Err(format!("unrecognized character in action: U+{:04X} '{c}'", c as u32)),
            }
        }
    }

    fn word(&mut self) -> Node {
        match self.take_while(|c| !is_terminator(c)) {
            "true" => Node::Literal(true.into()),
            "false" => Node::Literal(false.into()),
            word => Node::Word(word.into()),
        }
    }

    /// Reads a name; a backslash takes the meaning from the character behind it.
    fn field(&mut self) -> Node {
        let mut name = String::new();
        while let Some(c) = self.peek() {
            if is_terminator(c) {
                break;
            }
            self.take(c.len_utf8());
            if c != '\\' {
                name.push(c);
            } else if let Some(escaped) = self.peek() {
                self.take(escaped.len_utf8());
                name.push(escaped);
            }
        }
        if name == "*" { Node::Wildcard } else { Node::Field(name) }
    }

    fn number(&mut self) -> Outcome<Node> {
        let sign = self.0.len() - self.0.trim_start_matches(['+', '-']).len();
        let len = self.0[sign.min(1)..].find(|c: char| c != '.' && !c.is_numeric());
        let text = self.take(len.map_or(self.0.len(), |len| len + sign.min(1)));
        let number = text.trim_start_matches('+').parse::<serde_json::Number>();
        let literal = |number| Node::Literal(Value::Number(number));
        number.map(literal).map_err(|_| format!("cannot parse number {text}"))
    }

    fn quoted(&mut self, quote: char) -> Outcome<Node> {
        let mut escaped = false;
        let end = self.0[1..].find(|c| {
            let ends = c == '\n' || (c == quote && !escaped);
            escaped = c == '\\';
            ends
        });
        let end = end.filter(|end| !self.0[1 + end..].starts_with('\n'));
        let text = self.take(end.ok_or("unterminated quoted string")? + 2);
        let inner = &text[1..text.len() - 1];
        let plain = unescape(inner).ok_or_else(|| format!("unquote string {text} error invalid syntax"))?;
        Ok(Node::Literal(plain.into()))
    }

    /// Reads `[…]`: a name in quotes, an index, a slice, or several of these.
    fn index(&mut self, nodes: &mut Vec<Node>) -> Outcome<()> {
        let end = self.0.find([']', '\n']).filter(|end| self.0[*end..].starts_with(']'));
        let text = self.take(end.ok_or("unterminated array")? + 1);
        let text = &text[1..text.len() - 1];
        if text.contains(',') {
            let paths = text.split(',').map(|part| path(&format!("[{}]", part.trim_matches(' '))));
            nodes.push(Node::Union(paths.collect::<Result<_, _>>()?));
            return Ok(());
        }
        let name = text.strip_prefix('\'').and_then(|t| t.strip_suffix('\'')).filter(|t| !t.contains('\''));
        match name {
            Some(name) => nodes.extend(path(&format!(".{name}"))?),
            None => nodes.push(Node::Slice(bounds(if text == "*" { ":" } else { text })?)),
        }
        Ok(())
    }

    fn filter(&mut self) -> Outcome<Node> {
        self.take(3);
        let end = filter_end(self.0).ok_or("unterminated filter")?;
        let text = self.take(end);
        self.take(1);
        if self.peek() != Some(']') {
            return Err("unclosed array expect ]".into());
        }
        self.take(1);
        let is_operator = |c: char| matches!(c, '!' | '<' | '>' | '=');
        let left = text.find(is_operator).unwrap_or(text.len());
        let right = text[left..].find(|c| !is_operator(c)).map_or(text.len(), |len| left + len);
        if left == 0 || left == text.len() || right == text.len() {
            return Ok(Node::Filter { left: path(text)?, operator: "exists".into(), right: Vec::new() });
        }
        let operator = text[left..right].into();
        Ok(Node::Filter { left: path(&text[..left])?, operator, right: path(&text[right..])? })
    }
}

/// Where the parenthesis is that closes a filter: not within the one quoted text that it may have.
fn filter_end(text: &str) -> Option<usize> {
    let (mut quote, mut closed, mut before) = (None, false, ' ');
    for (at, c) in text.char_indices() {
        match c {
            '\n' => return None,
            '"' | '\'' if quote.is_none() => quote = Some(c),
            '"' | '\'' => closed |= quote == Some(c) && before != '\\',
            ')' if quote.is_some() == closed => return Some(at),
            _ => {}
        }
        before = c;
    }
    None
}

fn is_terminator(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n' | '.' | ',' | '[' | ']' | '$' | '@' | '{' | '}')
}

/// The numbers of `from:to:step`; a single one means that item alone.
fn bounds(text: &str) -> Outcome<[Bound; 3]> {
    let parts: Vec<&str> = text.split(':').collect();
    let invalid = || format!("invalid array index {text}");
    if text.is_empty() || parts.len() > 3 {
        return Err(invalid());
    }
    let mut bounds = [Bound::default(); 3];
    for (bound, part) in bounds.iter_mut().zip(&parts) {
        let value = part.parse::<i64>().ok();
        if value.is_none() && !part.is_empty() {
            return Err(invalid());
        }
        bound.value = value;
    }
    if let ([_], Some(at)) = (&parts[..], bounds[0].value) {
        bounds[1] = Bound { value: Some(at + 1), derived: true };
    }
    Ok(bounds)
}

/// Takes the escapes of Go out of a text.
fn unescape(text: &str) -> Option<String> {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        plain.push(match c {
            '\\' => match chars.next()? {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                same @ ('\\' | '"' | '\'') => same,
                _ => return None,
            },
            c => c,
        });
    }
    Some(plain)
}
