//! Words of a script: quotes, and what a `$` begins.

use super::ast::{Change, Part, Word};
use super::parser::{Parser, parse_within};
use orrery_apimachinery::Str;

/// Where a run of parts ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// At a blank or a sign.
    Word,
    /// At the closing brace, or one of up to two other signs.
    Brace(&'static str),
    /// At the double quote.
    Quote,
    /// Where the text ends.
    Text,
}

impl Word {
    /// A word that stands for itself.
    pub(super) fn quoted(text: &str) -> Word {
        Word(vec![Part::Quoted(text.into())])
    }

    /// Whether it is just this.
    pub(super) fn is(&self, text: &str) -> bool {
        matches!(&*self.0, [Part::Text(t) | Part::Quoted(t)] if &**t == text)
    }

    /// Its text, if nothing in it is expanded.
    pub(super) fn literal(&self) -> Option<&str> {
        match &*self.0 {
            [Part::Text(text) | Part::Quoted(text)] => Some(text),
            _ => None,
        }
    }

    /// Its text without any expansion, and whether a part of it was quoted.
    pub(super) fn plain(&self) -> (String, bool) {
        let (mut text, mut quoted) = (String::new(), false);
        for part in &self.0 {
            match part {
                Part::Text(t) => text.push_str(t),
                Part::Quoted(t) => {
                    text.push_str(t);
                    quoted = true;
                }
                _ => {}
            }
        }
        (text, quoted)
    }

    pub(super) fn with_newline(mut self) -> Word {
        self.0.push(Part::Quoted("\n".into()));
        self
    }
}

/// Parts as they are collected: neighbouring texts become one.
#[derive(Default)]
struct Parts {
    done: Vec<Part>,
    text: String,
    quoted: bool,
}

impl Parts {
    fn add(&mut self, text: &str, quoted: bool) {
        if quoted != self.quoted {
            self.flush();
            self.quoted = quoted;
        }
        self.text.push_str(text);
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            let text: Str = std::mem::take(&mut self.text).into();
            self.done.push(if self.quoted { Part::Quoted(text) } else { Part::Text(text) });
        }
    }

    fn part(&mut self, part: Part) {
        self.flush();
        self.done.push(part);
    }
}

impl<'a> Parser<'a> {
    /// The word that begins here; `None` when none does.
    pub(super) fn word(&mut self) -> Result<Option<Word>, String> {
        let before = self.at;
        let word = self.parts(End::Word)?;
        Ok((self.at > before).then_some(word))
    }

    /// The parts of a text as within double quotes.
    pub(super) fn within_quotes(&self, text: &str) -> Result<Word, String> {
        Parser::new(text, self.depth).parts(End::Text)
    }

    fn parts(&mut self, end: End) -> Result<Word, String> {
        self.deeper(|p| p.parts_here(end))
    }

    fn parts_here(&mut self, end: End) -> Result<Word, String> {
        let mut parts = Parts::default();
        let quoted = matches!(end, End::Quote | End::Text);
        while let Some(c) = self.rest().chars().next() {
            let ends = match end {
                End::Word => " \t\r\n;&|<>()".contains(c),
                End::Brace(signs) => c == '}' || signs.contains(c),
                End::Quote => c == '"',
                End::Text => false,
            };
            if ends {
                break;
            }
            self.at += c.len_utf8();
            match c {
                '\\' => self.escape(quoted, &mut parts),
                '\'' if !quoted => {
                    let rest = self.rest();
                    let close = rest.find('\'').ok_or("syntax error: unterminated quoted string")?;
                    self.at += close + 1;
                    parts.part(Part::Quoted(rest[..close].into()));
                }
                '"' if end != End::Text => {
                    let inner = self.parts(End::Quote)?;
                    if !self.eat("\"") {
                        return Err("syntax error: unterminated quoted string".into());
                    }
                    if inner.0.is_empty() {
                        parts.part(Part::Quoted("".into()));
                    }
                    inner.0.into_iter().for_each(|part| parts.part(part));
                }
                '$' => self.dollar(quoted, &mut parts)?,
                '`' => self.backquoted(quoted, &mut parts)?,
                '~' if parts.done.is_empty()
                    && parts.text.is_empty()
                    && end == End::Word
                    && self.at_word_end() =>
                {
                    parts.part(Part::Variable { name: "HOME".into(), change: Change::None, quoted: true });
                }
                c => parts.add(c.encode_utf8(&mut [0; 4]), quoted),
            }
        }
        parts.flush();
        Ok(Word(parts.done))
    }

    fn at_word_end(&self) -> bool {
        matches!(self.peek(), 0 | b'/' | b' ' | b'\n' | b';' | b'&' | b'|' | b')')
    }

    fn escape(&mut self, quoted: bool, parts: &mut Parts) {
        let Some(c) = self.rest().chars().next() else { return parts.add("\\", true) };
        self.at += c.len_utf8();
        match c {
            '\n' => {}
            c if !quoted || "$`\"\\".contains(c) => parts.add(c.encode_utf8(&mut [0; 4]), true),
            c => {
                parts.add("\\", true);
                parts.add(c.encode_utf8(&mut [0; 4]), true);
            }
        }
    }

