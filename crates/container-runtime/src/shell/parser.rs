//! From the text of a script to its tree (POSIX.1-2017, volume 3, chapter 2).

use super::ast::{Join, Node, Redirect, RedirectKind, Simple, Word};
use orrery_apimachinery::Str;
use std::rc::Rc;

/// How deep a script may nest: hostile texts must not exhaust the stack.
const DEEPEST: u32 = 40;

/// Reads a script. The error is what shells say of it.
pub(crate) fn parse(text: &str) -> Result<Rc<Node>, String> {
    parse_within(text, 0)
}

pub(super) fn parse_within(text: &str, depth: u32) -> Result<Rc<Node>, String> {
    let mut parser = Parser { text, at: 0, depth, documents: None };
    let script = parser.list()?;
    match parser.at < text.len() {
        true => Err(parser.unexpected()),
        false => Ok(script),
    }
}

pub(super) struct Parser<'a> {
    pub text: &'a str,
    pub at: usize,
    pub depth: u32,
    /// Where the text goes on after the here-documents of this line.
    pub(super) documents: Option<usize>,
}

/// Words that end a list.
const ENDS: [&str; 8] = ["then", "else", "elif", "fi", "do", "done", "esac", "}"];

impl<'a> Parser<'a> {
    pub fn new(text: &'a str, depth: u32) -> Self {
        Parser { text, at: 0, depth, documents: None }
    }

    pub fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    pub fn eat(&mut self, sign: &str) -> bool {
        let found = self.rest().starts_with(sign);
        if found {
            self.at += sign.len();
        }
        found
    }

