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
    documents: Option<usize>,
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

    fn unexpected(&self) -> String {
        let rest = self.rest();
        if rest.is_empty() {
            return "syntax error: unexpected end of file".into();
        }
        let end = rest.find(|c: char| c.is_whitespace()).unwrap_or(rest.len());
        let what = if end == 0 { "newline" } else { &rest[..end] };
        ["syntax error: unexpected \"", what, "\""].concat()
    }

    /// Passes blanks, continued lines and a comment.
    fn blanks(&mut self) {
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

    fn lines(&mut self) {
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

    fn at_reserved(&mut self, word: &str) -> bool {
        self.lines();
        self.plain() == word && self.eat(word)
    }

    fn expect(&mut self, word: &str) -> Result<(), String> {
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

    fn command(&mut self) -> Result<Rc<Node>, String> {
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

    fn close(&mut self, sign: &str) -> Result<(), String> {
        self.lines();
        if self.eat(sign) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn subshell(&mut self) -> Result<Rc<Node>, String> {
        self.eat("(");
        let body = self.list()?;
        self.close(")")?;
        Ok(Rc::new(Node::Subshell(body)))
    }

    fn arithmetic_command(&mut self) -> Result<Option<Rc<Node>>, String> {
        let before = self.at;
        self.at += 2;
        match self.arithmetic_text() {
            Some(text) => Ok(Some(Rc::new(Node::Arithmetic(self.within_quotes(text)?)))),
            None => {
                self.at = before;
                Ok(None)
            }
        }
    }

    fn conditional(&mut self) -> Result<Rc<Node>, String> {
        self.eat("if");
        let mut branches = Vec::new();
        let mut otherwise = None;
        loop {
            let test = self.list()?;
            self.expect("then")?;
            branches.push((test, self.list()?));
            if self.at_reserved("elif") {
                continue;
            }
            if self.at_reserved("else") {
                otherwise = Some(self.list()?);
            }
            self.expect("fi")?;
            return Ok(Rc::new(Node::If(branches, otherwise)));
        }
    }

    fn repeated(&mut self, until: bool) -> Result<Rc<Node>, String> {
        self.at += "while".len();
        let test = self.list()?;
        let body = self.body()?;
        Ok(Rc::new(Node::Loop { until, test, body }))
    }

    fn body(&mut self) -> Result<Rc<Node>, String> {
        self.expect("do")?;
        let body = self.list()?;
        self.expect("done")?;
        Ok(body)
    }

    fn each(&mut self) -> Result<Rc<Node>, String> {
        self.eat("for");
        self.blanks();
        if self.eat("((") {
            return self.counted();
        }
        let name: Str = self.name().into();
        if name.is_empty() {
            return Err(self.unexpected());
        }
        let words = match self.at_reserved("in") {
            true => {
                let mut words = Vec::new();
                loop {
                    self.blanks();
                    match self.word()? {
                        Some(word) => words.push(word),
                        None => break,
                    }
                }
                Some(words)
            }
            false => None,
        };
        self.blanks();
        self.eat(";");
        let body = self.body()?;
        Ok(Rc::new(Node::For { name, words, body }))
    }

    /// `for ((start; test; step))`: a loop with what it does before and after.
    fn counted(&mut self) -> Result<Rc<Node>, String> {
        let Some(text) = self.arithmetic_text() else { return Err(self.unexpected()) };
        let mut parts = text.splitn(3, ';').map(str::trim);
        let mut next = |instead: &'static str| {
            let text = parts.next().filter(|text| !text.is_empty()).unwrap_or(instead);
            self.within_quotes(text).map(|word| Rc::new(Node::Arithmetic(word)))
        };
        let (start, test, step) = (next("0")?, next("1")?, next("0")?);
        self.blanks();
        self.eat(";");
        let body = Rc::new(Node::List(vec![self.body()?, step]));
        Ok(Rc::new(Node::List(vec![start, Rc::new(Node::Loop { until: false, test, body })])))
    }

    fn case(&mut self) -> Result<Rc<Node>, String> {
        self.eat("case");
        self.blanks();
        let word = self.word()?.ok_or_else(|| self.unexpected())?;
        self.expect("in")?;
        let mut arms = Vec::new();
        while !self.at_reserved("esac") {
            self.lines();
            self.eat("(");
            let mut patterns = Vec::new();
            loop {
                self.blanks();
                patterns.push(self.word()?.ok_or_else(|| self.unexpected())?);
                self.blanks();
                if !self.eat("|") {
                    break;
                }
            }
            self.close(")")?;
            let body = self.list()?;
            arms.push((patterns, body));
            self.lines();
            self.eat(";;");
        }
        Ok(Rc::new(Node::Case { word, arms }))
    }

    fn function(&mut self, name: Str) -> Result<Rc<Node>, String> {
        self.lines();
        if name.is_empty() {
            return Err(self.unexpected());
        }
        let body = self.deeper(Self::command)?;
        Ok(Rc::new(Node::Function(name, body)))
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

    fn redirects(&mut self) -> Result<Vec<Redirect>, String> {
        let mut redirects = Vec::new();
        loop {
            self.blanks();
            match self.redirect()? {
                Some(redirect) => redirects.push(redirect),
                None => return Ok(redirects),
            }
        }
    }

    fn redirect(&mut self) -> Result<Option<Redirect>, String> {
        let rest = self.rest();
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let both = rest.starts_with("&>");
        if !both && (digits > 1 || !rest[digits..].starts_with(['<', '>'])) {
            return Ok(None);
        }
        self.at += digits + usize::from(both);
        let number = rest[..digits].parse::<u8>().ok();
        let kinds = [
            ("<<<", RedirectKind::Here),
            ("<<", RedirectKind::Here),
            ("<", RedirectKind::In),
            (">>", RedirectKind::Append),
            (">&", RedirectKind::Same),
            (">|", RedirectKind::Out),
            (">", RedirectKind::Out),
        ];
        let (sign, kind) = *kinds.iter().find(|(sign, _)| self.eat(sign)).expect("one of them stands here");
        let input = matches!(kind, RedirectKind::In | RedirectKind::Here);
        let stream = if both { 3 } else { number.unwrap_or(if input { 0 } else { 1 }) };
        let target = match sign {
            "<<" => self.document()?,
            _ => {
                self.blanks();
                self.word()?.ok_or_else(|| self.unexpected())?
            }
        };
        // `>& file` is bash's way to redirect both outputs.
        let file = kind == RedirectKind::Same
            && number.is_none()
            && !target.is("1")
            && !target.is("2")
            && !target.is("-");
        let (stream, kind) = if file { (3, RedirectKind::Out) } else { (stream, kind) };
        Ok(Some(Redirect {
            stream,
            kind,
            target: if sign == "<<<" { target.with_newline() } else { target },
        }))
    }

    /// The text of a here-document, which begins on the next line.
    fn document(&mut self) -> Result<Word, String> {
        let indented = self.eat("-");
        self.blanks();
        let word = self.word()?.ok_or_else(|| self.unexpected())?;
        let (end, quoted) = word.plain();
        let mut at = match self.documents {
            Some(at) => at,
            None => self.rest().find('\n').map_or(self.text.len(), |newline| self.at + newline + 1),
        };
        let mut body = String::new();
        while at < self.text.len() {
            let line = self.text[at..].split_inclusive('\n').next().unwrap_or_default();
            at += line.len();
            let shown = if indented { line.trim_start_matches('\t') } else { line };
            if shown.trim_end_matches('\n') == end {
                break;
            }
            body.push_str(shown);
        }
        self.documents = Some(at);
        if quoted { Ok(Word::quoted(&body)) } else { self.within_quotes(&body) }
    }
}