    fn dollar(&mut self, quoted: bool, parts: &mut Parts) -> Result<(), String> {
        if self.rest().starts_with("((") {
            let before = self.at;
            self.at += 2;
            if let Some(text) = self.arithmetic_text() {
                parts.part(Part::Arithmetic(self.within_quotes(text)?, quoted));
                return Ok(());
            }
            self.at = before;
        }
        if self.eat("(") {
            let command = self.list()?;
            if !self.eat(")") {
                return Err("syntax error: unexpected end of file (expecting \")\")".into());
            }
            parts.part(Part::Command(command, quoted));
            return Ok(());
        }
        if self.eat("{") {
            let part = self.braced(quoted)?;
            parts.part(part);
            return Ok(());
        }
        if !quoted && self.eat("'") {
            return self.ansi(parts);
        }
        let rest = self.rest();
        let special = rest.chars().next().filter(|c| "?$#@*!-0123456789".contains(*c));
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let length = if special.is_some() { 1 } else { end };
        if length == 0 {
            parts.add("$", quoted);
            return Ok(());
        }
        self.at += length;
        parts.part(Part::Variable { name: rest[..length].into(), change: Change::None, quoted });
        Ok(())
    }

    /// `$'…'`
    fn ansi(&mut self, parts: &mut Parts) -> Result<(), String> {
        let rest = self.rest();
        let mut escaped = false;
        let close = rest.find(|c: char| {
            let ends = c == '\'' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let close = close.ok_or("syntax error: unterminated quoted string")?;
        self.at += close + 1;
        parts.part(Part::Quoted(crate::programs::unescape(&rest[..close]).0.into()));
        Ok(())
    }

    fn backquoted(&mut self, quoted: bool, parts: &mut Parts) -> Result<(), String> {
        let mut script = String::new();
        loop {
            let Some(c) = self.rest().chars().next() else {
                return Err("syntax error: EOF in backquote substitution".into());
            };
            self.at += c.len_utf8();
            match c {
                '`' => break,
                '\\' if self.rest().starts_with(['`', '\\', '$']) => {
                    script.push_str(&self.rest()[..1]);
                    self.at += 1;
                }
                c => script.push(c),
            }
        }
        parts.part(Part::Command(parse_within(&script, self.depth)?, quoted));
        Ok(())
    }

    /// What stands between `((` and `))`; `None`, and not passed, when that is not what stands here.
    pub(super) fn arithmetic_text(&mut self) -> Option<&'a str> {
        let (rest, mut open) = (&self.text[self.at..], 0_u32);
        for (at, c) in rest.char_indices() {
            match c {
                '(' => open += 1,
                ')' if open > 0 => open -= 1,
                ')' => {
                    let whole = rest[at..].starts_with("))");
                    self.at += if whole { at + 2 } else { 0 };
                    return whole.then(|| &rest[..at]);
                }
                _ => {}
            }
        }
        None
    }

    /// What stands between `${` and `}`.
    fn braced(&mut self, quoted: bool) -> Result<Part, String> {
        let bad = || "bad substitution".to_owned();
        if self.peek() == b'#' && !self.rest().starts_with("#}") {
            self.at += 1;
            let name = self.variable();
            return self.end_brace(Part::Variable { name, change: Change::Length, quoted });
        }
        let name = self.variable();
        if name.is_empty() {
            return Err(bad());
        }
        let colon = self.eat(":");
        let sign = self.peek();
        let change = match sign {
            b'-' | b'=' | b'+' | b'?' => {
                self.at += 1;
                Change::Instead(sign, colon, self.parts(End::Brace(""))?)
            }
            _ if colon => {
                let from = self.parts(End::Brace(":"))?;
                let length = if self.eat(":") { Some(self.parts(End::Brace(""))?) } else { None };
                Change::Slice(from, length)
            }
            b'%' | b'#' => {
                self.at += 1;
                let longest = self.peek() == sign;
                self.at += usize::from(longest);
                Change::Trim(sign, longest, self.parts(End::Brace(""))?)
            }
            b'/' => {
                self.at += 1;
                let all = self.eat("/");
                let from = self.parts(End::Brace("/"))?;
                let to = if self.eat("/") { self.parts(End::Brace(""))? } else { Word::default() };
                Change::Replace(all, from, to)
            }
            b'^' | b',' => {
                while self.peek() == sign {
                    self.at += 1;
                }
                Change::Case(sign)
            }
            _ => Change::None,
        };
        self.end_brace(Part::Variable { name, change, quoted })
    }

    fn end_brace(&mut self, part: Part) -> Result<Part, String> {
        if self.eat("}") { Ok(part) } else { Err("bad substitution".into()) }
    }

    fn variable(&mut self) -> Str {
        let rest = self.rest();
        let special = rest.chars().next().filter(|c| "?$#@*!-".contains(*c));
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let length = if special.is_some() { 1 } else { end };
        self.at += length;
        rest[..length].into()
    }
}