    pub fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, String>) -> Result<T, String> {
        if self.depth >= DEEPEST {
            return Err("syntax error: nested too deep".into());
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    pub(super) fn unexpected(&self) -> String {
        let rest = self.rest();
        if rest.is_empty() {
            return "syntax error: unexpected end of file".into();
        }
        let end = rest.find(|c: char| c.is_whitespace()).unwrap_or(rest.len());
        let what = if end == 0 { "newline" } else { &rest[..end] };
        ["syntax error: unexpected \"", what, "\""].concat()
    }

    /// Passes blanks, continued lines and a comment.
    pub(super) fn blanks(&mut self) {
        loop {
            let passed = self.eat(" ") || self.eat("\t") || self.eat("\\\n") || self.eat("\r");
            if !passed {
                break;
            }
        }
        if self.peek() == b'#' {
            self.at += self.rest().find('\n').unwrap_or(self.rest().len());
        }
    }

    /// Passes the end of a line, and the here-documents that follow it.
    fn newline(&mut self) -> bool {
        if !self.eat("\n") {
            return false;
        }
        if let Some(after) = self.documents.take() {
            self.at = after;
        }
        true
    }

    pub(super) fn lines(&mut self) {
        loop {
            self.blanks();
            if !self.newline() {
                break;
            }
        }
    }

    /// The plain word that stands here, if one does.
    fn plain(&self) -> &'a str {
        let rest = self.rest();
        if rest.starts_with(['{', '}', '!']) {
            return &rest[..1];
        }
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let ends = rest[end..].chars().next().is_none_or(|c| c.is_whitespace() || ";&|()<>".contains(c));
        if ends { &rest[..end] } else { "" }
    }

    pub(super) fn at_reserved(&mut self, word: &str) -> bool {
        self.lines();
        self.plain() == word && self.eat(word)
    }

    pub(super) fn expect(&mut self, word: &str) -> Result<(), String> {
        if self.at_reserved(word) { Ok(()) } else { Err(self.unexpected()) }
    }

    /// Commands until something that ends them.
    pub fn list(&mut self) -> Result<Rc<Node>, String> {
        self.deeper(|p| {
            let mut items: Vec<Rc<Node>> = Vec::new();
            loop {
                p.lines();
                if p.rest().is_empty()
                    || p.peek() == b')'
                    || p.rest().starts_with(";;")
                    || ENDS.contains(&p.plain())
                {
                    break;
                }
                let mut item = p.and_or()?;
                p.blanks();
                let before = p.at;
                if p.eat("&") {
                    item = Rc::new(Node::Background(item));
                } else if !p.rest().starts_with(";;") {
                    p.eat(";");
                }
                items.push(item);
                if p.at == before && !p.newline() {
                    break;
                }
            }
            Ok(if items.len() == 1 { items.remove(0) } else { Rc::new(Node::List(items)) })
        })
    }

    fn and_or(&mut self) -> Result<Rc<Node>, String> {
        let mut items = vec![(Join::And, self.pipeline()?)];
        loop {
            self.blanks();
            let join = if self.eat("&&") {
                Join::And
            } else if self.eat("||") {
                Join::Or
            } else {
                break;
            };
            self.lines();
            items.push((join, self.pipeline()?));
        }
        Ok(if items.len() == 1 { items.remove(0).1 } else { Rc::new(Node::AndOr(items)) })
    }

    fn pipeline(&mut self) -> Result<Rc<Node>, String> {
        self.blanks();
        let mut not = false;
        while self.rest().starts_with("! ") {
            self.at += 2;
            not = !not;
            self.blanks();
        }
        let mut stages = vec![self.command()?];
        loop {
            self.blanks();
            if self.rest().starts_with("||") || !self.eat("|") {
                break;
            }
            if self.eat("&") {
                let both = Redirect { stream: 2, kind: RedirectKind::Same, target: Word::quoted("1") };
                let last = stages.pop().expect("there is a stage before a pipe");
                stages.push(Rc::new(Node::Redirected(last, vec![both])));
            }
            self.lines();
            stages.push(self.command()?);
        }
        let pipe = if stages.len() == 1 { stages.remove(0) } else { Rc::new(Node::Pipe(stages)) };
        Ok(if not { Rc::new(Node::Not(pipe)) } else { pipe })
    }

    pub(super) fn command(&mut self) -> Result<Rc<Node>, String> {
        self.blanks();
        let node = match self.plain() {
            "if" => self.conditional()?,
            "while" => self.repeated(false)?,
            "until" => self.repeated(true)?,
            "for" => self.each()?,
            "case" => self.case()?,
            "function" => {
                self.eat("function");
                self.blanks();
                let name: Str = self.name().into();
                self.blanks();
                if self.eat("(") {
                    self.blanks();
                    self.close(")")?;
                }
                return self.function(name);
            }
            "{" if self.rest()[1..].starts_with([' ', '\n', '\t']) => {
                self.eat("{");
                let body = self.list()?;
                self.expect("}")?;
                body
            }
            _ if self.rest().starts_with("((") => match self.arithmetic_command()? {
                Some(node) => node,
                None => self.subshell()?,
            },
            _ if self.peek() == b'(' => self.subshell()?,
            _ => return self.simple(),
        };
        let redirects = self.redirects()?;
        Ok(if redirects.is_empty() { node } else { Rc::new(Node::Redirected(node, redirects)) })
    }

    fn simple(&mut self) -> Result<Rc<Node>, String> {
        let mut simple = Simple::default();
        loop {
            self.blanks();
            if let Some(redirect) = self.redirect()? {
                simple.redirects.push(redirect);
                continue;
            }
            if simple.words.is_empty()
                && let Some(name) = self.assigned()
            {
                self.at += name.len() + 1;
                let value = self.word()?.unwrap_or_default();
                simple.assignments.push((name.into(), value));
                continue;
            }
            if simple.words.is_empty() && simple.assignments.is_empty() && simple.redirects.is_empty() {
                let name = self.name();
                self.at -= name.len();
                if !name.is_empty() && self.rest()[name.len()..].trim_start_matches(' ').starts_with('(') {
                    self.at += name.len();
                    self.blanks();
                    self.eat("(");
                    self.close(")")?;
                    return self.function(name.into());
                }
            }
            match self.word()? {
                // What `[[` compares may hold signs that mean something elsewhere.
                Some(word) if simple.words.is_empty() && word.is("[[") => {
                    simple.words.push(word);
                    self.double_brackets(&mut simple.words)?;
                }
                Some(word) => simple.words.push(word),
                None => break,
            }
        }
        let empty = simple.words.is_empty() && simple.assignments.is_empty() && simple.redirects.is_empty();
        if empty { Err(self.unexpected()) } else { Ok(Rc::new(Node::Simple(simple))) }
    }

    fn double_brackets(&mut self, words: &mut Vec<Word>) -> Result<(), String> {
        loop {
            self.lines();
            if words.last().is_some_and(|word| word.is("=~")) {
                // An expression goes on to the next blank, whatever its signs.
                let rest = self.rest();
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                words.push(self.within_quotes(&rest[..end])?);
                self.at += end;
                continue;
            }
            let sign = ["&&", "||", "(", ")", "<", ">"].into_iter().find(|sign| self.eat(sign));
            let word = match sign {
                Some(sign) => Word::quoted(sign),
                None => self.word()?.ok_or_else(|| self.unexpected())?,
            };
            let ends = word.is("]]");
            words.push(word);
            if ends {
                return Ok(());
            }
        }
    }

    /// The name that is assigned to here.
    fn assigned(&self) -> Option<&'a str> {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
        (end > 0 && !rest.starts_with(|c: char| c.is_ascii_digit()) && rest[end..].starts_with('='))
            .then(|| &rest[..end])
    }

    /// Passes a name as variables and functions have it.
    pub fn name(&mut self) -> &'a str {
        let rest = self.rest();
        let end =
            rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-').unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }
}
